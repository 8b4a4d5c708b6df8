//! Contributions that are shown or judged to be false.

use crate::*;
use frame::prelude::*;
use lattice_host::ceremony::{self, Challenge, ChallengeCheck, MAX_PATH};
use lattice_primitives::CeremonyId;

/// Whose fault it is that contributions are void.
enum Fault<'a, AccountId> {
    /// Of none of their authors.
    Nobodys,
    /// Of the first one's author, as the dispute origin says.
    Judged,
    /// Of the first one's author, as an account showed.
    Shown { by: &'a AccountId },
}

impl<T: Config> Pallet<T> {
    /// Returns how many contributions are void.
    pub(crate) fn do_challenge(
        who: T::AccountId,
        ceremony: CeremonyId,
        index: u32,
        challenge: Challenge,
    ) -> Result<u32, DispatchError> {
        let mut details = Self::open_ceremony(ceremony)?;
        ensure!(
            index < details.contributions,
            Error::<T>::UnknownContribution
        );
        // The host is handed no more than an opening can need.
        for opening in [&challenge.before, &challenge.after] {
            let length = u32::try_from(opening.path.len()).unwrap_or(u32::MAX);
            ensure!(length <= MAX_PATH, Error::<T>::InvalidOpening);
        }
        let upheld = ceremony::check_challenge(&ChallengeCheck {
            start: Starts::<T>::get(ceremony).ok_or(Error::<T>::UnknownCeremony)?,
            before: Self::state_after(ceremony, index)?,
            after: Self::state_after(ceremony, index.saturating_add(1))?,
            challenge,
        })
        .map_err(Self::refusal)?;
        ensure!(upheld, Error::<T>::ChallengeFailed);

        let false_one =
            Contributions::<T>::get(ceremony, index).ok_or(Error::<T>::UnknownContribution)?;
        Self::deposit_event(Event::ChallengeUpheld {
            ceremony,
            index,
            contributor: false_one.contributor,
            challenger: who.clone(),
        });
        Self::void_from(ceremony, &mut details, index, Fault::Shown { by: &who })
    }

    /// Returns how many contributions are void.
    pub(crate) fn do_discard(
        ceremony: CeremonyId,
        from: u32,
        slash: bool,
    ) -> Result<u32, DispatchError> {
        let mut details = Self::open_ceremony(ceremony)?;
        ensure!(
            from < details.contributions,
            Error::<T>::UnknownContribution
        );
        let fault = match slash {
            true => Fault::Judged,
            false => Fault::Nobodys,
        };
        Self::void_from(ceremony, &mut details, from, fault)
    }

    /// Removes contribution `from` and all later ones. The bond of `from` is slashed if it
    /// is at fault; all other bonds go back.
    fn void_from(
        ceremony: CeremonyId,
        details: &mut Ceremony<T>,
        from: u32,
        fault: Fault<'_, T::AccountId>,
    ) -> Result<u32, DispatchError> {
        let transcript = match from.checked_sub(1) {
            None => {
                let start = Starts::<T>::get(ceremony).ok_or(Error::<T>::UnknownCeremony)?;
                Self::opening_transcript(ceremony, &start)
            }
            Some(last) => {
                Contributions::<T>::get(ceremony, last)
                    .ok_or(Error::<T>::UnknownContribution)?
                    .transcript
            }
        };
        for index in from..details.contributions {
            let Some(void) = Self::remove_contribution(ceremony, details, index) else {
                continue;
            };
            let (reason, who) = (HoldReason::ContributionBond, &void.contributor);
            match fault {
                Fault::Shown { by } if index == from => {
                    Self::slash(ceremony, reason, who, void.bond, Some(by));
                }
                Fault::Judged if index == from => {
                    Self::slash(ceremony, reason, who, void.bond, None);
                }
                _ => Self::release(reason, who, void.bond),
            }
        }
        let count = details.contributions.saturating_sub(from);
        details.contributions = from;
        details.transcript = transcript;
        details.changed_at = frame_system::Pallet::<T>::block_number();
        Ceremonies::<T>::insert(ceremony, details);
        Self::deposit_event(Event::Discarded {
            ceremony,
            from,
            count,
            transcript,
        });
        Ok(count)
    }

    /// Takes a contribution out of storage and out of the number of contributors.
    pub(crate) fn remove_contribution(
        ceremony: CeremonyId,
        details: &mut Ceremony<T>,
        index: u32,
    ) -> Option<Contributed<T>> {
        let removed = Contributions::<T>::take(ceremony, index)?;
        Contributors::<T>::remove(ceremony, &removed.contributor);
        if removed.contributor != details.opener {
            details.contributors = details.contributors.saturating_sub(1);
        }
        Some(removed)
    }
}
