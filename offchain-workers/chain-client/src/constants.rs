//! Constants of the runtime with which clients reckon where no node is asked.
//!
//! A test compares them with `metadata.scale`, and a test of the runtime that file with the runtime.

use crate::{Balance, UNIT};

/// Time between two blocks, in milliseconds.
pub const MILLISECS_PER_BLOCK: u64 = 3_000;
/// The least stake of a provider, in planck.
pub const MIN_STAKE: Balance = 100 * UNIT;
/// The stake that each slot of a capacity demands, in planck.
pub const STAKE_PER_SLOT: Balance = 25 * UNIT;
/// Collateral of an assignment, whatever its price, in planck.
pub const MIN_COLLATERAL: Balance = 10 * UNIT;
/// Multiple of the provider's price that is added to it.
pub const COLLATERAL_PER_PRICE: u32 = 10;
/// Assignments that a new account is given at most at a time.
pub const NEWCOMER_SLOTS: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::metadata;
    use codec::DecodeAll;

    /// Compares a constant with the chain's.
    fn check<T: DecodeAll + PartialEq + std::fmt::Debug>(pallet: &str, name: &str, here: T) {
        let metadata = metadata();
        let constant = metadata
            .pallet_by_name(pallet)
            .and_then(|pallet| pallet.constant_by_name(name))
            .unwrap_or_else(|| panic!("no constant {pallet}.{name}"));
        let there = T::decode_all(&mut constant.value()).expect("a number of this size");
        assert_eq!(here, there, "{pallet}.{name}");
    }

    #[test]
    fn are_those_of_the_chain() {
        check("Aura", "SlotDuration", MILLISECS_PER_BLOCK);
        check("ComputeProviders", "MinStake", MIN_STAKE);
        check("ComputeProviders", "StakePerSlot", STAKE_PER_SLOT);
        check("ComputeProviders", "NewcomerSlots", NEWCOMER_SLOTS);
        check("Inference", "MinCollateral", MIN_COLLATERAL);
        check("Inference", "CollateralPerPrice", COLLATERAL_PER_PRICE);
    }
}
