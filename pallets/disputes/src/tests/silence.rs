use super::fixture::Case;
use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::*;
use pallet_inference::OrderedId;

type Weights = crate::weights::SubstrateWeight<Test>;

/// Weight for the cursor and this many disputes of one block, with its last look.
fn weight_for(disputes: u64) -> Weight {
    let each = Weights::on_poll_step() + Weights::expire() + Remembers::weight();
    Weights::on_poll_base() + Weights::on_poll_step() + each * disputes
}

fn open_disputes() -> usize {
    Disputes::<Test>::iter_keys().count()
}

fn expire(dispute: DisputeId) -> DispatchResultWithPostInfo {
    PalletDisputes::expire(origin(&CAROL), dispute)
}

#[test]
fn of_the_defender_refutes_the_result() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let dispute = opened(&case, &case.honest);
        run_to(1 + TURN);
        assert!(is_open(dispute));
        run_to(2 + TURN);
        assert!(!is_open(dispute));
        let verdict = Verdict::Refuted(Cause::Silence);
        assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
    });
}

#[test]
fn of_the_challenger_upholds_the_result() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        // Even if it is false.
        let posted = case.off_by_one(0, 0, true);
        let dispute = opened(&case, &posted);
        assert_ok!(answer(&case, &posted, dispute));
        run_to(2 + TURN);
        let verdict = Verdict::Upheld(Cause::Silence);
        assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
    });
}

#[test]
fn at_the_bottom_refutes_the_result() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        let posted = case.off_by_one(0, 1, false);
        let dispute = opened(&case, &posted);
        assert_ok!(answer(&case, &posted, dispute));
        assert_ok!(PalletDisputes::choose(origin(&ALICE), dispute, 1));
        assert!(matches!(stored(dispute).turn, Turn::Defend { .. }));
        run_to(2 + TURN);
        let verdict = Verdict::Refuted(Cause::Silence);
        assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
    });
}

#[test]
fn is_counted_from_the_last_move_on() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let dispute = opened(&case, &case.honest);
        run_to(TURN);
        assert_ok!(answer(&case, &case.honest, dispute));
        run_to(2 * TURN);
        assert!(is_open(dispute));
        assert_ok!(PalletDisputes::choose(origin(&ALICE), dispute, 0));
        run_to(3 * TURN);
        assert!(is_open(dispute));
        run_to(3 * TURN + 1);
        assert!(!is_open(dispute));
        assert_eq!(Due::<Test>::iter_keys().count(), 0);
    });
}

#[test]
fn can_be_noted_by_anyone_and_it_is_free() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        let dispute = opened(&case, &case.honest);
        System::set_block_number(1 + TURN);
        assert_err_ignore_postinfo!(expire(dispute), Error::<Test>::TurnNotPassed);
        System::set_block_number(2 + TURN);
        let info = expire(dispute).expect("its turn has passed");
        assert_eq!(info.pays_fee, Pays::No);
        let verdict = Verdict::Refuted(Cause::Silence);
        assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
        assert_err_ignore_postinfo!(expire(dispute), Error::<Test>::UnknownDispute);
        pass(3);
        assert!(told().is_empty());
    });
}

#[test]
fn in_many_disputes_is_noted_in_as_many_blocks_as_the_weight_needs() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        for _ in 0..7 {
            opened(&case, &case.honest);
        }
        System::set_block_number(1 + TURN);
        PalletDisputes::on_poll(1 + TURN, &mut WeightMeter::new());
        assert_eq!(open_disputes(), 7);
        for (block, left) in [(2 + TURN, 4), (3 + TURN, 1), (4 + TURN, 0)] {
            System::set_block_number(block);
            let mut meter = WeightMeter::with_limit(weight_for(3));
            PalletDisputes::on_poll(block, &mut meter);
            assert_eq!(open_disputes(), left);
            assert_ok!(PalletDisputes::check_invariants());
        }
        let order: Vec<DisputeId> = told().into_iter().map(|(dispute, ..)| dispute).collect();
        assert_eq!(order, (0..7).collect::<Vec<_>>());
    });
}

#[test]
fn takes_at_most_a_tenth_of_a_block() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        for _ in 0..300 {
            opened(&case, &case.honest);
        }
        System::set_block_number(3 + TURN);
        let weights: frame_system::limits::BlockWeights =
            <Test as frame_system::Config>::BlockWeights::get();
        let block = weights.max_block;
        let mut meter = WeightMeter::with_limit(block);
        PalletDisputes::on_poll(3 + TURN, &mut meter);
        assert!(meter.consumed().ref_time() <= block.ref_time() / 10);
        assert!(meter.consumed().ref_time() > block.ref_time() / 12);
        assert!(open_disputes() > 0 && open_disputes() < 300);
        pass(3);
        assert_eq!(open_disputes(), 0);
    });
}

#[test]
fn consumes_nothing_that_is_not_there() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        opened(&case, &case.honest);
        System::set_block_number(3 + TURN);
        let mut meter = WeightMeter::with_limit(Weight::zero());
        PalletDisputes::on_poll(3 + TURN, &mut meter);
        assert_eq!(meter.consumed(), Weight::zero());
        assert_eq!(open_disputes(), 1);
    });
}

#[test]
fn is_not_hidden_by_a_bad_entry() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        let dispute = opened(&case, &case.honest);
        // One without a dispute, and one of a dispute that is not due.
        Due::<Test>::insert(3, OrderedId::from(99), ());
        Due::<Test>::insert(4, OrderedId::from(dispute), ());
        run_to(1 + TURN);
        assert!(is_open(dispute));
        assert_eq!(Due::<Test>::iter_keys().count(), 1);
        run_to(2 + TURN);
        assert!(!is_open(dispute));
    });
}

#[test]
fn in_several_disputes_of_one_request_is_not_noted_where_the_consumer_closes_them() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        let disputes: Vec<DisputeId> = (0..4).map(|_| opened(&case, &case.honest)).collect();
        // The first verdict makes the others pointless.
        will_close(disputes[1..3].to_vec());
        run_to(2 + TURN);
        let verdict = Verdict::Refuted(Cause::Silence);
        assert_eq!(
            told(),
            [
                (disputes[0], REQUEST, ALICE, verdict),
                (disputes[3], REQUEST, ALICE, verdict)
            ]
        );
        assert_eq!(open_disputes(), 0);
        assert_eq!(Due::<Test>::iter_keys().count(), 0);
    });
}
