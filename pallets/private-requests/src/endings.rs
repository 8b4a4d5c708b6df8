//! What every ending pays, slashes and records.
//!
//! None of this can fail: a request that ends, ends. Payments fall back (see `payments`), slashes burn
//! what the treasury cannot take.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{Ending, Failure, InputClaim, PrivateStatus, RequestId};
use pallet_compute_providers::{Fine, Market};
use pallet_inference::{Ended, Ledger, Shown};

/// An output that is on chain.
type OutputOf<T> = BoundedVec<i32, <T as Config>::MaxOutputLen>;

/// What a request leaves, beside itself.
struct Left<T: Config> {
    ending: Ending,
    /// How its provider failed, if it did.
    failure: Option<Failure>,
    /// The proof that was judged, if one was.
    shown: Option<Shown>,
    /// The output, if it is on chain.
    output: Option<OutputOf<T>>,
}

impl<T: Config> Left<T> {
    /// The provider failed.
    fn failed(ending: Ending, failure: Failure) -> Self {
        Self {
            ending,
            failure: Some(failure),
            shown: None,
            output: None,
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Do what is due for a request after its block has passed.
    pub(crate) fn do_expire(id: RequestId) -> Result<(), Error<T>> {
        let request = Self::open_request(id)?;
        ensure!(request.due() < Self::now(), Error::NotDue);
        Self::advance(id, request);
        Ok(())
    }

    /// Do what is due for a request, whose block has passed.
    pub(crate) fn advance(id: RequestId, mut request: Request<T>) {
        match request.status {
            PrivateStatus::Assigned => Self::end_late(id, request),
            PrivateStatus::Claimed { claim, .. } => Self::end_unopened(id, request, claim),
            PrivateStatus::Delivered { .. } => match request.shown.take() {
                Some(shown) => Self::settle(id, request, shown, None),
                // There is none only if the invariants do not hold; then the requester has its money.
                None => Self::end_late(id, request),
            },
            PrivateStatus::Forced { .. } => Self::end_withheld(id, request),
        }
    }

    /// End a request on a proof that was accepted.
    pub(crate) fn settle(
        id: RequestId,
        request: Request<T>,
        shown: Shown,
        output: Option<OutputOf<T>>,
    ) {
        let payer = &request.requester;
        let price = request.price;
        Self::pay(id, payer, &request.provider, price.compute);
        Self::pay(id, payer, &request.owner, price.royalty);
        Self::pay(id, payer, &T::Treasury::get(), price.fee);
        T::Providers::settle(
            &request.provider,
            request.model,
            request.collateral,
            payer,
            price.fee,
        );
        Self::deposit_event(Event::Settled {
            request: id,
            requester: payer.clone(),
            provider: request.provider.clone(),
            gas_used: shown.gas_used,
            price,
        });
        let left = Left::<T> {
            ending: Ending::Settled,
            failure: None,
            shown: Some(shown),
            output,
        };
        Self::end(id, request, left);
    }

    /// The proof is false.
    pub(crate) fn reject(
        id: RequestId,
        request: Request<T>,
        shown: Shown,
        output: Option<OutputOf<T>>,
    ) {
        let fine = Fine::to_treasury(request.collateral);
        let slashed = Self::fail(&request, Failure::FalseProof, fine);
        Self::deposit_event(Event::Rejected {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            slashed,
        });
        let left = Left::<T> {
            shown: Some(shown),
            output,
            ..Left::failed(Ending::ProofRejected, Failure::FalseProof)
        };
        Self::end_refunded(id, request, left);
    }

    /// The deadline passed without a result.
    fn end_late(id: RequestId, request: Request<T>) {
        let fine = T::Ledger::late_fine(request.collateral);
        let slashed = Self::fail(&request, Failure::Late, fine);
        Self::deposit_event(Event::Expired {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            slashed,
        });
        Self::end_refunded(id, request, Left::failed(Ending::Expired, Failure::Late));
    }

    /// The provider had signed for the input that it says it does not have. That costs what lateness
    /// does: nothing false was proven, and nothing is lost but time.
    pub(crate) fn end_false_claim(id: RequestId, request: Request<T>, claim: InputClaim) {
        let fine = T::Ledger::late_fine(request.collateral);
        let slashed = Self::fail(&request, Failure::FalseClaim, fine);
        Self::deposit_event(Event::ClaimRefuted {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            claim,
            slashed,
        });
        let left = Left::failed(Ending::FalseClaim, Failure::FalseClaim);
        Self::end_refunded(id, request, left);
    }

    /// The provider did not post the output that it proved something of.
    fn end_withheld(id: RequestId, mut request: Request<T>) {
        let fine = T::Ledger::late_fine(request.collateral);
        let slashed = Self::fail(&request, Failure::OutputWithheld, fine);
        Self::deposit_event(Event::OutputWithheld {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            slashed,
        });
        let left = Left::<T> {
            shown: request.shown.take(),
            ..Left::failed(Ending::OutputWithheld, Failure::OutputWithheld)
        };
        Self::end_refunded(id, request, left);
    }

    /// The requester did not open the input: it pays for the provider's time, but not the provider, which
    /// would earn by a false claim then. With the fee a reservation is never free.
    fn end_unopened(id: RequestId, request: Request<T>, claim: InputClaim) {
        let payer = &request.requester;
        let fee = T::ReservationFee::get()
            .mul_ceil(request.price.compute)
            .saturating_add(request.price.fee);
        Self::pay(id, payer, &T::Treasury::get(), fee);
        Self::pay(id, payer, payer, request.escrow.saturating_sub(fee));
        T::Providers::release(&request.provider, request.model, request.collateral);
        Self::deposit_event(Event::InputNotOpened {
            request: id,
            requester: payer.clone(),
            provider: request.provider.clone(),
            claim,
            fee,
        });
        let left = Left::<T> {
            ending: Ending::InputNotOpened,
            failure: None,
            shown: None,
            output: None,
        };
        Self::end(id, request, left);
    }

    /// Free a provider's collateral but for a fine; what that comes to.
    fn fail(
        request: &Request<T>,
        failure: Failure,
        fine: Fine<T::AccountId, BalanceOf<T>>,
    ) -> BalanceOf<T> {
        T::Providers::fail(
            &request.provider,
            request.model,
            request.collateral,
            fine,
            failure,
            request.price.fee,
        )
    }

    /// Give a request's whole escrow back and end it.
    fn end_refunded(id: RequestId, request: Request<T>, left: Left<T>) {
        Self::pay(id, &request.requester, &request.requester, request.escrow);
        Self::end(id, request, left);
    }

    /// Move a request from the open ones to the ledger.
    fn end(id: RequestId, request: Request<T>, left: Left<T>) {
        Self::close(id, &request);
        let Left {
            ending,
            failure,
            shown,
            output,
        } = left;
        let provider = request.provider.clone();
        let failed: Vec<_> = failure
            .map(|failure| (provider, failure))
            .into_iter()
            .collect();
        let ended = Ended {
            request: id,
            requester: request.requester,
            provider: request.provider,
            model: request.model,
            model_hash: request.model_hash,
            input_commitment: request.input_commitment,
            context: request.context,
            output: output.map(BoundedVec::into_inner),
            price: request.price,
            verification: request.verification,
            agreed: Vec::new(),
            ending,
            failed,
            requested_at: request.requested_at,
        };
        T::Ledger::record_proven(ended, request.vk_id, shown);
    }
}
