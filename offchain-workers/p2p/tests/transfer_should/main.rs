//! Contents fetched from peers in memory, honest and not, into real stores.

mod refuse;
#[path = "../fixture/sources.rs"]
mod sources;
mod store;
mod swarm;

use lattice_p2p::transfer::{
    fetch,
    wire::{ContentRequest, ContentResponse, Refusal},
    ContentId, FetchOptions, Misbehaviour, Progress, CHUNK_BYTES,
};
use lattice_tensor::{file, testing, Range};
use libp2p::PeerId;
use proptest::prelude::*;
use sources::{folder, open, random_bytes, source, Source};
use std::{
    fs,
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc, Arc, Mutex,
    },
    time::Duration,
};
use swarm::{flip, get, get_with, options, stored, Swarm, LONG};
use tokio::sync::watch;

/// Room for anything here.
const QUOTA: u64 = 1 << 30;

/// A file of `chunks` chunks, the last of them short, at a peer.
fn blob(seed: u64, chunks: usize) -> (Vec<u8>, Source) {
    let bytes = random_bytes(seed, chunks * CHUNK_BYTES - 77);
    let source = source("proving.key", &bytes);
    (bytes, source)
}

/// A peer that gives the chunks before this one, and stays silent about all others.
fn gives(swarm: &mut Swarm, source: &Source, end: u32) -> PeerId {
    let store = source.store.clone();
    swarm.add(move |request| match request {
        ContentRequest::Chunks { first, .. } if first >= end => Ok(None),
        request => Ok(Some(store.answer(request))),
    })
}

/// A fetch that soon takes a list though not everybody has given one.
fn hasty() -> FetchOptions {
    FetchOptions {
        patience: Duration::from_millis(300),
        ..options()
    }
}

/// Tells how many bytes are there.
struct Done(watch::Sender<u64>);

impl Progress for Done {
    fn total(&self, _: u64) {}

    fn peers(&self, _: usize) {}

    fn done(&self, bytes: u64) {
        self.0.send_replace(bytes);
    }
}

/// Begins a fetch of a file from a peer that gives the chunks before `end`, and drops it when they
/// are there.
async fn begin(folder: &Path, source: &Source, end: u32) {
    let mut swarm = Swarm::default();
    let peers = vec![gives(&mut swarm, source, end)];
    let store = open(folder, QUOTA);
    let (done, mut are_done) = watch::channel(0);
    let (progress, given) = (Done(done), u64::from(end) * CHUNK_BYTES as u64);
    let fetch = fetch(
        &store,
        Arc::new(swarm),
        source.content,
        peers,
        options(),
        &progress,
    );
    tokio::select! {
        _ = fetch => panic!("the peer does not give all"),
        done = are_done.wait_for(|done| *done == given) => drop(done.expect("the fetch goes on")),
        () = tokio::time::sleep(LONG) => panic!("what it gives does not come"),
    }
    assert!(store.contents().is_empty());
    // Another fetch has its turn when the last writer of this one has ended.
    let nobody = Arc::new(Swarm::default());
    let next = get(&store, &nobody, source.content, &[]).await;
    assert!(next.is_err(), "nobody gives the rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn bring_a_file_from_one_peer_once() {
    let (bytes, source) = blob(1, 5);
    let mut swarm = Swarm::default();
    let peer = swarm.honest(&source.store);
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let fetched = get(&store, &swarm, source.content, &[peer]).await.unwrap();
    assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
    assert_eq!(fetched.received, bytes.len() as u64);
    assert!(fetched.misbehaved.is_empty());
    assert_eq!(swarm.asked_for_chunks(&peer), 5);
    assert!(stored(folder.path(), "partial").is_none());
    assert!(stored(folder.path(), "verified").is_none());

    // It is there, also after a restart, and can be had from there.
    let again = get(&store, &swarm, source.content, &[]).await.unwrap();
    assert_eq!(again.received, 0);
    drop((fetched, again, store));
    let store = open(folder.path(), QUOTA);
    assert_eq!(store.contents(), [source.content]);
    assert!(store.verify(&source.content));
    let request = ContentRequest::Chunks {
        content: source.content,
        first: 4,
        count: 1,
    };
    let last = ContentResponse::Chunks {
        first: 4,
        chunks: vec![bytes[4 * CHUNK_BYTES..].to_vec()],
    };
    assert_eq!(store.answer(request), last);
}

#[tokio::test(flavor = "multi_thread")]
async fn bring_a_file_from_three_peers_at_once() {
    let (bytes, source) = blob(2, 24);
    let mut swarm = Swarm::default();
    let peers = [(); 3].map(|()| swarm.honest(&source.store));
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let fetched = get(&store, &swarm, source.content, &peers).await.unwrap();
    assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
    for peer in &peers {
        assert!(swarm.asked_for_chunks(peer) > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bring_a_file_without_bytes() {
    let source = source("empty", &[]);
    let mut swarm = Swarm::default();
    let peer = swarm.honest(&source.store);
    let folder = folder();
    let store = open(folder.path(), QUOTA);
    let fetched = get(&store, &Arc::new(swarm), source.content, &[peer]).await;
    assert!(fs::read(fetched.unwrap().held.path()).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn bring_a_model_of_several_chunks_that_loads() {
    let model = testing::random_mlp(7, &[1_024, 1_500, 300, 10], Range { lo: 0, hi: 16 });
    let bytes = file::to_bytes(&model).unwrap();
    let source = source("m.lattice", &bytes);
    assert_eq!(source.content, ContentId::Model(model.id()));
    let mut swarm = Swarm::default();
    let peers = [(); 2].map(|()| swarm.honest(&source.store));
    let folder = folder();
    let store = open(folder.path(), QUOTA);
    let fetched = get(&store, &Arc::new(swarm), source.content, &peers).await;
    let held = fetched.unwrap().held;
    assert_eq!(fs::read(held.path()).unwrap(), bytes);
    assert_eq!(file::read(held.path()).unwrap(), model);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn bring_any_model_bit_by_bit(seed in any::<u64>(), count in 1usize..4) {
        let model = testing::random_graph(seed);
        let bytes = file::to_bytes(&model).unwrap();
        let source = source("m.lattice", &bytes);
        let mut swarm = Swarm::default();
        let peers: Vec<_> = (0..count).map(|_| swarm.honest(&source.store)).collect();
        let (swarm, folder) = (Arc::new(swarm), folder());
        let store = open(folder.path(), QUOTA);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let held = runtime
            .block_on(get(&store, &swarm, source.content, &peers))
            .unwrap()
            .held;
        prop_assert_eq!(fs::read(held.path()).unwrap(), bytes);
        prop_assert_eq!(file::read(held.path()).unwrap(), model);
        // Many small tensors are one question, though perhaps not to one peer.
        let questions: usize = peers.iter().map(|peer| swarm.asked_for_chunks(peer)).sum();
        prop_assert!(questions <= count, "{} questions", questions);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn go_on_where_dropped_fetches_stopped_also_after_a_restart() {
    let (bytes, source) = blob(3, 9);
    let folder = folder();
    for end in [1, 4, 6] {
        begin(folder.path(), &source, end).await;
    }
    let mut swarm = Swarm::default();
    let peer = swarm.honest(&source.store);
    let store = open(folder.path(), QUOTA);
    let fetched = get(&store, &Arc::new(swarm), source.content, &[peer]).await;
    let fetched = fetched.unwrap();
    assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
    let missing = bytes.len() - 6 * CHUNK_BYTES;
    assert_eq!(fetched.received, missing as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_again_what_was_damaged_or_not_noted_while_it_was_away() {
    let (bytes, source) = blob(4, 6);
    type Harm = fn(&Path);
    for (harm, kept) in [(damage as Harm, 2), (forget, 0)] {
        let folder = folder();
        begin(folder.path(), &source, 3).await;
        harm(&stored(folder.path(), "partial").expect("three chunks are there"));
        let mut swarm = Swarm::default();
        let peer = swarm.honest(&source.store);
        let store = open(folder.path(), QUOTA);
        let fetched = get(&store, &Arc::new(swarm), source.content, &[peer]).await;
        let fetched = fetched.unwrap();
        assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
        let missing = bytes.len() - kept * CHUNK_BYTES;
        assert_eq!(fetched.received, missing as u64);
    }
}

fn damage(partial: &Path) {
    flip(partial, 99);
}

fn forget(partial: &Path) {
    fs::write(partial.with_extension("verified"), b"nonsense").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bring_one_content_for_two_callers_once() {
    let (bytes, source) = blob(5, 6);
    let mut swarm = Swarm::default();
    let peer = swarm.honest(&source.store);
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let peers = [peer];
    let first = get(&store, &swarm, source.content, &peers);
    let second = get(&store, &swarm, source.content, &peers);
    let (first, second) = tokio::join!(first, second);
    let received = first.unwrap().received + second.unwrap().received;
    assert_eq!(received, bytes.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn try_a_peer_again_that_failed_and_leave_its_work_to_others() {
    let (bytes, source) = blob(6, 8);
    let mut swarm = Swarm::default();
    let calls = AtomicUsize::new(0);
    let store = source.store.clone();
    let shaky = swarm.add(move |request| {
        if calls.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            return Err("connection lost".to_owned());
        }
        Ok(Some(store.answer(request)))
    });
    let silent = swarm.add(|_| Ok(None));
    let honest = swarm.honest(&source.store);
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let peers = [silent, shaky, honest];
    let fetched = get_with(hasty(), &store, &swarm, source.content, &peers).await;
    let fetched = fetched.unwrap();
    assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
    assert!(fetched.misbehaved.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn take_over_the_chunks_of_a_peer_that_falls_silent() {
    let (bytes, source) = blob(7, 10);
    // When all others have been asked for, and when its time is over.
    let endgame = FetchOptions {
        endgame: Duration::from_millis(50),
        ..options()
    };
    let timeout = FetchOptions {
        timeout: Duration::from_millis(400),
        attempts: 1_000,
        ..options()
    };
    for options in [endgame, timeout] {
        let mut swarm = Swarm::default();
        let silent = gives(&mut swarm, &source, 1);
        let honest = swarm.honest(&source.store);
        let (swarm, folder) = (Arc::new(swarm), folder());
        let store = open(folder.path(), QUOTA);
        let peers = [silent, honest];
        let fetched = get_with(options, &store, &swarm, source.content, &peers).await;
        let fetched = fetched.unwrap();
        assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
        assert!(fetched.misbehaved.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn convict_who_gave_a_false_list_and_keep_what_both_lists_agree_on() {
    let (bytes, source) = blob(8, 5);
    let mut other = bytes.clone();
    other[3 * CHUNK_BYTES] ^= 1;
    let other = sources::source("proving.key", &other);
    let mut swarm = Swarm::default();
    // The liar has a file of its own and gives it another's name: list and chunks agree.
    let (store, content) = (other.store.clone(), other.content);
    let (taken, is_taken) = mpsc::channel();
    let liar = swarm.add(move |request| {
        Ok(Some(store.answer(match request {
            ContentRequest::Describe { .. } => ContentRequest::Describe { content },
            ContentRequest::Chunks { first, count, .. } => {
                let _ = taken.send(());
                ContentRequest::Chunks {
                    content,
                    first,
                    count,
                }
            }
        })))
    });
    let (store, is_taken) = (source.store.clone(), Mutex::new(is_taken));
    let honest = swarm.add(move |request| {
        // Its list comes when the liar's has been taken.
        if matches!(request, ContentRequest::Describe { .. }) {
            let is_taken = is_taken.lock().expect("not poisoned");
            is_taken.recv_timeout(LONG).expect("the liar is asked");
        }
        Ok(Some(store.answer(request)))
    });
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let peers = [honest, liar];
    let fetched = get_with(hasty(), &store, &swarm, source.content, &peers).await;
    let fetched = fetched.unwrap();
    assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
    assert_eq!(fetched.misbehaved, [(liar, Misbehaviour::FalseList)]);
    // All of the false file, and of the true one the chunk in which they differ.
    assert_eq!(fetched.received, (bytes.len() + CHUNK_BYTES) as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn notice_a_file_of_their_own_that_is_damaged_and_mend_it() {
    let (bytes, source) = blob(9, 4);
    let mut swarm = Swarm::default();
    let peer = swarm.honest(&source.store);
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let fetched = get(&store, &swarm, source.content, &[peer]).await.unwrap();
    flip(fetched.held.path(), 2 * CHUNK_BYTES + 5);
    let ask = |first| {
        store.answer(ContentRequest::Chunks {
            content: source.content,
            first,
            count: 1,
        })
    };
    assert!(matches!(ask(1), ContentResponse::Chunks { .. }));
    assert_eq!(ask(2), ContentResponse::Refused(Refusal::Damaged));
    assert_eq!(ask(1), ContentResponse::Unknown);
    assert_eq!(store.next_damaged().await, source.content);
    assert!(store.contents().is_empty());

    let mended = get(&store, &swarm, source.content, &[peer]).await.unwrap();
    assert_eq!(mended.received, CHUNK_BYTES as u64);
    assert_eq!(fs::read(mended.held.path()).unwrap(), bytes);
    assert!(matches!(ask(2), ContentResponse::Chunks { .. }));
    assert!(store.verify(&source.content));
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_no_chunk_of_an_adopted_file_that_has_changed_and_leave_the_file() {
    let (_, source) = blob(10, 3);
    flip(&source.path, 7);
    let changed = fs::read(&source.path).unwrap();
    assert!(!source.store.verify(&source.content));
    assert_eq!(source.store.next_damaged().await, source.content);
    let request = ContentRequest::Describe {
        content: source.content,
    };
    assert_eq!(source.store.answer(request), ContentResponse::Unknown);
    assert_eq!(fs::read(&source.path).unwrap(), changed);
}
