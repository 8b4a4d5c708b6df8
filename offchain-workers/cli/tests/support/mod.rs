//! The binary, and a model to run it on.

#![allow(dead_code)] // Each test file uses its part.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data/digits")
        .join(name)
        .to_string_lossy()
        .into_owned()
}

pub fn lattice(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lattice"))
        .args(arguments)
        .env_remove("LATTICE_KEY_FILE")
        .env_remove("LATTICE_CHAIN")
        .output()
        .expect("the binary runs")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Standard output of a command that must succeed.
pub fn succeed(arguments: &[&str]) -> String {
    let output = lattice(arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

pub fn json(arguments: &[&str]) -> Value {
    let mut arguments = arguments.to_vec();
    arguments.push("--json");
    serde_json::from_str(&succeed(&arguments)).expect("one JSON object")
}

/// Exit code and standard error of a command that must fail.
pub fn fail(arguments: &[&str]) -> (i32, String) {
    let output = lattice(arguments);
    assert!(!output.status.success(), "{arguments:?} must fail");
    (output.status.code().unwrap_or(-1), text(&output.stderr))
}

pub struct Digits {
    folder: TempDir,
    pub report: Value,
}

impl Digits {
    pub fn import() -> Self {
        let folder = TempDir::new().unwrap();
        let model = folder.path().join("digits.lattice");
        let report = json(&[
            "model",
            "import",
            &data("digits.onnx"),
            "--calibration",
            &data("calibration.npy"),
            "--evaluate",
            &data("test_images.npy"),
            "--labels",
            &data("test_labels.npy"),
            "--max-loss",
            "0.5",
            "-o",
            &model.to_string_lossy(),
        ]);
        Digits { folder, report }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn model(&self) -> String {
        self.path("digits.lattice").to_string_lossy().into_owned()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name).to_string_lossy().into_owned()
    }
}
