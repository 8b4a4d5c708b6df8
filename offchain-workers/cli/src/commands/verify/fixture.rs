//! A model of four inputs with its registration and its keys, for tests of what is proven with it.

use codec::Encode;
use lattice_chain_client::{
    AccountId, Interface, KeyInfo, Model as Registration, ModelState, Pricing, ProofVersion,
    Requirements, Setup, H256,
};
use lattice_circuit::Circuit;
use lattice_prover::Prover;
use lattice_setup::KeyFiles;
use lattice_tensor::{Clamp, Model, ModelBuilder, Range, Scale, Shape};
use std::sync::{Arc, OnceLock};

pub struct Tiny {
    pub model: Model,
    pub registration: Registration,
    pub prover: Prover,
    pub vk_id: H256,
}

/// Made once, since a setup takes a moment.
pub fn tiny() -> &'static Tiny {
    static TINY: OnceLock<Tiny> = OnceLock::new();
    TINY.get_or_init(make)
}

fn make() -> Tiny {
    let range = Range::new(0, 16).unwrap();
    let model = ModelBuilder::new(Shape::new([4]).unwrap(), range, Scale::ONE)
        .linear("a", vec![3, -1, 2, 5, 1, 1, -4, 2], 2, Some(vec![5, -7]))
        .and_then(|b| b.requantize(vec![1, 2], Clamp::RELU))
        .and_then(|b| b.linear("b", vec![1, -2, 3, 4], 2, None))
        .and_then(|b| b.build(Scale::ONE))
        .unwrap();
    let circuit = Circuit::build(&model).unwrap();
    let keys = lattice_setup::dev_setup(&circuit, &mut rand::rngs::OsRng).unwrap();
    let files = KeyFiles::dev(model.id(), keys).unwrap();
    let vk_id = H256(files.vk_id);
    let registration = Registration {
        index: 3,
        owner: AccountId([3; 32]),
        name: b"tiny".to_vec(),
        version: 1,
        model_hash: H256(model.id().0),
        byte_size: 0,
        stored: None,
        state_hash: None,
        requirements: Requirements::default(),
        pricing: Pricing::default(),
        interface: Interface {
            input_len: 4,
            input_lo: 0,
            input_hi: 16,
            output_len: 2,
        },
        execution_gas: 0,
        manifest: model.manifest().encode(),
        key: Some(KeyInfo {
            vk_id,
            setup: Setup::Dev,
            circuit_version: files.circuit_version,
            phase1_id: H256(files.phase1_id),
            proving_key_hash: H256(files.proving_key_hash),
            proof_version: ProofVersion::of_key_len(files.verifying_key.len())
                .expect("it has a key's length"),
            verifying_key: files.verifying_key,
        }),
        parent: None,
        state: ModelState::Active,
        providers: 1,
        created_at: 1,
        total_executions: 1,
    };
    let prover = Prover::new(Arc::new(model.clone()), files.proving_key).unwrap();
    Tiny {
        model,
        registration,
        prover,
        vk_id,
    }
}
