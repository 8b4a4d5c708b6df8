//! The derivative of all rows with respect to the witness, at an honest witness.
//!
//! Row `i` is `⟨a, z⟩·⟨b, z⟩ − ⟨c, z⟩`, its gradient `b(z)·a + a(z)·b − c`. Full column rank says
//! that the witness is locally unique: no variable, and no combination of variables moved
//! together, is free. There is no exception: the circuit has no hints.
//!
//! A row `a·b = 0` both of whose factors vanish has no gradient; a conditional bit that is zero
//! because its condition is (`e·e = 0`) is one. It still binds: along any path of solutions one of the
//! factors vanishes identically, so if the other rows fix the difference of the factors (up to a
//! scale), both do, and the gradient of a factor may be added to the rows.

use ark_bn254::Fr;
use ark_ff::{Field, One, Zero};
use lattice_tensor::{
    testing::{random_graph, random_mlp},
    Clamp,
};
use std::collections::BTreeMap;

use super::{range, small, witness};
use crate::{origin::Origin, Circuit, R1cs, Side};

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
            .filter(|entry| entry.1 >= r1cs.instances())
            .map(|(coefficient, column)| (column, coefficient))
            .collect();
        add(&mut gradient, &entries, factor);
    }
    gradient
}

/// Rows so far, in echelon form.
#[derive(Default)]
struct Basis {
    pivots: BTreeMap<usize, usize>,
    reduced: BTreeMap<usize, Reduced>,
}

impl Basis {
    /// Reduces a row by the basis and adds what is left. A row's pivot is its latest variable,
    /// the one that it computes, so almost nothing fills in.
    fn insert(&mut self, row: usize, entries: Row) {
        let mut reduced = self.reduce(entries);
        let pivot = reduced.entries.last_key_value();
        let pivot = pivot.map(|(&column, &value)| (column, value));
        if let Some((column, value)) = pivot {
            self.pivots.insert(column, row);
            let inverse = value.inverse().expect("entries are not zero");
            let entries = reduced.entries.values_mut();
            entries.for_each(|entry| *entry *= inverse);
            reduced.scale = value;
        }
        self.reduced.insert(row, reduced);
    }

    fn reduce(&self, mut entries: Row) -> Reduced {
        let mut steps = Vec::new();
        let mut below = usize::MAX;
        while let Some((&column, &value)) = entries.range(..below).next_back() {
            below = column;
            if let Some(&other) = self.pivots.get(&column) {
                add(&mut entries, &self.reduced[&other].entries, -value);
                steps.push((other, value));
            }
        }
        Reduced {
            entries,
            steps,
            scale: Fr::one(),
        }
    }
}

/// The gradient of a factor of a row.
fn factor(r1cs: &R1cs, row: usize, side: Side) -> Row {
    r1cs.row(side, row)
        .filter(|entry| entry.1 >= r1cs.instances())
        .map(|(coefficient, column)| (column, coefficient))
        .collect()
}

/// Gaussian elimination in the order of the rows, then of the factors that rows without a gradient
/// force to vanish.
pub(super) fn eliminate(r1cs: &R1cs, z: &[Fr]) -> Elimination {
    complete(Basis::default(), r1cs, z)
}

/// The same, given that the key of every lookup is in its finite table and that multiplicities are
/// what they are, which is what the lookups' rows say up to a negligible chance: neither can move.
pub(super) fn eliminate_with_keys(r1cs: &R1cs, z: &[Fr]) -> Elimination {
    let mut basis = Basis::default();
    let fixed = (0..r1cs.constraints()).filter_map(|row| match r1cs.origin(row) {
        Origin::Lookup { .. } => Some((row, factor(r1cs, row, Side::B))),
        Origin::TableEntry { .. } => Some((row, factor(r1cs, row, Side::C))),
        _ => None,
    });
    for (row, gradient) in fixed {
        basis.insert(r1cs.constraints() + row, gradient);
    }
    complete(basis, r1cs, z)
}

fn complete(mut basis: Basis, r1cs: &R1cs, z: &[Fr]) -> Elimination {
    let mut without_gradient = Vec::new();
    for row in 0..r1cs.constraints() {
        let vanishes = |side| r1cs.evaluate(side, row, z).is_zero();
        let is_product = r1cs.row(Side::C, row).next().is_none();
        if is_product && vanishes(Side::A) && vanishes(Side::B) {
            without_gradient.push(row);
        } else {
            basis.insert(row, gradient(r1cs, row, z));
        }
    }
    loop {
        let before = without_gradient.len();
        without_gradient.retain(|&row| {
            let mut difference = factor(r1cs, row, Side::A);
            add(&mut difference, &factor(r1cs, row, Side::B), -Fr::one());
            let binds = basis.reduce(difference).entries.is_empty();
            if binds {
                basis.insert(row, factor(r1cs, row, Side::A));
            }
            !binds
        });
        if without_gradient.len() == before {
            break;
        }
    }
    for row in without_gradient {
        basis.insert(row, Row::new());
    }
    let dependent = basis.reduced.iter().filter(|r| r.1.entries.is_empty());
    Elimination {
        rank: basis.pivots.len(),
        relations: dependent
            .map(|(&row, _)| relation(&basis.reduced, row))
            .collect(),
    }
}

/// The relation between original rows that made `row` vanish.
fn relation(reduced: &BTreeMap<usize, Reduced>, row: usize) -> Row {
    let mut relation = Row::new();
    // What is still to be expressed in original rows. Rows are reduced by rows that were there
    // before them, so this ends.
    let mut open = Row::from([(row, Fr::one())]);
    while let Some((index, factor)) = open.pop_last() {
        let inverse = reduced[&index]
            .scale
            .inverse()
            .expect("scales are not zero");
        let factor = factor * inverse;
        add(&mut relation, &Row::from([(index, factor)]), Fr::one());
        for &(other, value) in &reduced[&index].steps {
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
