//! A chain with the digits model and a worker that meets peers, and a requester with one folder of
//! states for each digit.

use anyhow::{ensure, Context, Result};
use lattice_chain_client::{
    BlockNumber, Call, Included, Private, PrivateCall, PrivateStatus, Record, RequestId, Signer,
};
use lattice_tests::digits::{self, Digit};
use lattice_tests::process::{binary, Process};
use lattice_tests::stage::{Stage, REQUESTER};
use lattice_tests::tool::{self, Commands};
use lattice_verifier::{commit_input, FieldBytes};
use serde_json::{json, Value};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Longest time in which a request has to end.
const PATIENCE: Duration = Duration::from_secs(90);
/// Longest time until a command has done what is waited for.
const SOON: Duration = Duration::from_secs(30);
/// How often files are looked at.
const SHORT: Duration = Duration::from_millis(20);
/// How often the chain is looked at.
const POLL: Duration = Duration::from_millis(200);

/// A number that is written as text.
pub fn number(text: &Value) -> Result<u64> {
    let text = text.as_str().with_context(|| format!("no text: {text}"))?;
    Ok(text.parse()?)
}

/// Elements of an input as they are encoded.
pub fn unsigned(input: &[i8]) -> Vec<u8> {
    input.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// Elements of an output as they are encoded.
pub fn little_endian(output: &[i32]) -> Vec<u8> {
    output.iter().flat_map(|y| y.to_le_bytes()).collect()
}

/// The extrinsics of some blocks, as the node gives them.
pub struct Blocks(Vec<String>);

impl Blocks {
    /// Whether these bytes are anywhere in them.
    pub fn hold(&self, bytes: &[u8]) -> bool {
        let digits = hex::encode(bytes);
        self.0.iter().any(|extrinsic| extrinsic.contains(&digits))
    }
}

pub struct Scene {
    pub stage: Stage,
    pub commands: Commands,
    pub digits: Vec<Digit>,
    model: lattice_tensor::Model,
}

impl Scene {
    pub async fn start(folder: &Path) -> Result<Self> {
        let stage = Stage::digits_with_peers(folder).await?;
        Ok(Self {
            commands: Commands::on(&stage.node.url()),
            digits: digits::held_out()?,
            model: lattice_tensor::file::read(folder.join("models/digits.lattice"))?,
            stage,
        })
    }

    /// The pixels of a digit, as the model takes them.
    fn values(&self, digit: usize) -> Vec<i32> {
        let pixels = self.digits[digit].pixels.iter();
        pixels.map(|&x| x.into()).collect()
    }

    /// What the model computes on a digit.
    pub fn honest(&self, digit: usize) -> Result<Vec<i32>> {
        Ok(lattice_tensor::execute(&self.model, &self.values(digit))?)
    }

    /// What a request for a digit commits to.
    pub fn commitment(&self, digit: usize, blinding: &FieldBytes) -> Result<FieldBytes> {
        let range = self.model.input_range();
        Ok(commit_input(&self.values(digit), range, blinding)?)
    }

    /// Signs a call and waits until it is in a block, without the command.
    ///
    /// # Errors
    /// Those of the chain, by their names.
    pub async fn submit(
        &self,
        seed: &str,
        call: PrivateCall,
    ) -> lattice_chain_client::Result<Included> {
        let signer = Signer::from_dev_seed(seed)?;
        let call = Call::Private(call);
        self.stage.client.submit_and_wait(&signer, &call).await
    }

    /// An open request.
    pub async fn open(&self, request: RequestId) -> Result<Private> {
        let open = self.stage.client.best().private_request(request).await?;
        open.with_context(|| format!("request {request} is not open"))
    }

    /// The model's file.
    pub fn model_file(&self) -> String {
        let file = self.stage.folder.join("models/digits.lattice");
        file.display().to_string()
    }

    /// The folder of states of a digit.
    pub fn states(&self, digit: usize) -> String {
        let folder = self.stage.folder.join(format!("states-{digit}"));
        folder.display().to_string()
    }

    /// Arguments of a private request for a digit.
    fn request(&self, digit: usize, more: &[&str]) -> Result<Vec<String>> {
        let input = self.stage.folder.join(format!("digit-{digit}.json"));
        std::fs::write(&input, serde_json::to_vec(&self.digits[digit].pixels)?)?;
        let (model, input) = (self.stage.model.to_string(), input.display().to_string());
        let states = self.states(digit);
        let arguments = ["infer", "--private", "--model", &model, "--input", &input];
        let arguments = [&arguments[..], &["--state", &states], more].concat();
        Ok(arguments.iter().map(ToString::to_string).collect())
    }

    /// Arguments to go on with a request for a digit.
    fn resumption(&self, digit: usize, which: &str, more: &[&str]) -> Vec<String> {
        let states = self.states(digit);
        let arguments = ["private", "resume", which, "--state", &states];
        let arguments = [&arguments[..], more].concat();
        arguments.iter().map(ToString::to_string).collect()
    }

    fn run(&self, arguments: &[String]) -> Result<Value> {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.commands.signed(REQUESTER, &arguments)
    }

    /// Makes a private request for a digit, and goes on with it to its end; what is shown then.
    pub fn ask(&self, digit: usize, more: &[&str]) -> Result<Value> {
        self.run(&self.request(digit, more)?)
    }

    /// Goes on with a request for a digit to its end; what is shown then.
    pub fn resume(&self, digit: usize, which: &str, more: &[&str]) -> Result<Value> {
        self.run(&self.resumption(digit, which, more))
    }

    /// A command that looks at this disk alone.
    pub fn local(&self, arguments: &[&str]) -> Result<Value> {
        tool::json(arguments)
    }

    /// As [`Scene::ask`], as a process that can be killed.
    pub fn begin(&self, digit: usize, more: &[&str]) -> Result<Process> {
        self.spawn(&self.request(digit, more)?, &format!("ask-{digit}.log"))
    }

    /// As [`Scene::resume`], as a process that can be killed.
    pub fn begin_resume(&self, digit: usize, which: &str, more: &[&str]) -> Result<Process> {
        let arguments = self.resumption(digit, which, more);
        self.spawn(&arguments, &format!("resume-{digit}.log"))
    }

    fn spawn(&self, arguments: &[String], log: &str) -> Result<Process> {
        let mut command = Command::new(binary("lattice")?);
        let url = self.stage.node.url();
        command
            .args(arguments)
            .args(["--dev-seed", REQUESTER, "--chain", &url]);
        Process::start("lattice", command, &self.stage.folder.join(log))
    }

    /// What the disk knows of the request for a digit.
    pub fn state(&self, digit: usize) -> Result<Option<Value>> {
        let Ok(entries) = std::fs::read_dir(self.states(digit)) else {
            return Ok(None);
        };
        let paths: Vec<PathBuf> = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()?;
        // Locks and files that are being written have other endings.
        let state = paths.iter().find(|path| {
            let is_json = path.extension().is_some_and(|ending| ending == "json");
            is_json && path.is_file()
        });
        let Some(state) = state else {
            return Ok(None);
        };
        Ok(Some(serde_json::from_slice(&std::fs::read(state)?)?))
    }

    /// Waits until the disk knows something of the request for a digit, which `requester` writes.
    pub async fn wait_for_state(
        &self,
        digit: usize,
        requester: &mut Process,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let started = Instant::now();
        loop {
            if let Some(state) = self.state(digit)?.filter(|state| is_wanted(state)) {
                return Ok(state);
            }
            requester.ensure_running()?;
            let log = requester.text()?;
            ensure!(
                started.elapsed() < SOON,
                "not in the state of digit {digit}: {log}"
            );
            tokio::time::sleep(SHORT).await;
        }
    }

    /// Waits until the request for a digit is in the pool, or in a block already; its input's
    /// commitment.
    pub async fn in_pool_or_block(&self, digit: usize, requester: &mut Process) -> Result<Vec<u8>> {
        let begun = self.wait_for_state(digit, requester, |_| true).await?;
        let commitment = begun["inputCommitment"].as_str();
        let commitment = commitment.and_then(|text| text.strip_prefix("0x"));
        let commitment = commitment.context("no commitment in the state")?;
        let started = Instant::now();
        loop {
            let client = &self.stage.client;
            let pending = client.rpc("author_pendingExtrinsics", vec![]).await?;
            let is_pending = pending.to_string().contains(commitment);
            let state = self.state(digit)?.context("the state is gone")?;
            if is_pending || state["request"].is_string() {
                return Ok(hex::decode(commitment)?);
            }
            requester.ensure_running()?;
            ensure!(started.elapsed() < SOON, "the request is not in the pool");
            tokio::time::sleep(SHORT).await;
        }
    }

    /// Number of the best block.
    pub async fn now(&self) -> Result<BlockNumber> {
        Ok(self.stage.client.best_block().await?.number)
    }

    /// The blocks after this one.
    pub async fn blocks_after(&self, start: BlockNumber) -> Result<Blocks> {
        let client = &self.stage.client;
        let mut all = Vec::new();
        for number in start + 1..=self.now().await? {
            let hash = client.block_hash(number).await?;
            let hash = hash.with_context(|| format!("no block {number}"))?;
            let hash = json!(format!("{hash:?}"));
            let block = client.rpc("chain_getBlock", vec![hash]).await?;
            let extrinsics = block["block"]["extrinsics"].as_array();
            let extrinsics = extrinsics.with_context(|| format!("no extrinsics in {block}"))?;
            all.extend(
                extrinsics
                    .iter()
                    .filter_map(Value::as_str)
                    .map(String::from),
            );
        }
        Ok(Blocks(all))
    }

    /// Waits until a block is not the last any more.
    pub async fn wait_past(&self, block: BlockNumber) -> Result<()> {
        let started = Instant::now();
        while self.now().await? <= block {
            ensure!(
                started.elapsed() < PATIENCE,
                "there is nothing after {block}"
            );
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Waits until these bytes are in a block after this one.
    pub async fn wait_for_block_with(&self, start: BlockNumber, bytes: &[u8]) -> Result<()> {
        let started = Instant::now();
        while !self.blocks_after(start).await?.hold(bytes) {
            ensure!(started.elapsed() < SOON, "the request is in no block");
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Waits until an open request is as far as this.
    pub async fn wait_for_status(
        &self,
        request: RequestId,
        patience: Duration,
        is_wanted: impl Fn(&PrivateStatus<BlockNumber>) -> bool,
    ) -> Result<()> {
        let started = Instant::now();
        loop {
            let open = self.stage.client.best().private_request(request).await?;
            if open.as_ref().is_some_and(|open| is_wanted(&open.status)) {
                return Ok(());
            }
            ensure!(
                started.elapsed() < patience,
                "request {request} is not so far: {open:?}; the worker says:\n{}",
                self.stage.worker.log()?
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// What a request leaves when it ends.
    pub async fn ended(&self, request: RequestId) -> Result<Record> {
        let started = Instant::now();
        loop {
            if let Some(record) = self.stage.client.best().record(request).await? {
                return Ok(record);
            }
            ensure!(
                started.elapsed() < PATIENCE,
                "request {request} has not ended; the worker says:\n{}",
                self.stage.worker.log()?
            );
            tokio::time::sleep(POLL).await;
        }
    }
}
