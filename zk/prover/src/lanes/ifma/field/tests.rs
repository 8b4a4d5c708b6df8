use super::super::Detected;
use super::*;
use rand::{rngs::StdRng, SeedableRng};

/// Both ends of the field, powers of two at the limbs' edges, and random elements.
fn elements<F: Modulus>() -> Vec<F> {
    let mut rng = StdRng::seed_from_u64(3);
    let mut elements = vec![F::ZERO, F::ONE, -F::ONE, -F::ONE.double()];
    for bit in [51, 52, 53, 103, 104, 156, 208, 252, 253] {
        let power = F::ONE.double().pow([bit]);
        elements.extend([power, -power, power - F::ONE]);
    }
    elements.extend((0..17).map(|_| F::rand(&mut rng)));
    elements
}

fn loaded<F: Modulus>(elements: &[F; 8]) -> Fp8<F> {
    Fp8::from_lanes(elements.map(|element| to_words(&element)))
}

/// The lanes as elements, after a check that the words in memory would be theirs.
fn lanes<F: Modulus>(value: Fp8<F>) -> [F; 8] {
    let sixteenth = F::from(16u64).inverse().expect("not zero");
    let lanes = value.raw_lanes().map(|lane| lane * sixteenth);
    let canonical = Fp8::<F>::from_columns(value.columns()).canonical();
    let columns = canonical.columns().map(words);
    for (lane, element) in lanes.iter().enumerate() {
        let words: [u64; 4] = core::array::from_fn(|i| columns[i][lane]);
        assert_eq!(words, to_words(element));
    }
    lanes
}

fn agrees<F: Modulus>() {
    if Detected::new().is_none() {
        return;
    }
    let all = elements::<F>();
    for shift in 0..all.len() {
        for start in (0..all.len()).step_by(8) {
            let left = core::array::from_fn(|i| all[(start + i) % all.len()]);
            let right = core::array::from_fn(|i| all[(start + i + shift) % all.len()]);
            let (a, b) = (loaded(&left), loaded(&right));
            let expect = |f: &dyn Fn(F, F) -> F| -> [F; 8] {
                core::array::from_fn(|i| f(left[i], right[i]))
            };
            assert_eq!(lanes(a.times(&b)), expect(&|a, b| a * b));
            assert_eq!(lanes(a.minus_reduced(&b)), expect(&|a, b| a - b));
            assert_eq!(lanes(a.plus_reduced(&b)), expect(&|a, b| a + b));
            // The largest factors and sums that the bounds allow.
            let (c, d) = (a.minus(&b), b.minus(&a));
            assert_eq!(lanes(c.times(&d)), expect(&|a, b| -(a - b).square()));
            let both = c.plus(&c).times(&d.plus(&d));
            let four = F::from(4u64);
            assert_eq!(lanes(both), expect(&|a, b| -(a - b).square() * four));
            let sum = a.sum(&a).sum(&b.sum(&b));
            assert_eq!(lanes(sum.reduced()), expect(&|a, b| (a + b).double()));
            let wide = a.sum(&a).wide_difference(&b.sum(&b));
            assert_eq!(lanes(wide.reduced()), expect(&|a, b| (a - b).double()));
        }
    }
}

#[test]
fn the_first_groups_base_field_is_that_of_arkworks() {
    agrees::<Fq>();
}

#[test]
fn the_scalar_field_is_that_of_arkworks() {
    agrees::<Fr>();
}
