//! Ranges, clamps and scales.

use crate::limits::{MAX_QUANTIZED, MAX_SCALE_EXPONENT};
use crate::ModelError;
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use scale_info::TypeInfo;

/// Whether `lo` and `hi` are ends of an interval of quantized values.
pub(crate) fn ascends(lo: i8, hi: i8) -> bool {
    // The largest i8 is the largest quantized value.
    -MAX_QUANTIZED <= lo && lo < hi
}

/// The integers that a model accepts as input elements, both ends included,
/// with `-127 <= lo < hi <= 127`. Decoding refuses anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct Range {
    /// Smallest admissible element.
    pub lo: i8,
    /// Largest admissible element.
    pub hi: i8,
}

impl Range {
    /// Checks the ends.
    ///
    /// # Errors
    /// [`ModelError::InvalidRange`] unless `-127 <= lo < hi <= 127`.
    pub fn new(lo: i8, hi: i8) -> Result<Self, ModelError> {
        if ascends(lo, hi) {
            Ok(Self { lo, hi })
        } else {
            Err(ModelError::InvalidRange { lo, hi })
        }
    }

    /// Whether `value` is admissible.
    pub fn contains(&self, value: i32) -> bool {
        i32::from(self.lo) <= value && value <= i32::from(self.hi)
    }
}

impl Decode for Range {
    fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
        let (lo, hi) = Decode::decode(input)?;
        Self::new(lo, hi).map_err(|_| "a range must ascend within -127..=127".into())
    }
}

impl DecodeWithMemTracking for Range {}

/// The ends to which a `Requantize` saturates, with `-127 <= lo < hi <= 127`;
/// `lo = 0` fuses a ReLU. Decoding refuses anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, MaxEncodedLen, TypeInfo)]
pub struct Clamp {
    /// Lower end.
    pub lo: i8,
    /// Upper end.
    pub hi: i8,
}

impl Clamp {
    /// The whole quantized range, -127..=127.
    pub const FULL: Self = Self { lo: -127, hi: 127 };
    /// The quantized range with a fused ReLU, 0..=127.
    pub const RELU: Self = Self { lo: 0, hi: 127 };
}

impl Decode for Clamp {
    fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
        let (lo, hi) = Decode::decode(input)?;
        if ascends(lo, hi) {
            Ok(Self { lo, hi })
        } else {
            Err("a clamp must ascend within -127..=127".into())
        }
    }
}

/// What one step of an integer means in real numbers: `mantissa · 2^exponent`.
///
/// Information for people and importers; no integer of an execution depends on
/// it. The mantissa is not zero and the exponent is within ±256.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Scale {
    /// Odd or even, never zero.
    pub mantissa: u32,
    /// Exponent of two.
    pub exponent: i16,
}

impl Scale {
    /// The scale 1.
    pub const ONE: Self = Self {
        mantissa: 1,
        exponent: 0,
    };

    /// Checks mantissa and exponent.
    ///
    /// # Errors
    /// [`ModelError::InvalidScale`].
    pub fn validate(&self) -> Result<(), ModelError> {
        if self.mantissa == 0
            || !(-MAX_SCALE_EXPONENT..=MAX_SCALE_EXPONENT).contains(&self.exponent)
        {
            return Err(ModelError::InvalidScale {
                mantissa: self.mantissa,
                exponent: self.exponent,
            });
        }
        Ok(())
    }

    /// The nearest scale with an odd mantissa; exact when `value` has at most
    /// 32 significant bits.
    ///
    /// # Errors
    /// [`ModelError::InvalidScaleValue`] for zero, negative, infinite and NaN
    /// values, and beyond the exponents allowed.
    #[cfg(feature = "std")]
    pub fn from_f64(value: f64) -> Result<Self, ModelError> {
        let refuse = || ModelError::InvalidScaleValue(std::format!("{value}"));
        if !value.is_normal() || value < 0.0 {
            return Err(refuse());
        }
        let bits = value.to_bits();
        let significand = (bits & ((1 << 52) - 1)) | (1 << 52);
        let exponent = i64::try_from(bits >> 52).map_err(|_| refuse())? - 1_075;
        // 53 significant bits rounded to 32, halves up.
        let rounded = (significand + (1 << 20)) >> 21;
        let zeros = rounded.trailing_zeros();
        let scale = Self {
            mantissa: u32::try_from(rounded >> zeros).map_err(|_| refuse())?,
            exponent: i16::try_from(exponent + 21 + i64::from(zeros)).map_err(|_| refuse())?,
        };
        scale.validate().map_err(|_| refuse())?;
        Ok(scale)
    }

    /// The exact value.
    #[cfg(feature = "std")]
    pub fn to_f64(self) -> f64 {
        f64::from(self.mantissa) * 2f64.powi(i32::from(self.exponent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_both_of_its_ends() {
        let digits = Range::new(0, 16).unwrap();
        assert!(digits.contains(0) && digits.contains(16));
        assert!(!digits.contains(-1) && !digits.contains(17) && !digits.contains(i32::MIN));
        assert_eq!(Range::decode(&mut &[0, 16][..]), Ok(digits));
    }

    #[test]
    fn ranges_and_clamps_that_do_not_ascend_within_127_are_refused() {
        for (lo, hi) in [(1, 1), (2, 1), (-128, 0)] {
            assert_eq!(Range::new(lo, hi), Err(ModelError::InvalidRange { lo, hi }));
            assert!(Range::decode(&mut &(lo, hi).encode()[..]).is_err());
            assert!(Clamp::decode(&mut &(lo, hi).encode()[..]).is_err());
        }
    }

    #[cfg(feature = "std")]
    mod scales {
        use super::*;
        use proptest::prelude::*;

        #[test]
        fn one_and_powers_of_two_are_exact() {
            assert_eq!(Scale::from_f64(1.0), Ok(Scale::ONE));
            let eighth = Scale::from_f64(0.125).unwrap();
            assert_eq!((eighth.mantissa, eighth.exponent), (1, -3));
            assert_eq!(eighth.to_f64(), 0.125);
        }

        #[test]
        fn rounding_up_to_the_next_power_of_two_carries() {
            let below = f64::from_bits(1f64.to_bits() - 1);
            assert_eq!(Scale::from_f64(below), Ok(Scale::ONE));
        }

        #[test]
        fn values_that_are_no_scale_are_refused() {
            for value in [
                0.0,
                -1.0,
                f64::NAN,
                f64::INFINITY,
                1e-300,
                1e300,
                f64::MIN_POSITIVE / 2.0,
            ] {
                assert!(
                    matches!(
                        Scale::from_f64(value),
                        Err(ModelError::InvalidScaleValue(_))
                    ),
                    "{value}"
                );
            }
            let zero = Scale {
                mantissa: 0,
                exponent: 0,
            };
            assert!(matches!(
                zero.validate(),
                Err(ModelError::InvalidScale { .. })
            ));
        }

        proptest! {
            #[test]
            fn a_scale_is_within_half_a_unit_of_its_32nd_bit(value in 1e-30f64..1e30) {
                let scale = Scale::from_f64(value).unwrap();
                prop_assert!((scale.to_f64() / value - 1.0).abs() <= 2f64.powi(-32));
                prop_assert_eq!(scale.mantissa % 2, 1);
                prop_assert_eq!(Scale::from_f64(scale.to_f64()), Ok(scale));
            }
        }
    }
}
