//! The derivative of all rows with respect to the witness, at an honest witness.
//!
//! Row `i` is `⟨a, z⟩·⟨b, z⟩ − ⟨c, z⟩`, its gradient `b(z)·a + a(z)·b − c`. Full column rank says
//! that the witness is locally unique: no variable, and no combination of variables moved
//! together, is free. There is no exception: the circuit has no hints.

use ark_bn254::Fr;
use ark_ff::{Field, One, Zero};
use lattice_tensor::{
    testing::{random_graph, random_mlp},
    Clamp,
};
use std::collections::BTreeMap;

use super::{range, small, witness};
use crate::{Circuit, R1cs, Side};

type Row = BTreeMap<usize, Fr>;

/// What elimination of the gradients' matrix leaves.
pub(super) struct Elimination {
    /// Rank over the field.
    pub(super) rank: usize,
    /// A basis of the linear relations between rows, each with its nonzero coefficients.
    pub(super) relations: Vec<Row>,
}

/// A row after elimination: `(original − Σ factor·reduced(other)) / scale`.
struct Reduced {
    entries: Row,
    steps: Vec<(usize, Fr)>,
    scale: Fr,
}

/// `row += factor · other`.
fn add(row: &mut Row, other: &Row, factor: Fr) {
    for (&column, &value) in other {
        let sum = row.get(&column).copied().unwrap_or_default() + factor * value;
        if sum.is_zero() {
            row.remove(&column);
        } else {
            row.insert(column, sum);
        }
    }
}

/// The gradient of a row with respect to the witness.
fn gradient(r1cs: &R1cs, row: usize, z: &[Fr]) -> Row {
    let at = |side| r1cs.evaluate(side, row, z);
    let factors = [
        (Side::A, at(Side::B)),
        (Side::B, at(Side::A)),
        (Side::C, -Fr::one()),
    ];
    let mut gradient = Row::new();
    for (side, factor) in factors {
        let entries: Row = r1cs
            .row(side, row)
            .filter(|entry| entry.1 >= R1cs::INSTANCES)
            .map(|(coefficient, column)| (column, coefficient))
            .collect();
        add(&mut gradient, &entries, factor);
    }
    gradient
}

/// Gaussian elimination in the order of the rows. A row's pivot is its latest variable, the one
/// that it computes, so almost nothing fills in.
pub(super) fn eliminate(r1cs: &R1cs, z: &[Fr]) -> Elimination {
    let mut pivots: BTreeMap<usize, usize> = BTreeMap::new();
    let mut reduced: Vec<Reduced> = Vec::new();
    let mut dependent = Vec::new();
    for row in 0..r1cs.constraints() {
        let mut entries = gradient(r1cs, row, z);
        let mut steps = Vec::new();
        let mut pivot = None;
        let mut below = usize::MAX;
        while let Some((&column, &value)) = entries.range(..below).next_back() {
            below = column;
            match pivots.get(&column) {
                Some(&other) => {
                    add(&mut entries, &reduced[other].entries, -value);
                    steps.push((other, value));
                }
                None => pivot = pivot.or(Some((column, value))),
            }
        }
        let mut scale = Fr::one();
        match pivot {
            Some((column, value)) => {
                pivots.insert(column, row);
                let inverse = value.inverse().expect("entries are not zero");
                entries.values_mut().for_each(|entry| *entry *= inverse);
                scale = value;
            }
            None => dependent.push(row),
        }
        reduced.push(Reduced {
            entries,
            steps,
            scale,
        });
    }
    let relations = dependent
        .iter()
        .map(|&row| relation(&reduced, row))
        .collect();
    Elimination {
        rank: pivots.len(),
        relations,
    }
}

/// The relation between original rows that made `row` vanish.
fn relation(reduced: &[Reduced], row: usize) -> Row {
    let mut relation = Row::new();
    // What is still to be expressed in original rows, latest first.
    let mut open = Row::from([(row, Fr::one())]);
    while let Some((index, factor)) = open.pop_last() {
        let inverse = reduced[index].scale.inverse().expect("scales are not zero");
        let factor = factor * inverse;
        relation.insert(index, factor);
        for &(other, value) in &reduced[index].steps {
            add(&mut open, &Row::from([(other, value)]), -factor);
        }
    }
    relation
}

/// Whether the witness is locally unique at several honest points.
fn is_locally_unique(model: &lattice_tensor::Model) {
    let circuit = Circuit::build(model).expect("supported");
    for seed in 0..3 {
        let (_, assignment) = witness(model, &circuit, seed);
        let rank = eliminate(circuit.r1cs(), &assignment.full()).rank;
        assert_eq!(rank, circuit.r1cs().witnesses());
    }
}

#[test]
fn the_witness_of_a_random_mlp_is_locally_unique() {
    for seed in 0..6 {
        is_locally_unique(&random_mlp(seed, &[7, 5, 4, 3], range(-5, 100)));
    }
}

#[test]
fn the_witness_of_a_random_graph_is_locally_unique() {
    for seed in 0..8 {
        is_locally_unique(&random_graph(seed));
    }
}

#[test]
fn the_witness_is_locally_unique_under_every_kind_of_clamp() {
    for (lo, hi) in [(0, 127), (-127, 127), (-5, 90), (3, 7)] {
        is_locally_unique(&small(2, &[6, 5, 3], Clamp { lo, hi }, 3));
    }
}

#[test]
fn the_elimination_itself_sees_a_freed_variable() {
    let model = small(1, &[3, 2, 2], Clamp::RELU, 3);
    let circuit = Circuit::build(&model).expect("supported");
    let (_, assignment) = witness(&model, &circuit, 1);
    let mut r1cs = circuit.r1cs().clone();
    r1cs.allocate().expect("room for one more");
    let mut z = assignment.full();
    z.push(Fr::one());
    assert_eq!(eliminate(&r1cs, &z).rank + 1, r1cs.witnesses());
}
