//! A real model, its key, and real proofs with blindings of either side. The key is made once per test
//! process.

use codec::Encode;
use frame::deps::sp_core::H256;
use lattice_primitives::ProofBytes;
use lattice_prover::Prover;
use lattice_tensor::{testing, Model, Range};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::sync::{Arc, OnceLock};

/// A model with its key and a prover for it.
pub struct Served {
    pub model: Arc<Model>,
    pub manifest: Vec<u8>,
    pub verifying_key: Vec<u8>,
    prover: Prover,
}

/// The model of every test.
pub fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(|| {
        let range = Range { lo: 0, hi: 16 };
        let model = Arc::new(testing::random_mlp(5, &[6, 4, 3], range));
        let circuit = lattice_circuit::Circuit::build(&model).expect("the model has a circuit");
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let keys = lattice_setup::dev_setup(&circuit, &mut rng).expect("the circuit has keys");
        Served {
            manifest: model.manifest().encode(),
            verifying_key: keys.verifying_key,
            prover: Prover::new(model.clone(), keys.proving_key).expect("the keys fit the model"),
            model,
        }
    })
}

impl Served {
    /// An admissible input.
    pub fn input(&self, seed: u64) -> Vec<i8> {
        testing::random_input(seed, &self.model)
            .into_iter()
            .map(|x| i8::try_from(x).expect("inputs are i8"))
            .collect()
    }

    /// The output for an input, and its proof under a context and two blindings.
    pub fn prove(
        &self,
        input: &[i8],
        context: &H256,
        input_blinding: &H256,
        output_blinding: &H256,
    ) -> (Vec<i32>, ProofBytes) {
        let input: Vec<i32> = input.iter().map(|x| i32::from(*x)).collect();
        let trace = lattice_tensor::trace(&self.model, &input).expect("the input is admissible");
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        let proof = self
            .prover
            .prove(
                &trace,
                &context.0,
                &input_blinding.0,
                &output_blinding.0,
                &mut rng,
            )
            .expect("every trace has a proof");
        let proof = ProofBytes::try_from(&proof.bytes[..]).expect("it has a proof's length");
        (trace.output().to_vec(), proof)
    }
}
