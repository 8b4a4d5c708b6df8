//! Every row of a saturation is needed: without it there is a second witness.

use super::{
    forger::{honest, multiplicities, Forger, INPUTS},
    *,
};
use crate::{gadgets::lookup::Digits, tests::forgery::recompute};

/// Linear and Requantize (or ReLU), whose result is the output.
fn model(shift: u8, clamp: Option<Clamp>) -> Model {
    let shape = Shape::new([3]).expect("a shape");
    let weights = [5, -7, 9, -3, 4, 6];
    let builder = ModelBuilder::new(shape, range(-8, 8), Scale::ONE)
        .linear("first", weights.to_vec(), 2, Some(vec![3, 0]))
        .expect("valid");
    let builder = match clamp {
        Some(clamp) => builder.requantize(vec![shift; 2], clamp),
        None => builder.relu(),
    };
    builder
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("valid")
}

/// Small integers around zero and around a number.
fn around(value: Fr) -> impl Iterator<Item = Fr> + Clone {
    let near = (-12i64..=12).map(move |step| value + Fr::from(step));
    near.chain((-30i64..=30).map(Fr::from))
}

#[test]
fn every_row_is_needed_with_both_clamps() {
    for shift in [1, 3] {
        let model = model(shift, Some(Clamp { lo: -4, hi: 5 }));
        let mut forger = Forger::new(&model, 3);
        for input in INPUTS {
            let honest = honest(&model, &forger, &input);
            let [within, excess, above] = [0, 1, 2].map(|i| honest[forger.columns[i]]);
            // What stands between the quotient and the lower clamp.
            let quotient = within + above + above - excess;
            for within in around(quotient) {
                let forced = [within - quotient, quotient - within].into_iter();
                for excess in around(excess).chain(forced) {
                    let product = excess * within / Fr::from(9u64);
                    for above in [Fr::zero(), excess, product, Fr::one()] {
                        forger.attempt(&honest, &[within, excess, above]);
                    }
                }
            }
        }
        forger.finish();
    }
}

/// The flag, the number and their product. A flag that is no bit has to be a fraction to keep the
/// number in its table.
fn lower(model: &Model, is_shifted: bool) {
    let digits = Digits::of(model);
    let radix = Fr::from(digits.radix(0).expect("one digit"));
    let mut forger = Forger::new(model, if is_shifted { 3 } else { 2 });
    for input in INPUTS {
        let honest = honest(model, &forger, &input);
        let own: Vec<Fr> = forger.columns.iter().map(|&c| honest[c]).collect();
        let (flag, product) = (own[0], own[own.len() - 1]);
        let fractions = (-20i64..20).map(|step| Fr::one() - Fr::from(step) / radix);
        for forged in fractions.chain([Fr::zero(), Fr::one(), Fr::from(2u64)]) {
            if is_shifted {
                // The number that leaves the quotient as it is, and others.
                let same = own[1] + radix * (flag - forged);
                for number in around(same) {
                    for product in [number * forged, product, Fr::one()] {
                        forger.attempt(&honest, &[forged, number, product]);
                    }
                }
            } else {
                let row = forger.lookups[0];
                let mut z = honest.clone();
                z[forger.columns[0]] = forged;
                let number = forger.circuit.r1cs().evaluate(Side::B, row, &z) - z[4];
                for product in [number * forged, product, Fr::one()] {
                    forger.attempt(&honest, &[forged, product]);
                }
            }
        }
    }
    forger.finish();
}

#[test]
fn every_row_is_needed_with_the_lower_clamp_alone() {
    lower(&model(2, Some(Clamp { lo: 0, hi: 127 })), true);
}

#[test]
fn every_row_is_needed_in_a_rectifier() {
    lower(&model(0, None), false);
}

#[test]
fn every_row_is_needed_without_clamps() {
    let model = model(2, Some(Clamp { lo: -127, hi: 127 }));
    let mut forger = Forger::new(&model, 1);
    for input in INPUTS {
        let honest = honest(&model, &forger, &input);
        for part in around(honest[forger.columns[0]]) {
            for quarter in 0..4u64 {
                let part = part + Fr::from(quarter) / Fr::from(4u64);
                forger.attempt(&honest, &[part]);
            }
        }
    }
    forger.finish();
}

#[test]
fn every_row_of_the_tables_is_needed() {
    let model = model(2, Some(Clamp { lo: -127, hi: 127 }));
    let forger = Forger::new(&model, 1);
    let circuit = &forger.circuit;
    let r1cs = circuit.r1cs();
    let honest = honest(&model, &forger, &[1, 0, 2]);
    // A quotient one off, with a remainder that is out of its table.
    let mut z = honest.clone();
    z[forger.columns[0]] += Fr::one();
    let fixed: Vec<usize> = r1cs.committed().expect("one").collect();
    recompute(r1cs, &mut z, 0, &fixed, true);
    assert_ne!(z[3], honest[3]);
    multiplicities(circuit, &mut z);
    complete(circuit, &mut z);
    let [sum] = violated(r1cs, &z)[..] else {
        panic!("one table refuses it");
    };
    // Without the sum nothing is left to refuse it; without an entry its share settles the sum.
    assert!(matches!(r1cs.origin(sum), Origin::TableSum { .. }));
    let mut settled = 0;
    for row in rows(r1cs, |origin| matches!(origin, Origin::TableEntry { .. })) {
        let share = r1cs.row(Side::A, row).next().expect("one").1;
        if sum_of(r1cs, share) == sum {
            let mut forged = z.clone();
            settle(r1cs, &mut forged, sum, share);
            assert_eq!(violated(r1cs, &forged), [row]);
            settled += 1;
        }
    }
    assert_eq!(settled, 1 << Digits::of(&model).bits());
}
