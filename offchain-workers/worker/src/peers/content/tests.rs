use super::*;
use crate::peers::testing::network;
use lattice_p2p::{
    metrics::Refusal,
    transfer::{
        wire::{ContentRequest, ContentResponse},
        Store,
    },
    ContentServer, Metrics, NetworkHandle, Servers,
};
use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

/// A file of one chunk.
const FILE: [u8; 5_000] = [7; 5_000];

/// A store in a folder, with room for the file.
fn store(folder: &Path) -> Arc<Store> {
    Arc::new(Store::open(folder.join("store"), 1 << 30).expect("opens"))
}

/// A store that serves the file.
fn serving(folder: &Path) -> (Arc<Store>, ContentId) {
    let (store, path) = (store(folder), folder.join("proving.key"));
    fs::write(&path, FILE).expect("writes");
    let content = store.adopt(&path).expect("it can be served");
    (store, content)
}

/// Changes a bit of each chunk that its store has.
struct Liar {
    store: Arc<Store>,
    asked: AtomicUsize,
}

impl ContentServer for Liar {
    fn answer(&self, _: PeerId, request: ContentRequest) -> ContentResponse {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answer = self.store.answer(request);
        if let ContentResponse::Chunks { chunks, .. } = &mut answer {
            for chunk in chunks {
                chunk[0] ^= 1;
            }
        }
        answer
    }
}

/// A peer that gives what a server has.
async fn serves(seed: &str, content: Arc<dyn ContentServer>, metrics: &Metrics) -> NetworkHandle {
    let servers = Servers {
        content: Some(content),
        private: None,
        metrics: Some(metrics.clone()),
    };
    network(seed, servers).await
}

fn metrics() -> Metrics {
    Metrics::new(None).expect("metrics")
}

async fn call(from: &NetworkHandle, to: &NetworkHandle) -> bool {
    let address = to.addresses().first().expect("an address").clone();
    from.connect(address).await.is_ok()
}

/// Waits until a peer does not see another any more.
async fn parted(network: &NetworkHandle, other: &NetworkHandle) {
    let gone = async {
        let id = other.local_peer();
        while network.peers().iter().any(|peer| peer.id == id) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let gone = timeout(Duration::from_secs(60), gone).await;
    gone.expect("they part");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_something_false_is_not_talked_to_and_the_content_comes_from_another() {
    let folders = [(); 3].map(|()| tempfile::tempdir().expect("a temporary folder"));
    let (held, content) = serving(folders[0].path());
    let lies = Arc::new(Liar {
        store: held,
        asked: AtomicUsize::new(0),
    });
    let liar = serves("//Alice", lies.clone(), &metrics()).await;
    let (held, _) = serving(folders[1].path());
    let honest = serves("//Bob", held, &metrics()).await;
    let (store, metrics) = (store(folders[2].path()), metrics());
    let peers = Peers {
        network: serves("//Charlie", store.clone(), &metrics).await,
        store,
        metrics,
    };

    assert!(call(&peers.network, &liar).await);
    let error = peers.content(content, &[liar.local_peer()]).await;
    let error = error.expect_err("it lies").to_string();
    assert!(error.contains("its chunk 0 is false"), "{error}");
    parted(&peers.network, &liar).await;
    // More if it has called again.
    assert!(peers.metrics.refusals(Refusal::Banned) >= 1);

    let asked = lies.asked.load(Ordering::SeqCst);
    assert!(call(&peers.network, &honest).await);
    let both = [liar.local_peer(), honest.local_peer()];
    let held = peers.content(content, &both).await.expect("it comes");
    assert_eq!(fs::read(held.path()).expect("reads"), FILE);
    assert_eq!(lies.asked.load(Ordering::SeqCst), asked);

    // Nor does it come back by itself.
    parted(&liar, &peers.network).await;
    assert!(!call(&liar, &peers.network).await);
}
