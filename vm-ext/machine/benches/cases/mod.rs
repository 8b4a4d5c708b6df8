//! What is measured: one instruction each, at sizes where one of its units
//! dominates or as it is used. Values are not zero, so that no multiplication is
//! cheaper than it may be on chain.

#![allow(dead_code)] // The test that looks whether every opcode is here needs no more.

mod lessons;
mod models;

use codec::Encode;
use lattice_isa::{Handle, Instruction, KeyId, ModelHash, Opcode, Pooling, ProofBytes};
use lattice_machine::{Environment, VerifyFault};
use lattice_tensor::testing;
use lattice_tensor::{Model, Shape};
use lessons::lessons;
use models::models;

/// One instruction after some others.
pub struct Case {
    /// What it shows.
    pub name: String,
    /// What is there before; not measured.
    pub setup: Vec<Instruction>,
    /// What is measured.
    pub instruction: Instruction,
    /// The models that the program may load.
    pub library: Library,
}

/// Models, and no keys but one under which every proof is true: the pairings are
/// measured where the proofs are, in `lattice-host`.
#[derive(Clone, Default)]
pub struct Library(Vec<(ModelHash, Vec<Vec<u8>>)>);

impl Library {
    fn of(model: &Model) -> Self {
        let manifest = model.manifest().encode().encode();
        let rest = model.to_blob().split_off(manifest.len());
        let rest = rest.chunks(1 << 16).map(<[u8]>::to_vec);
        let pieces = std::iter::once(manifest).chain(rest).collect();
        Library(vec![(model.id().0, pieces)])
    }
}

impl Environment for Library {
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>> {
        let (_, pieces) = self.0.iter().find(|(id, _)| id == model)?;
        pieces.get(usize::try_from(index).ok()?).cloned()
    }

    fn verify(
        &mut self,
        _key: &KeyId,
        _inputs: &[[u8; 32]],
        _proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        Ok(true)
    }
}

/// Every case; each opcode has at least one.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for opcode in Opcode::ALL {
        cases.extend(of(*opcode));
    }
    cases
}

/// The cases of an opcode; the compiler asks for those of a new one.
fn of(opcode: Opcode) -> Vec<Case> {
    match opcode {
        Opcode::LoadModel => models(|_| Vec::new(), load),
        Opcode::UnloadModel => models(
            |model| vec![load(model)],
            |_| Instruction::UnloadModel { model: Handle(0) },
        ),
        Opcode::ExecModel => models(
            |model| {
                let shape = model.manifest().input.shape.clone();
                let elements = testing::random_input(4, model);
                vec![load(model), Instruction::TensorNew { shape, elements }]
            },
            |_| Instruction::ExecModel {
                model: Handle(0),
                input: Handle(1),
            },
        ),
        Opcode::HashModel => models(
            |model| vec![load(model)],
            |_| Instruction::HashModel { model: Handle(0) },
        )
        .into_iter()
        .chain(lessons().map(|(name, model, setup, lesson)| {
            case(
                &name,
                &model,
                [setup, vec![lesson]].concat(),
                Instruction::HashModel { model: Handle(0) },
            )
        }))
        .collect(),
        Opcode::TrainModel => lessons()
            .map(|(name, model, setup, lesson)| case(&name, &model, setup, lesson))
            .collect(),
        Opcode::TensorNew => [1, 64, 1 << 20]
            .map(|count| plain(&format!("{count}"), vec![], tensor(&[count])))
            .into(),
        Opcode::TensorAdd => [1, 64, 1 << 20]
            .map(|count| {
                let sum = Instruction::TensorAdd {
                    left: Handle(0),
                    right: Handle(0),
                };
                plain(&format!("{count}"), vec![tensor(&[count])], sum)
            })
            .into(),
        Opcode::TensorMul => [
            (1, 1, 1),
            (8, 8, 8),
            (128, 128, 128),
            (1, 4096, 256),
            (256, 4096, 1),
            (512, 1, 512),
        ]
        .map(|(rows, inner, columns)| {
            let product = Instruction::TensorMul {
                left: Handle(0),
                right: Handle(1),
            };
            let factors = vec![tensor(&[rows, inner]), tensor(&[inner, columns])];
            plain(&format!("{rows}x{inner}x{columns}"), factors, product)
        })
        .into(),
        Opcode::TensorConv => convolutions(),
        Opcode::TensorPool => poolings(),
        Opcode::VerifyProof => {
            let verify = |inputs| Instruction::VerifyProof {
                key: [1; 32],
                inputs: vec![[2; 32]; inputs],
                proof: [3; 128].into(),
            };
            [0, 3, 16]
                .map(|inputs| {
                    plain(
                        &format!("{inputs} inputs, without the pairings"),
                        vec![],
                        verify(inputs),
                    )
                })
                .into()
        }
        Opcode::CommitResult => {
            let commit = Instruction::CommitResult {
                subject: [1; 32],
                digest: [2; 32],
            };
            vec![plain("once", vec![], commit)]
        }
    }
}

fn plain(name: &str, setup: Vec<Instruction>, instruction: Instruction) -> Case {
    Case {
        name: name.into(),
        setup,
        instruction,
        library: Library::default(),
    }
}

fn case(name: &str, model: &Model, setup: Vec<Instruction>, instruction: Instruction) -> Case {
    Case {
        library: Library::of(model),
        ..plain(name, setup, instruction)
    }
}

fn load(model: &Model) -> Instruction {
    Instruction::LoadModel {
        model: model.id().0,
    }
}

fn convolutions() -> Vec<Case> {
    // Image, filters, stride, padding, groups.
    type Sizes = ([u32; 3], [u32; 4], u8, u8, u16);
    let cases: [Sizes; 8] = [
        ([1, 1, 1], [1, 1, 1, 1], 1, 0, 1),
        ([1, 256, 256], [1, 1, 1, 1], 1, 0, 1),
        ([1, 32, 32], [512, 1, 1, 1], 1, 0, 1),
        ([16, 32, 32], [32, 16, 3, 3], 1, 1, 1),
        ([64, 32, 32], [64, 1, 3, 3], 1, 1, 64),
        ([64, 28, 28], [64, 64, 1, 1], 1, 0, 1),
        ([1, 96, 96], [2, 1, 48, 48], 1, 0, 1),
        ([1, 1, 1], [1, 1, 1, 1], 1, 200, 1),
    ];
    cases
        .into_iter()
        .map(|(image, filters, stride, padding, groups)| {
            let convolution = Instruction::TensorConv {
                input: Handle(0),
                weight: Handle(1),
                stride: [stride; 2],
                padding: [padding; 4],
                groups,
            };
            let name = format!("{image:?} by {filters:?}, padding {padding}, {groups} groups");
            plain(&name, vec![tensor(&image), tensor(&filters)], convolution)
        })
        .collect()
}

fn poolings() -> Vec<Case> {
    let average = Pooling::Average {
        multiplier: 16_384,
        shift: 16,
    };
    // Image, kernel, stride, padding.
    let cases: [([u32; 3], [u8; 2], u8, u8); 7] = [
        ([1, 1, 1], [1, 1], 1, 0),
        ([4, 256, 256], [1, 1], 1, 0),
        ([16, 64, 64], [2, 2], 2, 0),
        ([16, 64, 64], [3, 3], 1, 1),
        ([16, 64, 64], [16, 1], 1, 0),
        ([1, 64, 1024], [1, 64], 1, 0),
        ([1, 300, 300], [255, 255], 8, 0),
    ];
    let mut all = Vec::new();
    for pooling in [Pooling::Max, average] {
        for (image, kernel, stride, padding) in cases {
            let pool = Instruction::TensorPool {
                input: Handle(0),
                pooling,
                kernel,
                stride: [stride; 2],
                padding: [padding; 4],
            };
            let name = format!("{pooling:?} of {kernel:?} over {image:?}, stride {stride}");
            all.push(plain(&name, vec![tensor(&image)], pool));
        }
    }
    all
}

/// Elements of both signs and many magnitudes, none zero, and small enough that
/// no product or sum of these cases overflows.
fn tensor(dims: &[u32]) -> Instruction {
    let elements = (1..=dims.iter().product()).map(|i: u32| {
        let value = i.wrapping_mul(0x9e37_79b9).cast_signed() >> 22;
        if value == 0 {
            1
        } else {
            value
        }
    });
    Instruction::TensorNew {
        shape: shape(dims),
        elements: elements.collect(),
    }
}

fn shape(dims: &[u32]) -> Shape {
    Shape::new(dims.to_vec()).expect("bench shapes are shapes")
}
