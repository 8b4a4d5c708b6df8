//! How a call may stop, what it then costs, and that nothing is left of it.

mod support;

use lattice_wasm::{CallSchedule, Entry, Invocation, PlainSchedule, ProgramTrap};
use support::*;

#[test]
fn name_what_the_program_did() {
    let cases = [
        ("unreachable", ProgramTrap::Unreachable),
        (
            "(drop (i32.div_s (i32.const 1) (i32.const 0)))",
            ProgramTrap::DivisionByZero,
        ),
        (
            "(drop (i64.rem_u (i64.const 1) (i64.const 0)))",
            ProgramTrap::DivisionByZero,
        ),
        (
            "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
            ProgramTrap::IntegerOverflow,
        ),
        (
            "(drop (i32.load (i32.const 65533)))",
            ProgramTrap::OutOfBounds,
        ),
        (
            "(i64.store (i32.const -1) (i64.const 1))",
            ProgramTrap::OutOfBounds,
        ),
        (
            "(call_indirect (type $void) (i32.const 9))",
            ProgramTrap::TableOutOfBounds,
        ),
        (
            "(call_indirect (type $void) (i32.const 0))",
            ProgramTrap::IndirectCallToNull,
        ),
        (
            "(call_indirect (type $void) (i32.const 1))",
            ProgramTrap::IndirectCallType,
        ),
        (
            "(drop (memory.grow (i32.const 4)))",
            ProgramTrap::MemoryLimit,
        ),
        ("(loop (br 0))", ProgramTrap::OutOfGas),
        ("(call $recurse)", ProgramTrap::StackExhausted),
    ];
    let items = "(type $void (func)) (table 2 funcref) (elem (i32.const 1) func $other)
        (func $other (param i32)) (func $recurse (call $recurse))";
    for (body, expected) in cases {
        let code = prepared(&module(items, body)).code;
        let mut call = invocation(&code);
        // An endless loop is to end soon.
        call.gas_limit = 20_000_000_000;
        let outcome = run_in(&mut World::default(), &call);
        assert_eq!(outcome.result, Err(expected), "{body}");
        assert!(outcome.gas_used <= call.gas_limit);
    }
}

#[test]
fn drop_all_effects() {
    let body = "(call $event (i32.const 0) (i32.const 9))
        (call $commit_result (i32.const 0) (i32.const 0))
        (call $output (i32.const 0) (i32.const 9)) unreachable";
    assert_eq!(trap("", body), ProgramTrap::Unreachable);
}

#[test]
fn keep_the_gas_that_was_used_and_no_more() {
    let loops = |times| {
        format!(
            "(local $i i32) (loop (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $i) (i32.const {times}))))"
        )
    };
    let gas = |body: &str| call("", body).gas_used;
    let (short, long) = (gas(&loops(1000)), gas(&loops(2000)));
    assert!(long > short);
    // Neither of them costs anything, and both have one byte.
    let trapped = gas(&format!("{} unreachable", loops(1000)));
    let ended = gas(&format!("{} nop", loops(1000)));
    assert_eq!(trapped, ended, "a trap costs what was run before it");
}

#[test]
fn grow_memory_to_its_maximum_and_not_beyond() {
    let grow = |pages| format!("(drop (memory.grow (i32.const {pages})))");
    assert_eq!(call("", &grow(3)).result, Ok(vec![]));
    assert_eq!(trap("", &grow(4)), ProgramTrap::MemoryLimit);
    assert_eq!(trap("", &grow(3).repeat(2)), ProgramTrap::MemoryLimit);
    // 2^32 - 1 pages cost more than there is: the price comes first.
    assert_eq!(trap("", &grow(-1)), ProgramTrap::OutOfGas);
    let page = call("", &grow(1)).gas_used - call("", &grow(0)).gas_used;
    assert_eq!(page, u64::from(PlainSchedule::V1.grow_page));
    assert_eq!(page, CallSchedule::V1.memory_page);
}

#[test]
fn call_either_entry() {
    let text = "(module (func (export \"instantiate\") unreachable) (func (export \"call\")))";
    let code = prepared(text).code;
    let entry = |entry| {
        let call = Invocation {
            entry,
            ..invocation(&code)
        };
        run_in(&mut World::default(), &call).result
    };
    assert_eq!(entry(Entry::Call), Ok(vec![]));
    assert_eq!(entry(Entry::Instantiate), Err(ProgramTrap::Unreachable));
}

#[test]
fn tell_code_that_was_not_prepared() {
    let unprepared = bytes(&module("", ""));
    for code in [&b"\0asm"[..], &unprepared] {
        let outcome = run_in(&mut World::default(), &invocation(code));
        assert_eq!(outcome.result, Err(ProgramTrap::InvalidCode));
        assert!(outcome.gas_used > 0);
    }
}

#[test]
fn stop_at_every_point_of_a_program_without_a_trace() {
    let body = "(local $i i32)
        (loop
            (call $storage_set (local.get $i) (i32.const 1) (i32.const 0) (i32.const 8))
            (call $event (i32.const 0) (i32.div_u (i32.const 8) (i32.add (local.get $i) (i32.const 1))))
            (drop (call $f (local.get $i)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $i) (i32.const 4))))
        (call $output (i32.const 0) (i32.const 4))";
    let function = "(func $f (param i32) (result i32) (if (result i32) (local.get 0)
        (then (call $f (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))";
    let code = prepared(&module(function, body)).code;
    let full = run_in(&mut World::default(), &invocation(&code));
    assert!(full.result.is_ok());
    // Enough steps that each import, each call and many blocks are hit.
    let steps = 700u64;
    let mut last = 0;
    for step in 0..steps {
        let gas_limit = full.gas_used * step / steps;
        let call = Invocation {
            gas_limit,
            trace: false,
            ..invocation(&code)
        };
        let run = || run_in(&mut World::default(), &call);
        let outcome = run();
        assert_eq!(outcome, run(), "at {gas_limit}");
        assert_eq!(outcome.result, Err(ProgramTrap::OutOfGas), "at {gas_limit}");
        assert_eq!((outcome.effects.len(), outcome.states.len()), (0, 0));
        assert!(outcome.gas_used <= gas_limit && outcome.gas_used >= last);
        last = outcome.gas_used;
    }
    let exact = Invocation {
        gas_limit: full.gas_used,
        ..invocation(&code)
    };
    let outcome = run_in(&mut World::default(), &exact);
    assert_eq!(outcome.result, full.result);
    assert_eq!(outcome.effects, full.effects);
    assert_eq!(outcome.gas_used, full.gas_used);
}
