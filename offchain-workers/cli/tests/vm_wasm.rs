//! WebAssembly programs, run locally by the binary. No chain.

mod support;

use serde_json::{json, Value};
use support::{fail, json as run, lattice, succeed, text};
use tempfile::TempDir;

/// Counts its calls in its storage. A call without input is reverted.
const COUNTER: &str = r#"(module
  (import "lattice" "input_len" (func $input_len (result i32)))
  (import "lattice" "output" (func $output (param i32 i32)))
  (import "lattice" "storage_get" (func $get (param i32 i32 i32 i32) (result i32)))
  (import "lattice" "storage_set" (func $set (param i32 i32 i32 i32)))
  (import "lattice" "event" (func $event (param i32 i32)))
  (import "lattice" "transfer" (func $transfer (param i32 i32)))
  (import "lattice" "revert" (func $revert (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "count")
  (data (i32.const 32) "no input")
  (data (i32.const 96) "\03")
  (func $store (call $set (i32.const 0) (i32.const 5) (i32.const 16) (i32.const 4)))
  (func (export "instantiate") (call $store))
  (func (export "call")
    (if (i32.eqz (call $input_len)) (then (call $revert (i32.const 32) (i32.const 8))))
    (drop (call $get (i32.const 0) (i32.const 5) (i32.const 16) (i32.const 4)))
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
    (call $store)
    (call $event (i32.const 0) (i32.const 5))
    (call $transfer (i32.const 64) (i32.const 96))
    (call $output (i32.const 16) (i32.const 4))))"#;

/// A folder with a module and the state of an instance of it.
struct Instance {
    folder: TempDir,
}

impl Instance {
    fn new(module: &str) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(
            folder.path().join("program.wasm"),
            wat::parse_str(module).unwrap(),
        )
        .unwrap();
        Instance { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// An instance of the counter, with 10 planck.
    fn counter() -> Self {
        let instance = Self::new(COUNTER);
        let made =
            run(&instance.arguments("run", &["--entry", "instantiate", "--value", "10 planck"]));
        assert_eq!(
            made["effects"],
            json!([{ "kind": "storageSet", "key": "0x636f756e74", "value": "0x00000000" }])
        );
        instance
    }

    /// `lattice vm MODE program.wasm --storage state.json …`
    fn arguments(&self, mode: &str, more: &[&str]) -> Vec<&'static str> {
        let (program, state) = (self.path("program.wasm"), self.path("state.json"));
        ["vm", mode, &program, "--storage", &state]
            .iter()
            .chain(more)
            .map(|argument| &*argument.to_string().leak())
            .collect()
    }

    fn state(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.path("state.json")).unwrap()).unwrap()
    }
}

#[test]
fn storage_and_balance_stay_between_runs() {
    let counter = Instance::counter();
    assert_eq!(
        counter.state(),
        json!({ "storage": { "0x636f756e74": "0x00000000" }, "balance": "10" })
    );
    let call = counter.arguments("run", &["--input", "0x01"]);
    assert_eq!(run(&call)["output"], "0x01000000");
    let second = run(&call);
    assert_eq!(second["output"], "0x02000000");
    let kinds: Vec<&Value> = second["effects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["kind"])
        .collect();
    assert_eq!(kinds, ["storageSet", "event", "transfer"]);
    assert_eq!(second["effects"][2]["amount"], "3");
    assert_eq!(
        counter.state(),
        json!({ "storage": { "0x636f756e74": "0x02000000" }, "balance": "4" })
    );

    let shown = succeed(&call);
    assert!(
        shown.contains("(\"count\")") && shown.contains("0.000000000003 LAT to "),
        "{shown}"
    );
}

#[test]
fn a_dry_run_and_a_trace_keep_nothing() {
    let counter = Instance::counter();
    let before = counter.state();
    for mode in ["dry-run", "trace"] {
        assert_eq!(
            run(&counter.arguments(mode, &["--input", "0x01"]))["output"],
            "0x01000000"
        );
        assert_eq!(counter.state(), before, "{mode}");
    }
}

#[test]
fn the_gas_of_a_dry_run_suffices_and_one_less_does_not() {
    let counter = Instance::counter();
    let dry = run(&counter.arguments("dry-run", &["--input", "0x01"]));
    assert_eq!(dry["gasRequired"], dry["gasUsed"]);
    let required: u64 = dry["gasRequired"].as_str().unwrap().parse().unwrap();
    let call = |gas: u64| {
        lattice(&counter.arguments(
            "run",
            &["--input", "0x01", "--json", "--gas", &gas.to_string()],
        ))
    };
    let short = call(required - 1);
    assert_eq!(short.status.code(), Some(6));
    let report: Value = serde_json::from_slice(&short.stdout).expect("one JSON object");
    assert_eq!(report["trap"]["error"], "OutOfGas");
    assert_eq!(report["effects"], json!([]));
    assert!(call(required).status.success());
}

#[test]
fn a_trace_shows_each_import_with_its_gas() {
    let counter = Instance::counter();
    let traced = run(&counter.arguments("trace", &["--input", "0x01"]));
    let steps = traced["steps"].as_array().unwrap();
    let imports: Vec<&Value> = steps.iter().map(|step| &step["import"]).collect();
    assert_eq!(
        imports,
        [
            "input_len",
            "storage_get",
            "storage_set",
            "event",
            "transfer",
            "output"
        ]
    );
    let gas = |value: &Value| -> u64 { value.as_str().unwrap().parse().unwrap() };
    for pair in steps.windows(2) {
        let charged = gas(&pair[1]["plainGas"]) + gas(&pair[1]["gas"]);
        assert_eq!(gas(&pair[0]["gasLeft"]) - charged, gas(&pair[1]["gasLeft"]));
    }
    let shown = succeed(&counter.arguments("trace", &["--input", "0x01"]));
    assert!(
        shown.lines().next().unwrap_or_default().contains("import"),
        "{shown}"
    );
}

/// Stores one value, then ends in favour of the account at 64, all of whose bytes are zero.
const ENDING: &str = r#"(module
  (import "lattice" "storage_set" (func $set (param i32 i32 i32 i32)))
  (import "lattice" "terminate" (func $terminate (param i32)))
  (memory (export "memory") 1)
  (func (export "instantiate") (call $set (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 1)))
  (func (export "call") (call $terminate (i32.const 64))))"#;

#[test]
fn a_program_that_ended_leaves_nothing_and_takes_no_calls() {
    let ending = Instance::new(ENDING);
    let make = ending.arguments("run", &["--entry", "instantiate", "--value", "10 planck"]);
    run(&make);
    let traced = run(&ending.arguments("trace", &[]));
    assert_eq!(traced["steps"][0]["import"], "terminate");
    assert_eq!(traced["steps"][0]["trapped"], false);
    assert_eq!(ending.state()["balance"], "10");

    let call = ending.arguments("run", &[]);
    let nobody = "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM";
    let ended = json!({ "kind": "terminated", "beneficiary": nobody });
    assert_eq!(run(&call)["effects"], json!([ended]));
    assert_eq!(
        ending.state(),
        json!({ "storage": {}, "balance": "0", "ended": true })
    );
    let (code, error) = fail(&call);
    assert_eq!(code, 1);
    assert!(error.contains("ended itself"), "{error}");

    run(&make);
    assert_eq!(ending.state()["storage"], json!({ "0x00": "0x00" }));
    assert!(succeed(&call).contains(nobody));
}

#[test]
fn the_input_may_be_a_file() {
    let counter = Instance::counter();
    let input = counter.path("input.bin");
    std::fs::write(&input, [1, 2, 3]).unwrap();
    assert_eq!(
        run(&counter.arguments("run", &["--input", &input]))["succeeded"],
        true
    );
}

mod refuses {
    use super::*;

    #[test]
    fn a_call_that_the_program_reverts_with_its_reason() {
        let counter = Instance::counter();
        let before = counter.state();
        let output = lattice(&counter.arguments("run", &["--json", "--value", "5"]));
        assert_eq!(output.status.code(), Some(6));
        let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        assert_eq!(report["trap"]["error"], "Reverted");
        assert_eq!(report["trap"]["data"], "0x6e6f20696e707574");
        assert!(
            text(&output.stderr).contains("no input"),
            "{}",
            text(&output.stderr)
        );
        assert_eq!(counter.state(), before, "the value went back");
    }

    #[test]
    fn a_transfer_of_more_than_there_is() {
        let counter = Instance::new(COUNTER);
        let output = lattice(&counter.arguments("run", &["--input", "0x01", "--json"]));
        assert_eq!(output.status.code(), Some(6));
        let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        assert_eq!(report["trap"]["error"], "InsufficientBalance");
        assert!(!std::path::Path::new(&counter.path("state.json")).exists());
    }

    #[test]
    fn a_module_that_the_chain_would_not_take() {
        for (module, reason) in [
            ("(module (func (export \"instantiate\") (drop (f32.const 1))) (func (export \"call\")))", "floating point"),
            ("(module (func (export \"call\")))", "instantiate is not exported"),
            ("(module (import \"env\" \"print\" (func)) (func (export \"instantiate\")) (func (export \"call\")))", "does not exist"),
        ] {
            let (code, error) = fail(&Instance::new(module).arguments("run", &[]));
            assert_eq!(code, 1);
            assert!(error.contains("the chain would not take this program") && error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_state_file_that_is_none_and_input_that_is_no_bytes() {
        let counter = Instance::counter();
        let (_, error) = fail(&counter.arguments("run", &["--input", "0x1"]));
        assert!(error.contains("--input 0x1"), "{error}");
        std::fs::write(counter.path("state.json"), "[1]").unwrap();
        let (_, error) = fail(&counter.arguments("run", &["--input", "0x01"]));
        assert!(
            error.contains("state.json is no storage of a program"),
            "{error}"
        );
    }

    #[test]
    fn call_options_for_a_straight_line_program() {
        let (code, error) = fail(&["vm", "run", "0xc10000", "--input", "0x01"]);
        assert_eq!(code, 1);
        assert!(error.contains("straight-line"), "{error}");
    }

    #[test]
    fn a_module_where_bytecode_is_needed() {
        let counter = Instance::new(COUNTER);
        let (_, error) = fail(&["disasm", &counter.path("program.wasm")]);
        assert!(error.contains("WebAssembly module"), "{error}");
    }
}
