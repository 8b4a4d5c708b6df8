//! Whether the provider offers anything that no model is there for.
//!
//! With peers a worker starts without models, as it fetches them. As long as it has none, and offers
//! some, each assignment would be late: `/health` says so.

use crate::{http::Pulse, models::Library};
use lattice_chain_client::{AccountId, Block, Client};
use tokio::sync::watch;

/// Looks at the offers with each best block for as long as there is no model.
pub(crate) async fn watch(
    client: Client,
    account: AccountId,
    library: Library,
    pulse: Pulse,
    mut best: watch::Receiver<Option<Block>>,
) {
    loop {
        if library.is_empty() {
            match client.best().provider(&account).await {
                Ok(provider) => {
                    pulse.set_offers(provider.is_some_and(|provider| !provider.offers.is_empty()));
                }
                Err(error) => tracing::debug!(%error, "cannot see what is offered"),
            }
        }
        if best.changed().await.is_err() {
            return;
        }
    }
}
