//! From a trace to a proof.

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::{UniformRand, Zero};
use ark_serialize::CanonicalSerialize;
use ark_std::rand::{CryptoRng, RngCore};
use lattice_circuit::{Assignment, Circuit, Plan, ProvingKey};
use lattice_tensor::{Model, Trace};
use lattice_verifier::{
    challenge, field, key::VerifyingKey, verify, FieldBytes, PreparedKey, Statement,
};
use std::{io::Write, sync::Arc};

use crate::{
    error::{ProveError, ProverError},
    queries::{shared, Queries, SharedScalars},
    quotient::Quotient,
};

/// A proof and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// A (32 bytes), B (64), C (32) and, under a key with a commitment, D (32), compressed.
    pub bytes: Vec<u8>,
    /// The public inputs.
    pub statement: Statement,
}

/// What makes a proof zero-knowledge.
#[derive(Clone, Copy)]
struct Randomness {
    r: Fr,
    s: Fr,
    rho: Fr,
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
    pub fn new(model: Arc<Model>, key: ProvingKey) -> Result<Self, ProverError> {
        let circuit = Circuit::build(&model)?;
        Self::of_circuit(model, circuit, key)
    }

    /// [`Prover::new`] with a circuit of the model that was built already, and may be another one than
    /// chains know.
    ///
    /// # Errors
    /// As [`Prover::new`].
    pub fn of_circuit(
        model: Arc<Model>,
        circuit: Circuit,
        key: ProvingKey,
    ) -> Result<Self, ProverError> {
        let plan = circuit.into_plan();
        let rows = plan.constraints() + plan.instances();
        let quotient = Quotient::new(rows).ok_or(ProverError::TooLarge {
            constraints: plan.constraints(),
        })?;
        let columns = plan.instances() + plan.witnesses();
        let committed = plan.committed().map_or(0, |columns| columns.len());
        let groth16 = &key.groth16;
        let commitment = key.commitment.as_ref();
        for (query, expected, actual) in [
            ("a", columns, groth16.a_query.len()),
            ("b (first group)", columns, groth16.b_g1_query.len()),
            ("b (second group)", columns, groth16.b_g2_query.len()),
            ("l", plan.witnesses() - committed, groth16.l_query.len()),
            ("h", quotient.size() - 1, groth16.h_query.len()),
            (
                "commitment",
                committed,
                commitment.map_or(0, |key| key.query.len()),
            ),
        ] {
            if expected != actual {
                return Err(ProverError::ForeignKey {
                    query,
                    expected,
                    actual,
                });
            }
        }
        let identity = G1Affine::identity();
        if groth16.delta_g1 == identity || commitment.is_some_and(|key| key.epsilon_g1 == identity)
        {
            return Err(ProverError::Unblinded);
        }
        let verifying_key = VerifyingKey {
            groth16: groth16.vk.clone(),
            epsilon_g2: commitment.map(|key| key.epsilon_g2),
        };
        let validated = lattice_verifier::validate(&verifying_key.encode())
            .map_err(ProverError::VerifyingKey)?;
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
        let [r, s, rho] = [(); 3].map(|()| Fr::rand(rng));
        let bytes = self.prove_assignment(assignment, Randomness { r, s, rho })?;
        match verify(&self.verifying_key, &statement.inputs(), &bytes) {
            Ok(true) => Ok(Proof { bytes, statement }),
            Ok(false) | Err(_) => Err(ProveError::Unsound),
        }
    }

    /// The proof of an assignment; see [`crate::queries`] for the formula.
    fn prove_assignment(
        &self,
        mut assignment: Assignment,
        Randomness { r, s, rho }: Randomness,
    ) -> Result<Vec<u8>, ProveError> {
        let (commitment, inverses) = self.commit(&mut assignment, rho)?;
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
                            .lh(&scalars[..z.len()], &h, &inverses, (r * s, rho))
                    },
                    || self.queries.b_g2(&scalars),
                )
            },
            || {
                rayon::join(
                    || self.queries.a(&scalars, &inverses),
                    || self.queries.b_g1(&scalars),
                )
            },
        );
        let (Some(lh), Some(b_g2), Some(a), Some(b_g1)) = (lh, b_g2, a, b_g1) else {
            return Err(ProveError::Unsound);
        };
        let (sa, rb) = rayon::join(|| a * s, || b_g1 * r);
        let [a, c] = [a, lh + sa + rb].map(G1Projective::into_affine);
        let mut bytes = Vec::with_capacity(self.verifying_key.version().proof_len());
        write(&a, &mut bytes)?;
        write(&b_g2.into_affine(), &mut bytes)?;
        write(&c, &mut bytes)?;
        bytes.extend(commitment);
        Ok(bytes)
    }

    /// Commits to the part of an assignment that does not depend on the challenge, and adds the part
    /// that does. Returns the commitment's bytes and the lookups' inverses, none for a circuit without.
    fn commit(
        &self,
        assignment: &mut Assignment,
        rho: Fr,
    ) -> Result<(Vec<u8>, SharedScalars), ProveError> {
        let Some(committed) = self.plan.committed() else {
            return Ok((Vec::new(), None));
        };
        let first = self.plan.instances();
        let values = &assignment.witness[committed.start - first..committed.end - first];
        let commitment = self.queries.commit(values, rho).flatten();
        let commitment = commitment.ok_or(ProveError::Unsound)?.into_affine();
        let mut bytes = [0; 32];
        write(&commitment, &mut bytes[..])?;
        let inputs = assignment.statement.inputs();
        let challenge = challenge(&self.verifying_key, &inputs, &bytes);
        let challenge = field::decode(&challenge).ok_or(ProveError::Unsound)?;
        let inverses = self.plan.respond(assignment, challenge);
        Ok((bytes.to_vec(), shared(inverses)))
    }
}

fn write(point: &impl CanonicalSerialize, to: impl Write) -> Result<(), ProveError> {
    point
        .serialize_compressed(to)
        .map_err(|error| ProveError::Encoding(error.to_string()))
}
