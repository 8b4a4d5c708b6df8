//! Maxima before saturations: when, and how much it saves.

use lattice_tensor::{testing::lenet5, Clamp, Model, ModelBuilder, Placement, Scale, Shape};

use super::{build, range, satisfied::holds, KINDS};
use crate::{step::Task, Circuit, RangeChecks};

/// Whether the first step is a maximum.
fn pools_first(model: &Model) -> bool {
    let circuit = Circuit::build(model).expect("supported");
    matches!(circuit.plan().steps[0].task, Task::Maximum(_))
}

fn image() -> ModelBuilder {
    let shape = Shape::new([1, 4, 4]).expect("an image");
    let kernel = Shape::new([2, 1, 3, 3]).expect("a kernel");
    let weights = (0..18).map(|w| w * 5 - 40).collect();
    let same = Placement::DENSE.padded(1);
    ModelBuilder::new(shape, range(-20, 100), Scale::ONE)
        .conv2d("conv", weights, kernel, Some(vec![100, -7]), same, 1)
        .expect("a convolution")
}

#[test]
fn a_pool_comes_before_the_chain_whose_values_only_it_reads() {
    let clamp = Clamp { lo: -3, hi: 50 };
    let model = image()
        .requantize(vec![6, 5], clamp)
        .and_then(|builder| builder.relu())
        .and_then(|builder| builder.max_pool2d([2, 2], Placement::every(2)))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a valid model");
    assert!(pools_first(&model));
    holds(&model, 0..16).expect("holds");
}

#[test]
fn a_chain_that_something_else_reads_is_saturated_before_its_pool() {
    let builder = image().requantize(vec![6, 5], Clamp::RELU).expect("valid");
    let quantized = builder.current();
    let builder = builder.max_pool2d([2, 2], Placement::DENSE.padded(1));
    let builder = builder
        .and_then(|builder| builder.flatten())
        .expect("valid");
    let pooled = builder.current();
    let model = builder
        .at(quantized)
        .flatten()
        .and_then(|builder| builder.concat(vec![pooled, pooled + 1], 0))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a valid model");
    assert!(!pools_first(&model));
    holds(&model, 0..8).expect("holds");
}

#[test]
fn lenet5_takes_no_more_rows_than_it_did() {
    let model = lenet5(1);
    let rows = KINDS.map(|checks| build(&model, checks).r1cs().constraints());
    assert_eq!(rows, [136_304, 27_995]);
    assert!(pools_first(&model));
    assert_eq!(RangeChecks::of(&model), RangeChecks::Lookups);
}
