//! Ceremonies with their records in a file, through the binary: everything but submitting.

mod support;

/// The dishonest contributor of the set-up's own tests.
#[path = "../../../zk/setup/tests/support/mod.rs"]
mod dishonest;

use codec::{DecodeAll, Encode};
use lattice_setup::phase2::{Ceremony, VerifiedStart};
use lattice_setup::{hash_bytes, phase1};
use lattice_tensor::{file, testing::random_mlp, Range};
use lattice_verifier::ceremony::{next_transcript, Challenge, Query, Start, State};
use serde_json::{json, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use support::{fail, json as run};
use tempfile::TempDir;

const CONTRIBUTORS: [&str; 3] = ["//Alice", "//Bob", "//Charlie"];
const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

fn ptau() -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../zk/setup/tests/data");
    data.join("snarkjs-11.ptau").to_string_lossy().into_owned()
}

/// A folder with a ceremony's files in `f`, its records and its model.
struct Rehearsal(TempDir);

impl Rehearsal {
    /// After three contributions, made once; each test has a copy.
    fn new() -> Self {
        static MADE: OnceLock<Rehearsal> = OnceLock::new();
        let made = MADE.get_or_init(Self::make);
        let copy = Rehearsal(TempDir::new().expect("a folder"));
        fs::create_dir(copy.at("f")).expect("a folder");
        for name in ["m.lattice", "r.json"] {
            fs::copy(made.at(name), copy.at(name)).expect("copied");
        }
        for entry in fs::read_dir(made.at("f")).expect("a folder") {
            let entry = entry.expect("an entry");
            fs::copy(entry.path(), copy.at("f").join(entry.file_name())).expect("copied");
        }
        copy
    }

    fn make() -> Self {
        let made = Rehearsal(TempDir::new().expect("a folder"));
        made.write_model("m.lattice", 1);
        let opened = run(&[
            "ceremony",
            "open",
            &made.text("m.lattice"),
            "--ptau",
            &ptau(),
            "--dir",
            &made.text("f"),
            "--records",
            &made.text("r.json"),
        ]);
        assert_eq!(opened["ceremony"], Value::Null);
        for (index, seed) in CONTRIBUTORS.into_iter().enumerate() {
            let contributed = run_line(&made.on("contribute", &["--dev-seed", seed]));
            assert_eq!(contributed["index"], index);
            let file = contributed["file"].as_str().expect("a path");
            assert!(Path::new(file).is_file(), "{file}");
        }
        made
    }

    fn write_model(&self, name: &str, seed: u64) {
        let model = random_mlp(seed, &[3, 2, 2], Range { lo: 0, hi: 3 });
        file::write(self.at(name), &model).expect("written");
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.at(name).to_string_lossy().into_owned()
    }

    /// A command on this ceremony.
    fn on(&self, command: &str, more: &[&str]) -> Line {
        let mut line: Vec<String> = ["ceremony", command].map(String::from).into();
        line.extend(["--records".into(), self.text("r.json")]);
        line.extend(["--dir".into(), self.text("f")]);
        if command != "challenge" {
            line.extend(["--ptau".into(), ptau()]);
        }
        line.extend(more.iter().map(|word| word.to_string()));
        line
    }

    fn verify_key(&self, model: &str, more: &[&str]) -> Line {
        let keys = self.text("keys");
        let mut line: Vec<String> = ["verify-key".into(), self.text(model)].into();
        line.extend(["--keys".into(), keys]);
        line.extend(more.iter().map(|word| word.to_string()));
        line
    }

    fn finalize(&self) {
        let keys = self.text("keys");
        run_line(&self.on("finalize", &["-o", &keys]));
    }

    fn records(&self) -> Value {
        serde_json::from_slice(&fs::read(self.at("r.json")).expect("read")).expect("JSON")
    }

    fn write_records(&self, records: &Value) {
        fs::write(self.at("r.json"), records.to_string()).expect("written");
    }

    /// The file of the state after `number` contributions.
    fn state(&self, number: usize) -> PathBuf {
        let prefix = format!("state-{number:04}-");
        fs::read_dir(self.at("f"))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .find(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with(&prefix)
            })
            .expect("a state")
    }

    /// Adds a contribution with one false leaf of H, right in everything that the chain checks.
    fn plant(&self) {
        let mut records = self.records();
        let folder = self.at("f");
        let start: Start = scale(&records["start"]);
        let model = file::read(self.at("m.lattice")).expect("read");
        let mut rng = dishonest::rng(1);
        let ptau = phase1::Ptau::open(Path::new(&ptau())).expect("a file");
        let phase1 = phase1::verify(ptau, &mut rng).expect("a good file");
        let checked = VerifiedStart::check(&start, &model, &phase1, &folder, &mut rng);
        let mut ceremony: Ceremony = checked.expect("honest").ceremony([0; 32], 0);
        let entries = records["contributions"].as_array_mut().expect("entries");
        // The dishonest one comes first, on top of the start.
        entries.clear();
        let (entry, file) =
            dishonest::planted(&ceremony, &folder, dishonest::ALICE, |query, points| {
                if query == Query::H {
                    points.swap(6, 7);
                }
            });
        let planted = self.state_of(&entry.contribution.state());
        fs::rename(file, &planted).expect("renamed");
        let binding = ceremony.binding(&entry.account);
        let transcript = next_transcript(&binding, &entry.contribution);
        entries.push(json!({
            "account": text(&entry.account),
            "contribution": text(&entry.contribution.encode()),
        }));
        records["transcript"] = text(&transcript).into();
        self.write_records(&records);
        // The library refuses it for the same reason.
        assert!(ceremony.accept(entry, &planted, &mut rng).is_err());
    }

    /// Where the first contribution's file has to be.
    fn state_of(&self, state: &State) -> PathBuf {
        let queries = Query::of(state.version()).iter();
        let roots: Vec<[u8; 32]> = queries
            .map(|query| *state.root(*query).expect("of this version"))
            .collect();
        let hash = hex::encode(hash_bytes(roots.as_flattened()));
        self.at("f")
            .join(format!("state-0001-{}.points", &hash[..32]))
    }
}

type Line = Vec<String>;

fn words(line: &Line) -> Vec<&str> {
    line.iter().map(String::as_str).collect()
}

fn run_line(line: &Line) -> Value {
    run(&words(line))
}

fn fail_line(line: &Line) -> (i32, String) {
    fail(&words(line))
}

fn text(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn scale<T: DecodeAll>(value: &Value) -> T {
    let digits = value.as_str().expect("text").trim_start_matches("0x");
    T::decode_all(&mut &hex::decode(digits).expect("hex")[..]).expect("SCALE")
}

/// The status of one finding of `verify-key`.
fn status<'a>(verified: &'a Value, what: &str) -> &'a str {
    let findings = verified["findings"].as_array().expect("findings");
    let found = findings.iter().find(|f| f["what"] == what);
    found.expect(what)["status"].as_str().expect("a status")
}

#[test]
fn three_contributors_make_a_key_that_anyone_can_recompute() {
    let rehearsal = Rehearsal::new();
    let verified = run_line(&rehearsal.on("verify", &[]));
    assert_eq!(verified["contributors"].as_array().map(Vec::len), Some(3));
    assert_eq!(verified["contributors"][1], BOB);
    assert_eq!(verified["transcript"], rehearsal.records()["transcript"]);

    rehearsal.finalize();
    let described = fs::read_to_string(rehearsal.at("keys/key.json")).expect("read");
    assert!(described.contains("\"ceremony\""), "{described}");

    let verified = run_line(&rehearsal.verify_key("m.lattice", &[]));
    assert_eq!(verified["holds"], true);
    for what in ["files", "model", "circuit", "transcript"] {
        assert_eq!(status(&verified, what), "established", "{what}");
    }
    for what in ["chain", "key of this circuit", "no forgery"] {
        assert_eq!(status(&verified, what), "notEstablished", "{what}");
    }
    let (folder, ptau) = (rehearsal.text("f"), ptau());
    let more = ["--dir", &folder, "--ptau", &ptau];
    let verified = run_line(&rehearsal.verify_key("m.lattice", &more));
    assert_eq!(status(&verified, "key of this circuit"), "established");
}

#[test]
fn of_a_development_key_it_is_said_that_its_maker_could_forge() {
    let rehearsal = Rehearsal::new();
    let (model, keys) = (rehearsal.text("m.lattice"), rehearsal.text("keys"));
    run(&["setup", "dev", &model, "-o", &keys]);
    let verified = run_line(&rehearsal.verify_key("m.lattice", &[]));
    assert_eq!(verified["setup"], "dev");
    assert_eq!(status(&verified, "circuit"), "established");
    assert_eq!(status(&verified, "key of this circuit"), "notEstablished");
    assert_eq!(status(&verified, "no forgery"), "notEstablished");
}

#[test]
fn a_planted_leaf_is_found_and_opened() {
    let rehearsal = Rehearsal::new();
    let (code, error) = fail_line(&rehearsal.on("challenge", &[]));
    assert_eq!(code, 3, "{error}");
    rehearsal.plant();
    let (code, error) = fail_line(&rehearsal.on("verify", &[]));
    assert_eq!(code, 4, "{error}");
    assert!(error.contains("leaf 6 of H"), "{error}");
    let (code, error) = fail_line(&rehearsal.on("contribute", &["--dev-seed", "//Dave"]));
    assert_eq!(code, 4, "nobody contributes on top of it: {error}");

    let challenged = run_line(&rehearsal.on("challenge", &[]));
    assert_eq!(challenged["contribution"], 0);
    assert_eq!(
        (&challenged["query"], &challenged["leaf"]),
        (&json!("H"), &json!(6))
    );
    let shown: Challenge = scale(&challenged["challenge"]);
    assert_eq!(shown.index, 6);
}

/// Each on a copy of one ceremony. One test, because a ceremony is made once per process, and takes
/// longer than all of these together.
#[test]
fn what_is_not_honest_or_not_there_is_refused() {
    let refusals: [fn(&Rehearsal); 7] = [
        refuses::a_second_contribution_by_one_account,
        refuses::to_open_in_a_folder_with_a_ceremony,
        refuses::a_missing_file_by_its_name,
        refuses::another_states_file_under_the_right_name,
        refuses::records_that_are_reordered_cut_or_of_another_transcript,
        refuses::a_start_of_another_model,
        refuses::keys_of_another_model_or_other_records,
    ];
    for refused in refusals {
        refused(&Rehearsal::new());
    }
}

mod refuses {
    use super::*;

    pub fn a_second_contribution_by_one_account(rehearsal: &Rehearsal) {
        let (code, error) = fail_line(&rehearsal.on("contribute", &["--dev-seed", "//Bob"]));
        assert_eq!(code, 1);
        assert!(error.contains("contributed already"), "{error}");
    }

    pub fn to_open_in_a_folder_with_a_ceremony(rehearsal: &Rehearsal) {
        let (code, error) = fail(&[
            "ceremony",
            "open",
            &rehearsal.text("m.lattice"),
            "--ptau",
            &ptau(),
            "--dir",
            &rehearsal.text("f"),
            "--records",
            &rehearsal.text("r.json"),
        ]);
        assert_eq!(code, 1);
        assert!(error.contains("another folder"), "{error}");
    }

    pub fn a_missing_file_by_its_name(rehearsal: &Rehearsal) {
        let state = rehearsal.state(2);
        fs::remove_file(&state).expect("removed");
        let (code, error) = fail_line(&rehearsal.on("verify", &[]));
        assert_eq!(code, 3);
        let name = state.file_name().expect("a name").to_string_lossy();
        assert!(error.contains(&*name), "{error}");
    }

    pub fn another_states_file_under_the_right_name(rehearsal: &Rehearsal) {
        fs::copy(rehearsal.state(1), rehearsal.state(2)).expect("copied");
        let (code, error) = fail_line(&rehearsal.on("verify", &[]));
        assert_eq!(code, 4);
        assert!(error.contains("contribution 1"), "{error}");
    }

    pub fn records_that_are_reordered_cut_or_of_another_transcript(rehearsal: &Rehearsal) {
        let honest = rehearsal.records();
        let edits: [fn(&mut Value); 3] = [
            |r| {
                r["contributions"]
                    .as_array_mut()
                    .expect("entries")
                    .swap(0, 1)
            },
            |r| drop(r["contributions"].as_array_mut().expect("entries").pop()),
            |r| r["transcript"] = format!("0x{}", "ab".repeat(32)).into(),
        ];
        for edit in edits {
            let mut records = honest.clone();
            edit(&mut records);
            rehearsal.write_records(&records);
            let (code, error) = fail_line(&rehearsal.on("verify", &[]));
            assert_eq!(code, 4, "{error}");
        }
    }

    pub fn a_start_of_another_model(rehearsal: &Rehearsal) {
        rehearsal.write_model("other.lattice", 2);
        let other = rehearsal.text("other.lattice");
        let (code, error) = fail_line(&rehearsal.on("verify", &["--model", &other]));
        assert_eq!(code, 4);
        assert!(error.contains("the model"), "{error}");
    }

    pub fn keys_of_another_model_or_other_records(rehearsal: &Rehearsal) {
        rehearsal.finalize();
        rehearsal.write_model("other.lattice", 2);
        let (code, error) = fail_line(&rehearsal.verify_key("other.lattice", &[]));
        assert_eq!(code, 4);
        assert!(error.contains("model"), "{error}");

        run_line(&rehearsal.on("contribute", &["--dev-seed", "//Dave"]));
        let records = rehearsal.text("r.json");
        let more = ["--records", records.as_str()];
        let (code, error) = fail_line(&rehearsal.verify_key("m.lattice", &more));
        assert_eq!(code, 4);
        assert!(error.contains("another verifying key"), "{error}");
    }
}
