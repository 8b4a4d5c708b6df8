//! What a provider's stake has to be, by the chain's own figures and where no node is asked.

use crate::constants::{COLLATERAL_PER_PRICE, MIN_COLLATERAL, MIN_STAKE, STAKE_PER_SLOT};
use crate::Balance;

/// The stake that a capacity demands, in planck: `max(STAKE_PER_SLOT · capacity, MIN_STAKE)`. With less
/// nobody is registered, and a provider whose stake falls below it is given no work.
pub fn demanded(capacity: u32) -> Balance {
    STAKE_PER_SLOT
        .saturating_mul(capacity.into())
        .max(MIN_STAKE)
}

/// What an assignment locks of the stake of a provider that asks this price, in planck:
/// `MIN_COLLATERAL + COLLATERAL_PER_PRICE · price`.
pub fn collateral(price: Balance) -> Balance {
    Balance::from(COLLATERAL_PER_PRICE)
        .saturating_mul(price)
        .saturating_add(MIN_COLLATERAL)
}

/// A stake that lasts, in planck: `demanded(capacity) + capacity · collateral(price)`. Were every slot's
/// assignment to cost its collateral, there would still be what the capacity demands, while with just
/// that the first fine ends the work.
pub fn advised(capacity: u32, price: Balance) -> Balance {
    collateral(price)
        .saturating_mul(capacity.into())
        .saturating_add(demanded(capacity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UNIT;

    #[test]
    fn a_small_capacity_demands_the_least_stake_and_a_large_one_so_much_for_each_slot() {
        assert_eq!(demanded(0), 100 * UNIT);
        assert_eq!(demanded(4), 100 * UNIT);
        assert_eq!(demanded(5), 125 * UNIT);
    }

    #[test]
    fn advised_is_one_collateral_for_each_slot_above_what_is_demanded() {
        assert_eq!(advised(4, 0), 140 * UNIT);
        assert_eq!(advised(16, UNIT / 2), (400 + 16 * 15) * UNIT);
    }

    #[test]
    fn absurd_prices_demand_all_that_there_can_be() {
        assert_eq!(advised(u32::MAX, Balance::MAX), Balance::MAX);
    }
}
