use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

#[test]
fn is_bonded_and_moves_the_ceremony_on() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        let before = party.details().transcript;
        pass(3);
        assert_ok!(party.contribute(&ALICE));
        let details = party.details();
        assert_ne!(details.transcript, before);
        assert_eq!((details.contributions, details.contributors), (1, 1));
        assert_eq!(details.changed_at, 4);
        assert_eq!(
            held(HoldReason::ContributionBond, &ALICE),
            CONTRIBUTION_BOND
        );
        let stored = Contributions::<Test>::get(0, 0).unwrap();
        assert_eq!(stored.contribution.state(), party.bulk().state());
        System::assert_last_event(
            Event::Contributed {
                ceremony: 0,
                index: 0,
                contributor: ALICE,
                transcript: details.transcript,
            }
            .into(),
        );
    });
}

#[test]
fn builds_on_the_one_before() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in [&ALICE, &BOB, &OWNER] {
            assert_ok!(party.contribute(who));
        }
        let info = CeremoniesPallet::ceremony_info(0).unwrap();
        assert_eq!(info.state, party.bulk().state());
        // The opener's own does not count.
        assert_eq!((info.contributions, info.contributors), (3, 2));
    });
}

#[test]
fn for_a_place_that_is_taken_is_stale() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        let start = party.details().transcript;
        let after = party.bulk().after(secret(6));
        let late = party.record(&BOB, &after);
        assert_ok!(party.contribute(&ALICE));
        let contribute = |index, previous| {
            CeremoniesPallet::contribute(origin(&BOB), party.ceremony, index, previous, late)
        };
        assert_noop!(contribute(0, start), Error::<Test>::StaleContribution);
        assert_noop!(contribute(1, start), Error::<Test>::StaleContribution);
        assert_noop!(contribute(2, start), Error::<Test>::StaleContribution);
        // Nor does it fit where the ceremony stands now: it skips its predecessor.
        let now = party.details().transcript;
        assert_noop!(contribute(0, now), Error::<Test>::StaleContribution);
        assert_noop!(contribute(1, now), Error::<Test>::KnowledgeNotProven);
    });
}

#[test]
fn is_one_per_account() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.contribute(&ALICE));
        let again = party.record(&ALICE, &party.bulk().after(secret(6)));
        assert_noop!(
            party.submit(&ALICE, again),
            Error::<Test>::AlreadyContributed
        );
        // In another ceremony it is the first.
        let mut other = Party::open(1);
        assert_ok!(other.contribute(&ALICE));
        assert_eq!(
            held(HoldReason::ContributionBond, &ALICE),
            2 * CONTRIBUTION_BOND
        );
    });
}

#[test]
fn is_one_of_a_bounded_number() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in &ACCOUNTS {
            assert_ok!(party.contribute(who));
        }
        assert_eq!(party.details().contributions, MAX_CONTRIBUTIONS);
        let one_more = party.record(&TREASURY, &party.bulk().after(secret(6)));
        assert_noop!(
            party.submit(&TREASURY, one_more),
            Error::<Test>::TooManyContributions
        );
    });
}

#[test]
fn that_cannot_be_bonded_leaves_nothing() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        let free = ENDOWMENT - EXISTENTIAL_DEPOSIT - CONTRIBUTION_BOND + 1;
        assert_ok!(Balances::transfer_allow_death(origin(&ALICE), BOB, free));
        assert!(party.contribute(&ALICE).is_err());
        assert_eq!(party.details().contributions, 0);
    });
}

mod is_refused {
    use super::*;
    use ark_bn254::Fr;
    use ark_ff::One;
    use lattice_host::ceremony::Contribution;

    /// Alice's honest contribution, edited, as the first one.
    fn refused(edit: impl Fn(&mut Contribution), error: Error<Test>) {
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            let mut record = party.record(&ALICE, &party.bulk().after(secret(6)));
            edit(&mut record);
            assert_noop!(party.submit(&ALICE, record), error);
        });
    }

    #[test]
    fn with_a_malformed_point() {
        refused(|c| c.delta.g1 = [0xff; 32], Error::MalformedPoint);
        refused(|c| c.delta.g2[0] ^= 1, Error::MalformedPoint);
        refused(
            |c| c.knowledge.commitment = [0xff; 32],
            Error::MalformedPoint,
        );
        let identity = |bytes: &mut [u8]| {
            bytes.fill(0);
            *bytes.last_mut().unwrap() = 0x40;
        };
        refused(|c| identity(&mut c.delta.g1), Error::MalformedPoint);
        refused(|c| identity(&mut c.delta.g2), Error::MalformedPoint);
    }

    #[test]
    fn when_another_knows_the_secret() {
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            let alices = party.record(&ALICE, &party.bulk().after(secret(6)));
            assert_noop!(
                party.submit(&BOB, alices),
                Error::<Test>::KnowledgeNotProven
            );
            assert_ok!(party.submit(&ALICE, alices));
        });
    }

    #[test]
    fn when_a_proven_record_says_something_else() {
        refused(|c| c.roots.l[0] ^= 1, Error::KnowledgeNotProven);
        refused(
            |c| c.delta = delta(Fr::from(99u64)),
            Error::KnowledgeNotProven,
        );
        refused(
            |c| c.knowledge.response = [0xff; 32],
            Error::KnowledgeNotProven,
        );
    }

    #[test]
    fn when_it_reuses_delta() {
        for x in [Fr::one(), -Fr::one()] {
            on_a_fresh_chain(|| {
                let mut party = Party::open(0);
                assert_ok!(party.contribute(&ALICE));
                let record = party.record(&BOB, &party.bulk().after(x));
                assert_noop!(party.submit(&BOB, record), Error::<Test>::DeltaUnchanged);
            });
        }
    }

    #[test]
    fn when_delta_differs_between_the_groups() {
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            let x = secret(6);
            let mut state = party.bulk().after(x).state();
            state.delta.g2 = array(&g2(x + Fr::one()));
            let binding = party.binding(&ALICE);
            let record = contribute(&delta(Fr::one()), &state, x, &binding);
            assert_noop!(
                party.submit(&ALICE, record),
                Error::<Test>::DeltaInconsistent
            );
        });
    }

    #[test]
    fn when_it_was_made_for_another_ceremony_or_chain() {
        on_a_fresh_chain(|| {
            let [party, other] = [Party::open(0), Party::open(1)];
            let elsewhere = other.record(&ALICE, &other.bulk().after(secret(6)));
            assert_noop!(
                party.submit(&ALICE, elsewhere),
                Error::<Test>::KnowledgeNotProven
            );
            let here = party.record(&ALICE, &party.bulk().after(secret(6)));
            frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(1));
            assert_noop!(
                party.submit(&ALICE, here),
                Error::<Test>::KnowledgeNotProven
            );
            frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(69));
            assert_ok!(party.submit(&ALICE, here));
        });
    }

    #[test]
    fn when_there_is_no_such_ceremony_or_it_has_ended() {
        on_a_fresh_chain(|| {
            let mut party = Party::open(0);
            let record = party.record(&DAVE, &party.bulk().after(secret(6)));
            let previous = party.details().transcript;
            assert_noop!(
                CeremoniesPallet::contribute(origin(&DAVE), 9, 0, previous, record),
                Error::<Test>::UnknownCeremony
            );
            for who in [&ALICE, &BOB, &CAROL] {
                assert_ok!(party.contribute(who));
            }
            pass(WINDOW);
            assert_ok!(party.finalize(&OWNER));
            let record = party.record(&DAVE, &party.bulk().after(secret(6)));
            assert_noop!(party.submit(&DAVE, record), Error::<Test>::AlreadyFinalized);
        });
    }
}
