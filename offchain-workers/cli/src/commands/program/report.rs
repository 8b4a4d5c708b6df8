//! What is said of a run: before it, and after it.

use crate::output::{fields, hex, table};
use lattice_chain_client::{
    format_balance, Balance, DepositChange, DryRun, Effect, Event, Gas, Included, ProgramEvent,
    ProgramStep,
};
use lattice_isa::Event as MachineEvent;
use serde::Serialize;

/// What a run would do and cost.
pub struct Outlook<'a> {
    pub run: &'a DryRun,
    /// The steps of a trace.
    pub steps: Option<&'a [ProgramStep]>,
    /// Why there would be no output.
    pub reason: Option<String>,
    pub cost: Cost,
}

/// What a run would cost beside its deposit, in planck.
pub struct Cost {
    pub gas_limit: Gas,
    /// With all of the gas used.
    pub fee: Balance,
    /// What goes to the program.
    pub value: Balance,
}

impl Outlook<'_> {
    /// One line before the run is submitted.
    pub fn announce(&self) -> String {
        let mut parts = vec![
            format!("gas limit {}", self.cost.gas_limit),
            format!("fee up to {}", format_balance(self.cost.fee)),
        ];
        if self.cost.value > 0 {
            parts.push(format!("value {}", format_balance(self.cost.value)));
        }
        if let Some(deposit) = deposit(&self.run.deposit) {
            parts.push(format!("deposit {deposit}"));
        }
        format!("{}\n", parts.join(", "))
    }

    /// The dry run for people.
    pub fn describe(&self) -> String {
        let result = match (&self.reason, &self.run.result) {
            (Some(reason), _) => reason.clone(),
            (None, Ok(output)) if output.output.is_empty() => "done".into(),
            (None, Ok(output)) => format!("done, output {}", hex(&output.output)),
            (None, Err(_)) => "failed".into(),
        };
        let mut rows = vec![
            ("result", result),
            ("gas used", self.run.gas_used.to_string()),
            ("gas required", self.run.gas_required.to_string()),
            ("fee", format!("up to {}", format_balance(self.cost.fee))),
        ];
        if self.cost.value > 0 {
            rows.push(("value", format_balance(self.cost.value)));
        }
        if let Some(deposit) = deposit(&self.run.deposit) {
            rows.push(("deposit", deposit));
        }
        if let Ok(output) = &self.run.result {
            if let Some(program) = &output.program {
                rows.push(("program", program.to_string()));
            }
            for model in &output.states {
                rows.push(("stored", format!("a new version, model {model}")));
            }
        }
        rows.extend(self.run.events.iter().map(effect));
        match self.steps {
            None => fields(&rows),
            Some(steps) => format!("{}\n{}", self::steps(steps), fields(&rows)),
        }
    }
}

fn deposit(change: &DepositChange<Balance>) -> Option<String> {
    match change {
        DepositChange::Charged(0) | DepositChange::Refunded(0) => None,
        DepositChange::Charged(amount) => Some(format_balance(*amount)),
        DepositChange::Refunded(amount) => Some(format!("{} back", format_balance(*amount))),
    }
}

fn effect(effect: &Effect) -> (&'static str, String) {
    match effect {
        Effect::Machine(MachineEvent::Committed { subject, digest }) => {
            ("committed", format!("{} of {}", hex(digest), hex(subject)))
        }
        Effect::Machine(MachineEvent::ModelHashed { model, state }) => (
            "hashed",
            format!("state {} of model {}", hex(state), hex(model)),
        ),
        Effect::StorageSet {
            key,
            value: Some(value),
        } => ("stores", format!("{} at {}", hex(value), hex(key))),
        Effect::StorageSet { key, value: None } => ("clears", hex(key)),
        Effect::Transfer { to, amount } => (
            "transfers",
            format!(
                "{} to {}",
                format_balance(*amount),
                lattice_chain_client::AccountId(*to)
            ),
        ),
        Effect::Emitted { data } => ("event", hex(data)),
        Effect::Terminated { beneficiary } => (
            "ends",
            format!(
                "what it has goes to {}",
                lattice_chain_client::AccountId(*beneficiary)
            ),
        ),
    }
}

fn steps(steps: &[ProgramStep]) -> String {
    let rows: Vec<Vec<String>> = steps
        .iter()
        .enumerate()
        .map(|(position, step)| match step {
            ProgramStep::Instruction(step) => vec![
                step.instruction.to_string(),
                step.opcode.mnemonic().to_owned(),
                String::new(),
                step.gas.to_string(),
                step.gas_left.to_string(),
                step.memory_bytes.to_string(),
                match &step.result {
                    Ok(Some(handle)) => handle.to_string(),
                    Ok(None) => String::new(),
                    Err(trap) => trap.to_string(),
                },
            ],
            ProgramStep::Import(step) => vec![
                position.to_string(),
                step.import.name().to_owned(),
                step.plain_gas.to_string(),
                step.gas.to_string(),
                step.gas_left.to_string(),
                step.memory_bytes.to_string(),
                match step.trapped {
                    true => "trapped".to_owned(),
                    false => String::new(),
                },
            ],
        })
        .collect();
    let header = [
        "#",
        "step",
        "plain gas",
        "gas",
        "gas left",
        "memory",
        "gives",
    ];
    table(&header, &rows)
}

/// A run that reached its end, in a block.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// `null` for bytecode.
    program: Option<String>,
    output: String,
    gas_used: String,
    block: u32,
    extrinsic: String,
    /// In planck.
    fee: Option<String>,
    events: Vec<Happened>,
}

/// Something that a run left on the chain.
#[derive(Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Happened {
    Emitted {
        data: String,
    },
    Committed {
        subject: String,
        digest: String,
    },
    StateHashed {
        model_hash: String,
        state_hash: String,
    },
    StateStored {
        model: u32,
        parent: u32,
        state_hash: String,
    },
    Terminated {
        beneficiary: String,
        /// All that the program had, in planck.
        amount: String,
        /// What the caller got back for storage and records, in planck.
        deposit: String,
    },
}

impl Done {
    /// Reads the events of a run; `None` if there was none.
    pub fn of(included: &Included) -> Option<Self> {
        let (program, output, gas_used) = included.events.iter().find_map(|event| match event {
            Event::Program(
                ProgramEvent::Instantiated {
                    program,
                    output,
                    gas_used,
                    ..
                }
                | ProgramEvent::Called {
                    program,
                    output,
                    gas_used,
                    ..
                },
            ) => Some((Some(program.to_string()), hex(output), *gas_used)),
            Event::Program(ProgramEvent::BytecodeExecuted { gas_used, .. }) => {
                Some((None, hex([]), *gas_used))
            }
            _ => None,
        })?;
        Some(Done {
            program,
            output,
            gas_used: gas_used.to_string(),
            block: included.block.number,
            extrinsic: format!("{:?}", included.extrinsic),
            fee: included.fee().map(|fee| fee.to_string()),
            events: included.events.iter().filter_map(Happened::of).collect(),
        })
    }
}

impl Happened {
    fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Program(ProgramEvent::Emitted { data, .. }) => {
                Happened::Emitted { data: hex(data) }
            }
            Event::Program(ProgramEvent::Committed {
                subject, digest, ..
            }) => Happened::Committed {
                subject: hex(subject),
                digest: hex(digest),
            },
            Event::Program(ProgramEvent::StateHashed {
                model_hash,
                state_hash,
                ..
            }) => Happened::StateHashed {
                model_hash: hex(model_hash),
                state_hash: hex(state_hash),
            },
            Event::StateStored {
                model,
                parent,
                state_hash,
            } => Happened::StateStored {
                model: *model,
                parent: *parent,
                state_hash: hex(state_hash),
            },
            Event::Program(ProgramEvent::Terminated {
                beneficiary,
                amount,
                deposit,
                ..
            }) => Happened::Terminated {
                beneficiary: beneficiary.to_string(),
                amount: amount.to_string(),
                deposit: deposit.to_string(),
            },
            _ => return None,
        })
    }

    fn row(&self) -> (&'static str, String) {
        match self {
            Happened::Emitted { data } => ("event", data.clone()),
            Happened::Committed { subject, digest } => {
                ("committed", format!("{digest} of {subject}"))
            }
            Happened::StateHashed {
                model_hash,
                state_hash,
            } => (
                "hashed",
                format!("state {state_hash} of model {model_hash}"),
            ),
            Happened::StateStored {
                model,
                parent,
                state_hash,
            } => (
                "stored",
                format!("state {state_hash} as model {model}, a version of model {parent}"),
            ),
            Happened::Terminated {
                beneficiary,
                amount,
                deposit,
            } => (
                "ended",
                format!("{amount} planck to {beneficiary}, a deposit of {deposit} to the caller"),
            ),
        }
    }
}

/// The run for people.
pub fn done(done: &Done, included: &Included) -> String {
    let mut rows = Vec::new();
    if let Some(program) = &done.program {
        rows.push(("program", program.clone()));
    }
    if done.output != hex([]) {
        rows.push(("output", done.output.clone()));
    }
    rows.push(("gas used", done.gas_used.clone()));
    rows.push(("block", done.block.to_string()));
    if let Some(fee) = included.fee() {
        rows.push(("fee", format_balance(fee)));
    }
    rows.extend(done.events.iter().map(Happened::row));
    fields(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{AccountId, Block, ProgramOutput, H256};

    fn run() -> DryRun {
        DryRun {
            result: Ok(ProgramOutput {
                program: Some(AccountId([1; 32])),
                output: vec![0xab],
                states: vec![],
            }),
            gas_used: 5,
            gas_required: 7,
            ref_time: 9,
            deposit: DepositChange::Charged(1_500_000_000_000),
            events: vec![Effect::Emitted { data: vec![3] }],
        }
    }

    #[test]
    fn the_cost_is_announced_in_one_line() {
        let run = run();
        let outlook = Outlook {
            run: &run,
            steps: None,
            reason: None,
            cost: Cost {
                gas_limit: 7,
                fee: 2_000_000_000_000,
                value: 0,
            },
        };
        assert_eq!(
            outlook.announce(),
            "gas limit 7, fee up to 2 LAT, deposit 1.5 LAT\n"
        );
        let text = outlook.describe();
        assert!(text.contains("done, output 0xab"), "{text}");
        assert!(text.contains("0x03"), "{text}");
    }

    #[test]
    fn what_a_run_left_is_read_from_its_events() {
        let included = Included {
            block: Block {
                number: 4,
                hash: H256([0; 32]),
            },
            extrinsic: H256([2; 32]),
            events: vec![
                Event::StateStored {
                    model: 1,
                    parent: 0,
                    state_hash: H256([3; 32]),
                },
                Event::Program(ProgramEvent::BytecodeExecuted {
                    caller: AccountId([1; 32]),
                    gas_used: 11,
                }),
            ],
        };
        let done = serde_json::to_value(Done::of(&included)).unwrap();
        assert_eq!(done["gasUsed"], "11");
        assert_eq!(done["program"], serde_json::Value::Null);
        assert_eq!(done["events"][0]["kind"], "stateStored");
        assert_eq!(done["events"][0]["stateHash"], hex([3; 32]));
        let nothing = Included {
            events: vec![],
            ..included
        };
        assert!(Done::of(&nothing).is_none());
    }
}
