//! Assembler, disassembler and local execution of programs by the binary. No chain.

mod support;

use lattice_prover::Prover;
use lattice_setup::KeyFiles;
use lattice_tensor::{file, trace};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::{data, fail, json, lattice, succeed, text, Digits};

/// Classifies row 3 of the test images, and hashes the model.
const CLASSIFY: &str = "\
; the fourth test image
model  = LOAD_MODEL @digits.lattice
image  = TENSOR_NEW [64] @images.npy:3
logits = EXEC_MODEL model image
HASH_MODEL model
";

impl Digits {
    /// A program's text, with the images beside it.
    fn program(&self, program: &str) -> String {
        std::fs::copy(data("test_images.npy"), self.path("images.npy")).unwrap();
        self.write("prog.lat", program)
    }
}

/// The trap of a program that must stop early, and what is told to people.
fn trap(arguments: &[&str]) -> (Value, String) {
    let output = lattice(&[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(6), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(report["succeeded"], false);
    (report["trap"].clone(), text(&output.stderr))
}

fn gas(value: &Value) -> u64 {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn a_program_is_assembled_listed_and_assembled_again() {
    let digits = Digits::import();
    let program = digits.program(CLASSIFY);
    let assembled = succeed(&["asm", &program]);
    assert!(assembled.starts_with("0xa0"), "{assembled}");

    let bin = digits.path("prog.bin").to_string_lossy().into_owned();
    let report = json(&["asm", &program, "-o", &bin]);
    assert_eq!(report["instructions"], 4);
    assert_eq!(report["handles"]["logits"], 2);
    assert_eq!(report["program"], assembled.trim());
    assert_eq!(
        std::fs::read(&bin).unwrap().len(),
        report["length"].as_u64().unwrap() as usize
    );

    let listing = succeed(&["disasm", &bin]);
    assert!(
        listing.contains("#2 = EXEC_MODEL #0 #1\nHASH_MODEL #0"),
        "{listing}"
    );
    assert_eq!(succeed(&["disasm", assembled.trim()]), listing);
    let again = digits.write("again.lat", &listing);
    assert_eq!(succeed(&["asm", &again]), assembled);

    let hex = digits.path("prog.hex").to_string_lossy().into_owned();
    succeed(&["asm", &program, "--hex", "-o", &hex]);
    assert_eq!(std::fs::read_to_string(&hex).unwrap(), assembled);
    let listed = json(&["disasm", &hex]);
    assert_eq!(listed["text"], listing);
    let lines = listed["instructions"].as_array().unwrap();
    assert_eq!(
        (&lines[1]["opcode"], &lines[1]["offset"]),
        (&"TENSOR_NEW".into(), &33.into())
    );
    assert_eq!(lines[3]["gives"], Value::Null);
}

#[test]
fn a_program_runs_a_model_to_the_same_output_as_the_executor() {
    let digits = Digits::import();
    let program = digits.program(CLASSIFY);
    let images = data("test_images.npy");
    let expected = json(&["run", &digits.model(), "--input", &images, "--row", "3"]);

    let report = json(&["vm", "run", &program, "--model", &digits.model()]);
    let logits = &report["tensors"][1];
    assert_eq!(logits["name"], "logits");
    assert_eq!(logits["elements"], expected["output"]);
    assert_eq!(report["journal"][0]["kind"], "modelHashed");
    assert_eq!(report["journal"][0]["model"], expected["model"]);

    let shown = succeed(&["vm", "run", &program, "--model", &digits.model()]);
    assert!(
        shown.contains("#2 logits") && shown.contains("done, 4 instructions"),
        "{shown}"
    );

    // The same as bytecode and as hexadecimal text, without the names.
    let hex = succeed(&["asm", &program]);
    let run = json(&["vm", "run", hex.trim(), "--model", &digits.model()]);
    assert_eq!(run["tensors"][1]["elements"], expected["output"]);
    assert_eq!(run["gasUsed"], report["gasUsed"]);
}

#[test]
fn the_gas_of_a_dry_run_suffices_and_one_less_does_not() {
    let digits = Digits::import();
    let program = digits.program(CLASSIFY);
    let arguments = ["vm", "dry-run", &program, "--model", &digits.model()];
    let report = json(&arguments);
    let required = gas(&report["gasRequired"]);
    assert_eq!(report.get("tensors"), None, "a dry run keeps nothing");
    assert!(succeed(&arguments).contains("gas required"));

    let run = |gas: u64, mode| {
        let gas = gas.to_string();
        lattice(&[
            "vm",
            mode,
            &program,
            "--model",
            &digits.model(),
            "--gas",
            &gas,
        ])
    };
    assert!(run(required, "run").status.success());
    for mode in ["run", "dry-run", "trace"] {
        let short = run(required - 1, mode);
        assert_eq!(short.status.code(), Some(6), "{mode}");
        assert!(
            text(&short.stderr).contains("out of gas"),
            "{}",
            text(&short.stderr)
        );
    }
}

#[test]
fn a_trace_accounts_for_all_gas() {
    let digits = Digits::import();
    let program = digits.program(CLASSIFY);
    let report = json(&["vm", "trace", &program, "--model", &digits.model()]);
    let steps = report["steps"].as_array().unwrap();
    let opcodes: Vec<&str> = steps
        .iter()
        .map(|s| s["opcode"].as_str().unwrap())
        .collect();
    assert_eq!(
        opcodes,
        ["LOAD_MODEL", "TENSOR_NEW", "EXEC_MODEL", "HASH_MODEL"]
    );
    let sum: u64 = steps.iter().map(|step| gas(&step["gas"])).sum();
    assert_eq!(sum, gas(&report["gasUsed"]));
    assert_eq!(steps[2]["handle"], 2);
    assert_eq!(steps[2]["line"], 4);

    let shown = succeed(&["vm", "trace", &program, "--model", &digits.model()]);
    let header = shown.lines().next().unwrap_or_default();
    assert!(
        header.contains("instruction") && header.contains("gas left"),
        "{shown}"
    );
    assert!(shown.contains("#2 logits"), "{shown}");
}

#[test]
fn a_proof_is_verified_under_a_folder_of_keys() {
    let digits = Digits::import();
    let keys = digits.path("keys");
    succeed(&[
        "setup",
        "dev",
        &digits.model(),
        "-o",
        &keys.to_string_lossy(),
    ]);
    let inputs = prove(&digits, &keys);
    let program = |inputs: &[String]| {
        format!(
            "VERIFY_PROOF @keys [{}] @proof.bin\nCOMMIT_RESULT {} {}\n",
            inputs.join(","),
            inputs[0],
            inputs[2]
        )
    };

    let gate = digits.write("gate.lat", program(&inputs));
    let keys = keys.to_string_lossy().into_owned();
    let report = json(&["vm", "run", &gate, "--key", &keys]);
    assert_eq!(report["journal"][0]["kind"], "committed");
    assert_eq!(report["journal"][0]["digest"], inputs[2].as_str());

    let (stop, told) = trap(&["vm", "run", &gate]);
    assert_eq!(stop["error"], "UnknownKey");
    assert!(told.contains("--key"), "{told}");

    let other = format!("0x{}", "01".repeat(31) + "00");
    let false_gate = digits.write(
        "false.lat",
        program(&[other, inputs[1].clone(), inputs[2].clone()]),
    );
    let (stop, told) = trap(&["vm", "run", &false_gate, "--key", &keys]);
    assert_eq!(stop["error"], "ProofRejected");
    assert!(
        told.contains("instruction 0 (VERIFY_PROOF, line 1)"),
        "{told}"
    );
}

/// Proves the model on a blank image; leaves the proof beside it and gives the public inputs.
fn prove(digits: &Digits, keys: &Path) -> Vec<String> {
    let model = file::read(digits.model()).unwrap();
    let blank = vec![0; model.input_len()];
    let run = trace(&model, &blank).unwrap();
    let files = KeyFiles::read(keys).unwrap();
    let prover = Prover::new(Arc::new(model.clone()), files.proving_key).unwrap();
    let (context, none) = ([7; 32], [0; 32]);
    let proof = prover
        .prove(&run, &context, &none, &none, &mut rand::rngs::OsRng)
        .unwrap();
    digits.write("proof.bin", proof.bytes);
    let inputs = proof.statement.inputs();
    inputs
        .iter()
        .map(|input| format!("0x{}", hex::encode(input)))
        .collect()
}

#[test]
fn training_gives_the_handle_another_state() {
    let digits = Digits::import();
    let program = digits.program(
        "model = LOAD_MODEL @digits.lattice\n\
         HASH_MODEL model\n\
         batch = TENSOR_NEW [1,64] @images.npy:3\n\
         wish  = TENSOR_NEW [1,10] [0,0,0,20000,0,0,0,0,0,0]\n\
         TRAIN_MODEL model batch wish 24\n\
         HASH_MODEL model\n",
    );
    let report = json(&["vm", "run", &program, "--model", &digits.model()]);
    let journal = &report["journal"];
    assert_eq!(journal[0]["state"], journal[0]["model"]);
    assert_ne!(journal[1]["state"], journal[0]["state"]);
    assert_eq!(report["states"][0]["state"], journal[1]["state"]);
    assert_eq!(report["states"][0]["base"], digits.report["model"]);
}

#[test]
fn a_program_comes_from_standard_input_too() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lattice"))
        .args(["vm", "run", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let program = b"x = TENSOR_NEW [2,2] [1,2,3,4]\nTENSOR_MUL x x\n";
    child.stdin.take().unwrap().write_all(program).unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        report["tensors"][1]["elements"],
        serde_json::json!([7, 10, 15, 22])
    );
}

mod refuses {
    use super::*;

    #[test]
    fn a_text_that_is_no_program_with_file_line_and_column() {
        let digits = Digits::import();
        let program =
            digits.program("image = TENSOR_NEW [64] @images.npy:3\nEXEC_MODLE image image\n");
        for arguments in [&["asm", &program][..], &["vm", "run", &program]] {
            let (code, error) = fail(arguments);
            assert_eq!(code, 1);
            assert!(
                error.contains("prog.lat:2:1: ") && error.contains("did you mean `EXEC_MODEL`?"),
                "{error}"
            );
            assert!(
                error.contains("  2 | EXEC_MODLE image image\n    | ^"),
                "{error}"
            );
        }
    }

    #[test]
    fn references_to_what_is_not_there() {
        let digits = Digits::import();
        for (program, reason) in [
            ("LOAD_MODEL @nothing.lattice", "nothing.lattice"),
            (
                "TENSOR_NEW [64] @images.npy:450",
                "there are 450 rows, from 0",
            ),
            (
                "TENSOR_NEW [63] @images.npy:0",
                "the shape has 63 elements and 64 are given",
            ),
            ("TENSOR_NEW [2] @half.json", "element 1 is 0.5"),
            ("LOAD_MODEL @half.json", "expected 32 bytes"),
        ] {
            digits.write("half.json", "[1, 0.5]");
            let (code, error) = fail(&["asm", &digits.program(program)]);
            assert_eq!(code, 1);
            assert!(
                error.contains("prog.lat:1:") && error.contains(reason),
                "{error}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_program() {
        let digits = Digits::import();
        let (code, error) = fail(&["disasm", "0xa00102"]);
        assert_eq!(code, 1);
        assert!(
            error.contains("32 bytes are needed and 2 are left"),
            "{error}"
        );
        let (_, error) = fail(&["disasm", "0xzz"]);
        assert!(error.contains("no hexadecimal text"), "{error}");
        let (_, error) = fail(&["disasm", &digits.program(CLASSIFY)]);
        assert!(error.contains("lattice asm"), "{error}");
        let junk = digits.write("junk.bin", [0xff, 0xfe, 0x00]);
        let (_, error) = fail(&["vm", "run", &junk]);
        assert!(
            error.contains("junk.bin is neither a program nor the text of one"),
            "{error}"
        );
        let (_, error) = fail(&["vm", "run", "/nothing/here.lat"]);
        assert!(error.contains("/nothing/here.lat"), "{error}");
    }

    #[test]
    fn a_model_that_was_not_given_with_the_hint_to_give_it() {
        let digits = Digits::import();
        let (stop, told) = trap(&["vm", "run", &digits.program(CLASSIFY)]);
        assert_eq!(stop["error"], "UnknownModel");
        assert_eq!(stop["line"], 2);
        assert!(told.contains("--model"), "{told}");
    }
}
