//! The program that settles an inference.

use alloc::{vec, vec::Vec};
use lattice_isa::{Instruction, KeyId, Program, ProofBytes};
use lattice_verifier::Statement;

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
