//! Models to train, each with a batch.

use super::{load, shape};
use lattice_isa::{Handle, Instruction};
use lattice_tensor::testing::Random;
use lattice_tensor::{Clamp, Model, ModelBuilder, Range, Scale};

/// Models with a batch each: a name, the model, what is there before, the step.
pub fn lessons() -> impl Iterator<Item = (String, Model, Vec<Instruction>, Instruction)> {
    let shapes: [(&[u32], u32); 7] = [
        (&[1, 1], 1),
        (&[64, 32, 10], 1),
        (&[64, 32, 10], 32),
        (&[784, 128, 10], 8),
        (&[512, 1024, 1024, 10], 1),
        (&[16; 64], 16),
        (&[2, 1], 4096),
    ];
    shapes.into_iter().map(|(dims, rows)| {
        let model = student(dims);
        let last = model.output_len() as u32;
        let mut random = Random::new(5);
        let batch = Instruction::TensorNew {
            shape: shape(&[rows, dims[0]]),
            elements: (0..rows * dims[0])
                .map(|_| random.between(1, 16) as i32)
                .collect(),
        };
        let targets = Instruction::TensorNew {
            shape: shape(&[rows, last]),
            elements: vec![12_345; (rows * last) as usize],
        };
        let step = Instruction::TrainModel {
            model: Handle(0),
            batch: Handle(1),
            targets: Handle(2),
            rate_shift: 20,
        };
        let name = format!(
            "{:?}… of {} layers, {rows} rows",
            &dims[..dims.len().min(3)],
            dims.len() - 1
        );
        let setup = vec![load(&model), batch, targets];
        (name, model, setup, step)
    })
}

/// A perceptron most of whose activations are positive, so that no error is
/// masked and nothing is skipped.
fn student(dims: &[u32]) -> Model {
    let mut random = Random::new(9);
    let mut builder = ModelBuilder::new(shape(&dims[..1]), Range { lo: 0, hi: 16 }, Scale::ONE);
    for (layer, pair) in dims.windows(2).enumerate() {
        let weights = (0..pair[0] * pair[1]).map(|_| random.between(-30, 60) as i8);
        let (name, weights) = (format!("{layer}"), weights.collect());
        let bias = Some(vec![5; pair[1] as usize]);
        builder = builder
            .linear(&name, weights, pair[1], bias)
            .expect("a layer");
        if layer + 2 < dims.len() {
            let shifts = vec![12; pair[1] as usize];
            builder = builder
                .requantize(shifts, Clamp::RELU)
                .expect("an operator");
        }
    }
    builder.build(Scale::ONE).expect("a perceptron is a model")
}
