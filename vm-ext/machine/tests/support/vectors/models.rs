//! Models: loaded, run, trained, hashed, freed.

use super::super::golden::{Case, World};
use super::super::support::{self, *};
use super::{alone, in_world, library, ramp, with};
use lattice_isa::{GasSchedule, Handle, Instruction, Opcode};
use lattice_machine::TrainedState;
use lattice_tensor::{testing, Model, Range};

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

pub fn load_model() -> Vec<Case> {
    let model = model();
    let id = model.id().0;
    let (student, state) = trained();
    let stored = library(&student, &state.parameters, 50);
    let mut broken = library(&model, &[], 64);
    broken.models[0].pieces[1].replace_range(..2, "7e");
    let mut renamed = library(&pupil(), &[], 64);
    renamed.models[0].model_hash = hex::encode(id);
    let out_of_gas = in_world(
        "not enough gas",
        &library(&model, &[], 64),
        // As far as its second piece.
        GasSchedule::V1.base(Opcode::LoadModel) + GasSchedule::V1.load_model_chunk,
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

pub fn unload_model() -> Vec<Case> {
    let model = model();
    vec![
        with(&model, "a model", &[load(&model), unload(0)]),
        with(
            &model,
            "the next handle is a new one",
            &[load(&model), unload(0), load(&model), hash(1)],
        ),
        with(&model, "twice", &[load(&model), unload(0), unload(0)]),
        alone("a tensor", &[ramp(&[2]), unload(0)]),
    ]
}

pub fn exec_model() -> Vec<Case> {
    let model = model();
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

pub fn train_model() -> Vec<Case> {
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

pub fn hash_model() -> Vec<Case> {
    let model = model();
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
