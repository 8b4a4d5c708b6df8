use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

const BOTH: [InputClaim; 2] = [InputClaim::NotReceived, InputClaim::Invalid];

#[test]
fn gives_the_requester_time_to_open_the_input() {
    on_a_serving_chain(|| {
        for what in BOTH {
            let request = claimed(what);
            let open_by = System::block_number() + OPENING_WINDOW;
            assert_eq!(
                info(request).status,
                PrivateStatus::Claimed {
                    claim: what,
                    open_by
                }
            );
            System::assert_last_event(
                Event::Claimed {
                    request,
                    requester: ALICE,
                    provider: bob(),
                    claim: what,
                    open_by,
                }
                .into(),
            );
        }
        // Nobody has paid anything yet.
        assert_eq!(escrowed(&ALICE), 2 * TOTAL);
        assert_eq!(stake(&bob()), STAKE);
    });
}

#[test]
fn to_which_the_input_is_opened_is_followed_by_the_result() {
    on_a_serving_chain(|| {
        for what in BOTH {
            let before = purses();
            let request = claimed(what);
            pass(OPENING_WINDOW);
            assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
            pass(DEADLINE);
            answered(request);
            assert_eq!(purses(), after_settling(before));
            assert_eq!(record(request).ending, Ending::Settled);
            // What was on chain for the provider is not kept.
            assert!(!Inputs::<Test>::contains_key(request));
        }
    });
}

#[test]
fn to_which_the_input_is_not_opened_costs_the_requester_and_earns_the_provider_nothing() {
    on_a_serving_chain(|| {
        for what in BOTH {
            let [alice, bobs, stake, treasury, carol] = purses();
            let request = claimed(what);
            pass(OPENING_WINDOW);
            assert!(is_open(request));
            pass(1);
            assert!(!is_open(request));
            assert_eq!(
                purses(),
                [
                    alice - RESERVATION,
                    bobs,
                    stake,
                    treasury + RESERVATION,
                    carol
                ]
            );
            assert_eq!(escrowed(&ALICE), 0);
            let record = record(request);
            assert_eq!(record.ending, Ending::InputNotOpened);
            assert_eq!(record.ending.fault(), Some(Fault::Requester));
            assert!(record.failed.is_empty());
            assert!(record.output.is_empty() && record.proof.is_none());
            System::assert_has_event(
                Event::InputNotOpened {
                    request,
                    requester: ALICE,
                    provider: bob(),
                    claim: what,
                    fee: RESERVATION,
                }
                .into(),
            );
        }
        // Nothing is held against the provider.
        let bob = ComputeProviders::provider_info(&bob()).expect("he is registered");
        assert_eq!((bob.running, bob.locked), (0, 0));
        assert_eq!((bob.late, bob.disputed, bob.settled), (0, 0, 0));
        assert_eq!(bob.reputation, 500_000);
    });
}

/// What is paid for a reservation is never less than the part that the chain says.
#[test]
fn costs_a_part_that_is_rounded_up() {
    on_a_serving_chain(|| {
        serve(bob(), 0, 1);
        let before = free(&TREASURY);
        let fee = info(claimed(InputClaim::NotReceived)).price.fee;
        pass(OPENING_WINDOW + 1);
        assert_eq!(free(&TREASURY), before + 1 + fee);
    });
}

/// Else a provider that asks nothing could be kept from its work for nothing.
#[test]
fn costs_the_least_fee_whatever_the_price_is() {
    on_a_serving_chain(|| {
        MinFee::set(7);
        serve(bob(), 0, 0);
        let before = free(&TREASURY);
        claimed(InputClaim::NotReceived);
        MinFee::set(0);
        pass(OPENING_WINDOW + 1);
        assert_eq!(free(&TREASURY), before + 7);
        assert_eq!(free(&ALICE), ENDOWMENT - 7);
    });
}

#[test]
fn is_in_time_in_the_block_of_the_deadline() {
    on_a_serving_chain(|| {
        let (first, second) = (asked(false), asked(false));
        run_to(1 + DEADLINE);
        assert_ok!(claim(&bob(), first, InputClaim::NotReceived));
        System::set_block_number(2 + DEADLINE);
        assert_noop!(
            claim(&bob(), second, InputClaim::NotReceived),
            Error::<Test>::DeadlinePassed
        );
    });
}

/// The input came after all: then it need not be opened.
#[test]
fn may_be_followed_by_the_result_without_an_opening() {
    on_a_serving_chain(|| {
        let before = purses();
        let request = claimed(InputClaim::NotReceived);
        pass(OPENING_WINDOW);
        answered(request);
        assert_eq!(purses(), after_settling(before));
        assert_eq!(record(request).ending, Ending::Settled);

        let request = claimed(InputClaim::NotReceived);
        System::set_block_number(System::block_number() + OPENING_WINDOW + 1);
        let (output, proof) = answer(request);
        assert_noop!(
            submit(&bob(), request, posted(&output), proof),
            Error::<Test>::DeadlinePassed
        );
    });
}

/// Else whoever is late would say that it has no input, and have a window more.
#[test]
fn wins_no_time() {
    on_a_serving_chain(|| {
        for private in [false, true] {
            let request = asked(private);
            let deadline = info(request).deadline;
            let (output, proof) = answer(request);
            run_to(deadline);
            assert_ok!(claim(&bob(), request, InputClaim::NotReceived));
            System::set_block_number(deadline + 1);
            assert_noop!(
                submit(&bob(), request, form(request, &output), proof),
                Error::<Test>::DeadlinePassed
            );
            // Once it is open there is a new one.
            assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
            run_to(deadline + 1 + DEADLINE);
            assert_ok!(submit(&bob(), request, form(request, &output), proof));
        }
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn of_anybody_but_the_provider() {
        on_a_serving_chain(|| {
            let request = asked(false);
            for who in [ALICE, EVE, dave()] {
                assert_noop!(
                    claim(&who, request, InputClaim::NotReceived),
                    Error::<Test>::NotAssignedProvider
                );
            }
            assert_noop!(
                claim(&bob(), request + 1, InputClaim::NotReceived),
                Error::<Test>::UnknownRequest
            );
        });
    }

    #[test]
    fn that_was_made_for_another_fork() {
        on_a_serving_chain(|| {
            let (request, other) = (asked(false), asked(false));
            for context in [OTHER_CONTEXT, info(other).context] {
                let claim = InputClaim::NotReceived;
                assert_noop!(
                    PrivateRequests::claim(origin(&bob()), request, context, claim),
                    Error::<Test>::ContextMismatch
                );
            }
            assert_ok!(claim(&bob(), request, InputClaim::NotReceived));
        });
    }

    #[test]
    fn the_second_time() {
        on_a_serving_chain(|| {
            let request = claimed(InputClaim::NotReceived);
            for what in BOTH {
                assert_noop!(claim(&bob(), request, what), Error::<Test>::AlreadyClaimed);
            }
        });
    }

    #[test]
    fn once_the_input_is_open() {
        on_a_serving_chain(|| {
            let request = claimed(InputClaim::NotReceived);
            assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
            for what in BOTH {
                assert_noop!(claim(&bob(), request, what), Error::<Test>::InputOpened);
            }
        });
    }

    #[test]
    fn of_a_result_that_is_there() {
        on_a_serving_chain(|| {
            for (request, _) in [delivered(), forced()] {
                assert_noop!(
                    claim(&bob(), request, InputClaim::Invalid),
                    Error::<Test>::AlreadyDelivered
                );
            }
        });
    }
}
