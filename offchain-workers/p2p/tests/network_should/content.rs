//! Contents that come over sockets from several peers at once, honest and not.

use crate::{
    peers::{config, eventually, start, start_with, Node, GENESIS},
    sources::{folder, open, random_bytes, source, Source},
};
use lattice_p2p::{
    metrics::{Outcome, Protocol},
    transfer::{
        fetch,
        wire::{ContentRequest, ContentResponse},
        Ask, FetchOptions, Fetched, Misbehaviour, Silent, Store, CHUNK_BYTES,
    },
    ContentServer,
};
use libp2p::PeerId;
use std::{
    fs,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};

/// Room for anything here.
const QUOTA: u64 = 1 << 30;

/// As many chunks as three peers are asked for at first.
const CHUNKS: usize = 12;

/// A store with a file, the same for a seed.
fn blob(seed: u64) -> Source {
    let bytes = random_bytes(seed, CHUNKS * CHUNK_BYTES - 77);
    source("proving.key", &bytes)
}

/// A peer that gives what a server has.
async fn serves(seed: &str, server: Arc<dyn ContentServer>) -> Node {
    start_with(seed, GENESIS, config(), server).await
}

/// Changes a bit of each chunk that its store has.
struct Liar {
    store: Arc<Store>,
    asked: AtomicUsize,
}

impl ContentServer for Liar {
    fn answer(&self, _: PeerId, request: ContentRequest) -> ContentResponse {
        let mut answer = self.store.answer(request);
        if let ContentResponse::Chunks { chunks, .. } = &mut answer {
            self.asked.fetch_add(1, Ordering::SeqCst);
            for chunk in chunks {
                chunk[500] ^= 1;
            }
        }
        answer
    }
}

/// Fetches what a source has from peers, after each of them has said how it is cut, and compares it.
async fn get(node: &Node, source: &Source, peers: &[&Node]) -> Fetched {
    for peer in peers {
        let met = node.handle.connect(peer.address()).await;
        met.expect("they meet");
    }
    let folder = folder();
    let store = open(folder.path(), QUOTA);
    let asker: Arc<dyn Ask> = Arc::new(node.handle.clone());
    let ids = peers.iter().map(|peer| peer.peer()).collect();
    let options = FetchOptions {
        patience: Duration::from_secs(60),
        // Nothing is asked for twice only because it takes long.
        endgame: Duration::from_secs(60),
        ..FetchOptions::default()
    };
    let fetched = fetch(&store, asker, source.content, ids, options, &Silent).await;
    let fetched = fetched.expect("it comes");
    let expected = fs::read(&source.path).expect("reads");
    let found = fs::read(fetched.held.path()).expect("reads");
    assert!(found == expected, "another file has come");
    assert_eq!(fetched.received, expected.len() as u64);
    fetched
}

/// Waits until each of some peers has given chunks, and not only said how they are cut.
async fn each_gave_chunks(peers: &[&Node]) {
    eventually("each gave chunks", || {
        peers
            .iter()
            .all(|peer| peer.metrics.requests(Protocol::Content, Outcome::Served) > 1)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_from_three_peers_at_once() {
    let held = [(); 3].map(|()| blob(1));
    let [alice, bob, charlie] = [
        serves("//Alice", held[0].store.clone()).await,
        serves("//Bob", held[1].store.clone()).await,
        serves("//Charlie", held[2].store.clone()).await,
    ];
    let peers = [&alice, &bob, &charlie];
    let dave = start("//Dave", GENESIS, config()).await;
    let fetched = get(&dave, &held[0], &peers).await;
    assert!(fetched.misbehaved.is_empty(), "{:?}", fetched.misbehaved);
    each_gave_chunks(&peers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_false_chunks_is_named_and_asked_no_more_and_others_give_the_file() {
    let held = [(); 3].map(|()| blob(2));
    let lies = Arc::new(Liar {
        store: held[0].store.clone(),
        asked: AtomicUsize::new(0),
    });
    let liar = serves("//Alice", lies.clone()).await;
    let honest = [
        serves("//Bob", held[1].store.clone()).await,
        serves("//Charlie", held[2].store.clone()).await,
    ];
    let dave = start("//Dave", GENESIS, config()).await;
    let fetched = get(&dave, &held[0], &[&liar, &honest[0], &honest[1]]).await;
    let id = liar.peer();
    assert!(
        matches!(fetched.misbehaved[..], [(peer, Misbehaviour::WrongChunk(_))] if peer == id),
        "{:?}",
        fetched.misbehaved
    );
    // What it was asked before its first answer had been looked at, and nothing after that.
    let asked = lies.asked.load(Ordering::SeqCst);
    let most = FetchOptions::default().per_peer;
    assert!((1..=most).contains(&asked), "asked {asked} times");
    each_gave_chunks(&[&honest[0], &honest[1]]).await;
}
