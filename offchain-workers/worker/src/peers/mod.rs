//! Other workers and requesters: models fetched from them, models given to them.

mod content;
mod fetch;
mod later;
mod meet;
mod need;
mod progress;
#[cfg(test)]
mod testing;

pub use fetch::Fetcher;

use crate::{config::PeerOptions, models::Served};
use lattice_chain_client::{AccountId, Client, Signer};
use lattice_p2p::{
    transfer::{ContentId, Store, StoreError},
    ContentServer, Identity, IdentityError, Metrics, Network, NetworkError, NetworkHandle,
    PrivateServer, Servers,
};
use lattice_tensor::ModelId;
use std::{path::Path, sync::Arc};

/// Folder of fetched models and keys, in the data folder.
const STORE: &str = "store";

/// Why the worker does not meet its peers.
#[derive(Debug, thiserror::Error)]
pub enum PeersError {
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error("cannot set up the metrics of the network: {0}")]
    Metrics(#[from] prometheus::Error),
    #[error("opening the store was interrupted")]
    Interrupted,
}

/// The worker's place among its peers.
#[derive(Clone)]
pub struct Peers {
    pub network: NetworkHandle,
    pub store: Arc<Store>,
    metrics: Metrics,
}

/// The worker's key among peers, in its data folder.
///
/// # Errors
/// It cannot be read or made.
pub fn identity(data: &Path, signer: &Signer, genesis: [u8; 32]) -> Result<Identity, PeersError> {
    Ok(Identity::load(data, signer.clone(), genesis)?)
}

impl Peers {
    /// Opens the store and joins the network.
    ///
    /// # Errors
    /// [`PeersError`], with what is in the way.
    pub async fn join(
        options: &PeerOptions,
        data: &Path,
        identity: Identity,
        private: Arc<dyn PrivateServer>,
        registry: &prometheus::Registry,
    ) -> Result<Self, PeersError> {
        let (folder, quota) = (data.join(STORE), options.quota());
        let store = tokio::task::spawn_blocking(move || Store::open(folder, quota))
            .await
            .map_err(|_| PeersError::Interrupted)??;
        let store = Arc::new(store);
        for model in &options.store_pin {
            store.pin(ContentId::Model(ModelId(model.0)));
        }
        store.register(registry)?;
        let metrics = Metrics::new(Some(registry))?;
        let content: Arc<dyn ContentServer> = store.clone();
        let servers = Servers {
            content: Some(content),
            private: Some(private),
            metrics: Some(metrics.clone()),
        };
        let network = Network::start(options.network(), identity, servers).await?;
        for address in network.addresses() {
            tracing::info!(%address, "meeting peers");
        }
        Ok(Self {
            network,
            store,
            metrics,
        })
    }

    /// Meets others from now on whom the chain names, also when nothing has to be fetched: another
    /// worker of this account, which ends one of the two, and providers of the models that it offers.
    pub fn go_on_meeting(&self, client: Client, account: AccountId) {
        tokio::spawn(meet::go_on_meeting(client, account, self.network.clone()));
    }

    /// Gives a model and its proving key to whoever asks.
    pub async fn share(&self, served: &Arc<Served>) {
        let (store, files) = (self.store.clone(), served.clone());
        let adopted = tokio::task::spawn_blocking(move || {
            [&files.path, &files.proving_key].map(|path| (path.clone(), store.adopt(path)))
        });
        // It is cancelled only when the worker stops.
        let Ok(adopted) = adopted.await else { return };
        for (path, adopted) in adopted {
            match adopted {
                Ok(content) => self.network.provide(content).await,
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "not given to peers");
                }
            }
        }
    }
}
