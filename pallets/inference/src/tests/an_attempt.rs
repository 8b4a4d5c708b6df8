//! Failover: who fails is passed over, who is next is paid, and nobody's money is left behind.

mod is_refused;
mod that_stalls;

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// The price of DAVE, who is second to BOB.
const DEARER: Balance = PRICE + 100;
const DEARER_TOTAL: Balance = DEARER + DEARER / 20 + ROYALTY;
/// What ALICE would pay at most.
const MOST: Balance = TOTAL * 10;

fn with_two_providers(test: impl FnOnce()) {
    on_a_serving_chain(|| {
        serve(DAVE, 0, DEARER);
        test();
    });
}

fn options(attempts: u32) -> types::OptionsOf<Test> {
    RequestOptions {
        attempts,
        ..Default::default()
    }
}

/// To be accepted in two blocks.
fn offered(attempts: u32) -> types::OptionsOf<Test> {
    RequestOptions {
        accept_within: Some(2),
        ..options(attempts)
    }
}

fn ask(options: types::OptionsOf<Test>) -> DispatchResultWithPostInfo {
    Inference::request_inference_with(
        origin(&ALICE),
        0,
        BoundedVec::truncate_from(input()),
        MOST,
        10,
        Verification::Proven,
        options,
    )
}

fn asked(options: types::OptionsOf<Test>) -> Assignment<AccountId, Balance, u64> {
    let id = NextRequest::<Test>::get();
    assert_ok!(ask(options));
    assignment(id)
}

fn assignment(id: RequestId) -> Assignment<AccountId, Balance, u64> {
    Inference::assignment(id).expect("the request is open")
}

fn record(id: RequestId) -> types::ExecutionRecordOf<Test> {
    Inference::execution_record(id).expect("the request has ended")
}

fn settles(assignment: &Assignment<AccountId, Balance, u64>) {
    let (output, proof) = answer(0, assignment);
    let (who, id) = (&assignment.provider, assignment.request);
    assert_ok!(submit(who, id, assignment.context, output, proof));
    assert_eq!(record(id).ending, Ending::Settled);
}

fn lies(assignment: &Assignment<AccountId, Balance, u64>) {
    let (mut output, proof) = answer(0, assignment);
    output[0] += 1;
    let (who, id) = (&assignment.provider, assignment.request);
    assert_ok!(submit(who, id, assignment.context, output, proof));
}

#[test]
fn that_is_late_is_followed_by_the_next_providers() {
    with_two_providers(|| {
        let first = asked(options(2));
        assert_eq!((&first.provider, first.attempts_left), (&BOB, 1));
        // All that ALICE would pay, since the next one may be dearer.
        assert_eq!(escrowed(&ALICE), MOST);
        run_to(first.deadline + 1);
        assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
        let waiting = assignment(0);
        assert_eq!(
            waiting.status,
            RequestStatus::Waiting {
                since: first.deadline + 1
            }
        );
        assert_eq!(Inference::assignments(&BOB, 0, 10), []);
        check_everything();

        run_to(first.deadline + 2);
        let second = assignment(0);
        assert_eq!(second.provider, DAVE);
        assert_eq!(second.status, RequestStatus::Assigned);
        assert_eq!(second.deadline, first.deadline + 2 + 10);
        assert_ne!(second.context, first.context);
        assert_eq!(second.price.compute, DEARER);
        System::assert_last_event(
            Event::PassedOn {
                request: 0,
                requester: ALICE,
                provider: DAVE,
                price: second.price,
            }
            .into(),
        );
        check_everything();

        settles(&second);
        assert_eq!(free(&ALICE), ENDOWMENT - DEARER_TOTAL);
        assert_eq!(escrowed(&ALICE), 0);
        let record = record(0);
        assert_eq!(record.provider, DAVE);
        assert_eq!(record.failed, [(BOB, Failure::Late)]);
        assert_eq!(record.requested_at, 1);
    });
}

#[test]
fn with_a_false_proof_is_followed_by_the_next_providers() {
    with_two_providers(|| {
        let first = asked(options(2));
        lies(&first);
        assert_eq!(stake(&BOB), STAKE - COLLATERAL);
        assert_eq!(escrowed(&ALICE), MOST);
        check_everything();
        run_to(2);
        let second = assignment(0);
        assert_eq!(second.provider, DAVE);
        settles(&second);
        assert_eq!(record(0).failed, [(BOB, Failure::FalseProof)]);
        assert_eq!(free(&ALICE), ENDOWMENT - DEARER_TOTAL);
    });
}

#[test]
fn that_was_the_last_ends_the_request_with_its_failure() {
    with_two_providers(|| {
        let first = asked(options(2));
        run_to(first.deadline + 2);
        let second = assignment(0);
        assert_eq!(second.attempts_left, 0);
        lies(&second);
        let record = record(0);
        assert_eq!(record.ending, Ending::ProofRejected);
        assert!(record.proof.is_some());
        assert_eq!(
            record.failed,
            [(BOB, Failure::Late), (DAVE, Failure::FalseProof)]
        );
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn without_a_next_provider_ends_as_nobodys_fault_but_the_networks() {
    on_a_serving_chain(|| {
        let first = asked(options(3));
        run_to(first.deadline + 2);
        let record = record(0);
        assert_eq!(record.ending, Ending::Unserved);
        assert_eq!(record.ending.fault(), Some(Fault::Network));
        assert_eq!(record.failed, [(BOB, Failure::Late)]);
        assert_eq!(free(&ALICE), ENDOWMENT);
        System::assert_last_event(
            Event::Unserved {
                request: 0,
                requester: ALICE,
            }
            .into(),
        );
    });
}

#[test]
fn is_not_made_by_whoever_asks_for_more_than_the_escrow() {
    with_two_providers(|| {
        let first = asked(options(2));
        serve(DAVE, 0, MOST);
        run_to(first.deadline + 2);
        assert_eq!(record(0).ending, Ending::Unserved);
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn is_made_within_the_requesters_selection() {
    with_two_providers(|| {
        let mut options = options(2);
        options.selection.preference = Preference::Prefer(DAVE);
        let first = asked(options.clone());
        assert_eq!(first.provider, DAVE);
        run_to(first.deadline + 2);
        assert_eq!(assignment(0).provider, BOB);

        options.selection.excluded = vec![BOB].try_into().unwrap();
        let first = asked(options.clone());
        assert_eq!(first.provider, DAVE);
        run_to(first.deadline + 2);
        assert_eq!(record(first.request).ending, Ending::Unserved);

        options.selection = Selection {
            preference: Preference::Only(BOB),
            excluded: Default::default(),
        };
        assert_eq!(asked(options).provider, BOB);
    });
}

mod that_must_be_accepted {
    use super::*;

    #[test]
    fn is_passed_on_when_it_is_not() {
        with_two_providers(|| {
            let first = asked(offered(2));
            assert_eq!(first.status, RequestStatus::Offered { accept_by: 3 });
            run_to(3);
            assert_eq!(assignment(0).provider, BOB);
            run_to(4);
            assert_eq!(assignment(0).status, RequestStatus::Waiting { since: 4 });
            // It costs reputation and no stake.
            assert_eq!(stake(&BOB), STAKE);
            let bob = ComputeProviders::provider_info(&BOB).unwrap();
            assert_eq!((bob.not_accepted, bob.late, bob.running), (1, 0, 0));
            assert!(bob.reputation < 500_000);
            run_to(5);
            let second = assignment(0);
            assert_eq!(second.provider, DAVE);
            assert_eq!(second.status, RequestStatus::Offered { accept_by: 7 });
            settles(&second);
        });
    }

    #[test]
    fn binds_its_provider_once_it_is() {
        with_two_providers(|| {
            let first = asked(offered(2));
            assert_noop!(
                Inference::accept(origin(&DAVE), 0),
                Error::<Test>::NotAssignedProvider
            );
            assert_ok!(Inference::accept(origin(&BOB), 0));
            System::assert_last_event(
                Event::Accepted {
                    request: 0,
                    provider: BOB,
                }
                .into(),
            );
            assert_noop!(
                Inference::accept(origin(&BOB), 0),
                Error::<Test>::AlreadyAccepted
            );
            assert_eq!(assignment(0).status, RequestStatus::Assigned);
            check_everything();
            run_to(first.deadline);
            settles(&assignment(0));
        });
    }

    #[test]
    fn may_be_answered_at_once() {
        with_two_providers(|| settles(&asked(offered(2))));
    }

    #[test]
    fn is_late_if_nothing_follows() {
        with_two_providers(|| {
            let first = asked(offered(1));
            assert_ok!(Inference::accept(origin(&BOB), 0));
            run_to(first.deadline + 1);
            assert_eq!(record(0).ending, Ending::Expired);
            assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
        });
    }

    #[test]
    fn cannot_be_when_it_is_too_late() {
        with_two_providers(|| {
            asked(offered(2));
            System::set_block_number(4);
            assert_noop!(
                Inference::accept(origin(&BOB), 0),
                Error::<Test>::DeadlinePassed
            );
        });
    }
}

mod is_cancelled {
    use super::*;

    #[test]
    fn by_the_requester_once_the_time_to_accept_has_lapsed() {
        with_two_providers(|| {
            asked(offered(2));
            System::set_block_number(4);
            assert_ok!(Inference::cancel(origin(&ALICE), 0));
            assert_eq!(free(&ALICE), ENDOWMENT);
            let record = record(0);
            assert_eq!(record.ending, Ending::NotAccepted);
            assert_eq!(record.failed, [(BOB, Failure::NotAccepted)]);
        });
    }

    #[test]
    fn by_the_requester_while_it_waits() {
        with_two_providers(|| {
            let first = asked(options(2));
            lies(&first);
            assert_ok!(Inference::cancel(origin(&ALICE), 0));
            assert_eq!(free(&ALICE), ENDOWMENT);
            assert_eq!(record(0).ending, Ending::Cancelled);
            run_to(5);
        });
    }

    #[test]
    fn by_nobody_while_a_provider_is_bound() {
        with_two_providers(|| {
            // Nobody reads a result from the pool and takes the request back.
            asked(options(2));
            assert_noop!(
                Inference::cancel(origin(&ALICE), 0),
                Error::<Test>::ProviderBound
            );
            asked(offered(2));
            System::set_block_number(3);
            assert_noop!(
                Inference::cancel(origin(&ALICE), 1),
                Error::<Test>::ProviderBound
            );
            assert_ok!(Inference::accept(origin(&BOB), 1));
            System::set_block_number(9);
            assert_noop!(
                Inference::cancel(origin(&ALICE), 1),
                Error::<Test>::ProviderBound
            );
        });
    }

    #[test]
    fn by_nobody_else() {
        with_two_providers(|| {
            let first = asked(options(2));
            lies(&first);
            for who in [BOB, DAVE, CAROL] {
                assert_noop!(
                    Inference::cancel(origin(&who), 0),
                    Error::<Test>::NotRequester
                );
            }
        });
    }
}

#[test]
fn anyone_may_take_it_on_when_it_is_due() {
    with_two_providers(|| {
        let first = asked(options(2));
        System::set_block_number(first.deadline + 1);
        assert_ok!(Inference::expire(origin(&CAROL), 0));
        assert_err_ignore_postinfo!(
            Inference::expire(origin(&CAROL), 0),
            Error::<Test>::DeadlineNotPassed
        );
        System::set_block_number(first.deadline + 2);
        assert_ok!(Inference::expire(origin(&CAROL), 0));
        assert_eq!(assignment(0).provider, DAVE);
        check_everything();
    });
}

#[test]
fn in_any_number_drains_and_none_stops_the_others() {
    with_two_providers(|| {
        for _ in 0..300 {
            asked(options(2));
        }
        let mut most = 0;
        for block in 12..40 {
            let before = Requests::<Test>::iter()
                .filter(|(_, r)| r.provider == BOB)
                .count();
            run_to(block);
            let after = Requests::<Test>::iter()
                .filter(|(_, r)| r.provider == BOB)
                .count();
            most = most.max(before - after);
            check_everything();
        }
        assert!(most > 0 && most < 300, "a block's share is not all: {most}");
        assert_eq!(Requests::<Test>::iter().count(), 0);
        assert_eq!(Records::<Test>::iter().count(), 300);
        assert!(Records::<Test>::iter_values().all(|record| record.failed.len() == 2));
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}
