//! The cases of the golden vectors.

#[path = "vectors/models.rs"]
mod models;
#[path = "vectors/proofs.rs"]
mod proofs;
#[path = "vectors/tensors.rs"]
mod tensors;

use super::golden::{self, Case, File, Stored, World};
use super::support::*;
use lattice_isa::{Gas, Instruction, Opcode, Program};
use lattice_tensor::Model;

/// The file of an opcode, as the machine makes it now.
pub fn file(opcode: Opcode) -> File {
    File {
        opcode: opcode.mnemonic().into(),
        cases: cases(opcode),
    }
}

fn in_world(name: &str, world: &World, gas_limit: Gas, program: &[Instruction]) -> Case {
    let bytes = Program::encode(program).expect("cases have an encoding");
    Case {
        name: name.into(),
        listing: program.iter().map(ToString::to_string).collect(),
        program: hex::encode(&bytes),
        gas_limit,
        environment: world.clone(),
        expected: golden::run(&bytes, gas_limit, world),
    }
}

fn alone(name: &str, program: &[Instruction]) -> Case {
    in_world(name, &World::default(), PLENTY, program)
}

fn with(model: &Model, name: &str, program: &[Instruction]) -> Case {
    in_world(name, &library(model, &[], 64), PLENTY, program)
}

fn library(model: &Model, parameters: &[u8], length: usize) -> World {
    let pieces = pieces(model, parameters, length);
    World {
        models: vec![Stored {
            model_hash: hex::encode(model.id().0),
            pieces: pieces.iter().map(hex::encode).collect(),
        }],
        verdicts: vec![],
    }
}

/// The cases of an opcode; the compiler asks for those of a new one.
fn cases(opcode: Opcode) -> Vec<Case> {
    match opcode {
        Opcode::LoadModel => models::load_model(),
        Opcode::UnloadModel => models::unload_model(),
        Opcode::ExecModel => models::exec_model(),
        Opcode::TrainModel => models::train_model(),
        Opcode::TensorNew => tensors::tensor_new(),
        Opcode::TensorAdd => tensors::tensor_add(),
        Opcode::TensorMul => tensors::tensor_mul(),
        Opcode::TensorConv => tensors::tensor_conv(),
        Opcode::TensorPool => tensors::tensor_pool(),
        Opcode::VerifyProof => proofs::verify_proof(),
        Opcode::HashModel => models::hash_model(),
        Opcode::CommitResult => proofs::commit_result(),
    }
}

/// A tensor of small numbers, no two neighbours alike.
fn ramp(dims: &[u32]) -> Instruction {
    let count = dims.iter().product::<u32>() as i32;
    new(dims, (0..count).map(|i| i * 7 % 23 - 11).collect())
}
