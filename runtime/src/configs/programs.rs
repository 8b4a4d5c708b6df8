//! Programs on chain: what one call, one code and one block may take.

use crate::{Balances, ModelRegistry, Runtime, RuntimeHoldReason, MILLI_UNIT};
use frame_support::{
    traits::{ConstU128, ConstU32, ConstU64},
    weights::constants::WEIGHT_REF_TIME_PER_MILLIS,
};

/// Largest gas limit of a call, in picoseconds of reference time: what a block gives to
/// one normal extrinsic, and room for the call's own weight.
pub const MAX_GAS: u64 = 600 * WEIGHT_REF_TIME_PER_MILLIS;

/// Longest instrumented code, in bytes: compiling it leaves a call a third of its largest
/// gas limit to run with.
pub const MAX_PREPARED_LEN: u32 = {
    let schedule = lattice_host::CallSchedule::V1;
    ((MAX_GAS / 3 * 2 - schedule.compile_base) / schedule.compile_byte) as u32
};

impl pallet_ai_programs::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type WeightInfo = pallet_ai_programs::weights::SubstrateWeight<Runtime>;
    type MaxGas = ConstU64<MAX_GAS>;
    type MaxCodeLen = ConstU32<{ 128 * 1024 }>;
    type MaxPreparedLen = ConstU32<MAX_PREPARED_LEN>;
    type MaxCompiledBytes = ConstU32<{ MAX_PREPARED_LEN / 2 * 3 }>;
    type MaxBytecodeLen = ConstU32<{ 256 * 1024 }>;
    type MaxInputLen = ConstU32<{ 64 * 1024 }>;
    type MaxRecords = ConstU32<32>;
    type DepositPerItem = ConstU128<{ 50 * MILLI_UNIT }>;
    type DepositPerByte = ConstU128<MILLI_UNIT>;
}
