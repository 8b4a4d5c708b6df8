//! A dispute is decided, by a check or by silence.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{DisputeId, Verdict};

impl<T: Config> Pallet<T> {
    /// End a dispute and tell whoever opened it. Cannot fail.
    pub(crate) fn decide(id: DisputeId, dispute: Dispute<T>, verdict: Verdict) {
        // First, since whoever is told may close others.
        Self::forget(id, &dispute);
        let Dispute {
            request,
            challenger,
            ..
        } = dispute;
        Self::deposit_event(Event::Decided {
            dispute: id,
            request,
            challenger: challenger.clone(),
            verdict,
        });
        T::Verdicts::decided(id, request, &challenger, verdict);
    }

    /// Decide a dispute whose turn nobody took.
    pub(crate) fn do_expire(id: DisputeId) -> DispatchResult {
        let dispute = Self::open_dispute(id)?;
        ensure!(
            dispute.due < frame_system::Pallet::<T>::block_number(),
            Error::<T>::TurnNotPassed
        );
        let verdict = dispute.turn.forfeit();
        Self::decide(id, dispute, verdict);
        Ok(())
    }

    /// Weight of [`Pallet::do_expire`].
    pub(crate) fn expire_weight() -> Weight {
        T::WeightInfo::expire().saturating_add(T::Verdicts::weight())
    }
}
