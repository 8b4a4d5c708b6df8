//! Where models and verifying keys come from.

use alloc::vec::Vec;
use lattice_isa::{KeyId, ModelHash, ProofBytes, ProofFault, PublicInput};
use lattice_verifier::VerifyError;

/// What a program may reach outside the machine.
///
/// An answer must depend on the chain's state alone: two nodes that run the
/// same program on the same state get the same answers.
pub trait Environment {
    /// The piece `index` of the encoding of the model of this hash; `None` after
    /// the last one, and for index 0 if the program may not have the model.
    ///
    /// Piece 0 is the SCALE byte vector of the manifest. The pieces after it are,
    /// one after another, the bytes of the tensors and, for a trained state, those
    /// of its parameters (see [`crate::training`]), cut anywhere.
    ///
    /// The machine asks for the pieces in order, from 0 to the first `None`. It
    /// has charged [`lattice_isa::GasSchedule::load_model_base`] before it asks
    /// for the first and [`lattice_isa::GasSchedule::load_model_chunk`] before
    /// each other, charges per byte before it uses what it got, and checks the
    /// hash.
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>>;

    /// Whether the proof is true of the public inputs under the key.
    ///
    /// # Errors
    /// [`VerifyFault`] where the question has no answer. A well-formed false
    /// proof is `Ok(false)`.
    fn verify(
        &mut self,
        key: &KeyId,
        inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault>;
}

/// Why a proof could not be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyFault {
    /// The program may not have this key, or no such key exists.
    #[error("the verifying key is not available")]
    UnknownKey,
    /// Key, inputs or proof are not well formed.
    #[error(transparent)]
    Invalid(#[from] ProofFault),
}

impl From<VerifyError> for VerifyFault {
    /// What a program is told of an error of the verifier, whoever runs it.
    fn from(error: VerifyError) -> Self {
        VerifyFault::Invalid(match error {
            VerifyError::Inputs { .. } => ProofFault::InputCount,
            VerifyError::Input { .. } => ProofFault::NonCanonicalInput,
            VerifyError::Length { .. } | VerifyError::Point { .. } => ProofFault::MalformedProof,
        })
    }
}

/// An environment without models and keys, for programs that only compute.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyEnvironment;

impl Environment for EmptyEnvironment {
    fn model_chunk(&mut self, _model: &ModelHash, _index: u32) -> Option<Vec<u8>> {
        None
    }

    fn verify(
        &mut self,
        _key: &KeyId,
        _inputs: &[PublicInput],
        _proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        Err(VerifyFault::UnknownKey)
    }
}
