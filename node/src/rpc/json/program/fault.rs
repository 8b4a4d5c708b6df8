//! Why a run gave no output: a kind for programs, and a text for people.

use lattice_primitives as primitives;
use lattice_primitives::ProgramTrap;
use serde::Serialize;
use sp_core::Bytes;
use sp_runtime::{DispatchError, ModuleError};
use std::fmt::Debug;

/// What the runtime says of an error of one of its pallets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleText {
    pub pallet: String,
    pub name: String,
    pub documentation: String,
}

/// Finds the names and texts of pallets' errors, of which the runtime API gives
/// only the numbers.
pub trait ErrorTexts {
    /// `None` when the runtime has no such error.
    fn text(&self, error: &ModuleError) -> Option<ModuleText>;
}

/// Why the chain refuses a call.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DispatchFailure {
    /// Name of the error.
    pub kind: String,
    pub message: String,
    /// Whose error it is; `null` for those of the chain itself.
    pub pallet: Option<String>,
}

/// Why a run that was begun ended without output.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramFault {
    /// Name of the trap of a program or of an instruction, or of what the chain
    /// refused to apply.
    pub kind: String,
    pub message: String,
    /// The instruction of the machine that stopped, when a program called it.
    pub opcode: Option<&'static str>,
    /// Position of the instruction of bytecode that stopped, from zero.
    pub instruction: Option<u32>,
    /// Position of the effect that cannot be applied, from zero.
    pub effect: Option<u32>,
    /// What a program gave as its reason to revert.
    pub data: Option<Bytes>,
    /// Why the chain refuses an effect, a deposit or a state.
    pub error: Option<DispatchFailure>,
}

/// How an instruction stopped.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trap {
    pub kind: String,
    pub message: String,
}

/// The name of an error's variant.
pub fn variant(error: &impl Debug) -> String {
    format!("{error:?}")
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect()
}

impl DispatchFailure {
    /// An error with the names that the runtime gives it.
    pub fn new(error: DispatchError, texts: &impl ErrorTexts) -> Self {
        let known = match &error {
            DispatchError::Module(module) => texts.text(module),
            _ => None,
        };
        if let Some(text) = known {
            return Self {
                kind: text.name,
                message: text.documentation,
                pallet: Some(text.pallet),
            };
        }
        let kind = match &error {
            DispatchError::Token(token) => variant(token),
            DispatchError::Arithmetic(arithmetic) => variant(arithmetic),
            other => variant(other),
        };
        let message: &'static str = error.into();
        Self {
            kind,
            message: message.to_owned(),
            pallet: None,
        }
    }
}

impl Trap {
    /// A trap of the machine.
    pub fn new(trap: &(impl Debug + ToString)) -> Self {
        Self {
            kind: variant(trap),
            message: trap.to_string(),
        }
    }
}

impl ProgramFault {
    /// A fault with the names that the runtime gives the errors in it.
    pub fn new(fault: primitives::ProgramFault, texts: &impl ErrorTexts) -> Self {
        use primitives::ProgramFault as Fault;
        let kind = variant(&fault);
        let refused = |error: DispatchError, what: String| {
            let error = DispatchFailure::new(error, texts);
            Self {
                kind: kind.clone(),
                message: format!("{what}: {}", error.message),
                error: Some(error),
                ..Self::default()
            }
        };
        match fault {
            Fault::Trap(trap) => Self::of_program(trap),
            Fault::Instruction { instruction, trap } => Self {
                kind: variant(&trap),
                message: format!("instruction {instruction}: {trap}"),
                instruction: Some(instruction),
                ..Self::default()
            },
            Fault::InvalidBytecode(error) => Self {
                kind,
                message: format!("the bytes are no program: {error}"),
                instruction: Some(error.instruction),
                ..Self::default()
            },
            Fault::EffectRefused { effect, error } => Self {
                effect: Some(effect),
                ..refused(error, format!("effect {effect} cannot be applied"))
            },
            Fault::DepositRefused(error) => refused(
                error,
                "the caller cannot pay the deposit for what was stored".to_owned(),
            ),
            Fault::StateRefused { model_hash, error } => refused(
                error,
                format!("the trained state of model {model_hash:?} cannot be stored"),
            ),
            Fault::StatesTooLarge { bytes } => Self {
                message: format!(
                    "{bytes} bytes of trained states weigh more than one state of the largest size"
                ),
                kind,
                ..Self::default()
            },
        }
    }

    fn of_program(trap: ProgramTrap) -> Self {
        let message = trap.to_string();
        match trap {
            ProgramTrap::Opcode { opcode, reason } => Self {
                kind: variant(&reason),
                message,
                opcode: Some(opcode.mnemonic()),
                ..Self::default()
            },
            ProgramTrap::Reverted { data } => Self {
                kind: "Reverted".to_owned(),
                message,
                data: Some(Bytes(data)),
                ..Self::default()
            },
            other => Self {
                kind: variant(&other),
                message,
                ..Self::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Texts;
    use super::*;
    use lattice_isa::{Opcode, Trap as MachineTrap};
    use primitives::ProgramFault as Fault;
    use serde_json::{json, to_value, Value};
    use sp_runtime::TokenError;

    fn shown(fault: Fault) -> Value {
        to_value(ProgramFault::new(fault, &Texts)).expect("serialises")
    }

    #[test]
    fn a_trap_is_known_by_its_name() {
        let out_of_gas = shown(Fault::Trap(ProgramTrap::OutOfGas));
        assert_eq!(out_of_gas["kind"], "OutOfGas");
        assert_eq!(out_of_gas["message"], "out of gas");

        let false_proof = shown(Fault::Instruction {
            instruction: 3,
            trap: MachineTrap::ProofRejected,
        });
        assert_eq!(false_proof["kind"], "ProofRejected");
        assert_eq!(false_proof["instruction"], 3);
        assert_eq!(false_proof["message"], "instruction 3: the proof is false");
    }

    #[test]
    fn an_import_that_trapped_names_its_instruction() {
        let fault = shown(Fault::Trap(ProgramTrap::Opcode {
            opcode: Opcode::LoadModel,
            reason: MachineTrap::UnknownModel { model: [7; 32] },
        }));
        assert_eq!(fault["kind"], "UnknownModel");
        assert_eq!(fault["opcode"], "LOAD_MODEL");
    }

    #[test]
    fn a_reason_to_revert_is_handed_on() {
        let fault = shown(Fault::Trap(ProgramTrap::Reverted { data: vec![3, 5] }));
        assert_eq!(fault["kind"], "Reverted");
        assert_eq!(fault["data"], "0x0305");
    }

    #[test]
    fn what_the_chain_refuses_has_the_error_of_the_chain() {
        let module = DispatchError::Module(ModuleError {
            index: 9,
            error: [2, 0, 0, 0],
            message: None,
        });
        let fault = shown(Fault::EffectRefused {
            effect: 1,
            error: module,
        });
        assert_eq!(fault["kind"], "EffectRefused");
        assert_eq!(fault["effect"], 1);
        assert_eq!(
            fault["error"],
            json!({ "kind": "Error2", "message": "Of pallet 9.", "pallet": "Pallet9" })
        );
        assert_eq!(fault["message"], "effect 1 cannot be applied: Of pallet 9.");
    }

    #[test]
    fn an_error_of_no_pallet_is_named_by_its_cause() {
        let token = DispatchError::Token(TokenError::BelowMinimum);
        let failure = DispatchFailure::new(token, &Texts);
        assert_eq!(failure.kind, "BelowMinimum");
        assert!(failure.pallet.is_none());
        assert!(!failure.message.is_empty());
    }
}
