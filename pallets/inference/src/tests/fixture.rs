//! Real models, keys and proofs. The keys are made once per test process.

use lattice_primitives::ProofBytes;
use std::sync::OnceLock;

pub use lattice_testing::Served;

/// Model 0, or model 1: same interface, other weights.
pub fn served(which: usize) -> &'static Served {
    static SERVED: [OnceLock<Served>; 2] = [OnceLock::new(), OnceLock::new()];
    SERVED[which].get_or_init(|| Served::new(which as u64, which as u64))
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
                let served = Served::new(0, 100 + key);
                let (_, proof) = served.prove(&assignment.input, &H256([1; 32]));
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
