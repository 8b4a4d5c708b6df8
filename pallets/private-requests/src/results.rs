//! A proof is judged.
//!
//! Until a proof is accepted, or the request has ended, its provider may submit one: also while it says
//! that it has no input, since that may have come after all, and then need not be opened. A claim wins no
//! time: the deadline stays what it was until the input is opened.

use crate::*;
use frame::prelude::*;
use lattice_host::Statement;
use lattice_primitives::{PrivateStatus, ProofBytes, Refusal, RequestId};
use pallet_compute_providers::Market;
use pallet_inference::{Ledger, ProofVerdict, Shown};

impl<T: Config> Pallet<T> {
    /// Weight of a submission, whichever way it ends.
    ///
    /// Its dependence on the length is measured on rejected proofs: a true proof for every length takes
    /// a prover for every length. The benchmarks' proofs have no commitment.
    pub(crate) fn submission_weight(output: &PrivateOutput<T>, proof: &ProofBytes) -> Weight {
        let elements = match output {
            PrivateOutput::Posted(output) => output.len().saturated_into(),
            PrivateOutput::Committed(_) => 0,
        };
        let rejected = T::WeightInfo::submit_private(elements);
        let by_length = rejected.saturating_sub(T::WeightInfo::submit_private(0));
        let settled = T::WeightInfo::settle_private().saturating_add(by_length);
        rejected
            .max(settled)
            .max(T::WeightInfo::deliver_private())
            .saturating_add(T::Ledger::commitment_weight(proof))
    }

    pub(crate) fn do_submit(
        who: &T::AccountId,
        id: RequestId,
        context: H256,
        output: PrivateOutput<T>,
        proof: ProofBytes,
    ) -> Result<(), Error<T>> {
        let request = Self::assigned_request(who, id)?;
        ensure!(request.is_owed(), Error::AlreadyDelivered);
        let last = request.due().min(request.deadline);
        ensure!(Self::now() <= last, Error::DeadlinePassed);
        ensure!(context == request.context, Error::ContextMismatch);
        let output_commitment = Self::commitment_of(&request, &output)?;
        let statement = Statement {
            context: request.context.0,
            input_commitment: request.input_commitment.0,
            output_commitment: output_commitment.0,
        };
        let ProofVerdict { accepted, gas_used } =
            T::Ledger::verify_statement(request.vk_id, &statement, &proof)?;
        let shown = Shown {
            output_commitment,
            proof,
            gas_used,
        };
        match (accepted, output) {
            (true, PrivateOutput::Posted(output)) => {
                Self::settle(id, request, shown, Some(output));
            }
            (true, PrivateOutput::Committed(_)) => Self::deliver(id, request, shown),
            (false, PrivateOutput::Posted(output)) => {
                Self::reject(id, request, shown, Some(output));
            }
            (false, PrivateOutput::Committed(_)) => Self::reject(id, request, shown, None),
        }
        Ok(())
    }

    /// The third public input, from an output in the form that the request wants.
    fn commitment_of(request: &Request<T>, output: &PrivateOutput<T>) -> Result<H256, Error<T>> {
        match output {
            PrivateOutput::Posted(output) => {
                ensure!(!request.output_private, Error::WrongOutputForm);
                ensure!(
                    output.len().saturated_into::<u32>() == request.interface.output_len,
                    Error::WrongOutputLength
                );
                lattice_host::commit_output(output)
                    .map(H256)
                    .map_err(|error| {
                        log::error!(
                            target: "runtime::private-requests",
                            "output not committed: {error:?}"
                        );
                        Error::SettlementFailed
                    })
            }
            PrivateOutput::Committed(commitment) => {
                ensure!(request.output_private, Error::WrongOutputForm);
                ensure!(
                    lattice_host::is_canonical(&commitment.0),
                    Error::NotACommitment
                );
                Ok(*commitment)
            }
        }
    }

    /// The proof is true, and the output with the requester, as its provider says.
    fn deliver(id: RequestId, mut request: Request<T>, shown: Shown) {
        let final_at = Self::now().saturating_add(T::AcknowledgeWindow::get());
        T::Providers::accept(&request.provider);
        Self::deposit_event(Event::Delivered {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            output_commitment: shown.output_commitment,
            final_at,
        });
        request.shown = Some(shown);
        Self::set_status(id, request, PrivateStatus::Delivered { final_at });
    }
}

impl<T> From<Refusal> for Error<T> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::MalformedProof => Self::MalformedProof,
            Refusal::SettlementOutOfGas => Self::SettlementOutOfGas,
            // Nothing else is said of a proof alone.
            _ => Self::SettlementFailed,
        }
    }
}
