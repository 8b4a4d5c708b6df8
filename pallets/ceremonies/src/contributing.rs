//! Contributions: in order, bonded, checked by the host.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_host::ceremony::{self, next_transcript, Contribution, ContributionCheck, State};
use lattice_primitives::CeremonyId;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_contribute(
        who: T::AccountId,
        ceremony: CeremonyId,
        index: u32,
        previous: H256,
        contribution: Contribution,
    ) -> DispatchResult {
        let mut details = Self::open_ceremony(ceremony)?;
        ensure!(
            index == details.contributions && previous == details.transcript,
            Error::<T>::StaleContribution
        );
        ensure!(
            index < T::MaxContributions::get(),
            Error::<T>::TooManyContributions
        );
        ensure!(
            !Contributors::<T>::contains_key(ceremony, &who),
            Error::<T>::AlreadyContributed
        );
        let binding = Self::binding(ceremony, index, &previous, &who);
        ceremony::check_contribution(&ContributionCheck {
            previous: Self::state_after(ceremony, index)?,
            contribution,
            binding,
        })
        .map_err(Self::refusal)?;

        let bond = T::ContributionBond::get();
        T::Currency::hold(&HoldReason::ContributionBond.into(), &who, bond)?;

        let transcript = H256(next_transcript(&binding, &contribution));
        let now = frame_system::Pallet::<T>::block_number();
        Contributors::<T>::insert(ceremony, &who, index);
        Contributions::<T>::insert(
            ceremony,
            index,
            Contributed {
                contributor: who.clone(),
                contribution,
                transcript,
                bond,
                contributed_at: now,
            },
        );
        details.transcript = transcript;
        details.contributions = index.saturating_add(1);
        if who != details.opener {
            details.contributors = details.contributors.saturating_add(1);
        }
        details.changed_at = now;
        Ceremonies::<T>::insert(ceremony, details);
        Self::deposit_event(Event::Contributed {
            ceremony,
            index,
            contributor: who,
            transcript,
        });
        Ok(())
    }

    /// Where a ceremony stands after its first `contributions` contributions.
    pub(crate) fn state_after(ceremony: CeremonyId, contributions: u32) -> Result<State, Error<T>> {
        let Some(last) = contributions.checked_sub(1) else {
            let start = Starts::<T>::get(ceremony).ok_or(Error::UnknownCeremony)?;
            return Ok(start.state());
        };
        let last = Contributions::<T>::get(ceremony, last).ok_or(Error::UnknownContribution)?;
        Ok(last.contribution.state())
    }
}
