//! What accounts have to have on hold, as invariants compare it with what they have.

use alloc::collections::BTreeMap;
use frame::prelude::*;
use frame::traits::fungible::InspectHold;

/// What accounts have to have on hold for one reason, by what a pallet has on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holds<AccountId, Balance>(BTreeMap<AccountId, Balance>);

impl<AccountId, Balance> Default for Holds<AccountId, Balance> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<AccountId: Ord + Clone, Balance: CheckedAdd + Zero + PartialEq> Holds<AccountId, Balance> {
    /// Something on record is worth so much more of this account's money, in planck. Fails where the
    /// sum overflows.
    pub fn add(&mut self, who: &AccountId, amount: &Balance) -> DispatchResult {
        let sum = self.0.entry(who.clone()).or_insert_with(Zero::zero);
        *sum = sum.checked_add(amount).ok_or("a sum of holds overflows")?;
        Ok(())
    }

    /// Whether each of these accounts has its sum on hold for a reason, and no more; else it fails
    /// with `otherwise`.
    pub fn check<Currency>(
        self,
        reason: Currency::Reason,
        otherwise: &'static str,
    ) -> DispatchResult
    where
        Currency: InspectHold<AccountId, Balance = Balance>,
    {
        for (who, sum) in self.0 {
            ensure!(Currency::balance_on_hold(&reason, &who) == sum, otherwise);
        }
        Ok(())
    }
}
