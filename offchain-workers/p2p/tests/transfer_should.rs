//! Contents fetched from peers in memory, honest and not, into real stores.

mod swarm;

use lattice_p2p::transfer::{
    wire::{ContentRequest, ContentResponse, Refusal},
    ContentId, FetchError, Misbehaviour, StoreError, CHUNK_BYTES,
};
use lattice_tensor::{file, testing, Range};
use libp2p::PeerId;
use proptest::prelude::*;
use std::{
    fs,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};
use swarm::{flip, folder, get, open, random_bytes, source, stored, Source, Swarm};

/// Room for anything here.
const QUOTA: u64 = 1 << 30;

/// A file of `chunks` chunks, the last of them short, at a peer.
fn blob(seed: u64, chunks: usize) -> (Vec<u8>, Source) {
    let bytes = random_bytes(seed, chunks * CHUNK_BYTES - 77);
    let source = source("proving.key", &bytes);
    (bytes, source)
}

/// A peer that gives this many chunks, and then nothing any more.
fn gives(swarm: &mut Swarm, source: &Source, chunks: usize) -> PeerId {
    let (store, left) = (source.store.clone(), AtomicUsize::new(chunks));
    swarm.add(move |request| {
        if matches!(request, ContentRequest::Chunks { .. }) {
            let before = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
            if before.is_err() {
                return Ok(None);
            }
        }
        Ok(Some(store.answer(request)))
    })
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
    assert_eq!(fetched.misbehaved, []);
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
        // Many small tensors are one question.
        let questions: usize = peers.iter().map(|peer| swarm.asked_for_chunks(peer)).sum();
        prop_assert!(questions <= 2, "{} questions", questions);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn go_on_where_dropped_fetches_stopped_also_after_a_restart() {
    let (bytes, source) = blob(3, 9);
    let folder = folder();
    for round in [1, 3, 2] {
        let mut swarm = Swarm::default();
        let peer = gives(&mut swarm, &source, round);
        let store = open(folder.path(), QUOTA);
        let swarm = Arc::new(swarm);
        let cut = tokio::time::timeout(
            Duration::from_millis(250),
            get(&store, &swarm, source.content, &[peer]),
        );
        assert!(cut.await.is_err());
        assert_eq!(store.contents(), []);
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
    let damaged = |path: &std::path::Path| flip(path, 99);
    let forgotten = |path: &std::path::Path| {
        fs::write(path.with_extension("verified"), b"nonsense").unwrap();
    };
    let harms: [(&dyn Fn(&std::path::Path), usize); 2] = [(&damaged, 2), (&forgotten, 0)];
    for (harm, kept) in harms {
        let folder = folder();
        let mut swarm = Swarm::default();
        let slow = gives(&mut swarm, &source, 3);
        let honest = swarm.honest(&source.store);
        let swarm = Arc::new(swarm);
        let store = open(folder.path(), QUOTA);
        let cut = get(&store, &swarm, source.content, &[slow]);
        let cut = tokio::time::timeout(Duration::from_millis(250), cut);
        assert!(cut.await.is_err());
        drop(store);
        let store = open(folder.path(), QUOTA);
        harm(&stored(folder.path(), "partial").expect("three chunks are there"));
        let fetched = get(&store, &swarm, source.content, &[honest])
            .await
            .unwrap();
        assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
        let missing = bytes.len() - kept * CHUNK_BYTES;
        assert_eq!(fetched.received, missing as u64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bring_one_content_for_two_callers_once() {
    let (bytes, source) = blob(5, 6);
    let mut swarm = Swarm::default();
    let peer = swarm.honest(&source.store);
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let (first, second) = tokio::join!(
        get(&store, &swarm, source.content, &[peer]),
        get(&store, &swarm, source.content, &[peer]),
    );
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
        if calls.fetch_add(1, Ordering::SeqCst) % 2 == 0 {
            return Err("connection lost".to_owned());
        }
        Ok(Some(store.answer(request)))
    });
    let silent = swarm.add(|_| Ok(None));
    let honest = swarm.honest(&source.store);
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let peers = [silent, shaky, honest];
    let fetched = get(&store, &swarm, source.content, &peers).await.unwrap();
    assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
    assert_eq!(fetched.misbehaved, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn take_over_the_chunks_of_a_peer_that_falls_silent() {
    let (bytes, source) = blob(7, 10);
    let mut swarm = Swarm::default();
    let silent = gives(&mut swarm, &source, 1);
    let honest = swarm.honest(&source.store);
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let peers = [silent, honest];
    let fetched = get(&store, &swarm, source.content, &peers).await.unwrap();
    assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
    assert_eq!(fetched.misbehaved, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn convict_who_gave_a_false_list_and_keep_what_both_lists_agree_on() {
    let (bytes, source) = blob(8, 5);
    let mut other = bytes.clone();
    other[3 * CHUNK_BYTES] ^= 1;
    let other = swarm::source("proving.key", &other);
    let mut swarm = Swarm::default();
    // The liar has a file of its own and gives it another's name: list and chunks agree.
    let (store, content) = (other.store.clone(), other.content);
    let liar = swarm.add(move |request| {
        Ok(Some(store.answer(match request {
            ContentRequest::Describe { .. } => ContentRequest::Describe { content },
            ContentRequest::Chunks { first, count, .. } => ContentRequest::Chunks {
                content,
                first,
                count,
            },
        })))
    });
    let store = source.store.clone();
    let honest = swarm.add(move |request| {
        // So that the liar's list is the first.
        if matches!(request, ContentRequest::Describe { .. }) {
            std::thread::sleep(Duration::from_millis(60));
        }
        Ok(Some(store.answer(request)))
    });
    let (swarm, folder) = (Arc::new(swarm), folder());
    let store = open(folder.path(), QUOTA);
    let peers = [honest, liar];
    let fetched = get(&store, &swarm, source.content, &peers).await.unwrap();
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
    assert_eq!(store.contents(), []);

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

mod refuse {
    use super::*;

    /// What one peer alone brings, that lies from its first chunk on.
    async fn alone(swarm: Swarm, peer: PeerId, content: ContentId) -> Vec<(PeerId, Misbehaviour)> {
        let folder = folder();
        let store = open(folder.path(), QUOTA);
        let error = get(&store, &Arc::new(swarm), content, &[peer]).await;
        let error = error.expect_err("nobody gives it");
        if let Some(partial) = stored(folder.path(), "partial") {
            let written = fs::read(partial).unwrap();
            if matches!(content, ContentId::Blob(_)) {
                assert!(written.iter().all(|byte| *byte == 0), "a lie was written");
            }
        }
        assert_eq!(store.contents(), []);
        let text = error.to_string();
        assert!(text.contains(&peer.to_string()), "{text}");
        match error {
            FetchError::NoPeers { misbehaved, .. } => misbehaved,
            FetchError::Store { source, .. } => panic!("{source}"),
        }
    }

    fn first(chunks: &mut [Vec<u8>]) -> &mut Vec<u8> {
        chunks.first_mut().expect("there are chunks")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn chunks_with_a_changed_bit_or_of_another_length() {
        let (_, source) = blob(20, 2);
        let twists: [fn(&mut Vec<Vec<u8>>); 3] = [
            |chunks| first(chunks)[500] ^= 1,
            |chunks| {
                first(chunks).pop();
            },
            |chunks| first(chunks).clear(),
        ];
        for twist in twists {
            let mut swarm = Swarm::default();
            let liar = swarm.chunk_liar(&source.store, twist);
            let misbehaved = alone(swarm, liar, source.content).await;
            assert!(
                matches!(misbehaved[..], [(peer, Misbehaviour::WrongChunk(_))] if peer == liar),
                "{misbehaved:?}"
            );
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_changed_chunk_of_a_model() {
        let model = testing::random_graph(5);
        let source = source("m.lattice", &file::to_bytes(&model).unwrap());
        let mut swarm = Swarm::default();
        let liar = swarm.chunk_liar(&source.store, |chunks| first(chunks)[0] ^= 1);
        let misbehaved = alone(swarm, liar, source.content).await;
        assert_eq!(misbehaved, [(liar, Misbehaviour::WrongChunk(0))]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn answers_without_chunks_with_too_many_or_to_another_question() {
        let (_, source) = blob(21, 2);
        let twist = |with: fn(u32, Vec<Vec<u8>>) -> ContentResponse| {
            let mut swarm = Swarm::default();
            let liar = swarm.twisted(&source.store, move |_, answer| match answer {
                ContentResponse::Chunks { first, chunks } => with(first, chunks),
                answer => answer,
            });
            (swarm, liar)
        };
        let (swarm, liar) = twist(|first, _| ContentResponse::Chunks {
            first,
            chunks: Vec::new(),
        });
        let misbehaved = alone(swarm, liar, source.content).await;
        assert_eq!(misbehaved, [(liar, Misbehaviour::EmptyAnswer)]);

        let (swarm, liar) = twist(|first, mut chunks| {
            chunks.push(vec![0]);
            ContentResponse::Chunks { first, chunks }
        });
        let misbehaved = alone(swarm, liar, source.content).await;
        assert!(matches!(
            misbehaved[..],
            [(_, Misbehaviour::OtherChunks { found: 2, .. })]
        ));

        let (swarm, liar) = twist(|first, chunks| ContentResponse::Chunks {
            first: first + 1,
            chunks,
        });
        let misbehaved = alone(swarm, liar, source.content).await;
        assert!(matches!(
            misbehaved[..],
            [(_, Misbehaviour::OtherChunks { found: 1, .. })]
        ));

        let (swarm, liar) = twist(|_, _| ContentResponse::BlobMap {
            len: 0,
            hashes: Vec::new(),
        });
        let misbehaved = alone(swarm, liar, source.content).await;
        assert_eq!(misbehaved, [(liar, Misbehaviour::OtherAnswer)]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn false_maps() {
        let (model, other) = (testing::random_graph(1), testing::random_graph(2));
        let model = source("m.lattice", &file::to_bytes(&model).unwrap());
        let other = source("m.lattice", &file::to_bytes(&other).unwrap());
        let (store, content) = (other.store.clone(), other.content);
        let mut swarm = Swarm::default();
        let liar = swarm.add(move |_| {
            let request = ContentRequest::Describe { content };
            Ok(Some(store.answer(request)))
        });
        let misbehaved = alone(swarm, liar, model.content).await;
        assert!(
            matches!(&misbehaved[..], [(_, Misbehaviour::WrongMap(why))] if why.contains("model")),
            "{misbehaved:?}"
        );

        let (_, blob) = blob(22, 1);
        let mut swarm = Swarm::default();
        let liar = swarm.twisted(&blob.store, |_, _| ContentResponse::BlobMap {
            len: 5,
            hashes: Vec::new(),
        });
        let misbehaved = alone(swarm, liar, blob.content).await;
        assert!(matches!(
            &misbehaved[..],
            [(_, Misbehaviour::WrongMap(why))] if why.contains("0 hashes for 1 chunks")
        ));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_that_is_larger_than_was_asked_for() {
        let (_, source) = blob(23, 2);
        let mut swarm = Swarm::default();
        let peer = swarm.honest(&source.store);
        let folder = folder();
        let store = open(folder.path(), QUOTA);
        let options = lattice_p2p::transfer::FetchOptions {
            max_bytes: 1_000,
            ..swarm::options()
        };
        let error = lattice_p2p::transfer::fetch(
            &store,
            Arc::new(swarm),
            source.content,
            vec![peer],
            options,
            &lattice_p2p::transfer::Silent,
        )
        .await
        .expect_err("too large");
        assert!(error.to_string().contains("at most 1000"), "{error}");
        assert_eq!(store.usage().bytes, 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn peers_that_lie_without_keeping_others_from_giving_the_truth() {
        let (bytes, source) = blob(24, 8);
        let mut swarm = Swarm::default();
        let liar = swarm.chunk_liar(&source.store, |chunks| first(chunks)[1] ^= 4);
        let honest = [(); 2].map(|()| swarm.honest(&source.store));
        let (swarm, folder) = (Arc::new(swarm), folder());
        let store = open(folder.path(), QUOTA);
        let peers = [liar, honest[0], honest[1]];
        let fetched = get(&store, &swarm, source.content, &peers).await.unwrap();
        assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
        assert!(
            matches!(fetched.misbehaved[..], [(peer, Misbehaviour::WrongChunk(_))] if peer == liar),
            "{:?}",
            fetched.misbehaved
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn to_wait_for_ever_and_name_each_peer_and_why() {
        let (_, source) = blob(25, 1);
        let mut swarm = Swarm::default();
        let silent = swarm.add(|_| Ok(None));
        let without = swarm.add(|_| Ok(Some(ContentResponse::Unknown)));
        let busy = swarm.add(|_| Ok(Some(ContentResponse::Refused(Refusal::Busy))));
        let stranger = PeerId::random();
        let folder = folder();
        let store = open(folder.path(), QUOTA);
        let peers = [silent, without, busy, stranger];
        let error = get(&store, &Arc::new(swarm), source.content, &peers).await;
        let error = error.expect_err("nobody has it");
        let FetchError::NoPeers {
            reasons,
            misbehaved,
            ..
        } = &error
        else {
            panic!("{error}");
        };
        assert!(misbehaved.is_empty());
        for (peer, why) in [
            (silent, "no answer within"),
            (without, "does not have"),
            (busy, "too much to do"),
            (stranger, "not connected"),
        ] {
            let found = reasons.iter().find(|(id, _)| *id == peer);
            assert!(
                found.is_some_and(|(_, reason)| reason.contains(why)),
                "{error}"
            );
        }
        let none = get(&store, &Arc::new(Swarm::default()), source.content, &[]).await;
        assert!(none.is_err_and(|error| error.to_string().contains("no peer is known")));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_content_for_which_there_is_no_room() {
        let (_, source) = blob(26, 3);
        let mut swarm = Swarm::default();
        let peer = swarm.honest(&source.store);
        let folder = folder();
        let store = open(folder.path(), 1_000_000);
        let error = get(&store, &Arc::new(swarm), source.content, &[peer]).await;
        assert!(matches!(
            error,
            Err(FetchError::Store {
                source: StoreError::QuotaExceeded {
                    quota: 1_000_000,
                    kept: 0,
                    wanted,
                    content,
                },
                ..
            }) if content == source.content && wanted > 3_000_000
        ));
    }
}
