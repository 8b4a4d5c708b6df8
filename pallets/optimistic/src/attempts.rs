//! Attempts: what is due for them, how they fail, and how a request goes to the next provider.
//!
//! A failure costs its provider the same whether others may try or not; challengers have what is
//! theirs at once. Then, while attempts are left, the request waits for the next block: nobody has
//! it, there is no result that could be challenged, and the escrow stays on hold.
//!
//! None of this can fail: slashes burn what nobody can take.

use crate::terms::Terms;
use crate::*;
use frame::prelude::*;
use lattice_primitives::{Ending, Failure, RequestId};
use pallet_compute_providers::{Demand, Fine, Market};
use pallet_disputes::Court;
use pallet_inference::Ledger;

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
        if !request.has_provider() {
            return Self::pass_on(id, request);
        }
        match request.posted {
            Some(_) => Self::settle(id, request),
            None => Self::expire(id, request),
        }
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
        Self::deposit_event(Event::Expired {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            slashed,
        });
        Self::give_up(id, request, Failure::Late, Ending::Expired);
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
        Self::give_up(id, request, Failure::Refuted, Ending::Refuted);
    }

    /// An attempt failed, and everybody but the requester has what is theirs: wait for the next
    /// provider if there may be one; otherwise refund and end.
    fn give_up(id: RequestId, mut request: Request<T>, failure: Failure, ending: Ending) {
        // There are as many places as attempts.
        let failed = request.failed.try_push((request.provider.clone(), failure));
        debug_assert!(failed.is_ok(), "more failures than attempts");
        if request.attempts_left == 0 {
            return Self::end_refunded(id, request, ending);
        }
        request.posted = None;
        request.waiting_since = Some(frame_system::Pallet::<T>::block_number());
        Self::list_due(id, &request);
        Self::deposit_event(Event::Waiting {
            request: id,
            attempts_left: request.attempts_left,
        });
        Requests::<T>::insert(id, request);
    }

    /// Give a waiting request to the best provider that has not failed it, within the escrow.
    fn pass_on(id: RequestId, mut request: Request<T>) {
        let terms = Terms::<T> {
            window: request.window,
            bond: request.bond,
        };
        let field = T::Providers::field(
            &Demand {
                model: request.model,
                service: terms.service(),
                deadline: request.patience,
                limit: request.escrow,
                selection: &request.selection,
                failed: &request.failed,
            },
            Self::bill_with(request.price.royalty, request.bond),
        );
        let next = field.eligible.into_iter().next();
        let Some(next) = next.filter(|next| {
            // What is eligible can be assigned.
            T::Providers::assign(&next.provider, request.model, next.bill.collateral).is_ok()
        }) else {
            return Self::end_unserved(id, request);
        };
        Self::unlist_due(id, &request);
        let now = frame_system::Pallet::<T>::block_number();
        request.context =
            T::Ledger::context(id, &request.content, &next.provider, &request.model_hash);
        request.provider = next.provider;
        request.price = next.bill.price;
        request.collateral = next.bill.collateral;
        request.deadline = now.saturating_add(request.patience);
        request.waiting_since = None;
        request.attempts_left = request.attempts_left.saturating_sub(1);
        Self::list(id, &request);
        Self::deposit_event(Event::PassedOn {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            price: request.price,
        });
        Requests::<T>::insert(id, request);
    }
}
