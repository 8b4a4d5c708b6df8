//! What endings pay and record.
//!
//! None of this can fail: a request that ends, ends. Payments fall back (see `payments`).

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{Ending, RequestId};
use pallet_compute_providers::Market;
use pallet_inference::{Ended, Ledger, OrderedId};

impl<T: Config> Pallet<T> {
    /// Nobody challenged the result, or everybody who did has lost: it is final.
    pub(crate) fn settle(id: RequestId, request: Request<T>) {
        Self::unlist(id, &request);
        let payer = &request.requester;
        let price = request.price;
        Self::pay_escrow(id, payer, &request.provider, price.compute);
        Self::pay_escrow(id, payer, &request.owner, price.royalty);
        Self::pay_escrow(id, payer, &T::Treasury::get(), price.fee);
        let paid = price.compute.saturating_add(price.royalty);
        let paid = paid.saturating_add(price.fee);
        Self::pay_escrow(id, payer, payer, request.escrow.saturating_sub(paid));
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
            price,
        });
        Self::record(id, request, Ending::Settled);
    }

    /// Nobody is left to try a request that waits.
    pub(crate) fn end_unserved(id: RequestId, request: Request<T>) {
        Self::unlist_due(id, &request);
        Self::deposit_event(Event::Unserved {
            request: id,
            requester: request.requester.clone(),
        });
        Self::end_refunded(id, request, Ending::Unserved);
    }

    /// Give a request's whole escrow back and end it. It is off all lists.
    pub(crate) fn end_refunded(id: RequestId, request: Request<T>, ending: Ending) {
        Self::pay_escrow(id, &request.requester, &request.requester, request.escrow);
        Self::record(id, request, ending);
    }

    /// Take a request off all lists.
    pub(crate) fn unlist(id: RequestId, request: &Request<T>) {
        Self::unlist_due(id, request);
        AssignedTo::<T>::remove(&request.provider, OrderedId::from(id));
        Results::<T>::remove(OrderedId::from(id));
    }

    /// Move a request from the open ones, of whose lists it is off, to the ledger.
    fn record(id: RequestId, request: Request<T>, ending: Ending) {
        Requests::<T>::remove(id);
        T::Ledger::record(Ended {
            request: id,
            requester: request.requester,
            provider: request.provider,
            model: request.model,
            model_hash: request.model_hash,
            input_commitment: request.input_commitment,
            context: request.context,
            output: request.posted.map(|posted| posted.output.into_inner()),
            price: request.price,
            verification: request.verification,
            agreed: Vec::new(),
            ending,
            failed: request.failed.into_inner(),
            requested_at: request.requested_at,
        });
    }
}
