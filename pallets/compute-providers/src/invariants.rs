//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame::prelude::*;
use frame::traits::fungible::InspectHold;

impl<T: Config> Pallet<T> {
    /// Stake on hold is stake plus unbonding, nothing more is locked and waits to be slashed
    /// than staked, what waits are slashes, and offers and rankings are the same set.
    pub fn check_invariants() -> DispatchResult {
        let mut stakes = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
        let mut pending = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
        for (who, provider) in Providers::<T>::iter() {
            ensure!(
                provider
                    .locked
                    .checked_add(&provider.pending)
                    .is_some_and(|bound| bound <= provider.stake),
                "more stake is locked and waits to be slashed than there is"
            );
            pending.insert(who.clone(), provider.pending);
            ensure!(
                provider.running != 0 || provider.locked.is_zero(),
                "stake is locked without an assignment"
            );
            let by_model = provider.running_by_model.values();
            ensure!(
                by_model.fold(0u32, |sum, running| sum.saturating_add(*running))
                    == provider.running,
                "running assignments by model and in sum differ"
            );
            ensure!(
                !Retired::<T>::contains_key(&who),
                "a provider with a reputation beside its own"
            );
            stakes.insert(who, provider.stake);
        }
        for (id, slash) in PendingSlashes::<T>::iter() {
            ensure!(
                (FirstSlash::<T>::get()..NextSlash::<T>::get()).contains(&id),
                "a slash that never comes due"
            );
            let left = pending
                .get_mut(&slash.provider)
                .ok_or("a slash of nobody")?;
            *left = left
                .checked_sub(&slash.fine.amount)
                .ok_or("slashes wait for more than their provider says")?;
        }
        ensure!(
            pending.values().all(Zero::is_zero),
            "a provider's slashes do not wait"
        );
        for (who, unbonding) in Unbondings::<T>::iter() {
            ensure!(!unbonding.is_empty(), "an empty list of unbonding amounts");
            ensure!(
                unbonding
                    .iter()
                    .zip(unbonding.iter().skip(1))
                    .all(|(earlier, later)| earlier.available_at < later.available_at),
                "unbonding amounts are not in order"
            );
            let sum = stakes.entry(who).or_insert_with(Zero::zero);
            for chunk in unbonding {
                *sum = sum
                    .checked_add(&chunk.amount)
                    .ok_or("sum of stakes overflows")?;
            }
        }
        for (who, stake) in stakes {
            let held = T::Currency::balance_on_hold(&HoldReason::Stake.into(), &who);
            ensure!(held == stake, "stake on hold differs from the provider's");
        }
        Self::check_offers()
    }

    fn check_offers() -> DispatchResult {
        let mut offered = BTreeSet::new();
        for (who, offers) in Offers::<T>::iter() {
            ensure!(
                Providers::<T>::contains_key(&who),
                "an offer without provider"
            );
            ensure!(!offers.is_empty(), "an empty list of offers");
            for (model, offer) in offers {
                ensure!(
                    offered.insert((model, who.clone())),
                    "two offers for one model"
                );
                ensure!(
                    Ranking::<T>::get(model)
                        .iter()
                        .any(|ranked| ranked.provider == who && ranked.offer == offer),
                    "an offer that is not ranked"
                );
            }
        }
        let mut ranked: usize = 0;
        for (_, ranking) in Ranking::<T>::iter() {
            ensure!(!ranking.is_empty(), "an empty ranking");
            ensure!(
                ranking
                    .iter()
                    .all(|ranked| ranked.asked >= ranked.offer.price),
                "an offer that is ranked for less than it asks"
            );
            ensure!(
                ranking
                    .iter()
                    .zip(ranking.iter().skip(1))
                    .all(|(cheap, dear)| cheap.asked <= dear.asked),
                "a ranking that is not sorted by price"
            );
            ranked = ranked.saturating_add(ranking.len());
        }
        ensure!(
            ranked == offered.len(),
            "rankings and offers differ in number"
        );
        Ok(())
    }
}
