use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use pallet_inference::OrderedId;

/// Weight for the cursor and this many settlements of one block, with its last look.
fn weight_for(settlements: u64) -> Weight {
    type Weights = crate::weights::SubstrateWeight<Test>;
    let step = Weights::on_poll_step();
    Weights::on_poll_base() + step + (step + Weights::settle_due()) * settlements
}

/// How many subscriptions have their first period settled.
fn settled() -> usize {
    Subscriptions::<Test>::iter_values()
        .filter(|open| open.index == 1)
        .count()
}

/// So many subscriptions whose first period is over with block 10, and a cursor that has come there.
fn flood(subscriptions: u32) {
    for _ in 0..subscriptions {
        subscribed();
    }
    jump_to(10);
    Prepaid::on_poll(10, &mut WeightMeter::new());
    assert_eq!(NextDue::<Test>::get(), 10);
    assert_eq!(settled(), 0);
}

#[test]
fn are_worked_off_in_as_many_blocks_as_the_weight_needs() {
    on_a_serving_chain(|| {
        flood(7);
        let bob = free(&BOB);
        for (block, sum) in [(11, 3), (12, 6), (13, 7)] {
            jump_to(block);
            let mut meter = WeightMeter::with_limit(weight_for(3));
            Prepaid::on_poll(block, &mut meter);
            assert_eq!(settled(), sum);
            check_everything();
        }
        assert_eq!(free(&BOB), bob + 7 * 4 * COMPUTE);
        // Being late cost nobody a block of the next period.
        run_to(20);
        assert_eq!(settled(), 7);
        run_to(21);
        assert_eq!(settled(), 0);
    });
}

#[test]
fn take_at_most_a_twentieth_of_a_block() {
    on_a_serving_chain(|| {
        let number = 200;
        flood(number);
        jump_to(11);
        let weights: frame_system::limits::BlockWeights =
            <Test as frame_system::Config>::BlockWeights::get();
        let block = weights.max_block;
        let mut meter = WeightMeter::with_limit(block);
        Prepaid::on_poll(11, &mut meter);
        assert!(meter.consumed().ref_time() <= block.ref_time() / 20);
        assert!(meter.consumed().ref_time() > block.ref_time() / 24);
        let all = usize::try_from(number).expect("small");
        assert!(settled() > 0 && settled() < all);
        run_to(19);
        assert_eq!(settled(), all);
    });
}

#[test]
fn consume_nothing_that_is_not_there() {
    on_a_serving_chain(|| {
        subscribed();
        jump_to(11);
        let mut meter = WeightMeter::with_limit(Weight::zero());
        Prepaid::on_poll(11, &mut meter);
        assert_eq!(meter.consumed(), Weight::zero());
        assert_eq!(settled(), 0);
    });
}

#[test]
fn are_not_stopped_by_a_bad_entry() {
    on_a_serving_chain(|| {
        // Entries without a subscription, and one at a block that is not its own.
        let id = subscribed();
        Due::<Test>::insert(3, OrderedId::from(90), ());
        Due::<Test>::insert(5, OrderedId::from(id), ());
        Due::<Test>::insert(10, OrderedId::from(91), ());
        run_to(9);
        assert_eq!(stored(id).index, 0);
        run_to(11);
        assert_eq!(stored(id).index, 1);
        assert_eq!(Due::<Test>::iter().count(), 1);
    });
}

#[test]
fn are_caught_up_in_one_step_however_far_behind() {
    on_a_serving_chain(|| {
        let id = subscribed();
        jump_to(29);
        Prepaid::on_poll(29, &mut WeightMeter::new());
        let paid = 8 * COMPUTE;
        assert_eq!(settlements(id), [(0, 2, paid, 2 * WHOLE - paid)]);
        assert_eq!(NextDue::<Test>::get(), 29);
    });
}
