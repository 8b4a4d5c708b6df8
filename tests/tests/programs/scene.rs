//! What the script for polkadot.js needs and cannot make itself: a model and its key,
//! code, pictures, a proof, and bytecode as `lattice asm` writes it.

use anyhow::{ensure, Context, Result};
use codec::Encode;
use lattice_guest_programs::{DIGIT_LOTTERY, PROOF_GATE};
use lattice_prover::Prover;
use lattice_setup::KeyFiles;
use lattice_tensor::Model;
use lattice_tests::digits::{self, Digit};
use lattice_tests::tool;
use serde::Serialize;
use serde_json::{json, Value};
use std::path::Path;
use std::sync::Arc;

/// Pixels of a picture.
const PIXELS: usize = 64;
/// Pictures that the step of training learns from.
const BATCH: usize = 8;
/// What a model trained on chain should answer for the right digit; 0 for the others.
const TARGET: i32 = 1 << 14;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scene {
    manifest: String,
    weights: String,
    model_hash: String,
    key: Key,
    lottery: String,
    gate: String,
    winning: Picture,
    losing: Picture,
    pub proof: Proof,
    classify: Classify,
    /// Bytecode that verifies the proof in another context.
    false_proof: String,
    pub training: Training,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    verifying_key: String,
    vk_id: String,
    circuit_version: u16,
    phase1_id: String,
    proving_key_hash: String,
}

/// A picture, and what the model makes of it.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    #[serde(serialize_with = "as_list")]
    pub pixels: [i8; PIXELS],
    #[serde(rename = "digit")]
    pub seen: u8,
    logits: Vec<i32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    bytes: String,
    /// Context, input commitment and output commitment.
    pub inputs: Vec<String>,
    other_context: String,
}

/// Bytecode that runs the model, and what each of its instructions costs.
#[derive(Serialize)]
struct Classify {
    bytecode: String,
    subject: String,
    steps: Vec<Value>,
}

/// Bytecode that trains the model, and what it leads to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Training {
    bytecode: String,
    model_hash: String,
    pub state: String,
}

/// Held-out pictures of which one wins and one loses.
pub struct Player {
    pub winning: Picture,
    pub losing: Picture,
}

impl Scene {
    /// Makes everything from the model file and the keys beside it.
    pub fn make(folder: &Path, file: &Path) -> Result<Self> {
        let model = lattice_tensor::file::read(file)?;
        let keys = KeyFiles::read(&file.with_extension("keys"))?;
        let key = Key {
            verifying_key: hex(&keys.verifying_key),
            vk_id: hex(keys.vk_id),
            circuit_version: keys.circuit_version,
            phase1_id: hex(keys.phase1_id),
            proving_key_hash: hex(keys.proving_key_hash),
        };
        let Player { winning, losing } = Player::new(&model)?;
        let tools = Tools { folder, file };
        let proof = prove(&model, keys, &winning)?;
        Ok(Scene {
            manifest: hex(model.manifest().encode()),
            weights: hex(weights(&model)),
            model_hash: hex(model.id().0),
            lottery: hex(DIGIT_LOTTERY),
            gate: hex(PROOF_GATE),
            classify: tools.classify(&winning)?,
            false_proof: tools.false_proof(&key, &proof)?,
            training: tools.training()?,
            key,
            winning,
            losing,
            proof,
        })
    }
}

impl Player {
    /// The first held-out picture wins; the first in which the model sees another digit
    /// loses.
    pub fn new(model: &Model) -> Result<Self> {
        let mut pictures = digits::held_out()?
            .into_iter()
            .map(|digit| Picture::new(model, &digit));
        let winning = pictures.next().context("no pictures")??;
        for picture in pictures {
            let losing = picture?;
            if losing.seen != winning.seen {
                return Ok(Player { winning, losing });
            }
        }
        anyhow::bail!("the model sees one digit in all pictures")
    }
}

impl Picture {
    fn new(model: &Model, digit: &Digit) -> Result<Self> {
        let pixels: Vec<i32> = digit.pixels.iter().map(|&ink| ink.into()).collect();
        let logits = lattice_tensor::execute(model, &pixels)?;
        let seen = digit_lottery::arg_max(&logits).context("no logits")?;
        let pixels = <[i8; PIXELS]>::try_from(digit.pixels.as_slice());
        Ok(Picture {
            pixels: pixels.context("another number of pixels")?,
            seen,
            logits,
        })
    }
}

/// Proves what the model sees in a picture.
fn prove(model: &Model, keys: KeyFiles, picture: &Picture) -> Result<Proof> {
    let (mut context, mut other) = ([0; 32], [0; 32]);
    (context[0], other[0]) = (1, 2);
    let trace = lattice_tensor::trace(model, &picture.pixels.map(i32::from))?;
    let prover = Prover::new(Arc::new(model.clone()), keys.proving_key)?;
    let zero = [0; 32];
    let proof = prover.prove(&trace, &context, &zero, &zero, &mut rand::rngs::OsRng)?;
    let inputs = proof.statement.inputs();
    ensure!(inputs[0] == context, "the context comes first");
    Ok(Proof {
        bytes: hex(proof.bytes),
        inputs: inputs.iter().map(hex).collect(),
        other_context: hex(other),
    })
}

/// The assembler and the local machine.
struct Tools<'a> {
    folder: &'a Path,
    file: &'a Path,
}

impl Tools<'_> {
    fn classify(&self, picture: &Picture) -> Result<Classify> {
        let subject = hex([7; 32]);
        let text = format!(
            "model  = LOAD_MODEL @{file}\n\
             image  = TENSOR_NEW [{PIXELS}] {pixels}\n\
             logits = EXEC_MODEL model image\n\
             HASH_MODEL model\n\
             COMMIT_RESULT {subject} {digest}\n",
            file = self.file.display(),
            pixels = json!(&picture.pixels[..]),
            digest = hex([8; 32]),
        );
        let (bytecode, run) = self.run("trace", &text)?;
        let steps = run["steps"].as_array().context("no steps")?.iter();
        let steps = steps
            .map(|step| json!({ "opcode": step["opcode"], "gas": step["gas"] }))
            .collect();
        Ok(Classify {
            bytecode,
            subject,
            steps,
        })
    }

    fn training(&self) -> Result<Training> {
        let pictures = digits::held_out()?;
        let batch = pictures.iter().take(BATCH);
        let pixels: Vec<i8> = batch
            .clone()
            .flat_map(|digit| digit.pixels.clone())
            .collect();
        let targets: Vec<i32> = batch
            .flat_map(|digit| (0..10).map(|class| i32::from(class == digit.label) * TARGET))
            .collect();
        let text = format!(
            "model   = LOAD_MODEL @{file}\n\
             batch   = TENSOR_NEW [{BATCH},{PIXELS}] {pixels}\n\
             targets = TENSOR_NEW [{BATCH},10] {targets}\n\
             TRAIN_MODEL model batch targets 8\n",
            file = self.file.display(),
            pixels = json!(pixels),
            targets = json!(targets),
        );
        let (bytecode, run) = self.run("run", &text)?;
        let state = &run["states"][0];
        let field = |name: &str| {
            let text = state[name].as_str().map(str::to_owned);
            text.with_context(|| format!("no {name} in {run}"))
        };
        Ok(Training {
            bytecode,
            model_hash: field("model")?,
            state: field("state")?,
        })
    }

    fn false_proof(&self, key: &Key, proof: &Proof) -> Result<String> {
        let text = format!(
            "VERIFY_PROOF {key} [{context},{input},{output}] {proof}\n",
            key = key.vk_id,
            context = proof.other_context,
            input = proof.inputs[1],
            output = proof.inputs[2],
            proof = proof.bytes,
        );
        Ok(self.assemble(&text)?.1)
    }

    /// Assembles a program; gives its file and its bytes.
    fn assemble(&self, text: &str) -> Result<(String, String)> {
        let path = self.folder.join("program.lat").display().to_string();
        std::fs::write(&path, text)?;
        let assembled = tool::json(["asm", &path])?;
        let bytes = assembled["program"].as_str().context("no program")?;
        Ok((path, bytes.to_owned()))
    }

    /// Assembles a program and runs it off chain; gives its bytes and the report.
    fn run(&self, mode: &str, text: &str) -> Result<(String, Value)> {
        let (path, bytecode) = self.assemble(text)?;
        let file = self.file.display().to_string();
        let report = tool::json(["vm", mode, &path, "--model", &file])?;
        Ok((bytecode, report))
    }
}

/// The bytes of a model's tensors: those of its encoding after the manifest.
pub fn weights(model: &Model) -> Vec<u8> {
    let manifest = model.manifest().encode().encode();
    model.to_blob().split_off(manifest.len())
}

/// Bytes of a JSON string of hexadecimal digits.
pub fn bytes(value: &Value) -> Result<Vec<u8>> {
    let text = value
        .as_str()
        .with_context(|| format!("{value} is no text"))?;
    let digits = text.strip_prefix("0x").context("no 0x")?;
    Ok(hex::decode(digits)?)
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn as_list<S: serde::Serializer>(pixels: &[i8; PIXELS], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(pixels)
}
