//! Time and weight of a block.

use frame_support::{
    dispatch::DispatchClass,
    traits::Get,
    weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, RuntimeDbWeight},
};
use lattice_isa::{GasSchedule, Opcode, Work};
use lattice_runtime::{
    configs::system::{RuntimeBlockLength, RuntimeBlockWeights},
    Runtime, MILLISECS_PER_BLOCK, MINUTES,
};

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
