//! Forgers of maxima and of their indices, by exhaustion where a comparison is small: of all
//! maxima and bit patterns only the honest ones satisfy, and each row is what refuses some other.

use ark_bn254::Fr;
use ark_ff::{Field, One, PrimeField, Zero};
use lattice_tensor::{trace, Model, ModelBuilder, Placement, Scale, Shape};

use super::{bytes, forgery::recompute, range};
use crate::{
    origin::{ArgMaxPart, MaximumPart, Origin},
    Circuit, R1cs, Side,
};

fn maximum() -> Model {
    let shape = Shape::new([1, 1, 2]).expect("an image");
    ModelBuilder::new(shape, range(-9, 6), Scale::ONE)
        .max_pool2d([1, 2], Placement::DENSE)
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a valid model")
}

fn arg_max(elements: u32) -> Model {
    let shape = Shape::new([elements]).expect("a vector");
    ModelBuilder::new(shape, range(-3, 4), Scale::ONE)
        .argmax()
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a valid model")
}

fn honest(model: &Model, circuit: &Circuit, input: &[i32]) -> Vec<Fr> {
    let trace = trace(model, input).expect("in range");
    let assignment = circuit.assign(&trace, &bytes(1), &bytes(2), &bytes(3));
    assignment.expect("a witness").full()
}

/// A comparison: its rows, and the columns of its bits but the first.
#[derive(Clone, Default)]
struct Comparison {
    rows: Vec<usize>,
    bits: Vec<usize>,
    /// The row of the bit without a variable.
    first: usize,
    /// The row that a maximum has besides.
    choice: Option<usize>,
}

/// Comparison number `wanted`.
fn comparison(r1cs: &R1cs, wanted: u32) -> Comparison {
    let mut found = Comparison::default();
    for row in 0..r1cs.constraints() {
        let bit = match *r1cs.origin(row) {
            Origin::Maximum { node, part, .. } if node == wanted => match part {
                MaximumPart::Bit(bit) => Some(bit),
                MaximumPart::Choice => {
                    found.choice = Some(row);
                    None
                }
            },
            Origin::ArgMax { meeting, part, .. } if meeting == wanted => match part {
                ArgMaxPart::Bit(bit) => Some(bit),
                ArgMaxPart::Winner | ArgMaxPart::Index => None,
            },
            _ => continue,
        };
        found.rows.push(row);
        match bit {
            Some(0) => found.first = row,
            Some(_) => found
                .bits
                .extend(r1cs.row(Side::A, row).next().map(|e| e.1)),
            None => {}
        }
    }
    assert!(!found.rows.is_empty());
    found
}

/// Changes a column so that a factor of a row takes a value.
fn solve(r1cs: &R1cs, z: &mut [Fr], (side, row): (Side, usize), column: usize, value: Fr) {
    let coefficient = r1cs.row(side, row).find(|entry| entry.1 == column);
    let coefficient = coefficient.expect("the column occurs").0;
    let difference = value - r1cs.evaluate(side, row, z);
    z[column] += difference * coefficient.inverse().expect("not zero");
}

/// The column of a maximum: the latest of its choice's factors.
fn largest(r1cs: &R1cs, choice: usize) -> usize {
    r1cs.row(Side::A, choice).last().expect("not empty").1
}

fn set_bits(z: &mut [Fr], bits: &[usize], pattern: u32) {
    for (position, &column) in bits.iter().enumerate() {
        z[column] = Fr::from(pattern >> position & 1);
    }
}

#[test]
fn of_all_maxima_and_bit_patterns_only_the_honest_one_satisfies() {
    let model = maximum();
    let circuit = Circuit::build(&model).expect("supported");
    let r1cs = circuit.r1cs();
    let group = comparison(r1cs, 0);
    let column = largest(r1cs, group.choice.expect("a maximum"));
    for input in [[3, -4], [-4, 3], [6, -9], [-9, 6], [5, 5], [-9, -9], [0, 1]] {
        let honest = honest(&model, &circuit, &input);
        let mut satisfying = 0;
        // Too large, too small, none of the elements, and the smaller one.
        for change in -40i64..=40 {
            for pattern in 0..1 << group.bits.len() {
                let mut z = honest.clone();
                z[column] += Fr::from(change);
                set_bits(&mut z, &group.bits, pattern);
                if group.rows.iter().all(|&row| r1cs.holds(row, &z)) {
                    satisfying += 1;
                    assert_eq!(z, honest, "{input:?}");
                }
            }
        }
        assert_eq!(satisfying, 1);
    }
}

#[test]
fn of_all_bit_patterns_of_a_meeting_only_the_honest_one_satisfies_ties_included() {
    let model = arg_max(2);
    let circuit = Circuit::build(&model).expect("supported");
    let r1cs = circuit.r1cs();
    let group = comparison(r1cs, 0);
    for left in -3..=4 {
        for right in -3..=4 {
            let honest = honest(&model, &circuit, &[left, right]);
            let flag = *group.bits.last().expect("a flag");
            assert_eq!(honest[flag].is_one(), right > left);
            let satisfying = (0..1 << group.bits.len()).filter(|&pattern| {
                let mut z = honest.clone();
                set_bits(&mut z, &group.bits, pattern);
                group.rows.iter().all(|&row| r1cs.holds(row, &z))
            });
            assert_eq!(satisfying.count(), 1, "{left} {right}");
        }
    }
}

/// Recomputes the products of a comparison, except those that are fixed.
fn products(r1cs: &R1cs, z: &mut [Fr], group: &Comparison, fixed: &[usize]) {
    for &row in &group.rows {
        if let Origin::ArgMax {
            part: ArgMaxPart::Winner | ArgMaxPart::Index,
            ..
        } = r1cs.origin(row)
        {
            let product = r1cs.evaluate(Side::A, row, z) * r1cs.evaluate(Side::B, row, z);
            let column = r1cs.row(Side::C, row).next().expect("a product").1;
            if !fixed.contains(&column) {
                z[column] = product;
            }
        }
    }
}

/// Tries to prove another output without one row.
fn forge(circuit: &Circuit, honest: &[Fr], row: usize, attempt: u32) -> Option<Vec<Fr>> {
    let r1cs = circuit.r1cs();
    let mut z = honest.to_vec();
    let (number, is_product) = match *r1cs.origin(row) {
        Origin::Maximum { node, .. } => (node, false),
        Origin::ArgMax { meeting, part, .. } => {
            let product = matches!(part, ArgMaxPart::Winner | ArgMaxPart::Index);
            (meeting, product)
        }
        _ => return None,
    };
    let group = comparison(r1cs, number);
    let mut fixed = group.bits.clone();
    if is_product {
        let column = r1cs.row(Side::C, row).next()?.1;
        z[column] = Fr::from(attempt % 9) - Fr::from(3u64);
        fixed.push(column);
    } else {
        set_bits(&mut z, &group.bits, attempt);
        let first = Fr::from(attempt >> group.bits.len() & 1);
        let smaller = attempt >> (group.bits.len() + 1) & 1 == 1;
        match group.choice {
            Some(choice) if choice == row => {
                let column = largest(r1cs, choice);
                solve(r1cs, &mut z, (Side::A, group.first), column, first);
            }
            Some(choice) => {
                let side = if smaller { Side::A } else { Side::B };
                let column = largest(r1cs, choice);
                solve(r1cs, &mut z, (side, choice), column, Fr::zero());
            }
            None => {}
        }
        if row != group.first && group.choice != Some(row) {
            let column = r1cs.row(Side::A, row).next()?.1;
            solve(r1cs, &mut z, (Side::A, group.first), column, first);
        }
    }
    // The rows after it are honest about the lie.
    products(r1cs, &mut z, &group, &fixed);
    let count = (0..r1cs.constraints())
        .filter_map(|row| match *r1cs.origin(row) {
            Origin::ArgMax { meeting, .. } => Some(meeting + 1),
            _ => None,
        })
        .max()
        .unwrap_or(0);
    for next in number + 1..count {
        let group = comparison(r1cs, next);
        set_bits(&mut z, &group.bits, 0);
        let number = r1cs.evaluate(Side::A, group.first, &z).into_bigint().0;
        let fits = number[1..].iter().all(|&limb| limb == 0);
        if !fits || number[0] >> (group.bits.len() + 1) != 0 {
            return None;
        }
        set_bits(&mut z, &group.bits, (number[0] >> 1) as u32);
        products(r1cs, &mut z, &group, &fixed);
    }
    // The sponges are long, so only a forgery that is complete without them gets there.
    let is_sponge = |row: usize| matches!(r1cs.origin(row), Origin::Sbox { .. });
    let mut others = (0..r1cs.constraints()).filter(|&other| other != row && !is_sponge(other));
    if !others.all(|other| r1cs.holds(other, &z)) {
        return None;
    }
    recompute(r1cs, &mut z, 0, &fixed_columns(r1cs, &fixed), true);
    Some(z)
}

/// Everything before the sponges stays.
fn fixed_columns(r1cs: &R1cs, fixed: &[usize]) -> Vec<usize> {
    let model = (0..r1cs.constraints()).filter_map(|row| match r1cs.origin(row) {
        Origin::Sbox { .. } => None,
        _ => r1cs.row(Side::C, row).last().map(|entry| entry.1),
    });
    model.chain(fixed.iter().copied()).collect()
}

/// Without each row of a comparison another output has a witness.
fn every_row_is_needed(model: &Model, inputs: &[&[i32]]) {
    let circuit = Circuit::build(model).expect("supported");
    let r1cs = circuit.r1cs();
    let is_compared = |row: &usize| {
        matches!(
            r1cs.origin(*row),
            Origin::Maximum { .. } | Origin::ArgMax { .. }
        )
    };
    let rows: Vec<usize> = (0..r1cs.constraints()).filter(is_compared).collect();
    assert!(rows.len() > 3);
    for row in rows {
        let found = inputs.iter().any(|input| {
            let honest = honest(model, &circuit, input);
            (0..1 << 9).any(|attempt| {
                forge(&circuit, &honest, row, attempt).is_some_and(|z| {
                    let mut others = (0..r1cs.constraints()).filter(|&other| other != row);
                    z[2] == honest[2]
                        && z[3] != honest[3]
                        && !r1cs.holds(row, &z)
                        && others.all(|other| r1cs.holds(other, &z))
                })
            })
        });
        assert!(
            found,
            "no forgery passes without row {row} ({})",
            r1cs.origin(row)
        );
    }
}

#[test]
fn every_row_of_a_maximum_is_needed() {
    every_row_is_needed(
        &maximum(),
        &[&[3, -4], &[-4, 3], &[6, -9], &[0, 1], &[-9, -5]],
    );
}

#[test]
fn every_row_of_an_argmax_is_needed() {
    every_row_is_needed(&arg_max(2), &[&[3, -3], &[-3, 3], &[0, 0], &[1, 2]]);
    let four: [&[i32]; 5] = [
        &[3, -3, 0, 1],
        &[-3, 3, 1, 1],
        &[0, 0, 0, 0],
        &[1, 2, 4, 3],
        &[0, 1, 2, 4],
    ];
    every_row_is_needed(&arg_max(4), &four);
}
