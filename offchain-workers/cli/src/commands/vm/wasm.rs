//! WebAssembly programs in the engine.

use super::call::CallArgs;
use super::environment::Local;
use super::instance::Instance;
use super::report::{explain, gas, variant, Entry as MachineEntry, State};
use super::Mode;
use crate::failure::Failure;
use crate::output::{fields, hex, table, Output};
use anyhow::{ensure, Context};
use lattice_chain_client::{format_balance, AccountId};
use lattice_isa::Gas;
use lattice_setup::hash_bytes;
use lattice_wasm::{invoke, prepare, Effect, Entry, ImportStep, Invocation, Outcome, ProgramTrap};
use serde::Serialize;

/// What a call left.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    form: &'static str,
    /// Of the code as it was given, by which the chain knows it.
    code_hash: String,
    entry: &'static str,
    succeeded: bool,
    trap: Option<Stop>,
    gas_limit: String,
    gas_used: String,
    /// The part of the gas that paid for compiling the code.
    compilation_gas: String,
    /// A limit under which the call succeeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    gas_required: Option<String>,
    output: Option<String>,
    effects: Vec<Change>,
    states: Vec<State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<Line>>,
}

/// Why a call stopped before its end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stop {
    error: String,
    /// The instruction of the machine that trapped, and its trap.
    #[serde(skip_serializing_if = "Option::is_none")]
    opcode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    message: String,
    /// What the program gave as its reason to revert.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

impl From<&ProgramTrap> for Stop {
    fn from(trap: &ProgramTrap) -> Self {
        let mut stop = Stop {
            error: variant(trap),
            opcode: None,
            reason: None,
            message: trap.to_string(),
            data: None,
        };
        match trap {
            ProgramTrap::Opcode { opcode, reason } => {
                stop.opcode = Some(opcode.mnemonic());
                stop.reason = Some(variant(reason));
                stop.message = format!("{opcode}: {}", explain(reason));
            }
            ProgramTrap::OutOfGas => stop.message += "; allow more with --gas",
            ProgramTrap::Reverted { data } => {
                stop.message += &format!(": {}", readable(data));
                stop.data = Some(hex(data));
            }
            _ => {}
        }
        stop
    }
}

/// Something that the call did.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Change {
    StorageSet {
        key: String,
        value: Option<String>,
    },
    Transfer {
        to: String,
        amount: String,
    },
    Event {
        data: String,
    },
    Terminated {
        beneficiary: String,
    },
    #[serde(untagged)]
    Machine(MachineEntry),
}

impl From<&Effect> for Change {
    fn from(effect: &Effect) -> Self {
        match effect {
            Effect::Machine(event) => Change::Machine(event.into()),
            Effect::StorageSet { key, value } => Change::StorageSet {
                key: hex(key),
                value: value.as_ref().map(hex),
            },
            Effect::Transfer { to, amount } => Change::Transfer {
                to: AccountId(*to).to_string(),
                amount: amount.to_string(),
            },
            Effect::Emitted { data } => Change::Event { data: hex(data) },
            Effect::Terminated { beneficiary } => Change::Terminated {
                beneficiary: AccountId(*beneficiary).to_string(),
            },
        }
    }
}

/// One import of a trace.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    import: &'static str,
    /// Of the program's own instructions before it.
    plain_gas: String,
    gas: String,
    gas_left: String,
    memory_bytes: String,
    trapped: bool,
}

impl From<&ImportStep> for Line {
    fn from(step: &ImportStep) -> Self {
        Line {
            import: step.import.name(),
            plain_gas: step.plain_gas.to_string(),
            gas: step.gas.to_string(),
            gas_left: step.gas_left.to_string(),
            memory_bytes: step.memory_bytes.to_string(),
            trapped: step.trapped,
        }
    }
}

/// Prepares and calls a program, and shows what became of it.
pub fn run(
    code: &[u8],
    call: &CallArgs,
    mode: Mode,
    gas_limit: Gas,
    environment: &mut Local,
    output: &Output,
) -> anyhow::Result<()> {
    let prepared = prepare(code).context("the chain would not take this program")?;
    let mut instance = match &call.storage {
        Some(path) => Instance::read(path)?,
        None => Instance::default(),
    };
    if instance.ended {
        // As on the chain: there is nothing to call, and another one may be made in its place.
        ensure!(
            call.entry() == Entry::Instantiate,
            "the program ended itself in an earlier call; make another with --entry instantiate"
        );
        instance = Instance::default();
    }
    let value = call.value.unwrap_or(0);
    instance.balance = instance.balance.saturating_add(value);
    environment.storage = instance.storage.clone();
    // Another than the default caller: what a program sends to itself does not leave it.
    let address = call.address.as_ref().map_or([1; 32], |account| account.0);
    let input = call.input()?;
    let invocation = Invocation {
        code: &prepared.code,
        code_hash: hash_bytes(code),
        entry: call.entry(),
        input: &input,
        caller: call.caller.as_ref().map_or([0; 32], |account| account.0),
        address,
        value,
        balance: instance.balance,
        stored_items: u32::try_from(instance.storage.len()).unwrap_or(u32::MAX),
        block_number: call.block.unwrap_or(1),
        gas_limit,
        // The chain's dry run charges for it as well: whether the code is known in a block is not
        // the caller's to say.
        charge_compilation: true,
        trace: mode == Mode::Trace,
    };
    let outcome = invoke(&invocation, environment)?;
    let required = match mode {
        Mode::DryRun if outcome.result.is_ok() => {
            Some(required(&invocation, &outcome, environment)?)
        }
        _ => None,
    };
    if let (Mode::Run, Some(path), Ok(_)) = (mode, &call.storage, &outcome.result) {
        instance.apply(&outcome.effects, &address);
        instance.write(path)?;
    }
    let report = report(&invocation, &outcome, required)?;
    output.show(&report, || describe(&report, &outcome, required))?;
    match &report.trap {
        None => Ok(()),
        Some(stop) => {
            Err(Failure::Trapped(format!("the program trapped: {}", stop.message)).into())
        }
    }
}

/// A limit under which a call that succeeded succeeds again. That is the gas that it used, unless
/// the program asks how much is left and wants more.
fn required(
    invocation: &Invocation<'_>,
    outcome: &Outcome,
    environment: &mut Local,
) -> anyhow::Result<Gas> {
    let mut limit = outcome.gas_used.max(1);
    while limit < invocation.gas_limit {
        let again = Invocation {
            gas_limit: limit,
            trace: false,
            ..*invocation
        };
        if invoke(&again, environment)?.result.is_ok() {
            return Ok(limit);
        }
        limit = limit.saturating_mul(2);
    }
    Ok(invocation.gas_limit)
}

fn report(
    invocation: &Invocation<'_>,
    outcome: &Outcome,
    required: Option<Gas>,
) -> anyhow::Result<Report> {
    Ok(Report {
        form: "wasm",
        code_hash: hex(invocation.code_hash),
        entry: invocation.entry.name(),
        succeeded: outcome.result.is_ok(),
        trap: outcome.result.as_ref().err().map(Stop::from),
        gas_limit: invocation.gas_limit.to_string(),
        gas_used: outcome.gas_used.to_string(),
        compilation_gas: outcome.compilation_gas.to_string(),
        gas_required: required.map(|gas| gas.to_string()),
        output: outcome.result.as_ref().ok().map(hex),
        effects: outcome.effects.iter().map(Change::from).collect(),
        states: outcome
            .states
            .iter()
            .map(State::of)
            .collect::<Result<_, _>>()?,
        steps: invocation
            .trace
            .then(|| outcome.trace.iter().map(Line::from).collect()),
    })
}

/// Bytes as people read them: as text where they are text.
fn readable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && !text.chars().any(char::is_control) => {
            format!("{} (\"{text}\")", hex(bytes))
        }
        _ => hex(bytes),
    }
}

fn describe(report: &Report, outcome: &Outcome, required: Option<Gas>) -> String {
    let result = match &report.trap {
        None => format!("done, {}", report.entry),
        Some(stop) => format!("{} trapped: {}", report.entry, stop.error),
    };
    let mut rows = vec![
        ("result".to_string(), result),
        ("gas used".into(), gas(outcome.gas_used)),
        (
            "compilation".into(),
            format!("{} of it", outcome.compilation_gas),
        ),
    ];
    if let Some(required) = required {
        rows.push(("gas required".into(), required.to_string()));
    }
    if let Ok(output) = &outcome.result {
        rows.push(("output".into(), readable(output)));
    }
    rows.extend(outcome.effects.iter().map(effect));
    rows.extend(report.states.iter().map(State::row));
    match report.steps {
        None => fields(&rows),
        Some(_) => format!("{}\n{}", steps(&outcome.trace), fields(&rows)),
    }
}

/// An effect as a row of a list.
fn effect(effect: &Effect) -> (String, String) {
    match effect {
        Effect::Machine(event) => MachineEntry::from(event).row(),
        Effect::StorageSet {
            key,
            value: Some(value),
        } => (
            "stored".into(),
            format!("{} = {}", readable(key), readable(value)),
        ),
        Effect::StorageSet { key, value: None } => ("removed".into(), readable(key)),
        Effect::Transfer { to, amount } => (
            "transfer".into(),
            format!("{} to {}", format_balance(*amount), AccountId(*to)),
        ),
        Effect::Emitted { data } => ("event".into(), readable(data)),
        Effect::Terminated { beneficiary } => (
            "ended".into(),
            format!("what it has goes to {}", AccountId(*beneficiary)),
        ),
    }
}

fn steps(trace: &[ImportStep]) -> String {
    let rows: Vec<Vec<String>> = trace
        .iter()
        .enumerate()
        .map(|(position, step)| {
            vec![
                position.to_string(),
                step.import.to_string(),
                step.plain_gas.to_string(),
                step.gas.to_string(),
                step.gas_left.to_string(),
                step.memory_bytes.to_string(),
                if step.trapped {
                    "trapped".into()
                } else {
                    String::new()
                },
            ]
        })
        .collect();
    table(
        &["#", "import", "gas before", "gas", "gas left", "memory", ""],
        &rows,
    )
}
