//! A result is judged by the settlement program.
//!
//! Settlement is a program of the AI instruction set, made from a template that the
//! runtime owns: VERIFY_PROOF with the three public inputs that the chain derived,
//! then COMMIT_RESULT of (context, output commitment). It is accepted when the program
//! ends without a trap and its journal has exactly that commitment.

use crate::types::Evidence;
use crate::*;
use alloc::vec;
use frame::prelude::*;
use lattice_host::{ProgramCall, ProofFault, Statement, Trap};
use lattice_primitives::{Ending, ProofBytes, RequestId};
use pallet_model_registry::Registry;

/// What the settlement program said, with the gas that it used.
enum Verdict {
    Accepted,
    Rejected,
}

impl<T: Config> Pallet<T> {
    /// Weight of a submission before its program has run: the measured call with an
    /// output of this length, and the program's whole gas limit.
    pub(crate) fn submission_weight(output_len: u32) -> Weight {
        Self::result_weight(output_len)
            .saturating_add(Weight::from_parts(T::SettlementGas::get(), 0))
    }

    /// Weight of a submission as measured, whichever way it ends.
    ///
    /// Its dependence on the length is measured on rejected proofs: a true proof for
    /// every length takes a prover for every length.
    pub(crate) fn result_weight(output_len: u32) -> Weight {
        let rejected = T::WeightInfo::submit_result(output_len);
        let for_length = rejected.saturating_sub(T::WeightInfo::submit_result(0));
        let settled = T::WeightInfo::settle_result().saturating_add(for_length);
        rejected.max(settled)
    }

    /// Returns the gas that the settlement program used.
    pub(crate) fn do_submit(
        who: T::AccountId,
        id: RequestId,
        context: H256,
        output: BoundedVec<i32, T::MaxOutputLen>,
        proof: ProofBytes,
    ) -> Result<u64, DispatchError> {
        let request = Self::open_request(id)?;
        ensure!(who == request.provider, Error::<T>::NotAssignedProvider);
        ensure!(
            frame_system::Pallet::<T>::block_number() <= request.deadline,
            Error::<T>::DeadlinePassed
        );
        ensure!(context == request.context, Error::<T>::ContextMismatch);
        ensure!(
            output.len().saturated_into::<u32>() == request.output_len,
            Error::<T>::WrongOutputLength
        );
        let output_commitment = lattice_host::commit_output(&output)
            .map(H256)
            .map_err(|error| Self::host_failed("commit_output", &error))?;
        let statement = Statement {
            context: request.context.0,
            input_commitment: request.input_commitment.0,
            output_commitment: output_commitment.0,
        };
        let (verdict, gas_used) = Self::judge(&request.vk_id, &statement, &proof)?;
        let evidence = Evidence {
            output,
            output_commitment,
            proof,
            gas_used,
        };
        let ending = match verdict {
            Verdict::Accepted => Ending::Settled,
            Verdict::Rejected => Ending::ProofRejected,
        };
        Self::end(id, request, ending, Some(evidence));
        Ok(gas_used)
    }

    /// An open request, or the reason why there is none.
    pub(crate) fn open_request(id: RequestId) -> Result<Request<T>, Error<T>> {
        Requests::<T>::get(id).ok_or_else(|| {
            if Records::<T>::contains_key(id) {
                Error::RequestNotOpen
            } else {
                Error::UnknownRequest
            }
        })
    }

    /// Run the settlement program for a statement and its proof.
    fn judge(
        vk_id: &H256,
        statement: &Statement,
        proof: &ProofBytes,
    ) -> Result<(Verdict, u64), Error<T>> {
        let call = ProgramCall {
            program: lattice_host::settlement_program(vk_id.0, statement, proof),
            gas_limit: T::SettlementGas::get(),
            keys: vec![(vk_id.0, T::Registry::prepared_key_location(vk_id))],
            ..Default::default()
        };
        let outcome = lattice_host::run_program(&call)
            .map_err(|error| Self::host_failed("run_program", &error))?;
        if outcome.settles(statement) {
            return Ok((Verdict::Accepted, outcome.gas_used));
        }
        match outcome.trap {
            Some(Trap::ProofRejected) => Ok((Verdict::Rejected, outcome.gas_used)),
            Some(Trap::InvalidProof(ProofFault::MalformedProof)) => Err(Error::MalformedProof),
            Some(Trap::OutOfGas { .. }) => Err(Error::SettlementOutOfGas),
            other => {
                log::error!(target: "runtime::inference", "settlement ended with {other:?}");
                Err(Error::SettlementFailed)
            }
        }
    }

    fn host_failed(what: &str, error: &lattice_host::HostError) -> Error<T> {
        log::error!(target: "runtime::inference", "{what} failed: {error:?}");
        Error::SettlementFailed
    }
}
