//! Failover: who fails is passed over, who is next is paid, challengers have what is theirs at once,
//! and nobody's money is left behind.

mod is_refused;

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_deadlines::Deadlines;
use lattice_host::trace::Commitment;
use lattice_primitives::*;
use pallet_inference::Ledger;

/// The price of DAVE, who is second to BOB.
const DEARER: Balance = PRICE + 100;
const DEARER_TOTAL: Balance = DEARER + DEARER / 20 + ROYALTY;
const DEARER_COLLATERAL: Balance = 200 + 10 * DEARER;
/// In the block after BOB's deadline he is late, and in the next one DAVE has the request.
const LATE: u64 = 2 + DEADLINE;

fn with_two_providers(test: impl FnOnce()) {
    on_a_serving_chain(|| {
        serve(DAVE, 0, DEARER);
        test();
    });
}

/// ALICE asks, and so many providers may try.
fn tried_by(attempts: u32) -> RequestId {
    let request = pallet_inference::NextRequest::<Test>::get();
    assert_ok!(ask_by(&ALICE, MOST, options(attempts)));
    assert_eq!(info(request).provider, BOB);
    request
}

/// A provider posts a false result.
fn lies(who: &AccountId, request: RequestId) -> Commitment {
    let lie = served().altered(&honest(request), 2, 1, true);
    assert_ok!(post(who, request, &lie));
    lie
}

/// A provider posts an honest result, and nobody challenges it.
fn serves(who: &AccountId, request: RequestId) {
    assert_eq!(info(request).provider, *who);
    let commitment = honest(request);
    assert_ok!(post(who, request, &commitment));
    check_everything();
    pass(WINDOW + 1);
    let record = record(request);
    assert_eq!((record.ending, &record.provider), (Ending::Settled, who));
    assert_eq!(record.output, commitment.trace().output());
    check_everything();
}

/// The provider of a request has failed just now, and nobody can do anything before the next block.
fn waits(request: RequestId, failure: Failure, attempts_left: u32) {
    let waiting = info(request);
    let since = System::block_number();
    assert_eq!(waiting.status, OptimisticStatus::Waiting { since });
    assert_eq!(waiting.attempts_left, attempts_left);
    let failed = (waiting.provider.clone(), failure);
    assert_eq!(waiting.failed.last(), Some(&failed));
    System::assert_has_event(
        Event::Waiting {
            request,
            attempts_left,
        }
        .into(),
    );
    assert_eq!(Optimistic::optimistic_of(&waiting.provider, 0, 10), []);
    assert_eq!(Optimistic::posted(0, 10), []);
    assert_noop!(challenge(&FRANK, request), Error::<Test>::NothingPosted);
    assert_noop!(
        post(&waiting.provider, request, &honest(request)),
        Error::<Test>::NotAssignedProvider
    );
    assert_err_ignore_postinfo!(
        Optimistic::finalize(origin(&EVE), request),
        Error::<Test>::NotDue
    );
    assert_eq!(escrowed(&ALICE), MOST);
    check_everything();
}

/// Nobody was left to try: ALICE has everything back.
fn is_unserved(request: RequestId, failed: &[(AccountId, Failure)]) {
    let record = record(request);
    assert_eq!(record.ending, Ending::Unserved);
    assert_eq!(record.ending.fault(), Some(Fault::Network));
    assert_eq!(record.failed, failed);
    assert!(record.output.is_empty());
    assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT, 0));
    System::assert_has_event(
        Event::Unserved {
            request,
            requester: ALICE,
        }
        .into(),
    );
    check_everything();
}

#[test]
fn that_is_late_is_followed_by_the_next_providers() {
    with_two_providers(|| {
        let request = tried_by(2);
        let first = info(request);
        assert_eq!(first.attempts_left, 1);
        // All that ALICE would pay, since the next one may be dearer.
        assert_eq!(escrowed(&ALICE), MOST);
        run_to(LATE);
        assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
        waits(request, Failure::Late, 1);

        run_to(LATE + 1);
        let second = info(request);
        assert_eq!(second.provider, DAVE);
        assert_eq!(second.status, OptimisticStatus::Assigned);
        assert_eq!(second.deadline, LATE + 1 + DEADLINE);
        assert_eq!(second.requested_at, 1);
        assert_eq!(second.collateral, DEARER_COLLATERAL);
        assert_eq!(second.attempts_left, 0);
        assert_eq!(second.failed, [(BOB, Failure::Late)]);
        assert_ne!(second.context, first.context);
        assert_eq!(second.content, first.content);
        System::assert_last_event(
            Event::PassedOn {
                request,
                requester: ALICE,
                provider: DAVE,
                price: second.price,
            }
            .into(),
        );
        check_everything();

        let before = free(&DAVE);
        serves(&DAVE, request);
        assert_eq!(free(&DAVE), before + DEARER);
        // What the dearer bill leaves of the escrow comes back.
        assert_eq!(free(&ALICE), ENDOWMENT - DEARER_TOTAL);
        assert_eq!(escrowed(&ALICE), 0);
        assert_eq!(record(request).failed, [(BOB, Failure::Late)]);
        assert_eq!(record(request).requested_at, 1);
    });
}

#[test]
fn whose_result_is_refuted_is_followed_by_the_next_providers() {
    with_two_providers(|| {
        let request = tried_by(2);
        let lie = lies(&BOB, request);
        let own = honest(request);
        let dispute = challenged(&EVE, request);
        play(&lie, &EVE, &own, dispute);
        // As if there had been no other one.
        assert_eq!(stake(&BOB), STAKE - COLLATERAL);
        let reward = COLLATERAL / 2;
        assert_eq!((free(&EVE), bonded(&EVE)), (ENDOWMENT + reward, 0));
        System::assert_has_event(
            Event::Refuted {
                request,
                dispute,
                requester: ALICE,
                provider: BOB,
                challenger: EVE,
                slashed: COLLATERAL,
                reward,
            }
            .into(),
        );
        waits(request, Failure::Refuted, 1);
        pass(1);
        serves(&DAVE, request);
        assert_eq!(record(request).failed, [(BOB, Failure::Refuted)]);
        assert_eq!(free(&ALICE), ENDOWMENT - DEARER_TOTAL);
    });
}

/// The next provider's result can be challenged as any other.
#[test]
fn that_follows_is_judged_by_its_own_result() {
    with_two_providers(|| {
        let request = tried_by(3);
        run_to(LATE + 1);
        let lie = lies(&DAVE, request);
        challenged(&EVE, request);
        check_everything();
        // DAVE does not answer.
        pass(TURN + 1);
        assert_eq!(stake(&DAVE), STAKE - DEARER_COLLATERAL);
        assert_eq!(free(&EVE), ENDOWMENT + DEARER_COLLATERAL / 2);
        waits(request, Failure::Refuted, 1);
        assert_ne!(lie.root(), honest(request).root());
        pass(1);
        // BOB has failed it, too, and is not asked again.
        is_unserved(request, &[(BOB, Failure::Late), (DAVE, Failure::Refuted)]);
    });
}

#[test]
fn that_follows_may_be_challenged_by_whoever_failed() {
    with_two_providers(|| {
        let request = tried_by(2);
        run_to(LATE + 1);
        assert_ok!(post(&DAVE, request, &honest(request)));
        assert_noop!(
            challenge(&DAVE, request),
            Error::<Test>::ChallengerIsProvider
        );
        assert_ok!(challenge(&BOB, request));
    });
}

#[test]
fn without_a_next_provider_ends_as_nobodys_fault_but_the_networks() {
    on_a_serving_chain(|| {
        let request = tried_by(3);
        run_to(LATE);
        waits(request, Failure::Late, 2);
        pass(1);
        is_unserved(request, &[(BOB, Failure::Late)]);
    });
}

#[test]
fn is_not_made_by_whoever_asks_for_more_than_the_escrow() {
    with_two_providers(|| {
        let request = pallet_inference::NextRequest::<Test>::get();
        assert_ok!(ask_by(&ALICE, DEARER_TOTAL - 1, options(2)));
        assert_eq!(escrowed(&ALICE), DEARER_TOTAL - 1);
        run_to(LATE + 1);
        is_unserved(request, &[(BOB, Failure::Late)]);

        let request = request + 1;
        assert_ok!(ask_by(&ALICE, DEARER_TOTAL, options(2)));
        assert_eq!(info(request).provider, BOB);
        pass(DEADLINE + 2);
        serves(&DAVE, request);
        assert_eq!(free(&ALICE), ENDOWMENT - DEARER_TOTAL);
    });
}

#[test]
fn is_made_within_the_requesters_selection() {
    with_two_providers(|| {
        let mut wish = options(2);
        wish.selection.preference = Preference::Prefer(DAVE);
        assert_ok!(ask_by(&ALICE, MOST, wish.clone()));
        assert_eq!(info(0).provider, DAVE);
        pass(DEADLINE + 2);
        assert_eq!(info(0).provider, BOB);
        serves(&BOB, 0);
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);

        wish.selection.excluded = vec![BOB].try_into().expect("it is one");
        assert_ok!(ask_by(&ALICE, MOST, wish));
        assert_eq!(info(1).provider, DAVE);
        pass(DEADLINE + 2);
        assert_eq!(record(1).ending, Ending::Unserved);
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);
    });
}

mod that_was_the_last {
    use super::*;

    #[test]
    fn and_late_ends_the_request_as_expired() {
        with_two_providers(|| {
            let request = tried_by(2);
            run_to(LATE + 1);
            assert_eq!(info(request).provider, DAVE);
            pass(DEADLINE + 1);
            let record = record(request);
            assert_eq!(record.ending, Ending::Expired);
            assert_eq!(record.provider, DAVE);
            assert_eq!(record.failed, [(BOB, Failure::Late), (DAVE, Failure::Late)]);
            assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT, 0));
            assert_eq!(stake(&DAVE), STAKE - DEARER_COLLATERAL / 100);
        });
    }

    #[test]
    fn and_refuted_ends_the_request_as_refuted() {
        with_two_providers(|| {
            let request = tried_by(2);
            run_to(LATE + 1);
            let lie = lies(&DAVE, request);
            challenged(&EVE, request);
            pass(TURN + 1);
            let record = record(request);
            assert_eq!(record.ending, Ending::Refuted);
            assert_eq!(
                record.failed,
                [(BOB, Failure::Late), (DAVE, Failure::Refuted)]
            );
            assert_eq!(record.output, lie.trace().output());
            assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT, 0));
            // Each of them finds it.
            for who in [ALICE, BOB, DAVE] {
                assert!(pallet_inference::RecordsOf::<Test>::contains_key(
                    &who,
                    pallet_inference::OrderedId::from(request)
                ));
            }
        });
    }

    #[test]
    fn and_the_only_one_holds_no_more_than_the_price() {
        with_two_providers(|| {
            assert_ok!(ask_by(&ALICE, MOST, options(1)));
            assert_eq!(escrowed(&ALICE), TOTAL);
            run_to(LATE);
            assert_eq!(record(0).ending, Ending::Expired);
        });
    }
}

mod that_several_challenge {
    use super::*;

    #[test]
    fn gives_all_bonds_back_before_it_waits() {
        with_two_providers(|| {
            let request = tried_by(2);
            let lie = lies(&BOB, request);
            let own = honest(request);
            let other = challenged(&FRANK, request);
            let dispute = challenged(&EVE, request);
            play(&lie, &EVE, &own, dispute);
            assert!(!is_disputed(other));
            assert_eq!((free(&FRANK), bonded(&FRANK)), (ENDOWMENT, 0));
            waits(request, Failure::Refuted, 1);
            pass(1);
            serves(&DAVE, request);
            // Nothing comes of the other dispute later.
            pass(2 * TURN);
            assert_eq!(stake(&BOB), STAKE - COLLATERAL);
            assert_eq!(stake(&DAVE), STAKE);
            assert_eq!(free(&FRANK), ENDOWMENT);
        });
    }

    #[test]
    fn is_passed_on_once_where_all_disputes_end_in_one_block() {
        with_two_providers(|| {
            let request = tried_by(3);
            assert_ok!(post(&BOB, request, &honest(request)));
            for who in [EVE, FRANK, CAROL] {
                challenged(&who, request);
            }
            // BOB misses all three turns.
            run_to(2 + TURN);
            waits(request, Failure::Refuted, 2);
            assert_eq!(info(request).failed, [(BOB, Failure::Refuted)]);
            assert_eq!(stake(&BOB), STAKE - COLLATERAL);
            pass(1);
            assert_eq!(info(request).attempts_left, 1);
            serves(&DAVE, request);
        });
    }
}

#[test]
fn anyone_may_take_it_on_when_it_is_due() {
    with_two_providers(|| {
        let request = tried_by(2);
        let finalize = || Optimistic::finalize(origin(&FRANK), request);
        System::set_block_number(LATE);
        let outcome = finalize().expect("the deadline has passed");
        assert_eq!(outcome.pays_fee, Pays::No);
        waits(request, Failure::Late, 1);
        System::set_block_number(LATE + 1);
        let outcome = finalize().expect("it waits since the last block");
        assert_eq!(outcome.pays_fee, Pays::No);
        assert_eq!(info(request).provider, DAVE);
        assert_err_ignore_postinfo!(finalize(), Error::<Test>::NotDue);
        check_everything();
        serves(&DAVE, request);
    });
}

#[test]
fn weighs_what_the_search_for_the_next_one_does() {
    with_two_providers(|| {
        let request = tried_by(2);
        run_to(LATE);
        let waiting = Requests::<Test>::get(request).expect("it is open");
        let pass_on = <Inference as Ledger<AccountId, Balance, u64>>::pass_on_weight();
        let weight = <Optimistic as Deadlines>::weight_of(&waiting);
        assert!(weight.all_gte(pass_on));
        assert!(<Optimistic as Deadlines>::longest_weight().all_gte(weight));
    });
}

#[test]
fn in_any_number_drains_and_none_stops_the_others() {
    with_two_providers(|| {
        for _ in 0..60 {
            tried_by(2);
        }
        for block in 2..60 {
            run_to(block);
            check_everything();
        }
        assert_eq!(Requests::<Test>::iter_keys().count(), 0);
        assert!((0..60).all(|request| record(request).failed.len() == 2));
        assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT, 0));
    });
}
