//! Attempts: accepted, given up, passed on to the next provider.
//!
//! ```text
//!            request                    accept
//!               │      ┌──────────┐ ───────────▶ ┌──────────┐  true proof
//!               ├─────▶│ Offered  │              │ Assigned │ ────────────▶ settled
//!               │      └──────────┘ ◀─┐          └──────────┘
//!               │           │ lapsed  │            ▲     │ late, false proof
//!               │           ▼         │ next block │     ▼
//!               │      ┌──────────────┴────────────┴───────┐  no attempts left, nobody
//!               └─────▶│              Waiting              │ ─────────────────▶ refunded
//!                      └───────────────────────────────────┘  eligible, cancelled
//! ```
//! A request with an accept deadline begins as offered, one without as assigned. A result is an
//! acceptance, too.
//!
//! The requester may take a request back only while no provider is bound to it: while it waits, or
//! once an accept deadline has lapsed. So nobody reads a result from the pool and cancels, if its
//! provider accepts before it posts one, as the worker does.

use crate::types::Miss;
use crate::*;
use frame::prelude::*;
use lattice_primitives::{Ending, Refusal, RequestId, RequestStatus};
use pallet_compute_providers::{Demand, Market, Service};

impl<T: Config> Pallet<T> {
    /// The provider of an offered request binds itself.
    pub(crate) fn do_accept(who: &T::AccountId, id: RequestId) -> Result<(), Error<T>> {
        let mut request = Self::open_request(id)?;
        ensure!(
            request.has_provider() && *who == request.provider,
            Error::NotAssignedProvider
        );
        let RequestStatus::Offered { accept_by } = request.status else {
            return Err(Error::AlreadyAccepted);
        };
        ensure!(
            frame_system::Pallet::<T>::block_number() <= accept_by,
            Error::DeadlinePassed
        );
        Self::unlist(id, &request);
        request.status = RequestStatus::Assigned;
        Self::list(id, &request);
        T::Providers::accept(who);
        Requests::<T>::insert(id, request);
        Self::deposit_event(Event::Accepted {
            request: id,
            provider: who.clone(),
        });
        Ok(())
    }

    /// The requester takes back what no provider is bound to.
    pub(crate) fn do_cancel(who: &T::AccountId, id: RequestId) -> Result<(), Error<T>> {
        let mut request = Self::open_request(id)?;
        ensure!(*who == request.requester, Error::NotRequester);
        match request.status {
            RequestStatus::Waiting { .. } => {}
            RequestStatus::Offered { accept_by }
                if accept_by < frame_system::Pallet::<T>::block_number() =>
            {
                // Then it does not wait for another one.
                request.attempts_left = 0;
                Self::fail(id, request, Miss::NotAccepted, None);
                return Ok(());
            }
            _ => return Err(Error::ProviderBound),
        }
        Self::end_waiting(id, request, Ending::Cancelled);
        Ok(())
    }

    /// Weight of [`Pallet::expire`], whatever is due.
    pub(crate) fn expire_weight() -> Weight {
        Self::failure_weight().max(Self::pass_on_weight())
    }

    /// Most weight of passing a request on: the search and the move, as measured, or the search and
    /// the end of a request that nobody is left for, which is no more than that of a cancelled one.
    pub(crate) fn pass_on_weight() -> Weight {
        T::WeightInfo::pass_on(T::Providers::max_inspected())
            .saturating_add(T::WeightInfo::cancel())
    }

    /// Weight of a failure, whoever pays for the request.
    pub(crate) fn failure_weight() -> Weight {
        T::WeightInfo::expire().saturating_add(Self::subscription_weight(true))
    }

    /// Do what is due for a request after its block has passed.
    pub(crate) fn do_expire(id: RequestId) -> DispatchResult {
        let request = Self::open_request(id).map_err(Error::<T>::from)?;
        ensure!(
            request.due() < frame_system::Pallet::<T>::block_number(),
            Error::<T>::DeadlineNotPassed
        );
        Self::advance(id, request);
        Ok(())
    }

    /// Do what is due for a request, whose block has passed.
    pub(crate) fn advance(id: RequestId, request: Request<T>) {
        match request.status {
            RequestStatus::Waiting { .. } => Self::pass_on(id, request),
            RequestStatus::Offered { .. } => {
                Self::fail(id, request, Miss::NotAccepted, None);
            }
            RequestStatus::Assigned => Self::fail(id, request, Miss::Late, None),
        }
    }

    /// Give a waiting request to the best provider that has not failed it, within the escrow.
    fn pass_on(id: RequestId, mut request: Request<T>) {
        let field = T::Providers::field(
            &Demand {
                model: request.model,
                service: Service::Proven,
                deadline: request.window,
                limit: request.escrow,
                selection: &request.selection,
                failed: &request.failed,
            },
            Self::bill_with(request.price.royalty),
        );
        let next = field.eligible.into_iter().next();
        let Some(next) = next.filter(|next| {
            // What is eligible can be assigned.
            T::Providers::assign(&next.provider, request.model, next.bill.collateral).is_ok()
        }) else {
            return Self::end_waiting(id, request, Ending::Unserved);
        };
        Self::unlist(id, &request);
        let now = frame_system::Pallet::<T>::block_number();
        let content = &request.content.0;
        request.context = Self::context(id, content, &next.provider, &request.model_hash);
        request.provider = next.provider;
        request.price = next.bill.price;
        request.collateral = next.bill.collateral;
        request.deadline = now.saturating_add(request.window);
        request.status = Self::status_of(request.accept_within, now);
        request.attempts_left = request.attempts_left.saturating_sub(1);
        request.free_try_used = false;
        Self::list(id, &request);
        Self::deposit_event(Event::PassedOn {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            price: request.price,
        });
        Requests::<T>::insert(id, request);
    }

    /// An open request, or the reason why there is none.
    pub(crate) fn open_request(id: RequestId) -> Result<Request<T>, Refusal> {
        Requests::<T>::get(id).ok_or_else(|| {
            if Records::<T>::contains_key(id) {
                Refusal::RequestNotOpen
            } else {
                Refusal::UnknownRequest
            }
        })
    }
}
