//! WebAssembly programs, prepared and called through the host functions.

mod support;

use codec::Encode;
use lattice_host::{
    call_program, compilation_gas, prepare_code, storage_key, CodeError, Effect, Entry, HostError,
    ModelLocation, ProgramTrap, ProofBytes, WasmCall, WasmOutcome,
};
use sp_core::{storage::ChildInfo, H256};
use sp_io::TestExternalities;
use support::{fixture, Fixture, PLENTY, STORAGE_KEY, VK_ID};

const TRIE: &[u8] = b"the trie of an instance";

/// A program that appends its input to what lies under the key "k", and leaves
/// the result as its output.
const APPEND: &str = r#"(module
    (import "lattice" "input_len" (func $input_len (result i32)))
    (import "lattice" "input_read" (func $input_read (param i32 i32 i32)))
    (import "lattice" "output" (func $output (param i32 i32)))
    (import "lattice" "storage_get" (func $storage_get (param i32 i32 i32 i32) (result i32)))
    (import "lattice" "storage_set" (func $storage_set (param i32 i32 i32 i32)))
    (memory (export "memory") 2)
    (data (i32.const 0) "k")
    (func (export "instantiate"))
    (func (export "call") (local $length i32)
        (local.set $length
            (call $storage_get (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 1000)))
        (if (i32.lt_s (local.get $length) (i32.const 0)) (then (local.set $length (i32.const 0))))
        (call $input_read (i32.const 0) (call $input_len)
            (i32.add (i32.const 8) (local.get $length)))
        (local.set $length (i32.add (local.get $length) (call $input_len)))
        (call $storage_set (i32.const 0) (i32.const 1) (i32.const 8) (local.get $length))
        (call $output (i32.const 8) (local.get $length))))"#;

/// A program that asks whether the proof that is its input, behind three public
/// inputs, is true.
const PROOF: &str = r#"(module
    (import "lattice" "input_len" (func $input_len (result i32)))
    (import "lattice" "input_read" (func $input_read (param i32 i32 i32)))
    (import "lattice" "verify_proof" (func $verify (param i32 i32 i32 i32 i32) (result i32)))
    (import "lattice" "output" (func $output (param i32 i32)))
    (memory 1)
    (func (export "instantiate"))
    (func (export "call")
        (call $input_read (i32.const 0) (call $input_len) (i32.const 0))
        (i32.store (i32.const 300)
            (call $verify (i32.const 0) (i32.const 32) (i32.const 3) (i32.const 128)
                (i32.sub (call $input_len) (i32.const 128))))
        (call $output (i32.const 300) (i32.const 1))))"#;

fn store(text: &str) -> usize {
    let prepared = prepare_code(&wat::parse_str(text).expect("the text is right"));
    let code = prepared.expect("the code is a program").code;
    sp_io::storage::set(b"code", &code.encode());
    code.len()
}

fn call(input: &[u8]) -> WasmCall {
    WasmCall {
        code_key: b"code".to_vec(),
        code_hash: H256([4; 32]),
        entry: Entry::Call,
        input: input.to_vec(),
        caller: [1; 32],
        address: [2; 32],
        child_trie: TRIE.to_vec(),
        value: 0,
        balance: 10,
        stored_items: 0,
        block_number: 1,
        gas_limit: PLENTY,
        charge_compilation: true,
        models: vec![],
        keys: vec![(VK_ID, STORAGE_KEY.to_vec())],
        keep_states: false,
        trace: false,
    }
}

fn run(call: &WasmCall) -> WasmOutcome {
    call_program(call).expect("the call is well formed")
}

#[test]
fn read_the_child_trie_and_leave_it_as_it_is() {
    let mut externalities = TestExternalities::default();
    let length = externalities.execute_with(|| store(APPEND));
    let child = ChildInfo::new_default(TRIE);
    externalities.insert_child(child.clone(), storage_key(b"k"), b"old ".to_vec());
    externalities.execute_with(|| {
        let outcome = run(&call(b"and new"));
        assert_eq!(outcome.result, Ok(b"old and new".to_vec()));
        let value = Some(b"old and new".to_vec());
        let key = b"k".to_vec();
        assert_eq!(outcome.effects, [Effect::StorageSet { key, value }]);
        assert_eq!(outcome.compilation_gas, compilation_gas(length as u64));
        assert_eq!(run(&call(b"and new")), outcome, "nothing has changed");
        let stored = sp_io::default_child_storage::get(TRIE, &storage_key(b"k"));
        assert_eq!(stored, Some(b"old ".to_vec()));
    });
}

#[test]
fn place_keys_behind_their_hash() {
    let key = storage_key(b"some key");
    assert_eq!(key[..16], sp_io::hashing::blake2_128(b"some key"));
    assert_eq!(&key[16..], b"some key");
}

#[test]
fn ask_whether_a_proof_is_true() {
    answer(fixture(), &Fixture::new(9));
    answer(&Fixture::committed(8), &Fixture::committed(9));
}

/// A program is answered 1 for a key's own proof and 0 for another key's.
fn answer(fixture: &Fixture, other: &Fixture) {
    let mut externalities = fixture.externalities();
    externalities.execute_with(|| {
        store(PROOF);
        let input = |proof: &ProofBytes| {
            let inputs = fixture.statement.inputs().concat();
            [&VK_ID[..], &inputs, proof.as_slice()].concat()
        };
        let verdict = |proof: &ProofBytes| run(&call(&input(proof))).result;
        assert_eq!(verdict(&fixture.proof), Ok(vec![1]));
        assert_eq!(verdict(&other.proof), Ok(vec![0]));
        let mut nameless = call(&input(&fixture.proof));
        nameless.keys.clear();
        let trap = run(&nameless).result;
        assert!(matches!(trap, Err(ProgramTrap::Opcode { .. })), "{trap:?}");
    });
}

#[test]
fn return_the_most_that_a_call_may_leave() {
    let text = r#"(module
        (import "lattice" "event" (func $event (param i32 i32)))
        (import "lattice" "output" (func $output (param i32 i32)))
        (memory 1)
        (func (export "instantiate")) (func (export "call") (local $i i32)
            (call $output (i32.const 0) (i32.const 65536))
            (loop (call $event (i32.const 0) (i32.const 4000))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get $i) (i32.const 65))))))"#;
    TestExternalities::default().execute_with(|| {
        store(text);
        let mut most = call(b"");
        most.trace = true;
        let outcome = run(&most);
        assert_eq!(outcome.result.map(|output| output.len()), Ok(65_536));
        assert_eq!((outcome.effects.len(), outcome.trace.len()), (65, 66));
    });
}

#[test]
fn run_within_a_small_stack() {
    let text = r#"(module (func $f (call $f))
        (func (export "instantiate")) (func (export "call") (call $f)))"#;
    let small = std::thread::Builder::new().stack_size(512 * 1024);
    let run = move || {
        TestExternalities::default().execute_with(|| {
            store(text);
            run(&call(b"")).result
        })
    };
    let result = small.spawn(run).expect("a thread").join();
    assert_eq!(result.expect("no panic"), Err(ProgramTrap::StackExhausted));
}

mod refuse {
    use super::*;

    #[test]
    fn code_that_is_no_program() {
        let refused = prepare_code(b"no module");
        assert_eq!(
            refused,
            Err(HostError::Code(CodeError::Invalid { offset: 0 }))
        );
    }

    #[test]
    fn a_call_of_code_that_is_not_there() {
        TestExternalities::default().execute_with(|| {
            assert_eq!(call_program(&call(b"")), Err(HostError::UnknownCode));
            sp_io::storage::set(b"code", b"no byte vector");
            assert_eq!(call_program(&call(b"")), Err(HostError::UnknownCode));
            sp_io::storage::set(b"code", &b"no module".to_vec().encode());
            assert_eq!(run(&call(b"")).result, Err(ProgramTrap::InvalidCode));
        });
    }

    #[test]
    fn a_call_that_names_too_much() {
        TestExternalities::default().execute_with(|| {
            store(APPEND);
            let refused = |change: fn(&mut WasmCall)| {
                let mut call = call(b"");
                change(&mut call);
                call_program(&call).expect_err("the call must be refused")
            };
            let too_large = |limit| HostError::CallTooLarge { limit };
            assert_eq!(refused(|call| call.code_key = vec![0; 257]), too_large(256));
            assert_eq!(
                refused(|call| call.child_trie = vec![0; 257]),
                too_large(256)
            );
            assert_eq!(
                refused(|call| call.keys = vec![(VK_ID, vec![]); 17]),
                too_large(16)
            );
            assert_eq!(
                refused(|call| call.models = vec![([0; 32], ModelLocation::default()); 17]),
                too_large(16)
            );
        });
    }
}

/// An error would be a state of the chain that other nodes do not have.
#[test]
#[should_panic(expected = "this node cannot execute a program")]
fn have_no_reply_where_the_node_has_no_outcome() {
    // Counters as of prepared code, and nothing that counts the stack.
    let unprepared = r#"(module
        (global (export "lattice:gas:1") (mut i64) (i64.const 0))
        (global (export "lattice:stack:1") (mut i32) (i32.const 0))
        (func $f (call $f))
        (func (export "instantiate"))
        (func (export "call") (call $f)))"#;
    let code = wat::parse_str(unprepared).expect("the text is right");
    TestExternalities::default().execute_with(|| {
        sp_io::storage::set(b"code", &code.encode());
        let _ = call_program(&call(b""));
    });
}
