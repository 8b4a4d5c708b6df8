//! What peers refuse, and that they go on afterwards.

use crate::{
    peers::{assert_serves, config, describe, eventually, node, refused, signer, start, GENESIS},
    raw::{frame, Raw, Sent},
};
use lattice_p2p::{
    metrics::Refusal,
    record::{now_ms, LIFETIME_MS, MAX_SKEW_MS},
    transfer::wire::ContentResponse,
    Identity, NetworkConfig, NetworkError, PeerRecord,
};
use libp2p::multiaddr::Protocol;
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Who does not wait for a message of a thousand bytes of which one comes in 20 ms.
fn hasty() -> NetworkConfig {
    NetworkConfig {
        request_timeout: Duration::from_secs(3),
        ..config()
    }
}

/// Shows a changed record, and expects the refusal.
async fn assert_refuses_record(reason: Refusal, change: impl FnOnce(&mut PeerRecord)) {
    let alice = node("//Alice").await;
    let mut raw = Raw::new();
    raw.call(alice.address()).await;
    let record = raw.record(&signer("//Bob"), change);
    raw.hello(frame(&record)).await;
    refused(&alice, reason, 1).await;
    raw.ended().await;
    assert!(alice.handle.peers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_of_another_chain_by_name_on_both_sides() {
    let alice = node("//Alice").await;
    let stranger = start("//Bob", [8; 32], config()).await;
    let met = stranger.handle.connect(alice.address()).await;
    assert!(
        matches!(
            met,
            Err(NetworkError::WrongGenesis {
                ours: [8, ..],
                theirs: [7, ..]
            })
        ),
        "{met:?}"
    );
    for node in [&alice, &stranger] {
        refused(node, Refusal::WrongGenesis, 1).await;
        eventually("nobody is there", || node.handle.peers().is_empty()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_another_peer_that_is_shown_again() {
    let alice = node("//Alice").await;
    let mut thief = Raw::new();
    thief.call(alice.address()).await;
    let bob = Identity::ephemeral(signer("//Bob"), GENESIS);
    let record = bob.record(&[], now_ms());
    assert_eq!(thief.hello(frame(&record)).await, None);
    refused(&alice, Refusal::WrongPeer, 1).await;
    thief.ended().await;
    assert!(alice.handle.peers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_the_account_has_not_signed() {
    let charlie = signer("//Charlie").account();
    assert_refuses_record(Refusal::Signature, |record| record.account = charlie.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_has_expired() {
    assert_refuses_record(Refusal::Expired, |record| {
        record.issued_at -= 2 * LIFETIME_MS;
        record.expires_at = now_ms() - 1;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_ahead() {
    assert_refuses_record(Refusal::ClockSkew, |record| {
        record.expires_at += MAX_SKEW_MS + 10_000;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_behind() {
    assert_refuses_record(Refusal::ClockSkew, |record| {
        record.expires_at -= MAX_SKEW_MS + 10_000;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn to_wait_for_a_refused_peer_that_shows_its_record_again_and_again() {
    let alice = node("//Alice").await;
    let mut raw = Raw::new();
    raw.call(alice.address()).await;
    let record = raw.record(&signer("//Bob"), |record| {
        record.expires_at -= MAX_SKEW_MS + 10_000;
    });
    let insists = async {
        while !raw.has_ended() {
            raw.hello(frame(&record)).await;
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(30), insists).await;
    ended.expect("the connection ends");
    assert!(alice.metrics.refusals(Refusal::ClockSkew) >= 1);
    assert!(alice.handle.peers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_denied() {
    let denying = NetworkConfig {
        deny: vec![signer("//Bob").account()],
        ..config()
    };
    let alice = start("//Alice", GENESIS, denying).await;
    let bob = node("//Bob").await;
    let met = bob.handle.connect(alice.address()).await;
    assert!(matches!(met, Err(NetworkError::NoHello { .. })), "{met:?}");
    refused(&alice, Refusal::NotAdmitted, 1).await;
    // Nor is it called from here, once it is not banned any more.
    let start = Instant::now();
    let met = loop {
        match alice.handle.connect(bob.address()).await {
            Err(NetworkError::Dial { .. }) if start.elapsed() < Duration::from_secs(60) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            met => break met,
        }
    };
    assert!(
        matches!(met, Err(NetworkError::NotAdmitted { .. })),
        "{met:?}"
    );
    assert_serves(&alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_among_the_allowed() {
    let allowing = NetworkConfig {
        allow: vec![signer("//Ferdie").account()],
        ..config()
    };
    let alice = start("//Alice", GENESIS, allowing).await;
    let bob = node("//Bob").await;
    assert!(bob.handle.connect(alice.address()).await.is_err());
    refused(&alice, Refusal::NotAdmitted, 1).await;
    assert_serves(&alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_is_denied_before_it_shows_anything() {
    let mut raw = Raw::new();
    let denying = NetworkConfig {
        deny_peers: vec![raw.peer()],
        ..config()
    };
    let alice = start("//Alice", GENESIS, denying).await;
    raw.call(alice.address()).await;
    raw.ended().await;
    refused(&alice, Refusal::Banned, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_peer_that_has_not_shown_who_it_is() {
    let alice = node("//Alice").await;
    let mut raw = Raw::new();
    raw.call(alice.address()).await;
    assert_eq!(raw.content(frame(&describe())).await, None);
    refused(&alice, Refusal::UnknownPeer, 1).await;
    let record = raw.record(&signer("//Bob"), |_| ());
    assert!(raw.hello(frame(&record)).await.is_some());
    assert!(raw.content(frame(&describe())).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_shows_nothing() {
    let hasty = NetworkConfig {
        hello_timeout: Duration::from_secs(2),
        ..config()
    };
    let alice = start("//Alice", GENESIS, hasty).await;
    let mut raw = Raw::new();
    raw.call(alice.address()).await;
    raw.ended().await;
    refused(&alice, Refusal::Silent, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_are_too_long_or_malformed() {
    let alice = node("//Alice").await;
    let mut raw = Raw::new();
    raw.call(alice.address()).await;
    let mut long = u32::MAX.to_le_bytes().to_vec();
    long.extend([0; 8192]);
    assert_eq!(raw.hello(Sent::Bytes(long)).await, None);
    refused(&alice, Refusal::Oversized, 1).await;
    let malformed = vec![4, 0, 0, 0, 1, 2, 3, 4];
    assert_eq!(raw.hello(Sent::Bytes(malformed)).await, None);
    refused(&alice, Refusal::Malformed, 1).await;
    assert_serves(&alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_send_garbage_or_nothing() {
    let hasty = NetworkConfig {
        dial_timeout: Duration::from_secs(5),
        ..config()
    };
    let alice = start("//Alice", GENESIS, hasty).await;
    let port = alice.address().iter().find_map(|part| match part {
        Protocol::Tcp(port) => Some(port),
        _ => None,
    });
    let place = ("127.0.0.1", port.expect("a port"));
    let mut garbage = TcpStream::connect(place).await.expect("a socket");
    garbage.write_all(&[0xff; 1024]).await.expect("sent");
    refused(&alice, Refusal::Handshake, 1).await;
    // The connection is cut: reading ends, with whatever the other side had said first.
    let mut said = Vec::new();
    let ends = garbage.read_to_end(&mut said);
    let ended = tokio::time::timeout(Duration::from_secs(60), ends).await;
    assert!(ended.is_ok(), "the connection goes on");
    let silent = TcpStream::connect(place).await.expect("a socket");
    refused(&alice, Refusal::Handshake, 2).await;
    drop(silent);
    assert_serves(&alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_without_end() {
    let alice = start("//Alice", GENESIS, hasty()).await;
    let mut raw = Raw::new();
    raw.call(alice.address()).await;
    let record = raw.record(&signer("//Bob"), |_| ());
    assert!(raw.hello(frame(&record)).await.is_some());
    let began = Instant::now();
    let promised = 1000u32.to_le_bytes().to_vec();
    assert_eq!(raw.content(Sent::Endless(promised)).await, None);
    let took = began.elapsed();
    assert!(took > Duration::from_millis(500), "{took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(raw.content(frame(&describe())).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_too_long_malformed_or_without_end() {
    let alice = start("//Alice", GENESIS, hasty()).await;
    let mut raw = Raw::new();
    raw.call(alice.address()).await;
    let record = raw.record(&signer("//Bob"), |_| ());
    assert!(raw.hello(frame(&record)).await.is_some());
    eventually("alice knows it", || !alice.handle.peers().is_empty()).await;
    let peer = raw.peer();
    let ask = || alice.handle.ask_content(peer, describe());

    let long = [u32::MAX.to_le_bytes().to_vec(), vec![0; 8192]].concat();
    let (answer, ()) = tokio::join!(ask(), raw.answer_content(Sent::Bytes(long)));
    assert!(
        matches!(answer, Err(NetworkError::NoAnswer { .. })),
        "{answer:?}"
    );
    assert_eq!(alice.metrics.refusals(Refusal::Oversized), 1);

    let malformed = Sent::Bytes(vec![1, 0, 0, 0, 99]);
    let (answer, ()) = tokio::join!(ask(), raw.answer_content(malformed));
    assert!(
        matches!(answer, Err(NetworkError::NoAnswer { .. })),
        "{answer:?}"
    );
    assert_eq!(alice.metrics.refusals(Refusal::Malformed), 1);

    let began = Instant::now();
    let promised = Sent::Endless(1000u32.to_le_bytes().to_vec());
    let (answer, ()) = tokio::join!(ask(), raw.answer_content(promised));
    let took = began.elapsed();
    assert!(
        matches!(answer, Err(NetworkError::NoAnswer { .. })),
        "{answer:?}"
    );
    assert!(took > Duration::from_millis(500), "{took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");

    // A good answer is still one.
    let good = frame(&ContentResponse::Unknown);
    let (answer, ()) = tokio::join!(ask(), raw.answer_content(good));
    assert_eq!(answer.expect("an answer"), ContentResponse::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_a_peer_may_make() {
    let strict = NetworkConfig {
        requests_per_second: 2,
        ..config()
    };
    let alice = start("//Alice", GENESIS, strict).await;
    let bob = node("//Bob").await;
    bob.handle
        .connect(alice.address())
        .await
        .expect("they meet");
    let asked = (0..40).map(|_| bob.handle.ask_content(alice.peer(), describe()));
    let answers = futures::future::join_all(asked).await;
    let refused = answers.iter().filter(|answer| answer.is_err()).count();
    assert!((20..40).contains(&refused), "{refused} of 40 refused");
    assert!(alice.metrics.refusals(Refusal::Rate) >= 20);
    // Others are not the worse for it.
    assert_serves(&alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn to_take_one_account_for_another() {
    let [alice, bob] = [node("//Alice").await, node("//Bob").await];
    let account = signer("//Charlie").account();
    let on_chain = [alice.address().to_string()];
    let found = bob.handle.find(&account, &on_chain).await;
    let Err(NetworkError::NotFound { reason, .. }) = found else {
        panic!("{found:?}");
    };
    let alice = signer("//Alice").account().to_string();
    assert!(reason.contains(&alice), "{reason}");
}
