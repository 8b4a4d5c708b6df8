//! Registrations: made, priced, closed, given away.

use crate::*;
use frame::prelude::*;
use lattice_host::{Gas, GasSchedule, ModelSummary};
use lattice_primitives::{Interface, ModelIndex, ModelState, Pricing, Requirements};

impl<T: Config> Pallet<T> {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn do_register(
        owner: T::AccountId,
        name: BoundedVec<u8, T::MaxNameLen>,
        version: u32,
        manifest: BoundedVec<u8, T::MaxManifestLen>,
        requirements: Requirements,
        pricing: Pricing<BalanceOf<T>>,
        parent: Option<ModelIndex>,
    ) -> DispatchResult {
        ensure!(is_valid_name(&name), Error::<T>::InvalidName);
        Self::ensure_own_parent(&owner, parent)?;
        Self::add_registration(
            owner,
            name,
            version,
            manifest,
            requirements,
            pricing,
            parent,
        )?;
        Ok(())
    }

    /// Register a manifest, whose owner, name and parent have been checked; returns
    /// the registration's index.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn add_registration(
        owner: T::AccountId,
        name: BoundedVec<u8, T::MaxNameLen>,
        version: u32,
        manifest: BoundedVec<u8, T::MaxManifestLen>,
        requirements: Requirements,
        pricing: Pricing<BalanceOf<T>>,
        parent: Option<ModelIndex>,
    ) -> Result<ModelIndex, DispatchError> {
        let name_key = (owner.clone(), name.clone(), version);
        ensure!(!Names::<T>::contains_key(&name_key), Error::<T>::NameTaken);

        let summary = lattice_host::inspect_manifest(&manifest).map_err(|error| {
            log::debug!(target: "runtime::model-registry", "manifest refused: {error:?}");
            Error::<T>::InvalidManifest
        })?;

        let model = NextIndex::<T>::get();
        let next = model.checked_add(1).ok_or(Error::<T>::TooManyModels)?;
        let bytes = name.len().saturating_add(manifest.len());
        let deposit = T::DepositBase::get()
            .checked_add(&Self::byte_deposit(bytes)?)
            .ok_or(ArithmeticError::Overflow)?;
        let model_hash = H256(summary.id.0);

        let mut registration = Registration {
            owner: owner.clone(),
            name,
            version,
            model_hash,
            byte_size: summary.weight_bytes,
            requirements,
            pricing,
            interface: Interface {
                input_len: summary.input_len,
                input_lo: summary.input_range.lo,
                input_hi: summary.input_range.hi,
                output_len: summary.output_len,
            },
            execution_gas: execution_gas(&summary),
            parent,
            state: ModelState::Active,
            deposit: Zero::zero(),
            created_at: frame_system::Pallet::<T>::block_number(),
        };
        Self::add_deposit(&mut registration, deposit)?;

        NextIndex::<T>::put(next);
        LastVersions::<T>::mutate((&owner, &registration.name), |last| {
            *last = version.max(*last);
        });
        Names::<T>::insert(name_key, model);
        Manifests::<T>::insert(model, manifest);
        Models::<T>::insert(model, registration);
        Self::deposit_event(Event::Registered {
            model,
            owner,
            model_hash,
            deposit,
        });
        Ok(model)
    }

    pub(crate) fn do_update_pricing(
        who: T::AccountId,
        model: ModelIndex,
        pricing: Pricing<BalanceOf<T>>,
    ) -> DispatchResult {
        Self::mutate_own(&who, model, |registration| {
            registration.pricing = pricing;
            Ok(())
        })?;
        Self::deposit_event(Event::PricingUpdated { model, pricing });
        Ok(())
    }

    pub(crate) fn do_deprecate(who: T::AccountId, model: ModelIndex) -> DispatchResult {
        Self::mutate_own(&who, model, |registration| {
            ensure!(
                registration.state == ModelState::Active,
                Error::<T>::AlreadyDeprecated
            );
            registration.state = ModelState::Deprecated;
            Ok(())
        })?;
        Self::deposit_event(Event::Deprecated { model });
        Ok(())
    }

    pub(crate) fn do_transfer(
        who: T::AccountId,
        model: ModelIndex,
        new_owner: T::AccountId,
    ) -> DispatchResult {
        ensure!(who != new_owner, Error::<T>::AlreadyOwner);
        Self::mutate_own(&who, model, |registration| {
            let old_key = registration.name_key();
            let new_key = (
                new_owner.clone(),
                registration.name.clone(),
                registration.version,
            );
            ensure!(!Names::<T>::contains_key(&new_key), Error::<T>::NameTaken);
            Self::move_deposit(registration, &new_owner)?;
            Self::move_chunk_deposit(model, &who, &new_owner)?;
            registration.owner = new_owner.clone();
            Names::<T>::remove(old_key);
            Names::<T>::insert(new_key, model);
            Ok(())
        })?;
        Self::deposit_event(Event::Transferred {
            model,
            from: who,
            to: new_owner,
        });
        Ok(())
    }

    /// Change a registration that belongs to `who`; nothing is written on an error.
    pub(crate) fn mutate_own(
        who: &T::AccountId,
        model: ModelIndex,
        change: impl FnOnce(&mut Registration<T>) -> DispatchResult,
    ) -> DispatchResult {
        Models::<T>::try_mutate(model, |slot| {
            let registration = slot.as_mut().ok_or(Error::<T>::UnknownModel)?;
            ensure!(registration.owner == *who, Error::<T>::NotOwner);
            change(registration)
        })
    }

    fn ensure_own_parent(owner: &T::AccountId, parent: Option<ModelIndex>) -> DispatchResult {
        if let Some(parent) = parent {
            let parent = Models::<T>::get(parent).ok_or(Error::<T>::UnknownParent)?;
            ensure!(parent.owner == *owner, Error::<T>::ParentNotOwned);
        }
        Ok(())
    }
}

/// Gas of one execution of a model: what the machine's schedule charges for the multiplications,
/// windows and values that are counted in a manifest's summary. The machine itself charges more, for
/// the operators and sums that the summary does not count.
pub(crate) fn execution_gas(summary: &ModelSummary) -> Gas {
    let schedule = GasSchedule::V1;
    let parts = [
        (schedule.exec_model_mac, summary.multiply_accumulates),
        (schedule.exec_model_window, summary.window_elements),
        (schedule.exec_model_activation, summary.activations),
    ];
    parts
        .iter()
        .fold(schedule.exec_model_base, |sum, (gas, count)| {
            sum.saturating_add(gas.saturating_mul(*count))
        })
}

/// UTF-8, not empty, and free of control characters, which would let a name imitate
/// another one in a terminal.
fn is_valid_name(name: &[u8]) -> bool {
    core::str::from_utf8(name)
        .is_ok_and(|text| !text.is_empty() && !text.chars().any(char::is_control))
}
