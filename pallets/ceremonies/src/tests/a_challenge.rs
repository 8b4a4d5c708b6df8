use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::ceremony::Query;
use lattice_verifier::ProofVersion;

#[test]
fn of_a_planted_leaf_voids_that_contribution_and_all_later_ones() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.contribute(&ALICE));
        let good = party.details().transcript;
        assert_ok!(party.plant(&BOB));
        assert_ok!(party.contribute(&CAROL));
        assert_ok!(party.contribute(&OWNER));
        pass(2);

        assert_ok!(party.challenge(&DAVE, 1, 2));

        let details = party.details();
        assert_eq!((details.contributions, details.contributors), (1, 1));
        assert_eq!(details.transcript, good);
        assert_eq!(details.changed_at, System::block_number());
        // Bob pays; the others get their bonds back, and Alice's stays.
        let bonds = [&ALICE, &BOB, &CAROL, &OWNER];
        let bonds = bonds.map(|who| held(HoldReason::ContributionBond, who));
        assert_eq!(bonds, [CONTRIBUTION_BOND, 0, 0, 0]);
        assert_eq!(Balances::free_balance(&BOB), ENDOWMENT - CONTRIBUTION_BOND);
        assert_eq!(Balances::free_balance(&CAROL), ENDOWMENT);
        assert_eq!(Balances::free_balance(&DAVE), ENDOWMENT + REWARD);
        assert_eq!(
            Balances::free_balance(&TREASURY),
            EXISTENTIAL_DEPOSIT + CONTRIBUTION_BOND - REWARD
        );
        let expected: [Event<Test>; 3] = [
            Event::ChallengeUpheld {
                ceremony: 0,
                index: 1,
                contributor: BOB,
                challenger: DAVE,
            },
            Event::Slashed {
                ceremony: 0,
                who: BOB,
                amount: CONTRIBUTION_BOND,
                reward: REWARD,
            },
            Event::Discarded {
                ceremony: 0,
                from: 1,
                count: 3,
                transcript: good,
            },
        ];
        for event in expected {
            System::assert_has_event(event.into());
        }

        // The ceremony goes on, also with those whose contributions are void.
        for who in [&CAROL, &BOB] {
            assert_ok!(party.contribute(who));
        }
        pass(WINDOW);
        assert_ok!(party.finalize(&OWNER));
    });
}

#[test]
fn of_the_first_contribution_leads_back_to_the_start() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.plant(&ALICE));
        assert_ok!(party.challenge(&BOB, 0, 2));
        assert_eq!(party.details().transcript, transcript_of(0, &start(0)));
        assert_ok!(party.contribute(&ALICE));
    });
}

#[test]
fn of_an_honest_contribution_fails() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.contribute(&ALICE));
        assert_ok!(party.plant(&BOB));
        assert_ok!(party.contribute(&CAROL));
        let [start, first] = [&party.bulks[0], &party.bulks[1]];
        for &query in Query::of(version()) {
            for leaf in 0..query.count(&crate::mock::start(0)) {
                let challenge = start.challenge(first, query, leaf);
                assert_noop!(
                    CeremoniesPallet::challenge(origin(&DAVE), 0, 0, challenge),
                    Error::<Test>::ChallengeFailed
                );
            }
        }
        // Bob's other leaves are true, and Carol scaled faithfully what she found.
        assert_noop!(party.challenge(&DAVE, 1, 1), Error::<Test>::ChallengeFailed);
        assert_noop!(party.challenge(&DAVE, 2, 2), Error::<Test>::ChallengeFailed);
        assert_ok!(party.challenge(&DAVE, 1, 2));
    });
}

#[test]
fn of_a_point_in_any_query_is_upheld() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for &query in Query::of(version()) {
            let after = party.bulk().after(Factors::of(6)).planted(query, 2);
            assert_ok!(party.leave(&ALICE, after));
            let [before, after] = [&party.bulks[0], &party.bulks[1]];
            let challenge = before.challenge(after, query, 2);
            assert_ok!(CeremoniesPallet::challenge(origin(&BOB), 0, 0, challenge));
            assert_eq!(party.details().contributions, 0);
            party.bulks.truncate(1);
        }
    });
}

#[test]
fn of_points_that_were_divided_by_the_other_trapdoor_is_upheld() {
    on_a_fresh_chain(|| {
        if version() == ProofVersion::Groth16 {
            return;
        }
        let mut party = Party::open(0);
        let Factors { x, e } = Factors::of(6);
        for &query in Query::of(version()) {
            let honest = party.bulk().after(Factors { x, e });
            let mut after = party.bulk().after(Factors { x: e, e: x });
            after.trapdoors = honest.trapdoors;
            assert_ok!(party.leave(&ALICE, after));
            let [before, after] = [&party.bulks[0], &party.bulks[1]];
            let challenge = before.challenge(after, query, 1);
            assert_ok!(CeremoniesPallet::challenge(origin(&BOB), 0, 0, challenge));
            assert_eq!(held(HoldReason::ContributionBond, &ALICE), 0);
            party.bulks.truncate(1);
        }
    });
}

#[test]
fn of_a_query_that_the_ceremony_does_not_have_shows_nothing() {
    on_a_fresh_chain(|| {
        if version() == ProofVersion::Committed {
            return;
        }
        let mut party = Party::open(0);
        assert_ok!(party.contribute(&ALICE));
        let other = Bulk::start(ProofVersion::Committed);
        let challenge = other.challenge(&other.clone().planted(Query::K, 0), Query::K, 0);
        assert_noop!(
            CeremoniesPallet::challenge(origin(&BOB), 0, 0, challenge),
            Error::<Test>::InvalidOpening
        );
    });
}

#[test]
fn that_opens_something_else_shows_nothing() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.plant(&ALICE));
        let honest = party.bulks[0].challenge(&party.bulks[1], planted_query(), 2);
        let challenge = |index, edited| CeremoniesPallet::challenge(origin(&BOB), 0, index, edited);

        let mut edited = honest.clone();
        edited.after.point[0] ^= 1;
        assert_noop!(challenge(0, edited), Error::<Test>::InvalidOpening);
        let mut edited = honest.clone();
        edited.index = 7;
        assert_noop!(challenge(0, edited), Error::<Test>::InvalidOpening);
        let mut edited = honest.clone();
        edited.query = Query::L;
        assert_noop!(challenge(0, edited), Error::<Test>::InvalidOpening);
        let mut edited = honest.clone();
        edited.before.path = vec![[0; 32]; 33];
        assert_noop!(challenge(0, edited), Error::<Test>::InvalidOpening);
        assert_noop!(
            challenge(1, honest.clone()),
            Error::<Test>::UnknownContribution
        );
        assert_noop!(
            CeremoniesPallet::challenge(origin(&BOB), 1, 0, honest.clone()),
            Error::<Test>::UnknownCeremony
        );
        assert_ok!(challenge(0, honest));
    });
}

#[test]
fn by_the_culprit_costs_the_culprit() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.plant(&ALICE));
        assert_ok!(party.challenge(&ALICE, 0, 2));
        assert_eq!(
            Balances::free_balance(&ALICE),
            ENDOWMENT - CONTRIBUTION_BOND + REWARD
        );
    });
}

#[test]
fn survives_accounts_that_cannot_be_credited() {
    // What is slashed is under the existential deposit, and nobody is there to take it.
    let dead = |who: AccountId| Balances::force_set_balance(RuntimeOrigin::root(), who, 0);
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.plant(&ALICE));
        assert_ok!(dead(TREASURY));
        let issuance = Balances::total_issuance();
        assert_ok!(party.challenge(&BOB, 0, 2));
        assert_eq!(held(HoldReason::ContributionBond, &ALICE), 0);
        assert_eq!(Balances::free_balance(&BOB), ENDOWMENT + REWARD);
        let burnt = CONTRIBUTION_BOND - REWARD;
        assert_eq!(Balances::total_issuance(), issuance - burnt);
    });
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.plant(&ALICE));
        assert_ok!(dead(BOB));
        assert_ok!(party.challenge(&BOB, 0, 2));
        assert_eq!(held(HoldReason::ContributionBond, &ALICE), 0);
        assert_eq!(
            Balances::free_balance(&TREASURY),
            EXISTENTIAL_DEPOSIT + CONTRIBUTION_BOND
        );
    });
}

#[test]
fn comes_too_late_after_finalization() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.plant(&ALICE));
        for who in [&BOB, &CAROL] {
            assert_ok!(party.contribute(who));
        }
        pass(WINDOW);
        assert_ok!(party.finalize(&OWNER));
        assert_noop!(
            party.challenge(&DAVE, 0, 2),
            Error::<Test>::AlreadyFinalized
        );
    });
}
