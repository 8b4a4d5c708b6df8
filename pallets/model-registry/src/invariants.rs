//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::BTreeMap;
use frame::prelude::*;
use frame::traits::fungible::InspectHold;

impl<T: Config> Pallet<T> {
    /// Deposits on hold are what the registrations say, indices have no gap, and the
    /// indexes by name, key and δ agree with the registrations.
    pub fn check_invariants() -> DispatchResult {
        let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
        let mut count: u32 = 0;
        for (index, registration) in Models::<T>::iter() {
            ensure!(index < NextIndex::<T>::get(), "index not below NextIndex");
            ensure!(
                Names::<T>::get(registration.name_key()) == Some(index),
                "registration is not under its name"
            );
            ensure!(
                Manifests::<T>::contains_key(index),
                "registration without manifest"
            );
            let sum = deposits
                .entry(registration.owner)
                .or_insert_with(Zero::zero);
            *sum = sum
                .checked_add(&registration.deposit)
                .ok_or("sum of deposits overflows")?;
            count = count.saturating_add(1);
        }
        ensure!(count == NextIndex::<T>::get(), "registrations have a gap");
        ensure!(
            Names::<T>::iter_keys().count() == Models::<T>::iter_keys().count(),
            "a name without registration"
        );
        for (owner, deposit) in deposits {
            let held = T::Currency::balance_on_hold(&HoldReason::ModelDeposit.into(), &owner);
            ensure!(
                held == deposit,
                "deposits on hold differ from the registrations'"
            );
        }

        let mut keys: usize = 0;
        for (index, key) in Keys::<T>::iter() {
            ensure!(Models::<T>::contains_key(index), "key without registration");
            ensure!(
                VerifyingKeys::<T>::contains_key(key.vk_id),
                "key without its prepared form"
            );
            keys = keys.saturating_add(1);
        }
        ensure!(
            VerifyingKeys::<T>::iter_keys().count() == keys,
            "prepared keys and keys differ in number"
        );
        ensure!(
            Deltas::<T>::iter_keys().count() == keys,
            "δ and keys differ in number"
        );
        Ok(())
    }
}
