//! The measurements behind the prices of calls and of plain instructions.
//!
//! `plain` runs loops of one class of instruction; time per instruction, in
//! picoseconds, is what a class must cover. `compile` makes modules that are as
//! slow to compile, per byte, as the limits allow. `exec` compares a model run
//! by a program with the reference executor called directly.

#[path = "bombs/known.rs"]
mod bombs;
#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{criterion_group, criterion_main, BatchSize, Criterion, Throughput};
use lattice_tensor::{testing, Range};
use lattice_wasm::{engine, prepare, Invocation};
use std::hint::black_box;
use support::*;

/// A call without trace, of code that is compiled already.
fn warm(code: &[u8]) -> Invocation<'_> {
    Invocation {
        trace: false,
        gas_limit: u64::MAX,
        ..invocation(code)
    }
}

fn run(world: &mut World, call: &Invocation<'_>) {
    let outcome = run_in(world, call);
    assert!(outcome.result.is_ok(), "{:?}", outcome.result);
    black_box(outcome);
}

fn overhead(c: &mut Criterion) {
    let mut group = c.benchmark_group("call");
    let empty = prepared(&module("", "")).code;
    group.bench_function("warm, nothing", |b| {
        b.iter(|| run(&mut World::default(), &warm(&empty)));
    });
    let whole = prepared(&module(
        "(func $f (param i32)
            (i32.store (local.get 0) (i32.const 1))
            (i32.store offset=4096 (local.get 0) (i32.const 1)))",
        "(drop (memory.grow (i32.const 3)))
         (call $f (i32.const 0)) (call $f (i32.const 65536)) (call $f (i32.const 131072))",
    ))
    .code;
    group.bench_function("warm, memory grown and touched", |b| {
        b.iter(|| run(&mut World::default(), &warm(&whole)));
    });
    group.bench_function("cold, smallest code", |b| {
        b.iter_batched(
            engine::forget,
            |()| run(&mut World::default(), &warm(&empty)),
            BatchSize::PerIteration,
        );
    });
    let pages = |from: u32, to: u32| {
        format!(
            "(local $i i32) (local.set $i (i32.const {}))
             (loop (i32.store (local.get $i) (i32.const 1))
                (local.set $i (i32.add (local.get $i) (i32.const 4096)))
                (br_if 0 (i32.lt_u (local.get $i) (i32.const {}))))",
            from * 65_536,
            to * 65_536
        )
    };
    let text = format!(
        "(module (memory 64 64) (func (export \"instantiate\")) (func (export \"call\") {}))",
        pages(0, 64)
    );
    let touched = prepared(&text).code;
    group.throughput(Throughput::Elements(64));
    group.bench_function("warm, per page of 64 touched pages", |b| {
        b.iter(|| run(&mut World::default(), &warm(&touched)));
    });
    group.finish();
}

/// Repetitions of an instruction in a loop's body, and of the loop.
const BODY: usize = 200;
const ROUNDS: usize = 5000;

/// A loop over a body of [`BODY`] instructions.
fn looped(items: &str, instruction: &str) -> Vec<u8> {
    let body = format!(
        "(local $i i32) (local $x i64) (local $y i32) (local.set $x (i64.const 0x123456789abcdef))
         (loop {} (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get $i) (i32.const {ROUNDS}))))",
        instruction.repeat(BODY)
    );
    prepared(&module(items, &body)).code
}

fn plain(c: &mut Criterion) {
    let mut group = c.benchmark_group("plain");
    group.sample_size(20);
    group.throughput(Throughput::Elements((BODY * ROUNDS) as u64));
    let items = "(global $g (mut i64) (i64.const 1)) (type $t (func))
        (table 1 funcref) (elem (i32.const 0) func $f)
        (func $f (type $t)) (func $wide (local i64 i64 i64 i64 i64 i64 i64 i64))";
    let cases = [
        ("add: get, const, add, set", "(local.set $x (i64.add (local.get $x) (i64.const 77)))"),
        ("mul: get, const, mul, set", "(local.set $x (i64.mul (local.get $x) (i64.const 77)))"),
        ("div: get, const, div, or, set", "(local.set $x (i64.div_u (i64.const -77) (i64.or (local.get $x) (i64.const 3))))"),
        ("signed rem: get, const, rem, or, set", "(local.set $x (i64.rem_s (i64.const -77) (i64.or (local.get $x) (i64.const 3))))"),
        ("global: get, const, add, set", "(global.set $g (i64.add (global.get $g) (i64.const 77)))"),
        ("load: get, and, load, set", "(local.set $x (i64.load (i32.and (i32.wrap_i64 (local.get $x)) (i32.const 0xfff8))))"),
        ("store: get, get, store", "(i64.store (i32.and (local.get $i) (i32.const 0xfff8)) (local.get $x))"),
        ("memory.size: drop", "(drop (memory.size))"),
        ("if: get, if, end", "(if (i32.and (local.get $i) (i32.const 1)) (then (local.set $y (i32.const 1))))"),
        ("block, br_if: get", "(block (br_if 0 (local.get $i)) (local.set $y (i32.const 1)))"),
        ("br_table of 3", "(block (block (br_table 0 1 0 (i32.and (local.get $i) (i32.const 1)))) (local.set $y (i32.const 1)))"),
        ("call", "(call $f)"),
        ("call with 8 locals", "(call $wide)"),
        ("call_indirect: const", "(call_indirect (type $t) (i32.const 0))"),
        ("import: input_len, drop", "(drop (call $input_len))"),
        ("import: caller", "(call $caller (i32.const 0))"),
        ("popcnt, clz, ctz", "(local.set $x (i64.add (i64.popcnt (local.get $x)) (i64.ctz (i64.clz (local.get $x)))))"),
        ("select", "(local.set $x (select (local.get $x) (i64.const 5) (local.get $i)))"),
    ];
    for (name, instruction) in cases {
        let code = looped(items, instruction);
        let call = warm(&code);
        let outcome = run_in(&mut World::default(), &call);
        let gas = outcome.gas_used / (BODY * ROUNDS) as u64;
        group.bench_function(format!("{name} ({gas} gas)"), |b| {
            b.iter(|| run(&mut World::default(), &call));
        });
    }
    group.finish();
}

fn compile(c: &mut Criterion) {
    let mut group = c.benchmark_group("compile");
    group.sample_size(10);
    for (name, text) in bombs::bombs() {
        let code = bytes(&text);
        let prepared = match prepare(&code) {
            Ok(prepared) => prepared.code,
            Err(error) => panic!("{name}: {} bytes refused: {error}", code.len()),
        };
        let (from, to) = (code.len(), prepared.len());
        group.throughput(Throughput::Bytes(to as u64));
        group.bench_function(format!("{name}, {from} bytes, {to} prepared"), |b| {
            b.iter(|| engine::compile(black_box(&prepared)).expect("it is valid"));
        });
        group.throughput(Throughput::Bytes(from as u64));
        group.bench_function(format!("prepare {name}"), |b| {
            b.iter(|| prepare(black_box(&code)).expect("it is valid"));
        });
    }
    group.finish();
}

fn exec(c: &mut Criterion) {
    let mut group = c.benchmark_group("exec");
    for dims in [&[64u32, 32, 10][..], &[784, 128, 10]] {
        let model = testing::random_mlp(3, dims, Range { lo: 0, hi: 16 });
        let input = testing::random_input(4, &model);
        group.bench_function(format!("{dims:?} directly"), |b| {
            b.iter(|| lattice_tensor::execute(black_box(&model), black_box(&input)));
        });
        let rounds = 200;
        let items = [
            data(16, &model.id().0),
            data(48, &words(&[i32::try_from(input.len()).expect("small")])),
            data(52, &words(&input)),
        ]
        .concat();
        let load = "(drop (call $load_model (i32.const 16)))
            (drop (call $tensor_new (i32.const 1) (i32.const 48) (i32.const 52)))";
        let exec = "(drop (call $exec_model (i32.const 0) (i32.const 1)))";
        let mut world = World {
            models: vec![model.clone()],
            ..World::default()
        };
        let with = prepared(&module(&items, &format!("{load} {}", exec.repeat(rounds)))).code;
        let without = prepared(&module(&items, load)).code;
        group.bench_function(format!("{dims:?} {rounds} times in a program"), |b| {
            b.iter(|| run(&mut world, &warm(&with)));
        });
        group.bench_function(format!("{dims:?} not at all in a program"), |b| {
            b.iter(|| run(&mut world, &warm(&without)));
        });
    }
    group.finish();
}

criterion_group!(benches, overhead, plain, compile, exec);
criterion_main!(benches);
