//! A result is judged by the settlement program.
//!
//! Settlement is a program of the AI instruction set, made from a template that the
//! runtime owns: VERIFY_PROOF with the three public inputs that the chain derived,
//! then COMMIT_RESULT of (context, output commitment). It is accepted when the program
//! ends without a trap and its journal has exactly that commitment.
//!
//! A result takes three steps: [`Pallet::claim`] checks all that needs no proof,
//! [`Pallet::judge`] runs the programs of any number of claims with their proofs
//! verified together, and [`Pallet::conclude`] settles the request or ends its attempt.

use crate::escrow::Payments;
use crate::types::{Evidence, Miss};
use crate::*;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_host::{ProgramOutcome, ProofFault, SettlementBatch, Statement, Trap};
use lattice_primitives::{ProofBytes, Refusal, RequestId};
use pallet_model_registry::Registry;

/// A result that can be judged: of an open request, in time, by its provider.
pub(crate) struct Claim<T: Config> {
    id: RequestId,
    request: Request<T>,
    output: BoundedVec<i32, T::MaxOutputLen>,
    statement: Statement,
    proof: ProofBytes,
}

impl<T: Config> Claim<T> {
    /// The number of the request.
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// The verifying key that the proof must satisfy.
    pub fn vk_id(&self) -> H256 {
        self.request.vk_id
    }
}

/// What a settlement program said of a claim.
pub(crate) struct Judgement {
    /// Whether the proof was accepted.
    accepted: bool,
    /// Gas that the program used.
    pub gas_used: u64,
}

/// What became of claims that were judged together.
pub(crate) struct Judged<T: Config> {
    /// Each claim, in order, with its judgement or why there is none.
    pub claims: Vec<(Claim<T>, Result<Judgement, Refusal>)>,
    /// Gas of verifying each proof alone, if that was needed; on top of the programs'.
    pub retry_gas: u64,
}

impl<T: Config> Pallet<T> {
    /// Weight of a submission before its program has run: the measured call with an
    /// output of this length, and the program's whole gas limit.
    pub(crate) fn submission_weight(output_len: u32) -> Weight {
        Self::result_weight(output_len)
            .saturating_add(Weight::from_parts(T::SettlementGas::get(), 0))
            .saturating_add(Self::subscription_weight(true))
    }

    /// Weight of a submission as measured, whichever way it ends.
    ///
    /// Its dependence on the length is measured on rejected proofs: a true proof for
    /// every length takes a prover for every length.
    pub(crate) fn result_weight(output_len: u32) -> Weight {
        let settled =
            T::WeightInfo::settle_result().saturating_add(Self::output_weight(output_len));
        T::WeightInfo::submit_result(output_len).max(settled)
    }

    /// What a proof's commitment adds to the weight of a submission, whose benchmarks have
    /// proofs without one.
    pub(crate) fn commitment_weight(proof: &ProofBytes) -> Weight {
        let gas = lattice_host::GasSchedule::V1.verify_proof_commitment;
        match proof.is_committed() {
            true => Weight::from_parts(gas, 0),
            false => Weight::zero(),
        }
    }

    /// The part of a submission's weight that the length of the output makes.
    pub(crate) fn output_weight(output_len: u32) -> Weight {
        T::WeightInfo::submit_result(output_len).saturating_sub(T::WeightInfo::submit_result(0))
    }

    /// Returns the gas that the settlement program used.
    pub(crate) fn do_submit(
        who: &T::AccountId,
        submission: ResultSubmission<T>,
    ) -> Result<u64, Error<T>> {
        let claim = Self::claim(who, submission)?;
        let judged = Self::judge([claim].into())?;
        let (claim, judgement) = judged
            .claims
            .into_iter()
            .next()
            .ok_or(Error::<T>::SettlementFailed)?;
        let judgement = judgement?;
        let gas_used = judgement.gas_used.saturating_add(judged.retry_gas);
        let mut payments = Payments::<T>::default();
        Self::conclude(claim, judgement, &mut payments);
        Self::make_payments(payments);
        Ok(gas_used)
    }

    /// Check everything about a result that needs neither its proof nor its commitment: it is of an
    /// open request, in time, by its provider, and has the right length.
    pub(crate) fn check(
        who: &T::AccountId,
        submission: &ResultSubmission<T>,
    ) -> Result<Request<T>, Refusal> {
        let request = Self::open_request(submission.request)?;
        ensure!(
            request.has_provider() && *who == request.provider,
            Refusal::NotAssignedProvider
        );
        ensure!(
            frame_system::Pallet::<T>::block_number() <= request.deadline,
            Refusal::DeadlinePassed
        );
        ensure!(
            submission.context == request.context,
            Refusal::ContextMismatch
        );
        ensure!(
            submission.output.len().saturated_into::<u32>() == request.output_len,
            Refusal::WrongOutputLength
        );
        Ok(request)
    }

    /// Check everything about a result but its proof, and derive what it must prove.
    pub(crate) fn claim(
        who: &T::AccountId,
        submission: ResultSubmission<T>,
    ) -> Result<Claim<T>, Refusal> {
        let request = Self::check(who, &submission)?;
        let ResultSubmission {
            request: id,
            context: _,
            output,
            proof,
        } = submission;
        let output_commitment = lattice_host::commit_output(&output)
            .map_err(|error| Self::host_failed("commit_output", &error))?;
        let statement = Statement {
            context: request.context.0,
            input_commitment: request.input_commitment.0,
            output_commitment,
        };
        Ok(Claim {
            id,
            request,
            output,
            statement,
            proof,
        })
    }

    /// Run the settlement programs of claims, their proofs verified together. Nothing
    /// changes yet.
    ///
    /// There must be at most [`lattice_host::MAX_BATCH`] claims, under at most
    /// [`lattice_host::MAX_BATCH_KEYS`] keys.
    pub(crate) fn judge(claims: Vec<Claim<T>>) -> Result<Judged<T>, Refusal> {
        let keys: BTreeSet<H256> = claims.iter().map(Claim::vk_id).collect();
        let batch = SettlementBatch {
            programs: claims
                .iter()
                .map(|claim| {
                    let vk_id = claim.vk_id().0;
                    lattice_host::settlement_program(vk_id, &claim.statement, &claim.proof)
                })
                .collect(),
            gas_limit: T::SettlementGas::get(),
            keys: keys
                .iter()
                .map(|vk_id| (vk_id.0, T::Registry::prepared_key_location(vk_id)))
                .collect(),
        };
        let outcome = lattice_host::settle_batch(&batch)
            .map_err(|error| Self::host_failed("settle_batch", &error))?;
        // An outcome for each program, or the host is not the one that this runtime needs.
        ensure!(
            outcome.outcomes.len() == claims.len(),
            Refusal::SettlementFailed
        );
        Ok(Judged {
            claims: claims
                .into_iter()
                .zip(&outcome.outcomes)
                .map(|(claim, outcome)| {
                    let judgement = Self::judgement(&claim.statement, outcome);
                    (claim, judgement)
                })
                .collect(),
            retry_gas: outcome.retry_gas,
        })
    }

    /// Whether a proof shows a statement, as the settlement program judges it.
    pub(crate) fn verify_statement(
        vk_id: H256,
        statement: &Statement,
        proof: &ProofBytes,
    ) -> Result<ProofVerdict, Refusal> {
        let batch = SettlementBatch {
            programs: [lattice_host::settlement_program(vk_id.0, statement, proof)].into(),
            gas_limit: T::SettlementGas::get(),
            keys: [(vk_id.0, T::Registry::prepared_key_location(&vk_id))].into(),
        };
        let outcome = lattice_host::settle_batch(&batch)
            .map_err(|error| Self::host_failed("settle_batch", &error))?;
        let outcome = outcome.outcomes.first().ok_or(Refusal::SettlementFailed)?;
        let judgement = Self::judgement(statement, outcome)?;
        Ok(ProofVerdict {
            accepted: judgement.accepted,
            gas_used: judgement.gas_used,
        })
    }

    /// What a program's outcome says of its statement.
    fn judgement(statement: &Statement, outcome: &ProgramOutcome) -> Result<Judgement, Refusal> {
        let gas_used = outcome.gas_used;
        let judged = |accepted| Ok(Judgement { accepted, gas_used });
        if outcome.settles(statement) {
            return judged(true);
        }
        match outcome.trap {
            Some(Trap::ProofRejected) => judged(false),
            Some(Trap::InvalidProof(ProofFault::MalformedProof)) => Err(Refusal::MalformedProof),
            Some(Trap::OutOfGas { .. }) => Err(Refusal::SettlementOutOfGas),
            other => {
                log::error!(target: "runtime::inference", "settlement ended with {other:?}");
                Err(Refusal::SettlementFailed)
            }
        }
    }

    /// Settle the request of a claim, or end its attempt, as it was judged. What a settlement pays is
    /// added to the payments.
    pub(crate) fn conclude(claim: Claim<T>, judgement: Judgement, payments: &mut Payments<T>) {
        let Claim {
            id,
            request,
            output,
            statement,
            proof,
        } = claim;
        let evidence = Evidence {
            output,
            output_commitment: H256(statement.output_commitment),
            proof: Some(proof),
            gas_used: judgement.gas_used,
        };
        match judgement.accepted {
            true => Self::settle(id, request, evidence, payments),
            false => Self::fail(id, request, Miss::FalseProof, Some(evidence)),
        }
    }

    pub(crate) fn host_failed(what: &str, error: &lattice_host::HostError) -> Refusal {
        log::error!(target: "runtime::inference", "{what} failed: {error:?}");
        Refusal::SettlementFailed
    }
}

impl<T> From<Refusal> for Error<T> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownRequest => Self::UnknownRequest,
            Refusal::RequestNotOpen => Self::RequestNotOpen,
            Refusal::NotAssignedProvider => Self::NotAssignedProvider,
            Refusal::DeadlinePassed => Self::DeadlinePassed,
            Refusal::ContextMismatch => Self::ContextMismatch,
            Refusal::WrongOutputLength => Self::WrongOutputLength,
            Refusal::MalformedProof => Self::MalformedProof,
            Refusal::SettlementOutOfGas => Self::SettlementOutOfGas,
            Refusal::SettlementFailed => Self::SettlementFailed,
            Refusal::DuplicateResult => Self::DuplicateResult,
            Refusal::TooManyKeys => Self::TooManyKeys,
        }
    }
}
