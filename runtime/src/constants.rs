//! Time, money, and what a block may cost.

use crate::types::{Balance, BlockNumber};
use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight};
use sp_runtime::Perbill;

/// Length of a slot, and therefore the time between two blocks, in milliseconds.
///
/// Aura's slot duration and the timestamp's minimum period follow from it; it
/// is one constant of the Wasm, the same in every preset.
pub const MILLISECS_PER_BLOCK: u64 = 3_000;

/// Blocks in one minute.
pub const MINUTES: BlockNumber = 60_000 / (MILLISECS_PER_BLOCK as BlockNumber);
/// Blocks in one hour.
pub const HOURS: BlockNumber = MINUTES * 60;
/// Blocks in one day.
pub const DAYS: BlockNumber = HOURS * 24;

/// One LAT, in planck.
pub const UNIT: Balance = 1_000_000_000_000;
/// One thousandth of a LAT, in planck.
pub const MILLI_UNIT: Balance = UNIT / 1_000;
/// One millionth of a LAT, in planck.
pub const MICRO_UNIT: Balance = UNIT / 1_000_000;

/// The smallest balance with which an account exists, in planck.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_UNIT;

/// Symbol of the token, as chain specifications give it to wallets.
pub const TOKEN_SYMBOL: &str = "LAT";
/// Decimals of the token: [`UNIT`] is 10 to this power.
pub const TOKEN_DECIMALS: u8 = 12;
/// Prefix of addresses: the generic Substrate one.
pub const SS58_PREFIX: u8 = 42;

/// Share of a block's weight and length that normal extrinsics may fill; the
/// rest is kept for operational ones.
pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);

/// Weight of a full block: one second of computation of a three second slot.
///
/// The proof size is unlimited, since no relay chain checks this chain's blocks.
pub const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND, u64::MAX);

/// Length of a full block, in bytes.
pub const MAXIMUM_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;

/// Fee for each byte of an extrinsic, in planck. Weight costs one planck per
/// picosecond of reference time, so a byte costs as much as ten microseconds.
pub const FEE_PER_BYTE: Balance = 10 * MICRO_UNIT;
