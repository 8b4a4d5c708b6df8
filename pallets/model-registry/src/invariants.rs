//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use frame::prelude::*;
use frame::traits::fungible::InspectHold;

impl<T: Config> Pallet<T> {
    /// Deposits on hold are what the registrations say, indices have no gap, and the
    /// indexes by name, key and δ agree with the registrations, as do the chunks.
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
        let mut trapdoors = BTreeMap::new();
        for (index, key) in Keys::<T>::iter() {
            let model = Models::<T>::get(index).ok_or("key without registration")?;
            ensure!(
                VerifyingKeys::<T>::contains_key(key.vk_id),
                "key without its prepared form"
            );
            keys.insert(key.vk_id);
            let content = Self::key_content(&model.model_hash, &key.verifying_key);
            if contents.insert(content) {
                trapdoors.extend(lattice_host::validate_key(&key.verifying_key).map_or_else(
                    |_| Vec::new(),
                    |report| {
                        report
                            .trapdoors
                            .into_iter()
                            .map(|name| (name, content))
                            .collect()
                    },
                ));
            }
        }
        ensure!(
            VerifyingKeys::<T>::iter_keys().collect::<BTreeSet<_>>() == keys,
            "prepared keys and keys differ"
        );
        ensure!(
            Trapdoors::<T>::iter().collect::<BTreeMap<_, _>>() == trapdoors,
            "trapdoors and keys differ"
        );
        Self::check_stores()
    }

    /// Every model's chunks are those that its store names, deposits for them are on
    /// hold, and what is final is complete.
    fn check_stores() -> DispatchResult {
        let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
        for owner in Models::<T>::iter_values().map(|registration| registration.owner) {
            deposits.insert(owner, Zero::zero());
        }
        let mut chunks: usize = 0;
        for (index, stored) in Stores::<T>::iter() {
            let registration = Models::<T>::get(index).ok_or("store without registration")?;
            ensure!(
                stored.byte_size <= T::MaxModelBytes::get(),
                "a store beyond the bound"
            );
            ensure!(
                stored.state_hash.is_some()
                    || u64::from(stored.byte_size) == registration.byte_size,
                "a store of other bytes than the tensors'"
            );
            ensure!(
                stored.state_hash.is_none() || (stored.finalized && registration.parent.is_some()),
                "a trained state without lineage or not final"
            );
            ensure!(
                !stored.finalized || stored.missing().next().is_none(),
                "final without all chunks"
            );
            for chunk in &stored.present {
                let length = Chunks::<T>::decode_len(index, chunk).ok_or("a chunk is lost")?;
                ensure!(
                    stored.chunk_len(*chunk) == u32::try_from(length).ok(),
                    "a chunk has a wrong length"
                );
            }
            chunks = chunks.saturating_add(stored.present.len());
            let sum = deposits
                .entry(registration.owner)
                .or_insert_with(Zero::zero);
            *sum = sum
                .checked_add(&stored.deposit)
                .ok_or("sum of deposits overflows")?;
        }
        ensure!(
            Chunks::<T>::iter_keys().count() == chunks,
            "a chunk that no store names"
        );
        for (owner, deposit) in deposits {
            let held = T::Currency::balance_on_hold(&HoldReason::ChunkDeposit.into(), &owner);
            ensure!(held == deposit, "deposits on hold differ from the stores'");
        }
        Ok(())
    }
}
