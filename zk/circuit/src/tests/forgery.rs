//! Forgers who change several things at once, and recompute everything that follows.

use ark_bn254::Fr;
use ark_ff::{Field, One};
use lattice_tensor::{testing::random_mlp, Clamp};
use std::collections::BTreeMap;

use super::{bytes, range, small, witness};
use crate::{
    gadgets::saturate::Unit,
    origin::{CommitmentKind, Origin, SaturationPart},
    step::Task,
    Circuit, R1cs, Side,
};

/// Recomputes, from row `start` on, the variable that each row defines: the latest variable of
/// its right-hand side if that stands on neither factor. The digests are recomputed too when
/// `digests` says so. Variables in `fixed` stay.
pub(super) fn recompute(r1cs: &R1cs, z: &mut [Fr], start: usize, fixed: &[usize], digests: bool) {
    for row in start..r1cs.constraints() {
        let product = r1cs.evaluate(Side::A, row, z) * r1cs.evaluate(Side::B, row, z);
        let on_factors = |column| {
            [Side::A, Side::B]
                .iter()
                .any(|&s| r1cs.row(s, row).any(|e| e.1 == column))
        };
        let is_digest = |column: usize| column == 2 || column == 3;
        let defined = match r1cs.origin(row) {
            // The last S-box defines a digest and no witness variable.
            Origin::Sbox { power: 5, .. } if r1cs.row(Side::C, row).any(|e| is_digest(e.1)) => r1cs
                .row(Side::C, row)
                .find(|entry| digests && is_digest(entry.1)),
            // What these define is a variable on the left.
            Origin::Lookup { .. } | Origin::TableEntry { .. } | Origin::TableSum { .. } => None,
            _ => r1cs
                .row(Side::C, row)
                .last()
                .filter(|entry| !on_factors(entry.1)),
        };
        let Some((coefficient, column)) = defined else {
            continue;
        };
        if fixed.contains(&column) {
            continue;
        }
        let rest = r1cs.evaluate(Side::C, row, z) - coefficient * z[column];
        z[column] = (product - rest) * coefficient.inverse().expect("not zero");
    }
}

/// Columns and weights of the digits of one saturation, by digit; the first has none.
fn digit_columns(circuit: &Circuit, wanted_op: u16, wanted: u32) -> BTreeMap<u8, (usize, i64)> {
    let r1cs = circuit.r1cs();
    let steps = circuit.plan().steps.iter();
    let gadget = steps
        .filter(|step| step.op == usize::from(wanted_op))
        .find_map(|step| match &step.task {
            Task::Saturation(units) => match units[wanted as usize] {
                Unit::Gadget(gadget) => Some(gadget),
                _ => None,
            },
            _ => None,
        });
    let digits = gadget.expect("it has rows").digits();
    (0..r1cs.constraints())
        .filter_map(|row| match *r1cs.origin(row) {
            Origin::Saturation {
                op,
                element,
                part: SaturationPart::Digit(digit),
            } if (op, element) == (wanted_op, wanted) && digit > 0 => {
                let column = r1cs.row(Side::A, row).next()?.1;
                Some((digit, (column, digits[usize::from(digit)].1)))
            }
            _ => None,
        })
        .collect()
}

/// Input bit columns by element and bit.
fn input_columns(r1cs: &R1cs) -> BTreeMap<(u32, u8), usize> {
    (0..r1cs.constraints())
        .filter_map(|row| match *r1cs.origin(row) {
            Origin::InputBit { element, bit } => {
                Some(((element, bit), r1cs.row(Side::C, row).next()?.1))
            }
            _ => None,
        })
        .collect()
}

fn refused(circuit: &Circuit, z: &[Fr]) -> bool {
    circuit.r1cs().first_violation(z).is_some()
}

#[test]
fn recomputing_an_honest_witness_changes_nothing() {
    let model = random_mlp(3, &[6, 4, 3], range(0, 16));
    let circuit = Circuit::build(&model).expect("supported");
    let (_, assignment) = witness(&model, &circuit, 1);
    let honest = assignment.full();
    let mut z = honest.clone();
    recompute(circuit.r1cs(), &mut z, 0, &[], true);
    assert_eq!(z, honest);
}

#[test]
fn two_bits_moved_together_so_that_the_sum_stays() {
    let model = small(1, &[5, 3, 2], Clamp::RELU, 3);
    let circuit = Circuit::build(&model).expect("supported");
    let r1cs = circuit.r1cs();
    let (_, assignment) = witness(&model, &circuit, 2);
    for element in 0..3 {
        let columns = digit_columns(&circuit, 1, element);
        for (&low, &(low_column, low_weight)) in &columns {
            for (&high, &(high_column, high_weight)) in columns.range(low + 1..) {
                for sign in [Fr::one(), -Fr::one()] {
                    let ratio = Fr::from(high_weight) / Fr::from(low_weight);
                    let mut z = assignment.full();
                    z[high_column] += sign;
                    z[low_column] -= sign * ratio;
                    recompute(r1cs, &mut z, 0, &[], true);
                    assert!(refused(&circuit, &z), "bits {low} and {high} of {element}");
                }
            }
        }
    }
}

#[test]
fn a_quotient_one_off_with_the_remainder_making_up_for_it() {
    // q ± 1 with r ∓ 2^n: the quotient's lowest bit moves, and bit 0 (a combination) takes the
    // difference; or the remainder's highest bit takes it.
    let model = small(2, &[5, 3, 2], Clamp::FULL, 3);
    let circuit = Circuit::build(&model).expect("supported");
    let r1cs = circuit.r1cs();
    for seed in 0..5 {
        let (_, assignment) = witness(&model, &circuit, seed);
        for element in 0..3 {
            let columns = digit_columns(&circuit, 1, element);
            for sign in [Fr::one(), -Fr::one()] {
                for absorbed_by in [None, Some(1), Some(2)] {
                    let mut z = assignment.full();
                    let (column, weight) = columns[&3];
                    z[column] += sign;
                    if let Some(bit) = absorbed_by {
                        let (column, absorbed) = columns[&bit];
                        z[column] -= sign * Fr::from(weight) / Fr::from(absorbed);
                    }
                    recompute(r1cs, &mut z, 0, &[], true);
                    assert!(refused(&circuit, &z));
                }
            }
        }
    }
}

#[test]
fn flags_excesses_and_choices_that_are_not_the_computed_ones() {
    let clamps = [
        Clamp::RELU,
        Clamp::FULL,
        Clamp { lo: -5, hi: 90 },
        Clamp { lo: 3, hi: 7 },
    ];
    for clamp in clamps {
        let model = small(3, &[5, 4, 2], clamp, 2);
        let circuit = Circuit::build(&model).expect("supported");
        let r1cs = circuit.r1cs();
        let (_, assignment) = witness(&model, &circuit, 4);
        for row in 0..r1cs.constraints() {
            let Origin::Saturation { part, .. } = *r1cs.origin(row) else {
                continue;
            };
            // The choice names its result; a flag or a conditional bit has no product.
            let column = match part {
                SaturationPart::Choice | SaturationPart::Above => r1cs.row(Side::C, row).last(),
                SaturationPart::Digit(0) => continue,
                SaturationPart::Digit(_) => r1cs.row(Side::A, row).next(),
            };
            let column = column.expect("a variable").1;
            let honest = assignment.full();
            for value in [
                honest[column] + Fr::one(),
                Fr::one() - honest[column],
                -Fr::one(),
            ] {
                if value == honest[column] {
                    continue;
                }
                let mut z = honest.clone();
                z[column] = value;
                recompute(r1cs, &mut z, row + 1, &[column], true);
                assert!(refused(&circuit, &z), "{}", r1cs.origin(row));
            }
        }
    }
}

#[test]
fn packed_inputs_that_alias() {
    // Neighbours in one packed element: one gets a whole 2^k more, the next one less. The packed
    // element, and so the commitment, stays the same; the input does not.
    let model = random_mlp(6, &[6, 4, 3], range(0, 127));
    let circuit = Circuit::build(&model).expect("supported");
    let r1cs = circuit.r1cs();
    let (_, assignment) = witness(&model, &circuit, 3);
    let columns = input_columns(r1cs);
    for element in 0..5u32 {
        let mut z = assignment.full();
        z[columns[&(element, 6)]] += Fr::from(2u64);
        z[columns[&(element + 1, 0)]] -= Fr::one();
        let before = assignment.full();
        recompute(r1cs, &mut z, 0, &[], true);
        assert_eq!(z[2], before[2], "the input commitment stays");
        assert!(refused(&circuit, &z));
    }
}

#[test]
fn an_input_exchanged_under_an_unchanged_commitment() {
    let model = random_mlp(6, &[6, 4, 3], range(0, 16));
    let circuit = Circuit::build(&model).expect("supported");
    let (mut trace, assignment) = witness(&model, &circuit, 3);
    for value in &mut trace.values[0] {
        *value = 16 - *value;
    }
    let other = lattice_tensor::trace(&model, &trace.values[0]).expect("in range");
    let other = circuit
        .assign(&other, &bytes(20), &bytes(1 << 40), &bytes(6))
        .expect("honest");
    assert!(!refused(&circuit, &other.full()));
    let mut z = other.full();
    z[2] = assignment.instance[2];
    assert!(refused(&circuit, &z));
}

#[test]
fn an_output_one_off_with_its_commitment_recomputed() {
    let model = random_mlp(8, &[6, 4, 9], range(0, 16));
    let circuit = Circuit::build(&model).expect("supported");
    let (trace, _) = witness(&model, &circuit, 3);
    let last = trace.values.len() - 1;
    for output in 0..9 {
        for change in [-1, 1] {
            let mut forged = trace.clone();
            forged.values[last][output] += change;
            // The witness pass trusts linear layers, so it writes this witness without complaint.
            let forged = circuit
                .assign(&forged, &bytes(1), &bytes(0), &bytes(0))
                .expect("written");
            let row = circuit
                .r1cs()
                .first_violation(&forged.full())
                .expect("refused");
            let origin = circuit.r1cs().origin(row);
            let output = CommitmentKind::Output;
            assert!(matches!(origin, Origin::Sbox { commitment, .. } if *commitment == output));
        }
    }
}

#[test]
fn an_accumulator_one_off_with_everything_after_it_recomputed() {
    let model = small(5, &[6, 4, 3], Clamp::FULL, 3);
    let circuit = Circuit::build(&model).expect("supported");
    let (trace, _) = witness(&model, &circuit, 3);
    for element in 0..4 {
        let mut forged = trace.clone();
        forged.values[1][element] += 8;
        forged.values[2][element] =
            lattice_tensor::requantize(forged.values[1][element], 3, Clamp::FULL);
        let forged = circuit
            .assign(&forged, &bytes(1), &bytes(0), &bytes(0))
            .expect("written");
        assert!(refused(&circuit, &forged.full()));
    }
}

#[test]
fn another_context_under_the_same_witness() {
    let model = random_mlp(6, &[6, 4, 3], range(0, 16));
    let circuit = Circuit::build(&model).expect("supported");
    let (_, assignment) = witness(&model, &circuit, 3);
    for context in [Fr::from(0u64), Fr::from(21u64)] {
        let mut z = assignment.full();
        z[1] = context;
        let row = circuit.r1cs().first_violation(&z).expect("refused");
        assert_eq!(*circuit.r1cs().origin(row), Origin::Context);
    }
}

#[test]
fn a_blinding_exchanged_under_the_same_commitments() {
    let model = random_mlp(6, &[6, 4, 3], range(0, 16));
    let circuit = Circuit::build(&model).expect("supported");
    let (trace, assignment) = witness(&model, &circuit, 3);
    let other = circuit
        .assign(&trace, &bytes(20), &bytes(9), &bytes(9))
        .expect("honest");
    for column in [2, 3] {
        let mut z = other.full();
        assert_ne!(z[column], assignment.instance[column]);
        z[column] = assignment.instance[column];
        assert!(refused(&circuit, &z));
    }
}
