//! Providers: registered, described, alive, gone.

use crate::types::EndpointsOf;
use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::Hardware;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register(
        who: T::AccountId,
        stake: BalanceOf<T>,
        hardware: Hardware,
        endpoints: EndpointsOf<T>,
        capacity: u32,
    ) -> DispatchResult {
        ensure!(
            !Providers::<T>::contains_key(&who),
            Error::<T>::AlreadyRegistered
        );
        Self::ensure_profile(&endpoints, capacity)?;
        ensure!(
            stake >= Provider::<T>::stake_for(capacity),
            Error::<T>::StakeTooLow
        );
        T::Currency::hold(&HoldReason::Stake.into(), &who, stake)?;
        let now = frame_system::Pallet::<T>::block_number();
        Providers::<T>::insert(
            &who,
            Provider {
                stake,
                locked: Zero::zero(),
                pending: Zero::zero(),
                hardware,
                endpoints,
                capacity,
                paused: false,
                running: 0,
                running_by_model: Default::default(),
                reputation: Retired::<T>::take(&who).unwrap_or_else(Reputation::neutral),
                registered_at: now,
                last_heartbeat: now,
            },
        );
        Self::deposit_event(Event::Registered {
            provider: who,
            stake,
        });
        Ok(())
    }

    pub(crate) fn do_update_profile(
        who: T::AccountId,
        hardware: Hardware,
        endpoints: EndpointsOf<T>,
        capacity: u32,
    ) -> DispatchResult {
        Self::ensure_profile(&endpoints, capacity)?;
        Self::mutate_provider(&who, |provider| {
            // Whoever a slash left with too little may still announce less.
            ensure!(
                capacity <= provider.capacity
                    || provider.stake >= Provider::<T>::stake_for(capacity),
                Error::<T>::StakeTooLow
            );
            provider.hardware = hardware;
            provider.endpoints = endpoints;
            provider.capacity = capacity;
            Ok(())
        })?;
        Self::deposit_event(Event::ProfileUpdated { provider: who });
        Ok(())
    }

    pub(crate) fn do_heartbeat(who: T::AccountId) -> DispatchResult {
        Self::mutate_provider(&who, |provider| {
            provider.last_heartbeat = frame_system::Pallet::<T>::block_number();
            Ok(())
        })?;
        Self::deposit_event(Event::Heartbeat { provider: who });
        Ok(())
    }

    pub(crate) fn do_set_paused(who: T::AccountId, paused: bool) -> DispatchResult {
        Self::mutate_provider(&who, |provider| {
            provider.paused = paused;
            if !paused {
                provider.last_heartbeat = frame_system::Pallet::<T>::block_number();
            }
            Ok(())
        })?;
        Self::deposit_event(match paused {
            true => Event::Paused { provider: who },
            false => Event::Resumed { provider: who },
        });
        Ok(())
    }

    /// Returns the number of offers that were removed.
    pub(crate) fn do_deregister(who: T::AccountId) -> Result<u32, DispatchError> {
        let provider = Providers::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
        ensure!(provider.running == 0, Error::<T>::AssignmentsRunning);
        ensure!(provider.pending.is_zero(), Error::<T>::SlashesPending);
        let offers = Self::remove_all_offers(&who);
        Providers::<T>::remove(&who);
        if !provider.reputation.is_neutral() {
            Retired::<T>::insert(&who, &provider.reputation);
        }
        Self::start_unbonding(who.clone(), provider.stake)?;
        Self::deposit_event(Event::Deregistered { provider: who });
        Ok(offers)
    }

    /// Bytes of all endpoints, for the weight.
    pub(crate) fn endpoint_bytes(endpoints: &EndpointsOf<T>) -> u32 {
        endpoints
            .iter()
            .fold(0usize, |sum, endpoint| sum.saturating_add(endpoint.len()))
            .saturated_into()
    }

    fn ensure_profile(endpoints: &EndpointsOf<T>, capacity: u32) -> DispatchResult {
        ensure!(
            capacity <= T::MaxCapacity::get(),
            Error::<T>::CapacityTooLarge
        );
        ensure!(
            endpoints
                .iter()
                .all(|endpoint| !endpoint.is_empty() && core::str::from_utf8(endpoint).is_ok()),
            Error::<T>::InvalidEndpoint
        );
        Ok(())
    }
}
