//! The program that settles an inference, and batches of it.

use crate::types::ProgramOutcome;
use alloc::{vec, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use lattice_isa::{Gas, Instruction, KeyId, Program, ProofBytes};
use lattice_verifier::Statement;
use scale_info::TypeInfo;

/// The settlement template: `VERIFY_PROOF`, then `COMMIT_RESULT` of the output
/// commitment for the context.
///
/// The public inputs are the statement that the runtime derived itself, never
/// what a provider sent. The gas that it uses is
/// [`lattice_isa::GasSchedule::settlement`].
pub fn settlement_program(vk_id: KeyId, statement: &Statement, proof: &ProofBytes) -> Vec<u8> {
    let program = [
        Instruction::VerifyProof {
            key: vk_id,
            inputs: statement.inputs().to_vec(),
            proof: *proof,
        },
        Instruction::CommitResult {
            subject: statement.context,
            digest: statement.output_commitment,
        },
    ];
    // Three inputs always fit their count. Were they not to, these bytes are no
    // program, where an empty one would run to its end.
    Program::encode(&program).unwrap_or_else(|_| vec![0])
}

/// Settlements that are to be verified together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct SettlementBatch {
    /// The encoded programs, each as [`settlement_program`] makes it; at most
    /// [`crate::MAX_BATCH`], under at most [`crate::MAX_BATCH_KEYS`] keys.
    pub programs: Vec<Vec<u8>>,
    /// Most gas that each program may use.
    pub gas_limit: Gas,
    /// Verifying keys that the programs may name, as in [`crate::ProgramCall::keys`].
    pub keys: Vec<(KeyId, Vec<u8>)>,
}

/// What a batch of settlements left.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct BatchOutcome {
    /// What each program left, in order: all that it would have left alone, but with the gas of
    /// its share, [`lattice_isa::GasSchedule::batched`], which follows from the number of programs
    /// and of keys that they name.
    pub outcomes: Vec<ProgramOutcome>,
    /// Gas of checking each proof alone because not all of them were true; otherwise nothing. At
    /// most [`lattice_isa::BatchSchedule::retry`] for each program, and on top of their own gas.
    pub retry_gas: Gas,
}
