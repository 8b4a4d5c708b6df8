//! 64- and 128-bit integers in JSON.
//!
//! JavaScript reads a JSON number as a double and rounds above 2^53, so they
//! are written as decimal strings. As parameters, numbers, decimal strings and
//! polkadot.js's big-endian `0x` strings are all understood.

use serde::{
    de::{self, Visitor},
    Deserialize, Deserializer, Serialize, Serializer,
};
use std::fmt;

/// A `u64` as a decimal string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct U64(pub u64);

/// A `u128` as a decimal string; amounts are in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct U128(pub u128);

impl Serialize for U64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for U128 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Reads an unsigned integer in one of the three ways.
macro_rules! reads {
    ($name:ident, $integer:ty, $visitor:ident, $expected:literal) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($visitor)
            }
        }

        struct $visitor;

        impl Visitor<'_> for $visitor {
            type Value = $name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($expected)
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<$name, E> {
                Ok($name(value.into()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                let parsed = match text.strip_prefix("0x") {
                    Some(digits) => <$integer>::from_str_radix(digits, 16),
                    None => text.parse(),
                };
                parsed
                    .map($name)
                    .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
    };
}

reads!(
    U64,
    u64,
    U64Visitor,
    "an integer from 0 to 2^64 - 1, as a number, a decimal string or a 0x string"
);
reads!(
    U128,
    u128,
    U128Visitor,
    "an integer from 0 to 2^128 - 1, as a number, a decimal string or a 0x string"
);

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
