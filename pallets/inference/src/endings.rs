//! What every ending pays, slashes and records, and what a failed attempt leaves.
//!
//! None of this can fail: a request that ends, ends. Payments fall back (see `escrow`),
//! slashes burn what the treasury cannot take.

use crate::escrow::Payments;
use crate::types::{Evidence, Miss};
use crate::*;
use frame::prelude::*;
use lattice_primitives::{Ending, RequestId, RequestStatus};
use pallet_compute_providers::{Fine, Market};
use pallet_model_registry::Registry;

/// What a request of another tier left, in this runtime's types.
type EndedOf<T> = Ended<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// End a request on a proof that was accepted. What it pays is added to the payments.
    pub(crate) fn settle(
        id: RequestId,
        request: Request<T>,
        evidence: Evidence<T>,
        payments: &mut Payments<T>,
    ) {
        Self::unlist(id, &request);
        let payer = &request.requester;
        let price = request.price;
        let paid = price.compute.saturating_add(price.royalty);
        let paid = paid.saturating_add(price.fee);
        for (payee, amount) in [
            (&request.provider, price.compute),
            (&request.owner, price.royalty),
            (&T::Treasury::get(), price.fee),
            (payer, request.escrow.saturating_sub(paid)),
        ] {
            payments.add(id, payer, payee, amount);
        }
        T::Providers::settle(
            &request.provider,
            request.model,
            request.collateral,
            payer,
            price.fee,
        );
        T::Registry::note_execution(request.model);
        Self::deposit_event(Event::Settled {
            request: id,
            requester: payer.clone(),
            provider: request.provider.clone(),
            gas_used: evidence.gas_used,
            price,
        });
        Self::record(id, request, Ending::Settled, Some(evidence));
    }

    /// An attempt failed: free or slash the collateral, and wait for the next provider if there may
    /// be one; otherwise refund and end.
    pub(crate) fn fail(
        id: RequestId,
        mut request: Request<T>,
        miss: Miss,
        evidence: Option<Evidence<T>>,
    ) {
        Self::unlist(id, &request);
        let slashed = T::Providers::fail(
            &request.provider,
            request.model,
            request.collateral,
            match miss {
                Miss::FalseProof => Fine::to_treasury(request.collateral),
                Miss::Late => Self::late_fine(request.collateral),
                Miss::NotAccepted => Fine::to_treasury(Zero::zero()),
            },
            miss.into(),
            request.price.fee,
        );
        if let Some(subscription) = request.subscription {
            T::Subscriptions::note_failure(subscription);
            if miss == Miss::FalseProof {
                // A batch does not reserve it for each of its proofs, nearly all of which are true: it
                // would keep blocks half empty. Each costs its provider the whole collateral. Deadline
                // work and the calls that end one request do reserve it.
                frame_system::Pallet::<T>::register_extra_weight_unchecked(
                    T::Subscriptions::weight(),
                    DispatchClass::Normal,
                );
            }
        }
        // There are as many places as attempts.
        let failed = request
            .failed
            .try_push((request.provider.clone(), miss.into()));
        debug_assert!(failed.is_ok(), "more failures than attempts");
        let (requester, provider) = (request.requester.clone(), request.provider.clone());
        Self::deposit_event(match miss {
            Miss::FalseProof => Event::Rejected {
                request: id,
                requester,
                provider,
                slashed,
            },
            Miss::Late => Event::Expired {
                request: id,
                requester,
                provider,
                slashed,
            },
            Miss::NotAccepted => Event::NotAccepted {
                request: id,
                requester,
                provider,
            },
        });
        if request.attempts_left == 0 {
            Self::refund(id, &request);
            return Self::record(id, request, miss.into(), evidence);
        }
        request.status = RequestStatus::Waiting {
            since: frame_system::Pallet::<T>::block_number(),
        };
        Self::list(id, &request);
        Self::deposit_event(Event::Waiting {
            request: id,
            attempts_left: request.attempts_left,
        });
        Requests::<T>::insert(id, request);
    }

    /// End a request that waits: nobody is left to try, or the requester takes it back.
    pub(crate) fn end_waiting(id: RequestId, request: Request<T>, ending: Ending) {
        Self::unlist(id, &request);
        Self::refund(id, &request);
        let requester = request.requester.clone();
        Self::deposit_event(match ending {
            Ending::Cancelled => Event::Cancelled {
                request: id,
                requester,
            },
            _ => Event::Unserved {
                request: id,
                requester,
            },
        });
        Self::record(id, request, ending, None);
    }

    fn refund(id: RequestId, request: &Request<T>) {
        Self::pay(id, &request.requester, &request.requester, request.escrow);
    }

    /// Move a request from the open ones, of whose lists it is off, to the records.
    fn record(id: RequestId, request: Request<T>, ending: Ending, evidence: Option<Evidence<T>>) {
        Requests::<T>::remove(id);
        let record = Record {
            requester: request.requester,
            provider: request.provider,
            model: request.model,
            model_hash: request.model_hash,
            vk_id: request.vk_id,
            context: request.context,
            input_commitment: request.input_commitment,
            evidence,
            price: request.price,
            verification: request.verification,
            agreed: Default::default(),
            ending,
            // No request has more attempts than a record has places.
            failed: BoundedVec::truncate_from(request.failed.into_inner()),
            requested_at: request.requested_at,
            ended_at: frame_system::Pallet::<T>::block_number(),
        };
        Self::remember(id, record);
    }

    /// Keep what a request left, and list it by its accounts.
    pub(crate) fn remember(id: RequestId, record: Record<T>) {
        let ordered = OrderedId::from(id);
        RecordsOf::<T>::insert(&record.requester, ordered, ());
        RecordsOf::<T>::insert(&record.provider, ordered, ());
        Records::<T>::insert(id, record);
    }

    /// Keep what a request of another tier left, and list it by everybody who was part of it.
    pub(crate) fn record_ended(mut ended: EndedOf<T>) {
        let evidence = ended.output.take().map(|output| Evidence {
            output_commitment: lattice_host::commit_output(&output).map_or(H256::zero(), H256),
            output: BoundedVec::truncate_from(output),
            proof: None,
            gas_used: 0,
        });
        Self::keep(ended, H256::zero(), evidence);
    }

    /// As [`Pallet::record_ended`], with the proof that decided it.
    pub(crate) fn record_proven(mut ended: EndedOf<T>, vk_id: H256, shown: Option<Shown>) {
        let output = ended.output.take().unwrap_or_default();
        let evidence = shown.map(|shown| Evidence {
            output: BoundedVec::truncate_from(output),
            output_commitment: shown.output_commitment,
            proof: Some(shown.proof),
            gas_used: shown.gas_used,
        });
        Self::keep(ended, vk_id, evidence);
    }

    fn keep(ended: EndedOf<T>, vk_id: H256, evidence: Option<Evidence<T>>) {
        let id = ended.request;
        let ordered = OrderedId::from(id);
        for account in &ended.agreed {
            RecordsOf::<T>::insert(account, ordered, ());
        }
        for (account, _) in &ended.failed {
            RecordsOf::<T>::insert(account, ordered, ());
        }
        if ended.ending == Ending::Settled {
            T::Registry::note_execution(ended.model);
        }
        Self::deposit_event(Event::Ended {
            request: id,
            requester: ended.requester.clone(),
            ending: ended.ending,
        });
        let record = Record {
            requester: ended.requester,
            provider: ended.provider,
            model: ended.model,
            model_hash: ended.model_hash,
            vk_id,
            context: ended.context,
            input_commitment: ended.input_commitment,
            evidence,
            price: ended.price,
            verification: ended.verification,
            agreed: BoundedVec::truncate_from(ended.agreed),
            ending: ended.ending,
            failed: BoundedVec::truncate_from(ended.failed),
            requested_at: ended.requested_at,
            ended_at: frame_system::Pallet::<T>::block_number(),
        };
        Self::remember(id, record);
    }
}
