//! From a trace to a proof.

use ark_bn254::{Bn254, Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{UniformRand, Zero};
use ark_groth16::ProvingKey;
use ark_serialize::CanonicalSerialize;
use ark_std::rand::{CryptoRng, RngCore};
use lattice_circuit::{Assignment, Circuit, Plan, R1cs};
use lattice_tensor::{Model, Trace};
use lattice_verifier::{verify, FieldBytes, PreparedKey, Statement, PROOF_LEN};
use std::sync::Arc;

use crate::{
    error::{ProveError, ProverError},
    queries::Queries,
    quotient::Quotient,
};

/// A proof and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// A (32 bytes), B (64), C (32), compressed.
    pub bytes: [u8; PROOF_LEN],
    /// The public inputs.
    pub statement: Statement,
}

/// Proves executions of one model with one key. Cheap to share, safe to use from many threads.
#[derive(Clone, Debug)]
pub struct Prover {
    model: Arc<Model>,
    plan: Plan,
    quotient: Quotient,
    queries: Queries,
    verifying_key: PreparedKey,
}

impl Prover {
    /// Builds the model's circuit, keeps its witness plan and computes multiples of the key's points.
    /// Done once per model: it takes about as long as ten proofs, and up to 200 MB.
    ///
    /// # Errors
    /// Every variant of [`ProverError`]. A key of another circuit with equally many rows and
    /// variables is noticed by a proof at the earliest, as [`ProveError::Unsound`].
    pub fn new(model: Arc<Model>, key: ProvingKey<Bn254>) -> Result<Self, ProverError> {
        let plan = Circuit::build(&model)?.into_plan();
        let rows = plan.constraints() + R1cs::STATEMENT;
        let quotient = Quotient::new(rows).ok_or(ProverError::TooLarge {
            constraints: plan.constraints(),
        })?;
        let columns = R1cs::STATEMENT + plan.witnesses();
        for (query, expected, actual) in [
            ("a", columns, key.a_query.len()),
            ("b (first group)", columns, key.b_g1_query.len()),
            ("b (second group)", columns, key.b_g2_query.len()),
            ("l", plan.witnesses(), key.l_query.len()),
            ("h", quotient.size() - 1, key.h_query.len()),
        ] {
            if expected != actual {
                return Err(ProverError::ForeignKey {
                    query,
                    expected,
                    actual,
                });
            }
        }
        if key.delta_g1 == G1Affine::identity() {
            return Err(ProverError::Unblinded);
        }
        let mut bytes = Vec::with_capacity(lattice_verifier::KEY_LEN);
        key.vk
            .serialize_compressed(&mut bytes)
            .map_err(|error| ProverError::Encoding(error.to_string()))?;
        let validated = lattice_verifier::validate(&bytes).map_err(ProverError::VerifyingKey)?;
        let verifying_key = PreparedKey::decode(&validated.prepared)
            .map_err(|error| ProverError::Encoding(error.to_string()))?;
        Ok(Self {
            model,
            queries: Queries::new(&key, &plan),
            plan,
            quotient,
            verifying_key,
        })
    }

    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Rows of the circuit.
    pub fn constraints(&self) -> usize {
        self.plan.constraints()
    }

    /// The key that the proofs verify with.
    pub fn verifying_key(&self) -> &PreparedKey {
        &self.verifying_key
    }

    /// Proves that `trace` is an execution of the model, in a context. Blindings are zero where the
    /// chain recomputes a commitment and random where the values stay private; all three are
    /// canonical little-endian field elements. The proof has been verified.
    ///
    /// `rng` makes the proof zero-knowledge: it must be unpredictable.
    ///
    /// # Errors
    /// Every variant of [`ProveError`].
    pub fn prove(
        &self,
        trace: &Trace,
        context: &FieldBytes,
        input_blinding: &FieldBytes,
        output_blinding: &FieldBytes,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Proof, ProveError> {
        let assignment = self
            .plan
            .assign(trace, context, input_blinding, output_blinding)?;
        let statement = assignment.statement;
        let bytes = self.prove_assignment(assignment, Fr::rand(rng), Fr::rand(rng))?;
        match verify(&self.verifying_key, &statement.inputs(), &bytes) {
            Ok(true) => Ok(Proof { bytes, statement }),
            Ok(false) | Err(_) => Err(ProveError::Unsound),
        }
    }

    /// The proof of an assignment with randomness `r`, `s`; see [`crate::queries`] for the formula.
    fn prove_assignment(
        &self,
        assignment: Assignment,
        r: Fr,
        s: Fr,
    ) -> Result<[u8; PROOF_LEN], ProveError> {
        let Assignment {
            instance,
            witness,
            mut a,
            mut b,
            ..
        } = assignment;
        let z = [&instance[..], &witness].concat();
        let scalars = Queries::scalars(&z, r, s);
        // arkworks appends a row `z_i · 0 = 0` per instance variable, which makes their points
        // independent.
        a.extend_from_slice(&instance);
        b.resize(a.len(), Fr::zero());
        // Four independent sums; whichever thread is free takes the next piece of any of them.
        let ((lh, b_g2), (a, b_g1)) = rayon::join(
            || {
                rayon::join(
                    || {
                        let h = self.quotient.coefficients(a, b);
                        self.queries
                            .lh(&scalars[R1cs::STATEMENT..z.len()], &h, r * s)
                    },
                    || self.queries.b_g2(&scalars),
                )
            },
            || rayon::join(|| self.queries.a(&scalars), || self.queries.b_g1(&scalars)),
        );
        let (Some(lh), Some(b_g2), Some(a), Some(b_g1)) = (lh, b_g2, a, b_g1) else {
            return Err(ProveError::Unsound);
        };
        let (sa, rb) = rayon::join(|| a * s, || b_g1 * r);
        let c = lh + sa + rb;
        let proof = ark_groth16::Proof::<Bn254> {
            a: a.into_affine(),
            b: b_g2.into_affine(),
            c: c.into_affine(),
        };
        let mut bytes = [0; PROOF_LEN];
        proof
            .serialize_compressed(&mut bytes[..])
            .map_err(|error| ProveError::Encoding(error.to_string()))?;
        Ok(bytes)
    }
}
