//! Dry runs and traces.

use super::fault::{ProgramFault, Trap};
use super::{DispatchFailure, Effect, ErrorTexts};
use crate::rpc::number::{U128, U64};
use lattice_primitives::{self as primitives, DepositChange, DryRunError, ModelIndex};
use lattice_runtime::{AccountId, Balance};
use serde::Serialize;
use sp_core::Bytes;

/// What an extrinsic would do now.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DryRun {
    pub result: RunResult,
    pub gas_used: U64,
    /// A gas limit that suffices on the same state.
    pub gas_required: U64,
    /// Reference time of the call with `gasRequired`, in picoseconds.
    pub ref_time: U64,
    pub deposit: Deposit,
    /// What the program asked for, in order.
    pub events: Vec<Effect>,
}

/// How a run would end.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RunResult {
    Ok(ProgramOutput),
    /// The call would be refused before anything runs.
    Refused(DispatchFailure),
    /// The run would begin, and end without output; its gas is paid.
    Failed(Box<ProgramFault>),
}

/// What a run left.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramOutput {
    /// The program that ran; `null` for bytecode.
    pub program: Option<AccountId>,
    pub output: Bytes,
    /// Registrations that trained states would be stored as.
    pub states: Vec<ModelIndex>,
}

/// How the deposits for stored bytes change, in planck, from the caller's side.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Deposit {
    Charged(U128),
    Refunded(U128),
}

/// A dry run, step by step.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramTrace {
    pub run: DryRun,
    pub steps: Vec<ProgramStep>,
}

/// A step of a trace.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ProgramStep {
    Instruction(InstructionStep),
    Import(ImportStep),
}

/// What one instruction of bytecode did.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstructionStep {
    /// Position in the program, from zero.
    pub instruction: u32,
    pub opcode: &'static str,
    pub gas: U64,
    pub gas_left: U64,
    /// Bytes of models and tensors live after it.
    pub memory_bytes: U64,
    /// The handle that it gave out.
    pub handle: Option<u16>,
    pub trap: Option<Trap>,
}

/// What one import of a program did.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportStep {
    pub import: &'static str,
    /// Gas of the program's own instructions since the step before.
    pub plain_gas: U64,
    pub gas: U64,
    pub gas_left: U64,
    /// Bytes of models and tensors live after it.
    pub memory_bytes: U64,
    /// Whether the call stopped here.
    pub trapped: bool,
}

impl DryRun {
    /// A dry run with the names that the runtime gives the errors in it.
    pub fn new(run: primitives::DryRun<AccountId, Balance>, texts: &impl ErrorTexts) -> Self {
        Self {
            result: match run.result {
                Ok(output) => RunResult::Ok(output.into()),
                Err(DryRunError::Refused(error)) => {
                    RunResult::Refused(DispatchFailure::new(error, texts))
                }
                Err(DryRunError::Failed(fault)) => {
                    RunResult::Failed(Box::new(ProgramFault::new(fault, texts)))
                }
            },
            gas_used: U64(run.gas_used),
            gas_required: U64(run.gas_required),
            ref_time: U64(run.ref_time),
            deposit: match run.deposit {
                DepositChange::Charged(amount) => Deposit::Charged(U128(amount)),
                DepositChange::Refunded(amount) => Deposit::Refunded(U128(amount)),
            },
            events: run.events.into_iter().map(Effect::from).collect(),
        }
    }
}

impl ProgramTrace {
    /// A trace with the names that the runtime gives the errors in it.
    pub fn new(
        trace: primitives::ProgramTrace<AccountId, Balance>,
        texts: &impl ErrorTexts,
    ) -> Self {
        Self {
            run: DryRun::new(trace.run, texts),
            steps: trace.steps.into_iter().map(ProgramStep::from).collect(),
        }
    }
}

impl From<primitives::ProgramOutput<AccountId>> for ProgramOutput {
    fn from(output: primitives::ProgramOutput<AccountId>) -> Self {
        Self {
            program: output.program,
            output: Bytes(output.output),
            states: output.states,
        }
    }
}

impl From<primitives::ProgramStep> for ProgramStep {
    fn from(step: primitives::ProgramStep) -> Self {
        match step {
            primitives::ProgramStep::Instruction(step) => Self::Instruction(InstructionStep {
                instruction: step.instruction,
                opcode: step.opcode.mnemonic(),
                gas: U64(step.gas),
                gas_left: U64(step.gas_left),
                memory_bytes: U64(step.memory_bytes),
                handle: step.result.ok().flatten().map(|handle| handle.0),
                trap: step.result.err().map(|trap| Trap::new(&trap)),
            }),
            primitives::ProgramStep::Import(step) => Self::Import(ImportStep {
                import: step.import.name(),
                plain_gas: U64(step.plain_gas),
                gas: U64(step.gas),
                gas_left: U64(step.gas_left),
                memory_bytes: U64(step.memory_bytes),
                trapped: step.trapped,
            }),
        }
    }
}

#[cfg(test)]
pub(in crate::rpc::json) mod tests {
    use super::super::fault::ModuleText;
    use super::*;
    use lattice_isa::{Event, Handle, Opcode, Trap as MachineTrap};
    use lattice_primitives::{InstructionStep, ProgramFault, ProgramTrap};
    use serde_json::{json, to_value};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};
    use sp_runtime::{DispatchError, ModuleError};

    /// Texts made of the numbers.
    pub struct Texts;

    impl ErrorTexts for Texts {
        fn text(&self, error: &ModuleError) -> Option<ModuleText> {
            Some(ModuleText {
                pallet: format!("Pallet{}", error.index),
                name: format!("Error{}", error.error[0]),
                documentation: format!("Of pallet {}.", error.index),
            })
        }
    }

    /// A run of Bob's program with one effect of each kind.
    pub fn run() -> primitives::DryRun<AccountId, Balance> {
        primitives::DryRun {
            result: Ok(primitives::ProgramOutput {
                program: Some(Bob.to_account_id()),
                output: vec![1, 255],
                states: vec![4],
            }),
            gas_used: 1 << 60,
            gas_required: u64::MAX,
            ref_time: 5,
            deposit: DepositChange::Charged(u128::MAX),
            events: vec![
                primitives::Effect::Machine(Event::Committed {
                    subject: [1; 32],
                    digest: [2; 32],
                }),
                primitives::Effect::Machine(Event::ModelHashed {
                    model: [3; 32],
                    state: [4; 32],
                }),
                primitives::Effect::StorageSet {
                    key: vec![1],
                    value: Some(vec![2]),
                },
                primitives::Effect::StorageSet {
                    key: vec![3],
                    value: None,
                },
                primitives::Effect::Transfer {
                    to: Alice.to_raw_public(),
                    amount: 9,
                },
                primitives::Effect::Emitted { data: vec![7] },
                primitives::Effect::Terminated {
                    beneficiary: Alice.to_raw_public(),
                },
            ],
        }
    }

    /// A run that would trap.
    pub fn failed_run() -> primitives::DryRun<AccountId, Balance> {
        primitives::DryRun {
            result: Err(DryRunError::Failed(ProgramFault::Trap(
                ProgramTrap::Reverted { data: vec![1] },
            ))),
            deposit: DepositChange::Refunded(0),
            events: vec![],
            ..run()
        }
    }

    /// A run that would not begin.
    pub fn refused_run() -> primitives::DryRun<AccountId, Balance> {
        primitives::DryRun {
            result: Err(DryRunError::Refused(DispatchError::Module(ModuleError {
                index: 1,
                error: [2, 0, 0, 0],
                message: None,
            }))),
            events: vec![],
            ..run()
        }
    }

    /// A trace with steps of both kinds.
    pub fn trace() -> primitives::ProgramTrace<AccountId, Balance> {
        let step = |instruction, result| {
            primitives::ProgramStep::Instruction(InstructionStep {
                instruction,
                opcode: Opcode::TensorNew,
                gas: 10,
                gas_left: 90,
                memory_bytes: 64,
                result,
            })
        };
        primitives::ProgramTrace {
            run: run(),
            steps: vec![
                step(0, Ok(Some(Handle(0)))),
                step(1, Err(MachineTrap::Overflow { element: 2 })),
                primitives::ProgramStep::Import(primitives::ImportStep {
                    import: lattice_wasm::Import::LoadModel,
                    plain_gas: 1,
                    gas: 2,
                    gas_left: 3,
                    memory_bytes: 4,
                    trapped: false,
                }),
            ],
        }
    }

    #[test]
    fn a_run_that_succeeds_reads_as_documented() {
        let hash = |byte: &str| format!("0x{}", byte.repeat(32));
        let expected = json!({
            "result": { "ok": {
                "program": "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
                "output": "0x01ff",
                "states": [4],
            } },
            "gasUsed": "1152921504606846976",
            "gasRequired": "18446744073709551615",
            "refTime": "5",
            "deposit": { "charged": "340282366920938463463374607431768211455" },
            "events": [
                { "committed": { "subject": hash("01"), "digest": hash("02") } },
                { "modelHashed": { "modelHash": hash("03"), "stateHash": hash("04") } },
                { "storageSet": { "key": "0x01", "value": "0x02" } },
                { "storageSet": { "key": "0x03", "value": null } },
                { "transfer": {
                    "to": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
                    "amount": "9",
                } },
                { "emitted": "0x07" },
                { "terminated": {
                    "beneficiary": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
                } },
            ],
        });
        assert_eq!(
            to_value(DryRun::new(run(), &Texts)).expect("serialises"),
            expected
        );
    }

    #[test]
    fn a_run_without_output_says_whether_it_would_begin() {
        let failed = to_value(DryRun::new(failed_run(), &Texts)).expect("serialises");
        assert_eq!(failed["result"]["failed"]["kind"], "Reverted");
        assert_eq!(failed["deposit"], json!({ "refunded": "0" }));
        let refused = to_value(DryRun::new(refused_run(), &Texts)).expect("serialises");
        assert_eq!(
            refused["result"],
            json!({ "refused": { "kind": "Error2", "message": "Of pallet 1.", "pallet": "Pallet1" } })
        );
    }

    #[test]
    fn a_step_reads_as_documented() {
        let trace = to_value(ProgramTrace::new(trace(), &Texts)).expect("serialises");
        assert_eq!(
            trace["steps"],
            json!([
                { "instruction": {
                    "instruction": 0, "opcode": "TENSOR_NEW", "gas": "10", "gasLeft": "90",
                    "memoryBytes": "64", "handle": 0, "trap": null,
                } },
                { "instruction": {
                    "instruction": 1, "opcode": "TENSOR_NEW", "gas": "10", "gasLeft": "90",
                    "memoryBytes": "64", "handle": null, "trap": {
                        "kind": "Overflow",
                        "message": "element 2 of the result leaves 32 bits",
                    },
                } },
                { "import": {
                    "import": "load_model", "plainGas": "1", "gas": "2", "gasLeft": "3",
                    "memoryBytes": "4", "trapped": false,
                } },
            ])
        );
    }
}
