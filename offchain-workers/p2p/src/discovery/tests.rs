use super::*;
use crate::record::now_ms;
use ::codec::Encode;
use lattice_chain_client::{samples, Signer};

const GENESIS: [u8; 32] = [7; 32];

fn identity(seed: &str) -> Identity {
    let signer = Signer::from_dev_seed(seed).expect("a development account");
    Identity::ephemeral(signer, GENESIS)
}

fn address(text: &str) -> Multiaddr {
    text.parse().expect("a multiaddr")
}

#[test]
fn of_a_providers_endpoints_those_of_its_gateway_are_not_its_peers() {
    let peer = "/dns4/gpu.example/tcp/30400";
    let endpoints = ["https://gpu.example", peer, "http://gpu.example:8080"];
    let provider = samples::provider(AccountId([1; 32]), &endpoints);
    assert_eq!(peer_endpoints(&provider), [peer]);
}

#[test]
fn endpoints_of_one_peer_are_tried_together() {
    let account = AccountId([1; 32]);
    let peer = PeerId::random();
    let texts = [
        format!("/ip4/10.0.0.1/tcp/1/p2p/{peer}"),
        "/dns4/provider.example/tcp/2".to_owned(),
        format!("/ip4/10.0.0.2/tcp/1/p2p/{peer}"),
    ];
    let targets = targets(&account, &texts);
    assert_eq!(
        targets,
        [
            Target {
                peer: Some(peer),
                addresses: vec![address(&texts[0]), address(&texts[2])],
            },
            Target {
                peer: None,
                addresses: vec![address(&texts[1])],
            },
        ]
    );
}

#[test]
fn a_strangers_endpoints_are_called_only_if_they_lead_as_far_as_our_own() {
    let at = |host: &str| format!("/ip4/{host}/tcp/6379");
    let [machine, site, world] = ["127.0.0.1", "10.0.0.5", "8.8.8.8"].map(at);
    let name = "/dns4/gpu.example/tcp/30400".to_owned();
    let nowhere = at("0.0.0.0");
    let stranger = [
        machine.clone(),
        site.clone(),
        nowhere.clone(),
        "nonsense".to_owned(),
        world.clone(),
        name.clone(),
    ];
    let called = |own: &[&String]| {
        let own: Vec<String> = own.iter().map(|text| (*text).clone()).collect();
        callable(stranger.to_vec(), &own)
    };
    let from_everywhere = [world.clone(), name.clone()];
    let from_our_network = [site.clone(), world.clone(), name.clone()];
    for own in [
        &[&world][..],
        &[&name],
        &[&site, &world, &machine],
        &[],
        &[&nowhere],
    ] {
        assert_eq!(called(own), from_everywhere, "from {own:?}");
    }
    assert_eq!(called(&[&machine, &site]), from_our_network);
    assert_eq!(called(&[&machine]), [machine.clone(), site, world, name]);
}

#[test]
fn an_endpoint_that_is_no_multiaddr_is_skipped_and_the_others_are_not() {
    let account = AccountId([1; 32]);
    let texts = [
        "http://provider.example".to_owned(),
        String::new(),
        "/ip4/10.0.0.1/tcp/99999".to_owned(),
        format!("/dns4/{}/tcp/1", "x".repeat(300)),
        "/ip4/10.0.0.1/tcp/1".to_owned(),
    ];
    let targets = targets(&account, &texts);
    assert_eq!(targets, [Target::from(address(&texts[4]))]);
}

#[test]
fn no_more_endpoints_are_tried_than_a_record_may_have() {
    let texts: Vec<_> = (1..100)
        .map(|port| format!("/ip4/10.0.0.1/tcp/{port}"))
        .collect();
    assert_eq!(targets(&AccountId([1; 32]), &texts).len(), MAX_ADDRESSES);
}

#[test]
fn a_machines_own_addresses_are_told_only_if_there_are_no_others() {
    let local = [address("/ip4/127.0.0.1/tcp/1"), address("/ip6/::1/tcp/1")];
    assert_eq!(announced(&local), local);
    let wide = address("/ip4/10.0.0.1/tcp/1");
    let both = [local[0].clone(), wide.clone()];
    assert_eq!(announced(&both), [wide]);
}

#[test]
fn a_record_is_believed_under_its_accounts_key() {
    let alice = identity("//Alice");
    let now = now_ms();
    let value = alice.record(&[], now).encode();
    let key = record_key(&alice.account());
    let verified = believe(&key, &value, &GENESIS, now).expect("a good record");
    assert_eq!(verified.peer, alice.peer());
}

#[test]
fn an_offer_is_forgotten_when_it_is_not_repeated() {
    let now = Instant::now();
    let (own, other) = (PeerId::random(), PeerId::random());
    let mut store = MemoryStore::new(own);
    let mut offers = Offers::default();
    let key = RecordKey::from(vec![1; 33]);
    let offer = || ProviderRecord::new(key.clone(), other, Vec::new());
    assert!(offers.keep(offer(), &mut store, now));
    assert_eq!(store.providers(&key).len(), 1);
    let later = now + OFFER_LIFETIME / 2;
    assert!(offers.keep(offer(), &mut store, later));
    offers.sweep(&mut store, now + OFFER_LIFETIME);
    assert_eq!(store.providers(&key).len(), 1);
    offers.sweep(&mut store, later + OFFER_LIFETIME);
    assert!(store.providers(&key).is_empty());
    assert!(offers.ends.is_empty() && offers.of_peer.is_empty());
}

#[test]
fn who_comes_from_afar_names_no_address_of_this_machine_or_network() {
    let [machine, site, world] =
        ["127.0.0.1", "192.168.1.7", "8.8.8.8"].map(|ip| address(&format!("/ip4/{ip}/tcp/9")));
    let leads = |to: &Multiaddr, from: &Multiaddr| leads_from_here(to, Some(from));
    for (from, expected) in [
        (&machine, [true, true, true]),
        (&site, [false, true, true]),
        (&world, [false, false, true]),
    ] {
        let found = [&machine, &site, &world].map(|to| leads(to, from));
        assert_eq!(found, expected, "from {from}");
    }
    for inside in [
        "/ip6/::1/tcp/9",
        "/ip6/fe80::1/tcp/9",
        "/ip6/fd00::1/tcp/9",
        "/ip6/::ffff:10.0.0.1/tcp/9",
        "/ip4/169.254.169.254/tcp/80",
        "/ip4/100.100.1.1/tcp/9",
    ] {
        assert!(!leads(&address(inside), &world), "{inside}");
        assert!(leads(&address(inside), &machine), "{inside}");
    }
    for nowhere in [
        "/ip4/0.0.0.0/tcp/9",
        "/ip4/224.0.0.1/tcp/9",
        "/ip6/::/tcp/9",
    ] {
        assert!(!leads(&address(nowhere), &machine), "{nowhere}");
    }
    assert!(leads(&address("/dns4/gpu.example/tcp/9"), &world));
}

#[test]
fn offers_of_others_leave_room_for_our_own() {
    let now = Instant::now();
    let own = PeerId::random();
    let mut store = MemoryStore::with_config(
        own,
        MemoryStoreConfig {
            max_provided_keys: MAX_OFFERS + MAX_PROVIDED,
            ..MemoryStoreConfig::default()
        },
    );
    let mut offers = Offers::default();
    let mut kept = 0;
    for peer in 0..2 * MAX_OFFERS / MAX_OFFERS_PER_PEER {
        let provider = PeerId::random();
        for number in 0..MAX_OFFERS_PER_PEER {
            let key = [peer.to_le_bytes(), number.to_le_bytes()].concat();
            let offer = ProviderRecord::new(key, provider, Vec::new());
            kept += usize::from(offers.keep(offer, &mut store, now));
        }
    }
    assert_eq!(kept, MAX_OFFERS);
    for number in 0..MAX_PROVIDED {
        let key = number.to_le_bytes().to_vec();
        let offer = ProviderRecord::new(key, own, Vec::new());
        assert!(store.add_provider(offer).is_ok());
    }
}

mod refuse {
    use super::*;

    #[test]
    fn a_record_under_another_accounts_key() {
        let [alice, bob] = ["//Alice", "//Bob"].map(identity);
        let now = now_ms();
        let value = alice.record(&[], now).encode();
        assert_eq!(
            believe(&record_key(&bob.account()), &value, &GENESIS, now),
            Err(Disbelief::WrongAccount {
                wanted: bob.account(),
                shown: alice.account(),
            })
        );
    }

    #[test]
    fn keys_and_values_that_are_none() {
        let alice = identity("//Alice");
        let now = now_ms();
        let value = alice.record(&[], now).encode();
        let other = RecordKey::from(b"lattice/peer/short".to_vec());
        assert_eq!(
            believe(&other, &value, &GENESIS, now),
            Err(Disbelief::Key(18))
        );
        let key = record_key(&alice.account());
        let mut longer = value.clone();
        longer.push(0);
        for value in [&value[1..], &longer[..], &[0; 5000][..]] {
            assert!(matches!(
                believe(&key, value, &GENESIS, now),
                Err(Disbelief::Malformed(_) | Disbelief::Record(_))
            ));
        }
    }

    #[test]
    fn a_record_of_another_chain() {
        let alice = identity("//Alice");
        let now = now_ms();
        let value = alice.record(&[], now).encode();
        assert!(matches!(
            believe(&record_key(&alice.account()), &value, &[8; 32], now),
            Err(Disbelief::Record(RecordError::WrongGenesis { .. }))
        ));
    }

    #[test]
    fn more_offers_of_one_peer_than_it_may_make() {
        let now = Instant::now();
        let (own, other) = (PeerId::random(), PeerId::random());
        let mut store = MemoryStore::with_config(
            own,
            MemoryStoreConfig {
                max_provided_keys: MAX_OFFERS + MAX_PROVIDED,
                ..MemoryStoreConfig::default()
            },
        );
        let mut offers = Offers::default();
        let kept = (0..MAX_OFFERS_PER_PEER + 5)
            .filter(|number| {
                let key = number.to_le_bytes().to_vec();
                let offer = ProviderRecord::new(key, other, Vec::new());
                offers.keep(offer, &mut store, now)
            })
            .count();
        assert_eq!(kept, MAX_OFFERS_PER_PEER);
        let long = ProviderRecord::new(vec![0; 65], PeerId::random(), Vec::new());
        assert!(!offers.keep(long, &mut store, now));
    }
}
