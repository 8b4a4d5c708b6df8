//! How a ceremony begins.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_host::ceremony::{self, start_transcript, Start};
use lattice_primitives::{CeremonyId, ModelIndex, ModelState};
use pallet_model_registry::{Registry, Servable};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_open(who: T::AccountId, model: ModelIndex, start: Start) -> DispatchResult {
        let registration = Self::keyless(&who, model)?;
        ensure!(
            registration.state == ModelState::Active,
            Error::<T>::ModelDeprecated
        );
        ensure!(
            !CeremonyOf::<T>::contains_key(model),
            Error::<T>::CeremonyRunning
        );
        let phase1_id = H256(start.phase1.id());
        let pinned = Phase1Id::<T>::get().ok_or(Error::<T>::NoPhase1)?;
        ensure!(phase1_id == pinned, Error::<T>::OtherPhase1);
        ensure!(
            start.model.0 == registration.model_hash.0,
            Error::<T>::OtherModel
        );
        ensure!(
            start.circuit_version == lattice_host::CIRCUIT_VERSION,
            Error::<T>::UnsupportedCircuitVersion
        );
        ceremony::check_start(&start).map_err(Self::refusal)?;

        let ceremony = NextCeremony::<T>::get();
        let next = ceremony
            .checked_add(1)
            .ok_or(Error::<T>::TooManyCeremonies)?;
        let bond = T::OpeningBond::get();
        T::Currency::hold(&HoldReason::OpeningBond.into(), &who, bond)?;

        let transcript = Self::opening_transcript(ceremony, &start);
        let now = frame_system::Pallet::<T>::block_number();
        NextCeremony::<T>::put(next);
        CeremonyOf::<T>::insert(model, ceremony);
        Starts::<T>::insert(ceremony, start);
        Ceremonies::<T>::insert(
            ceremony,
            Ceremony {
                model,
                opener: who.clone(),
                bond,
                transcript,
                contributions: 0,
                contributors: 0,
                opened_at: now,
                changed_at: now,
                outcome: None,
            },
        );
        Self::deposit_event(Event::Opened {
            ceremony,
            model,
            opener: who,
            phase1_id,
            transcript,
        });
        Ok(())
    }

    /// A registration of `who` without a key.
    pub(crate) fn keyless(
        who: &T::AccountId,
        model: ModelIndex,
    ) -> Result<Servable<T::AccountId, BalanceOf<T>>, Error<T>> {
        let registration = T::Registry::servable(model).ok_or(Error::UnknownModel)?;
        ensure!(registration.owner == *who, Error::NotOwner);
        ensure!(registration.key.is_none(), Error::KeyAlreadyRegistered);
        Ok(registration)
    }

    /// What the first contribution builds on.
    pub(crate) fn opening_transcript(ceremony: CeremonyId, start: &Start) -> H256 {
        H256(start_transcript(&Self::genesis(), ceremony, start))
    }

    /// A ceremony that has not ended.
    pub(crate) fn open_ceremony(ceremony: CeremonyId) -> Result<Ceremony<T>, Error<T>> {
        let details = Ceremonies::<T>::get(ceremony).ok_or(Error::UnknownCeremony)?;
        ensure!(details.outcome.is_none(), Error::AlreadyFinalized);
        Ok(details)
    }
}
