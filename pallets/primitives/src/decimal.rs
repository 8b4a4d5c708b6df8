//! 128-bit integers in JSON: decimal strings, since JavaScript's numbers end at 2^53. Read are
//! numbers and 0x-hexadecimal strings as well, which is how polkadot.js writes them.

use core::fmt;
use serde::{de, Deserializer, Serializer};

/// Writes a decimal string.
pub fn serialize<S: Serializer>(value: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Reads a decimal string or a number.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
    deserializer.deserialize_any(Decimal)
}

struct Decimal;

impl de::Visitor<'_> for Decimal {
    type Value = u128;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer from 0 to 2^128 - 1, as a number, a decimal string or a 0x string")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<u128, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u128, E> {
        let value = match text.strip_prefix("0x") {
            Some(digits) => u128::from_str_radix(digits, 16),
            None => text.parse(),
        };
        value.map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}
