use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::*;
use pallet_inference::OrderedId;

/// Weight for the cursor and this many endings of one block, with its last look.
fn weight_for(endings: u64) -> Weight {
    type Weights = crate::weights::SubstrateWeight<Test>;
    let step = Weights::on_poll_step();
    Weights::on_poll_base() + step + (step + Weights::conclude()) * endings
}

fn open() -> usize {
    Requests::<Test>::iter().count()
}

/// The deadline work of a block that has this much left.
fn poll(block: u64, weight: Weight) {
    System::set_block_number(block);
    Replication::on_poll(block, &mut WeightMeter::with_limit(weight));
}

#[test]
fn are_worked_off_in_as_many_blocks_as_the_weight_needs() {
    on_a_serving_chain(|| {
        for _ in 0..7 {
            asked(2, 2);
        }
        let due = 2 + WINDOW;
        run_to(due);
        assert_eq!(open(), 7);
        for (block, left) in [(due + 1, 4), (due + 2, 1), (due + 3, 0)] {
            poll(block, weight_for(3));
            assert_eq!(open(), left);
            check_everything();
        }
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn of_other_requests_go_on_beside_one_that_waits_for_a_dispute() {
    on_a_serving_chain(|| {
        let (disputed, replicas) = split((2, served().right()), (1, served().wrong(1)));
        run_to(2 + APPEAL);
        let link = served().link();
        assert_ok!(Replication::appeal_by_dispute(
            origin(&replicas[2]),
            disputed,
            link
        ));
        let other = drawn(3, 2);
        pass(1);
        all_say(other, &same(3, &served().right()));
        assert_eq!(record(other).ending, Ending::Settled);
        assert_eq!(open(), 1);
    });
}

#[test]
fn consume_nothing_that_is_not_there() {
    on_a_serving_chain(|| {
        asked(3, 2);
        System::set_block_number(2);
        let mut meter = WeightMeter::with_limit(Weight::zero());
        Replication::on_poll(2, &mut meter);
        assert_eq!(meter.consumed(), Weight::zero());
        assert!(stored(0).replicas.is_empty());
    });
}

#[test]
fn are_not_stopped_by_a_bad_entry() {
    on_a_serving_chain(|| {
        // Entries without a request, in front of one with.
        for due in [0, 1] {
            Due::<Test>::insert(due, OrderedId::from(0), ());
        }
        pallet_inference::NextRequest::<Test>::put(1);
        let id = drawn(3, 2);
        assert_eq!(replicas(id).len(), 3);
        assert_eq!(Due::<Test>::iter().count(), 1);
    });
}

#[test]
fn can_be_called_by_anyone_and_it_is_free() {
    on_a_serving_chain(|| {
        let advance = |id| Replication::advance(origin(&AccountId::new([55; 32])), id);
        let id = drawn(3, 2);
        let right = served().right();
        let [one, two, silent] = team(id);
        assert_ok!(commit(&one, id, &right));
        assert_ok!(commit(&two, id, &right));

        let until = 2 + WINDOW;
        System::set_block_number(until);
        assert_err_ignore_postinfo!(advance(id), Error::<Test>::NotDue);
        System::set_block_number(until + 1);
        assert_eq!(advance(id).unwrap().pays_fee, Pays::No);
        assert_err_ignore_postinfo!(advance(id), Error::<Test>::NotDue);
        assert_eq!(wealth(&silent), ENDOWMENT - LATE_SLASH);

        let until = until + 1 + REVEAL;
        assert_eq!(stored(id).stage, Stage::Revealing { until });
        assert_ok!(reveal(&one, id, &right));
        System::set_block_number(until + 1);
        assert_eq!(advance(id).unwrap().pays_fee, Pays::No);
        // One that has shown its result may prove it.
        let until = until + 1 + APPEAL;
        assert_eq!(stored(id).stage, Stage::Appealing { until });
        System::set_block_number(until + 1);
        assert_eq!(advance(id).unwrap().pays_fee, Pays::No);
        assert_eq!(record(id).ending, Ending::NoQuorum);
        assert_err_ignore_postinfo!(advance(id), Error::<Test>::UnknownRequest);
        // The chain comes to it later, and finds nothing to do.
        run_to(until + 3);
        assert_eq!(wealth(&two), ENDOWMENT - OUTVOTED_SLASH);
    });
}

#[test]
fn to_appeal_can_be_ended_by_anyone() {
    on_a_serving_chain(|| {
        let (id, replicas) = split((2, served().right()), (1, served().wrong(1)));
        System::set_block_number(3 + APPEAL);
        assert_ok!(Replication::advance(origin(&EVE), id));
        assert_eq!(record(id).agreed, replicas[..2]);
    });
}

#[test]
fn that_the_chain_reached_late_leave_everybody_the_whole_time_to_reveal() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let right = served().right();
        let [one, two, _] = team(id);
        assert_ok!(commit(&one, id, &right));
        assert_ok!(commit(&two, id, &right));
        // Blocks with nothing to spare.
        let late = 2 + WINDOW + 30;
        poll(late, Weight::MAX);
        let until = late + REVEAL;
        assert_eq!(stored(id).stage, Stage::Revealing { until });
        System::set_block_number(until);
        assert_ok!(reveal(&one, id, &right));
        assert_ok!(reveal(&two, id, &right));
        assert_eq!(record(id).ending, Ending::Settled);
    });
}
