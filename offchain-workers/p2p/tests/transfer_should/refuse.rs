//! Lies, silence and contents that do not fit.

use crate::{
    blob,
    sources::{folder, open, source},
    swarm::{self, get, get_with, stored, Swarm},
    QUOTA,
};
use lattice_p2p::transfer::{
    wire::{ContentRequest, ContentResponse, Refusal},
    ContentId, FetchError, FetchOptions, Misbehaviour, Silent, StoreError,
};
use lattice_tensor::{file, testing};
use libp2p::PeerId;
use std::{fs, sync::Arc, time::Duration};

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
    assert!(store.contents().is_empty());
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
        matches!(&misbehaved[..], [(_, Misbehaviour::WrongMap(why))] if why.contains("manifest")),
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
    let options = FetchOptions {
        max_bytes: 1_000,
        ..swarm::options()
    };
    let error = lattice_p2p::transfer::fetch(
        &store,
        Arc::new(swarm),
        source.content,
        vec![peer],
        options,
        &Silent,
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
    let options = FetchOptions {
        timeout: Duration::from_secs(5),
        attempts: 1,
        ..swarm::options()
    };
    let error = get_with(options, &store, &Arc::new(swarm), source.content, &peers).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_promises_more_than_there_is_room_for_and_take_another() {
    let (bytes, source) = blob(27, 2);
    let mut swarm = Swarm::default();
    // There are more of them, so theirs is looked at first.
    let liars = [(); 2].map(|()| {
        swarm.twisted(&source.store, |_, answer| match answer {
            ContentResponse::BlobMap { .. } => ContentResponse::BlobMap {
                len: 64 << 20,
                hashes: vec![[1; 32]; 64],
            },
            answer => answer,
        })
    });
    let honest = swarm.honest(&source.store);
    let folder = folder();
    let store = open(folder.path(), 8 << 20);
    let peers = [liars[0], liars[1], honest];
    let fetched = get(&store, &Arc::new(swarm), source.content, &peers).await;
    let fetched = fetched.expect("one tells the truth");
    assert_eq!(fs::read(fetched.held.path()).unwrap(), bytes);
}
