//! What may be uploaded, and what becomes of it.

mod support;

use lattice_wasm::prepare::{GAS_EXPORT, STACK_EXPORT};
use lattice_wasm::{prepare, CodeError, CodeLimits, Entry, Name, Part, CODE_VERSION};
use proptest::prelude::*;
use support::*;

const ENTRIES: &str = r#"(func (export "instantiate")) (func (export "call"))"#;

/// The error of a module of these items and the two entries.
fn refused(items: &str) -> CodeError {
    refused_text(&format!("(module {items} {ENTRIES})"))
}

fn refused_text(text: &str) -> CodeError {
    try_prepare(text).expect_err("the module must be refused")
}

fn too_many(part: Part, found: u32, limit: u32) -> CodeError {
    CodeError::TooMany { part, found, limit }
}

#[test]
fn take_the_smallest_program() {
    let prepared = prepared(&format!("(module {ENTRIES})"));
    assert_eq!(prepared.version, CODE_VERSION);
    assert_eq!((prepared.initial_pages, prepared.max_pages), (0, 0));
}

#[test]
fn give_the_same_bytes_each_time() {
    let code = bytes(&module(
        "(func $f (param i64) (result i64) (local.get 0))",
        "",
    ));
    assert_eq!(prepare(&code), prepare(&code));
}

#[test]
fn state_the_memory_of_a_program() {
    let prepared_with = |memory: &str| prepared(&format!("(module (memory {memory}) {ENTRIES})"));
    let pages = |memory| {
        let prepared = prepared_with(memory);
        (prepared.initial_pages, prepared.max_pages)
    };
    assert_eq!(pages("2 9"), (2, 9));
    assert_eq!(pages("2"), (2, 64), "without a maximum it is the limit");
    assert_eq!(pages("64 64"), (64, 64));
}

#[test]
fn drop_what_a_linker_exports_and_custom_sections() {
    let plain = format!("(module (global i32 (i32.const 1)) (memory 1) {ENTRIES})");
    let linked = format!(
        r#"(module (global (export "__heap_base") (export "__data_end") i32 (i32.const 1))
            (memory (export "memory") 1) {ENTRIES} (@custom "name of a tool" "2.1"))"#
    );
    assert_eq!(prepared(&plain), prepared(&linked));
}

#[test]
fn leave_nothing_of_prepared_code_that_could_be_uploaded() {
    let prepared = prepared(&module("", ""));
    assert!(matches!(
        prepare(&prepared.code),
        Err(CodeError::UnknownExport { .. })
    ));
    let text =
        format!(r#"(module (global (export "{GAS_EXPORT}") (mut i64) (i64.const 0)) {ENTRIES})"#);
    let name = Name::from(GAS_EXPORT);
    assert_eq!(
        refused_text(&text),
        CodeError::UnknownExport { index: 0, name }
    );
    assert_ne!(GAS_EXPORT, STACK_EXPORT);
}

#[test]
fn take_what_compilers_make() {
    let text = module(
        "(type $pair (func (param i32 i64) (result i64)))
         (table 3 3 funcref) (elem (i32.const 1) func $f $f)
         (global $stack_pointer (mut i32) (i32.const 1024))
         (func $f (type $pair) (i64.add (local.get 1) (i64.extend_i32_s (local.get 0))))",
        "(drop (call_indirect (type $pair) (i32.const 1) (i64.const 2) (i32.const 1)))
         (global.set $stack_pointer (i32.sub (global.get $stack_pointer) (i32.const 16)))",
    );
    assert!(try_prepare(&text).is_ok());
}

#[path = "preparation_should/refuse.rs"]
mod refuse;
#[path = "preparation_should/refuse_too_much.rs"]
mod refuse_too_much;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn never_panic_on_random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = prepare(&bytes);
        let module = [&b"\0asm\x01\0\0\0"[..], &bytes].concat();
        let _ = prepare(&module);
    }

    #[test]
    fn never_panic_on_a_damaged_program(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut code = bytes(&module(
            "(table 2 funcref) (elem (i32.const 0) func $f) (global $g (mut i64) (i64.const 3))
             (func $f (param i32) (result i64) (local i64 i32)
                (block (loop (br_if 1 (local.get 0)) (br_table 0 1 (local.get 2))))
                (global.get $g))
             (data (i32.const 8) \"some data\")",
            "(drop (call $f (i32.const 1))) (drop (memory.grow (i32.const 1)))",
        ));
        for (index, byte) in changes {
            let place = index.index(code.len());
            code[place] = byte;
        }
        if let Ok(prepared) = prepare(&code) {
            let mut short = invocation(&prepared.code);
            short.gas_limit = 2_000_000_000;
            let outcome = run_in(&mut World::default(), &short);
            prop_assert!(outcome.gas_used <= short.gas_limit);
        }
    }
}
