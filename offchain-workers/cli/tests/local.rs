//! The binary on its own: import, inspect, set up, run, and errors for people. No chain.

mod support;

use serde_json::Value;
use std::path::Path;
use support::{data, fail, json, lattice, succeed, text, Digits};

#[test]
fn an_imported_model_can_be_inspected_and_run() {
    let digits = Digits::import();
    let evaluation = &digits.report["evaluation"];
    assert_eq!(evaluation["samples"], 450);
    assert!(evaluation["integerAccuracy"].as_f64().unwrap() > 0.95);

    let inspected = json(&["model", "inspect", &digits.model()]);
    assert_eq!(inspected["model"], digits.report["model"]);
    assert_eq!(inspected["inputHi"], 16);
    assert_eq!(inspected["windowElements"], "0");
    assert_eq!(inspected["outputs"], 10);
    let operators = inspected["operators"].as_array().unwrap();
    let requantize = operators
        .iter()
        .find(|op| op["op"] == "Requantize")
        .unwrap();
    let shifts = &requantize["parameters"]["shifts"];
    assert_eq!(shifts.as_array().unwrap().len(), 32);
    assert_eq!(
        requantize["parameters"]["clamp"],
        serde_json::json!([0, 127])
    );
    // A reader of the file finds the weights: operators, values and tensors name one another.
    for (index, op) in operators.iter().enumerate() {
        assert_eq!(op["inputs"], serde_json::json!([index]));
        let linear = op["op"] == "Linear";
        assert_eq!(op["tensors"].as_array().unwrap().is_empty(), !linear);
    }

    let images = data("test_images.npy");
    let run = |executor: &str| {
        json(&[
            "run",
            &digits.model(),
            "--input",
            &images,
            "--row",
            "3",
            "--executor",
            executor,
        ])
    };
    let reference = run("reference");
    assert_eq!(reference["model"], digits.report["model"]);
    assert_eq!(reference["output"].as_array().unwrap().len(), 10);
    assert_eq!(run("burn")["output"], reference["output"]);
}

#[test]
fn a_local_execution_is_proven_and_the_proof_holds_for_who_has_the_key_alone() {
    let digits = Digits::import();
    let path = |name: &str| digits.path(name).to_string_lossy().into_owned();
    let (keys, proof, images) = (path("keys"), path("proof.bin"), data("test_images.npy"));
    json(&["setup", "dev", &digits.model(), "-o", &keys]);
    let model = digits.model();
    let sample = ["--input", &images, "--row", "3"];
    let context = format!("0x{}", "05".repeat(32));
    let options = [
        "--keys",
        &keys,
        "--context",
        &context,
        "--repeat",
        "3",
        "-o",
        &proof,
    ];
    let proven = json(&[&["prove", &model][..], &sample, &options].concat());
    let run = json(&[&["run", &model][..], &sample].concat());
    assert_eq!(proven["output"], run["output"]);
    assert_eq!(proven["class"], run["class"]);
    assert_eq!(proven["proofBytes"], 128);
    assert_eq!(proven["seconds"]["proofs"].as_array().unwrap().len(), 3);
    assert_eq!(proven["publicInputs"][0], context);

    let public: Vec<&str> = proven["publicInputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input.as_str().unwrap())
        .collect();
    let (file, public) = (format!("@{proof}"), public.join(","));
    let evidence = path("evidence");
    let exported = json(&[
        "proof", "export", "--keys", &keys, "--proof", &file, "--public", &public, "-o", &evidence,
    ]);
    assert_eq!(exported["valid"], true);
    assert_eq!(exported["proof"], proven["proof"]);
}

#[test]
fn keys_of_another_model_and_contexts_out_of_the_field_are_refused() {
    let digits = Digits::import();
    let path = |name: &str| digits.path(name).to_string_lossy().into_owned();
    let (keys, other, images) = (path("keys"), path("other.lattice"), data("test_images.npy"));
    json(&["setup", "dev", &digits.model(), "-o", &keys]);
    let calibration = data("calibration.npy");
    let onnx = data("digits.onnx");
    let range = ["--input-range", "0:20"];
    let import = [
        "model",
        "import",
        &onnx,
        "--calibration",
        &calibration,
        "-o",
        &other,
    ];
    json(&[&import[..], &range].concat());
    let prove = |model: &str, context: &str| {
        fail(&[
            "prove",
            model,
            "--keys",
            &keys,
            "--input",
            &images,
            "--row",
            "0",
            "--context",
            context,
        ])
    };
    let (code, error) = prove(&other, &format!("0x{}", "00".repeat(32)));
    assert!(code == 1 && error.contains("are of model"), "{error}");
    let (code, error) = prove(&digits.model(), &format!("0x{}", "ff".repeat(32)));
    assert!(code == 1 && error.contains("context"), "{error}");
}

#[test]
fn text_is_for_people_and_a_pipe_gets_no_progress_bar() {
    let digits = Digits::import();
    let output = lattice(&["model", "inspect", &digits.model(), "--circuit"]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("Requantize") && shown.contains("constraints"),
        "{shown}"
    );
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn json_and_standard_input_are_inputs_too() {
    let digits = Digits::import();
    let zeros = digits.write("zeros.json", format!("{:?}", [0; 64]));
    let nested = digits.write("nested.json", format!("{:?}", [[0; 8]; 8]));
    let flat = json(&["run", &digits.model(), "--input", &zeros]);
    assert_eq!(
        json(&["run", &digits.model(), "-i", &nested])["output"],
        flat["output"]
    );
}

#[test]
fn keys_are_made_once_and_not_overwritten() {
    let digits = Digits::import();
    let keys = digits.path("keys").to_string_lossy().into_owned();
    let made = json(&["setup", "dev", &digits.model(), "-o", &keys]);
    assert_eq!(made["model"], digits.report["model"]);
    assert!(made["constraints"].as_u64().unwrap() > 1_000);
    for file in ["proving.key", "verifying.key", "key.json"] {
        assert!(digits.path("keys").join(file).exists(), "{file}");
    }
    let (code, error) = fail(&["setup", "dev", &digits.model(), "-o", &keys]);
    assert_eq!(code, 1);
    assert!(error.contains("--force"), "{error}");
}

mod refuses {
    use super::*;

    #[test]
    fn an_input_out_of_range_with_index_and_value() {
        let digits = Digits::import();
        let mut values = [0; 64];
        values[5] = 17;
        let bad = digits.write("bad.json", format!("{values:?}"));
        let (code, error) = fail(&["run", &digits.model(), "--input", &bad]);
        assert_eq!(code, 1);
        assert!(
            error.contains("element 5 is 17") && error.contains("0..=16"),
            "{error}"
        );
        succeed(&["run", &digits.model(), "--input", &bad, "--clip"]);
    }

    #[test]
    fn an_input_of_the_wrong_length_or_an_unclear_row() {
        let digits = Digits::import();
        let short = digits.write("short.json", "[1, 2, 3]");
        let (_, error) = fail(&["run", &digits.model(), "--input", &short]);
        assert!(error.contains("64"), "{error}");
        let images = data("test_images.npy");
        let (_, error) = fail(&["run", &digits.model(), "--input", &images]);
        assert!(error.contains("--row 0..=449"), "{error}");
        let (_, error) = fail(&["run", &digits.model(), "--input", &images, "--row", "450"]);
        assert!(error.contains("--row 450"), "{error}");
    }

    #[test]
    fn damaged_model_files() {
        let digits = Digits::import();
        let bytes = std::fs::read(digits.path("digits.lattice")).unwrap();
        let truncated = digits.write("cut.lattice", &bytes[..bytes.len() - 1]);
        let (_, error) = fail(&["model", "inspect", &truncated]);
        assert!(error.contains("cut.lattice"), "{error}");
        let mut tampered = bytes.clone();
        *tampered.last_mut().unwrap() ^= 1;
        let tampered = digits.write("tampered.lattice", tampered);
        let (code, error) = fail(&["model", "inspect", &tampered]);
        assert_eq!(code, 1);
        assert!(error.contains("weights hash to"), "{error}");
    }

    #[test]
    fn an_onnx_file_that_is_none_and_labels_of_another_set() {
        let digits = Digits::import();
        let junk = digits.write("junk.onnx", "not a model");
        let out = digits.path("out.lattice").to_string_lossy().into_owned();
        let calibration = data("calibration.npy");
        let (_, error) = fail(&[
            "model",
            "import",
            &junk,
            "--calibration",
            &calibration,
            "-o",
            &out,
        ]);
        assert!(error.contains("junk.onnx"), "{error}");
        let (_, error) = fail(&[
            "model",
            "import",
            &data("digits.onnx"),
            "--calibration",
            &calibration,
            "--labels",
            &data("test_labels.npy"),
            "-o",
            &out,
        ]);
        assert!(error.contains("450 labels for 256 samples"), "{error}");
        assert!(!Path::new(&out).exists(), "nothing is written");
    }

    #[test]
    fn a_chain_command_without_node_or_key_by_exit_code() {
        let (code, error) = fail(&["account", "transfer", "--to", ALICE, "--amount", "1"]);
        assert_eq!(code, 2, "{error}");
        assert!(error.contains("--dev-seed"), "{error}");
        let failed = lattice(&["record", "1", "--chain", "ws://127.0.0.1:1", "--json"]);
        assert_eq!(failed.status.code(), Some(5));
        assert!(text(&failed.stderr).contains("ws://127.0.0.1:1"));
        let object: Value = serde_json::from_slice(&failed.stdout).expect("a JSON error");
        assert_eq!(object["exitCode"], 5);
    }

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
}
