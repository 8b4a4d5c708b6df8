//! What the mailbox asks of the chain.

use super::step::name;
use crate::models::Library;
use futures::future::BoxFuture;
use lattice_chain_client::{AccountId, Client, Private, RequestId};
use lattice_p2p::private::{Assigned, Ledger, Unseen};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Longest wait for the node: whoever asks may ask again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The private requests of one provider, as of the last best block that was looked at; others are
/// looked up one by one.
#[derive(Debug)]
pub struct Assignments {
    client: Client,
    account: AccountId,
    library: Library,
    open: Mutex<BTreeMap<RequestId, Private>>,
}

impl Assignments {
    /// None is known yet.
    pub fn new(client: Client, account: AccountId, library: Library) -> Self {
        Self {
            client,
            account,
            library,
            open: Mutex::default(),
        }
    }

    /// These are all that are open in a block.
    pub fn update(&self, open: &[Private]) {
        let rows = open.iter().map(|one| (one.request, one.clone()));
        *self.open() = rows.collect();
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<RequestId, Private>> {
        // The map is valid whatever its holder was doing.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, request: RequestId) -> Option<Private> {
        self.open().get(&request).cloned()
    }

    async fn find(&self, request: RequestId) -> Result<Private, Unseen> {
        if let Some(open) = self.known(request) {
            return Ok(open);
        }
        let view = self.client.best();
        match tokio::time::timeout(PATIENCE, view.private_request(request)).await {
            Ok(Ok(found)) => found.ok_or(Unseen::Unknown),
            Ok(Err(error)) => {
                tracing::warn!(request, %error, "cannot look a private request up");
                Err(Unseen::Unreachable)
            }
            Err(_) => Err(Unseen::Unreachable),
        }
    }
}

impl Ledger for Assignments {
    fn assigned(&self, request: RequestId) -> BoxFuture<'_, Result<Assigned, Unseen>> {
        Box::pin(async move {
            let open = self.find(request).await?;
            assigned(&open, &self.account, &self.library)
        })
    }
}

/// What an open request is to a provider with these models.
fn assigned(open: &Private, account: &AccountId, library: &Library) -> Result<Assigned, Unseen> {
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
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assigned as open, ALICE, BOB};
    use super::*;

    #[test]
    fn a_request_of_another_provider_or_model_is_none_of_this_one() {
        let nothing = Library::default();
        assert_eq!(assigned(&open(), &ALICE, &nothing), Err(Unseen::NotOurs));
        assert_eq!(assigned(&open(), &BOB, &nothing), Err(Unseen::NotServed));
    }
}
