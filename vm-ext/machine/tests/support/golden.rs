//! Vectors in `testdata`: one JSON file per opcode.
//!
//! A case is a program (its bytes), all that it may reach, and what it leaves.
//! Bytes are hex. What has a SCALE encoding (entries of the journal, traps) is
//! given in it, and as text beside it for the reader.

#![allow(dead_code)] // Each test file uses a part of it.

use codec::Encode;
use lattice_isa::{
    Gas, GasSchedule, KeyId, Limits, ModelHash, Opcode, Program, ProofBytes, ProofFault,
    PublicInput,
};
use lattice_machine::{Environment, Machine, ReferenceBackend, VerifyFault};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct File {
    pub opcode: String,
    pub cases: Vec<Case>,
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct Case {
    pub name: String,
    /// The program as text, for the reader.
    pub listing: Vec<String>,
    pub program: String,
    pub gas_limit: Gas,
    pub environment: World,
    pub expected: Expected,
}

/// Models by their pieces, and verdicts on proofs; every key of a verdict is
/// known, and no other.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct World {
    pub models: Vec<Stored>,
    pub verdicts: Vec<Verdict>,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Stored {
    pub model_hash: String,
    pub pieces: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Verdict {
    pub key: String,
    pub proof: String,
    /// `true`, `false` or `malformed`.
    pub verdict: String,
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct Expected {
    pub gas_used: Gas,
    /// Instructions that ran to their end.
    pub executed: u32,
    /// Of each instruction that began, what it was charged.
    pub gas: Vec<Gas>,
    pub trap: Option<Encoded>,
    pub journal: Vec<Encoded>,
    pub tensors: Vec<Tensor>,
    pub states: Vec<State>,
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct Encoded {
    pub text: String,
    pub scale: String,
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct Tensor {
    pub handle: u16,
    pub shape: Vec<u32>,
    pub elements: Vec<i32>,
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct State {
    pub handle: u16,
    pub base: String,
    pub model: String,
    pub parameters: String,
    pub state: String,
}

impl Environment for World {
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>> {
        let stored = self
            .models
            .iter()
            .find(|stored| stored.model_hash == hex::encode(model))?;
        let piece = stored.pieces.get(index as usize)?;
        Some(hex::decode(piece).expect("vectors are hex"))
    }

    fn verify(
        &mut self,
        key: &KeyId,
        _inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        let (key, proof) = (hex::encode(key), hex::encode(proof.as_slice()));
        let mut of_key = self
            .verdicts
            .iter()
            .filter(|verdict| verdict.key == key)
            .peekable();
        if of_key.peek().is_none() {
            return Err(VerifyFault::UnknownKey);
        }
        match of_key.find(|verdict| verdict.proof == proof) {
            Some(verdict) if verdict.verdict == "true" => Ok(true),
            Some(verdict) if verdict.verdict == "malformed" => {
                Err(ProofFault::MalformedProof.into())
            }
            _ => Ok(false),
        }
    }
}

/// Runs a program as the vectors do.
pub fn run(program: &[u8], gas_limit: Gas, world: &World) -> Expected {
    let program = Program::decode(program).expect("vectors are programs");
    let mut world = world.clone();
    let backend = ReferenceBackend;
    let outcome = Machine::new(GasSchedule::V1, Limits::V1, gas_limit, &mut world, &backend)
        .traced()
        .run(&program);
    let encoded = |text: String, scale: Vec<u8>| Encoded {
        text,
        scale: hex::encode(scale),
    };
    Expected {
        gas_used: outcome.gas_used,
        executed: outcome.executed,
        gas: outcome.steps.iter().map(|step| step.gas).collect(),
        trap: outcome
            .result
            .err()
            .map(|trap| encoded(trap.to_string(), trap.encode())),
        journal: outcome
            .journal
            .iter()
            .map(|event| {
                let name = match event {
                    lattice_isa::Event::Committed { .. } => "Committed",
                    lattice_isa::Event::ModelHashed { .. } => "ModelHashed",
                };
                encoded(name.into(), event.encode())
            })
            .collect(),
        tensors: outcome
            .tensors
            .iter()
            .map(|(handle, tensor)| Tensor {
                handle: handle.0,
                shape: tensor.shape().dims().to_vec(),
                elements: tensor.elements().to_vec(),
            })
            .collect(),
        states: outcome
            .states
            .iter()
            .map(|state| State {
                handle: state.handle.0,
                base: hex::encode(state.base),
                model: hex::encode(&state.model),
                parameters: hex::encode(&state.parameters),
                state: hex::encode(state.state),
            })
            .collect(),
    }
}

impl File {
    pub fn path(opcode: Opcode) -> PathBuf {
        let name = format!("{}.json", opcode.mnemonic().to_lowercase());
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("testdata")
            .join(name)
    }

    pub fn read(opcode: Opcode) -> Self {
        let path = Self::path(opcode);
        let text = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a file is JSON");
        text.push('\n');
        text
    }
}
