//! What is too large to be uploaded.

use super::*;

#[test]
fn functions_that_hold_too_many_operands() {
    let limit = CodeLimits::V1.operands;
    let text = |count: u32| {
        let count = usize::try_from(count).expect("small");
        let (pushed, dropped) = ("i64.const 1 ".repeat(count), "drop ".repeat(count));
        format!("(func {pushed} {dropped})")
    };
    let program = format!("(module {} {ENTRIES})", text(limit));
    assert!(try_prepare(&program).is_ok());
    let error = too_many(Part::Operands, limit + 1, limit);
    assert_eq!(refused(&text(limit + 1)), error);
}

#[test]
fn functions_that_branch_too_often() {
    let limit = CodeLimits::V1.branches;
    let text = |count: u32| {
        let count = usize::try_from(count / 2).expect("small");
        format!("(func {})", "(block (br_if 0 (i32.const 1)))".repeat(count))
    };
    let program = format!("(module {} {ENTRIES})", text(limit));
    assert!(try_prepare(&program).is_ok());
    let error = too_many(Part::Branches, limit + 1, limit);
    assert_eq!(refused(&text(limit + 2)), error);
}

#[test]
fn functions_whose_joins_have_too_many_values() {
    let limits = CodeLimits::V1;
    let text =
        |locals: usize, body: &str| format!("(func (local {}) {body})", "i64 ".repeat(locals));

    // Deep blocks around many locals; parameters count as locals do.
    let nested = |depth| format!("{}{}", "(block ".repeat(depth), ")".repeat(depth));
    let deepest = usize::try_from(limits.nested_values / 64).expect("small");
    let program = format!("(module {} {ENTRIES})", text(64, &nested(deepest)));
    assert!(try_prepare(&program).is_ok());
    let error = too_many(
        Part::NestedValues,
        limits.nested_values + 64,
        limits.nested_values,
    );
    assert_eq!(refused(&text(64, &nested(deepest + 1))), error);
    let parameters = format!(
        "(func (param i64 i64 i64 i64) (local {}) {})",
        "i64 ".repeat(60),
        nested(deepest + 1)
    );
    assert_eq!(refused(&parameters), error);

    // Many branches beside each other.
    let values = limits.locals + limits.parameters;
    let branches = limits.joined_values / values + 1;
    let joins = "(block (br_if 0 (i32.const 1)))"
        .repeat(usize::try_from(branches.div_ceil(2)).expect("small"));
    let locals = usize::try_from(limits.locals).expect("small");
    assert_eq!(
        refused(&text(locals, &joins)),
        too_many(Part::JoinedValues, values * branches, limits.joined_values)
    );
}

#[test]
fn calls_through_the_table_around_which_too_many_values_live() {
    let limits = CodeLimits::V1;
    let values = limits.locals + limits.parameters;
    let calls = limits.joined_values / values + 1;
    let text = |calls: u32| {
        format!(
            "(type $t (func)) (table 1 funcref) (func (local {}) {})",
            "i64 ".repeat(limits.locals as usize),
            "(call_indirect (type $t) (i32.const 0))".repeat(calls as usize)
        )
    };
    assert_eq!(
        refused(&text(calls)),
        too_many(Part::JoinedValues, values * calls, limits.joined_values)
    );
    let program = format!("(module {} {ENTRIES})", text(calls - 1));
    assert!(try_prepare(&program).is_ok());
}

#[test]
fn branches_by_table_whose_targets_have_too_many_values() {
    let limits = CodeLimits::V1;
    let values = limits.locals + limits.parameters;
    let targets = limits.joined_values / values + 1;
    let text = |targets: u32| {
        format!(
            "(func (local {}) (br_table {} (i32.const 0)))",
            "i64 ".repeat(limits.locals as usize),
            "0 ".repeat(targets as usize)
        )
    };
    assert_eq!(
        refused(&text(targets)),
        too_many(Part::JoinedValues, values * targets, limits.joined_values)
    );
    let program = format!("(module {} {ENTRIES})", text(targets - 1));
    assert!(try_prepare(&program).is_ok());
}

#[test]
fn more_of_anything_than_the_limits() {
    let limits = CodeLimits::V1;
    let over = |limit: u32| usize::try_from(limit + 1).expect("limits are small");
    let cases = [
        (
            (0..=limits.types).map(|_| "(type (func))").collect(),
            too_many(Part::Types, limits.types + 1, limits.types),
        ),
        (
            format!(
                "(type (func (param {})))",
                "i32 ".repeat(over(limits.parameters))
            ),
            too_many(Part::Parameters, limits.parameters + 1, limits.parameters),
        ),
        (
            r#"(import "lattice" "input_len" (func (result i32)))"#.repeat(over(limits.imports)),
            too_many(Part::Imports, limits.imports + 1, limits.imports),
        ),
        (
            "(func)".repeat(over(limits.functions)),
            too_many(Part::Functions, limits.functions + 3, limits.functions),
        ),
        (
            format!("(func (local {}))", "i64 ".repeat(over(limits.locals))),
            too_many(Part::Locals, limits.locals + 1, limits.locals),
        ),
        (
            format!(
                "(func {} {})",
                "block ".repeat(over(limits.nesting)),
                "end ".repeat(over(limits.nesting))
            ),
            too_many(Part::Nesting, limits.nesting + 1, limits.nesting),
        ),
        (
            format!(
                "(func (br_table {} (i32.const 0)))",
                "0 ".repeat(over(limits.branch_targets))
            ),
            too_many(
                Part::BranchTargets,
                limits.branch_targets + 1,
                limits.branch_targets,
            ),
        ),
        (
            format!("(table {} funcref)", limits.table_entries + 1),
            too_many(
                Part::TableEntries,
                limits.table_entries + 1,
                limits.table_entries,
            ),
        ),
        (
            format!(
                "(func $f) (table 1 funcref) (elem (i32.const 0) func {})",
                "$f ".repeat(over(limits.elements))
            ),
            too_many(Part::Elements, limits.elements + 1, limits.elements),
        ),
        (
            format!(
                "(memory 1) {}",
                "(data (i32.const 0) \"\")".repeat(over(limits.segments))
            ),
            too_many(Part::Segments, limits.segments + 1, limits.segments),
        ),
        (
            "(global i32 (i32.const 0))".repeat(over(limits.globals)),
            too_many(Part::Globals, limits.globals + 1, limits.globals),
        ),
        (
            (0..limits.exports)
                .map(|i| format!("(func (export \"{i}\"))"))
                .collect(),
            too_many(Part::Exports, limits.exports + 2, limits.exports),
        ),
        (
            "(memory 65 70)".into(),
            too_many(Part::MemoryPages, 65, limits.memory_pages),
        ),
        (
            "(memory 1 65)".into(),
            too_many(Part::MemoryPages, 65, limits.memory_pages),
        ),
    ];
    for (items, expected) in cases {
        let shown = &items[..items.len().min(60)];
        assert_eq!(refused(&items), expected, "{shown}");
    }
}

#[test]
fn bodies_and_modules_that_are_too_long() {
    let limits = CodeLimits::V1;
    let nops = |count: u32| "nop ".repeat(usize::try_from(count).expect("small"));
    assert_eq!(
        refused(&format!("(func {})", nops(limits.body_bytes))),
        too_many(Part::BodyBytes, limits.body_bytes + 2, limits.body_bytes)
    );
    let long = vec![0; 128 * 1024 + 1];
    assert_eq!(
        prepare(&long),
        Err(too_many(
            Part::CodeBytes,
            limits.code_bytes + 1,
            limits.code_bytes
        ))
    );
}

#[test]
fn local_bombs_and_table_bombs_spread_over_functions() {
    let limits = CodeLimits::V1;
    let functions = limits.total_locals / limits.locals + 1;
    let function = format!("(func (local {}))", "i64 ".repeat(limits.locals as usize));
    let error = refused(&function.repeat(functions as usize));
    assert_eq!(
        error,
        too_many(
            Part::TotalLocals,
            limits.total_locals + limits.locals,
            limits.total_locals
        )
    );
    let functions = limits.total_branch_targets / limits.branch_targets + 1;
    let targets = "0 ".repeat(limits.branch_targets as usize);
    let function = format!("(func (br_table {targets} (i32.const 0)))");
    assert!(matches!(
        refused(&function.repeat(functions as usize)),
        CodeError::TooMany {
            part: Part::TotalBranchTargets,
            ..
        }
    ));
}

#[test]
fn code_that_grows_too_much_by_instrumentation() {
    let limits = CodeLimits::V1;
    let calls = "call 0 ".repeat(7_000);
    let error = refused(&format!("(func {calls})").repeat(4));
    assert!(
        matches!(error, CodeError::TooMany { part: Part::PreparedBytes, limit, .. }
            if limit == limits.prepared_bytes),
        "{error}"
    );
}

/// Four groups of 2^32 - 1 locals: their sum must not wrap.
#[test]
fn numbers_of_locals_that_would_overflow() {
    let mut code = bytes("(module (func))");
    let body = code.split_off(code.len() - 4);
    assert_eq!(body, [1, 2, 0, 11], "one body of no locals and an end");
    let locals = [0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f].repeat(4);
    let length = u8::try_from(locals.len() + 2).expect("short");
    let section = [&[10, length + 2, 1, length, 4][..], &locals, &[11]].concat();
    code.truncate(code.len() - 2);
    code.extend(section);
    assert_eq!(
        prepare(&code),
        Err(too_many(Part::Locals, u32::MAX, CodeLimits::V1.locals))
    );
}
