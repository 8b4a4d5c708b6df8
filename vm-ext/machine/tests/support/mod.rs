//! What the tests of the machine share.

#![allow(dead_code)] // Each test file uses a part of it.

use lattice_isa::{
    Gas, GasSchedule, Handle, Instruction, KeyId, Limits, ModelHash, ProofBytes, ProofFault,
    PublicInput,
};
use lattice_machine::{Environment, Machine, Outcome, ReferenceBackend, VerifyFault};
use lattice_tensor::{testing, Model, Range, Shape};

/// Gas that suffices for every program here.
pub const PLENTY: Gas = 1_000_000_000_000;

/// The only key that [`World`] knows.
pub const KEY: KeyId = [7; 32];

/// The proof that [`World`] finds true.
pub const TRUE_PROOF: ProofBytes = [1; 128];

/// The proof that [`World`] finds malformed; every other one is false.
pub const MALFORMED_PROOF: ProofBytes = [0xff; 128];

/// An environment with some models, and with verdicts instead of pairings: what
/// the machine does with a verdict is what is tested here.
#[derive(Default)]
pub struct World {
    pub models: Vec<(ModelHash, Vec<u8>)>,
    pub verified: u32,
}

impl World {
    pub fn with(model: &Model) -> Self {
        World {
            models: vec![(model.id().0, model.to_blob())],
            verified: 0,
        }
    }
}

impl Environment for World {
    fn model_blob(&mut self, model: &ModelHash) -> Option<Vec<u8>> {
        let (_, blob) = self.models.iter().find(|(id, _)| id == model)?;
        Some(blob.clone())
    }

    fn verify(
        &mut self,
        key: &KeyId,
        _inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        self.verified += 1;
        match *proof {
            _ if *key != KEY => Err(VerifyFault::UnknownKey),
            TRUE_PROOF => Ok(true),
            MALFORMED_PROOF => Err(ProofFault::MalformedProof.into()),
            _ => Ok(false),
        }
    }
}

pub fn run_in(
    world: &mut World,
    limits: Limits,
    gas_limit: Gas,
    program: &[Instruction],
) -> Outcome {
    Machine::new(GasSchedule::V1, limits, gas_limit, world, &ReferenceBackend)
        .traced()
        .run(program)
}

pub fn run(program: &[Instruction]) -> Outcome {
    run_in(&mut World::default(), Limits::V1, PLENTY, program)
}

pub fn shape(dims: &[u32]) -> Shape {
    Shape::new(dims.to_vec()).expect("test shapes are shapes")
}

pub fn new(dims: &[u32], elements: Vec<i32>) -> Instruction {
    Instruction::TensorNew {
        shape: shape(dims),
        elements,
    }
}

pub fn add(left: u16, right: u16) -> Instruction {
    Instruction::TensorAdd {
        left: Handle(left),
        right: Handle(right),
    }
}

pub fn multiply(left: u16, right: u16) -> Instruction {
    Instruction::TensorMul {
        left: Handle(left),
        right: Handle(right),
    }
}

pub fn load(model: &Model) -> Instruction {
    Instruction::LoadModel {
        model: model.id().0,
    }
}

pub fn unload(model: u16) -> Instruction {
    Instruction::UnloadModel {
        model: Handle(model),
    }
}

pub fn execute(model: u16, input: u16) -> Instruction {
    Instruction::ExecModel {
        model: Handle(model),
        input: Handle(input),
    }
}

pub fn hash(model: u16) -> Instruction {
    Instruction::HashModel {
        model: Handle(model),
    }
}

pub fn verify(proof: ProofBytes) -> Instruction {
    Instruction::VerifyProof {
        key: KEY,
        inputs: vec![[0; 32]; 3],
        proof,
    }
}

pub fn commit(byte: u8) -> Instruction {
    Instruction::CommitResult {
        subject: [byte; 32],
        digest: [byte; 32],
    }
}

/// A small model that takes digits.
pub fn model() -> Model {
    testing::random_mlp(1, &[6, 5, 3], Range { lo: 0, hi: 16 })
}

/// A program with every instruction that this version runs, over [`model`].
pub fn tour() -> Vec<Instruction> {
    vec![
        load(&model()),
        new(&[6], vec![0, 1, 2, 3, 15, 16]),
        execute(0, 1),
        hash(0),
        new(&[2, 3], vec![1, -2, 3, -4, 5, -6]),
        new(&[3, 2], vec![7, 8, -9, 10, 11, -12]),
        multiply(3, 4),
        add(3, 3),
        unload(0),
        verify(TRUE_PROOF),
        commit(9),
    ]
}
