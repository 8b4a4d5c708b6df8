//! A real model, its key, and real proofs.

use frame::prelude::{Encode, H256};
use lattice_primitives::ProofBytes;
use lattice_prover::Prover;
use lattice_tensor::{testing, Model, Range, Trace};
use lattice_verifier::ceremony::testing::rng;
use std::sync::Arc;

/// A model with a key, and a prover for it. Keys take long to make: tests keep theirs for the life of
/// the process.
pub struct Served {
    /// A perceptron of six inputs and three logits.
    pub model: Arc<Model>,
    /// Its manifest, as it is registered.
    pub manifest: Vec<u8>,
    /// Its key of a development setup.
    pub verifying_key: Vec<u8>,
    prover: Prover,
}

impl Served {
    /// The model of a seed, and one of the keys that it may have. All models have the same interface, and
    /// other weights.
    pub fn new(model: u64, key: u64) -> Self {
        let range = Range { lo: 0, hi: 16 };
        let model = Arc::new(testing::random_mlp(model, &[6, 4, 3], range));
        let circuit = lattice_circuit::Circuit::build(&model).expect("the model has a circuit");
        let keys = lattice_setup::dev_setup(&circuit, &mut rng(key)).expect("the circuit has keys");
        Self {
            manifest: model.manifest().encode(),
            verifying_key: keys.verifying_key,
            prover: Prover::new(model.clone(), keys.proving_key).expect("the keys fit the model"),
            model,
        }
    }

    /// An admissible input.
    pub fn input(&self, seed: u64) -> Vec<i8> {
        testing::random_input(seed, &self.model)
            .into_iter()
            .map(|x| i8::try_from(x).expect("inputs are i8"))
            .collect()
    }

    /// The honest trace of an input.
    pub fn trace(&self, input: &[i8]) -> Trace {
        let input: Vec<i32> = input.iter().map(|x| i32::from(*x)).collect();
        lattice_tensor::trace(&self.model, &input).expect("the input is admissible")
    }

    /// The output for an input, and its proof under a context.
    pub fn prove(&self, input: &[i8], context: &H256) -> (Vec<i32>, ProofBytes) {
        self.prove_blinded(input, context, &H256::zero(), &H256::zero())
    }

    /// The output for an input, and its proof under a context and the blindings of both commitments.
    pub fn prove_blinded(
        &self,
        input: &[i8],
        context: &H256,
        input_blinding: &H256,
        output_blinding: &H256,
    ) -> (Vec<i32>, ProofBytes) {
        let trace = self.trace(input);
        let proof = self
            .prover
            .prove(
                &trace,
                &context.0,
                &input_blinding.0,
                &output_blinding.0,
                &mut rng(5),
            )
            .expect("every trace has a proof");
        let proof = ProofBytes::try_from(&proof.bytes[..]).expect("it has a proof's length");
        (trace.output().to_vec(), proof)
    }
}
