//! A proof of a model to files of snarkjs and back, by the binary. No chain.

mod support;

use lattice_prover::Prover;
use lattice_setup::KeyFiles;
use lattice_tensor::{file, trace};
use serde_json::{json, Value};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use support::{fail, json, lattice, text, Digits};

/// Keys of the digits model, and a proof under them.
struct Proven {
    digits: Digits,
    keys: String,
    proof: String,
    inputs: Vec<String>,
}

impl Proven {
    fn new() -> Self {
        let digits = Digits::import();
        let keys = digits.path("keys").to_string_lossy().into_owned();
        json(&["setup", "dev", &digits.model(), "-o", &keys]);
        let model = file::read(Path::new(&digits.model())).unwrap();
        let run = trace(&model, &vec![3; model.input_len()]).unwrap();
        let files = KeyFiles::read(Path::new(&keys)).unwrap();
        let prover = Prover::new(Arc::new(model), files.proving_key).unwrap();
        let (context, none) = ([7; 32], [0; 32]);
        let proof = prover
            .prove(&run, &context, &none, &none, &mut rand::rngs::OsRng)
            .unwrap();
        let inputs = proof.statement.inputs();
        Proven {
            proof: digits.write("proof.bin", proof.bytes),
            inputs: inputs
                .iter()
                .map(|input| format!("0x{}", hex::encode(input)))
                .collect(),
            keys,
            digits,
        }
    }

    fn folder(&self, name: &str) -> String {
        self.digits.path(name).to_string_lossy().into_owned()
    }

    /// The arguments that export the proof with these public inputs.
    fn export<'a>(&'a self, public: &'a str, folder: &'a str) -> [&'a str; 10] {
        let (keys, proof) = (&self.keys, &self.proof);
        [
            "proof", "export", "--keys", keys, "--proof", proof, "--public", public, "-o", folder,
        ]
    }
}

/// What snarkjs says of the files in a folder.
fn snarkjs(folder: &str) -> Value {
    let script = "../../tests/polkadot-js/snarkjs.mjs";
    let output = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script))
        .arg(folder)
        .output()
        .expect("node (scripts/setup.sh --tests)");
    let error = text(&output.stderr);
    assert!(
        output.status.success(),
        "npm packages: scripts/setup.sh --tests\n{error}"
    );
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn a_proof_is_verified_from_its_key_and_its_public_inputs_alone() {
    let proven = Proven::new();
    let key = Path::new(&proven.keys).join("verifying.key");
    let key = key.to_string_lossy().into_owned();
    let check = |proof: &str, public: &[String]| {
        let public = public.join(",");
        [
            "proof", "verify", "--key", &key, "--proof", proof, "--public", &public,
        ]
        .map(String::from)
        .to_vec()
    };
    let run =
        |arguments: Vec<String>| lattice(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let held = run(check(&proven.proof, &proven.inputs));
    assert!(held.status.success(), "{}", text(&held.stderr));
    let mut others = proven.inputs.clone();
    others.swap(0, 1);
    let false_one = run(check(&proven.proof, &others));
    assert_eq!(false_one.status.code(), Some(4));
    let cut = run(check("0x00", &proven.inputs));
    assert_eq!(cut.status.code(), Some(1));
    assert!(text(&cut.stderr).contains("128"), "{}", text(&cut.stderr));
}

#[test]
fn an_exported_proof_is_accepted_by_snarkjs_and_imported_as_it_was() {
    let proven = Proven::new();
    let folder = proven.folder("evidence");
    let public = proven.inputs.join(",");
    let exported = json(&proven.export(&public, &folder));
    assert_eq!(exported["valid"], true);
    assert_eq!(
        snarkjs(&folder),
        json!({ "valid": true, "changed": [false, false, false] })
    );
    let imported = json(&["proof", "import", &folder]);
    assert_eq!(imported, exported);
    assert_eq!(imported["inputs"], json!(proven.inputs));
    let bytes = std::fs::read(&proven.proof).unwrap();
    assert_eq!(imported["proof"], format!("0x{}", hex::encode(bytes)));

    // The same proof of something else: snarkjs and the command agree again.
    let public = [&proven.inputs[0], &proven.inputs[2], &proven.inputs[1]]
        .map(String::as_str)
        .join(",");
    assert_eq!(json(&proven.export(&public, &folder))["valid"], false);
    assert_eq!(snarkjs(&folder)["valid"], false);
    let output = lattice(&["proof", "import", &folder, "--json"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let shown: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(shown["valid"], false);
}

#[test]
fn what_is_malformed_is_refused_by_name() {
    let proven = Proven::new();
    let folder = proven.folder("evidence");
    let public = proven.inputs.join(",");

    let short = proven.digits.write("short.bin", [0; 127]);
    let mut arguments = proven.export(&public, &folder);
    arguments[5] = &short;
    let (code, error) = fail(&arguments);
    assert!(code == 1 && error.contains("not 127"), "{error}");

    let too_high = format!(
        "0x{},{},{}",
        "ff".repeat(32),
        proven.inputs[1],
        proven.inputs[2]
    );
    let (code, error) = fail(&proven.export(&too_high, &folder));
    assert!(code == 1 && error.contains("public input 0"), "{error}");
    assert!(!Path::new(&folder).exists(), "nothing is written");

    let (code, error) = fail(&["proof", "import", &folder]);
    assert!(
        code == 1 && error.contains("verification_key.json"),
        "{error}"
    );

    json(&proven.export(&public, &folder));
    let path = Path::new(&folder).join("public.json");
    std::fs::write(&path, r#"["1", "02", "3"]"#).unwrap();
    let (code, error) = fail(&["proof", "import", &folder]);
    assert!(code == 1 && error.contains("\"02\""), "{error}");
}
