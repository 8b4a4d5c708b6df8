//! What lookups of digits say of an integer.

use super::*;
use crate::{
    builder::Builder,
    combination::Element,
    gadgets::lookup::{Digits, Place},
    CircuitError,
};

const PLACE: Place = Place {
    op: Some(0),
    element: 0,
};

/// Whether all keys of what `write` looks up are in their tables, for a variable `x` and those
/// that follow it.
fn accepts(builder: &Builder, z: &[Fr]) -> bool {
    let lookups = builder.lookups.as_ref().expect("lookups");
    lookups.keys().all(|(size, key, factor)| {
        let key = key.scaled(Fr::from(factor));
        let value: Fr = key.terms().iter().map(|&(c, f)| f * z[c as usize]).sum();
        (0..size).any(|entry| value == Fr::from(entry))
    })
}

/// A builder with one variable.
pub(super) fn builder(digits: Digits) -> (Builder, Element) {
    let mut builder = Builder::new(R1cs::with_challenge(), Some(digits));
    let column = builder.variable(1 << 20).expect("room");
    let x = Element::new(vec![(column, 1)], 0).expect("small");
    (builder, x)
}

/// Candidates of a digit's variable: small integers and fractions.
fn candidates() -> Vec<Fr> {
    let integers = -9i64..20;
    integers
        .flat_map(|n| [1u64, 2, 4, 8].map(|d| Fr::from(n) / Fr::from(d)))
        .collect()
}

#[test]
fn an_integer_is_below_a_power_exactly_if_it_is() {
    let digits = Digits::with_bits(2);
    for bits in 1..=4 {
        let (mut builder, x) = builder(digits);
        builder
            .is_below_power(digits, x, bits, PLACE)
            .expect("room");
        assert_eq!(
            builder.lookups.as_ref().expect("lookups").keys().count(),
            digits.power_lookups(bits)
        );
        for value in -40i64..60 {
            let accepted = candidates().into_iter().any(|upper| {
                let z = [
                    Fr::one(),
                    Fr::zero(),
                    Fr::zero(),
                    Fr::zero(),
                    Fr::zero(),
                    Fr::from(value),
                    upper,
                ];
                accepts(&builder, &z)
            });
            assert_eq!(accepted, (0..1 << bits).contains(&value), "{value}, {bits}");
        }
    }
}

#[test]
fn an_integer_is_natural_exactly_if_its_digits_can_say_it() {
    let digits = Digits::with_bits(2);
    for most in [3, 4, 15] {
        let (mut builder, x) = builder(digits);
        builder.is_natural(digits, x, most, PLACE).expect("room");
        let end = digits.radix(most).expect("two digits");
        for value in -40i64..60 {
            let accepted = candidates().into_iter().any(|upper| {
                let mut z = vec![Fr::zero(); 5];
                z[0] = Fr::one();
                z.extend([Fr::from(value), upper]);
                accepts(&builder, &z)
            });
            assert_eq!(accepted, (0..end).contains(&value));
        }
    }
    assert_eq!(digits.radix(16), None);
}

#[test]
fn a_lookup_of_what_is_not_committed_to_is_refused() {
    let digits = Digits::with_bits(2);
    let (mut builder, x) = builder(digits);
    let place = Place {
        op: None,
        element: 0,
    };
    builder.is_natural(digits, x, 3, place).expect("room");
    let multiplicities = builder.multiplicities().expect("room");
    let (first, end) = (builder.first(), builder.r1cs.columns());
    let lookups = builder.lookups.take().expect("lookups");
    for committed in [first + 1..end, first..end - 1, first..first] {
        let mut r1cs = builder.r1cs.clone();
        r1cs.commit_to(committed).expect("room");
        let refused = lookups.enforce(&mut r1cs, &multiplicities);
        assert!(matches!(refused, Err(CircuitError::Uncommitted { .. })));
    }
    builder.r1cs.commit_to(first..end).expect("room");
    assert_eq!(lookups.enforce(&mut builder.r1cs, &multiplicities), Ok(()));
}
