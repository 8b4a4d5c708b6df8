//! The multiplier and shift of a mean.
//!
//! The specification's average is `(Σ · m) >> n`, rounded down. Its `n` is zero here and a
//! `Requantize` follows, so that the result is rounded to the nearest, saturates, takes in a clamp
//! and may have any step, all for one rounding: `y = clamp((Σ · m + 2^(n-1)) >> n)`.

/// Accumulators stay below this (specification v1).
const ACCUMULATOR_BOUND: f64 = (1u32 << 30) as f64;
/// Largest requantization shift.
const MAX_SHIFT: u8 = 24;
/// A multiplier may be off by this share, an eighth of a step at the largest result.
const TOLERANCE: f64 = 1.0 / 1_024.0;

/// Multiplier and shift for which `m / 2^n` is `factor`, as narrow as the tolerance allows.
///
/// `largest` is the largest magnitude of a sum. None if even the narrowest multiplier does not
/// keep the product under 2^30.
pub fn multiplier(factor: f64, largest: f64) -> Option<(u16, u8)> {
    let mut best: Option<(u16, u8)> = None;
    let mut least = f64::INFINITY;
    for shift in 1..=MAX_SHIFT {
        let power = f64::from(1u32 << shift);
        let rounded = (factor * power).round();
        if rounded < 1.0 && shift < MAX_SHIFT {
            continue;
        }
        let rounded = rounded.max(1.0);
        if rounded > f64::from(u16::MAX) || largest * rounded + power / 2.0 >= ACCUMULATOR_BOUND {
            break;
        }
        let error = (rounded / power / factor - 1.0).abs();
        if error < least {
            best = Some((rounded as u16, shift));
            least = error;
        }
        if error <= TOLERANCE {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn means_of_powers_of_two_are_shifts_and_others_close() {
        assert_eq!(multiplier(0.25, 508.0), Some((1, 2)));
        assert_eq!(multiplier(1.0, 127.0), Some((2, 1)));
        let (m, n) = multiplier(1.0 / 49.0, 49.0 * 127.0).unwrap();
        assert!((f64::from(m) / f64::from(1u32 << n) * 49.0 - 1.0).abs() < 0.001);
        // 2^23 times the least multiplier, one, and no room for a better one.
        assert_eq!(multiplier(0.3, 536_000_000.0), Some((1, 2)));
        assert_eq!(multiplier(0.5, 2e9), None);
    }

    proptest! {
        #[test]
        fn the_product_stays_under_the_bound(factor in 1e-9f64..10.0, largest in 1.0f64..1e9) {
            if let Some((m, n)) = multiplier(factor, largest) {
                let half = f64::from(1u32 << (n - 1));
                prop_assert!(m >= 1 && largest * f64::from(m) + half < ACCUMULATOR_BOUND);
            }
        }
    }
}
