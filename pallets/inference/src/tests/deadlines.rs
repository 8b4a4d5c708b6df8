use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// Weight for the cursor and this many expiries of one block, with its last look.
fn weight_for(expiries: u64) -> Weight {
    type Weights = crate::weights::SubstrateWeight<Test>;
    let step = Weights::on_poll_step();
    Weights::on_poll_base() + step + (step + Weights::expire_due()) * expiries
}

fn open() -> usize {
    Requests::<Test>::iter().count()
}

#[test]
fn refund_the_requester_and_cost_the_provider_little() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let treasury = free(&TREASURY);
        run_to(assignment.deadline);
        assert_eq!(open(), 1);
        run_to(assignment.deadline + 1);
        assert_eq!(open(), 0);
        assert_eq!(free(&ALICE), ENDOWMENT);
        assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
        assert_eq!(free(&TREASURY), treasury + LATE_SLASH);
        let bob = ComputeProviders::provider_info(&BOB).unwrap();
        assert_eq!((bob.running, bob.locked, bob.late), (0, 0, 1));
        let record = Inference::execution_record(0).unwrap();
        assert_eq!(record.ending, Ending::Expired);
        assert_eq!((record.proof, record.output_commitment), (None, None));
        assert_eq!((record.output.len(), record.gas_used), (0, 0));
        System::assert_has_event(
            Event::Expired {
                request: 0,
                requester: ALICE,
                provider: BOB,
                slashed: LATE_SLASH,
            }
            .into(),
        );
    });
}

#[test]
fn cost_far_less_than_a_false_proof() {
    on_a_serving_chain(|| {
        let (late, lie) = (requested(), requested());
        let (mut output, proof) = answer(0, &lie);
        output[0] += 1;
        assert_ok!(submit(&BOB, lie.request, lie.context, output, proof));
        let after_the_lie = stake(&BOB);
        run_to(late.deadline + 1);
        let ending = |id| Inference::execution_record(id).map(|record| record.ending);
        assert_eq!(ending(late.request), Some(Ending::Expired));
        assert_eq!(ending(lie.request), Some(Ending::ProofRejected));
        let (for_the_lie, for_lateness) = (STAKE - after_the_lie, after_the_lie - stake(&BOB));
        // The same collateral was at stake.
        assert_eq!(for_the_lie, COLLATERAL);
        assert_eq!(for_the_lie, 100 * for_lateness);
    });
}

#[test]
fn are_worked_off_in_as_many_blocks_as_the_weight_needs() {
    on_a_serving_chain(|| {
        for _ in 0..7 {
            requested();
        }
        System::set_block_number(11);
        Inference::on_poll(11, &mut WeightMeter::new());
        assert_eq!(open(), 7);
        for (block, left) in [(12, 4), (13, 1), (14, 0)] {
            System::set_block_number(block);
            let mut meter = WeightMeter::with_limit(weight_for(3));
            Inference::on_poll(block, &mut meter);
            assert_eq!(open(), left);
            check_everything();
        }
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn take_at_most_a_tenth_of_a_block() {
    on_a_serving_chain(|| {
        for _ in 0..400 {
            requested();
        }
        System::set_block_number(12);
        let weights: frame_system::limits::BlockWeights =
            <Test as frame_system::Config>::BlockWeights::get();
        let block = weights.max_block;
        let mut meter = WeightMeter::with_limit(block);
        Inference::on_poll(12, &mut meter);
        assert!(meter.consumed().ref_time() <= block.ref_time() / 10);
        assert!(meter.consumed().ref_time() > block.ref_time() / 12);
        let left = open();
        assert!(left > 0 && left < 400);
        run_to(16);
        assert_eq!(open(), 0);
    });
}

#[test]
fn consume_nothing_that_is_not_there() {
    on_a_serving_chain(|| {
        requested();
        System::set_block_number(12);
        let mut meter = WeightMeter::with_limit(Weight::zero());
        Inference::on_poll(12, &mut meter);
        assert_eq!(meter.consumed(), Weight::zero());
        assert_eq!(open(), 1);
    });
}

#[test]
fn are_not_stopped_by_a_bad_entry() {
    on_a_serving_chain(|| {
        // An entry without a request, in front of one with.
        Due::<Test>::insert(3, OrderedId::from(0), ());
        Due::<Test>::insert(11, OrderedId::from(0), ());
        NextRequest::<Test>::put(1);
        requested();
        run_to(12);
        assert_eq!(open(), 0);
        assert_eq!(Due::<Test>::iter().count(), 0);
        assert!(Inference::execution_record(1).is_some());
    });
}

#[test]
fn can_be_called_by_anyone_and_it_is_free() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let anyone = AccountId::new([55; 32]);
        System::set_block_number(assignment.deadline);
        assert_err_ignore_postinfo!(
            Inference::expire(origin(&anyone), 0),
            Error::<Test>::DeadlineNotPassed
        );
        System::set_block_number(assignment.deadline + 1);
        let info = Inference::expire(origin(&anyone), 0).unwrap();
        assert_eq!(info.pays_fee, Pays::No);
        assert_eq!(free(&ALICE), ENDOWMENT);
        assert_err_ignore_postinfo!(
            Inference::expire(origin(&anyone), 0),
            Error::<Test>::RequestNotOpen
        );
        assert_err_ignore_postinfo!(
            Inference::expire(origin(&anyone), 1),
            Error::<Test>::UnknownRequest
        );
        run_to(assignment.deadline + 3);
        assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
    });
}
