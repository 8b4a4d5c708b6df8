//! Peers in memory, honest and not, with real stores behind them.

use futures::{future::BoxFuture, FutureExt};
use lattice_p2p::transfer::{
    fetch,
    wire::{ContentRequest, ContentResponse},
    Ask, AskError, ContentId, FetchError, FetchOptions, Fetched, Silent, Store, StoreError,
};
use lattice_tensor::testing::Random;
use libp2p::PeerId;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;

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

/// A fetch that gives up soon.
pub fn options() -> FetchOptions {
    FetchOptions {
        timeout: Duration::from_millis(400),
        patience: Duration::from_millis(300),
        endgame: Duration::from_millis(50),
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
    let asker: Arc<dyn Ask> = swarm.clone();
    fetch(store, asker, content, peers.to_vec(), options(), &Silent).await
}

/// Bytes that no compressor likes.
pub fn random_bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        bytes.extend(random.bits().to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// A store that serves a file with these bytes, and the file.
pub struct Source {
    pub store: Arc<Store>,
    pub content: ContentId,
    pub path: PathBuf,
    _folder: TempDir,
}

/// A peer's store with one file of this name.
pub fn source(name: &str, bytes: &[u8]) -> Source {
    let folder = folder();
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("writes");
    let store = open(&folder.path().join("store"), 0);
    let content = store.adopt(&path).expect("it can be served");
    Source {
        store,
        content,
        path,
        _folder: folder,
    }
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Opens a store; waits for threads that still have it from before.
pub fn open(folder: &Path, quota: u64) -> Arc<Store> {
    for _ in 0..200 {
        match Store::open(folder, quota) {
            Err(StoreError::InUse(_)) => std::thread::sleep(Duration::from_millis(10)),
            opened => return Arc::new(opened.expect("opens")),
        }
    }
    panic!("{} stays in use", folder.display());
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
