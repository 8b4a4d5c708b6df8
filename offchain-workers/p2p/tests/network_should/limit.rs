//! How many connections peers take, and from whom.

use crate::{
    peers::{assert_serves, config, describe, eventually, node, refused, signer, start, GENESIS},
    raw::{frame, Raw},
};
use lattice_p2p::{metrics::Refusal, NetworkConfig, NetworkError};

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_in_so_that_a_place_is_left_for_a_call_of_their_own() {
    // Three of them for others.
    let small = NetworkConfig {
        max_connections: 4,
        ..config()
    };
    let alice = start("//Alice", GENESIS, small).await;
    let mut inside = Vec::new();
    for _ in 0..3 {
        let mut raw = Raw::new();
        raw.call(alice.address()).await;
        let record = raw.record(&signer("//Bob"), |_| ());
        assert!(raw.hello(frame(&record)).await.is_some());
        inside.push(raw);
    }
    eventually("all are there", || alice.handle.peers().len() == 3).await;
    assert_eq!(alice.metrics.refusals(Refusal::Connections), 0);

    let mut surplus = Raw::new();
    surplus.call(alice.address()).await;
    surplus.ended().await;
    refused(&alice, Refusal::Connections, 1).await;
    assert_eq!(alice.metrics.refusals(Refusal::Connections), 1);
    assert_eq!(alice.metrics.refusals(Refusal::Handshake), 0);
    assert_eq!(alice.handle.peers().len(), 3);

    // The fourth place is for a call of its own, and there is no fifth.
    let [charlie, dave] = [node("//Charlie").await, node("//Dave").await];
    let met = alice.handle.connect(charlie.address()).await;
    assert_eq!(met.expect("they meet"), charlie.peer());
    let Err(NetworkError::Dial { reason, .. }) = alice.handle.connect(dave.address()).await else {
        panic!("a fifth connection");
    };
    assert!(reason.contains("at most 4"), "{reason}");

    // Who goes makes room.
    drop(inside.pop());
    eventually("one is gone", || alice.handle.peers().len() == 3).await;
    assert_serves(&alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_often_one_peer_comes_in() {
    let strict = NetworkConfig {
        max_per_peer: 2,
        ..config()
    };
    let alice = start("//Alice", GENESIS, strict).await;
    let mut raw = Raw::new();
    for _ in 0..2 {
        raw.call(alice.address()).await;
    }
    let record = raw.record(&signer("//Bob"), |_| ());
    assert!(raw.hello(frame(&record)).await.is_some());
    assert_eq!(alice.metrics.refusals(Refusal::Connections), 0);

    raw.call(alice.address()).await;
    raw.ended().await;
    refused(&alice, Refusal::Connections, 1).await;
    assert_eq!(alice.metrics.refusals(Refusal::Connections), 1);
    // The first two go on, and others come in.
    assert!(raw.content(frame(&describe())).await.is_some());
    assert_serves(&alice).await;
}
