//! What must not show: caches, threads, and what ran before.

mod support;

use lattice_wasm::{compilation_gas, engine, CallLimits, Effect, Invocation, Outcome};
use proptest::prelude::*;
use std::thread;
use support::*;

/// A program that uses memory, globals, tables, storage and tensors.
fn busy() -> Vec<u8> {
    let items = "(global $g (mut i64) (i64.const 5)) (table 1 funcref) (elem (i32.const 0) func $f)
        (type $t (func (param i64) (result i64)))
        (func $f (type $t) (global.set $g (i64.mul (global.get $g) (local.get 0)))
            (i64.rotl (global.get $g) (i64.const 7)))
        (data (i32.const 256) \"\\02\\00\\00\\00\\02\\00\\00\\00\")";
    let body = "(local $i i32)
        (loop
            (i64.store (local.get $i)
                (call_indirect (type $t) (i64.extend_i32_u (local.get $i)) (i32.const 0)))
            (local.set $i (i32.add (local.get $i) (i32.const 8)))
            (br_if 0 (i32.lt_u (local.get $i) (i32.const 64))))
        (drop (memory.grow (i32.const 1)))
        (drop (call $tensor_new (i32.const 2) (i32.const 256) (i32.const 0)))
        (call $storage_set (i32.const 0) (i32.const 8) (i32.const 8) (i32.const 40))
        (call $output (i32.const 0) (i32.const 64))";
    prepared(&module(items, body)).code
}

fn run(call: &Invocation<'_>) -> Outcome {
    run_in(&mut World::default(), call)
}

#[test]
fn be_the_same_with_a_cold_and_a_warm_cache() {
    let code = busy();
    let call = invocation(&code);
    engine::forget();
    let cold = run(&call);
    assert!(cold.result.is_ok(), "{:?}", cold.result);
    assert_eq!(cold, run(&call));
    engine::forget();
    assert_eq!(cold, run(&call));
}

#[test]
fn find_code_by_itself_and_not_by_its_hash_alone() {
    let (one, other) = (module("", "unreachable"), module("", ""));
    let (one, other) = (prepared(&one).code, prepared(&other).code);
    let trapped = run(&invocation(&one));
    let ended = run(&invocation(&other));
    assert!(trapped.result.is_err() && ended.result.is_ok());
    assert_eq!(trapped, run(&invocation(&one)));
}

#[test]
fn be_the_same_on_several_threads_at_once() {
    let code = busy();
    let expected = run(&invocation(&code));
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    for round in 0..20 {
                        if round % 5 == 0 {
                            engine::forget();
                        }
                        assert_eq!(run(&invocation(&code)), expected);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("no thread panics");
        }
    });
}

#[test]
fn start_each_call_with_fresh_memory_and_globals() {
    let items = "(global $g (mut i32) (i32.const 0))";
    let body = "(global.set $g (i32.add (global.get $g) (i32.const 1)))
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (global.get $g)))
        (call $output (i32.const 0) (i32.const 4))";
    let code = prepared(&module(items, body)).code;
    for _ in 0..3 {
        assert_eq!(run(&invocation(&code)).result, Ok(words(&[1])));
    }
}

#[test]
fn charge_compilation_by_length_when_asked_to() {
    let code = busy();
    let paid = run(&invocation(&code));
    assert_eq!(paid.compilation_gas, compilation_gas(code.len() as u64));
    let free = run(&Invocation {
        charge_compilation: false,
        ..invocation(&code)
    });
    assert_eq!(free.compilation_gas, 0);
    assert_eq!(paid.gas_used - paid.compilation_gas, free.gas_used);
    assert_eq!(paid.effects, free.effects);
}

#[test]
fn record_a_trace_without_changing_anything() {
    let code = busy();
    let traced = run(&invocation(&code));
    let plain = run(&Invocation {
        trace: false,
        ..invocation(&code)
    });
    assert_eq!(plain.trace, []);
    assert_eq!(
        (plain.gas_used, &plain.effects),
        (traced.gas_used, &traced.effects)
    );
    let sum: u64 = traced
        .trace
        .iter()
        .map(|step| step.plain_gas + step.gas)
        .sum();
    assert!(sum < traced.gas_used);
}

#[test]
fn cut_a_trace_and_nothing_else() {
    let limit = CallLimits::V1.trace_steps;
    let body = format!(
        "(local $i i32) (loop (drop (call $input_len))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $i) (i32.const {}))))",
        limit + 10
    );
    let outcome = call("", &body);
    assert_eq!(outcome.result, Ok(vec![]));
    assert_eq!(outcome.trace.len() as u64, u64::from(limit));
}

/// A straight sequence of operations on two locals, and what it gives in Rust.
#[derive(Clone, Copy, Debug)]
enum Step {
    Add(i64),
    Mul(i64),
    Xor(i64),
    Shift(u8),
    Rotate(u8),
    Swap,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        any::<i64>().prop_map(Step::Add),
        any::<i64>().prop_map(Step::Mul),
        any::<i64>().prop_map(Step::Xor),
        any::<u8>().prop_map(Step::Shift),
        any::<u8>().prop_map(Step::Rotate),
        Just(Step::Swap),
    ];
    proptest::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn compute_what_rust_computes(steps in steps(), start: i64) {
        let (mut a, mut b) = (start, 1i64);
        let mut body = format!("(local $a i64) (local $b i64) (local $c i64)
            (local.set $a (i64.const {start})) (local.set $b (i64.const 1))");
        for step in &steps {
            let text = match step {
                Step::Add(k) => { a = a.wrapping_add(*k); format!("(i64.add (local.get $a) (i64.const {k}))") }
                Step::Mul(k) => { a = a.wrapping_mul(*k); format!("(i64.mul (local.get $a) (i64.const {k}))") }
                Step::Xor(k) => { a ^= k; format!("(i64.xor (local.get $a) (i64.const {k}))") }
                Step::Shift(k) => { a = a.wrapping_shr((*k).into()); format!("(i64.shr_s (local.get $a) (i64.const {k}))") }
                Step::Rotate(k) => { a = a.rotate_left(u32::from(*k) % 64); format!("(i64.rotl (local.get $a) (i64.const {k}))") }
                Step::Swap => {
                    std::mem::swap(&mut a, &mut b);
                    body.push_str("(local.set $c (local.get $a)) (local.set $a (local.get $b)) (local.set $b (local.get $c))");
                    continue;
                }
            };
            body.push_str(&format!("(local.set $a {text})"));
        }
        body.push_str("(i64.store (i32.const 0) (local.get $a)) (i64.store (i32.const 8) (local.get $b))
            (call $event (i32.const 0) (i32.const 16))");
        let outcome = call("", &body);
        let data = [a.to_le_bytes(), b.to_le_bytes()].concat();
        prop_assert_eq!(outcome.effects, vec![Effect::Emitted { data }]);
    }
}
