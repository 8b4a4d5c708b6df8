//! Execution proofs and committed results.

use crate::{abi, KeyId, PublicInput};

/// Whether a Groth16 proof of the public inputs is true under a registered key
/// (`VERIFY_PROOF`).
///
/// The public inputs of an execution are its context, its input commitment and
/// its output commitment, in this order. The chain ends the call where the
/// question has no answer: no such key in the call's access list, or a key,
/// input or proof that is malformed, as one is whose length is not that of the key's
/// proofs: 128 bytes, or 160 with a commitment.
pub fn verify(key: &KeyId, inputs: &[PublicInput], proof: &[u8]) -> bool {
    abi::verify_proof(key, inputs, proof)
}

/// Commits `digest` as the result of `subject` (`COMMIT_RESULT`): the chain
/// records both under this instance's name. Such a record settles nothing.
pub fn commit_result(subject: &[u8; 32], digest: &[u8; 32]) {
    abi::commit_result(subject, digest);
}
