use super::*;
use crate::peers::testing::network;
use lattice_chain_client::{samples, Offer, Signer};
use lattice_p2p::Servers;
use libp2p::Multiaddr;

/// A provider of model 0.
fn provider(account: AccountId, endpoints: &[&str]) -> Provider {
    Provider {
        offers: vec![(0, Offer::per_inference(1, 3))],
        ..samples::provider(account, endpoints)
    }
}

fn numbered(number: u8) -> Provider {
    let endpoint = format!("/ip4/10.0.0.{number}/tcp/30400");
    provider(AccountId([number; 32]), &[&endpoint])
}

fn accounts(calls: &Calls) -> Vec<u8> {
    calls.others.iter().map(|(other, _)| other.0[0]).collect()
}

#[test]
fn the_accounts_own_endpoints_are_called_and_no_gateways() {
    let at = ["https://gpu.example", "/dns4/gpu.example/tcp/30400"];
    let own = provider(AccountId([1; 32]), &at);
    let calls = Calls::of(Some(&own), &[vec![own.clone()]], 0);
    assert_eq!(calls.own, at[1..]);
    assert!(calls.others.is_empty());
}

#[test]
fn one_of_each_offered_model_comes_before_two_of_one_and_nobody_comes_twice() {
    let [own, a, b, c] = [1, 2, 3, 4].map(numbered);
    let gateway_alone = provider(AccountId([5; 32]), &["https://five.example"]);
    let of_models = [
        vec![own.clone(), a.clone(), b.clone()],
        vec![gateway_alone, c.clone(), a.clone()],
    ];
    let calls = Calls::of(Some(&own), &of_models, 0);
    assert_eq!(accounts(&calls), [2, 4, 3]);
    assert_eq!(calls.others[0].1, ["/ip4/10.0.0.2/tcp/30400"]);
}

#[test]
fn who_can_be_reached_from_everywhere_does_not_knock_in_its_own_network_for_others() {
    let own = provider(AccountId([1; 32]), &["/dns4/gpu.example/tcp/30400"]);
    let inside_alone = numbered(2);
    let world = "/ip4/8.8.8.8/tcp/30400";
    let both = provider(AccountId([3; 32]), &["/ip4/10.0.0.5/tcp/6379", world]);
    let calls = Calls::of(Some(&own), &[vec![inside_alone, both]], 0);
    assert_eq!(accounts(&calls), [3]);
    assert_eq!(calls.others[0].1, [world]);
}

#[test]
fn of_many_providers_all_have_their_turn() {
    let own = numbered(1);
    let of_models: [Vec<Provider>; 1] = [(2..=21).map(numbered).collect()];
    let mut called = BTreeSet::new();
    for round in 0..3 {
        let calls = Calls::of(Some(&own), &of_models, round);
        assert_eq!(calls.others.len(), MAX_OTHERS);
        called.extend(accounts(&calls));
    }
    assert_eq!(called.len(), 20);
    // However often it was called before.
    let last = Calls::of(Some(&own), &of_models, usize::MAX);
    assert_eq!(last.others.len(), MAX_OTHERS);
}

#[test]
fn who_is_not_registered_calls_nobody() {
    assert_eq!(Calls::of(None, &[], 0), Calls::default());
}

/// A worker's network, and where it is as operators publish it.
async fn worker(seed: &str) -> (NetworkHandle, String) {
    let network = network(seed, Servers::default()).await;
    let mut address: Multiaddr = network.addresses().first().expect("an address").clone();
    address.pop();
    (network, address.to_string())
}

fn account(seed: &str) -> AccountId {
    let signer = Signer::from_dev_seed(seed);
    signer.expect("a development account").account()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_of_one_account_that_have_its_models_meet_and_the_younger_is_the_twin() {
    let alice = account("//Alice");
    let (first, endpoint) = worker("//Alice").await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let (second, _) = worker("//Alice").await;
    // There is nobody else, and the chain has one endpoint for both.
    let own = provider(alice, &[&endpoint]);
    let calls = Calls::of(Some(&own), &[vec![own.clone()]], 0);
    calls.make(&first, &alice).await;
    assert_eq!(*first.twin().borrow(), None);
    assert!(first.peers().is_empty());

    calls.make(&second, &alice).await;
    assert_eq!(*second.twin().borrow(), Some(first.local_peer()));
    assert_eq!(*first.twin().borrow(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_has_all_its_models_meets_their_other_providers() {
    let [alice, bob] = ["//Alice", "//Bob"].map(account);
    let (network, endpoint) = worker("//Alice").await;
    let (other, other_endpoint) = worker("//Bob").await;
    let own = provider(alice, &[&endpoint]);
    let of_models = [vec![provider(bob, &[&other_endpoint]), own.clone()]];
    let calls = Calls::of(Some(&own), &of_models, 0);
    calls.make(&network, &alice).await;
    let met = network.peers();
    assert_eq!(met.len(), 1);
    assert_eq!((met[0].id, met[0].account), (other.local_peer(), bob));
}
