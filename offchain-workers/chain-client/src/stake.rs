//! What a provider's stake has to be, by the chain's own figures and where no node is asked.

use crate::constants::{COLLATERAL_PER_PRICE, MIN_COLLATERAL, MIN_STAKE, STAKE_PER_SLOT};
use crate::{Balance, Offer};

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

/// What an assignment by this offer locks at most, in planck: the collateral of the dearest of its tiers,
/// and of an optimistic one at least the bond. What the offer adds for gas is not in it.
pub fn collateral_of(offer: &Offer) -> Balance {
    let (optimistic, bond) = offer
        .optimistic
        .map_or((0, 0), |terms| (terms.price, terms.max_bond));
    let dearest = offer
        .price
        .max(offer.replicated.unwrap_or(0))
        .max(optimistic);
    collateral(dearest).max(bond)
}

/// A stake that lasts, in planck: `demanded(capacity) + capacity · collateral`. Were every slot's
/// assignment to cost its collateral, there would still be what the capacity demands, while with just
/// that the first fine ends the work.
pub fn advised(capacity: u32, collateral: Balance) -> Balance {
    collateral
        .saturating_mul(capacity.into())
        .saturating_add(demanded(capacity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OptimisticOffer, UNIT};

    #[test]
    fn a_small_capacity_demands_the_least_stake_and_a_large_one_so_much_for_each_slot() {
        assert_eq!(demanded(0), 100 * UNIT);
        assert_eq!(demanded(4), 100 * UNIT);
        assert_eq!(demanded(5), 125 * UNIT);
    }

    #[test]
    fn advised_is_one_collateral_for_each_slot_above_what_is_demanded() {
        assert_eq!(advised(4, collateral(0)), 140 * UNIT);
        assert_eq!(advised(16, collateral(UNIT / 2)), (400 + 16 * 15) * UNIT);
    }

    #[test]
    fn absurd_prices_demand_all_that_there_can_be() {
        assert_eq!(advised(1, collateral(Balance::MAX)), Balance::MAX);
        assert_eq!(advised(u32::MAX, Balance::MAX), Balance::MAX);
    }

    #[test]
    fn an_offer_locks_what_its_dearest_tier_does_and_at_least_the_bond() {
        let proven = Offer::per_inference(2 * UNIT, 3);
        assert_eq!(collateral_of(&proven), 30 * UNIT);
        let replicated = Offer {
            replicated: Some(3 * UNIT),
            ..proven
        };
        assert_eq!(collateral_of(&replicated), 40 * UNIT);
        let optimistic = |price, max_bond| Offer {
            optimistic: Some(OptimisticOffer {
                price: price * UNIT,
                max_window: 100,
                max_bond: max_bond * UNIT,
            }),
            ..proven
        };
        assert_eq!(collateral_of(&optimistic(4, 20)), 50 * UNIT);
        assert_eq!(collateral_of(&optimistic(1, 100)), 100 * UNIT);
    }
}
