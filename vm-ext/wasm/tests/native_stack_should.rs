//! The counted limit ends a recursion, and the native stack never does.

#[path = "support/shapes/mod.rs"]
mod shapes;
mod support;

use lattice_isa::{KeyId, ModelHash, ProofBytes, PublicInput};
use lattice_machine::{Environment, VerifyFault};
use lattice_wasm::{
    engine, invoke, CodeError, CodeLimits, NoOutcome, ProgramEnvironment, ProgramTrap,
};
use rand::rngs::StdRng;
use rand::SeedableRng;
use shapes::Shape;
use support::*;

/// Random functions that are measured.
const FUNCTIONS: usize = 60;

#[test]
fn have_twice_the_native_stack_that_its_limit_may_take() {
    assert_eq!(
        engine::PROGRAM_STACK,
        2 * engine::NATIVE_BYTES_PER_VALUE * CodeLimits::V1.stack_height as usize
    );
}

/// Notes how deep the native stack is whenever a program reads its storage.
#[derive(Default)]
struct Depths {
    first: Option<usize>,
    last: usize,
    count: usize,
}

impl Environment for Depths {
    fn model_chunk(&mut self, _model: &ModelHash, _index: u32) -> Option<Vec<u8>> {
        None
    }

    fn verify(
        &mut self,
        _key: &KeyId,
        _inputs: &[PublicInput],
        _proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        Err(VerifyFault::UnknownKey)
    }
}

impl ProgramEnvironment for Depths {
    fn storage(&mut self, _key: &[u8]) -> Option<Vec<u8>> {
        let here = 0u8;
        let address = std::ptr::from_ref(&here).addr();
        self.first.get_or_insert(address);
        self.last = address;
        self.count += 1;
        None
    }
}

/// Reads storage: what notes the depth.
const PROBE: &str = "(drop (call $storage_get
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))";

/// Bytes of native stack that a recursive function, which notes its depth, has taken
/// when the limit ends it. If the native stack were what ends it, the call would have
/// no outcome.
fn native_bytes(code: &[u8]) -> usize {
    let mut depths = Depths::default();
    let mut call = invocation(code);
    call.gas_limit = u64::MAX;
    call.trace = false;
    let outcome = invoke(&call, &mut depths).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(outcome.result, Err(ProgramTrap::StackExhausted));
    let between = depths.first.expect("it ran").abs_diff(depths.last);
    // As many frames as there were, where the distances are one fewer.
    between / (depths.count - 1) * depths.count
}

#[test]
fn take_less_than_half_of_the_native_stack_whatever_the_function() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut worst = (0, None);
    let mut measured = 0;
    while measured < FUNCTIONS {
        let mut shape = Shape::random(&mut rng, false);
        shape.copies = 1;
        let text = module(&shape.items(PROBE), &shape.call());
        let bytes = match try_prepare(&text) {
            Ok(prepared) => native_bytes(&prepared.code),
            Err(CodeError::TooMany { .. }) => continue,
            Err(error) => panic!("{error}: {shape:?}"),
        };
        measured += 1;
        if bytes > worst.0 {
            worst = (bytes, Some(shape));
        }
    }
    let (bytes, shape) = worst;
    println!("{bytes} of {} bytes: {shape:?}", engine::PROGRAM_STACK);
    assert!(2 * bytes <= engine::PROGRAM_STACK, "{bytes}: {shape:?}");
}

/// Code that nobody prepared, with the counters of code that was: the one way to the
/// end of the native stack.
#[test]
fn have_no_outcome_where_the_native_stack_ends() {
    let code = bytes(
        r#"(module
            (global (export "lattice:gas:1") (mut i64) (i64.const 0))
            (global (export "lattice:stack:1") (mut i32) (i32.const 0))
            (func $f (call $f))
            (func (export "instantiate"))
            (func (export "call") (call $f)))"#,
    );
    let outcome = invoke(&invocation(&code), &mut World::default());
    assert!(
        matches!(outcome, Err(NoOutcome::NativeStack)),
        "{outcome:?}"
    );
}

mod end_by_the_limit_for_a_recursion {
    use super::*;

    /// Runs a recursive function until the limit, with nothing else to stop it, and
    /// with half of the native stack to spare.
    fn exhausts(items: &str, body: &str) {
        let code = prepared(&module(items, body)).code;
        let bytes = native_bytes(&code);
        println!("{bytes} of {} bytes", engine::PROGRAM_STACK);
        assert!(2 * bytes <= engine::PROGRAM_STACK, "{bytes}: {items:.200}");
    }

    #[test]
    fn of_the_smallest_function() {
        // Too small to note anything.
        let trapped = trap("(func $f (call $f))", "(call $f)");
        assert_eq!(trapped, ProgramTrap::StackExhausted);
        exhausts(&format!("(func $f {PROBE} (call $f))"), "(call $f)");
    }

    #[test]
    fn of_the_most_parameters_and_locals() {
        let limits = CodeLimits::V1;
        let parameters = "i64 ".repeat(limits.parameters as usize);
        let locals = "i64 ".repeat(limits.locals as usize);
        let total = limits.parameters + limits.locals;
        // Every local has a value of its own that is needed after the call.
        let set: String = (limits.parameters..total)
            .map(|local| {
                format!(
                    "(local.set {local} (i64.add (local.get {}) (i64.const {local})))",
                    local % limits.parameters
                )
            })
            .collect();
        let pass: String = (0..limits.parameters)
            .map(|local| format!("(local.get {})", local + limits.parameters))
            .collect();
        let sum: String = (1..total)
            .map(|local| format!("(i64.add (local.get {local}))"))
            .collect();
        let items = format!(
            "(func $f (param {parameters}) (result i64) (local {locals})
                {PROBE} {set} (call $f {pass}) (local.get 0) {sum} i64.add)"
        );
        let start = "(i64.const 3)".repeat(limits.parameters as usize);
        exhausts(&items, &format!("(drop (call $f {start}))"));
    }

    #[test]
    fn of_the_most_operands() {
        let held = CodeLimits::V1.operands as usize - 8;
        let operands: String = (0..held)
            .map(|k| format!("(i64.mul (local.get 0) (i64.const {}))", k * 7 + 3))
            .collect();
        let sums = "i64.xor ".repeat(held);
        let items = format!(
            "(func $f (param i64) (result i64) {PROBE} {operands} (call $f (local.get 0)) {sums})"
        );
        exhausts(&items, "(drop (call $f (i64.const 3)))");
    }

    /// Branches out of blocks within each other, so that each end joins other
    /// values of each local: the most values for the fewest instructions.
    #[test]
    fn of_the_most_joins() {
        // With the parameter, just under the limit of nested values.
        let (depth, locals) = (22, 22);
        let declared = "i64 ".repeat(locals);
        let blocks = "(block ".repeat(depth);
        let sets: String = (1..locals)
            .map(|local| format!("(local.set {local} (i64.add (local.get {local}) (local.get 0)))"))
            .collect();
        let branches: String = (0..depth)
            .map(|label| format!("(br_if {label} (i32.wrap_i64 (local.get 1)))"))
            .collect();
        let ends = ")".repeat(depth);
        let sum: String = (1..=locals)
            .map(|local| format!("(i64.add (local.get {local}))"))
            .collect();
        let items = format!(
            "(func $f (param i64) (result i64) (local {declared})
                {PROBE} {blocks} (br_if 0 (i32.wrap_i64 (local.get 1))) {sets} {branches} {ends}
                (call $f (i64.add (local.get 0) (i64.const 2))) {sum})"
        );
        exhausts(&items, "(drop (call $f (i64.const 2)))");
    }

    #[test]
    fn of_many_values_that_an_optimizer_would_keep() {
        // Invariant products within a loop: hoisted, each would take a slot.
        let products: String = (0..1000)
            .map(|k| format!("(i64.mul (local.get 0) (i64.const {})) i64.xor ", k * 7 + 3))
            .collect();
        let items = format!(
            "(func $f (param i64) (result i64) (local i64)
                {PROBE} (loop (local.set 1 (call $f (local.get 0)))
                      (local.get 1) {products} (local.set 1)
                      (br_if 0 (i64.eqz (local.get 1))))
                (local.get 1))"
        );
        exhausts(&items, "(drop (call $f (i64.const 3)))");
    }

    #[test]
    fn through_the_table() {
        let items = format!(
            "(type $t (func (param i64 i64 i64 i64 i64 i64 i64 i64)))
            (table 1 funcref) (elem (i32.const 0) func $f)
            (func $f (type $t) {PROBE}
                (local.get 0) (local.get 1) (local.get 2) (local.get 3)
                (local.get 4) (local.get 5) (local.get 6) (local.get 7)
                (call_indirect (type $t) (i32.const 0)))"
        );
        let start = "(i64.const 1)".repeat(8);
        exhausts(&items, &format!("(call $f {start})"));
    }

    #[test]
    fn while_an_import_is_at_the_deepest_point() {
        let import = "(call $output (i32.const 0) (i32.const 64))";
        exhausts(
            &format!("(func $f {PROBE} {import} (call $f))"),
            "(call $f)",
        );
    }
}
