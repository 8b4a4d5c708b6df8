//! Requests that the chain answers itself, in their own block.
//!
//! Nobody needs to be trusted or paid for the work: every node does it, and the requester
//! pays for its gas with the fee. What remains is the owner's royalty.

use crate::types::Answer;
use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_host::Trap;
use lattice_primitives::{ModelIndex, ModelState};
use pallet_ai_programs::{DirectExecution, DirectFault};
use pallet_model_registry::Registry;

/// Why there is no answer, and the gas that finding out took, if anyone knows.
struct Refusal {
    error: DispatchError,
    gas_used: Option<u64>,
}

impl From<DispatchError> for Refusal {
    fn from(error: DispatchError) -> Self {
        Self {
            error,
            gas_used: Some(0),
        }
    }
}

impl<T: Config> From<Error<T>> for Refusal {
    fn from(error: Error<T>) -> Self {
        DispatchError::from(error).into()
    }
}

impl<T: Config> Pallet<T> {
    /// Weight of a direct answer before it is there: with the whole gas.
    pub(crate) fn answer_weight(input_len: u32) -> Weight {
        Self::answer_base(input_len).saturating_add(Weight::from_parts(T::DirectGas::get(), 0))
    }

    /// Weight of a direct answer without its gas.
    ///
    /// Inputs are checked and committed to as for other requests. An output costs nothing
    /// here: the gas for each of its elements is more than it takes to store one.
    fn answer_base(input_len: u32) -> Weight {
        let for_length = T::WeightInfo::request_inference(input_len, 0)
            .saturating_sub(T::WeightInfo::request_inference(0, 0));
        T::WeightInfo::answer().saturating_add(for_length)
    }

    /// Answer a request, or refuse it; its weight is that of the gas used either way.
    pub(crate) fn do_answer(
        requester: T::AccountId,
        model: ModelIndex,
        input: &[i8],
        max_price: BalanceOf<T>,
    ) -> DispatchResultWithPostInfo {
        let base = Self::answer_base(input.len().saturated_into());
        let weight = |gas| base.saturating_add(Weight::from_parts(gas, 0));
        match Self::answer(requester, model, input, max_price) {
            Ok(gas_used) => Ok(Some(weight(gas_used)).into()),
            Err(Refusal { error, gas_used }) => Err(DispatchErrorWithPostInfo {
                post_info: gas_used.map(weight).into(),
                error,
            }),
        }
    }

    /// Returns the gas used.
    fn answer(
        requester: T::AccountId,
        model: ModelIndex,
        input: &[i8],
        max_price: BalanceOf<T>,
    ) -> Result<u64, Refusal> {
        let servable = T::Registry::servable(model).ok_or(Error::<T>::UnknownModel)?;
        if servable.state == ModelState::Deprecated {
            return Err(Error::<T>::ModelDeprecated.into());
        }
        let royalty = servable.royalty;
        if royalty > max_price {
            return Err(Error::<T>::MaxPriceTooLow.into());
        }
        let input_commitment = Self::commit_input(&servable.interface, input)?;
        let request = NextRequest::<T>::get();
        let next = request.checked_add(1).ok_or(Error::<T>::TooManyRequests)?;
        // Before the work, which nobody would pay for otherwise.
        T::Currency::hold(&HoldReason::Escrow.into(), &requester, royalty)?;

        let (output, gas_used) =
            T::Direct::infer(model, input, T::DirectGas::get()).map_err(Self::not_answered)?;
        let output = BoundedVec::try_from(output).map_err(|_| Error::<T>::OutputTooLong)?;

        Self::pay(request, &requester, &servable.owner, royalty);
        T::Registry::note_execution(model);
        NextRequest::<T>::put(next);
        DirectRecords::<T>::insert(
            request,
            Answer {
                requester: requester.clone(),
                model,
                model_hash: servable.model_hash,
                input_commitment,
                output: output.clone(),
                gas_used,
                royalty,
                answered_at: frame_system::Pallet::<T>::block_number(),
            },
        );
        Self::deposit_event(Event::Answered {
            request,
            requester,
            model,
            output,
            gas_used,
            royalty,
        });
        Ok(gas_used)
    }

    fn not_answered(fault: DirectFault) -> Refusal {
        let (error, gas_used) = match fault {
            DirectFault::ModelNotStored => (Error::<T>::ModelNotStored, Some(0)),
            DirectFault::InputLength { .. } => (Error::WrongInputLength, Some(0)),
            DirectFault::HostFailed => (Error::ExecutionFailed, None),
            DirectFault::Trapped { trap, gas_used } => {
                log::debug!(target: "runtime::inference", "no direct answer: {trap:?}");
                let error = match trap {
                    Trap::OutOfGas { .. } => Error::DirectGasExceeded,
                    _ => Error::ExecutionFailed,
                };
                (error, Some(gas_used))
            }
        };
        Refusal {
            error: error.into(),
            gas_used,
        }
    }
}
