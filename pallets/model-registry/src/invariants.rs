//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
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

        let mut keys = BTreeSet::new();
        let mut contents = BTreeSet::new();
        for (index, key) in Keys::<T>::iter() {
            let model = Models::<T>::get(index).ok_or("key without registration")?;
            ensure!(
                VerifyingKeys::<T>::contains_key(key.vk_id),
                "key without its prepared form"
            );
            keys.insert(key.vk_id);
            contents.insert(Self::key_content(&model.model_hash, &key.verifying_key));
        }
        ensure!(
            VerifyingKeys::<T>::iter_keys().collect::<BTreeSet<_>>() == keys,
            "prepared keys and keys differ"
        );
        ensure!(
            Deltas::<T>::iter_keys().count() == contents.len()
                && Deltas::<T>::iter_values().collect::<BTreeSet<_>>() == contents,
            "δ and keys differ"
        );
        Ok(())
    }
}
