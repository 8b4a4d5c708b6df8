//! Straight-line programs on the machine.

use super::environment::Local;
use super::report::{explain, gas, variant, Entry, State};
use super::Mode;
use crate::failure::Failure;
use crate::output::{fields, table, Output};
use crate::program::StraightLine;
use lattice_isa::{Gas, GasSchedule, Limits, Trap};
use lattice_machine::{Machine, Outcome, ReferenceBackend, Step};
use serde::Serialize;

/// What a run left.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    form: &'static str,
    succeeded: bool,
    trap: Option<Stop>,
    gas_limit: String,
    gas_used: String,
    /// A limit under which the program runs to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    gas_required: Option<String>,
    /// Instructions that ran to their end, and all of them.
    executed: u32,
    instructions: usize,
    journal: Vec<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tensors: Option<Vec<Value>>,
    states: Vec<State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<Line>>,
}

/// Where and why a program stopped before its end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stop {
    instruction: u32,
    /// In the program's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    opcode: Option<&'static str>,
    error: String,
    message: String,
}

/// A tensor that is there at the end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Value {
    handle: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    shape: Vec<u32>,
    elements: Vec<i32>,
}

/// One instruction of a trace.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    instruction: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    opcode: &'static str,
    gas: String,
    gas_left: String,
    memory_bytes: String,
    /// The handle that the instruction gave.
    handle: Option<u16>,
    /// The trap's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Runs a program and shows what became of it.
pub fn run(
    program: &StraightLine,
    mode: Mode,
    gas_limit: Gas,
    environment: &mut Local,
    output: &Output,
) -> anyhow::Result<()> {
    let machine = Machine::new(
        GasSchedule::V1,
        Limits::V1,
        gas_limit,
        environment,
        &ReferenceBackend,
    );
    let machine = match mode {
        Mode::Trace => machine.traced(),
        Mode::Run | Mode::DryRun => machine,
    };
    let outcome = machine.run(&program.instructions);
    let report = report(program, mode, gas_limit, &outcome)?;
    output.show(&report, || describe(program, &report, &outcome))?;
    match &report.trap {
        None => Ok(()),
        Some(stop) => Err(Failure::Trapped(format!(
            "the program trapped at {}: {}",
            place(stop),
            stop.message
        ))
        .into()),
    }
}

fn report(
    program: &StraightLine,
    mode: Mode,
    gas_limit: Gas,
    outcome: &Outcome,
) -> anyhow::Result<Report> {
    let ended = outcome.result.is_ok();
    Ok(Report {
        form: "straightLine",
        succeeded: ended,
        trap: outcome
            .result
            .err()
            .map(|trap| stop(program, outcome.executed, &trap)),
        gas_limit: gas_limit.to_string(),
        gas_used: outcome.gas_used.to_string(),
        // Charges do not depend on the limit, so what was charged is what is needed.
        gas_required: (mode == Mode::DryRun && ended).then(|| outcome.gas_used.to_string()),
        executed: outcome.executed,
        instructions: program.instructions.len(),
        journal: outcome.journal.iter().map(Entry::from).collect(),
        tensors: (mode == Mode::Run && ended).then(|| tensors(program, outcome)),
        states: outcome
            .states
            .iter()
            .map(State::of)
            .collect::<Result<_, _>>()?,
        steps: (mode == Mode::Trace).then(|| {
            outcome
                .steps
                .iter()
                .map(|step| line(program, step))
                .collect()
        }),
    })
}

fn stop(program: &StraightLine, position: u32, trap: &Trap) -> Stop {
    let instruction = program.instructions.get(position as usize);
    Stop {
        instruction: position,
        line: program.lines.get(position as usize).copied(),
        opcode: instruction.map(|instruction| instruction.opcode().mnemonic()),
        error: variant(trap),
        message: explain(trap),
    }
}

fn place(stop: &Stop) -> String {
    let line = stop
        .line
        .map(|line| format!(", line {line}"))
        .unwrap_or_default();
    let opcode = stop
        .opcode
        .map(|opcode| format!(" ({opcode}{line})"))
        .unwrap_or_default();
    format!("instruction {}{opcode}", stop.instruction)
}

fn tensors(program: &StraightLine, outcome: &Outcome) -> Vec<Value> {
    let values = outcome.tensors.iter().map(|(handle, tensor)| Value {
        handle: handle.0,
        name: program.names.get(handle).cloned(),
        shape: tensor.shape().dims().to_vec(),
        elements: tensor.elements().to_vec(),
    });
    values.collect()
}

fn line(program: &StraightLine, step: &Step) -> Line {
    Line {
        instruction: step.instruction,
        line: program.lines.get(step.instruction as usize).copied(),
        opcode: step.opcode.mnemonic(),
        gas: step.gas.to_string(),
        gas_left: step.gas_left.to_string(),
        memory_bytes: step.memory_bytes.to_string(),
        handle: step.result.ok().flatten().map(|handle| handle.0),
        error: step.result.err().map(|trap| variant(&trap)),
    }
}

fn describe(program: &StraightLine, report: &Report, outcome: &Outcome) -> String {
    let result = match &report.trap {
        None => format!("done, {} instructions", report.executed),
        Some(stop) => format!("trapped at {}: {}", place(stop), stop.error),
    };
    let mut rows = vec![
        ("result".to_string(), result),
        ("gas used".into(), gas(outcome.gas_used)),
    ];
    if let Some(required) = &report.gas_required {
        rows.push(("gas required".into(), required.clone()));
    }
    for (handle, tensor) in &outcome.tensors {
        if report.tensors.is_some() {
            let elements = elements(tensor.elements());
            let value = format!("{:?} {elements}", tensor.shape().dims());
            rows.push((program.handle_name(*handle), value));
        }
    }
    rows.extend(report.journal.iter().map(Entry::row));
    rows.extend(report.states.iter().map(State::row));
    match &report.steps {
        None => fields(&rows),
        Some(_) => format!("{}\n{}", steps(program, outcome), fields(&rows)),
    }
}

/// Most elements of a tensor that are shown to people.
const SHOWN: usize = 16;

fn elements(elements: &[i32]) -> String {
    let shown: Vec<String> = elements.iter().take(SHOWN).map(i32::to_string).collect();
    match elements.len().saturating_sub(SHOWN) {
        0 => shown.join(" "),
        more => format!("{} … and {more} more", shown.join(" ")),
    }
}

fn steps(program: &StraightLine, outcome: &Outcome) -> String {
    let rows: Vec<Vec<String>> = outcome
        .steps
        .iter()
        .map(|step| {
            let line = program.lines.get(step.instruction as usize);
            vec![
                step.instruction.to_string(),
                line.map(u32::to_string).unwrap_or_default(),
                step.opcode.to_string(),
                step.gas.to_string(),
                step.gas_left.to_string(),
                step.memory_bytes.to_string(),
                match &step.result {
                    Ok(Some(handle)) => program.handle_name(*handle),
                    Ok(None) => String::new(),
                    Err(trap) => variant(trap),
                },
            ]
        })
        .collect();
    let header = [
        "#",
        "line",
        "instruction",
        "gas",
        "gas left",
        "memory",
        "gives",
    ];
    table(&header, &rows)
}
