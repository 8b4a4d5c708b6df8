//! `lattice hardware recommend`

use super::super::model::register::memory_mib;
use super::devices::{self, Published};
use super::execution::{self, Execution};
use super::profile::Profile;
use super::{estimate, price, proving};
use crate::output::{fields, table, Output};
use crate::progress;
use anyhow::{ensure, Context};
use clap::Args;
use lattice_chain_client::{format_balance, parse_balance, stake, Balance};
use lattice_circuit::Circuit;
use lattice_hardware::Machine;
use lattice_setup::{encode_proving_key, KeyFiles};
use lattice_tensor::{file, Model};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

const AFTER_HELP: &str = "\
Executions are measured on every device that can be used now, the processor among them, and estimated
for the others of the profile. With --keys proofs are measured too; without, they are estimated from
those of the profile, by the number of constraints: rough figures, as circuits differ in more than
their size.

The latency is what a requester waits for where nothing is ahead of it:
  execution + proof + two blocks of 3 s, that of the request and that of the result
The lowest price is what the machine costs while it works on one inference:
  (execution + proof) / 3600 s x cost per hour / utilisation
The stake is what the capacity demands, and beside it the collateral of an assignment in each slot: with
less than is demanded there is no work, so with just that there is none after the first fine.
Honest work pays no fees; royalty and protocol fee come on top of the price for who asks.

Examples:
  lattice hardware recommend digits.lattice --cost-per-hour 2
  lattice hardware recommend digits.lattice --keys keys/ --cost-per-hour 2 --utilisation 30 --json";

/// Proofs that a time is the median of.
const PROOFS: usize = 3;

/// Say what serving a model takes on this machine, and what it would have to cost.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Recommend {
    /// Model file.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    /// Folder of its keys, to measure proofs and not to estimate them.
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,
    /// File with this machine's figures [default: the one that `lattice hardware bench` writes].
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// What the machine costs per hour, in LAT: electricity, rent, what it loses in value.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub cost_per_hour: Option<Balance>,
    /// Part of the time in which the machine has work, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub utilisation: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recommendation {
    model: String,
    constraints: usize,
    /// The quickest that can be used now.
    device: String,
    devices: Vec<Execution>,
    proof: Proof,
    /// From request to result on the chain, where nothing is ahead of it.
    latency_seconds: f64,
    needs: Needs,
    /// Whether memory and disk suffice.
    fits: bool,
    /// In planck; `null` without a cost per hour.
    price_floor: Option<String>,
    capacity: u32,
    /// In blocks.
    min_deadline: u32,
    /// What is advised for that capacity at that price, in planck.
    stake: String,
    /// What the capacity demands of it, in planck.
    stake_demanded: String,
    published: Published,
    commands: [String; 2],
    /// Why the figures may be wrong.
    warnings: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proof {
    /// Under the model's own keys, now.
    measured: bool,
    /// Once, when a worker begins.
    prepare_seconds: f64,
    seconds: f64,
    key_mib: u32,
}

/// In MiB.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Needs {
    /// The model with its activations.
    model_mib: u32,
    /// Key and prover.
    prover_mib: u32,
    memory_mib: u32,
    available_memory_mib: u32,
    disk_mib: u32,
    /// `null` where the system does not tell.
    available_disk_mib: Option<u32>,
}

impl Recommend {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let path = match &self.profile {
            Some(path) => path.clone(),
            None => Profile::default_path()?,
        };
        let profile = Profile::require(&path)?;
        let model = file::read(&self.model)
            .with_context(|| format!("cannot read {}", self.model.display()))?;
        let model = Arc::new(model);
        let folder = super::data_folder().unwrap_or_default();
        let machine = Machine::detect(&folder);
        let mut warnings = profile.stale(&machine);

        let spinner = progress::spinner("running the model");
        let executions = execution::on_each_device(&profile.devices, &model);
        // What was measured goes before what was estimated.
        let best = executions
            .iter()
            .filter(|it| it.measured)
            .filter_map(|it| Some((it, it.seconds?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .context("no device here can run the model")?;
        let (device, execution_seconds) = (best.0.device.clone(), best.1);

        spinner.set_message("building the circuit");
        let (constraints, proof, prover_mib) = self.proof(&profile, &model, &mut warnings)?;
        spinner.finish_and_clear();

        let seconds = execution_seconds + proof.seconds;
        let needs = needs(&model, &machine, proof.key_mib, prover_mib);
        let fits = needs.memory_mib <= needs.available_memory_mib
            && needs
                .available_disk_mib
                .is_none_or(|disk| needs.disk_mib <= disk);
        let floor = self
            .cost_per_hour
            .map(|cost| price::floor(seconds, cost, self.utilisation));
        let terms = price::terms(seconds, floor.unwrap_or(0));
        let published = devices::announced(&machine, &devices::probe(&machine)).into();
        let recommendation = Recommendation {
            model: model.id().to_string(),
            constraints,
            device,
            devices: executions,
            proof,
            latency_seconds: price::latency(seconds),
            needs,
            fits,
            price_floor: floor.map(|price| price.to_string()),
            capacity: terms.capacity,
            min_deadline: terms.min_deadline,
            stake: terms.stake.to_string(),
            stake_demanded: stake::demanded(terms.capacity).to_string(),
            published,
            commands: commands(&model, floor, &terms),
            warnings,
        };
        output.show(&recommendation, || {
            describe(&recommendation, &self, floor, &terms)
        })
    }

    /// The number of constraints, what proofs take, and the memory of a prover in MiB.
    fn proof(
        &self,
        profile: &Profile,
        model: &Arc<Model>,
        warnings: &mut Vec<String>,
    ) -> anyhow::Result<(usize, Proof, u32)> {
        let constraints = Circuit::build(model)?.r1cs().constraints();
        let estimate = estimate::proof(profile, constraints)
            .context("the profile has no proofs; run `lattice hardware bench` again")?;
        let whole = |number: f64| number.ceil() as u32;
        let Some(folder) = &self.keys else {
            let largest = profile.proving.iter().map(|p| p.constraints).max();
            if largest.is_some_and(|largest| constraints > 2 * largest as usize) {
                warnings.push(
                    "the circuit is far larger than those that were measured, so what its proofs \
                     take is a guess; make keys and name them with --keys"
                        .into(),
                );
            }
            let proof = Proof {
                measured: false,
                prepare_seconds: estimate.prepare_seconds,
                seconds: estimate.prove_seconds,
                key_mib: whole(estimate.key_kib / 1024.0),
            };
            return Ok((constraints, proof, whole(estimate.peak_mib)));
        };
        let keys = KeyFiles::read(folder)
            .with_context(|| format!("cannot use keys {}", folder.display()))?;
        ensure!(
            keys.model == model.id(),
            "the keys in {} are of model {}, not of {}",
            folder.display(),
            keys.model,
            model.id()
        );
        let key_bytes = encode_proving_key(&keys.proving_key)?.len();
        lattice_hardware::process::reset_peak();
        let timed = proving::time(Arc::clone(model), keys.proving_key, PROOFS)?;
        let proof = Proof {
            measured: true,
            prepare_seconds: timed.prepare_seconds,
            seconds: timed.prove_seconds,
            key_mib: u32::try_from(key_bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX),
        };
        let prover_mib = timed.peak_mib.unwrap_or(whole(estimate.peak_mib));
        Ok((constraints, proof, prover_mib))
    }
}

fn needs(model: &Model, machine: &Machine, key_mib: u32, prover_mib: u32) -> Needs {
    let model_mib = memory_mib(model);
    let weights_mib = model.summary().weight_bytes.div_ceil(1 << 20);
    Needs {
        model_mib,
        prover_mib,
        memory_mib: model_mib.saturating_add(prover_mib),
        available_memory_mib: machine.memory.available_mib,
        disk_mib: u32::try_from(weights_mib)
            .unwrap_or(u32::MAX)
            .saturating_add(key_mib),
        available_disk_mib: machine.disk.as_ref().map(|disk| disk.available_mib),
    }
}

/// Registration and offer, to be run with the provider's key.
fn commands(model: &Model, floor: Option<Balance>, terms: &price::Terms) -> [String; 2] {
    let tokens = |amount: Balance| {
        let text = format_balance(amount);
        text.strip_suffix(" LAT").unwrap_or(&text).to_owned()
    };
    let price = floor.map_or("PRICE".to_owned(), tokens);
    [
        format!(
            "lattice provider register --stake {} --capacity {} --key-file KEY",
            tokens(terms.stake),
            terms.capacity
        ),
        format!(
            "lattice provider offer --model {} --price {price} --capacity {} --min-deadline {} \
             --key-file KEY",
            model.id(),
            terms.capacity,
            terms.min_deadline
        ),
    ]
}

fn describe(
    it: &Recommendation,
    recommend: &Recommend,
    floor: Option<Balance>,
    terms: &price::Terms,
) -> String {
    let needs = &it.needs;
    let how = |measured: bool| if measured { "measured" } else { "estimated" };
    let price = match (floor, recommend.cost_per_hour) {
        (Some(price), Some(cost)) => format!(
            "at least {}: at {} an hour, with work {} % of the time",
            format_balance(price),
            format_balance(cost),
            recommend.utilisation
        ),
        _ => {
            "not known: say with --cost-per-hour what an hour of this machine costs, in LAT".into()
        }
    };
    let disk = match needs.available_disk_mib {
        Some(available) => format!("{} MiB of {available} MiB free", needs.disk_mib),
        None => format!("{} MiB", needs.disk_mib),
    };
    let rows = [
        ("model", it.model.clone()),
        ("device", it.device.clone()),
        (
            "proof",
            format!(
                "{:.1} ms for {} constraints, {}; prepared in {:.2} s",
                it.proof.seconds * 1e3,
                it.constraints,
                how(it.proof.measured),
                it.proof.prepare_seconds
            ),
        ),
        (
            "latency",
            format!(
                "{:.1} s from request to result, with nothing ahead of it: execution, proof, two blocks",
                it.latency_seconds
            ),
        ),
        (
            "memory",
            format!(
                "{} MiB of {} MiB available: model {}, key and prover {}",
                needs.memory_mib, needs.available_memory_mib, needs.model_mib, needs.prover_mib
            ),
        ),
        ("disk", disk),
        (
            "fits",
            match it.fits {
                true => "yes".into(),
                false => "no: there is not enough memory or disk".into(),
            },
        ),
        ("price", price),
        ("capacity", format!("{} at a time", terms.capacity)),
        (
            "deadline",
            format!("{} blocks at least", terms.min_deadline),
        ),
        (
            "stake",
            format!(
                "{}: the capacity demands {}, and each slot locks {}{}",
                format_balance(terms.stake),
                format_balance(stake::demanded(terms.capacity)),
                format_balance(stake::collateral(floor.unwrap_or(0))),
                match floor {
                    Some(_) => "",
                    None => " and ten times the price, which is not in it",
                }
            ),
        ),
    ];
    let devices: Vec<Vec<String>> = it
        .devices
        .iter()
        .map(|execution| {
            let time = execution
                .seconds
                .map_or("?".to_owned(), |seconds| format!("{:.1} µs", seconds * 1e6));
            let note = match &execution.reason {
                None => how(execution.measured).to_owned(),
                Some(reason) => format!("{}: {reason}", how(execution.measured)),
            };
            vec![execution.device.clone(), time, note]
        })
        .collect();
    let mut text = format!(
        "{}\n{}\n{}\n",
        fields(&rows),
        table(&["device", "execution", ""], &devices),
        it.commands.join("\n")
    );
    for warning in &it.warnings {
        text += &format!("warning: {warning}\n");
    }
    text
}
