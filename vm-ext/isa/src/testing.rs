//! Bytecode that is mostly one instruction, of typical size: what the pallet's benchmarks
//! of the opcodes run, what a test compares with the gas schedule, and what fills a block.

use crate::{Handle, Instruction, Opcode, Pooling, Program, ProofBytes};
use alloc::{boxed::Box, vec, vec::Vec};
use lattice_tensor::testing::{self, Random};
use lattice_tensor::{Model, Range, Shape};

/// A program around one instruction.
pub struct Case {
    /// The model that is loaded as handle 0, if one is.
    pub model: Option<Model>,
    /// What runs before.
    pub setup: Vec<Instruction>,
    /// What is repeated, by the number of the repetition.
    pub repeated: Box<dyn Fn(u16) -> Vec<Instruction>>,
}

impl Case {
    /// The program with this many repetitions.
    ///
    /// # Panics
    /// If the program is longer than its encoding can say.
    pub fn program(&self, repetitions: u16) -> Vec<u8> {
        let mut program = self.setup.clone();
        program.extend((0..repetitions).flat_map(&self.repeated));
        Program::encode(&program).expect("the instructions have an encoding")
    }
}

/// The case of an opcode; the compiler asks for that of a new one.
///
/// `LOAD_MODEL` frees what it loads, for there are more repetitions than memory, and
/// `VERIFY_PROOF` has three inputs and is false, which ends the program.
pub fn case(opcode: Opcode) -> Case {
    match opcode {
        Opcode::LoadModel | Opcode::UnloadModel => loading(testing::lenet5(1)),
        Opcode::ExecModel => executing(perceptron()),
        Opcode::TrainModel => training(),
        Opcode::HashModel => {
            let lesson = training();
            // Only a trained state has something to hash.
            let setup = [lesson.setup, (lesson.repeated)(0)].concat();
            Case {
                model: lesson.model,
                ..plain(setup, Instruction::HashModel { model: FIRST })
            }
        }
        Opcode::TensorNew => plain(vec![], tensor(&[64])),
        Opcode::TensorAdd => plain(
            vec![tensor(&[1024])],
            Instruction::TensorAdd {
                left: FIRST,
                right: FIRST,
            },
        ),
        Opcode::TensorMul => plain(
            vec![tensor(&[64, 64])],
            Instruction::TensorMul {
                left: FIRST,
                right: FIRST,
            },
        ),
        Opcode::TensorConv => plain(
            vec![tensor(&[16, 16, 16]), tensor(&[16, 16, 3, 3])],
            Instruction::TensorConv {
                input: FIRST,
                weight: SECOND,
                stride: [1; 2],
                padding: [1; 4],
                groups: 1,
            },
        ),
        Opcode::TensorPool => plain(
            vec![tensor(&[16, 32, 32])],
            Instruction::TensorPool {
                input: FIRST,
                pooling: Pooling::Max,
                kernel: [2; 2],
                stride: [2; 2],
                padding: [0; 4],
            },
        ),
        Opcode::VerifyProof => plain(
            vec![],
            Instruction::VerifyProof {
                key: [0; 32],
                inputs: vec![[1; 32]; 3],
                proof: [0; 128].into(),
            },
        ),
        Opcode::CommitResult => plain(
            vec![],
            Instruction::CommitResult {
                subject: [1; 32],
                digest: [2; 32],
            },
        ),
    }
}

const FIRST: Handle = Handle(0);
const SECOND: Handle = Handle(1);
const THIRD: Handle = Handle(2);

fn plain(setup: Vec<Instruction>, instruction: Instruction) -> Case {
    Case {
        model: None,
        setup,
        repeated: Box::new(move |_| vec![instruction.clone()]),
    }
}

fn load(model: &Model) -> Instruction {
    Instruction::LoadModel {
        model: model.id().0,
    }
}

/// A network for images of 28 by 28.
fn perceptron() -> Model {
    testing::random_mlp(3, &[784, 128, 10], Range { lo: 0, hi: 16 })
}

fn loading(model: Model) -> Case {
    let load = load(&model);
    Case {
        model: Some(model),
        setup: vec![],
        // Each loading gives the next handle.
        repeated: Box::new(move |handle| {
            let model = Handle(handle);
            vec![load.clone(), Instruction::UnloadModel { model }]
        }),
    }
}

/// Executions of a model on one input.
pub fn executing(model: Model) -> Case {
    let shape = model.manifest().input.shape.clone();
    let elements = testing::random_input(4, &model);
    let setup = vec![load(&model), Instruction::TensorNew { shape, elements }];
    let execution = Instruction::ExecModel {
        model: FIRST,
        input: SECOND,
    };
    Case {
        model: Some(model),
        ..plain(setup, execution)
    }
}

/// Steps on batches of 32 rows.
fn training() -> Case {
    let model = testing::random_mlp(3, &[64, 32, 10], Range { lo: 0, hi: 16 });
    let mut random = Random::new(5);
    let mut rows = |columns: u32, lo, hi| Instruction::TensorNew {
        shape: shape(&[32, columns]),
        elements: (0..columns.saturating_mul(32))
            .map(|_| i32::try_from(random.between(lo, hi)).unwrap_or(0))
            .collect(),
    };
    let setup = vec![load(&model), rows(64, 0, 16), rows(10, -10_000, 10_000)];
    let step = Instruction::TrainModel {
        model: FIRST,
        batch: SECOND,
        targets: THIRD,
        rate_shift: 20,
    };
    Case {
        model: Some(model),
        ..plain(setup, step)
    }
}

/// Elements of both signs, none zero, and small enough that nothing overflows.
fn tensor(dims: &[u32]) -> Instruction {
    let shape = shape(dims);
    let mut random = Random::new(6);
    let elements = (0..shape.len())
        .map(|_| i32::try_from(random.between(1, 500)).unwrap_or(1))
        .collect();
    Instruction::TensorNew { shape, elements }
}

fn shape(dims: &[u32]) -> Shape {
    Shape::new(dims.to_vec()).expect("the shape is within the limits")
}

/// Bytes of a verifying key of committed proofs.
const COMMITTED_KEY: usize = 456;

/// A false proof that costs as much as a true one: the points of the key's α and β. It has a
/// commitment if the key is for such proofs.
///
/// # Panics
/// If the key is shorter than its first two points.
pub fn false_proof(verifying_key: &[u8]) -> ProofBytes {
    let (alpha, beta) = (&verifying_key[..32], &verifying_key[32..96]);
    let commitment = match verifying_key.len() {
        COMMITTED_KEY => alpha,
        _ => &[],
    };
    let bytes = [alpha, beta, alpha, commitment].concat();
    ProofBytes::try_from(&bytes[..]).expect("points of a proof have its length")
}
