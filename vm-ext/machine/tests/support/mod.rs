//! What the tests of the machine share.

#![allow(dead_code)] // Each test file uses a part of it.

use codec::Encode;
use lattice_isa::{
    Gas, GasSchedule, Handle, Instruction, KeyId, Limits, ModelHash, Pooling, ProofBytes,
    ProofFault, PublicInput,
};
use lattice_machine::{Environment, Machine, Outcome, ReferenceBackend, TrainedState, VerifyFault};
use lattice_tensor::{testing, Clamp, Model, ModelBuilder, Range, Scale, Shape};

/// Gas that suffices for every program here.
pub const PLENTY: Gas = 1_000_000_000_000;

/// The only key that [`World`] knows.
pub const KEY: KeyId = [7; 32];

/// The proof that [`World`] finds true.
pub const TRUE_PROOF: ProofBytes = ProofBytes::Groth16([1; 128]);

/// The same with a commitment.
pub const TRUE_COMMITTED_PROOF: ProofBytes = ProofBytes::Committed([1; 160]);

/// The proof that [`World`] finds malformed; every other one is false.
pub const MALFORMED_PROOF: ProofBytes = ProofBytes::Groth16([0xff; 128]);

/// An environment with some models, and with verdicts instead of pairings: what
/// the machine does with a verdict is what is tested here.
#[derive(Default)]
pub struct World {
    pub models: Vec<(ModelHash, Vec<Vec<u8>>)>,
    pub verified: u32,
}

impl World {
    pub fn with(model: &Model) -> Self {
        World {
            models: vec![(model.id().0, pieces(model, &[], 1 << 16))],
            verified: 0,
        }
    }

    pub fn with_state(state: &TrainedState) -> Self {
        let model = Model::from_blob(&state.model).expect("a trained model is a model");
        World {
            models: vec![(model.id().0, pieces(&model, &state.parameters, 1 << 16))],
            verified: 0,
        }
    }
}

/// A model and what follows it, as an environment gives them: the manifest, then
/// pieces of at most `length` bytes.
pub fn pieces(model: &Model, more: &[u8], length: usize) -> Vec<Vec<u8>> {
    let manifest = model.manifest().encode().encode();
    let rest = [&model.to_blob()[manifest.len()..], more].concat();
    let rest = rest.chunks(length).map(<[u8]>::to_vec);
    std::iter::once(manifest).chain(rest).collect()
}

impl Environment for World {
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>> {
        let (_, pieces) = self.models.iter().find(|(id, _)| id == model)?;
        pieces.get(index as usize).cloned()
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
            TRUE_PROOF | TRUE_COMMITTED_PROOF => Ok(true),
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

pub fn convolve(
    input: u16,
    weight: u16,
    stride: [u8; 2],
    padding: [u8; 4],
    groups: u16,
) -> Instruction {
    Instruction::TensorConv {
        input: Handle(input),
        weight: Handle(weight),
        stride,
        padding,
        groups,
    }
}

pub fn pool(
    input: u16,
    pooling: Pooling,
    kernel: [u8; 2],
    stride: [u8; 2],
    padding: [u8; 4],
) -> Instruction {
    Instruction::TensorPool {
        input: Handle(input),
        pooling,
        kernel,
        stride,
        padding,
    }
}

pub fn train(model: u16, batch: u16, targets: u16, rate_shift: u8) -> Instruction {
    Instruction::TrainModel {
        model: Handle(model),
        batch: Handle(batch),
        targets: Handle(targets),
        rate_shift,
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

/// A model that can be trained with some effect: weights of middling size, a
/// ReLU, and shifts of which two differ.
pub fn pupil() -> Model {
    let shape = Shape::new([3]).expect("test shapes are shapes");
    let hidden = vec![60, -20, 35, -40, 50, 10, 5, 90, -70, 25, -30, 45];
    let out = vec![70, -35, 20, 55, -60, 40, 30, -10];
    ModelBuilder::new(shape, Range { lo: 0, hi: 16 }, Scale::ONE)
        .linear("hidden", hidden, 4, Some(vec![100, -50, 7, 0]))
        .and_then(|builder| builder.requantize(vec![4, 5, 4, 5], Clamp::RELU))
        .and_then(|builder| builder.linear("out", out, 2, Some(vec![1000, -2000])))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("the pupil is a model")
}

/// A program with every instruction, over [`model`].
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
        new(&[1, 3, 3], (1..=9).collect()),
        new(&[2, 1, 2, 2], vec![1, 2, 3, 4, -1, 0, 0, 1]),
        convolve(7, 8, [1, 1], [0, 0, 1, 0], 1),
        pool(9, Pooling::Max, [2, 2], [1, 1], [0; 4]),
        pool(
            7,
            Pooling::Average {
                multiplier: 7282,
                shift: 16,
            },
            [3, 3],
            [1, 1],
            [0; 4],
        ),
        new(&[2, 6], vec![0, 1, 2, 3, 15, 16, 16, 15, 3, 2, 1, 0]),
        new(&[2, 3], vec![16_384, 0, 0, 0, 0, 16_384]),
        train(0, 12, 13, 9),
        hash(0),
        execute(0, 1),
        unload(0),
        verify(TRUE_PROOF),
        commit(9),
    ]
}
