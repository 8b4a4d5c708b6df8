//! What may not be uploaded.

use super::*;

#[test]
fn floating_point_wherever_it_is() {
    let cases = [
        "(func (param f32))",
        "(func (result f64) (f64.const 1))",
        "(func (local f32))",
        "(func (drop (f32.const 0)))",
        "(func (drop (i32.trunc_f64_s (f64.const 1))))",
        "(func (drop (i64.reinterpret_f64 (f64.const 1))))",
        "(global f64 (f64.const 1))",
        "(memory 1) (func (drop (f32.load (i32.const 0))))",
        "(type (func (param i32 f64)))",
    ];
    for items in cases {
        let error = refused(items);
        assert!(
            matches!(error, CodeError::Float { offset } if offset > 8),
            "{items}: {error}"
        );
    }
}

#[test]
fn what_came_after_the_first_version() {
    let cases = [
        "(func (result i32 i32) (i32.const 0) (i32.const 0))",
        "(func (drop (i32.extend8_s (i32.const 0))))",
        "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(memory 1) (memory 1)",
        "(memory i64 1)",
        "(memory 1 1 shared)",
        "(table 1 externref)",
        "(func (drop (v128.const i64x2 0 0)))",
        "(func $f (return_call $f))",
        "(memory 1) (data \"passive\")",
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
        "(func (drop (ref.null func)))",
        "(tag)",
        "(func (drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))) drop)",
    ];
    for items in cases {
        let error = refused(items);
        assert!(
            matches!(error, CodeError::Invalid { .. }),
            "{items}: {error}"
        );
    }
}

#[test]
fn bytes_that_are_no_module() {
    let valid = bytes(&format!("(module {ENTRIES})"));
    for code in [
        &[][..],
        b"\0asm",
        &valid[..valid.len() - 1],
        &[&valid[..], &[0]].concat(),
    ] {
        assert!(matches!(prepare(code), Err(CodeError::Invalid { .. })));
    }
    let component = b"\0asm\x0d\0\x01\0";
    assert!(matches!(prepare(component), Err(CodeError::Invalid { .. })));
    assert!(
        matches!(refused("(func (drop (i64.add (i32.const 0) (i64.const 0))))"),
        CodeError::Invalid { offset } if offset > 0)
    );
}

#[test]
fn imports_that_no_node_offers() {
    let unknown = |import: &str, index, name: &str| {
        let name = Name::from(name);
        assert_eq!(
            refused(import),
            CodeError::UnknownImport { index, name },
            "{import}"
        );
    };
    unknown(
        r#"(import "lattice" "selfdestruct" (func))"#,
        0,
        "selfdestruct",
    );
    unknown(
        r#"(import "env" "input_len" (func (result i32)))"#,
        0,
        "input_len",
    );
    unknown(r#"(import "lattice" "memory" (memory 1))"#, 0, "memory");
    unknown(
        r#"(import "lattice" "input_len" (global i32))"#,
        0,
        "input_len",
    );
    unknown(
        r#"(import "lattice" "table" (table 1 funcref))"#,
        0,
        "table",
    );
    let long = "a".repeat(100);
    unknown(
        &format!(
            r#"(import "lattice" "input_len" (func (result i32)))
               (import "lattice" "{long}" (func))"#
        ),
        1,
        &long,
    );
}

#[test]
fn imports_with_another_signature() {
    for import in [
        r#"(import "lattice" "input_len" (func))"#,
        r#"(import "lattice" "input_len" (func (result i64)))"#,
        r#"(import "lattice" "input_len" (func (param i32) (result i32)))"#,
    ] {
        let name = Name::from("input_len");
        assert_eq!(
            refused(import),
            CodeError::ImportSignature { index: 0, name }
        );
    }
}

#[test]
fn modules_without_the_two_entries() {
    let missing = |text: &str, entry| {
        assert_eq!(refused_text(text), CodeError::MissingEntry { entry });
    };
    missing("(module)", Entry::Instantiate);
    missing(r#"(module (func (export "instantiate")))"#, Entry::Call);
    missing(
        r#"(module (func (export "instantiate")) (global (export "call") i32 (i32.const 0)))"#,
        Entry::Call,
    );
    for signature in ["(param i32)", "(result i32) (i32.const 0)"] {
        let text =
            format!(r#"(module (func (export "instantiate")) (func (export "call") {signature}))"#);
        let entry = Entry::Call;
        assert_eq!(refused_text(&text), CodeError::EntrySignature { entry });
    }
}

#[test]
fn other_exports_and_start_functions() {
    for (items, index) in [
        (r#"(func (export "main"))"#, 0),
        (r#"(global (export "memory") i32 (i32.const 0))"#, 0),
        (r#"(memory (export "heap") 1)"#, 0),
        (
            r#"(memory (export "memory") 1) (table (export "table") 1 funcref)"#,
            1,
        ),
    ] {
        let error = refused(items);
        assert!(
            matches!(error, CodeError::UnknownExport { index: found, .. } if found == index),
            "{items}: {error}"
        );
    }
    let error = refused("(func) (start 0)");
    assert_eq!(error, CodeError::StartFunction { function: 0 });
}

#[test]
fn segments_that_reach_too_far() {
    for items in [
        "(memory 1) (data (i32.const 65535) \"two\")",
        "(memory 0) (data (i32.const 1) \"\")",
        "(memory 1) (data (i32.const -1) \"\")",
        "(func $f) (table 1 funcref) (elem (i32.const 1) func $f)",
    ] {
        let error = refused(items);
        assert!(
            matches!(error, CodeError::Segment { offset } if offset > 8),
            "{items}: {error}"
        );
    }
    assert!(try_prepare(&format!(
        "(module (memory 1) (data (i32.const 65535) \"1\") {ENTRIES})"
    ))
    .is_ok());
}
