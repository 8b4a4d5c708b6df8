//! Which numbers two digits reach, in plans and in whole circuits.

use super::*;
use crate::{
    gadgets::{
        lookup::Digits,
        saturate::{looked_up::LookedUp, Saturation, Unit},
    },
    step::Task,
    witness::Writer,
};

#[test]
fn the_plan_covers_every_quotient_at_the_ends_of_two_digits() {
    let digits = Digits::with_bits(2);
    for clamp in [Clamp { lo: -2, hi: 3 }, Clamp::RELU] {
        let spec = Saturation::requantize(2, clamp);
        for (least, most) in [
            (-70, 69),
            (-6, 50),
            (-66, 3),
            (-1, 11),
            (-300, 2),
            (-2, 500),
        ] {
            let of = lattice_tensor::Interval {
                lo: least,
                hi: most,
            };
            let Unit::LookedUp(gadget) = Unit::plan(spec, of, Some(digits)).expect("narrow") else {
                continue;
            };
            for value in least..=most {
                let mut writer = Writer::default();
                let result = gadget.assign(value, &mut writer);
                assert_eq!(result, Some(spec.apply(value)));
                // The same lookups, with the tables that they are of.
                let (mut builder, x) = super::digits::builder(digits);
                gadget.enforce(&mut builder, &x, 0, 0).expect("room");
                let plan = builder.lookups.as_ref().expect("lookups").plan();
                assert!(plan.entries_of(&writer.keys).is_ok(), "{x:?}");
            }
        }
    }
}

/// In a circuit, with honest traces: remainders of two digits, results of a rectifier of two.
#[test]
fn numbers_of_two_digits_are_proven() {
    let layer = || {
        let shape = Shape::new([20]).expect("a shape");
        let weights = (0..40).map(|w| (w * 67 % 255 - 127) as i8).collect();
        ModelBuilder::new(shape, range(-127, 127), Scale::ONE)
            .linear("first", weights, 2, Some(vec![9_000, -1]))
            .expect("valid")
    };
    // A flag, a product and two digits; two variables' lookups, two rows and three lookups.
    let clamp = Clamp { lo: -3, hi: 4 };
    for (builder, rows) in [
        (layer().relu(), 4),
        (layer().requantize(vec![14, 15], clamp), 7),
    ] {
        let model = builder
            .and_then(|builder| builder.build(Scale::ONE))
            .expect("valid");
        let circuit = looked_up(&model);
        let Task::Saturation(units) = &circuit.plan().steps[0].task else {
            panic!("a saturation");
        };
        assert_eq!(units[0].constraints(), rows);
        for seed in 0..40 {
            let (_, assignment) = witness(&model, &circuit, seed);
            assert_eq!(circuit.r1cs().first_violation(&assignment.full()), None);
        }
    }
}

#[test]
fn what_needs_more_than_two_digits_takes_bits() {
    let digits = Digits::with_bits(8);
    let of = lattice_tensor::Interval {
        lo: -(1 << 26),
        hi: 1 << 26,
    };
    let wide = Unit::plan(Saturation::relu(), of, Some(digits)).expect("supported");
    assert!(matches!(wide, Unit::Gadget(_)));
    let narrow = LookedUp::constraints;
    let spec = Saturation::requantize(20, Clamp::RELU);
    let unit = Unit::plan(spec, of, Some(Digits::with_bits(12))).expect("supported");
    let Unit::LookedUp(gadget) = unit else {
        panic!("20 bits of remainder are two digits of twelve");
    };
    // Both clamps cannot act: a flag and a product, a number of one digit, three lookups.
    assert_eq!(narrow(&gadget), 2 + 1 + 3);
}
