//! What every ending pays, slashes and records.
//!
//! None of this can fail: a request that ends, ends. Payments fall back (see `escrow`),
//! slashes burn what the treasury cannot take.

use crate::types::Evidence;
use crate::*;
use frame::prelude::*;
use lattice_primitives::{Ending, RequestId, SlashCause};
use pallet_compute_providers::Market;
use pallet_model_registry::Registry;

impl<T: Config> Pallet<T> {
    /// End a request whose deadline has passed.
    pub(crate) fn do_expire(id: RequestId) -> DispatchResult {
        let request = Self::open_request(id).map_err(Error::<T>::from)?;
        ensure!(
            request.deadline < frame_system::Pallet::<T>::block_number(),
            Error::<T>::DeadlineNotPassed
        );
        Self::end(id, request, Ending::Expired, None);
        Ok(())
    }

    /// Pay or refund, free or slash the collateral, leave a record, say so.
    pub(crate) fn end(
        id: RequestId,
        request: Request<T>,
        ending: Ending,
        evidence: Option<Evidence<T>>,
    ) {
        let event = match ending {
            Ending::Settled => {
                Self::settle(id, &request);
                Event::Settled {
                    request: id,
                    requester: request.requester.clone(),
                    provider: request.provider.clone(),
                    gas_used: evidence.as_ref().map_or(0, |evidence| evidence.gas_used),
                    price: request.price,
                }
            }
            Ending::ProofRejected => Event::Rejected {
                request: id,
                requester: request.requester.clone(),
                provider: request.provider.clone(),
                slashed: Self::refund_and_slash(
                    id,
                    &request,
                    request.collateral,
                    SlashCause::FalseProof,
                ),
            },
            Ending::Expired => Event::Expired {
                request: id,
                requester: request.requester.clone(),
                provider: request.provider.clone(),
                slashed: Self::refund_and_slash(
                    id,
                    &request,
                    T::LateSlash::get().mul_floor(request.collateral),
                    SlashCause::Late,
                ),
            },
        };
        Self::record(id, request, ending, evidence);
        Self::deposit_event(event);
    }

    fn settle(id: RequestId, request: &Request<T>) {
        let payer = &request.requester;
        Self::pay(id, payer, &request.provider, request.price.compute);
        Self::pay(id, payer, &request.owner, request.price.royalty);
        Self::pay(id, payer, &T::Treasury::get(), request.price.fee);
        T::Providers::settle(&request.provider, request.collateral);
        T::Registry::note_execution(request.model);
    }

    /// Returns what was slashed.
    fn refund_and_slash(
        id: RequestId,
        request: &Request<T>,
        amount: BalanceOf<T>,
        cause: SlashCause,
    ) -> BalanceOf<T> {
        Self::pay(id, &request.requester, &request.requester, request.escrow);
        T::Providers::slash(&request.provider, request.collateral, amount, cause)
    }

    /// Move a request from the open ones to the records.
    fn record(id: RequestId, request: Request<T>, ending: Ending, evidence: Option<Evidence<T>>) {
        let ordered = OrderedId::from(id);
        Requests::<T>::remove(id);
        Due::<T>::remove(request.deadline, ordered);
        AssignedTo::<T>::remove(&request.provider, ordered);
        RecordsOf::<T>::insert(&request.requester, ordered, ());
        RecordsOf::<T>::insert(&request.provider, ordered, ());
        Records::<T>::insert(
            id,
            Record {
                requester: request.requester,
                provider: request.provider,
                model: request.model,
                model_hash: request.model_hash,
                vk_id: request.vk_id,
                context: request.context,
                input_commitment: request.input_commitment,
                evidence,
                price: request.price,
                ending,
                requested_at: request.requested_at,
                ended_at: frame_system::Pallet::<T>::block_number(),
            },
        );
    }
}
