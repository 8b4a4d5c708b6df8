//! Meeting others although nothing has to be fetched: whoever is at the endpoints of this worker's own
//! account, which another worker of it might be, and some providers of the models that it offers.

use lattice_chain_client::{AccountId, Client, Error, ModelIndex, Provider};
use lattice_p2p::{
    discovery::{callable, peer_endpoints},
    NetworkHandle,
};
use std::{collections::BTreeSet, time::Duration};

/// Providers of one model that are looked at, to meet them or to fetch it from them.
pub(super) const MAX_PROVIDERS: u32 = 16;
/// Others that are called in a round; further ones have their turn in the next.
const MAX_OTHERS: usize = 8;
/// Between two rounds. A connection that nobody uses ends a little later.
const EVERY: Duration = Duration::from_secs(3 * 60);
/// The same, as long as nobody was met.
const ALONE_EVERY: Duration = Duration::from_secs(30);

/// Who is called in a round, and where the chain says that they are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Calls {
    /// Endpoints of our own account. All are called, whoever is connected.
    own: Vec<String>,
    /// Other providers, at those of their endpoints that are not in our own network only.
    others: Vec<(AccountId, Vec<String>)>,
}

impl Calls {
    /// Whom to call in a round, with what the chain says: of our own account, and for each model that it
    /// offers of the model's providers.
    fn of(own: Option<&Provider>, of_models: &[Vec<Provider>], round: usize) -> Self {
        let Some(own) = own else {
            return Self::default();
        };
        let mut seen = BTreeSet::from([own.account]);
        let own = peer_endpoints(own);
        let mut others = Vec::new();
        // The first of each model, then the second of each: every model has someone.
        let most = of_models.iter().map(Vec::len).max().unwrap_or_default();
        for rank in 0..most {
            for provider in of_models.iter().filter_map(|of| of.get(rank)) {
                let endpoints = callable(peer_endpoints(provider), &own);
                if !endpoints.is_empty() && seen.insert(provider.account) {
                    others.push((provider.account, endpoints));
                }
            }
        }
        if others.len() > MAX_OTHERS {
            let first = round.wrapping_mul(MAX_OTHERS) % others.len();
            others.rotate_left(first);
            others.truncate(MAX_OTHERS);
        }
        Self { own, others }
    }

    /// Calls them all.
    async fn make(&self, network: &NetworkHandle, account: &AccountId) {
        let others = self.others.iter().map(|(other, endpoints)| async move {
            // It is no news that one of several is away.
            if let Err(error) = network.find(other, endpoints).await {
                tracing::debug!(provider = %other, %error, "provider not met");
            }
        });
        let others = futures::future::join_all(others);
        // The network itself says who is a twin.
        tokio::join!(network.call_all(account, &self.own), others);
    }
}

/// Meets others now and from time to time, until the process ends.
pub(super) async fn go_on_meeting(client: Client, account: AccountId, network: NetworkHandle) {
    for round in 0.. {
        match on_chain(&client, &account).await {
            Ok((own, of_models)) => {
                let calls = Calls::of(own.as_ref(), &of_models, round);
                calls.make(&network, &account).await;
            }
            Err(error) => tracing::warn!(%error, "cannot see on chain whom to meet"),
        }
        let is_alone = network.peers().is_empty();
        tokio::time::sleep(if is_alone { ALONE_EVERY } else { EVERY }).await;
    }
}

/// This worker's own registration, and for each model that it offers the model's providers.
async fn on_chain(
    client: &Client,
    account: &AccountId,
) -> Result<(Option<Provider>, Vec<Vec<Provider>>), Error> {
    let view = client.best();
    let own = view.provider(account).await?;
    let offers = own.iter().flat_map(|own| &own.offers);
    let models: Vec<ModelIndex> = offers.map(|(model, _)| *model).collect();
    let mut of_models = Vec::new();
    for model in models {
        of_models.push(view.providers_of(model, MAX_PROVIDERS).await?);
    }
    Ok((own, of_models))
}

#[cfg(test)]
mod tests;
