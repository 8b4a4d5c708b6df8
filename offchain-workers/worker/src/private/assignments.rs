//! What the mailbox asks of the chain.

use super::step::{demanded, is_in_time, name};
use crate::models::Library;
use futures::future::BoxFuture;
use lattice_chain_client::{
    AccountId, BlockNumber, Client, Error, ModelIndex, Offer, Private, RequestId, View,
};
use lattice_p2p::private::{Assigned, Ledger, Unseen};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Longest wait for the node: whoever asks may ask again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The private requests of one provider and its offers, as of the last best block that was looked at;
/// other requests are looked up one by one.
#[derive(Debug)]
pub struct Assignments {
    client: Client,
    account: AccountId,
    library: Library,
    seen: Mutex<Seen>,
}

/// What there was in a block.
#[derive(Debug, Default)]
struct Seen {
    open: BTreeMap<RequestId, Private>,
    offers: Vec<(ModelIndex, Offer)>,
}

impl Assignments {
    /// None is known yet.
    pub fn new(client: Client, account: AccountId, library: Library) -> Self {
        Self {
            client,
            account,
            library,
            seen: Mutex::default(),
        }
    }

    /// These are all that are open in a block, and what the provider offers there.
    pub fn update(&self, open: &[Private], offers: &[(ModelIndex, Offer)]) {
        let rows = open.iter().map(|one| (one.request, one.clone()));
        *self.seen() = Seen {
            open: rows.collect(),
            offers: offers.to_vec(),
        };
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // The maps are valid whatever their holder was doing.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, request: RequestId) -> Option<Private> {
        self.seen().open.get(&request).cloned()
    }

    /// Blocks that the provider demands for a model.
    pub fn demanded(&self, model: ModelIndex) -> BlockNumber {
        demanded(&self.seen().offers, model)
    }

    /// A request, and whether an input for it comes in time.
    async fn find(&self, request: RequestId) -> Result<(Private, bool), Unseen> {
        match tokio::time::timeout(PATIENCE, self.look_up(request)).await {
            Ok(Ok(found)) => found.ok_or(Unseen::Unknown),
            Ok(Err(error)) => {
                tracing::warn!(request, %error, "cannot look a private request up");
                Err(Unseen::Unreachable)
            }
            Err(_) => Err(Unseen::Unreachable),
        }
    }

    async fn look_up(&self, request: RequestId) -> Result<Option<(Private, bool)>, Error> {
        // Also while no blocks are announced, deadlines come nearer.
        let best = self.client.best_block().await?;
        if let Some(open) = self.known(request) {
            let in_time = is_in_time(&open, best.number, self.demanded(open.model));
            return Ok(Some((open, in_time)));
        }
        let view = self.client.at(best.hash);
        let Some(open) = view.private_request(request).await? else {
            return Ok(None);
        };
        let offers = offers(&view, &self.account).await?;
        let in_time = is_in_time(&open, best.number, demanded(&offers, open.model));
        Ok(Some((open, in_time)))
    }
}

/// What a provider offers in a block.
pub(super) async fn offers(
    view: &View,
    account: &AccountId,
) -> Result<Vec<(ModelIndex, Offer)>, Error> {
    let provider = view.provider(account).await?;
    Ok(provider.map_or_else(Vec::new, |provider| provider.offers))
}

impl Ledger for Assignments {
    fn assigned(&self, request: RequestId) -> BoxFuture<'_, Result<Assigned, Unseen>> {
        Box::pin(async move {
            let (open, in_time) = self.find(request).await?;
            assigned(&open, &self.account, &self.library, in_time)
        })
    }
}

/// What an open request is to a provider with these models, whose input can still be answered in time or
/// not.
fn assigned(
    open: &Private,
    account: &AccountId,
    library: &Library,
    in_time: bool,
) -> Result<Assigned, Unseen> {
    if open.provider != *account {
        return Err(Unseen::NotOurs);
    }
    let served = library
        .find_key(&open.vk_id, &open.model_hash)
        .map_err(|_| Unseen::NotServed)?;
    Ok(Assigned {
        request: open.request,
        context: name(open).context,
        requester: open.requester,
        input_commitment: open.input_commitment.0,
        input_len: served.model.input_len(),
        range: served.model.input_range(),
        in_time,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assigned as open, ALICE, BOB};
    use super::*;

    #[test]
    fn a_request_of_another_provider_or_model_is_none_of_this_one() {
        let nothing = Library::default();
        let to = |account| assigned(&open(), account, &nothing, true);
        assert_eq!(to(&ALICE), Err(Unseen::NotOurs));
        assert_eq!(to(&BOB), Err(Unseen::NotServed));
    }
}
