//! 64- and 128-bit integers in JSON, see [`lattice_primitives::decimal`].

use lattice_primitives::decimal;
use serde::{Deserialize, Serialize};

/// A `u64` as a decimal string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct U64(#[serde(with = "decimal")] pub u64);

/// A `u128` as a decimal string; amounts are in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct U128(#[serde(with = "decimal")] pub u128);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_str, to_string};

    #[test]
    fn large_integers_are_written_as_decimal_strings() {
        assert_eq!(
            to_string(&U64(u64::MAX)).expect("serialises"),
            r#""18446744073709551615""#
        );
        assert_eq!(
            to_string(&U128(u128::MAX)).expect("serialises"),
            r#""340282366920938463463374607431768211455""#
        );
    }

    #[test]
    fn a_number_may_be_asked_for_in_three_ways() {
        for text in ["255", r#""255""#, r#""0xff""#] {
            assert_eq!(from_str::<U64>(text).expect(text), U64(255));
            assert_eq!(from_str::<U128>(text).expect(text), U128(255));
        }
    }

    mod reject {
        use super::*;

        fn refusal(text: &str) -> String {
            from_str::<U64>(text).expect_err(text).to_string()
        }

        #[test]
        fn what_is_no_number_is_named() {
            assert!(refusal(r#""twelve""#).contains("\"twelve\""));
        }

        #[test]
        fn what_is_out_of_range_is_named() {
            assert!(refusal(r#""18446744073709551616""#).contains("18446744073709551616"));
            assert!(refusal("-1").contains("-1"));
            let above = r#""340282366920938463463374607431768211456""#;
            assert!(from_str::<U128>(above).is_err());
        }

        #[test]
        fn a_fraction_is_told_what_was_expected() {
            assert!(refusal("1.5").contains("an integer from 0 to 2^64 - 1"));
        }
    }
}
