//! Forgers of circuits with lookups.
//!
//! What a lookup says holds up to a negligible chance over the challenge. So the tests are of two kinds:
//! the argument itself, at random challenges; and the gadgets, with "every key is in its table" taken at
//! its word.
//!
//! * `the_argument`: keys, multiplicities and the challenge;
//! * `digits`: what lookups of digits say of an integer;
//! * `gadgets`: every row of a saturation is needed, as its `forger` shows;
//! * `reach`: which numbers two digits reach.

mod digits;
mod forger;
mod gadgets;
mod reach;
mod the_argument;

use ark_bn254::Fr;
use ark_ff::{Field, One, Zero};
use lattice_tensor::{trace, Clamp, Model, ModelBuilder, Placement, Scale, Shape};

use super::{build, bytes, challenge, jacobian::eliminate_with_keys, range, small, witness};
use crate::{origin::Origin, r1cs::R1cs, Circuit, RangeChecks, Side};

fn looked_up(model: &Model) -> Circuit {
    build(model, RangeChecks::Lookups)
}

/// Rows of a kind.
fn rows(r1cs: &R1cs, is_wanted: impl Fn(&Origin) -> bool) -> Vec<usize> {
    let all = 0..r1cs.constraints();
    all.filter(|&row| is_wanted(r1cs.origin(row))).collect()
}

fn violated(r1cs: &R1cs, z: &[Fr]) -> Vec<usize> {
    let all = 0..r1cs.constraints();
    all.filter(|&row| !r1cs.holds(row, z)).collect()
}

/// Completes a witness whose committed columns may be false: inverses and shares are what their rows
/// say, multiplicities what they are.
fn complete(circuit: &Circuit, z: &mut Vec<Fr>) {
    let r1cs = circuit.r1cs();
    z.resize(r1cs.columns(), Fr::zero());
    for row in 0..r1cs.constraints() {
        let (divisor, dividend) = match r1cs.origin(row) {
            Origin::Lookup { .. } => (r1cs.evaluate(Side::B, row, z), Fr::one()),
            Origin::TableEntry { .. } => (
                r1cs.evaluate(Side::B, row, z),
                r1cs.evaluate(Side::C, row, z),
            ),
            _ => continue,
        };
        let column = r1cs.row(Side::A, row).next().expect("a variable").1;
        z[column] = dividend * divisor.inverse().expect("a random challenge");
    }
}

/// Puts the sum of a table right by way of a variable that stands in it.
fn settle(r1cs: &R1cs, z: &mut [Fr], sum: usize, column: usize) {
    let coefficient = r1cs.row(Side::C, sum).find(|entry| entry.1 == column);
    let coefficient = coefficient.expect("it is in the sum").0;
    let off = r1cs.evaluate(Side::C, sum, z);
    z[column] -= off * coefficient.inverse().expect("one or minus one");
}

/// The sum's row that a lookup's or an entry's variable stands in.
fn sum_of(r1cs: &R1cs, column: usize) -> usize {
    let sums = rows(r1cs, |origin| matches!(origin, Origin::TableSum { .. }));
    let has = |&&row: &&usize| r1cs.row(Side::C, row).any(|entry| entry.1 == column);
    *sums.iter().find(has).expect("in a sum")
}

#[test]
fn the_witness_is_locally_unique_if_every_key_is_in_its_table() {
    let image = ModelBuilder::new(
        Shape::new([1, 3, 3]).expect("valid"),
        range(-9, 9),
        Scale::ONE,
    )
    .max_pool2d([2, 2], Placement::DENSE)
    .and_then(|builder| builder.relu())
    .and_then(|builder| builder.build(Scale::ONE))
    .expect("valid");
    let models = [(0, 127), (-127, 127), (-5, 90), (3, 7)]
        .map(|(lo, hi)| small(2, &[6, 5, 3], Clamp { lo, hi }, 3));
    for model in models.iter().chain([&image]) {
        let circuit = looked_up(model);
        for seed in 0..3 {
            let (_, assignment) = witness(model, &circuit, seed);
            let rank = eliminate_with_keys(circuit.r1cs(), &assignment.full()).rank;
            assert_eq!(rank, circuit.r1cs().witnesses());
        }
    }
}

#[test]
fn a_maximum_that_is_not_the_larger_one_is_refused() {
    let model = ModelBuilder::new(
        Shape::new([1, 1, 2]).expect("valid"),
        range(-9, 6),
        Scale::ONE,
    )
    .max_pool2d([1, 2], Placement::DENSE)
    .and_then(|builder| builder.build(Scale::ONE))
    .expect("valid");
    let circuit = looked_up(&model);
    let r1cs = circuit.r1cs();
    let first = r1cs.committed().expect("a commitment").start;
    for input in [[3, -4], [-4, 3], [6, -9], [5, 5]] {
        let trace = trace(&model, &input).expect("in range");
        let mut assignment = circuit
            .assign(&trace, &bytes(1), &bytes(2), &bytes(3))
            .expect("a witness");
        circuit.plan().respond(&mut assignment, challenge(1));
        let honest = assignment.full();
        // The input's two variables, then the maximum.
        for change in -40i64..=40 {
            let mut z = honest.clone();
            z[first + 2] += Fr::from(change);
            complete(&circuit, &mut z);
            let is_refused = violated(r1cs, &z).iter().any(|&row| {
                matches!(
                    r1cs.origin(row),
                    Origin::Maximum { .. } | Origin::TableSum { .. }
                )
            });
            assert_eq!(is_refused, change != 0);
        }
    }
}
