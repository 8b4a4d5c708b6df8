//! A request is made: its statement fixed, its price held, its provider assigned.

use crate::types::OptionsOf;
use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{
    Interface, ModelIndex, Preference, RequestContent, RequestId, RequestStatus, Verification,
};
use pallet_compute_providers::{Bill, Candidate, Demand, Market, NoneEligible, Service};

/// What a request asks for, its input apart.
pub(crate) struct Wish<T: Config> {
    pub model: ModelIndex,
    pub max_price: BalanceOf<T>,
    /// Blocks that every attempt has.
    pub deadline: BlockNumberFor<T>,
    pub verification: Verification,
    pub options: OptionsOf<T>,
}

impl<T: Config> Pallet<T> {
    /// Make a request; the weight that it took.
    pub(crate) fn request_with(
        requester: T::AccountId,
        input: BoundedVec<i8, T::MaxInputLen>,
        wish: Wish<T>,
    ) -> DispatchResultWithPostInfo {
        let length = input.len().saturated_into();
        match wish.verification {
            Verification::Direct => Self::do_answer(requester, wish.model, &input, wish.max_price),
            Verification::Replicated { .. } => {
                Self::do_order::<T::Replicated>(requester, input, wish)?;
                Ok(().into())
            }
            Verification::Optimistic { .. } => {
                Self::do_order::<T::Optimistic>(requester, input, wish)?;
                Ok(().into())
            }
            Verification::Proven | Verification::ProvenByCeremony => {
                let extra = Self::subscription_weight(wish.options.subscription.is_some());
                let inspected = Self::do_request(requester, input, wish)?;
                let weight = T::WeightInfo::request_inference(length, inspected);
                Ok(Some(weight.saturating_add(extra)).into())
            }
        }
    }

    /// Hand a request to the pallet that answers for its tier.
    fn do_order<Answers: Tier<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>>(
        requester: T::AccountId,
        input: BoundedVec<i8, T::MaxInputLen>,
        wish: Wish<T>,
    ) -> DispatchResult {
        let Wish {
            model,
            max_price,
            deadline,
            verification,
            options,
        } = wish;
        ensure!(
            Self::is_valid_deadline(deadline),
            Error::<T>::InvalidDeadline
        );
        let most = match Answers::FAILS_OVER {
            true => T::MaxAttempts::get(),
            false => 1,
        };
        ensure!(
            (1..=most).contains(&options.attempts),
            Error::<T>::InvalidAttempts
        );
        ensure!(
            options.accept_within.is_none(),
            Error::<T>::InvalidAcceptDeadline
        );
        ensure!(
            options.subscription.is_none(),
            Error::<T>::SubscriptionNotApplicable
        );
        let servable = Self::orderable(model).map_err(Error::<T>::from)?;
        let input_commitment = Self::commit_input(&servable.interface, &input)?;
        let request = Self::next_request()?;
        let content = RequestContent {
            requester: &requester,
            model,
            input_commitment,
            max_price: max_price.saturated_into(),
            deadline: deadline.saturated_into(),
            verification,
        }
        .hash();
        Self::deposit_event(Event::Ordered {
            request,
            requester: requester.clone(),
            model,
            verification,
        });
        Answers::open(Order {
            request,
            requester,
            model,
            servable,
            input: input.into_inner(),
            input_commitment,
            content: H256(content),
            max_price,
            deadline,
            verification,
            selection: options.selection,
            attempts: options.attempts,
        })
    }

    /// The number of a new request.
    pub(crate) fn next_request() -> Result<RequestId, Error<T>> {
        let request = NextRequest::<T>::get();
        let next = request.checked_add(1).ok_or(Error::<T>::TooManyRequests)?;
        NextRequest::<T>::put(next);
        Ok(request)
    }

    /// Returns the number of offers that were looked at.
    fn do_request(
        requester: T::AccountId,
        input: BoundedVec<i8, T::MaxInputLen>,
        wish: Wish<T>,
    ) -> Result<u32, DispatchError> {
        let Wish {
            model,
            max_price,
            deadline,
            verification,
            mut options,
        } = wish;
        ensure!(
            Self::is_valid_deadline(deadline),
            Error::<T>::InvalidDeadline
        );
        ensure!(
            (1..=T::MaxAttempts::get()).contains(&options.attempts),
            Error::<T>::InvalidAttempts
        );
        if let Some(within) = options.accept_within {
            ensure!(
                within >= T::MinAcceptTime::get() && within <= deadline,
                Error::<T>::InvalidAcceptDeadline
            );
        }
        let (servable, vk_id) = Self::servable(model, verification).map_err(Error::<T>::from)?;
        let prepaid = Self::draw(&requester, model, &mut options)?;
        let field = T::Providers::field(
            &Demand {
                model,
                service: Service::Proven,
                deadline,
                limit: max_price,
                selection: &options.selection,
                failed: &[],
            },
            |compute| match &prepaid {
                Some(bill) => Some(bill.clone()),
                None => Self::bill(compute, servable.royalty),
            },
        );
        let inspected = field.inspected();
        let Candidate { provider, bill, .. } = field.best().map_err(Error::<T>::from)?;
        let interface = servable.interface;
        let input_commitment = Self::commit_input(&interface, &input)?;

        let request = Self::next_request()?;
        let now = frame_system::Pallet::<T>::block_number();
        let content = RequestContent {
            requester: &requester,
            model,
            input_commitment,
            max_price: max_price.saturated_into(),
            deadline: deadline.saturated_into(),
            verification,
        }
        .hash();
        // Whoever may try next must be covered before anybody begins.
        let escrow = match options.attempts {
            1 => bill.total,
            _ => max_price,
        };
        T::Currency::hold(&HoldReason::Escrow.into(), &requester, escrow)?;
        T::Providers::assign(&provider, model, bill.collateral)?;

        let open = Request {
            requester: requester.clone(),
            context: Self::context(request, &content, &provider, &servable.model_hash),
            provider: provider.clone(),
            owner: servable.owner,
            model,
            model_hash: servable.model_hash,
            vk_id,
            input,
            input_commitment,
            content: H256(content),
            output_len: interface.output_len,
            price: bill.price,
            escrow,
            collateral: bill.collateral,
            requested_at: now,
            deadline: now
                .checked_add(&deadline)
                .ok_or(ArithmeticError::Overflow)?,
            status: Self::status_of(options.accept_within, now),
            window: deadline,
            accept_within: options.accept_within,
            attempts_left: options.attempts.saturating_sub(1),
            free_try_used: false,
            verification,
            subscription: options.subscription,
            selection: options.selection,
            failed: Default::default(),
        };
        Self::list(request, &open);
        Requests::<T>::insert(request, open);
        Self::deposit_event(Event::Requested {
            request,
            requester,
            provider,
            model,
            price: bill.price,
        });
        Ok(inspected)
    }

    /// Draw on the subscription that pays, if one does: its provider is the one that is wanted, and
    /// its price the bill.
    fn draw(
        requester: &T::AccountId,
        model: ModelIndex,
        options: &mut OptionsOf<T>,
    ) -> Result<Option<Bill<BalanceOf<T>>>, DispatchError> {
        let Some(subscription) = options.subscription else {
            return Ok(None);
        };
        ensure!(options.attempts == 1, Error::<T>::SubscriptionNotApplicable);
        let Drawn { provider, price } = T::Subscriptions::draw(subscription, requester, model)?;
        options.selection.preference = Preference::Only(provider);
        let bill = Self::bill(price.compute, price.royalty).ok_or(ArithmeticError::Overflow)?;
        let total = price.total().ok_or(ArithmeticError::Overflow)?;
        Ok(Some(Bill {
            price,
            total,
            collateral: bill.collateral,
        }))
    }

    /// How an attempt begins.
    pub(crate) fn status_of(
        accept_within: Option<BlockNumberFor<T>>,
        now: BlockNumberFor<T>,
    ) -> RequestStatus<BlockNumberFor<T>> {
        match accept_within {
            Some(within) => RequestStatus::Offered {
                accept_by: now.saturating_add(within),
            },
            None => RequestStatus::Assigned,
        }
    }

    /// List an open request by what is due next, and by its provider if it has one.
    pub(crate) fn list(id: RequestId, request: &Request<T>) {
        Due::<T>::insert(request.due(), OrderedId::from(id), ());
        if request.has_provider() {
            AssignedTo::<T>::insert(&request.provider, OrderedId::from(id), ());
        }
    }

    /// Take a request off both lists.
    pub(crate) fn unlist(id: RequestId, request: &Request<T>) {
        Due::<T>::remove(request.due(), OrderedId::from(id));
        if request.has_provider() {
            AssignedTo::<T>::remove(&request.provider, OrderedId::from(id));
        }
    }

    /// Weight of a request before it is made.
    pub(crate) fn request_weight(
        input_len: u32,
        verification: Verification,
        prepaid: bool,
    ) -> Weight {
        let request = T::WeightInfo::request_inference(input_len, T::Providers::max_inspected());
        match verification {
            Verification::Proven | Verification::ProvenByCeremony => {
                request.saturating_add(Self::subscription_weight(prepaid))
            }
            Verification::Direct => Self::answer_weight(input_len),
            Verification::Replicated { .. } => request.saturating_add(T::Replicated::open_weight()),
            Verification::Optimistic { .. } => request.saturating_add(T::Optimistic::open_weight()),
        }
    }

    /// What it adds to a request, or to its failure, that a subscription pays for it.
    pub(crate) fn subscription_weight(prepaid: bool) -> Weight {
        match prepaid {
            true => T::Subscriptions::weight(),
            false => Weight::zero(),
        }
    }

    /// The commitment to an input, which must be one that the model takes.
    pub(crate) fn commit_input(interface: &Interface, input: &[i8]) -> Result<H256, Error<T>> {
        ensure!(
            input.len().saturated_into::<u32>() == interface.input_len,
            Error::WrongInputLength
        );
        ensure!(
            interface.output_len <= T::MaxOutputLen::get(),
            Error::OutputTooLong
        );
        // The range was declared in i8, so a value of any wider type cannot be meant.
        ensure!(
            input
                .iter()
                .all(|x| (interface.input_lo..=interface.input_hi).contains(x)),
            Error::InputOutOfRange
        );
        lattice_host::commit_input(input, interface.input_lo, interface.input_hi)
            .map(H256)
            .map_err(|error| {
                log::error!(target: "runtime::inference", "input not committed: {error:?}");
                Error::InputOutOfRange
            })
    }

    /// The first public input: binds a proof to chain, request, content, provider and
    /// model. A provider that failed a request never gets it again, so that no context comes twice.
    pub(crate) fn context(
        request: RequestId,
        content: &[u8; 32],
        provider: &T::AccountId,
        model_hash: &H256,
    ) -> H256 {
        H256(lattice_host::context(
            &Self::genesis(),
            request,
            content,
            &provider.encode(),
            &lattice_host::ModelId(model_hash.0),
        ))
    }

    /// The hash of the chain's first block, as contexts and signatures name it.
    pub(crate) fn genesis() -> [u8; 32] {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        // Chains with 32-byte hashes use theirs as it is.
        <[u8; 32]>::try_from(genesis.as_ref()).unwrap_or_else(|_| blake2_256(genesis.as_ref()))
    }
}

impl<T> From<NoneEligible> for Error<T> {
    fn from(reason: NoneEligible) -> Self {
        match reason {
            NoneEligible::TooDear => Self::MaxPriceTooLow,
            NoneEligible::NoProvider => Self::NoProvider,
        }
    }
}
