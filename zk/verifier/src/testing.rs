//! Keys of committed proofs with known trapdoors, and what whoever knows these can do. For tests, of
//! other crates too.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, UniformRand};
use ark_serialize::CanonicalSerialize;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

use crate::statement::{FieldBytes, ProofVersion, COMMITTED_PROOF_LEN, PUBLIC_INPUTS};
use crate::{challenge, field, validate, PreparedKey, Statement, VerifyingKey};

/// The discrete logarithms of a key of committed proofs.
#[derive(Clone, Debug)]
pub struct Trapdoors {
    /// α.
    pub alpha: Fr,
    /// β.
    pub beta: Fr,
    /// γ.
    pub gamma: Fr,
    /// δ.
    pub delta: Fr,
    /// ε.
    pub epsilon: Fr,
    /// ICᵢ.
    pub gamma_abc: Vec<Fr>,
}

impl Trapdoors {
    /// The trapdoors of a seed.
    pub fn new(seed: u64) -> Self {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let [alpha, beta, gamma, delta, epsilon] = [(); 5].map(|()| Fr::rand(rng));
        Self {
            alpha,
            beta,
            gamma,
            delta,
            epsilon,
            gamma_abc: (0..ProofVersion::Committed.instances())
                .map(|_| Fr::rand(rng))
                .collect(),
        }
    }

    /// The key that they give.
    pub fn key(&self) -> VerifyingKey {
        VerifyingKey {
            groth16: ark_groth16::VerifyingKey {
                alpha_g1: g1(self.alpha),
                beta_g2: g2(self.beta),
                gamma_g2: g2(self.gamma),
                delta_g2: g2(self.delta),
                gamma_abc_g1: self.gamma_abc.iter().copied().map(g1).collect(),
            },
            epsilon_g2: Some(g2(self.epsilon)),
        }
    }

    /// The key as a chain decodes it.
    ///
    /// # Panics
    /// If the trapdoors were changed to those of a key that is refused.
    pub fn prepared(&self) -> PreparedKey {
        let validated = validate(&self.key().encode()).expect("a good key");
        PreparedKey::decode(&validated.prepared).expect("just validated")
    }

    /// A proof of any statement: A, B and D are chosen by the seed, and C is what satisfies the
    /// equation (the zero-knowledge simulator). Nobody without the trapdoors can do this.
    pub fn simulate(&self, statement: &Statement, seed: u64) -> [u8; COMMITTED_PROOF_LEN] {
        let d = Fr::rand(&mut ChaCha20Rng::seed_from_u64(seed ^ 1 << 63));
        let challenge = challenge(&self.prepared(), &statement.inputs(), &g1_bytes(d));
        self.simulate_for(&statement.inputs(), d, &challenge, d, seed)
    }

    /// A proof with `sent` as the logarithm of its D and C solved for this challenge and for
    /// `solved` in its place: one that holds only if both are what the verifier takes them for.
    pub fn simulate_for(
        &self,
        inputs: &[FieldBytes; PUBLIC_INPUTS],
        sent: Fr,
        challenge: &FieldBytes,
        solved: Fr,
        seed: u64,
    ) -> [u8; COMMITTED_PROOF_LEN] {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let [a, b] = [(); 2].map(|()| Fr::rand(rng));
        let instance = inputs.iter().chain([challenge]);
        let instance = instance.map(|bytes| field::decode(bytes).expect("canonical"));
        let statement: Fr = [Fr::ONE]
            .into_iter()
            .chain(instance)
            .zip(&self.gamma_abc)
            .map(|(input, point)| input * point)
            .sum();
        let inverse = self.delta.inverse().expect("not zero");
        let c = (a * b - self.alpha * self.beta - statement * self.gamma - solved * self.epsilon)
            * inverse;
        let mut bytes = Vec::with_capacity(COMMITTED_PROOF_LEN);
        let proof = (g1(a), g2(b), g1(c), g1(sent));
        proof.serialize_compressed(&mut bytes).expect("to memory");
        bytes.try_into().expect("160 bytes")
    }
}

/// A multiple of the first group's generator.
pub fn g1(scalar: Fr) -> G1Affine {
    (G1Affine::generator() * scalar).into_affine()
}

/// A multiple of the second group's generator.
pub fn g2(scalar: Fr) -> G2Affine {
    (G2Affine::generator() * scalar).into_affine()
}

/// The compressed bytes of a multiple of the first group's generator.
pub fn g1_bytes(scalar: Fr) -> [u8; 32] {
    let mut bytes = Vec::new();
    let point = g1(scalar);
    point.serialize_compressed(&mut bytes).expect("to memory");
    bytes.try_into().expect("32 bytes")
}
