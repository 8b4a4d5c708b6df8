use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

#[test]
fn belies_a_claim_at_once_and_costs_the_provider_a_fine() {
    on_a_serving_chain(|| {
        for what in [InputClaim::NotReceived, InputClaim::Invalid] {
            let before = purses();
            let request = claimed(what);
            let receipt = receipt(BOB, request, info(request).context);
            assert_ok!(refute(&ALICE, request, receipt));
            assert!(!is_open(request));
            assert_eq!(purses(), after_a_fine(before));
            assert_eq!(escrowed(&ALICE), 0);
            let record = record(request);
            assert_eq!(record.ending, Ending::FalseClaim);
            assert_eq!(record.ending.fault(), Some(Fault::Provider));
            assert_eq!(record.failed, [(bob(), Failure::FalseClaim)]);
            assert!(record.output.is_empty() && record.proof.is_none());
            System::assert_has_event(
                Event::ClaimRefuted {
                    request,
                    requester: ALICE,
                    provider: bob(),
                    claim: what,
                    slashed: LATE_SLASH,
                }
                .into(),
            );
        }
        let bob = ComputeProviders::provider_info(&bob()).expect("he is registered");
        assert_eq!((bob.running, bob.disputed, bob.late), (0, 2, 0));
        assert!(bob.reputation < 500_000);
    });
}

#[test]
fn serves_until_the_window_has_passed() {
    on_a_serving_chain(|| {
        let (first, second) = (
            claimed(InputClaim::NotReceived),
            claimed(InputClaim::NotReceived),
        );
        let receipts = [first, second].map(|id| receipt(BOB, id, info(id).context));
        let [in_time, late] = receipts;
        pass(OPENING_WINDOW);
        assert_ok!(refute(&ALICE, first, in_time));
        System::set_block_number(System::block_number() + 1);
        assert_noop!(refute(&ALICE, second, late), Error::<Test>::DeadlinePassed);
    });
}

mod is_worth_nothing {
    use super::*;

    /// ALICE shows a receipt that is none of this request and provider.
    fn shown(request: RequestId, receipt: frame::deps::sp_runtime::MultiSignature) {
        assert_noop!(
            refute(&ALICE, request, receipt),
            Error::<Test>::InvalidReceipt
        );
    }

    #[test]
    fn of_another_provider_or_request() {
        on_a_serving_chain(|| {
            let (first, second) = (
                claimed(InputClaim::NotReceived),
                claimed(InputClaim::NotReceived),
            );
            let [context, other] = [first, second].map(|id| info(id).context);
            shown(first, receipt(DAVE, first, context));
            shown(first, receipt(BOB, second, context));
            shown(first, receipt(BOB, second, other));
        });
    }

    /// A reorganisation gave the number to another request about the same input: BOB was given nothing
    /// for that one.
    #[test]
    fn of_a_request_on_another_fork_with_the_same_number_and_input() {
        on_a_serving_chain(|| {
            let request = claimed(InputClaim::NotReceived);
            let now = info(request);
            let before = RequestContent {
                requester: &ALICE,
                model: 0,
                input_commitment: now.input_commitment,
                max_price: MOST + 1,
                deadline: DEADLINE,
                verification: Verification::Proven,
            };
            let context = <Inference as pallet_inference::Ledger<_, _, _>>::context(
                request,
                &H256(before.hash()),
                &bob(),
                &now.model_hash,
            );
            shown(request, receipt(BOB, request, context));
            assert_ok!(refute(&ALICE, request, receipt(BOB, request, now.context)));
        });
    }

    #[test]
    fn when_it_is_forged() {
        on_a_serving_chain(|| {
            let request = claimed(InputClaim::NotReceived);
            let info = info(request);
            let mut forged = receipt(BOB, request, info.context);
            if let frame::deps::sp_runtime::MultiSignature::Sr25519(signature) = &mut forged {
                signature.0[5] ^= 1;
            }
            shown(request, forged);
            // Of another chain.
            let message = receipt_message(&[1; 32], request, &info.context.0);
            shown(request, sign(BOB, &message));
            // Of the commitment alone, or in place of the context.
            let commitment = info.input_commitment;
            shown(request, sign(BOB, &commitment.0));
            shown(request, receipt(BOB, request, commitment));
        });
    }

    #[test]
    fn without_a_claim() {
        on_a_serving_chain(|| {
            let request = asked(false);
            let receipt = receipt(BOB, request, info(request).context);
            assert_noop!(
                refute(&ALICE, request, receipt.clone()),
                Error::<Test>::NotClaimed
            );
            assert_ok!(claim(&bob(), request, InputClaim::NotReceived));
            assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
            assert_noop!(refute(&ALICE, request, receipt), Error::<Test>::NotClaimed);
        });
    }

    #[test]
    fn to_anybody_but_the_requester() {
        on_a_serving_chain(|| {
            let request = claimed(InputClaim::NotReceived);
            let receipt = receipt(BOB, request, info(request).context);
            for who in [EVE, bob()] {
                assert_noop!(
                    refute(&who, request, receipt.clone()),
                    Error::<Test>::NotRequester
                );
            }
        });
    }
}
