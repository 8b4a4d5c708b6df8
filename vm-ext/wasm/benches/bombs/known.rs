//! Modules that are slow to compile for their length, as far as the limits allow.

use lattice_wasm::CodeLimits;

fn count(limit: u32) -> usize {
    usize::try_from(limit).expect("limits are small")
}

/// A program with this function, as often as it fits.
fn filled(function: &str, bytes: usize) -> String {
    let times = (120 * 1024 / bytes).min(count(CodeLimits::V1.functions) - 2);
    module(&function.repeat(times))
}

/// As [`filled`], with no more of these functions than their joins may have.
fn joining(function: &str, bytes: usize, locals: usize, branches: usize) -> String {
    let limits = CodeLimits::V1;
    let values = (locals + count(limits.parameters)) * branches;
    let times = (120 * 1024 / bytes)
        .min(count(limits.functions) - 2)
        .min(count(limits.joined_values) / values);
    assert!(times > 0, "one function alone has too many joins");
    module(&function.repeat(times))
}

fn module(functions: &str) -> String {
    format!(
        "(module (type $t (func)) (memory 1) (table 1 funcref) {functions} (func (export \"instantiate\")) (func (export \"call\")))"
    )
}

/// A program of a function whose body is made of a statement, as long as it may be.
fn repeated(head: &str, statement: &str, bytes: usize) -> String {
    let times = count(CodeLimits::V1.body_bytes) / bytes - 10;
    let function = format!("(func {head} {})", statement.repeat(times));
    filled(&function, times * bytes)
}

fn declared(locals: usize) -> String {
    format!("(local {})", "i64 ".repeat(locals))
}

/// Uses each local, so that none of its values may be dropped before.
fn used(locals: usize) -> String {
    (0..locals)
        .map(|local| format!("(drop (i64.popcnt (local.get {local})))"))
        .collect()
}

/// Branches that one function with these locals may have.
fn most_branches(locals: usize) -> usize {
    let limits = CodeLimits::V1;
    count(limits.joined_values / (limits.parameters + u32::try_from(locals).expect("few")))
        .min(count(limits.branches))
}

/// Many joins of values of many locals.
fn joins(locals: usize) -> String {
    let times = most_branches(locals) / 2;
    let join = "(block (br_if 0 (i32.wrap_i64 (local.get 0))) (local.set 1 (i64.const 1)))";
    let function = format!(
        "(func {} {} {})",
        declared(locals),
        join.repeat(times),
        used(locals)
    );
    joining(&function, times * 13 + locals * 4, locals, 2 * times)
}

/// Many locals that are needed after each of many calls through the table.
fn table_calls(locals: usize) -> String {
    let times = most_branches(locals);
    let set = "(local.set 0 (i64.add (local.get 0) (local.get 1)))";
    let call = format!("{set} (call_indirect (type $t) (i32.const 0))");
    let function = format!(
        "(func {} {} {})",
        declared(locals),
        call.repeat(times),
        used(locals)
    );
    joining(&function, times * 12 + locals * 4, locals, times)
}

/// Many values that are all needed in the next round of a loop.
fn live(locals: usize) -> String {
    let rounds = count(CodeLimits::V1.body_bytes) / 8;
    let body: String = (0..rounds)
        .map(|round| {
            format!(
                "(local.set {} (i64.mul (local.get {}) (local.get {})))",
                round % locals,
                (round * 7 + 1) % locals,
                (round * 13 + 5) % locals
            )
        })
        .collect();
    let function = format!(
        "(func {} (loop {body} (br_if 0 (i32.wrap_i64 (local.get 0)))))",
        declared(locals)
    );
    filled(&function, rounds * 7)
}

/// Many operands at once.
fn operands() -> String {
    let held = count(CodeLimits::V1.operands) - 4;
    let statement = format!(
        "{} {} drop ",
        "(i64.load (i32.const 8))".repeat(held),
        "i64.add ".repeat(held - 1)
    );
    repeated("", &statement, held * 6 + 1)
}

/// Branches out of many blocks, each end joining other values of each local.
fn chain(depth: usize, locals: usize) -> String {
    let sets: String = (1..locals)
        .map(|local| format!("(local.set {local} (i64.add (local.get {local}) (local.get 0)))"))
        .collect();
    let branches: String = (0..depth)
        .map(|label| format!("(br_if {label} (i32.wrap_i64 (local.get 0)))"))
        .collect();
    let once = format!(
        "{} (br_if 0 (i32.wrap_i64 (local.get 0))) {sets} {branches} {}",
        "(block ".repeat(depth),
        ")".repeat(depth)
    );
    let branches_once = 2 * depth + 1;
    let bytes_once = depth * 8 + locals * 8;
    let times = (most_branches(locals) / branches_once)
        .min(count(CodeLimits::V1.body_bytes) * 3 / 4 / bytes_once);
    let function = format!(
        "(func {} {} {})",
        declared(locals),
        once.repeat(times),
        used(locals)
    );
    joining(
        &function,
        times * bytes_once + locals * 4,
        locals,
        times * branches_once,
    )
}

/// Loops within each other, each head joining the values of each local.
fn loops(depth: usize, locals: usize) -> String {
    let sets: String = (0..locals)
        .map(|local| format!("(local.set {local} (i64.add (local.get {local}) (i64.const 1)))"))
        .collect();
    let function = format!(
        "(func {} {} {sets} (br_if 0 (i32.wrap_i64 (local.get 0))) {})",
        declared(locals),
        "(loop ".repeat(depth),
        ")".repeat(depth)
    );
    joining(&function, depth * 3 + locals * 8 + 8, locals, depth + 1)
}

/// All of them, each with its name.
pub fn bombs() -> Vec<(&'static str, String)> {
    let locals = count(CodeLimits::V1.locals);
    let nesting = count(CodeLimits::V1.nesting) - 8;
    let nested = count(CodeLimits::V1.nested_values);
    let table = format!(
        "(func (block (block (br_table {} (i32.const 0)))))",
        "0 1 ".repeat(count(CodeLimits::V1.branch_targets) / 2 - 1)
    );
    let arguments = "(i64.const 1)".repeat(count(CodeLimits::V1.parameters));
    let wide = format!(
        "(param {})",
        "i64 ".repeat(count(CodeLimits::V1.parameters))
    );
    vec![
        ("joins, most locals", joins(locals)),
        ("joins, 16 locals", joins(16)),
        ("table calls, most locals", table_calls(locals)),
        ("table calls, 32 locals", table_calls(32)),
        ("live values, most locals", live(locals)),
        ("live values, 64 locals", live(64)),
        ("operands", operands()),
        ("deep chain", chain(nesting, nested / nesting)),
        ("square chain", chain(nested.isqrt(), nested.isqrt())),
        ("wide chain", chain(nested / locals, locals)),
        ("deep loops", loops(nesting, nested / nesting)),
        ("square loops", loops(nested.isqrt(), nested.isqrt())),
        ("branch tables", filled(&table, 16 * 1024)),
        (
            "divisions",
            repeated(
                "(local i64)",
                "(local.set 0 (i64.div_s (local.get 0) (local.get 0)))",
                7,
            ),
        ),
        (
            "stores",
            repeated("", "(i64.store (i32.load (i32.const 0)) (i64.const 1))", 10),
        ),
        (
            "memory.grow",
            repeated("", "(drop (memory.grow (i32.const 0)))", 5),
        ),
        ("calls", repeated("", "(call 0)", 12)),
        (
            "wide calls",
            repeated(&wide, &format!("(call 0 {arguments})"), 44),
        ),
        ("constants", repeated("", "(drop (i64.const 1))", 3)),
        ("globals", repeated("", "(drop (memory.size))", 3)),
        (
            "small functions",
            filled(
                "(func (local i64) (block (br_if 0 (i64.eqz (local.get 0)))))",
                60,
            ),
        ),
        ("empty functions", filled("(func)", 60)),
    ]
}
