//! The cases of the golden vectors.

use super::golden::{self, Case, File, Stored, Verdict, World};
use super::support::{self, *};
use lattice_isa::{Gas, Handle, Instruction, Opcode, Pooling, Program};
use lattice_machine::TrainedState;
use lattice_tensor::{testing, Model, Range};

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

fn verdicts() -> World {
    let verdict = |proof, verdict: &str| Verdict {
        key: hex::encode(KEY),
        proof: hex::encode(proof),
        verdict: verdict.into(),
    };
    World {
        models: vec![],
        verdicts: vec![
            verdict(TRUE_PROOF, "true"),
            verdict(MALFORMED_PROOF, "malformed"),
        ],
    }
}

/// Two steps on the pupil, and what they need.
fn lesson() -> Vec<Instruction> {
    vec![
        load(&pupil()),
        new(&[2, 3], vec![3, 8, 16, 16, 0, 1]),
        new(&[2, 2], vec![16_384, 0, 0, 16_384]),
        train(0, 1, 2, 4),
        train(0, 1, 2, 7),
    ]
}

fn trained() -> (Model, TrainedState) {
    let mut world = support::World::with(&pupil());
    let limits = lattice_isa::Limits::V1;
    let state = run_in(&mut world, limits, PLENTY, &lesson())
        .states
        .remove(0);
    let model = Model::from_blob(&state.model).expect("a trained model is a model");
    (model, state)
}

/// The cases of an opcode; the compiler asks for those of a new one.
fn cases(opcode: Opcode) -> Vec<Case> {
    let ramp = |dims: &[u32]| {
        let count = dims.iter().product::<u32>() as i32;
        new(dims, (0..count).map(|i| i * 7 % 23 - 11).collect())
    };
    let model = model();
    let id = model.id().0;
    match opcode {
        Opcode::LoadModel => {
            let (student, state) = trained();
            let stored = library(&student, &state.parameters, 50);
            let mut broken = library(&model, &[], 64);
            broken.models[0].pieces[1].replace_range(..2, "7e");
            let mut renamed = library(&pupil(), &[], 64);
            renamed.models[0].model_hash = hex::encode(id);
            let out_of_gas = in_world(
                "not enough gas",
                &library(&model, &[], 64),
                200_000_000,
                &[load(&model)],
            );
            vec![
                with(&model, "a model in pieces of 64 bytes", &[load(&model)]),
                with(
                    &model,
                    "twice, under two handles",
                    &[load(&model), load(&model)],
                ),
                in_world(
                    "a trained state, taken up",
                    &stored,
                    PLENTY,
                    &[load(&student), hash(0)],
                ),
                in_world(
                    "a model that is not there",
                    &World::default(),
                    PLENTY,
                    &[load(&model)],
                ),
                in_world(
                    "a weight that was changed",
                    &broken,
                    PLENTY,
                    &[load(&model)],
                ),
                in_world("another model", &renamed, PLENTY, &[load(&model)]),
                out_of_gas,
            ]
        }
        Opcode::UnloadModel => vec![
            with(&model, "a model", &[load(&model), unload(0)]),
            with(
                &model,
                "the next handle is a new one",
                &[load(&model), unload(0), load(&model), hash(1)],
            ),
            with(&model, "twice", &[load(&model), unload(0), unload(0)]),
            alone("a tensor", &[ramp(&[2]), unload(0)]),
        ],
        Opcode::ExecModel => {
            let input = new(&[6], vec![0, 1, 2, 3, 15, 16]);
            let residual = testing::random_residual(2);
            let lenet = testing::random_convolutional(3);
            let of = |name: &str, model: &Model| {
                let shape = model.manifest().input.shape.clone();
                let elements = testing::random_input(1, model);
                let program = [
                    load(model),
                    Instruction::TensorNew { shape, elements },
                    execute(0, 1),
                ];
                with(model, name, &program)
            };
            vec![
                with(
                    &model,
                    "a perceptron",
                    &[load(&model), input.clone(), execute(0, 1)],
                ),
                of("a residual graph", &residual),
                of("a convolutional graph", &lenet),
                with(
                    &model,
                    "an input of another shape",
                    &[load(&model), ramp(&[5]), execute(0, 1)],
                ),
                with(
                    &model,
                    "an input out of range",
                    &[
                        load(&model),
                        new(&[6], vec![0, 0, 17, -1, 0, 0]),
                        execute(0, 1),
                    ],
                ),
                with(
                    &model,
                    "a model that was freed",
                    &[load(&model), input, unload(0), execute(0, 1)],
                ),
            ]
        }
        Opcode::TrainModel => {
            let pupil = pupil();
            let mut traced = lesson();
            traced.extend([hash(0), new(&[3], vec![3, 8, 16]), execute(0, 3)]);
            let deep = testing::random_mlp(12, &[4, 3, 3, 2], Range { lo: -7, hi: 100 });
            let deep_lesson = [
                load(&deep),
                new(&[3, 4], vec![-7, 100, 3, 9, 50, 1, 0, 2, 99, -1, 20, 30]),
                new(&[3, 2], vec![20_000, -5, 17, 30_000, -40_000, 1]),
                train(0, 1, 2, 9),
            ];
            let residual = testing::random_residual(1);
            let length = residual.input_len() as u32;
            let refused = [
                load(&residual),
                new(&[1, length], vec![0; residual.input_len()]),
                new(
                    &[1, residual.output_len() as u32],
                    vec![0; residual.output_len()],
                ),
                train(0, 1, 2, 8),
            ];
            let step = |batch: Vec<i32>, targets: Vec<i32>, rate| {
                vec![
                    load(&pupil),
                    new(&[1, 3], batch),
                    new(&[1, 2], targets),
                    train(0, 1, 2, rate),
                ]
            };
            vec![
                with(&pupil, "two steps, then the trained model", &traced),
                with(&deep, "three layers", &deep_lesson),
                with(&residual, "a graph that cannot be trained", &refused),
                with(&pupil, "no rate", &step(vec![0; 3], vec![0; 2], 0)),
                with(
                    &pupil,
                    "an input out of range",
                    &step(vec![0, 17, 0], vec![0; 2], 4),
                ),
                with(
                    &pupil,
                    "a parameter that leaves 32 bits",
                    &step(vec![16; 3], vec![i32::MAX, 0], 1),
                ),
            ]
        }
        Opcode::TensorNew => vec![
            alone("a vector", &[new(&[3], vec![1, i32::MIN, i32::MAX])]),
            alone("rank four", &[ramp(&[2, 1, 3, 2])]),
            in_world(
                "not enough gas",
                &World::default(),
                250_000,
                &[ramp(&[100])],
            ),
        ],
        Opcode::TensorAdd => vec![
            alone("two matrices", &[ramp(&[2, 2]), ramp(&[2, 2]), add(0, 1)]),
            alone("with itself", &[ramp(&[5]), add(0, 0)]),
            alone(
                "an overflow",
                &[new(&[3], vec![1, i32::MAX, i32::MIN]), add(0, 0)],
            ),
            alone("other shapes", &[ramp(&[4]), ramp(&[2, 2]), add(0, 1)]),
        ],
        Opcode::TensorMul => vec![
            alone(
                "two matrices",
                &[ramp(&[2, 3]), ramp(&[3, 4]), multiply(0, 1)],
            ),
            alone(
                "a sum that leaves 64 bits on the way and ends within 32",
                &[
                    new(&[1, 3], vec![i32::MIN, i32::MIN, 4]),
                    new(&[3, 1], vec![i32::MIN, i32::MAX, -(1 << 30)]),
                    multiply(0, 1),
                ],
            ),
            alone(
                "an overflow",
                &[
                    new(&[2, 1], vec![1, 2]),
                    new(&[1, 1], vec![1 << 30]),
                    multiply(0, 1),
                ],
            ),
            alone(
                "other shapes",
                &[ramp(&[2, 3]), ramp(&[2, 3]), multiply(0, 1)],
            ),
        ],
        Opcode::TensorConv => {
            let image = ramp(&[2, 4, 5]);
            vec![
                alone(
                    "dense",
                    &[
                        image.clone(),
                        ramp(&[3, 2, 2, 2]),
                        convolve(0, 1, [1, 1], [0; 4], 1),
                    ],
                ),
                alone(
                    "steps and border",
                    &[
                        image.clone(),
                        ramp(&[2, 2, 3, 2]),
                        convolve(0, 1, [2, 3], [1, 2, 0, 1], 1),
                    ],
                ),
                alone(
                    "two groups",
                    &[
                        image.clone(),
                        ramp(&[4, 1, 2, 3]),
                        convolve(0, 1, [1, 2], [0, 1, 1, 0], 2),
                    ],
                ),
                alone(
                    "an overflow",
                    &[
                        new(&[1, 1, 2], vec![1, i32::MAX]),
                        new(&[2, 1, 1, 1], vec![2, 2]),
                        convolve(0, 1, [1, 1], [0; 4], 1),
                    ],
                ),
                alone(
                    "a step of zero",
                    &[
                        image.clone(),
                        ramp(&[1, 2, 1, 1]),
                        convolve(0, 1, [0, 1], [0; 4], 1),
                    ],
                ),
                alone(
                    "groups that do not divide",
                    &[
                        image.clone(),
                        ramp(&[3, 1, 1, 1]),
                        convolve(0, 1, [1, 1], [0; 4], 2),
                    ],
                ),
                alone(
                    "a window that does not fit",
                    &[
                        image,
                        ramp(&[1, 2, 6, 1]),
                        convolve(0, 1, [1, 1], [0; 4], 1),
                    ],
                ),
            ]
        }
        Opcode::TensorPool => {
            let image = ramp(&[2, 4, 5]);
            let average = |multiplier, shift| Pooling::Average { multiplier, shift };
            vec![
                alone(
                    "maximum",
                    &[image.clone(), pool(0, Pooling::Max, [2, 2], [2, 2], [0; 4])],
                ),
                alone(
                    "maximum, border ignored",
                    &[
                        new(&[1, 2, 2], vec![-5, -6, -7, -8]),
                        pool(0, Pooling::Max, [2, 2], [1, 1], [1; 4]),
                    ],
                ),
                alone(
                    "average, rounded down",
                    &[
                        image.clone(),
                        pool(0, average(16_384, 16), [2, 2], [1, 2], [0, 1, 1, 0]),
                    ],
                ),
                alone(
                    "average with the largest shift",
                    &[
                        image.clone(),
                        pool(0, average(u16::MAX, u8::MAX), [1, 1], [1, 1], [0; 4]),
                    ],
                ),
                alone(
                    "an overflow",
                    &[
                        new(&[1, 1, 2], vec![1, i32::MIN]),
                        pool(0, average(2, 0), [1, 1], [1, 1], [0; 4]),
                    ],
                ),
                alone(
                    "nothing but border",
                    &[
                        image.clone(),
                        pool(0, Pooling::Max, [2, 2], [1, 1], [2, 0, 0, 0]),
                    ],
                ),
                alone(
                    "not an image",
                    &[ramp(&[4, 5]), pool(0, Pooling::Max, [1, 1], [1, 1], [0; 4])],
                ),
            ]
        }
        Opcode::VerifyProof => {
            let other_key = Instruction::VerifyProof {
                key: [8; 32],
                inputs: vec![],
                proof: TRUE_PROOF,
            };
            let many = Instruction::VerifyProof {
                key: KEY,
                inputs: vec![[0; 32]; 17],
                proof: TRUE_PROOF,
            };
            let of =
                |name: &str, program: &[Instruction]| in_world(name, &verdicts(), PLENTY, program);
            vec![
                of("a true proof", &[verify(TRUE_PROOF)]),
                of("a settlement", &[verify(TRUE_PROOF), commit(3)]),
                of("a false proof", &[commit(1), verify([2; 128]), commit(2)]),
                of("a proof that is none", &[verify(MALFORMED_PROOF)]),
                of("another key", &[other_key]),
                of("too many public inputs", &[many]),
            ]
        }
        Opcode::HashModel => {
            let mut after = lesson();
            after.insert(1, hash(0));
            after.push(hash(0));
            vec![
                with(
                    &model,
                    "a model that was not trained",
                    &[load(&model), hash(0)],
                ),
                with(&pupil(), "before and after training", &after),
                alone("a tensor", &[ramp(&[1]), hash(0)]),
                alone("a handle that was not given out", &[hash(Handle(0).0)]),
            ]
        }
        Opcode::CommitResult => vec![
            alone("once", &[commit(7)]),
            alone("twice", &[commit(7), commit(8)]),
            alone(
                "nothing is left of it after a trap",
                &[commit(7), add(0, 0)],
            ),
            in_world("not enough gas", &World::default(), 299_999, &[commit(7)]),
        ],
    }
}
