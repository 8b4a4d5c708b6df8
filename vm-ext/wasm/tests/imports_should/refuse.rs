//! What no import takes.

use super::*;

fn too_large(what: Bounded, given: u64, limit: u32) -> ProgramTrap {
    ProgramTrap::TooLarge { what, given, limit }
}

#[test]
fn what_is_longer_than_its_limit() {
    let call = |name: &str, operands: &[u32]| {
        let operands: String = operands
            .iter()
            .map(|operand| format!("(i32.const {operand})"))
            .collect();
        format!("(call ${name} {operands})")
    };
    let cases = [
        (
            call("output", &[0, 65_537]),
            Bounded::Output,
            65_537,
            65_536,
        ),
        (call("event", &[0, 4097]), Bounded::Event, 4097, 4096),
        (call("revert", &[0, 4097]), Bounded::Reason, 4097, 4096),
        (call("storage_clear", &[0, 65]), Bounded::Key, 65, 64),
        (call("storage_set", &[0, 65, 0, 0]), Bounded::Key, 65, 64),
        (
            call("storage_set", &[0, 64, 0, 16_385]),
            Bounded::Value,
            16_385,
            16_384,
        ),
    ];
    for (body, what, given, limit) in cases {
        assert_eq!(trap("", &body), too_large(what, given, limit), "{body}");
    }
    let body = format!("{} drop", call("storage_get", &[0, 65, 0, 0]));
    assert_eq!(trap("", &body), too_large(Bounded::Key, 65, 64));
}

#[test]
fn more_effects_than_a_call_may_have() {
    let event = |length| {
        format!(
            "(local $i i32) (loop (call $event (i32.const 0) (i32.const {length}))
         (local.set $i (i32.add (local.get $i) (i32.const 1)))
         (br_if 0 (i32.lt_u (local.get $i) (i32.const 300))))"
        )
    };
    assert_eq!(trap("", &event(0)), too_large(Bounded::Effects, 257, 256));
    let one = Effect::Emitted {
        data: vec![0; 4096],
    };
    let each = one.encoded_size() as u64;
    let limit = 256 * 1024;
    let given = (u64::from(limit) / each + 1) * each;
    assert_eq!(
        trap("", &event(4096)),
        too_large(Bounded::EffectBytes, given, limit)
    );
}

#[test]
fn pointers_outside_the_memory() {
    for import in Import::ALL {
        // The last byte of memory: too short for whatever is there.
        let operands = match import {
            Import::LoadModel => "65535",
            Import::TensorNew => "1 65535 65535",
            Import::TensorConv => "0 0 65535",
            Import::TensorPool => "0 65535 9",
            Import::VerifyProof => "65535 0 0 0 128",
            Import::CommitResult | Import::Transfer => "65535 0",
            Import::InputRead => "0 12 65535",
            Import::Output | Import::Event | Import::Revert => "65535 2",
            Import::StorageGet | Import::StorageSet => "65535 2 0 0",
            Import::StorageClear => "65535 2",
            Import::Caller | Import::Address | Import::Value | Import::Balance => "65535",
            Import::Terminate => "65535",
            _ => continue,
        };
        let operands: String = operands
            .split(' ')
            .map(|operand| format!("(i32.const {operand})"))
            .collect();
        let dropped = if import.result().is_some() {
            "drop"
        } else {
            ""
        };
        let body = format!("(call ${} {operands}) {dropped}", import.name());
        assert_eq!(trap("", &body), ProgramTrap::OutOfBounds, "{import}");
    }
    let far = "(call $output (i32.const -1) (i32.const 65536))";
    assert_eq!(trap("", far), ProgramTrap::OutOfBounds);
}

#[test]
fn operands_that_mean_nothing() {
    let cases = [
        (
            "(call $unload_model (i32.const 65536))",
            Import::UnloadModel,
        ),
        (
            "(call $exec_model (i32.const -1) (i32.const 0)) drop",
            Import::ExecModel,
        ),
        (
            "(call $train_model (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 256))",
            Import::TrainModel,
        ),
        (
            "(call $tensor_new (i32.const 5) (i32.const 0) (i32.const 0)) drop",
            Import::TensorNew,
        ),
        (
            "(call $tensor_new (i32.const 0) (i32.const 0) (i32.const 0)) drop",
            Import::TensorNew,
        ),
        ("(call $tensor_len (i32.const 0)) drop", Import::TensorLen),
        (
            "(call $tensor_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))",
            Import::TensorRead,
        ),
        (
            "(call $tensor_pool (i32.const 0) (i32.const 0) (i32.const 8)) drop",
            Import::TensorPool,
        ),
        (
            "(call $tensor_pool (i32.const 0) (i32.const 0) (i32.const 13)) drop",
            Import::TensorPool,
        ),
        (
            "(call $input_read (i32.const 10) (i32.const 3) (i32.const 0))",
            Import::InputRead,
        ),
        (
            "(call $input_read (i32.const -1) (i32.const -1) (i32.const 0))",
            Import::InputRead,
        ),
    ];
    for (body, import) in cases {
        assert_eq!(trap("", body), ProgramTrap::Operand { import }, "{body}");
    }
}

#[test]
fn handles_that_stand_for_something_else() {
    let body = format!("{NEW} drop (call $exec_model (i32.const 0) (i32.const 0)) drop");
    let reason = Trap::NotAModel(lattice_isa::Handle(0));
    let opcode = Opcode::ExecModel;
    assert_eq!(
        trap(&data(256, &square()), &body),
        ProgramTrap::Opcode { opcode, reason }
    );
}

#[test]
fn imports_to_a_program_without_memory() {
    let text = format!(
        "(module {} (func (export \"instantiate\"))
         (func (export \"call\") (call $output (i32.const 0) (i32.const 1))))",
        imports()
    );
    let code = prepared(&text).code;
    let outcome = run_in(&mut World::default(), &invocation(&code));
    assert_eq!(outcome.result, Err(ProgramTrap::OutOfBounds));
}

#[test]
fn an_input_over_its_limit() {
    let code = prepared(&module("", "")).code;
    let input = vec![0; 65_537];
    let long = lattice_wasm::Invocation {
        input: &input,
        ..invocation(&code)
    };
    let outcome = run_in(&mut World::default(), &long);
    let trap = too_large(Bounded::Input, 65_537, 65_536);
    assert_eq!((outcome.gas_used, outcome.result), (0, Err(trap)));
}
