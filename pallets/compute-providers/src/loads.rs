//! What providers have to have running and locked, as the invariants of the pallets that assign work
//! compare it with what they have.

use alloc::collections::BTreeMap;
use frame::prelude::*;

/// What providers have to have running and locked, by what a pallet has on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loads<AccountId, Balance>(BTreeMap<AccountId, (u32, Balance)>);

impl<AccountId, Balance> Default for Loads<AccountId, Balance> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<AccountId: Ord + Clone, Balance: CheckedAdd + Zero + PartialOrd> Loads<AccountId, Balance> {
    /// An assignment of a provider is on record, with this collateral in planck. Fails where the sum
    /// overflows.
    pub fn add(&mut self, who: &AccountId, collateral: &Balance) -> DispatchResult {
        let (running, locked) = self
            .0
            .entry(who.clone())
            .or_insert_with(|| (0, Zero::zero()));
        *running = running.saturating_add(1);
        *locked = locked
            .checked_add(collateral)
            .ok_or("a sum of collateral overflows")?;
        Ok(())
    }

    /// Whether each of these providers has at least as much running and locked, by
    /// [`Market::load`](crate::Market::load). Other pallets' assignments come on top.
    pub fn check(self, load: impl Fn(&AccountId) -> Option<(u32, Balance)>) -> DispatchResult {
        for (who, (running, locked)) in self.0 {
            ensure!(
                load(&who).is_some_and(|(all, sum)| all >= running && sum >= locked),
                "a provider's load is less than its assignments"
            );
        }
        Ok(())
    }
}
