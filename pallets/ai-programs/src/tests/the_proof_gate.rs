//! The example program: it takes a result only with a true proof, and commits it.

use crate::mock::*;
use codec::Encode;
use frame::testing_prelude::*;
use lattice_guest_programs::PROOF_GATE;
use lattice_host::ProgramTrap;
use lattice_primitives::{ModelIndex, ProgramFault, Setup};
use lattice_prover::Prover;
use proof_gate::Message;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::sync::{Arc, OnceLock};

const CONTEXT: [u8; 32] = [1; 32];

struct Served {
    prover: Prover,
    verifying_key: Vec<u8>,
}

fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(|| {
        let circuit = lattice_circuit::Circuit::build(model()).expect("the model has a circuit");
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let keys = lattice_setup::dev_setup(&circuit, &mut rng).expect("the circuit has keys");
        Served {
            prover: Prover::new(Arc::new(model().clone()), keys.proving_key)
                .expect("the keys fit the model"),
            verifying_key: keys.verifying_key,
        }
    })
}

/// A proven execution, submitted, and its output commitment.
fn submission() -> (Message, [u8; 32]) {
    let trace = lattice_tensor::trace(model(), &[1, 2, 3, 4]).expect("the input is in range");
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let proof = served()
        .prover
        .prove(&trace, &CONTEXT, &[0; 32], &[0; 32], &mut rng)
        .expect("every execution has a proof");
    let inputs = proof.statement.inputs();
    let message = Message::Submit {
        inputs,
        proof: proof.bytes.to_vec(),
    };
    (message, inputs[2])
}

/// CAROL registers a model with its key, ALICE opens a gate for it.
fn open() -> (AccountId, ModelIndex) {
    let index = register(&CAROL, model());
    assert_ok!(ModelRegistry::register_key(
        origin(&CAROL),
        index,
        BoundedVec::truncate_from(served().verifying_key.clone()),
        Setup::Dev,
        lattice_host::CIRCUIT_VERSION,
        H256::zero(),
        H256::zero(),
    ));
    let vk_id = ModelRegistry::model_info(index).unwrap().key.unwrap().vk_id;
    let code_hash = upload(PROOF_GATE);
    assert_ok!(by(&ALICE).input(vk_id.0).instantiate(code_hash, 1));
    assert_eq!(ending().0, Ok(vec![]));
    let gate = AiPrograms::program_account(&ALICE, &code_hash, &H256::repeat_byte(1));
    (gate, index)
}

fn submit(gate: &AccountId, index: ModelIndex, message: &Message) {
    let mut call = by(&BOB).input(message.encode());
    call.verifying_keys = vec![index];
    assert_ok!(call.call(gate));
}

#[test]
fn commits_a_proven_result() {
    on_a_fresh_chain(|| {
        let (gate, index) = open();
        let (message, output_commitment) = submission();
        submit(&gate, index, &message);
        assert!(ending().0.is_ok(), "{:?}", ending().0);
        let records = AiPrograms::program_records(&gate);
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].subject, H256(CONTEXT));
        assert_eq!(records[0].digest, H256(output_commitment));
        assert_eq!(records[0].caller, BOB);
    });
}

#[test]
fn refuses_a_false_proof_and_a_second_one() {
    on_a_fresh_chain(|| {
        let (gate, index) = open();
        let (message, _) = submission();
        let Message::Submit { mut inputs, proof } = message.clone() else {
            panic!("it is a submission");
        };
        inputs[2][0] ^= 1;
        submit(&gate, index, &Message::Submit { inputs, proof });
        assert!(matches!(
            fault(),
            ProgramFault::Trap(ProgramTrap::Reverted { .. })
        ));
        assert!(AiPrograms::program_records(&gate).is_empty());
        submit(&gate, index, &message);
        submit(&gate, index, &message);
        assert!(ending().0.is_err());
        assert_eq!(AiPrograms::program_records(&gate).len(), 1);
    });
}
