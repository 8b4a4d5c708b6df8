//! The proof gate, with real keys and proofs of a small model.

mod support;

use codec::{DecodeAll, Encode};
use lattice_guest::{Failure, KeyId, ProofBytes, PublicInput};
use lattice_guest_programs::PROOF_GATE;
use lattice_isa::{Opcode, ProofFault, Trap};
use lattice_prover::Prover;
use lattice_tensor::{testing, Range};
use lattice_verifier::PreparedKey;
use lattice_wasm::{Entry, Import, ProgramTrap};
use proof_gate::{Accepted, Error, Message, Reply};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::sync::{Arc, OnceLock};
use support::{reason, Chain, OWNER, PLAYER};

/// The id under which the chain knows the key.
const KEY: KeyId = [0x11; 32];

/// Contexts of two requests.
const FIRST: PublicInput = [1; 32];
const SECOND: PublicInput = [2; 32];

struct Served {
    prover: Prover,
    key: Vec<u8>,
}

/// A model with a development key, made once per process.
fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(|| {
        let model = Arc::new(testing::random_mlp(1, &[6, 4, 3], Range { lo: 0, hi: 16 }));
        let circuit = lattice_circuit::Circuit::build(&model).expect("the model has a circuit");
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let keys = lattice_setup::dev_setup(&circuit, &mut rng).expect("the circuit has keys");
        Served {
            prover: Prover::new(model, keys.proving_key).expect("the keys fit the model"),
            key: lattice_verifier::validate(&keys.verifying_key)
                .expect("the key is good")
                .prepared,
        }
    })
}

/// A proven execution in a context.
fn proven(context: PublicInput) -> ([PublicInput; 3], ProofBytes) {
    let Served { prover, .. } = served();
    let input = testing::random_input(3, prover.model());
    let trace = lattice_tensor::trace(prover.model(), &input).expect("the input is in range");
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let proof = prover
        .prove(&trace, &context, &[0; 32], &[0; 32], &mut rng)
        .expect("every execution has a proof");
    (proof.statement.inputs(), proof.bytes.to_vec())
}

fn submission(context: PublicInput) -> Message {
    let (inputs, proof) = proven(context);
    Message::Submit { inputs, proof }
}

fn chain() -> Chain {
    let mut chain = Chain::with(PROOF_GATE);
    let key = PreparedKey::decode(&served().key).expect("the key decodes");
    chain.world.keys.insert(KEY, key);
    chain
}

fn open() -> Chain {
    let mut chain = chain();
    chain.instantiate(0, &KEY).expect("the gate opens");
    chain
}

#[test]
fn keep_commit_and_announce_a_proven_result() {
    let mut chain = open();
    let reply: Reply = chain
        .call(PLAYER, 0, &submission(FIRST))
        .expect("the proof is true");
    let ([_, input_commitment, output_commitment], _) = proven(FIRST);
    let accepted = Accepted {
        input_commitment,
        output_commitment,
        submitter: PLAYER,
        block: chain.block_number(),
    };
    assert_eq!(reply.as_ref(), Some(&accepted));
    assert_eq!(chain.world.records, [(FIRST, output_commitment)]);
    let event = <(PublicInput, Accepted)>::decode_all(&mut chain.world.events[0].as_slice());
    assert_eq!(event.as_ref(), Ok(&(FIRST, accepted.clone())));

    let query = |context| Message::Query { context };
    assert_eq!(chain.call(OWNER, 0, &query(FIRST)), Ok(Some(accepted)));
    assert_eq!(chain.call::<Reply>(OWNER, 0, &query(SECOND)), Ok(None));
}

#[test]
fn take_one_result_in_each_context() {
    let mut chain = open();
    for context in [FIRST, SECOND] {
        let reply = chain.call::<Reply>(PLAYER, 0, &submission(context));
        assert!(matches!(reply, Ok(Some(_))), "{reply:?}");
    }
    assert_eq!(chain.world.records.len(), 2);
}

mod refuse {
    use super::*;

    fn refuses(chain: &mut Chain, value: u128, message: &Message, error: Error) {
        chain.refuses(PLAYER, value, message, Failure::Program(error));
    }

    /// Well formed, and true of something else.
    #[test]
    fn a_proof_of_other_inputs() {
        let mut chain = open();
        let (inputs, proof) = proven(FIRST);
        for changed in 0..3 {
            let mut inputs = inputs;
            inputs[changed][0] ^= 1;
            let proof = proof.clone();
            let message = Message::Submit { inputs, proof };
            refuses(&mut chain, 0, &message, Error::FalseProof);
        }
    }

    #[test]
    fn a_result_in_a_context_that_has_one() {
        let mut chain = open();
        let message = submission(FIRST);
        chain
            .call::<Reply>(OWNER, 0, &message)
            .expect("the first time");
        refuses(&mut chain, 0, &message, Error::AcceptedBefore);
    }

    #[test]
    fn money() {
        let mut chain = open();
        let error = || Error::NotPayable { given: 9 };
        refuses(&mut chain, 9, &submission(FIRST), error());
        refuses(&mut chain, 9, &Message::Query { context: FIRST }, error());
    }

    #[test]
    fn to_judge_before_it_is_open() {
        refuses(&mut chain(), 0, &submission(FIRST), Error::NotOpen);
    }

    #[test]
    fn what_is_no_message() {
        let mut chain = open();
        let message = submission(FIRST).encode();
        for input in [&message[..message.len() - 1], &[], &[2]] {
            let trap = chain.stops(PLAYER, 0, input);
            assert_eq!(reason::<Error>(trap), Failure::Input);
        }
        let trap = Chain::with(PROOF_GATE)
            .run(Entry::Instantiate, OWNER, 0, &[0; 31])
            .expect_err("this is no key");
        assert_eq!(reason::<Error>(trap), Failure::Input);
    }

    #[test]
    fn storage_that_is_not_its_own() {
        let mut chain = open();
        for value in chain.world.storage.values_mut() {
            value.pop();
        }
        chain.refuses::<Error>(PLAYER, 0, &submission(FIRST), Failure::Storage);
    }
}

/// The chain itself ends a call where a proof cannot be judged.
mod stop_at {
    use super::*;

    fn stopped(reason: Trap) -> ProgramTrap {
        let opcode = Opcode::VerifyProof;
        ProgramTrap::Opcode { opcode, reason }
    }

    #[test]
    fn a_malformed_proof() {
        let (inputs, _) = proven(FIRST);
        let proof = vec![0xff; 128];
        let message = Message::Submit { inputs, proof };
        assert_eq!(
            open().stops(PLAYER, 0, &message.encode()),
            stopped(Trap::InvalidProof(ProofFault::MalformedProof))
        );
    }

    #[test]
    fn a_proof_of_a_length_that_none_has() {
        let (inputs, mut proof) = proven(FIRST);
        proof.push(0);
        let message = Message::Submit { inputs, proof };
        let import = Import::VerifyProof;
        assert_eq!(
            open().stops(PLAYER, 0, &message.encode()),
            ProgramTrap::Operand { import }
        );
    }

    #[test]
    fn a_key_that_the_call_may_not_use() {
        let mut chain = open();
        chain.world.keys.clear();
        assert_eq!(
            chain.stops(PLAYER, 0, &submission(FIRST).encode()),
            stopped(Trap::UnknownKey { key: KEY })
        );
    }
}
