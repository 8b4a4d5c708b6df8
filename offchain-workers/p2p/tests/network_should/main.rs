//! Peers on this machine that meet, find and ask each other, give each other contents, and refuse
//! what they should.

mod content;
mod limit;
mod peers;
mod raw;
mod refuse;
#[path = "../fixture/sources.rs"]
mod sources;

use lattice_p2p::{
    metrics::{Outcome, Protocol, Refusal},
    private::wire::{PrivateRequest, PrivateResponse},
    transfer::{wire::ContentResponse, ContentId},
    NetworkConfig, NetworkError,
};
use peers::{config, describe, eventually, node, signer, start, GENESIS};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn two_peers_meet_and_know_each_others_account() {
    let [alice, bob] = [node("//Alice").await, node("//Bob").await];
    let met = bob.handle.connect(alice.address()).await;
    assert_eq!(met.expect("they meet"), alice.peer());
    let [of_alice, of_bob] = ["//Alice", "//Bob"].map(|seed| signer(seed).account());
    assert!(bob
        .handle
        .peers()
        .iter()
        .any(|peer| peer.id == alice.peer() && peer.account == of_alice));
    eventually("alice knows bob", || {
        let peers = alice.handle.peers();
        peers.iter().any(|peer| peer.account == of_bob)
    })
    .await;
    assert_eq!(bob.metrics.peers.get(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_finds_one_by_its_account_through_kademlia() {
    let hub = node("//Alice").await;
    let joined = || NetworkConfig {
        bootstrap: vec![hub.address()],
        ..config()
    };
    let bob = start("//Bob", GENESIS, joined()).await;
    let charlie = start("//Charlie", GENESIS, joined()).await;
    let account = signer("//Bob").account();
    let mut found = None;
    for _ in 0..600 {
        found = charlie.handle.find(&account, &[]).await.ok();
        if found.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(found, Some(bob.peer()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_offers_a_content_is_found_and_asked() {
    let hub = node("//Alice").await;
    let bob = node("//Bob").await;
    // It listens nowhere: it only asks.
    let asking = NetworkConfig {
        listen: Vec::new(),
        ..config()
    };
    let charlie = start("//Charlie", GENESIS, asking).await;
    let content = ContentId::Blob([1; 32]);
    bob.handle.provide(content).await;
    for node in [&bob, &charlie] {
        node.handle.connect(hub.address()).await.expect("they meet");
    }
    let mut providers = Vec::new();
    for _ in 0..600 {
        providers = charlie.handle.providers(content).await;
        if !providers.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(providers, [bob.peer()]);
    let answer = charlie.handle.ask_content(bob.peer(), describe()).await;
    assert_eq!(answer.expect("an answer"), ContentResponse::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_both_kinds_are_answered_in_both_directions() {
    let [alice, bob] = [node("//Alice").await, node("//Bob").await];
    bob.handle
        .connect(alice.address())
        .await
        .expect("they meet");
    eventually("alice knows bob", || !alice.handle.peers().is_empty()).await;
    for (asks, asked) in [(&alice, &bob), (&bob, &alice)] {
        let content = asks.handle.ask_content(asked.peer(), describe()).await;
        assert_eq!(content.expect("an answer"), ContentResponse::Unknown);
        let collect = PrivateRequest::Collect {
            request: 7,
            signature: [0; 64],
        };
        let private = asks.handle.ask_private(asked.peer(), collect).await;
        assert_eq!(private.expect("an answer"), PrivateResponse::Pending);
        eventually("it is counted", || {
            asked.metrics.requests(Protocol::Content, Outcome::Served) == 1
                && asked.metrics.requests(Protocol::Private, Outcome::Served) == 1
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_was_left_alone_is_called_again_when_it_is_asked() {
    let alice = node("//Alice").await;
    let impatient = NetworkConfig {
        idle_timeout: Duration::from_secs(3),
        ..config()
    };
    let bob = start("//Bob", GENESIS, impatient).await;
    bob.handle
        .connect(alice.address())
        .await
        .expect("they meet");
    eventually("they part", || bob.handle.peers().is_empty()).await;
    let answer = bob.handle.ask_content(alice.peer(), describe()).await;
    assert_eq!(answer.expect("an answer"), ContentResponse::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_on_chain_that_is_no_multiaddr_is_skipped() {
    let [alice, bob] = [node("//Alice").await, node("//Bob").await];
    let on_chain = ["not an address".to_owned(), alice.address().to_string()];
    let account = signer("//Alice").account();
    let found = bob.handle.find(&account, &on_chain).await;
    assert_eq!(found.expect("found"), alice.peer());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_process_of_an_account_learns_of_the_first() {
    let first = node("//Alice").await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let second = node("//Alice").await;
    second
        .handle
        .connect(first.address())
        .await
        .expect("they meet");
    let mut twin = second.handle.twin();
    let seen = tokio::time::timeout(Duration::from_secs(60), twin.wait_for(Option::is_some)).await;
    assert_eq!(*seen.expect("in time").expect("a twin"), Some(first.peer()));
    eventually("they know each other", || !first.handle.peers().is_empty()).await;
    assert_eq!(*first.handle.twin().borrow(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_process_learns_of_the_first_at_the_accounts_endpoint_on_chain() {
    let first = node("//Alice").await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let second = node("//Alice").await;
    // Someone of the account is connected already who only asks, and is not who is looked for.
    let asking = NetworkConfig {
        listen: Vec::new(),
        ..config()
    };
    let asker = start("//Alice", GENESIS, asking).await;
    asker
        .handle
        .connect(second.address())
        .await
        .expect("they meet");
    eventually("it is known", || !second.handle.peers().is_empty()).await;

    let account = signer("//Alice").account();
    let on_chain = [first.endpoint()];
    assert_eq!(
        second.handle.call_all(&account, &on_chain).await,
        [first.peer()]
    );
    assert_eq!(*second.handle.twin().borrow(), Some(first.peer()));
    assert_eq!(*first.handle.twin().borrow(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_endpoint_leads_to_no_twin_and_counts_as_no_refusal() {
    let alice = node("//Alice").await;
    let account = signer("//Alice").account();
    // As it stands on chain, and with the peer's id.
    let on_chain = [alice.endpoint(), alice.address().to_string()];
    assert!(alice.handle.call_all(&account, &on_chain).await.is_empty());
    // The called side of the call has seen its end as well before another one is let in.
    let bob = node("//Bob").await;
    bob.handle
        .connect(alice.address())
        .await
        .expect("they meet");
    assert_eq!(*alice.handle.twin().borrow(), None);
    for refusal in Refusal::ALL {
        assert_eq!(alice.metrics.refusals(refusal), 0, "{}", refusal.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_asks_with_our_account_is_no_twin() {
    let asking = NetworkConfig {
        listen: Vec::new(),
        ..config()
    };
    let first = start("//Alice", GENESIS, asking).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let second = node("//Alice").await;
    first
        .handle
        .connect(second.address())
        .await
        .expect("they meet");
    eventually("they know each other", || !second.handle.peers().is_empty()).await;
    assert_eq!(*second.handle.twin().borrow(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_those_admitted_hides_no_twin() {
    let first = node("//Alice").await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let strict = NetworkConfig {
        allow: vec![signer("//Bob").account()],
        ..config()
    };
    let second = start("//Alice", GENESIS, strict).await;
    second
        .handle
        .connect(first.address())
        .await
        .expect("they meet");
    let mut twin = second.handle.twin();
    let seen = tokio::time::timeout(Duration::from_secs(60), twin.wait_for(Option::is_some)).await;
    assert_eq!(*seen.expect("in time").expect("a twin"), Some(first.peer()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_ends_the_connection_and_ends_itself() {
    let alice = node("//Alice").await;
    for (seed, ban) in [("//Bob", 3_600), ("//Charlie", 1)] {
        let other = node(seed).await;
        let met = other.handle.connect(alice.address()).await;
        met.expect("they meet");
        let ban = Duration::from_secs(ban);
        alice.handle.ban(other.peer(), "a test", ban);
        eventually("they part", || other.handle.peers().is_empty()).await;
        if ban > Duration::from_secs(60) {
            assert!(other.handle.connect(alice.address()).await.is_err());
            continue;
        }
        let again = async {
            while other.handle.connect(alice.address()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let again = tokio::time::timeout(Duration::from_secs(60), again).await;
        again.expect("the ban ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_an_end_for_everyone() {
    let [alice, bob] = [node("//Alice").await, node("//Bob").await];
    bob.handle
        .connect(alice.address())
        .await
        .expect("they meet");
    alice.handle.shutdown().await;
    eventually("bob sees it", || bob.handle.peers().is_empty()).await;
    assert!(matches!(
        alice.handle.connect(bob.address()).await,
        Err(NetworkError::Stopped)
    ));
}
