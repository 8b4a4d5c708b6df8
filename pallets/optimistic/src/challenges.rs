//! A result is challenged, and what the verdict does.

use crate::*;
use alloc::vec;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{DisputeId, RequestId, Verdict, MAX_REPLICAS};
use pallet_disputes::{Claim, Court, Verdicts};

impl<T: Config> Pallet<T> {
    /// Weight of a challenge.
    pub(crate) fn challenge_weight() -> Weight {
        T::WeightInfo::challenge().saturating_add(T::Court::open_weight())
    }

    pub(crate) fn do_challenge(
        who: T::AccountId,
        id: RequestId,
        trace_root: H256,
    ) -> DispatchResult {
        let mut request = Self::open_request(id)?;
        ensure!(who != request.provider, Error::<T>::ChallengerIsProvider);
        let posted = request.posted.as_ref().ok_or(Error::<T>::NothingPosted)?;
        ensure!(posted.trace_root == trace_root, Error::<T>::OtherResult);
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(
            now <= posted.final_at || !posted.challenges.is_empty(),
            Error::<T>::WindowPassed
        );
        let mut others = posted.challenges.iter();
        ensure!(
            others.all(|other| other.challenger != who),
            Error::<T>::AlreadyChallenging
        );
        ensure!(!posted.challenges.is_full(), Error::<T>::TooManyChallenges);
        let bond = request.bond;
        T::Currency::hold(&HoldReason::Bond.into(), &who, bond)?;
        let dispute = T::Court::open(Claim {
            request: id,
            model: request.model,
            input: request.input.to_vec(),
            trace_root: posted.trace_root,
            defenders: BoundedVec::truncate_from(vec![request.provider.clone()]),
            challenger: who.clone(),
        })?;

        // Until the verdict nothing is due.
        Self::unlist_due(id, &request);
        let challenge = Challenge {
            challenger: who.clone(),
            dispute,
        };
        let posted = request.posted.as_mut().ok_or(Error::<T>::NothingPosted)?;
        posted
            .challenges
            .try_push(challenge)
            .map_err(|_| Error::<T>::TooManyChallenges)?;
        Requests::<T>::insert(id, request);
        Self::deposit_event(Event::Challenged {
            request: id,
            challenger: who,
            dispute,
            bond,
        });
        Ok(())
    }

    /// A challenge failed: its bond is lost, the window starts anew, other disputes go on.
    fn uphold(id: RequestId, mut request: Request<T>, challenge: Challenge<T::AccountId>) {
        let Challenge {
            challenger,
            dispute,
        } = challenge;
        let now = frame_system::Pallet::<T>::block_number();
        let final_at = now.saturating_add(request.window);
        if let Some(posted) = request.posted.as_mut() {
            posted.final_at = final_at;
        }
        let (rewarded, burnt) = Self::forfeit(id, &challenger, &request.provider, request.bond);
        Self::list_due(id, &request);
        Requests::<T>::insert(id, request);
        Self::deposit_event(Event::Upheld {
            request: id,
            dispute,
            challenger,
            rewarded,
            burnt,
            final_at,
        });
    }
}

impl<T: Config> Verdicts<T::AccountId> for Pallet<T> {
    fn weight() -> Weight {
        let challenges = T::MaxChallenges::get();
        let others: u64 = challenges.saturating_sub(1).into();
        let refuted = T::WeightInfo::refuted(T::MaxOutputLen::get(), challenges)
            .saturating_add(T::Court::close_weight().saturating_mul(others));
        T::WeightInfo::upheld()
            .max(refuted)
            .saturating_add(Self::failed_weight(MAX_REPLICAS))
    }

    fn decided(dispute: DisputeId, id: RequestId, challenger: &T::AccountId, verdict: Verdict) {
        let Some(mut request) = Requests::<T>::get(id) else {
            return;
        };
        let Some(posted) = request.posted.as_mut() else {
            return;
        };
        let mut challenges = posted.challenges.iter();
        let Some(place) =
            challenges.position(|open| open.dispute == dispute && open.challenger == *challenger)
        else {
            return;
        };
        let challenge = posted.challenges.remove(place);
        match verdict {
            Verdict::Upheld(_) => Self::uphold(id, request, challenge),
            Verdict::Refuted(_) => Self::refute(id, request, challenge),
        }
    }
}
