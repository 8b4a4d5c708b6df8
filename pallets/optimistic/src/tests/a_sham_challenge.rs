//! Challenges by friends of the provider, to keep honest ones out, or to keep what it would lose.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// FRANK, a friend of BOB's, challenges and then goes on with nothing.
fn sham(request: RequestId, posted: &lattice_host::trace::Commitment) -> DisputeId {
    let dispute = challenged(&FRANK, request);
    assert_ok!(answer(posted, dispute));
    dispute
}

fn final_at(request: RequestId) -> u64 {
    match info(request).status {
        OptimisticStatus::Posted { final_at, .. } => final_at,
        OptimisticStatus::Assigned | OptimisticStatus::Waiting { .. } => {
            panic!("the result is posted")
        }
    }
}

#[test]
fn that_is_lost_leaves_a_whole_window_for_an_honest_one() {
    on_a_serving_chain(|| {
        let (request, commitment) = lied();
        // In the last block of the window, so that it outlasts it.
        run_to(1 + WINDOW);
        let dispute = sham(request, &commitment);
        let lost_at = System::block_number() + TURN + 1;
        run_to(lost_at);
        assert!(!is_disputed(dispute));
        assert_eq!(final_at(request), lost_at + WINDOW);
        run_to(lost_at + WINDOW);
        let own = honest(request);
        let dispute = challenged(&EVE, request);
        play(&commitment, &EVE, &own, dispute);
        assert_eq!(record(request).ending, Ending::Refuted);
        assert_eq!(free(&EVE), ENDOWMENT + COLLATERAL / 2);
    });
}

#[test]
fn that_runs_lets_an_honest_one_in_after_the_window() {
    on_a_serving_chain(|| {
        let (request, commitment) = lied();
        run_to(1 + WINDOW);
        let dispute = sham(request, &commitment);
        pass(3);
        assert!(System::block_number() > final_at(request));
        assert!(is_disputed(dispute));
        let own = honest(request);
        let dispute = challenged(&EVE, request);
        play(&commitment, &EVE, &own, dispute);
        assert_eq!(record(request).ending, Ending::Refuted);
    });
}

#[test]
fn that_is_lost_while_an_honest_one_runs_changes_nothing_for_it() {
    on_a_serving_chain(|| {
        let (request, commitment) = lied();
        let sham = sham(request, &commitment);
        pass(2);
        let own = honest(request);
        let dispute = challenged(&EVE, request);
        run_to(2 + TURN);
        assert!(!is_disputed(sham) && is_disputed(dispute));
        // It is not due, since a dispute runs.
        assert_eq!(Due::<Test>::iter_keys().count(), 0);
        play(&commitment, &EVE, &own, dispute);
        assert_eq!(record(request).ending, Ending::Refuted);
    });
}

#[test]
fn in_every_place_keeps_honest_ones_out_only_for_a_while_and_costs_each_bond() {
    on_a_serving_chain(|| {
        let (request, commitment) = lied();
        let friends = MAX_CHALLENGES as u8;
        let issuance = Balances::total_issuance();
        for index in 0..friends {
            let who = AccountId::new([100 + index; 32]);
            assert_ok!(Balances::transfer_allow_death(
                origin(&FRANK),
                who.clone(),
                2 * BOND
            ));
            let dispute = challenged(&who, request);
            assert_ok!(answer(&commitment, dispute));
        }
        assert_noop!(challenge(&EVE, request), Error::<Test>::TooManyChallenges);
        pass(TURN + 1);
        assert!(Disputes::disputes_of(&BOB, 0, 100).is_empty());
        let burnt = (BOND - BOND / 2) * Balance::from(friends);
        assert_eq!(Balances::total_issuance(), issuance - burnt);
        assert_eq!(final_at(request), System::block_number() + WINDOW);
        let own = honest(request);
        let dispute = challenged(&EVE, request);
        play(&commitment, &EVE, &own, dispute);
        assert_eq!(record(request).ending, Ending::Refuted);
    });
}

#[test]
fn that_delays_a_true_result_costs_more_than_half_of_its_bond() {
    on_a_serving_chain(|| {
        let (request, commitment) = posted();
        let (bob, frank) = (free(&BOB), free(&FRANK));
        sham(request, &commitment);
        pass(TURN + 1);
        let lost = bob + frank - free(&BOB) - free(&FRANK);
        assert_eq!(lost, BOND - BOND / 2);
        assert_eq!(escrowed(&ALICE), TOTAL);
        pass(WINDOW + 1);
        assert_eq!(record(request).ending, Ending::Settled);
    });
}

/// A provider that is found out hurries to lose to its friend: half of its collateral is gone all
/// the same, the requester is refunded, and the honest challenger has its bond back.
#[test]
fn that_wins_before_an_honest_one_saves_no_more_than_the_reward() {
    on_a_serving_chain(|| {
        let issuance = Balances::total_issuance();
        let (request, commitment) = lied();
        challenged(&EVE, request);
        let before = stake(&BOB) + free(&FRANK);
        let own = honest(request);
        let dispute = challenged(&FRANK, request);
        play(&commitment, &FRANK, &own, dispute);
        assert_eq!(record(request).ending, Ending::Refuted);
        assert_eq!(
            before - stake(&BOB) - free(&FRANK),
            COLLATERAL - COLLATERAL / 2
        );
        assert_eq!(Balances::total_issuance(), issuance - COLLATERAL / 2);
        assert_eq!((free(&EVE), bonded(&EVE)), (ENDOWMENT, 0));
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn by_a_friend_with_another_false_trace_wins_nothing_from_an_honest_provider() {
    on_a_serving_chain(|| {
        let (request, commitment) = posted();
        for (op, element) in [(0, 3), (2, 2), (4, 0)] {
            let own = served().altered(&commitment, op, element, true);
            let dispute = challenged(&FRANK, request);
            play(&commitment, &FRANK, &own, dispute);
            assert!(is_open(request));
        }
        assert_eq!(free(&FRANK), ENDOWMENT - 3 * BOND);
        pass(WINDOW + 1);
        assert_eq!(record(request).ending, Ending::Settled);
    });
}
