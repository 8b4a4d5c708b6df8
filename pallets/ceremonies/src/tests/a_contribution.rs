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
        let late = party.honest(&BOB);
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
        let again = party.honest(&ALICE);
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
        let one_more = party.honest(&TREASURY);
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
    use lattice_host::ceremony::{Contribution, Knowledge, Trapdoor, TrapdoorPoints};
    use lattice_verifier::ProofVersion;

    /// What a contribution says of a trapdoor.
    fn part(c: &mut Contribution, trapdoor: Trapdoor) -> (&mut TrapdoorPoints, &mut Knowledge) {
        match (trapdoor, &mut c.commitment) {
            (Trapdoor::Epsilon, Some(commitment)) => {
                (&mut commitment.epsilon, &mut commitment.knowledge)
            }
            _ => (&mut c.delta, &mut c.knowledge),
        }
    }

    /// Alice's honest contribution, edited in what it says of a trapdoor, as the first one.
    fn refused(edit: impl Fn(&mut TrapdoorPoints, &mut Knowledge), error: Error<Test>) {
        let error = DispatchError::from(error);
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            for trapdoor in trapdoors() {
                let mut record = party.honest(&ALICE);
                let (points, knowledge) = part(&mut record, trapdoor);
                edit(points, knowledge);
                assert_noop!(party.submit(&ALICE, record), error);
            }
        });
    }

    /// The factors of [`Party::honest`] with that of one trapdoor replaced.
    fn with(trapdoor: Trapdoor, factor: Fr) -> Factors {
        let Factors { x, e } = Factors::of(6);
        match trapdoor {
            Trapdoor::Delta => Factors { x: factor, e },
            Trapdoor::Epsilon => Factors { x, e: factor },
        }
    }

    #[test]
    fn with_a_malformed_point() {
        refused(|points, _| points.g1 = [0xff; 32], Error::MalformedPoint);
        refused(|points, _| points.g2[0] ^= 1, Error::MalformedPoint);
        refused(
            |_, knowledge| knowledge.commitment = [0xff; 32],
            Error::MalformedPoint,
        );
        let identity = |bytes: &mut [u8]| {
            bytes.fill(0);
            *bytes.last_mut().unwrap() = 0x40;
        };
        refused(|points, _| identity(&mut points.g1), Error::MalformedPoint);
        refused(|points, _| identity(&mut points.g2), Error::MalformedPoint);
    }

    #[test]
    fn when_it_is_of_the_other_version() {
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            let [groth16, committed] = ProofVersion::ALL;
            let other = match version() {
                ProofVersion::Groth16 => committed,
                ProofVersion::Committed => groth16,
            };
            let factors = Factors::of(6);
            let state = Bulk::start(other).after(factors).state();
            let binding = party.binding(&ALICE);
            let record = contribute(&party.bulk().state(), &state, factors, &binding);
            assert_noop!(
                party.submit(&ALICE, record),
                Error::<Test>::OtherProofVersion
            );
        });
    }

    #[test]
    fn when_another_knows_the_secret() {
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            let alices = party.honest(&ALICE);
            assert_noop!(
                party.submit(&BOB, alices),
                Error::<Test>::KnowledgeNotProven
            );
            assert_ok!(party.submit(&ALICE, alices));
        });
    }

    #[test]
    fn when_another_knows_one_of_the_secrets() {
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            for trapdoor in trapdoors() {
                let state = party.bulk().after(Factors::of(6)).state();
                let claimed = with(trapdoor, Fr::from(5u64));
                let binding = party.binding(&ALICE);
                let record = contribute(&party.bulk().state(), &state, claimed, &binding);
                assert_noop!(
                    party.submit(&ALICE, record),
                    Error::<Test>::KnowledgeNotProven
                );
            }
        });
    }

    #[test]
    fn when_a_proven_record_says_something_else() {
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            let mut record = party.honest(&ALICE);
            match &mut record.commitment {
                Some(commitment) => commitment.root[0] ^= 1,
                None => record.roots.l[0] ^= 1,
            }
            assert_noop!(
                party.submit(&ALICE, record),
                Error::<Test>::KnowledgeNotProven
            );
        });
        refused(
            |points, _| *points = trapdoor(Fr::from(99u64)),
            Error::KnowledgeNotProven,
        );
        refused(
            |_, knowledge| knowledge.response = [0xff; 32],
            Error::KnowledgeNotProven,
        );
    }

    #[test]
    fn when_it_reuses_a_trapdoor() {
        for factor in [Fr::one(), -Fr::one()] {
            on_a_fresh_chain(|| {
                let mut party = Party::open(0);
                assert_ok!(party.contribute(&ALICE));
                for trapdoor in trapdoors() {
                    let after = party.bulk().after(with(trapdoor, factor));
                    let record = party.record(&BOB, &after);
                    assert_noop!(party.submit(&BOB, record), Error::<Test>::TrapdoorUnchanged);
                }
            });
        }
    }

    #[test]
    fn when_a_trapdoor_differs_between_the_groups() {
        on_a_fresh_chain(|| {
            let party = Party::open(0);
            for which in trapdoors() {
                let factors = Factors::of(6);
                let mut state = party.bulk().after(factors).state();
                // The number of neither.
                let other = array(&g2(factors.x + factors.e));
                match (which, &mut state.commitment) {
                    (Trapdoor::Epsilon, Some(commitment)) => commitment.epsilon.g2 = other,
                    _ => state.delta.g2 = other,
                }
                let binding = party.binding(&ALICE);
                let record = contribute(&party.bulk().state(), &state, factors, &binding);
                assert_noop!(
                    party.submit(&ALICE, record),
                    Error::<Test>::TrapdoorInconsistent
                );
            }
        });
    }

    #[test]
    fn when_it_was_made_for_another_ceremony_or_chain() {
        on_a_fresh_chain(|| {
            let [party, other] = [Party::open(0), Party::open(1)];
            let elsewhere = other.honest(&ALICE);
            assert_noop!(
                party.submit(&ALICE, elsewhere),
                Error::<Test>::KnowledgeNotProven
            );
            let here = party.honest(&ALICE);
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
            let record = party.honest(&DAVE);
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
            let record = party.honest(&DAVE);
            assert_noop!(party.submit(&DAVE, record), Error::<Test>::AlreadyFinalized);
        });
    }
}
