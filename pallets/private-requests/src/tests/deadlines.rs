use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::*;
use pallet_inference::OrderedId;

type Weights = crate::weights::SubstrateWeight<Test>;

/// Weight for the cursor and this many requests of one block, each of this weight, with its last
/// look.
fn weight_for(requests: u64, each: Weight) -> Weight {
    let each = Weights::on_poll_step() + each;
    Weights::on_poll_base() + Weights::on_poll_step() + each * requests
}

fn count() -> usize {
    Requests::<Test>::iter_keys().count()
}

fn poll(block: u64, limit: Weight) -> Weight {
    System::set_block_number(block);
    let mut meter = WeightMeter::with_limit(limit);
    PrivateRequests::on_poll(block, &mut meter);
    meter.consumed()
}

#[test]
fn that_pass_without_a_result_refund_the_requester_and_cost_the_provider_little() {
    on_a_serving_chain(|| {
        let before = purses();
        let request = asked(true);
        run_to(1 + DEADLINE);
        assert!(is_open(request));
        run_to(2 + DEADLINE);
        assert!(!is_open(request));
        assert_eq!(purses(), after_a_fine(before));
        let bob = ComputeProviders::provider_info(&bob()).expect("he is registered");
        assert_eq!((bob.running, bob.locked, bob.late), (0, 0, 1));
        let record = record(request);
        assert_eq!(record.ending, Ending::Expired);
        assert_eq!(record.failed, [(bob.account.clone(), Failure::Late)]);
        assert!(record.output.is_empty() && record.output_commitment.is_none());
        System::assert_has_event(
            Event::Expired {
                request,
                requester: ALICE,
                provider: bob.account,
                slashed: LATE_SLASH,
            }
            .into(),
        );
    });
}

/// One request of each status, with the last block before it ends, and how it does then; in the order of
/// the blocks.
fn one_of_each() -> [(RequestId, u64, Ending); 4] {
    [
        (delivered().0, 1 + ACKNOWLEDGE_WINDOW, Ending::Settled),
        (
            claimed(InputClaim::Invalid),
            1 + OPENING_WINDOW,
            Ending::InputNotOpened,
        ),
        (forced().0, 1 + POSTING_WINDOW, Ending::OutputWithheld),
        (asked(false), 1 + DEADLINE, Ending::Expired),
    ]
}

#[test]
fn can_be_called_by_anyone_and_it_is_free() {
    on_a_serving_chain(|| {
        for (request, due, ending) in one_of_each() {
            System::set_block_number(due);
            assert_err_ignore_postinfo!(expire(request), Error::<Test>::NotDue);
            System::set_block_number(due + 1);
            let info = expire(request).expect("it is due");
            assert_eq!(info.pays_fee, Pays::No);
            assert_eq!(record(request).ending, ending);
            assert_err_ignore_postinfo!(expire(request), Error::<Test>::UnknownRequest);
            check_everything();
        }
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn are_met_by_the_chain_itself() {
    on_a_serving_chain(|| {
        let all = one_of_each();
        run_to(20);
        for (request, due, ending) in all {
            let record = record(request);
            assert_eq!((record.ending, record.ended_at), (ending, due + 1));
        }
        assert_eq!(Due::<Test>::iter_keys().count(), 0);
    });
}

#[test]
fn are_worked_off_in_as_many_blocks_as_the_weight_needs() {
    on_a_serving_chain(|| {
        for _ in 0..7 {
            asked(false);
        }
        poll(1 + DEADLINE, Weight::MAX);
        assert_eq!(count(), 7);
        for (block, left) in [(2 + DEADLINE, 4), (3 + DEADLINE, 1), (4 + DEADLINE, 0)] {
            poll(block, weight_for(3, Weights::expire_late()));
            assert_eq!(count(), left);
            check_everything();
        }
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn take_at_most_a_twentieth_of_a_block() {
    on_a_serving_chain(|| {
        for _ in 0..400 {
            asked(false);
        }
        let weights: frame_system::limits::BlockWeights =
            <Test as frame_system::Config>::BlockWeights::get();
        let block = weights.max_block;
        let consumed = poll(3 + DEADLINE, block);
        assert!(consumed.ref_time() <= block.ref_time() / 20);
        assert!(count() > 0 && count() < 400);
        pass(20);
        assert_eq!(count(), 0);
    });
}

#[test]
fn consume_nothing_that_is_not_there() {
    on_a_serving_chain(|| {
        asked(false);
        assert_eq!(poll(3 + DEADLINE, Weight::zero()), Weight::zero());
        assert_eq!(count(), 1);
    });
}

#[test]
fn are_not_stopped_by_a_bad_entry() {
    on_a_serving_chain(|| {
        let late = asked(false);
        let (waits, _) = delivered();
        // Without a request, and of ones that are due later.
        for (block, request) in [(2, 99), (3, late), (3, waits)] {
            Due::<Test>::insert(block, OrderedId::from(request), ());
        }
        poll(4, Weight::MAX);
        assert!(is_open(late) && is_open(waits));
        assert_eq!(Due::<Test>::iter_keys().count(), 2);
        poll(2 + DEADLINE, Weight::MAX);
        assert!(!is_open(late) && !is_open(waits));
    });
}
