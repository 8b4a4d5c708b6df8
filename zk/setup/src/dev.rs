//! The development set-up: one party samples the trapdoors and forgets them.

use ark_bn254::Bn254;
use ark_groth16::{Groth16, ProvingKey};
use ark_serialize::CanonicalSerialize;
use ark_std::rand::{CryptoRng, RngCore};
use lattice_circuit::Circuit;

use crate::{encoding::check_blinding, error::SetupError};

/// A proving key and its verifying key.
#[derive(Clone, Debug)]
pub struct Keys {
    /// What a prover needs.
    pub proving_key: ProvingKey<Bn254>,
    /// What the chain stores, [`lattice_verifier::KEY_LEN`] bytes.
    pub verifying_key: Vec<u8>,
}

impl Keys {
    /// From a proving key, which contains the verifying key.
    ///
    /// # Errors
    /// [`SetupError::VerifyingKey`] if the chain would refuse the key, [`SetupError::Unblinded`] if
    /// its proofs would hide nothing.
    pub fn new(proving_key: ProvingKey<Bn254>) -> Result<Self, SetupError> {
        let verifying_key = encode_verifying_key(&proving_key)?;
        lattice_verifier::validate(&verifying_key).map_err(SetupError::VerifyingKey)?;
        check_blinding(&proving_key)?;
        Ok(Self {
            proving_key,
            verifying_key,
        })
    }
}

/// The verifying key inside of a proving key, as the chain stores it.
pub(crate) fn encode_verifying_key(key: &ProvingKey<Bn254>) -> Result<Vec<u8>, SetupError> {
    let mut bytes = Vec::with_capacity(lattice_verifier::KEY_LEN);
    key.vk
        .serialize_compressed(&mut bytes)
        .map_err(|error| SetupError::ProvingKey(error.to_string()))?;
    Ok(bytes)
}

/// Makes keys for a circuit from `rng`, with arkworks' generator.
///
/// Whoever runs this could keep the trapdoors and forge proofs, so a chain accepts such a key only
/// if it allows [`SetupKind::Dev`](crate::SetupKind::Dev). `rng` must be unpredictable to everyone
/// else for the same reason.
///
/// # Errors
/// [`SetupError::Generation`] if the circuit is larger than the field's evaluation domains,
/// [`SetupError::VerifyingKey`] if the chain would refuse the result (γ = ±δ, by a chance of 2^-253).
pub fn dev_setup(
    circuit: &Circuit,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Keys, SetupError> {
    let key =
        Groth16::<Bn254>::generate_random_parameters_with_reduction(circuit.synthesizer(), rng)
            .map_err(|error| SetupError::Generation(error.to_string()))?;
    Keys::new(key)
}
