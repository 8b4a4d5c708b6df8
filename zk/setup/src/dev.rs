//! The development set-up: one party samples the trapdoors and forgets them.

use ark_bn254::{g1, Bn254, Fr, G1Projective, G2Projective};
use ark_ec::CurveGroup;
use ark_ff::{Field, UniformRand};
use ark_groth16::Groth16;
use ark_std::rand::{CryptoRng, RngCore};
use lattice_circuit::{Circuit, CommitmentKey, ProvingKey};
use lattice_verifier::VerifyingKey;

use crate::{encoding::check_blinding, error::SetupError, scale::multiply_by_one};

/// A proving key and its verifying key.
#[derive(Clone, Debug)]
pub struct Keys {
    /// What a prover needs.
    pub proving_key: ProvingKey,
    /// What the chain registers: [`KEY_LEN`](lattice_verifier::KEY_LEN) bytes, with a commitment
    /// [`COMMITTED_KEY_LEN`](lattice_verifier::COMMITTED_KEY_LEN).
    pub verifying_key: Vec<u8>,
}

impl Keys {
    /// From a proving key, which contains the verifying key.
    ///
    /// # Errors
    /// [`SetupError::VerifyingKey`] if the chain would refuse the key, [`SetupError::Unblinded`] if
    /// its proofs would hide nothing.
    pub fn new(proving_key: ProvingKey) -> Result<Self, SetupError> {
        let verifying_key = encode_verifying_key(&proving_key);
        lattice_verifier::validate(&verifying_key).map_err(SetupError::VerifyingKey)?;
        check_blinding(&proving_key)?;
        Ok(Self {
            proving_key,
            verifying_key,
        })
    }
}

/// The verifying key inside of a proving key, as it is registered.
pub(crate) fn encode_verifying_key(key: &ProvingKey) -> Vec<u8> {
    let key = VerifyingKey {
        groth16: key.groth16.vk.clone(),
        epsilon_g2: key.commitment.as_ref().map(|c| c.epsilon_g2),
    };
    key.encode()
}

/// Makes keys for a circuit from `rng`, with arkworks' generator.
///
/// arkworks divides the points of all witness columns by δ. Those that the circuit commits to are
/// taken out and multiplied by δ/ε, with an ε of their own.
///
/// Whoever runs this could keep the trapdoors and forge proofs, so a chain accepts such a key only
/// if it allows [`SetupKind::Dev`](crate::SetupKind::Dev). `rng` must be unpredictable to everyone
/// else for the same reason.
///
/// # Errors
/// [`SetupError::Generation`] if the circuit is larger than the field's evaluation domains,
/// [`SetupError::VerifyingKey`] if the chain would refuse the result (a trapdoor that is zero or, up
/// to its sign, another one, by a chance of 2^-250).
pub fn dev_setup(
    circuit: &Circuit,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Keys, SetupError> {
    let [alpha, beta, gamma, delta] = [(); 4].map(|()| Fr::rand(rng));
    let (g1, g2) = (G1Projective::rand(rng), G2Projective::rand(rng));
    let mut groth16 = Groth16::<Bn254>::generate_parameters_with_qap(
        circuit.synthesizer(),
        alpha,
        beta,
        gamma,
        delta,
        g1,
        g2,
        rng,
    )
    .map_err(|error| SetupError::Generation(error.to_string()))?;
    let commitment = circuit.r1cs().committed().map(|columns| {
        let instances = circuit.r1cs().instances();
        let committed = columns.start - instances..columns.end - instances;
        let query: Vec<_> = groth16.l_query.drain(committed).collect();
        let epsilon = Fr::rand(rng);
        // Without an inverse ε is zero, which validation refuses.
        let ratio = delta * epsilon.inverse().unwrap_or_default();
        CommitmentKey {
            query: multiply_by_one::<g1::Config>(&query, ratio),
            epsilon_g1: (g1 * epsilon).into_affine(),
            epsilon_g2: (g2 * epsilon).into_affine(),
        }
    });
    Keys::new(ProvingKey {
        groth16,
        commitment,
    })
}
