//! Models that this provider offers or still needs and does not have, fetched from peers that do.

use super::{
    content::NotFetched,
    later::Later,
    meet::MAX_PROVIDERS,
    need::{self, contents_of, contents_served, is_mended, missing, model_of, needless, vk_id_of},
    Peers,
};
use crate::{
    metrics::Metrics,
    models::{Library, ModelError, Served},
};
use futures::stream::{self, StreamExt};
use lattice_chain_client::{
    AccountId, Block, BlockNumber, Client, Error, Model as Registration, ModelIndex, Provider,
};
use lattice_executor::DeviceChoice;
use lattice_p2p::{
    discovery::peer_endpoints,
    transfer::{ContentId, Held},
};
use libp2p::PeerId;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

/// Blocks between two looks at the offers.
const INTERVAL: BlockNumber = 4;
/// How many of them are looked for at once.
const LOOKED_FOR: usize = 8;
/// How long the start of the worker waits for what it fetches: it has other models to serve, and a
/// peer that sends next to nothing must not keep it from them.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// Why a model was not fetched.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Chain(#[from] Error),
    #[error(transparent)]
    Content(#[from] NotFetched),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("loading it was interrupted")]
    Interrupted,
}

/// Fetches what is offered and not there.
pub struct Fetcher {
    client: Client,
    account: AccountId,
    library: Library,
    peers: Peers,
    device: DeviceChoice,
    metrics: Metrics,
    later: BTreeMap<ModelIndex, Later>,
    /// What of the store is served, by the id of its keys: it is not removed from there.
    held: BTreeMap<[u8; 32], [Held; 2]>,
    /// The same of the operator's files that were damaged, which the store has in their place.
    mended: Vec<Held>,
}

impl Fetcher {
    /// One that has fetched nothing.
    pub fn new(
        client: Client,
        account: AccountId,
        library: Library,
        peers: Peers,
        device: DeviceChoice,
        metrics: Metrics,
    ) -> Self {
        Self {
            client,
            account,
            library,
            peers,
            device,
            metrics,
            later: BTreeMap::new(),
            held: BTreeMap::new(),
            mended: Vec::new(),
        }
    }

    /// Gives peers what is loaded, fetches what is offered, and goes on looking at the offers. Waits
    /// for what is fetched first, but no longer than [`START_PATIENCE`].
    ///
    /// # Errors
    /// The chain cannot be read.
    pub async fn begin(mut self, best: watch::Receiver<Option<Block>>) -> Result<(), Error> {
        for served in self.library.iter() {
            self.peers.share(&served).await;
        }
        let now = self.client.best_block().await?.number;
        let (looked, first_look) = oneshot::channel();
        tokio::spawn(async move {
            self.look(now).await;
            // Whoever waited may have given up.
            let _ = looked.send(());
            self.run(best, now.saturating_add(INTERVAL)).await;
        });
        if timeout(START_PATIENCE, first_look).await.is_err() {
            tracing::warn!("models are still being fetched; the worker serves without them");
        }
        Ok(())
    }

    /// Looks at the offers now and then, for as long as there are blocks.
    async fn run(mut self, mut best: watch::Receiver<Option<Block>>, mut next: BlockNumber) {
        loop {
            let now = best.borrow_and_update().map(|block| block.number);
            // A development chain that was begun anew is far below what the one before had reached.
            let due = |now: &BlockNumber| *now >= next || next.saturating_sub(*now) > INTERVAL;
            if let Some(now) = now.filter(due) {
                self.look(now).await;
                next = now.saturating_add(INTERVAL);
            }
            let store = self.peers.store.clone();
            tokio::select! {
                changed = best.changed() => if changed.is_err() {
                    return;
                },
                damaged = store.next_damaged() => self.mend(damaged).await,
            }
        }
    }

    /// Unloads what is needed no longer and fetches or loads what is missing; a failure is logged and
    /// tried again later.
    async fn look(&mut self, now: BlockNumber) {
        let offered = match self.offered().await {
            Ok(offered) => offered,
            Err(error) => {
                tracing::warn!(%error, "cannot see which models are missing");
                return;
            }
        };
        // Read after the offers: without an offer nothing is assigned any more.
        let open = match need::open(&self.client, &self.account, &offered).await {
            Ok(open) => {
                self.unload(&offered, &open);
                open
            }
            Err(error) => {
                tracing::warn!(%error, "cannot see which models are needed without an offer");
                Vec::new()
            }
        };
        let missing = missing(offered, open, |vk_id| self.library.has(vk_id));
        // What only has to be loaded comes first, and is not removed then to make room for the others.
        let (stored, absent): (Vec<_>, Vec<_>) =
            missing.into_iter().partition(|model| self.is_stored(model));
        for registration in stored.into_iter().chain(absent) {
            let model = registration.index;
            let later = self.later.get(&model).copied();
            if later.is_some_and(|later| now < later.not_before) {
                continue;
            }
            match self.fetch(&registration).await {
                Ok(served) => {
                    tracing::info!(model, name = served.name, "model fetched");
                    self.later.remove(&model);
                    self.peers.share(&served).await;
                }
                Err(error) => {
                    let later = Later::after(later, now);
                    let again = later.not_before;
                    tracing::warn!(model, %error, again, "model not fetched");
                    self.later.insert(model, later);
                }
            }
        }
    }

    /// The registrations of the models that this provider offers.
    async fn offered(&self) -> Result<Vec<Registration>, Error> {
        let view = self.client.best();
        let Some(provider) = view.provider(&self.account).await? else {
            return Ok(Vec::new());
        };
        let mut offered = Vec::new();
        for (model, _) in provider.offers {
            offered.extend(view.model(model).await?);
        }
        Ok(offered)
    }

    /// Serves no longer what came from the store and is needed no longer; its files may leave the store
    /// then. What the operator has put into the folder stays.
    fn unload(&mut self, offered: &[Registration], open: &[Registration]) {
        let offered: BTreeSet<[u8; 32]> = offered.iter().filter_map(vk_id_of).collect();
        let open: BTreeSet<ContentId> = open.iter().map(model_of).collect();
        let held = self.held.iter();
        let fetched: Vec<_> = held
            .map(|(vk_id, [model, _])| (*vk_id, model.content()))
            .collect();
        for vk_id in needless(&fetched, &offered, &open) {
            self.held.remove(&vk_id);
            if let Some(served) = self.library.remove(&vk_id) {
                self.metrics.unloaded(served.executor.device().backend());
                tracing::info!(
                    name = served.name,
                    "model unloaded, as it is not offered any more"
                );
            }
        }
    }

    async fn fetch(&mut self, registration: &Registration) -> Result<Arc<Served>, Failure> {
        let [model, proving_key] =
            contents_of(registration).ok_or(ModelError::Unregistered(registration.index))?;
        let peers = if self.is_stored(registration) {
            Vec::new()
        } else {
            tracing::info!(
                model = registration.index,
                hash = ?registration.model_hash,
                "fetching a model"
            );
            self.sources(registration.index, model).await?
        };
        let (files, served) = match self.load(registration, model, proving_key, &peers).await {
            // What lay in the store may have changed on its disk; only that is fetched again.
            Err(Failure::Model(error)) if self.is_damaged([model, proving_key]).await => {
                tracing::warn!(%error, "fetched files are damaged");
                let peers = self.sources(registration.index, model).await?;
                self.load(registration, model, proving_key, &peers).await
            }
            loaded => loaded,
        }?;
        self.held.insert(served.vk_id, files);
        served.count_in(&self.metrics);
        Ok(served)
    }

    /// Fetches what is not in the store, and serves the model from there.
    async fn load(
        &self,
        registration: &Registration,
        model: ContentId,
        proving_key: ContentId,
        peers: &[PeerId],
    ) -> Result<([Held; 2], Arc<Served>), Failure> {
        let model = self.peers.content(model, peers).await?;
        let proving_key = self.peers.content(proving_key, peers).await?;
        let (registration, library) = (registration.clone(), self.library.clone());
        let device = self.device;
        tokio::task::spawn_blocking(move || {
            let (path, key) = (model.path(), proving_key.path());
            let served = Served::of_registration(&registration, path, key, device)?;
            let served = library.add(served)?;
            Ok(([model, proving_key], served))
        })
        .await
        .map_err(|_| Failure::Interrupted)?
    }

    /// Whether nothing of a model has to be fetched.
    fn is_stored(&self, registration: &Registration) -> bool {
        let store = &self.peers.store;
        let contents = contents_of(registration);
        contents.is_some_and(|all| all.iter().all(|content| store.hold(content).is_some()))
    }

    /// Whether one of these contents is not as it should be; it is not in the store any more then.
    async fn is_damaged(&self, contents: [ContentId; 2]) -> bool {
        let store = self.peers.store.clone();
        let verified =
            tokio::task::spawn_blocking(move || contents.map(|content| store.verify(&content)));
        verified.await.is_ok_and(|whole| whole.contains(&false))
    }

    /// Fetches a content again that was found damaged while it was given to a peer, if it is needed. If
    /// not, what there is of it stays in the store only as long as there is room.
    async fn mend(&mut self, content: ContentId) {
        let is_pinned = self.peers.store.is_pinned(&content);
        let served = self.library.iter();
        if !is_mended(&content, is_pinned, served.map(|one| contents_served(&one))) {
            tracing::warn!(%content, "damaged on disk, and not needed any more");
            return;
        }
        tracing::warn!(%content, "damaged on disk, fetching it again");
        let mut peers = self.peers.network.providers(content).await;
        peers.extend(self.peers.network.peers().iter().map(|peer| peer.id));
        peers.dedup();
        match self.peers.content(content, &peers).await {
            Ok(mended) => {
                let all = self.held.values_mut().flatten().chain(&mut self.mended);
                let mut known = false;
                for held in all.filter(|held| held.content() == content) {
                    *held = mended.clone();
                    known = true;
                }
                if !known {
                    self.mended.push(mended);
                }
            }
            // The model is in memory; its next start fetches what is missing.
            Err(error) => tracing::warn!(%error, "not mended"),
        }
    }

    /// Peers that may have a model: its other providers, and those that say so themselves.
    async fn sources(&self, model: ModelIndex, content: ContentId) -> Result<Vec<PeerId>, Error> {
        let network = &self.peers.network;
        let providers = self
            .client
            .best()
            .providers_of(model, MAX_PROVIDERS)
            .await?;
        let others = providers
            .into_iter()
            .filter(|provider| provider.account != self.account);
        // Each takes up to a minute if nobody is where it says.
        let searches: Vec<_> = others.map(|provider| self.find(provider)).collect();
        let found: Vec<Option<PeerId>> = stream::iter(searches)
            .buffer_unordered(LOOKED_FOR)
            .collect()
            .await;
        let mut sources: BTreeSet<PeerId> = found.into_iter().flatten().collect();
        sources.extend(network.providers(content).await);
        sources.remove(&network.local_peer());
        Ok(sources.into_iter().collect())
    }

    /// The peer of a provider, if it can be found.
    async fn find(&self, provider: Provider) -> Option<PeerId> {
        let network = &self.peers.network;
        let endpoints = peer_endpoints(&provider);
        let found = network.find(&provider.account, &endpoints).await;
        if let Err(error) = &found {
            tracing::debug!(provider = %provider.account, %error, "provider not found");
        }
        found.ok()
    }
}
