//! What every ending pays, slashes and records.
//!
//! None of this can fail: a request that ends, ends. Payments fall back (see `payments`), slashes
//! burn what nobody can take.

use crate::*;
use alloc::{vec, vec::Vec};
use frame::prelude::*;
use lattice_primitives::{Ending, Failure, RequestId};
use pallet_compute_providers::{Fine, Market};
use pallet_disputes::Court;
use pallet_inference::{Ended, Ledger, OrderedId};

impl<T: Config> Pallet<T> {
    /// Do what is due for a request after its block has passed.
    pub(crate) fn do_finalize(id: RequestId) -> DispatchResult {
        let request = Self::open_request(id)?;
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(
            request.due().is_some_and(|due| due < now),
            Error::<T>::NotDue
        );
        Self::advance(id, request);
        Ok(())
    }

    /// Do what is due for a request, whose block has passed.
    pub(crate) fn advance(id: RequestId, request: Request<T>) {
        match request.posted {
            Some(_) => Self::settle(id, request),
            None => Self::expire(id, request),
        }
    }

    /// Nobody challenged the result, or everybody who did has lost: it is final.
    fn settle(id: RequestId, request: Request<T>) {
        Self::unlist(id, &request);
        let payer = &request.requester;
        let price = request.price;
        Self::pay_escrow(id, payer, &request.provider, price.compute);
        Self::pay_escrow(id, payer, &request.owner, price.royalty);
        Self::pay_escrow(id, payer, &T::Treasury::get(), price.fee);
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
        Self::record(id, request, Ending::Settled, Vec::new());
    }

    /// The deadline passed without a result. That costs what it costs in every tier, however high the
    /// bond is.
    fn expire(id: RequestId, request: Request<T>) {
        Self::unlist(id, &request);
        let bill = T::Ledger::bill(request.price.compute, request.price.royalty);
        let usual = bill.map_or(request.collateral, |bill| bill.collateral);
        let slashed = T::Providers::fail(
            &request.provider,
            request.model,
            request.collateral,
            T::Ledger::late_fine(usual.min(request.collateral)),
            Failure::Late,
            request.price.fee,
        );
        Self::refund(id, &request);
        Self::deposit_event(Event::Expired {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            slashed,
        });
        let failed = vec![(request.provider.clone(), Failure::Late)];
        Self::record(id, request, Ending::Expired, failed);
    }

    /// A challenge succeeded, which is not among the open ones any more: they are all over.
    pub(crate) fn refute(id: RequestId, request: Request<T>, winner: Challenge<T::AccountId>) {
        let Challenge {
            challenger,
            dispute,
        } = winner;
        Self::unlist(id, &request);
        let reward = T::RewardShare::get().mul_floor(request.collateral);
        let slashed = T::Providers::fail(
            &request.provider,
            request.model,
            request.collateral,
            Fine {
                amount: request.collateral,
                reward: Some((challenger.clone(), reward)),
            },
            Failure::Refuted,
            request.price.fee,
        );
        Self::refund(id, &request);
        Self::release_bond(id, &challenger, request.bond);
        for other in request.challenges() {
            T::Court::close(other.dispute);
            Self::release_bond(id, &other.challenger, request.bond);
        }
        Self::deposit_event(Event::Refuted {
            request: id,
            dispute,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            challenger,
            slashed,
            reward,
        });
        let failed = vec![(request.provider.clone(), Failure::Refuted)];
        Self::record(id, request, Ending::Refuted, failed);
    }

    fn refund(id: RequestId, request: &Request<T>) {
        Self::pay_escrow(id, &request.requester, &request.requester, request.escrow);
    }

    /// Take a request off all lists.
    fn unlist(id: RequestId, request: &Request<T>) {
        Self::unlist_due(id, request);
        AssignedTo::<T>::remove(&request.provider, OrderedId::from(id));
        Results::<T>::remove(OrderedId::from(id));
    }

    /// Move a request from the open ones, of whose lists it is off, to the ledger.
    fn record(
        id: RequestId,
        request: Request<T>,
        ending: Ending,
        failed: Vec<(T::AccountId, Failure)>,
    ) {
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
            failed,
            requested_at: request.requested_at,
        });
    }
}
