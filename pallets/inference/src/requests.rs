//! A request is made: its statement fixed, its price held, its provider assigned.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{Interface, ModelIndex, RequestContent, RequestId, Verification};
use pallet_compute_providers::Market;

impl<T: Config> Pallet<T> {
    /// Returns the number of offers that were looked at.
    pub(crate) fn do_request(
        requester: T::AccountId,
        model: ModelIndex,
        input: BoundedVec<i8, T::MaxInputLen>,
        max_price: BalanceOf<T>,
        deadline: BlockNumberFor<T>,
        verification: Verification,
    ) -> Result<u32, DispatchError> {
        ensure!(
            Self::is_valid_deadline(deadline),
            Error::<T>::InvalidDeadline
        );
        let terms = Self::terms(model, deadline, verification).map_err(Error::<T>::from)?;
        let interface = terms.model.interface;
        ensure!(terms.bill.total <= max_price, Error::<T>::MaxPriceTooLow);
        let input_commitment = Self::commit_input(&interface, &input)?;

        let request = NextRequest::<T>::get();
        let next = request.checked_add(1).ok_or(Error::<T>::TooManyRequests)?;
        let now = frame_system::Pallet::<T>::block_number();
        let due = now
            .checked_add(&deadline)
            .ok_or(ArithmeticError::Overflow)?;
        let content = RequestContent {
            requester: &requester,
            model,
            input_commitment,
            max_price: max_price.saturated_into(),
            deadline: deadline.saturated_into(),
            verification,
        }
        .hash();
        let context = Self::context(request, &content, &terms.provider, &terms.model.model_hash);

        T::Currency::hold(&HoldReason::Escrow.into(), &requester, terms.bill.total)?;
        T::Providers::assign(&terms.provider, terms.bill.collateral)?;

        NextRequest::<T>::put(next);
        AssignedTo::<T>::insert(&terms.provider, OrderedId::from(request), ());
        Due::<T>::insert(due, OrderedId::from(request), ());
        Requests::<T>::insert(
            request,
            Request {
                requester: requester.clone(),
                provider: terms.provider.clone(),
                owner: terms.model.owner,
                model,
                model_hash: terms.model.model_hash,
                vk_id: terms.vk_id,
                input,
                input_commitment,
                content: H256(content),
                context,
                output_len: interface.output_len,
                price: terms.bill.price,
                escrow: terms.bill.total,
                collateral: terms.bill.collateral,
                requested_at: now,
                deadline: due,
            },
        );
        Self::deposit_event(Event::Requested {
            request,
            requester,
            provider: terms.provider,
            model,
            price: terms.bill.price,
        });
        Ok(terms.inspected)
    }

    /// Weight of a request before it is made.
    pub(crate) fn request_weight(input_len: u32, verification: Verification) -> Weight {
        match verification {
            Verification::Proven | Verification::ProvenByCeremony => {
                T::WeightInfo::request_inference(input_len, T::Providers::max_inspected())
            }
            Verification::Direct => Self::answer_weight(input_len),
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
    /// model.
    fn context(
        request: RequestId,
        content: &[u8; 32],
        provider: &T::AccountId,
        model_hash: &H256,
    ) -> H256 {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        // Chains with 32-byte hashes use theirs as it is.
        let genesis =
            <[u8; 32]>::try_from(genesis.as_ref()).unwrap_or_else(|_| blake2_256(genesis.as_ref()));
        H256(lattice_host::context(
            &genesis,
            request,
            content,
            &provider.encode(),
            &lattice_host::ModelId(model_hash.0),
        ))
    }
}
