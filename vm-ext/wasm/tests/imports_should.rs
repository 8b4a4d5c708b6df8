//! What each import does.

mod support;

use codec::Encode;
use lattice_isa::{Event, Opcode, Trap};
use lattice_wasm::{Bounded, Effect, Import, ProgramTrap};
use support::*;

/// Calls a program that ends with `output(0, length)` and gives the output.
fn output(world: &mut World, items: &str, body: &str, length: u32) -> Vec<u8> {
    let body = format!("{body} (call $output (i32.const 0) (i32.const {length}))");
    call_in(world, items, &body)
        .result
        .expect("the call succeeds")
}

/// Output of a program with these data at 256, in an empty world.
fn answer(at_256: &[u8], body: &str, length: u32) -> Vec<u8> {
    output(&mut World::default(), &data(256, at_256), body, length)
}

fn integers(bytes: &[u8]) -> Vec<i32> {
    bytes
        .chunks_exact(4)
        .map(|word| i32::from_le_bytes(word.try_into().expect("four bytes")))
        .collect()
}

/// `tensor_new` of a `[2, 2]` tensor whose extents lie at 256, elements at 264.
const NEW: &str = "(call $tensor_new (i32.const 2) (i32.const 256) (i32.const 264))";

fn square() -> Vec<u8> {
    words(&[2, 2, 1, 2, 3, 4])
}

#[test]
fn tell_of_the_call() {
    let body = "(call $caller (i32.const 0)) (call $address (i32.const 32))
        (call $value (i32.const 64)) (call $balance (i32.const 80))
        (i64.store (i32.const 96) (call $block_number))
        (i32.store (i32.const 104) (call $input_len))
        (call $input_read (i32.const 7) (i32.const 5) (i32.const 108))";
    let told = answer(&[], body, 113);
    assert_eq!(told[..32], [0xca; 32]);
    assert_eq!(told[32..64], [0xad; 32]);
    assert_eq!(told[64..80], 5u128.to_le_bytes());
    assert_eq!(told[80..96], 100u128.to_le_bytes());
    assert_eq!(told[96..104], 77u64.to_le_bytes());
    assert_eq!(told[104..108], 12u32.to_le_bytes());
    assert_eq!(&told[108..], b"bytes");
}

#[test]
fn keep_the_last_output() {
    let body = "(call $output (i32.const 0) (i32.const 3))";
    assert_eq!(answer(b"ab", body, 2), [0, 0]);
    assert_eq!(call("", "").result, Ok(vec![]));
}

#[test]
fn compute_with_tensors() {
    let body = format!(
        "{NEW} drop {NEW} drop
         (call $tensor_add (i32.const 0) (i32.const 1)) drop
         (call $tensor_mul (i32.const 0) (i32.const 2)) drop
         (i32.store (i32.const 0) (call $tensor_len (i32.const 3)))
         (call $tensor_read (i32.const 3) (i32.const 1) (i32.const 3) (i32.const 4))"
    );
    let told = integers(&answer(&square(), &body, 16));
    assert_eq!(told, [4, 20, 30, 44]);
}

#[test]
fn convolve_and_pool_as_bytecode_does() {
    // An image [1, 2, 2] at 256, a kernel [1, 1, 1, 1] at 300, operands at 340.
    let image = data(256, &words(&[1, 2, 2, 5, -6, 7, 8]));
    let kernel = data(300, &words(&[1, 1, 1, 1, 3]));
    let conv = data(340, &[1, 1, 0, 0, 0, 0, 1, 0]);
    let pool = data(350, &[0, 2, 2, 1, 1, 0, 0, 0, 0]);
    let body = "(call $tensor_new (i32.const 3) (i32.const 256) (i32.const 268)) drop
        (call $tensor_new (i32.const 4) (i32.const 300) (i32.const 316)) drop
        (call $tensor_conv (i32.const 0) (i32.const 1) (i32.const 340)) drop
        (call $tensor_pool (i32.const 2) (i32.const 350) (i32.const 9)) drop
        (call $tensor_read (i32.const 2) (i32.const 0) (i32.const 4) (i32.const 0))
        (call $tensor_read (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 16))";
    let items = [image, kernel, conv, pool].concat();
    let told = output(&mut World::default(), &items, body, 20);
    assert_eq!(integers(&told), [15, -18, 21, 24, 24]);
}

#[test]
fn load_run_hash_train_and_unload_a_model() {
    let model = model();
    let id = model.id().0;
    let input = [1, 2, 3, 4, 5, 6];
    let items = [
        data(256, &id),
        data(300, &words(&[6])),
        data(304, &words(&input)),
        data(400, &words(&[1, 6])),
        data(500, &words(&[1, 3, 100, 200, 300])),
    ]
    .concat();
    let run = "(call $load_model (i32.const 256)) drop
        (call $tensor_new (i32.const 1) (i32.const 300) (i32.const 304)) drop
        (call $exec_model (i32.const 0) (i32.const 1)) drop
        (call $tensor_read (i32.const 2) (i32.const 0) (i32.const 3) (i32.const 0))
        (call $hash_model (i32.const 0) (i32.const 12))";
    let mut world = World {
        models: vec![model.clone()],
        ..World::default()
    };
    let told = output(&mut world, &items, run, 44);
    let expected = lattice_tensor::execute(&model, &input).expect("the input is in range");
    assert_eq!(integers(&told[..12]), expected);
    assert_eq!(told[12..], id);

    let train = format!(
        "{run} (call $tensor_new (i32.const 2) (i32.const 400) (i32.const 304)) drop
         (call $tensor_new (i32.const 2) (i32.const 500) (i32.const 508)) drop
         (call $train_model (i32.const 0) (i32.const 3) (i32.const 4) (i32.const 20))
         (call $hash_model (i32.const 0) (i32.const 0))"
    );
    let outcome = call_in(&mut world, &items, &train);
    assert!(outcome.result.is_ok(), "{:?}", outcome.result);
    let [state] = &outcome.states[..] else {
        panic!("one model was trained");
    };
    assert_eq!(state.base, id);
    assert_ne!(state.state, id);
    let hashed = |state| Effect::Machine(Event::ModelHashed { model: id, state });
    assert_eq!(outcome.effects, [hashed(id), hashed(state.state)]);

    let freed = format!("{train} (call $unload_model (i32.const 0))");
    let outcome = call_in(&mut world, &items, &freed);
    assert_eq!((outcome.result, outcome.states), (Ok(vec![]), vec![]));
    let gone = format!("{freed} (call $unload_model (i32.const 0))");
    let trap = trap_of(call_in(&mut world, &items, &gone));
    let reason = Trap::UnknownHandle(lattice_isa::Handle(0));
    let opcode = Opcode::UnloadModel;
    assert_eq!(trap, ProgramTrap::Opcode { opcode, reason });
}

#[test]
fn answer_whether_a_proof_is_true() {
    let verify = |key: [u8; 32], proof: &[u8]| {
        let items = [data(256, &key), data(300, &[2; 64]), data(400, proof)].concat();
        let length = proof.len();
        let body = format!(
            "(i32.store (i32.const 0) (call $verify_proof
            (i32.const 256) (i32.const 300) (i32.const 2) (i32.const 400) (i32.const {length})))
            (call $output (i32.const 0) (i32.const 4))"
        );
        call(&items, &body).result
    };
    for proof in [TRUE_PROOF, TRUE_COMMITTED_PROOF] {
        assert_eq!(verify(KEY, proof.as_slice()), Ok(words(&[1])));
    }
    assert_eq!(verify(KEY, &[0; 128]), Ok(words(&[0])));
    assert_eq!(verify(KEY, &[0; 160]), Ok(words(&[0])));
    let import = Import::VerifyProof;
    for length in [0, 127, 129, 159, 161, 320] {
        let refused = Err(ProgramTrap::Operand { import });
        assert_eq!(verify(KEY, &vec![1; length]), refused, "{length}");
    }
    let opcode = Opcode::VerifyProof;
    let reason = Trap::UnknownKey { key: [8; 32] };
    assert_eq!(
        verify([8; 32], TRUE_PROOF.as_slice()),
        Err(ProgramTrap::Opcode { opcode, reason })
    );
}

#[test]
fn read_what_the_chain_has_and_what_the_call_wrote() {
    let mut world = World::default();
    world.storage.insert(b"key".to_vec(), b"stored".to_vec());
    let get = |out, capacity| {
        format!("(call $storage_get (i32.const 256) (i32.const 3) (i32.const {out}) (i32.const {capacity}))")
    };
    let items = data(256, b"key+new value");
    let body = format!(
        "(i32.store (i32.const 100) {whole})
         (i32.store (i32.const 104) {part})
         (call $storage_set (i32.const 256) (i32.const 3) (i32.const 260) (i32.const 9))
         (i32.store (i32.const 108) {written})
         (call $storage_clear (i32.const 256) (i32.const 3))
         (i32.store (i32.const 112) {cleared})
         (call $storage_set (i32.const 256) (i32.const 3) (i32.const 0) (i32.const 0))
         (i32.store (i32.const 116) {empty})",
        whole = get(0, 50),
        part = get(50, 2),
        written = get(60, 50),
        cleared = get(90, 50),
        empty = get(90, 50),
    );
    let told = output(&mut world, &items, &body, 120);
    assert_eq!(&told[..7], b"stored\0");
    assert_eq!(&told[50..53], b"st\0");
    assert_eq!(&told[60..70], b"new value\0");
    assert_eq!(integers(&told[100..]), [6, 6, 9, -1, 0]);
    assert_eq!(world.reads, 2, "what the call wrote is not read again");
}

#[test]
fn leave_one_effect_per_key_in_the_place_of_the_first_write() {
    let set = |key, value| {
        format!(
            "(call $storage_set (i32.const {key}) (i32.const 1) (i32.const {value}) (i32.const 1))"
        )
    };
    let body = [
        set(256, 258),
        "(call $event (i32.const 256) (i32.const 4))".into(),
        set(257, 258),
        set(256, 259),
        "(call $storage_clear (i32.const 257) (i32.const 1))".into(),
    ]
    .concat();
    let outcome = call(&data(256, b"abxy"), &body);
    let stored = |key: &[u8], value: Option<&[u8]>| Effect::StorageSet {
        key: key.to_vec(),
        value: value.map(<[u8]>::to_vec),
    };
    let event = Effect::Emitted {
        data: b"abxy".to_vec(),
    };
    assert_eq!(
        outcome.effects,
        [stored(b"a", Some(b"y")), event, stored(b"b", None)]
    );
}

#[test]
fn journal_transfers_and_lower_the_balance() {
    let items = [data(256, &[9; 32]), data(300, &60u128.to_le_bytes())].concat();
    let transfer = "(call $transfer (i32.const 256) (i32.const 300))";
    let body = format!("{transfer} (call $balance (i32.const 0))");
    assert_eq!(
        output(&mut World::default(), &items, &body, 16),
        40u128.to_le_bytes()
    );
    let outcome = call(&items, transfer);
    let sent = Effect::Transfer {
        to: [9; 32],
        amount: 60,
    };
    assert_eq!(outcome.effects, [sent]);
    let twice = trap(&items, &format!("{transfer} {transfer}"));
    let short = ProgramTrap::InsufficientBalance {
        amount: 60,
        balance: 40,
    };
    assert_eq!(twice, short);
}

#[test]
fn let_a_program_transfer_to_itself() {
    let items = [data(256, &[0xad; 32]), data(300, &60u128.to_le_bytes())].concat();
    let transfer = "(call $transfer (i32.const 256) (i32.const 300))";
    let outcome = call(&items, &transfer.repeat(3));
    assert_eq!(outcome.effects.len(), 3);
    assert_eq!(outcome.result, Ok(vec![]));
}

#[test]
fn commit_results_among_other_effects() {
    let body = "(call $event (i32.const 0) (i32.const 1))
        (call $commit_result (i32.const 256) (i32.const 260))
        (call $event (i32.const 0) (i32.const 2))";
    let outcome = call(&data(256, &[1; 64]), body);
    let digest = {
        let mut digest = [1; 32];
        digest[28..].fill(1);
        digest
    };
    let committed = Effect::Machine(Event::Committed {
        subject: [1; 32],
        digest,
    });
    let event = |length| Effect::Emitted {
        data: vec![0; length],
    };
    assert_eq!(outcome.effects, [event(1), committed, event(2)]);
}

#[test]
fn say_the_gas_that_is_left() {
    let body = "(i64.store (i32.const 0) (call $gas_left))
        (i64.store (i32.const 8) (call $gas_left))
        (call $output (i32.const 0) (i32.const 16))";
    let outcome = call("", body);
    let told = outcome.result.expect("the call succeeds");
    for (told, step) in told.chunks_exact(8).zip(&outcome.trace) {
        assert_eq!(told, step.gas_left.to_le_bytes());
    }
    assert!(outcome.trace[0].gas_left > outcome.trace[1].gas_left);
}

#[test]
fn revert_with_a_reason_and_nothing_else() {
    let body = "(call $event (i32.const 0) (i32.const 1))
        (call $revert (i32.const 256) (i32.const 6))
        (call $event (i32.const 0) (i32.const 1))";
    let data = b"reason".to_vec();
    assert_eq!(
        trap(&support::data(256, b"reason"), body),
        ProgramTrap::Reverted { data }
    );
}

#[test]
fn record_each_import_with_its_gas() {
    let outcome = call("", &format!("{} drop {NEW} drop", "(call $input_len)"));
    let opcode = Opcode::TensorNew;
    assert!(
        outcome.result.is_err(),
        "extents of zero are no shape: {opcode}"
    );
    let imports: Vec<_> = outcome.trace.iter().map(|step| step.import).collect();
    assert_eq!(imports, [Import::InputLen, Import::TensorNew]);
    assert!(!outcome.trace[0].trapped && outcome.trace[1].trapped);
    assert!(outcome.trace[0].plain_gas > 0);
    let last = outcome.trace[1];
    assert_eq!(PLENTY - outcome.gas_used, last.gas_left);
}

#[test]
fn all_be_charged_before_they_act() {
    for import in Import::ALL {
        let operands = "(i32.const 0)".repeat(import.operands().len());
        let dropped = if import.result().is_some() {
            "drop"
        } else {
            ""
        };
        let body = format!("(call ${} {operands}) {dropped}", import.name());
        let code = prepared(&module("", &body)).code;
        let full = run_in(&mut World::default(), &invocation(&code));
        let step = full.trace[0];
        assert_eq!(step.import, *import);
        assert!(step.gas >= lattice_wasm::CallSchedule::V1.base(*import));
        let short = lattice_wasm::Invocation {
            gas_limit: PLENTY - step.gas_left - 1,
            ..invocation(&code)
        };
        let mut world = World::default();
        let outcome = run_in(&mut world, &short);
        assert_eq!(outcome.result, Err(ProgramTrap::OutOfGas), "{import}");
        assert_eq!(outcome.effects, []);
        assert!(outcome.gas_used <= short.gas_limit);
    }
}

#[path = "imports_should/end_the_program.rs"]
mod end_the_program;
#[path = "imports_should/refuse.rs"]
mod refuse;
