//! How a ceremony ends: with a key, or without.

use crate::types::record_bytes;
use crate::*;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::deps::sp_runtime::ArithmeticError;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::CeremonyId;
use pallet_model_registry::CeremonyKeys;

impl<T: Config> Pallet<T> {
    /// Returns how many contributions' bonds went back. Nothing changes on an error, also
    /// if it is the registry's.
    pub(crate) fn do_finalize(
        who: T::AccountId,
        ceremony: CeremonyId,
        proving_key_hash: H256,
    ) -> Result<u32, DispatchError> {
        with_storage_layer(|| Self::make_key(who, ceremony, proving_key_hash))
    }

    fn make_key(
        who: T::AccountId,
        ceremony: CeremonyId,
        proving_key_hash: H256,
    ) -> Result<u32, DispatchError> {
        let mut details = Self::open_ceremony(ceremony)?;
        let registration = Self::keyless(&who, details.model)?;
        // A registration can change hands during its ceremony.
        let own = who != details.opener && Contributors::<T>::contains_key(ceremony, &who);
        let counting = details.contributors.saturating_sub(u32::from(own));
        ensure!(
            counting >= T::MinContributors::get(),
            Error::<T>::TooFewContributors
        );
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now >= Self::final_from(&details), Error::<T>::WindowOpen);

        let start = Starts::<T>::get(ceremony).ok_or(Error::<T>::UnknownCeremony)?;
        let key = start.assemble_key(&Self::state_after(ceremony, details.contributions)?);
        let phase1_id = H256(start.phase1.id());
        let vk_id = H256(lattice_host::vk_id(
            &lattice_host::ModelId(registration.model_hash.0),
            start.circuit_version,
            &phase1_id.0,
            &key,
        ));
        let deposit = Self::record_deposit(details.contributions)?;
        T::Currency::hold(&HoldReason::TranscriptDeposit.into(), &who, deposit)?;

        for index in 0..details.contributions {
            let mut contributed =
                Contributions::<T>::get(ceremony, index).ok_or(Error::<T>::UnknownContribution)?;
            let reason = HoldReason::ContributionBond;
            Self::release(reason, &contributed.contributor, contributed.bond);
            contributed.bond = Zero::zero();
            Contributions::<T>::insert(ceremony, index, contributed);
        }
        Self::release(HoldReason::OpeningBond, &details.opener, details.bond);
        details.bond = Zero::zero();
        details.outcome = Some(Outcome {
            vk_id,
            phase1_id,
            proving_key_hash,
            owner: who.clone(),
            deposit,
            finalized_at: now,
        });
        let (model, released) = (details.model, details.contributions);
        Ceremonies::<T>::insert(ceremony, details);
        // It asks this pallet whether a ceremony attests the key: from here on one does. If
        // it refuses the key, nothing of this call remains, and a further contribution
        // makes another key.
        T::Registry::register_ceremony_key(
            &who,
            model,
            &key,
            start.circuit_version,
            phase1_id,
            proving_key_hash,
        )?;
        Self::deposit_event(Event::Finalized {
            ceremony,
            model,
            vk_id,
            proving_key_hash,
        });
        Ok(released)
    }

    /// Returns how many contributions' bonds went back.
    pub(crate) fn do_close(who: T::AccountId, ceremony: CeremonyId) -> Result<u32, DispatchError> {
        let details = Self::open_ceremony(ceremony)?;
        let unused = details.contributions == 0 && details.opener == who;
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(
            unused || now >= Self::closable_from(&details),
            Error::<T>::NotAbandoned
        );
        Self::release(HoldReason::OpeningBond, &details.opener, details.bond);
        let released = Self::remove(ceremony, details);
        Self::deposit_event(Event::Closed { ceremony });
        Ok(released)
    }

    /// Returns how many contributions' bonds went back.
    pub(crate) fn do_abort(ceremony: CeremonyId, slash: bool) -> Result<u32, DispatchError> {
        let details = Self::open_ceremony(ceremony)?;
        let (reason, opener) = (HoldReason::OpeningBond, &details.opener);
        if slash {
            Self::slash(ceremony, reason, opener, details.bond, None);
        } else {
            Self::release(reason, opener, details.bond);
        }
        let released = Self::remove(ceremony, details);
        Self::deposit_event(Event::Aborted { ceremony });
        Ok(released)
    }

    /// The first block in which a ceremony can be finalized as it stands.
    pub(crate) fn final_from(details: &Ceremony<T>) -> BlockNumberFor<T> {
        details.changed_at.saturating_add(Window::<T>::get())
    }

    /// The first block in which anyone may close a ceremony as it stands.
    pub(crate) fn closable_from(details: &Ceremony<T>) -> BlockNumberFor<T> {
        Self::final_from(details).saturating_add(T::AbandonedAfter::get())
    }

    /// Removes all of an open ceremony and gives its contributors' bonds back.
    fn remove(ceremony: CeremonyId, mut details: Ceremony<T>) -> u32 {
        let contributions = details.contributions;
        for index in 0..contributions {
            if let Some(removed) = Self::remove_contribution(ceremony, &mut details, index) {
                let reason = HoldReason::ContributionBond;
                Self::release(reason, &removed.contributor, removed.bond);
            }
        }
        Starts::<T>::remove(ceremony);
        Ceremonies::<T>::remove(ceremony);
        CeremonyOf::<T>::remove(details.model);
        contributions
    }

    fn record_deposit(contributions: u32) -> Result<BalanceOf<T>, DispatchError> {
        let bytes = u32::try_from(record_bytes::<T>(contributions))
            .map_err(|_| ArithmeticError::Overflow)?;
        T::DepositPerByte::get()
            .checked_mul(&bytes.into())
            .ok_or_else(|| ArithmeticError::Overflow.into())
    }
}
