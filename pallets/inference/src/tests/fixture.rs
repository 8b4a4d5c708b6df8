//! Real models, keys and proofs. The keys are made once per test process.

use codec::Encode;
use lattice_primitives::ProofBytes;
use lattice_prover::Prover;
use lattice_tensor::{testing, Model, Range};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::sync::{Arc, OnceLock};

/// A model with its keys and a prover for it.
pub struct Served {
    pub model: Arc<Model>,
    pub manifest: Vec<u8>,
    pub verifying_key: Vec<u8>,
    prover: Prover,
}

/// Model 0, or model 1: same interface, other weights.
pub fn served(which: usize) -> &'static Served {
    static SERVED: [OnceLock<Served>; 2] = [OnceLock::new(), OnceLock::new()];
    SERVED[which].get_or_init(|| Served::new(which as u64))
}

impl Served {
    fn new(seed: u64) -> Self {
        Self::under_key(seed, seed)
    }

    /// A model, and one of the keys that it may have.
    fn under_key(model: u64, key: u64) -> Self {
        let range = Range { lo: 0, hi: 16 };
        let model = Arc::new(testing::random_mlp(model, &[6, 4, 3], range));
        let circuit = lattice_circuit::Circuit::build(&model).expect("the model has a circuit");
        let mut rng = ChaCha20Rng::seed_from_u64(key);
        let keys = lattice_setup::dev_setup(&circuit, &mut rng).expect("the circuit has keys");
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

    /// The output for an input, and its proof under a context.
    pub fn prove(&self, input: &[i8], context: &[u8; 32]) -> (Vec<i32>, ProofBytes) {
        let input: Vec<i32> = input.iter().map(|x| i32::from(*x)).collect();
        let trace = lattice_tensor::trace(&self.model, &input).expect("the input is admissible");
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let proof = self
            .prover
            .prove(&trace, context, &[0; 32], &[0; 32], &mut rng)
            .expect("every trace has a proof");
        let proof = ProofBytes::try_from(&proof.bytes[..]).expect("it has a proof's length");
        (trace.output().to_vec(), proof)
    }
}

/// Writes what the benchmarks of the registry and of this pallet settle: run it with
/// `cargo test -p pallet-inference -- --ignored regenerate` when the circuit, the
/// encoding of a model or the statement changes.
#[test]
#[ignore = "writes files into the repository"]
fn regenerate_the_benchmarks_data() {
    use crate::mock::*;
    use frame::testing_prelude::*;

    on_a_serving_chain(|| {
        // The constants are those of `benchmarking::fixture`.
        assert_ok!(crate::Pallet::<Test>::request_inference(
            origin(&ALICE),
            0,
            BoundedVec::truncate_from(input()),
            1_000_000_000_000_000,
            10,
            lattice_primitives::Verification::Proven,
        ));
        let assignment = Inference::assignment(0).expect("the request is open");
        let (output, proof) = answer(0, &assignment);
        let pallets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let write = |path: &str, bytes: &[u8]| {
            let path = pallets.join(path);
            std::fs::create_dir_all(path.parent().expect("it is in a folder"))
                .and_then(|()| std::fs::write(&path, bytes))
                .expect("the file can be written");
        };
        let model = served(0);
        write(
            "model-registry/src/benchmarking/manifest.scale",
            &model.manifest,
        );
        write(
            "model-registry/src/benchmarking/verifying-key.bin",
            &model.verifying_key,
        );
        // As many keys as a batch may have, and their proofs under the benchmarks' context.
        let batch: Vec<(Vec<u8>, ProofBytes)> = (0..u64::from(lattice_host::MAX_BATCH_KEYS))
            .map(|key| {
                let served = Served::under_key(0, 100 + key);
                let (_, proof) = served.prove(&assignment.input, &[1; 32]);
                (served.verifying_key, proof)
            })
            .collect();
        write("inference/src/benchmarking/batch.scale", &batch.encode());
        write(
            "inference/src/benchmarking/settlement.scale",
            &(assignment.input, output, proof).encode(),
        );
    });
}
