use crate::mock::*;
use crate::tests::fixture::served;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// CAROL puts the bytes of model 0 on chain.
fn store() {
    let served = served(0);
    let manifest = served.manifest.encode().len();
    let bytes = served.model.to_blob()[manifest..].to_vec();
    assert_ok!(ModelRegistry::upload_chunk(
        origin(&CAROL),
        0,
        0,
        BoundedVec::truncate_from(bytes)
    ));
    assert_ok!(ModelRegistry::finalize(origin(&CAROL), 0));
}

fn ask_with(input: Vec<i8>, max_price: Balance) -> DispatchResultWithPostInfo {
    Inference::request_inference(
        origin(&ALICE),
        0,
        BoundedVec::truncate_from(input),
        max_price,
        0,
        Verification::Direct,
    )
}

fn ask() -> DispatchResultWithPostInfo {
    ask_with(input(), ROYALTY)
}

fn refused(result: DispatchResultWithPostInfo, error: Error<Test>) {
    assert_eq!(result.expect_err("it is refused").error, error.into());
}

#[test]
fn is_the_model_s_output_in_the_same_block() {
    on_a_serving_chain(|| {
        store();
        let before = free(&CAROL);
        let answered = ask().unwrap();
        let record = Inference::direct_record(0).unwrap();
        let expected = lattice_tensor::execute(
            &served(0).model,
            &input().iter().copied().map(i32::from).collect::<Vec<_>>(),
        );
        assert_eq!(Ok(&record.output), expected.as_ref());
        assert_eq!(record.requester, ALICE);
        assert_eq!(record.answered_at, 1);
        assert_eq!(record.royalty, ROYALTY);
        assert!(record.gas_used > 0);
        assert!(answered.actual_weight.unwrap().ref_time() > record.gas_used);
        System::assert_last_event(
            Event::Answered {
                request: 0,
                requester: ALICE,
                model: 0,
                output: BoundedVec::truncate_from(record.output),
                gas_used: record.gas_used,
                royalty: ROYALTY,
            }
            .into(),
        );
        assert_eq!(free(&ALICE), ENDOWMENT - ROYALTY);
        assert_eq!(free(&CAROL), before + ROYALTY);
        assert_eq!(escrowed(&ALICE), 0);
        assert_eq!(ModelRegistry::model_info(0).unwrap().total_executions, 1);
    });
}

#[test]
fn needs_no_provider_and_takes_a_request_number() {
    on_a_serving_chain(|| {
        store();
        assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
        assert_ok!(ask());
        assert_ok!(ask());
        assert_eq!(NextRequest::<Test>::get(), 2);
        assert!(Requests::<Test>::iter().next().is_none());
    });
}

#[test]
fn weighs_its_whole_gas_before_and_the_gas_used_after() {
    on_a_serving_chain(|| {
        store();
        let call = crate::Call::<Test>::request_inference {
            model: 0,
            input: BoundedVec::truncate_from(input()),
            max_price: ROYALTY,
            deadline: 0,
            verification: Verification::Direct,
        };
        let before = call.get_dispatch_info().call_weight;
        assert!(before.ref_time() > GAS_LIMIT);
        let after = ask().unwrap().actual_weight.unwrap();
        let gas_used = Inference::direct_record(0).unwrap().gas_used;
        assert_eq!(before.ref_time() - after.ref_time(), GAS_LIMIT - gas_used);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn without_the_model_on_chain() {
        on_a_serving_chain(|| refused(ask(), Error::ModelNotStored));
    }

    #[test]
    fn when_the_model_takes_more_gas_than_there_is() {
        on_a_serving_chain(|| {
            store();
            DirectGas::set(1_000);
            refused(ask(), Error::DirectGasExceeded);
            DirectGas::set(GAS_LIMIT);
        });
    }

    #[test]
    fn above_the_price_that_the_requester_takes() {
        on_a_serving_chain(|| {
            store();
            refused(ask_with(input(), ROYALTY - 1), Error::MaxPriceTooLow);
        });
    }

    #[test]
    fn with_an_input_that_is_not_the_model_s() {
        on_a_serving_chain(|| {
            store();
            refused(ask_with(vec![0; 3], ROYALTY), Error::WrongInputLength);
            let mut outside = input();
            outside[0] = 17;
            refused(ask_with(outside, ROYALTY), Error::InputOutOfRange);
        });
    }

    #[test]
    fn of_a_model_that_takes_no_requests() {
        on_a_serving_chain(|| {
            store();
            assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
            refused(ask(), Error::ModelDeprecated);
        });
    }

    #[test]
    fn as_a_quote_since_nobody_bids() {
        on_a_serving_chain(|| {
            store();
            assert_eq!(
                Inference::quote(0, 10, Verification::Direct, &Selection::default()),
                Err(QuoteError::NoProvider)
            );
        });
    }
}
