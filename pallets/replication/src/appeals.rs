//! A replica that the majority outvotes may show that it is right, or that the majority is wrong.
//!
//! *By a proof* under the model's key: it shows what the output is, at once and to everybody. Whoever
//! has that output is right, whatever its trace, and whoever has another one is outvoted by it. So it
//! settles even where there is no quorum. It takes no more collateral than a vote does, since whoever
//! made the key could forge it.
//!
//! *By a dispute* about the majority's trace root: any of the majority may answer. A dispute that the
//! majority loses shows that its result is wrong, and not that another one is right. One that it
//! wins costs the challenger its collateral when the request settles. Every dissenter has a dispute
//! of its own, so that none can take another's place by losing on purpose.
//!
//! What is shown beside a root need not be what is under it, and a dispute is about the root alone. A
//! majority with the honest root beside another output would win every dispute; but then an honest
//! dissenter has the same root, under which there is one output. The link from its own to the root
//! shows that the majority's is not there, and no dispute is needed.
//!
//! Who shows that others are wrong gets `RewardShare` of what they lose. The rest is burnt, so that
//! it costs something to be convicted by oneself.

use crate::endings::Fate;
use crate::*;
use frame::prelude::*;
use lattice_primitives::{
    DisputeId, Ending, Failure, ProofBytes, Refusal, ReplicaAppeal, RequestId, Verdict,
};
use pallet_compute_providers::Fine;
use pallet_disputes::{Claim, Court, OutputLink, Verdicts};
use pallet_inference::Ledger;

/// A replica that may appeal, with what it needs for that.
struct Dissent<T: Config> {
    request: Request<T>,
    own: Finding,
    /// What settles if nobody appeals; `None`: there is no quorum, and only a proof settles.
    majority: Option<Finding>,
    appeal: ReplicaAppeal,
}

impl<T: Config> Pallet<T> {
    /// Settle on the output that a dissenter has shown, if its proof is true.
    pub(crate) fn do_appeal_with_proof(
        who: &T::AccountId,
        id: RequestId,
        proof: &ProofBytes,
    ) -> Result<(), Error<T>> {
        let Dissent { request, own, .. } = Self::dissent(who, id)?;
        let vk_id = request.vk_id.ok_or(Error::<T>::NoVerifyingKey)?;
        let output = Outputs::<T>::get(id, who).ok_or(Error::<T>::NotDissenter)?;
        let context = T::Ledger::context(id, &request.content, who, &request.model_hash);
        let is_true = T::Ledger::verify(vk_id, context, request.input_commitment, &output, proof)?;
        ensure!(is_true, Error::ProofRejected);
        Self::deposit_event(Event::Proved {
            request: id,
            provider: who.clone(),
            output_hash: own.output_hash,
        });
        // Whoever made the key may prove what it likes: a proof decides who is paid, and takes no more
        // of anybody's collateral than a vote. That takes a dispute, which trusts nobody.
        Self::conclude(id, request, Ending::Settled, |replica| {
            match replica.finding() {
                Some(finding)
                    if finding.output_hash == own.output_hash && !replica.lost_appeal() =>
                {
                    Fate::Paid
                }
                _ => Self::outvoted(replica),
            }
        });
        Ok(())
    }

    /// Dispute the majority's trace or, where it is the dissenter's own, show that the majority's
    /// output is not in it.
    pub(crate) fn do_appeal_by_dispute(
        who: &T::AccountId,
        id: RequestId,
        link: &OutputLink,
    ) -> DispatchResult {
        let Dissent {
            mut request,
            own,
            majority,
            appeal,
        } = Self::dissent(who, id)?;
        ensure!(appeal == ReplicaAppeal::None, Error::<T>::AlreadyAppealed);
        let majority = majority.ok_or(Error::<T>::NoQuorum)?;
        if own.trace_root == majority.trace_root {
            let output = Outputs::<T>::get(id, who).ok_or(Error::<T>::NotDissenter)?;
            let is_there = T::Court::is_last_value(request.model, own.trace_root, &output, link)
                .map_err(|_| Error::<T>::NotDisputable)?;
            ensure!(is_there, Error::<T>::OutputNotInTrace);
            Self::end_refuted(id, request, who);
            return Ok(());
        }
        let defenders = Self::providers_of(&request, |one| one.finding() == Some(majority));
        let dispute = T::Court::open(Claim {
            request: id,
            model: request.model,
            input: Inputs::<T>::get(id).into_inner(),
            trace_root: majority.trace_root,
            // No more than there are places for replicas.
            defenders: BoundedVec::truncate_from(defenders),
            challenger: who.clone(),
        })?;
        Self::set_appeal(&mut request, who, ReplicaAppeal::Disputed(dispute));
        Requests::<T>::insert(id, request);
        Self::deposit_event(Event::Disputed {
            request: id,
            challenger: who.clone(),
            dispute,
        });
        Ok(())
    }

    /// What a replica needs to appeal, or the reason why it may not.
    fn dissent(who: &T::AccountId, id: RequestId) -> Result<Dissent<T>, Error<T>> {
        let request = Self::open_request(id)?;
        let Stage::Appealing { until } = request.stage else {
            return Err(Error::NotAppealing);
        };
        ensure!(Self::now() <= until, Error::AppealTimeOver);
        let replica = request.replica(who).ok_or(Error::<T>::NotReplica)?;
        let Progress::Revealed {
            finding: own,
            appeal,
        } = replica.progress
        else {
            return Err(Error::NotDissenter);
        };
        let majority = request.majority();
        ensure!(majority != Some(own), Error::NotDissenter);
        ensure!(appeal != ReplicaAppeal::Lost, Error::AppealLost);
        Ok(Dissent {
            request,
            own,
            majority,
            appeal,
        })
    }

    fn set_appeal(request: &mut Request<T>, who: &T::AccountId, now: ReplicaAppeal) {
        let replica = request.replica_mut(who);
        if let Some(Progress::Revealed { appeal, .. }) = replica.map(|one| &mut one.progress) {
            *appeal = now;
        }
    }

    /// What becomes of a replica that is not paid where a result settles.
    ///
    /// To be outvoted costs `OutvotedSlash` of the collateral, and to have lost a dispute about it
    /// all of it, a dispute's bond: even for who has shown the output that settles, or two that agree
    /// could have the chain judge disputes for nothing.
    pub(crate) fn outvoted(replica: &Replica<T>) -> Fate<T> {
        let collateral = replica.collateral;
        if replica.lost_appeal() {
            return Fate::Fined(Failure::Refuted, Fine::to_treasury(collateral));
        }
        let fine = T::OutvotedSlash::get().mul_floor(collateral);
        Fate::Fined(Failure::Outvoted, Fine::to_treasury(fine))
    }

    /// What becomes of a replica that `winner` has shown to be wrong.
    fn refuted(replica: &Replica<T>, winner: &T::AccountId) -> Fate<T> {
        let amount = replica.collateral;
        let reward = T::RewardShare::get().mul_floor(amount);
        Fate::Fined(
            Failure::Refuted,
            Fine {
                amount,
                reward: Some((winner.clone(), reward)),
            },
        )
    }

    /// Refund the requester, since the result that would have settled is wrong.
    fn end_refuted(id: RequestId, request: Request<T>, challenger: &T::AccountId) {
        let majority = request.majority();
        Self::conclude(id, request, Ending::Refuted, |replica| {
            match replica.finding() == majority {
                true => Self::refuted(replica, challenger),
                false => Fate::Free,
            }
        });
    }
}

impl<T: Config> Verdicts<T::AccountId> for Pallet<T> {
    /// An ending, and the other dissenters' disputes that it closes.
    fn weight() -> Weight {
        Self::closing_weight().saturating_add(T::WeightInfo::conclude())
    }

    fn decided(dispute: DisputeId, id: RequestId, challenger: &T::AccountId, verdict: Verdict) {
        let Some(mut request) = Requests::<T>::get(id) else {
            return;
        };
        let is_own = |one: &Replica<T>| {
            matches!(
                one.progress,
                Progress::Revealed { appeal: ReplicaAppeal::Disputed(open), .. } if open == dispute
            )
        };
        if !request.replica(challenger).is_some_and(is_own) {
            return;
        }
        match verdict {
            Verdict::Refuted(_) => {
                // It is not open any more.
                Self::set_appeal(&mut request, challenger, ReplicaAppeal::None);
                Self::end_refuted(id, request, challenger);
            }
            Verdict::Upheld(_) => {
                Self::set_appeal(&mut request, challenger, ReplicaAppeal::Lost);
                Self::deposit_event(Event::AppealLost {
                    request: id,
                    challenger: challenger.clone(),
                });
                if request.stage.due() < Self::now() && !request.is_disputed() {
                    Self::end_appealing(id, request);
                } else {
                    Requests::<T>::insert(id, request);
                }
            }
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Most weight of closing what dissenters dispute, when their request ends.
    pub(crate) fn closing_weight() -> Weight {
        T::Court::close_weight().saturating_mul(MAX_DISSENTERS)
    }

    /// Most weight of an appeal with a proof, which ends the request if it is true.
    ///
    /// The benchmark has a short output and a proof without commitment; the ledger's bound has both
    /// at their worst.
    pub(crate) fn proof_weight() -> Weight {
        let bound = T::Ledger::verify_weight(T::MaxOutputLen::get())
            .saturating_add(T::WeightInfo::conclude());
        T::WeightInfo::appeal_with_proof()
            .max(bound)
            .saturating_add(Self::closing_weight())
    }

    /// Most weight of an appeal by a dispute, or by a link, which ends the request.
    pub(crate) fn dispute_weight() -> Weight {
        let link = T::Court::is_last_value_weight(T::MaxOutputLen::get())
            .saturating_add(T::WeightInfo::conclude())
            .saturating_add(Self::closing_weight());
        T::WeightInfo::appeal_by_dispute().saturating_add(T::Court::open_weight().max(link))
    }
}

/// Most replicas that can differ from a quorum: fewer than half.
const MAX_DISSENTERS: u64 = 3;

impl<T> From<Refusal> for Error<T> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::MalformedProof => Self::MalformedProof,
            // Nothing else is said of a proof alone.
            _ => Self::VerificationFailed,
        }
    }
}
