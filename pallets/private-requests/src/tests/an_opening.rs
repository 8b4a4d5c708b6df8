use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

#[test]
fn puts_the_input_on_chain_and_begins_the_deadline_anew() {
    on_a_serving_chain(|| {
        let request = claimed(InputClaim::NotReceived);
        pass(OPENING_WINDOW);
        assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
        let info = info(request);
        let deadline = 1 + OPENING_WINDOW + DEADLINE;
        assert_eq!(info.status, PrivateStatus::Assigned);
        assert_eq!(info.deadline, deadline);
        assert_eq!(
            info.opened,
            Some(OpenedInput {
                input: input(),
                blinding: INPUT_BLINDING,
            })
        );
        System::assert_last_event(
            Event::InputOpened {
                request,
                requester: ALICE,
                provider: bob(),
                deadline,
            }
            .into(),
        );
    });
}

#[test]
fn binds_the_provider() {
    on_a_serving_chain(|| {
        let before = purses();
        let request = claimed(InputClaim::Invalid);
        assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
        pass(DEADLINE);
        assert!(is_open(request));
        pass(1);
        assert_eq!(purses(), after_a_fine(before));
        assert_eq!(record(request).ending, Ending::Expired);
        assert_eq!(record(request).failed, [(bob(), Failure::Late)]);
        assert!(!Inputs::<Test>::contains_key(request));
    });
}

#[test]
fn may_be_of_a_request_whose_output_stays_private() {
    on_a_serving_chain(|| {
        let request = asked(true);
        assert_ok!(claim(&bob(), request, InputClaim::NotReceived));
        assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
        let output = answered(request);
        assert!(Inputs::<Test>::contains_key(request));
        assert_ok!(acknowledge(&ALICE, request));
        assert_eq!(record(request).output_commitment, Some(committed(&output)));
        assert!(!Inputs::<Test>::contains_key(request));
    });
}

/// A requester that committed to what is no input of the model can open nothing, and pays for it.
#[test]
fn of_what_was_never_an_input_is_not_possible() {
    on_a_serving_chain(|| {
        let mut out_of_range = input();
        out_of_range[0] = 17;
        let too_long = [input(), vec![0]].concat();
        for (wrong, hi, error) in [
            (out_of_range, 17, Error::<Test>::InputOutOfRange),
            (too_long, 16, Error::<Test>::WrongInputLength),
        ] {
            let commitment = lattice_host::commit_input_with(&wrong, 0, hi, &INPUT_BLINDING.0);
            let commitment = H256(commitment.expect("it is in this range"));
            let request = pallet_inference::NextRequest::<Test>::get();
            assert_ok!(ask_by(&ALICE, commitment, MOST, DEADLINE, false));
            assert_ok!(claim(&bob(), request, InputClaim::Invalid));
            assert_noop!(open(&ALICE, request, &wrong, INPUT_BLINDING), error);
            pass(OPENING_WINDOW + 1);
            assert_eq!(record(request).ending, Ending::InputNotOpened);
        }
        assert_eq!(free(&ALICE), ENDOWMENT - 2 * RESERVATION);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn of_another_input_than_was_committed_to_and_the_window_goes_on() {
        on_a_serving_chain(|| {
            let request = claimed(InputClaim::NotReceived);
            let status = info(request).status;
            let mut low = input();
            low[5] = -1;
            for (wrong, blinding, error) in [
                (
                    served().input(12),
                    INPUT_BLINDING,
                    Error::<Test>::OtherInput,
                ),
                (input(), OUTPUT_BLINDING, Error::<Test>::OtherInput),
                (
                    input(),
                    H256::repeat_byte(0xff),
                    Error::<Test>::InvalidBlinding,
                ),
                (low, INPUT_BLINDING, Error::<Test>::InputOutOfRange),
                (
                    input()[1..].to_vec(),
                    INPUT_BLINDING,
                    Error::<Test>::WrongInputLength,
                ),
                (Vec::new(), INPUT_BLINDING, Error::<Test>::WrongInputLength),
            ] {
                assert_noop!(open(&ALICE, request, &wrong, blinding), error);
            }
            assert_eq!(info(request).status, status);
            pass(OPENING_WINDOW);
            assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
        });
    }

    #[test]
    fn of_anybody_but_the_requester() {
        on_a_serving_chain(|| {
            let request = claimed(InputClaim::NotReceived);
            for who in [bob(), EVE] {
                assert_noop!(
                    open(&who, request, &input(), INPUT_BLINDING),
                    Error::<Test>::NotRequester
                );
            }
        });
    }

    /// Else a requester could have a whole deadline whenever it likes.
    #[test]
    fn without_a_claim() {
        on_a_serving_chain(|| {
            let request = asked(false);
            assert_noop!(
                open(&ALICE, request, &input(), INPUT_BLINDING),
                Error::<Test>::NotClaimed
            );
            assert_ok!(claim(&bob(), request, InputClaim::NotReceived));
            assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
            assert_noop!(
                open(&ALICE, request, &input(), INPUT_BLINDING),
                Error::<Test>::NotClaimed
            );
        });
    }

    #[test]
    fn after_the_window() {
        on_a_serving_chain(|| {
            let request = claimed(InputClaim::NotReceived);
            System::set_block_number(2 + OPENING_WINDOW);
            assert_noop!(
                open(&ALICE, request, &input(), INPUT_BLINDING),
                Error::<Test>::DeadlinePassed
            );
        });
    }
}
