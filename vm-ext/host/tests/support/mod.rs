//! A real verifying key, and real proofs under it, of a circuit with the three
//! public inputs that every Lattice circuit has.

#![allow(dead_code)] // Each test and bench uses a part of it.

use ark_bn254::{Bn254, Fr};
use ark_groth16::{Groth16, ProvingKey};
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use ark_relations::lc;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use codec::Encode;
use lattice_host::{settlement_program, KeyReport, ProgramCall, ProofBytes, Statement};
use lattice_verifier::testing::Trapdoors;
use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha20Rng;
use sp_io::TestExternalities;
use std::sync::OnceLock;

/// Gas that suffices for every program here.
pub const PLENTY: u64 = 1_000_000_000_000;

/// `context`, `input` and `output`, and a witness whose square is their sum.
#[derive(Clone, Copy)]
struct SquareOfSum {
    inputs: [Fr; 3],
    root: Fr,
}

impl ConstraintSynthesizer<Fr> for SquareOfSum {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let [context, input, output] = self.inputs;
        let context = cs.new_input_variable(|| Ok(context))?;
        let input = cs.new_input_variable(|| Ok(input))?;
        let output = cs.new_input_variable(|| Ok(output))?;
        let root = cs.new_witness_variable(|| Ok(self.root))?;
        cs.enforce_r1cs_constraint(
            || lc!() + root,
            || lc!() + root,
            || lc!() + context + input + output,
        )
    }
}

/// A key with a proof under it.
pub struct Fixture {
    pub verifying_key: Vec<u8>,
    pub statement: Statement,
    pub proof: ProofBytes,
    prover: Prover,
}

/// What makes proofs.
enum Prover {
    /// Without a commitment, of the circuit.
    Circuit(Box<ProvingKey<Bn254>>),
    /// Committed ones, simulated.
    Trapdoors(Box<Trapdoors>),
}

fn bytes(element: Fr) -> [u8; 32] {
    let mut bytes = [0; 32];
    element
        .serialize_compressed(&mut bytes[..])
        .expect("an element has 32 bytes");
    bytes
}

impl Fixture {
    /// A key of its own for each seed.
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let blank = SquareOfSum {
            inputs: [Fr::from(0u64); 3],
            root: Fr::from(0u64),
        };
        let proving_key =
            Groth16::<Bn254>::generate_random_parameters_with_reduction(blank, &mut rng)
                .expect("the circuit has a key");
        let mut verifying_key = Vec::new();
        proving_key
            .vk
            .serialize_compressed(&mut verifying_key)
            .expect("a key has an encoding");
        Self::with(verifying_key, Prover::Circuit(Box::new(proving_key)), seed)
    }

    /// The same with a key of committed proofs.
    pub fn committed(seed: u64) -> Self {
        let trapdoors = Trapdoors::new(seed);
        let verifying_key = trapdoors.key().encode();
        Self::with(verifying_key, Prover::Trapdoors(Box::new(trapdoors)), seed)
    }

    fn with(verifying_key: Vec<u8>, prover: Prover, seed: u64) -> Self {
        let (statement, proof) = prover.prove([seed.wrapping_add(3), 5, 11]);
        Fixture {
            verifying_key,
            statement,
            proof,
            prover,
        }
    }

    /// The statement of these inputs (the last one adjusted so that the sum is a
    /// square) and a proof of it.
    pub fn prove(&self, inputs: [u64; 3]) -> (Statement, ProofBytes) {
        self.prover.prove(inputs)
    }

    /// What the registry stores of the key.
    pub fn report(&self) -> KeyReport {
        lattice_host::validate_key(&self.verifying_key).expect("the key is valid")
    }

    /// A settlement of this statement and proof under this key.
    pub fn settlement(&self) -> ProgramCall {
        call(settlement_program(VK_ID, &self.statement, &self.proof))
    }

    /// Externalities with the key in storage.
    pub fn externalities(&self) -> TestExternalities {
        let mut externalities = TestExternalities::default();
        let prepared = self.report().prepared;
        externalities.execute_with(|| sp_io::storage::set(STORAGE_KEY, &prepared.encode()));
        externalities
    }
}

impl Prover {
    fn prove(&self, inputs: [u64; 3]) -> (Statement, ProofBytes) {
        let [context, input, seed] = inputs.map(Fr::from);
        let root = seed + context;
        let output = root * root - context - input;
        let statement = Statement {
            context: bytes(context),
            input_commitment: bytes(input),
            output_commitment: bytes(output),
        };
        let proof = match self {
            Prover::Trapdoors(trapdoors) => trapdoors.simulate(&statement, inputs[2]).into(),
            Prover::Circuit(proving_key) => {
                let circuit = SquareOfSum {
                    inputs: [context, input, output],
                    root,
                };
                let mut rng = ChaCha20Rng::seed_from_u64(inputs[2]);
                let proof = Groth16::<Bn254>::create_random_proof_with_reduction(
                    circuit,
                    proving_key,
                    &mut rng,
                )
                .expect("the witness satisfies the circuit");
                let mut encoded = [0u8; 128];
                proof
                    .serialize_compressed(&mut encoded[..])
                    .expect("a proof has 128 bytes");
                encoded.into()
            }
        };
        (statement, proof)
    }
}

/// The id under which the tests name the key.
pub const VK_ID: [u8; 32] = [0x11; 32];

/// Where the tests store it.
pub const STORAGE_KEY: &[u8] = b"keys/eleven";

/// A call of a program that may use the key.
pub fn call(program: Vec<u8>) -> ProgramCall {
    ProgramCall {
        program,
        gas_limit: PLENTY,
        keys: vec![(VK_ID, STORAGE_KEY.to_vec())],
        ..ProgramCall::default()
    }
}

/// One fixture for all tests: making a key takes some milliseconds.
pub fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| Fixture::new(1))
}

/// Whether these bytes are a field element; used to make ones that are not.
pub fn is_element(bytes: &[u8; 32]) -> bool {
    Fr::deserialize_compressed(&bytes[..]).is_ok()
}
