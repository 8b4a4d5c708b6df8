//! Time and weight of a block, and what failures may cost.

use frame_support::{
    dispatch::DispatchClass,
    traits::{Get, Hooks},
    weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, RuntimeDbWeight, Weight, WeightMeter},
};
use lattice_deadlines::{longest_step_fits, share_of, Deadlines};
use lattice_isa::{GasSchedule, Opcode, Work};
use lattice_runtime::{
    configs::system::{RuntimeBlockLength, RuntimeBlockWeights},
    Balance, BlockNumber, ComputeProviders, Disputes, Inference, Optimistic, PrivateRequests,
    Replication, Runtime, Subscriptions, MILLISECS_PER_BLOCK, MINUTES,
};
use sp_io::TestExternalities;
use sp_runtime::{Perbill, Permill};

const SECOND: u64 = 1_000 * WEIGHT_REF_TIME_PER_MILLIS;

#[test]
fn a_slot_lasts_three_seconds() {
    assert_eq!(MILLISECS_PER_BLOCK, 3_000);
    assert_eq!(pallet_aura::Pallet::<Runtime>::slot_duration(), 3_000);
    assert_eq!(MINUTES, 20);
}

#[test]
fn two_blocks_are_at_least_half_a_slot_apart() {
    assert_eq!(
        <<Runtime as pallet_timestamp::Config>::MinimumPeriod as Get<u64>>::get(),
        1_500
    );
}

#[test]
fn a_block_computes_for_one_second() {
    assert_eq!(RuntimeBlockWeights::get().max_block.ref_time(), SECOND);
}

#[test]
fn normal_extrinsics_fill_three_quarters_of_a_block() {
    let weights = RuntimeBlockWeights::get();
    let normal = weights
        .get(DispatchClass::Normal)
        .max_total
        .expect("normal extrinsics are limited");
    assert_eq!(normal.ref_time(), SECOND / 4 * 3);

    let length = RuntimeBlockLength::get();
    assert_eq!(*length.max.get(DispatchClass::Operational), 5 * 1024 * 1024);
    assert_eq!(
        *length.max.get(DispatchClass::Normal),
        5 * 1024 * 1024 / 4 * 3
    );
}

#[test]
fn the_database_costs_what_paritydb_costs() {
    let weight = <<Runtime as frame_system::Config>::DbWeight as Get<RuntimeDbWeight>>::get();
    let parity = frame_support::weights::constants::ParityDbWeight::get();
    assert_eq!((weight.read, weight.write), (parity.read, parity.write));
    assert!(weight.read > 0);
}

/// The public inputs of a settlement: context, input and output commitment.
const INPUTS: u64 = 3;

#[test]
fn the_settlement_program_has_exactly_the_gas_that_its_dearest_proof_uses() {
    let schedule = GasSchedule::V1;
    let program = schedule.base(Opcode::VerifyProof)
        + schedule.work(Work::VerifyProof {
            inputs: INPUTS,
            commitment: true,
        })
        + schedule.base(Opcode::CommitResult);
    assert_eq!(
        <<Runtime as pallet_inference::Config>::SettlementGas as Get<u64>>::get(),
        program
    );
    assert_eq!(u64::try_from(lattice_host::PUBLIC_INPUTS), Ok(INPUTS));
}

#[test]
fn lateness_and_a_lost_vote_cost_something_and_far_less_than_a_lie() {
    // A lie costs all of the collateral. Who is late may have had no choice, and a majority can collude.
    let late: Permill = <Runtime as pallet_inference::Config>::LateSlash::get();
    let outvoted: Permill = <Runtime as pallet_replication::Config>::OutvotedSlash::get();
    assert!(late > Permill::zero() && late <= Permill::from_percent(5));
    assert!(outvoted > Permill::zero() && outvoted <= Permill::from_percent(20));
}

#[test]
fn nobody_wins_by_convicting_itself() {
    let shares: [Permill; 2] = [
        <Runtime as pallet_optimistic::Config>::RewardShare::get(),
        <Runtime as pallet_replication::Config>::RewardShare::get(),
    ];
    for share in shares {
        // Else nobody would look for failures.
        assert!(share > Permill::zero());
        assert!(share < Permill::one());
    }
}

#[test]
fn nothing_that_others_answer_for_is_free() {
    let least: [Balance; 3] = [
        <Runtime as pallet_inference::Config>::MinFee::get(),
        <Runtime as pallet_inference::Config>::MinCollateral::get(),
        <Runtime as pallet_optimistic::Config>::MinBond::get(),
    ];
    assert!(least.iter().all(|least| *least > 0), "{least:?}");
}

#[test]
fn a_turn_of_a_dispute_leaves_ten_minutes_for_a_restart() {
    let turn: BlockNumber = <Runtime as pallet_disputes::Config>::TurnBlocks::get();
    assert!(turn >= 10 * MINUTES, "{turn}");
}

#[test]
fn each_side_of_a_private_request_has_minutes_to_answer_the_other() {
    let windows: [BlockNumber; 3] = [
        <Runtime as pallet_private_requests::Config>::AcknowledgeWindow::get(),
        <Runtime as pallet_private_requests::Config>::OpeningWindow::get(),
        <Runtime as pallet_private_requests::Config>::PostingWindow::get(),
    ];
    assert!(
        windows.iter().all(|window| *window >= 5 * MINUTES),
        "{windows:?}"
    );
}

#[test]
fn a_reservation_costs_something_and_far_less_than_the_work() {
    let fee: Permill = <Runtime as pallet_private_requests::Config>::ReservationFee::get();
    assert!(fee > Permill::zero() && fee <= Permill::from_percent(25));
}

/// What a pallet's deadline work may take of a block.
fn share<D: Deadlines<Runtime = Runtime>>() -> Weight {
    assert!(longest_step_fits::<D>());
    share_of::<Runtime>(D::SHARE)
}

/// What slashes take of a block when there is no end to those that are due.
fn slashes() -> Weight {
    TestExternalities::default().execute_with(|| {
        // All of them were vetoed, which costs as much to find out as to apply them.
        pallet_compute_providers::NextSlash::<Runtime>::put(u64::MAX);
        let mut meter = WeightMeter::new();
        <ComputeProviders as Hooks<BlockNumber>>::on_poll(1, &mut meter);
        meter.consumed()
    })
}

#[test]
fn what_comes_due_takes_less_than_half_of_a_block() {
    let slashes = slashes();
    // Of their five parts in a hundred the last slash that did not fit may be left.
    assert!(slashes.all_lte(share_of::<Runtime>(Perbill::from_percent(5))));
    assert!(slashes.ref_time() > share_of::<Runtime>(Perbill::from_percent(4)).ref_time());
    let all = [
        share::<Inference>(),
        share::<Disputes>(),
        share::<Optimistic>(),
        share::<Replication>(),
        share::<Subscriptions>(),
        share::<PrivateRequests>(),
        slashes,
    ];
    let time: u64 = all.iter().map(Weight::ref_time).sum();
    assert!(time < SECOND / 2, "{time}");
}
