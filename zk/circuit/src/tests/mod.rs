//! Tests of whole circuits, through the rows and not through the gadgets' own formulas.

mod comparisons;
mod deletion;
mod forgery;
mod fusion;
mod jacobian;
mod lookups;
mod satisfied;

use ark_bn254::Fr;
use ark_ff::Field;
use lattice_tensor::{
    testing::random_input, trace, Clamp, Model, ModelBuilder, Range, Scale, Shape, Trace,
};
use lattice_verifier::field;

use crate::{gadgets::saturate::Unit, step::Task, Assignment, Circuit, RangeChecks, Side};

/// Both kinds of range checks.
const KINDS: [RangeChecks; 2] = [RangeChecks::Bits, RangeChecks::Lookups];

/// The circuit of a model with range checks of a kind.
fn build(model: &Model, checks: RangeChecks) -> Circuit {
    Circuit::with_range_checks(model, checks).expect("a supported model")
}

/// Field element in bytes.
fn bytes(value: u64) -> [u8; 32] {
    field::encode(&Fr::from(value))
}

/// A range that the tests write often.
fn range(lo: i8, hi: i8) -> Range {
    Range::new(lo, hi).expect("a valid range")
}

/// A model `inputs – hidden – outputs` with one clamp, whose first channels reach both ends.
fn small(seed: u64, dims: &[u32], clamp: Clamp, shift: u8) -> Model {
    let shape = Shape::new([dims[0]]).expect("a valid shape");
    let mut builder = ModelBuilder::new(shape, range(0, 16), Scale::ONE);
    for layer in 0..dims.len() - 1 {
        let rows = dims[layer + 1];
        let weights: Vec<i8> = (0..rows * dims[layer])
            .map(|index| {
                let spread = (u64::from(index) * 37 + seed * 11 + 5) % 97;
                spread as i8 - 48
            })
            .collect();
        builder = builder
            .linear(&format!("fc{layer}"), weights, rows, None)
            .expect("a valid layer");
        if layer + 2 < dims.len() {
            builder = builder
                .requantize(vec![shift; rows as usize], clamp)
                .expect("a valid requantization");
        }
    }
    builder.build(Scale::ONE).expect("a valid model")
}

/// A challenge, as random as tests need it.
fn challenge(seed: u64) -> Fr {
    Fr::from(seed + 2).pow([1 << 40])
}

/// A witness of a model on a seeded input, with blindings that are not zero.
fn witness(model: &Model, circuit: &Circuit, seed: u64) -> (Trace, Assignment) {
    let trace = trace(model, &random_input(seed, model)).expect("the input is in range");
    let mut assignment = circuit
        .assign(&trace, &bytes(seed + 17), &bytes(1 << 40), &bytes(seed + 3))
        .expect("the trace is a witness");
    circuit.plan().respond(&mut assignment, challenge(seed));
    (trace, assignment)
}

/// Rows of each step of the witness pass, by the gadgets' own formulas.
fn step_rows(circuit: &Circuit) -> Vec<usize> {
    let rows = circuit.plan().steps.iter().map(|step| match &step.task {
        Task::Saturation(units) => units.iter().map(Unit::constraints).sum(),
        Task::Maximum(tree) => tree.constraints(),
        Task::Products { .. } => 0,
        Task::ArgMax(plan) => plan.constraints(),
    });
    rows.collect()
}

/// The first violated row, with the gadget's name.
fn violation(circuit: &Circuit, z: &[Fr]) -> Option<String> {
    let row = circuit.r1cs().first_violation(z)?;
    Some(format!("row {row}: {}", circuit.r1cs().origin(row)))
}

/// The evaluated rows of an assignment are those of the matrices.
fn evaluated_rows_agree(circuit: &Circuit, assignment: &Assignment) -> bool {
    let z = assignment.full();
    (0..circuit.r1cs().constraints()).all(|row| {
        circuit.r1cs().evaluate(Side::A, row, &z) == assignment.a[row]
            && circuit.r1cs().evaluate(Side::B, row, &z) == assignment.b[row]
    })
}
