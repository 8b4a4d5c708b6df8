//! What a provider is paid for, by the `lattice` command on a real chain: a request by its gas,
//! requests that were paid in advance, and one without a proof that nobody can challenge.

use anyhow::{ensure, Context, Result};
use lattice_chain_client::{format_balance, Client, Event, RequestId, Signer, UNIT};
use lattice_tests::digits::{self, Digit};
use lattice_tests::node::Node;
use lattice_tests::stage::{import_digits, register, CAPACITY, PROVIDER, REQUESTER};
use lattice_tests::tool::{self, Commands};
use lattice_tests::worker::Worker;
use serde_json::{json, Value};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

/// Has money, and no part in the requests.
const CHALLENGER: &str = "//Charlie";
/// What the offer adds for gas, in planck: so odd that what is rounded shows.
const PER_MILLION_GAS: u128 = 12_345_678_901;
/// Longest wait for a step that the chain or the worker takes by itself.
const PATIENCE: Duration = Duration::from_secs(180);

/// A chain with the digits model and a provider with a worker, whose prices differ: 2 LAT for a proven
/// request, 1 LAT for an optimistic one, and for both what their gas adds.
struct Scene {
    /// Killed when dropped, as the worker is.
    node: Node,
    worker: Worker,
    client: Client,
    commands: Commands,
    model_file: PathBuf,
    model: lattice_tensor::Model,
    digits: Vec<Digit>,
    folder: PathBuf,
}

impl Scene {
    async fn start(folder: &Path) -> Result<Self> {
        let model_file = import_digits(folder)?;
        let node = Node::start(folder)?;
        let url = node.url();
        register(&url, &model_file)?;
        let commands = Commands::on(&url);
        let capacity = CAPACITY.to_string();
        let provide = ["provider", "register", "--stake", "1000", "--capacity"];
        commands.signed(PROVIDER, &[&provide[..], &[&capacity]].concat())?;
        let gas = format!("{PER_MILLION_GAS} planck");
        let offer = ["provider", "offer", "--model", "0", "--price", "2"];
        let by_gas = ["--per-million-gas", &gas, "--resident"];
        let tier = ["--optimistic", "1"];
        let limits = ["--max-window", "1200", "--max-bond", "100"];
        let offer = [&offer[..], &by_gas, &tier, &limits].concat();
        commands.signed(PROVIDER, &offer)?;
        Ok(Self {
            worker: Worker::start(folder, &url, PROVIDER)?,
            client: Client::connect(&url).await?,
            node,
            commands,
            model: lattice_tensor::file::read(&model_file)?,
            model_file,
            digits: digits::held_out()?,
            folder: folder.to_owned(),
        })
    }

    /// Asks for the inference of a held-out digit; what was shown.
    fn infer(&self, digit: usize, how: &[&str]) -> Result<Value> {
        let input = self.folder.join(format!("digit-{digit}.json"));
        std::fs::write(&input, serde_json::to_vec(&self.digits[digit].pixels)?)?;
        let input = input.display().to_string();
        let infer = ["infer", "--input", &input];
        let shown = self.commands.signed(REQUESTER, &[&infer[..], how].concat());
        shown.with_context(|| {
            let log = self.worker.log().unwrap_or_default();
            format!("inferring digit {digit}; the worker says:\n{log}")
        })
    }

    /// Infers a digit, which is to settle on its proof; what was shown.
    fn infer_proven(&self, digit: usize, how: &[&str]) -> Result<Value> {
        let shown = self.infer(digit, &[how, &["--wait"]].concat())?;
        assert_eq!(shown["settled"], true, "{shown}");
        let record = &shown["record"];
        assert_eq!(record["verification"], "Proven", "{shown}");
        assert!(record["proof"].is_string(), "{shown}");
        assert_eq!(record["output"], self.honest(digit)?, "{shown}");
        Ok(shown)
    }

    /// What the model computes on a digit, as JSON.
    fn honest(&self, digit: usize) -> Result<Value> {
        let pixels = self.digits[digit].pixels.iter();
        let input: Vec<i32> = pixels.map(|&x| x.into()).collect();
        let output = lattice_tensor::execute(&self.model, &input)?;
        Ok(json!(output))
    }

    /// A field of `lattice account show`, in planck.
    fn has(&self, who: &str, field: &str) -> Result<u128> {
        let shown = self.commands.signed(who, &["account", "show"])?;
        amount(&shown, field)
    }

    /// Runs a command on this chain to its end, without --json.
    fn run(&self, command: &[&str]) -> Result<Output> {
        let url = self.node.url();
        tool::run(command.iter().chain(&["--chain", &url]))
    }

    /// What a command says to people.
    fn text(&self, command: &[&str]) -> Result<String> {
        let output = self.run(command)?;
        ensure!(output.status.success(), "{command:?} failed: {output:?}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Exit status and message of a command that fails.
    fn refused(&self, command: &[&str]) -> Result<(Option<i32>, String)> {
        let output = self.run(command)?;
        ensure!(!output.status.success(), "{command:?} succeeded");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok((output.status.code(), message))
    }

    /// What `lattice record` shows of an optimistic request that has its result.
    async fn posted(&self, request: &str) -> Result<Value> {
        let started = Instant::now();
        loop {
            let shown = self.commands.json(&["record", request])?;
            if shown["status"]["Posted"].is_object() {
                return Ok(shown);
            }
            self.be_patient(started, &shown.to_string()).await?;
        }
    }

    /// What `lattice record` shows of a request, once it has ended.
    async fn ended(&self, request: &str) -> Result<Value> {
        let started = Instant::now();
        let number: RequestId = request.parse()?;
        while self.client.best().record(number).await?.is_none() {
            let waits = format!("request {request} has not ended");
            self.be_patient(started, &waits).await?;
        }
        self.commands.json(&["record", request])
    }

    /// A moment, unless it has taken too long.
    async fn be_patient(&self, since: Instant, state: &str) -> Result<()> {
        ensure!(
            since.elapsed() < PATIENCE,
            "{state}\nthe worker says:\n{}",
            self.worker.log()?
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok(())
    }

    /// What the provider paid for its extrinsics in these blocks, in planck.
    async fn provider_fees(&self, first: u32, last: u32) -> Result<u128> {
        let provider = Signer::from_dev_seed(PROVIDER)?.account();
        let mut fees = 0;
        for number in first..=last {
            let hash = self.client.block_hash(number).await?;
            let hash = hash.with_context(|| format!("no block {number}"))?;
            let events = self.client.events_at(hash).await?;
            let paid = events.iter().filter_map(|event| match event {
                Event::FeePaid { payer, amount } if *payer == provider => Some(*amount),
                _ => None,
            });
            fees += paid.sum::<u128>();
        }
        Ok(fees)
    }
}

/// An amount, which is shown as a decimal string.
fn amount(shown: &Value, field: &str) -> Result<u128> {
    let text = shown[field].as_str();
    let text = text.with_context(|| format!("no {field} in {shown}"))?;
    Ok(text.parse()?)
}

/// A number of blocks or of requests.
fn count(shown: &Value, field: &str) -> Result<u32> {
    let number = shown[field].as_u64();
    let number = number.with_context(|| format!("no {field} in {shown}"))?;
    Ok(number.try_into()?)
}

/// The sum of a price's parts.
fn total(price: &Value) -> Result<u128> {
    let parts = ["compute", "royalty", "fee"];
    parts.iter().map(|part| amount(price, part)).sum()
}

/// What a subscriber that cancels in a block leaves its provider: the compute of the period's requests
/// that it has not made, less the part of the blocks to come, this one included and rounded up.
fn earned(open: &Value, cancelled_at: u32) -> Result<u128> {
    let requests = count(open, "quota")? - count(open, "used")?;
    let unused = u128::from(requests) * amount(&open["price"], "compute")?;
    let to_come = count(open, "settlesAt")? - cancelled_at;
    let back = (unused * u128::from(to_come)).div_ceil(count(open, "period")?.into());
    Ok(unused - back)
}

/// At the offer's price; what the gas of the model adds to it.
fn paid_by_gas(scene: &Scene) -> Result<u128> {
    let status = scene.commands.signed(PROVIDER, &["provider", "status"])?;
    let offer = &status["offers"][0];
    assert_eq!(amount(offer, "perMillionGas")?, PER_MILLION_GAS, "{status}");
    let model = scene.commands.json(&["model", "show", "0"])?;
    let gas = amount(&model, "executionGas")?;
    let units = PER_MILLION_GAS * gas;
    assert_ne!(units % 1_000_000, 0, "nothing would be rounded");
    let for_gas = units.div_ceil(1_000_000);
    let compute = 2 * UNIT + for_gas;

    // A quote says so to scripts and to people.
    let quote = scene.commands.json(&["quote", "--model", "0"])?;
    assert_eq!(amount(&quote, "executionGas")?, gas, "{quote}");
    assert_eq!(amount(&quote["price"], "compute")?, compute, "{quote}");
    let text = scene.text(&["quote", "--model", "0"])?;
    for part in [
        format!("= {} compute", format_balance(compute)),
        format!(" {gas} gas"),
    ] {
        assert!(text.contains(&part), "{part} is missing:\n{text}");
    }

    let before = scene.has(PROVIDER, "total")?;
    let shown = scene.infer_proven(0, &["--model", "0"])?;
    assert_eq!(shown["record"]["price"], quote["price"], "{shown}");
    assert_eq!(amount(&shown, "price")?, amount(&quote, "total")?);
    // The result itself was handed in for nothing.
    assert_eq!(scene.has(PROVIDER, "total")?, before + compute);
    Ok(for_gas)
}

/// Two of six requests of a subscription, which is cancelled in its first period.
fn paid_in_advance(scene: &Scene) -> Result<()> {
    let plan = ["provider", "plan", "--model", "0", "--price", "1"];
    let terms = ["--period", "200", "--quota", "3"];
    let published = scene
        .commands
        .signed(PROVIDER, &[&plan[..], &terms].concat())?;
    assert_eq!(published["plan"], "0", "{published}");
    assert_eq!(scene.has(REQUESTER, "held")?, 0);
    let subscribe = ["subscribe", "--plan", "0", "--periods", "2"];
    let subscribed = scene.commands.signed(REQUESTER, &subscribe)?;
    assert_eq!(subscribed["subscription"], "0", "{subscribed}");
    let unit = amount(&subscribed, "unitPrice")?;
    assert_eq!(amount(&subscribed, "prepaid")?, 6 * unit, "{subscribed}");
    assert_eq!(scene.has(REQUESTER, "held")?, 6 * unit);

    // A third of the plan's price each, whatever the offer asks by now.
    let compute = UNIT.div_ceil(3);
    let before = scene.has(PROVIDER, "total")?;
    for digit in [1, 2] {
        let shown = scene.infer_proven(digit, &["--subscription", "0"])?;
        let price = &shown["record"]["price"];
        assert_eq!(amount(price, "compute")?, compute, "{shown}");
        assert_eq!((total(price)?, amount(&shown, "price")?), (unit, unit));
    }
    assert_eq!(scene.has(PROVIDER, "total")?, before + 2 * compute);

    let open = scene.commands.json(&["subscription", "show", "0"])?;
    assert_eq!((&open["index"], &open["used"]), (&json!(0), &json!(2)));
    assert_eq!(open["failures"], 0, "{open}");
    for (field, requests) in [
        ("prepaid", 6),
        ("drawn", 2),
        ("paid", 0),
        ("refunded", 0),
        ("left", 4),
    ] {
        assert_eq!(amount(&open, field)?, requests * unit, "{field} of {open}");
    }
    assert_eq!(scene.has(REQUESTER, "held")?, 4 * unit);

    // What is left comes back, but for the blocks in which the provider kept a request's capacity.
    let free = scene.has(REQUESTER, "free")?;
    let before = scene.has(PROVIDER, "total")?;
    let cancel = ["subscription", "cancel", "0"];
    let ended = scene.commands.signed(REQUESTER, &cancel)?;
    let paid = earned(&open, count(&ended, "block")?)?;
    let refunded = 4 * unit - paid;
    assert_eq!(amount(&ended, "drawn")?, 2 * unit, "{ended}");
    assert_eq!(amount(&ended, "paid")?, paid, "{ended} of {open}");
    assert_eq!(amount(&ended, "refunded")?, refunded, "{ended} of {open}");
    let fee = amount(&ended, "fee")?;
    assert_eq!(scene.has(REQUESTER, "held")?, 0, "a prepayment is on hold");
    assert_eq!(scene.has(REQUESTER, "free")?, free + refunded - fee);
    assert_eq!(scene.has(PROVIDER, "total")?, before + paid);
    let (code, message) = scene.refused(&["subscription", "show", "0"])?;
    assert_eq!(code, Some(3), "{message}");
    assert!(message.contains("does not exist"), "{message}");
    Ok(())
}

/// A result that is there to be challenged, is right, and becomes final.
async fn paid_without_a_proof(scene: &Scene, for_gas: u128) -> Result<()> {
    let before = scene.has(PROVIDER, "total")?;
    let ask = ["--model", "0", "--verification", "optimistic"];
    let terms = ["--window", "20", "--bond", "50"];
    let asked = scene.infer(3, &[&ask[..], &terms].concat())?;
    assert_eq!(asked["settled"], Value::Null, "{asked}");
    let request = asked["request"].as_str().context("no request")?;

    // While it is open, anybody sees how far it is, and until when it may be challenged.
    let open = scene.posted(request).await?;
    let posted = &open["status"]["Posted"];
    let (posted_at, final_at) = (count(posted, "postedAt")?, count(posted, "finalAt")?);
    assert_eq!(final_at, posted_at + 20, "{open}");
    let progress = format!("result posted in block {posted_at}, final after block {final_at}");
    let text = scene.text(&["record", request])?;
    assert!(text.contains(&progress), "{text}");
    let listed = scene.commands.json(&["disputes", "--all"])?;
    let result = json!({
        "request": request,
        "model": 0,
        "provider": asked["provider"],
        "bond": (50 * UNIT).to_string(),
        "output": scene.honest(3)?,
        "postedAt": posted_at,
        "finalAt": final_at,
        "disputes": [],
    });
    assert_eq!(listed, json!({ "results": [result], "disputes": [] }));

    // Whoever has the model is kept from challenging what is right: nothing is sent, nothing on hold.
    let file = scene.model_file.display().to_string();
    let wealth = scene.has(CHALLENGER, "total")?;
    let challenge = ["challenge", request, "--model-file", &file];
    let by = ["--dev-seed", CHALLENGER];
    let (code, message) = scene.refused(&[&challenge[..], &by].concat())?;
    assert_eq!(code, Some(4), "{message}");
    let reason = format!("the model gives the posted result of request {request}");
    assert!(message.contains(&reason), "{message}");
    assert_eq!(scene.has(CHALLENGER, "total")?, wealth);
    assert_eq!(scene.has(CHALLENGER, "held")?, 0);

    let record = scene.ended(request).await?;
    assert_eq!(record["ending"], "Settled", "{record}");
    assert_eq!(record["proof"], Value::Null, "{record}");
    assert_eq!(record["output"], scene.honest(3)?, "{record}");
    let ended_at = count(&record, "endedAt")?;
    assert_eq!(ended_at, final_at + 1, "{record}");
    let compute = amount(&record["price"], "compute")?;
    assert_eq!(compute, UNIT + for_gas, "{record}");
    // Posting a result has a fee, as handing in a proof has not.
    let first = count(&record, "requestedAt")?;
    let fees = scene.provider_fees(first, ended_at).await?;
    assert!(fees > 0, "the result was posted for nothing");
    assert_eq!(scene.has(PROVIDER, "total")?, before + compute - fees);
    let listed = scene.commands.json(&["disputes", "--all"])?;
    assert_eq!(listed, json!({ "results": [], "disputes": [] }));

    // There is no proof to verify, but a model to run again, for who has it.
    let verify = ["verify", request, "--model-file", &file];
    let verified = scene.commands.json(&verify)?;
    assert_eq!(verified["proven"], false, "{verified}");
    assert_eq!(verified["valid"], true, "{verified}");
    let checks = verified["checks"].as_array().context("no checks")?;
    let names: Vec<&Value> = checks.iter().map(|check| &check["name"]).collect();
    let expected = ["model", "input", "context", "output", "execution"];
    assert_eq!(names, expected, "{verified}");
    assert!(checks.iter().all(|check| check["holds"] == true));
    let (code, message) = scene.refused(&["verify", request])?;
    assert_eq!(code, Some(4), "{message}");
    assert!(message.contains("give its file"), "{message}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_is_paid_by_gas_in_advance_and_for_undisputed_results() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::start(folder.path()).await?;
    let for_gas = paid_by_gas(&scene).context("a request by gas")?;
    paid_in_advance(&scene).context("requests in advance")?;
    let unproven = paid_without_a_proof(&scene, for_gas).await;
    unproven.context("a request without a proof")
}
