use super::*;
use ::codec::DecodeAll;

const GENESIS: [u8; 32] = [7; 32];
const NOW: u64 = 1_800_000_000_000;

fn alice() -> Signer {
    Signer::from_dev_seed("//Alice").expect("a development account")
}

fn record(peer: &PeerId) -> PeerRecord {
    let address: Multiaddr = "/ip4/127.0.0.1/tcp/4001".parse().expect("a multiaddr");
    PeerRecord {
        genesis: GENESIS,
        account: alice().account().0,
        peer: peer.to_bytes(),
        addresses: vec![address.to_vec()],
        issued_at: NOW,
        expires_at: NOW + LIFETIME_MS,
    }
}

/// A record that is good but for one change.
fn changed(peer: &PeerId, change: impl FnOnce(&mut PeerRecord)) -> SignedRecord {
    let mut record = record(peer);
    change(&mut record);
    SignedRecord::sign(record, &alice())
}

#[test]
fn a_record_says_who_speaks_and_where() {
    let peer = PeerId::random();
    let signed = SignedRecord::sign(record(&peer), &alice());
    let verified = signed
        .check_shown_by(&peer, &GENESIS, NOW)
        .expect("a good record");
    assert_eq!(verified.account, alice().account());
    assert_eq!(verified.peer, peer);
    assert_eq!(verified.addresses.len(), 1);
    let read = SignedRecord::decode_all(&mut &signed.encode()[..]);
    assert_eq!(read, Ok(signed));
}

#[test]
fn a_clock_may_be_five_minutes_off_in_both_directions() {
    let peer = PeerId::random();
    let signed = SignedRecord::sign(record(&peer), &alice());
    for now in [NOW - MAX_SKEW_MS, NOW + MAX_SKEW_MS] {
        assert!(signed.check_shown_by(&peer, &GENESIS, now).is_ok(), "{now}");
    }
}

#[test]
fn others_may_hand_a_record_on_until_it_expires() {
    let peer = PeerId::random();
    let signed = SignedRecord::sign(record(&peer), &alice());
    assert!(signed.check(&GENESIS, NOW + LIFETIME_MS - 1).is_ok());
}

#[test]
fn the_later_start_wins_and_of_one_start_the_later_signing() {
    let peer = PeerId::random();
    let verified = |issued_at, signed_at| {
        changed(&peer, |record| {
            record.issued_at = issued_at;
            record.expires_at = signed_at + LIFETIME_MS;
        })
        .check(&GENESIS, NOW)
        .expect("a good record")
    };
    let first = verified(NOW - 10, NOW);
    assert!(verified(NOW - 5, NOW - 2).is_newer_than(&first));
    assert!(verified(NOW - 10, NOW + 1).is_newer_than(&first));
    assert!(!first.is_newer_than(&first));
}

#[test]
fn the_longest_record_fits_into_its_frame() {
    let longest = SignedRecord {
        record: PeerRecord {
            genesis: GENESIS,
            account: [1; 32],
            peer: vec![0; MAX_PEER_BYTES],
            addresses: vec![vec![0; MAX_ADDRESS_BYTES]; MAX_ADDRESSES],
            issued_at: u64::MAX,
            expires_at: u64::MAX,
        },
        signature: [2; 64],
    };
    assert!(longest.encoded_size() <= 4096);
}

mod refuse {
    use super::*;

    #[test]
    fn a_record_of_another_chain_by_its_name() {
        let peer = PeerId::random();
        let error = changed(&peer, |record| record.genesis = [8; 32])
            .check(&GENESIS, NOW)
            .expect_err("another chain");
        let [ours, theirs] = [GENESIS, [8; 32]];
        assert_eq!(error, RecordError::WrongGenesis { ours, theirs });
        assert!(error.to_string().contains(&hex::encode(theirs)), "{error}");
    }

    #[test]
    fn a_record_in_another_peers_hand() {
        let [peer, thief] = [1, 2].map(|_| PeerId::random());
        let signed = SignedRecord::sign(record(&peer), &alice());
        assert!(matches!(
            signed.check_shown_by(&thief, &GENESIS, NOW),
            Err(RecordError::WrongPeer { .. })
        ));
    }

    #[test]
    fn a_record_that_another_account_has_signed_or_that_was_changed() {
        let peer = PeerId::random();
        let bob = Signer::from_dev_seed("//Bob").expect("a development account");
        let by_another = SignedRecord::sign(record(&peer), &bob);
        let mut changed_later = SignedRecord::sign(record(&peer), &alice());
        changed_later.record.addresses.clear();
        for signed in [by_another, changed_later] {
            assert_eq!(
                signed.check(&GENESIS, NOW),
                Err(RecordError::Signature(alice().account()))
            );
        }
    }

    #[test]
    fn a_record_that_has_expired() {
        let peer = PeerId::random();
        let signed = SignedRecord::sign(record(&peer), &alice());
        assert_eq!(
            signed.check(&GENESIS, NOW + LIFETIME_MS + 2000),
            Err(RecordError::Expired { by_ms: 2000 })
        );
    }

    #[test]
    fn a_clock_that_is_off_with_the_difference() {
        let peer = PeerId::random();
        let signed = SignedRecord::sign(record(&peer), &alice());
        for (now, direction) in [
            (NOW + MAX_SKEW_MS + 1000, "behind"),
            (NOW - MAX_SKEW_MS - 1000, "ahead of"),
        ] {
            let error = signed
                .check_shown_by(&peer, &GENESIS, now)
                .expect_err("a clock that is off");
            let skew_ms = MAX_SKEW_MS + 1000;
            assert_eq!(error, RecordError::ClockSkew { skew_ms, direction });
            assert!(error.to_string().contains("301 s"), "{error}");
        }
    }

    #[test]
    fn a_record_that_would_be_good_for_longer_than_a_lifetime() {
        let peer = PeerId::random();
        let signed = changed(&peer, |record| record.expires_at = u64::MAX);
        assert!(matches!(
            signed.check(&GENESIS, NOW),
            Err(RecordError::ClockSkew { .. })
        ));
    }

    #[test]
    fn a_record_that_was_issued_after_it_was_signed() {
        let peer = PeerId::random();
        let signed = changed(&peer, |record| record.issued_at = NOW + 1);
        assert!(matches!(
            signed.check(&GENESIS, NOW),
            Err(RecordError::IssuedAfterSigning { .. })
        ));
    }

    #[test]
    fn parts_that_are_malformed_or_too_many() {
        let peer = PeerId::random();
        let error = |change: fn(&mut PeerRecord)| {
            changed(&peer, change)
                .check(&GENESIS, NOW)
                .expect_err("a malformed record")
        };
        assert_eq!(
            error(|record| record.peer = vec![0; 65]),
            RecordError::PeerTooLong(65)
        );
        assert!(matches!(
            error(|record| record.peer = vec![1, 2, 3]),
            RecordError::MalformedPeer(_)
        ));
        assert_eq!(
            error(|record| record.addresses = vec![vec![]; 9]),
            RecordError::TooManyAddresses(9)
        );
        assert_eq!(
            error(|record| record.addresses.push(vec![0; 257])),
            RecordError::AddressTooLong {
                index: 1,
                bytes: 257
            }
        );
        assert!(matches!(
            error(|record| record.addresses[0] = vec![255, 255]),
            RecordError::MalformedAddress { index: 0, .. }
        ));
    }
}
