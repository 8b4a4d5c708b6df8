//! Peers in memory, honest and not, with real stores behind them.

use futures::{future::BoxFuture, FutureExt};
use lattice_p2p::transfer::{
    fetch,
    wire::{ContentRequest, ContentResponse},
    Ask, AskError, ContentId, FetchError, FetchOptions, Fetched, Silent, Store,
};
use libp2p::PeerId;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

/// What a peer answers; nothing for one that stays silent, a text for a broken connection.
pub type Answer = Result<Option<ContentResponse>, String>;
type Peer = Arc<dyn Fn(ContentRequest) -> Answer + Send + Sync>;

/// Peers by their ids.
#[derive(Default)]
pub struct Swarm {
    peers: BTreeMap<PeerId, Peer>,
    asked: Mutex<Vec<(PeerId, ContentRequest)>>,
}

impl Swarm {
    /// A peer that answers as `answer` does.
    pub fn add(
        &mut self,
        answer: impl Fn(ContentRequest) -> Answer + Send + Sync + 'static,
    ) -> PeerId {
        let peer = PeerId::random();
        self.peers.insert(peer, Arc::new(answer));
        peer
    }

    /// A peer that answers as its store does.
    pub fn honest(&mut self, store: &Arc<Store>) -> PeerId {
        self.twisted(store, |_, answer| answer)
    }

    /// A peer whose store's answers pass through `twist`.
    pub fn twisted(
        &mut self,
        store: &Arc<Store>,
        twist: impl Fn(&ContentRequest, ContentResponse) -> ContentResponse + Send + Sync + 'static,
    ) -> PeerId {
        let store = store.clone();
        self.add(move |request| {
            let answer = store.answer(request.clone());
            Ok(Some(twist(&request, answer)))
        })
    }

    /// A peer that changes the first of the chunks that it sends.
    pub fn chunk_liar(
        &mut self,
        store: &Arc<Store>,
        twist: impl Fn(&mut Vec<Vec<u8>>) + Send + Sync + 'static,
    ) -> PeerId {
        self.twisted(store, move |_, mut answer| {
            if let ContentResponse::Chunks { chunks, .. } = &mut answer {
                twist(chunks);
            }
            answer
        })
    }

    /// How often a peer was asked for chunks.
    pub fn asked_for_chunks(&self, peer: &PeerId) -> usize {
        let asked = self.asked.lock().expect("not poisoned");
        let chunks = asked.iter().filter(|(asked, request)| {
            asked == peer && matches!(request, ContentRequest::Chunks { .. })
        });
        chunks.count()
    }
}

impl Ask for Swarm {
    fn ask(
        &self,
        peer: PeerId,
        request: ContentRequest,
    ) -> BoxFuture<'_, Result<ContentResponse, AskError>> {
        async move {
            self.asked
                .lock()
                .expect("not poisoned")
                .push((peer, request.clone()));
            let Some(answer) = self.peers.get(&peer).cloned() else {
                return Err(AskError("not connected".to_owned()));
            };
            let answered = tokio::task::spawn_blocking(move || answer(request)).await;
            match answered.expect("the peer does not panic") {
                Ok(Some(response)) => Ok(response),
                Ok(None) => futures::future::pending().await,
                Err(reason) => Err(AskError(reason)),
            }
        }
        .boxed()
    }
}

/// Longer than any peer takes that answers at all, also on a machine with much to do.
pub const LONG: Duration = Duration::from_secs(60);

/// A fetch that waits for all who answer, and asks nobody twice only because it takes long.
pub fn options() -> FetchOptions {
    FetchOptions {
        timeout: LONG,
        patience: LONG,
        endgame: LONG,
        attempts: 3,
        backoff: Duration::from_millis(5),
        ..FetchOptions::default()
    }
}

/// Fetches with [`options`].
pub async fn get(
    store: &Arc<Store>,
    swarm: &Arc<Swarm>,
    content: ContentId,
    peers: &[PeerId],
) -> Result<Fetched, FetchError> {
    get_with(options(), store, swarm, content, peers).await
}

/// Fetches with options.
pub async fn get_with(
    options: FetchOptions,
    store: &Arc<Store>,
    swarm: &Arc<Swarm>,
    content: ContentId,
    peers: &[PeerId],
) -> Result<Fetched, FetchError> {
    let asker: Arc<dyn Ask> = swarm.clone();
    fetch(store, asker, content, peers.to_vec(), options, &Silent).await
}

/// A file of the store's with this ending.
pub fn stored(folder: &Path, ending: &str) -> Option<PathBuf> {
    fs::read_dir(folder.join("content"))
        .expect("reads")
        .map(|entry| entry.expect("reads").path())
        .find(|path| path.extension().is_some_and(|found| found == ending))
}

/// Changes a bit of a file.
pub fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("reads");
    bytes[at] ^= 1;
    fs::write(path, bytes).expect("writes");
}
