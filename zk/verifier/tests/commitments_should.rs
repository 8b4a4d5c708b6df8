//! Packing and commitments: nothing aliases, nothing out of range has a commitment.
#![cfg(feature = "arkworks")]

use ark_ff::{BigInteger, PrimeField};
use lattice_tensor::Range;
use lattice_verifier::commitment::{
    commit_input, commit_output, input_bits, pack_input, pack_output, per_element, TAG_INPUT,
    TAG_OUTPUT,
};
use lattice_verifier::poseidon::sponge;
use lattice_verifier::{field, is_canonical, CommitError};
use proptest::collection::vec;
use proptest::prelude::*;

const ZERO: [u8; 32] = [0; 32];

/// Reads the digits back, from the elements' bits.
fn unpack(elements: &[ark_bn254::Fr], bits: u32, count: usize) -> Vec<u64> {
    elements
        .iter()
        .flat_map(|element| {
            let bits_le = element.into_bigint().to_bits_le();
            let bits = bits as usize;
            (0..per_element(bits as u32))
                .map(|i| {
                    let digit = bits_le[i * bits..(i + 1) * bits].iter().rev();
                    digit.fold(0, |value, bit| value << 1 | u64::from(*bit))
                })
                .collect::<Vec<_>>()
        })
        .take(count)
        .collect()
}

fn ranges() -> impl Strategy<Value = Range> {
    (-127i8..127).prop_flat_map(|lo| (Just(lo), lo + 1..=127).prop_map(|(lo, hi)| Range { lo, hi }))
}

fn inputs() -> impl Strategy<Value = (Range, Vec<i32>)> {
    ranges().prop_flat_map(|range| {
        let value = i32::from(range.lo)..=i32::from(range.hi);
        // The ends come up often.
        let value = prop_oneof![
            2 => value,
            1 => Just(i32::from(range.lo)),
            1 => Just(i32::from(range.hi)),
        ];
        (Just(range), vec(value, 1..300))
    })
}

fn outputs() -> impl Strategy<Value = Vec<i32>> {
    let ends = prop_oneof![Just(i32::MIN), Just(-1), Just(0), Just(1), Just(i32::MAX)];
    vec(prop_oneof![any::<i32>(), ends], 1..60)
}

#[test]
fn spend_only_the_bits_that_the_range_needs() {
    for (lo, hi, bits, per) in [
        (0, 1, 1, 253),
        (0, 16, 5, 50),
        (0, 15, 4, 63),
        (-127, 127, 8, 31),
        (-64, 63, 7, 36),
    ] {
        assert_eq!(input_bits(Range { lo, hi }), Ok(bits));
        assert_eq!(per_element(bits), per);
    }
    assert_eq!(per_element(32), 7);
}

#[test]
fn fit_every_value_of_every_range_into_its_bits() {
    for lo in -127..127i8 {
        for hi in lo + 1..=127 {
            let bits = input_bits(Range { lo, hi }).expect("two values");
            let widest = u64::from(hi.abs_diff(lo));
            assert!(widest < 1 << bits && widest >= 1 << (bits - 1));
        }
    }
}

#[test]
fn stay_below_253_bits_at_the_upper_end_of_every_range() {
    for hi in -126..=127i8 {
        let range = Range { lo: -127, hi };
        for element in pack_input(&[i32::from(hi); 300], range).expect("in range") {
            assert!(element.into_bigint().num_bits() <= 253);
        }
    }
    for element in pack_output(&[i32::MAX; 20]) {
        assert!(element.into_bigint().num_bits() <= 224);
    }
}

#[test]
fn keep_the_extremes_of_neighbours_apart() {
    let range = Range { lo: -127, hi: 127 };
    let rows = [[127, -127], [-127, -126], [-127, 127], [-126, -127]];
    let mut seen: Vec<_> = rows
        .iter()
        .map(|row| pack_input(row, range).expect("in range"))
        .collect();
    seen.dedup();
    assert_eq!(seen.len(), rows.len());
    let rows = [
        [i32::MAX, i32::MIN],
        [i32::MIN, i32::MIN + 1],
        [-1, 0],
        [0, -1],
    ];
    let mut seen: Vec<_> = rows.iter().map(|row| pack_output(row)).collect();
    seen.dedup();
    assert_eq!(seen.len(), rows.len());
}

/// `lo` packs as zero, and so does what fills the last element and the last block.
#[test]
fn tell_a_longer_run_of_the_lowest_value_from_a_shorter_one() {
    let range = Range { lo: 0, hi: 16 };
    let all: Vec<_> = (1..900)
        .map(|count| commit_input(&vec![0; count], range, &ZERO).expect("in range"))
        .collect();
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn tell_inputs_from_outputs() {
    let values = [1, 2, 3];
    let elements = [ark_bn254::Fr::from(9)];
    assert_ne!(
        sponge(TAG_INPUT, 3, &elements),
        sponge(TAG_OUTPUT, 3, &elements)
    );
    let input = commit_input(&values, Range { lo: 0, hi: 16 }, &ZERO);
    assert_ne!(input, commit_output(&values, &ZERO));
}

#[test]
fn hide_behind_the_blinding() {
    let mut one = ZERO;
    one[0] = 1;
    assert_ne!(commit_output(&[5], &ZERO), commit_output(&[5], &one));
}

mod reject {
    use super::*;

    #[test]
    fn a_value_one_past_either_end() {
        let range = Range { lo: -3, hi: 16 };
        for value in [-4, 17, i32::MIN, i32::MAX] {
            assert_eq!(
                commit_input(&[-3, value, 16], range, &ZERO),
                Err(CommitError::OutOfRange {
                    index: 1,
                    value,
                    lo: -3,
                    hi: 16
                })
            );
        }
    }

    #[test]
    fn a_range_with_fewer_than_two_values() {
        for (lo, hi) in [(4, 4), (5, 4), (127, -127)] {
            assert_eq!(
                commit_input(&[4], Range { lo, hi }, &ZERO),
                Err(CommitError::Range { lo, hi })
            );
        }
    }

    #[test]
    fn no_values() {
        let range = Range { lo: 0, hi: 16 };
        assert_eq!(commit_input(&[], range, &ZERO), Err(CommitError::Empty));
        assert_eq!(commit_output(&[], &ZERO), Err(CommitError::Empty));
    }

    #[test]
    fn a_blinding_at_or_above_the_order() {
        use ark_ff::PrimeField;
        let order = ark_bn254::Fr::MODULUS.to_bytes_le();
        let order: [u8; 32] = order.try_into().expect("32 bytes");
        for blinding in [order, [0xff; 32]] {
            assert_eq!(commit_output(&[1], &blinding), Err(CommitError::Blinding));
            assert_eq!(
                commit_input(&[1], Range { lo: 0, hi: 16 }, &blinding),
                Err(CommitError::Blinding)
            );
        }
    }
}

proptest! {
    #[test]
    fn read_back_packed_inputs((range, values) in inputs()) {
        let bits = input_bits(range).expect("two values");
        let elements = pack_input(&values, range).expect("in range");
        prop_assert_eq!(elements.len(), values.len().div_ceil(per_element(bits)));
        let digits = unpack(&elements, bits, values.len());
        let read: Vec<i32> = digits.iter().map(|d| *d as i32 + i32::from(range.lo)).collect();
        prop_assert_eq!(read, values);
    }

    #[test]
    fn read_back_packed_outputs(values in outputs()) {
        let digits = unpack(&pack_output(&values), 32, values.len());
        let read: Vec<i32> = digits.iter().map(|d| (*d as i64 - (1 << 31)) as i32).collect();
        prop_assert_eq!(read, values);
    }

    #[test]
    fn give_other_commitments_to_other_inputs(
        (range, values) in inputs(),
        position in any::<prop::sample::Index>(),
        step in 1..254i32,
    ) {
        let commitment = commit_input(&values, range, &ZERO).expect("in range");
        let (lo, width) = (i32::from(range.lo), i32::from(range.hi) - i32::from(range.lo) + 1);
        let mut other = values.clone();
        let value = &mut other[position.index(values.len())];
        *value = lo + (*value - lo + step) % width;
        let second = commit_input(&other, range, &ZERO).expect("in range");
        prop_assert_eq!(commitment == second, values == other);
        prop_assert!(is_canonical(&commitment));
    }

    #[test]
    fn give_other_commitments_to_other_outputs(first in outputs(), second in outputs()) {
        let (a, b) = (commit_output(&first, &ZERO), commit_output(&second, &ZERO));
        prop_assert_eq!(a == b, first == second);
    }

    /// A commitment is the sponge over the packed elements and the blinding.
    #[test]
    fn put_the_blinding_last(values in outputs(), blinding in any::<u64>()) {
        let blinding = ark_bn254::Fr::from(blinding);
        let mut elements = pack_output(&values);
        elements.push(blinding);
        let expected = field::encode(&sponge(TAG_OUTPUT, values.len() as u64, &elements));
        prop_assert_eq!(commit_output(&values, &field::encode(&blinding)), Ok(expected));
    }
}
