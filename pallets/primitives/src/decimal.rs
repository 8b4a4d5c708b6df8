//! 64- and 128-bit integers in JSON, for `#[serde(with = …)]` and for whoever wraps them.
//!
//! JavaScript reads a JSON number as a double and rounds above 2^53, so they are written as decimal
//! strings. Read are numbers, decimal strings and polkadot.js's big-endian `0x` strings.

use core::{fmt, marker::PhantomData, num::ParseIntError, str::FromStr};
use serde::{de, Deserializer, Serializer};

/// An unsigned integer that is written as a decimal string.
pub trait Integer: FromStr + From<u64> + fmt::Display {
    /// What is expected where one is read.
    const EXPECTED: &'static str;

    /// Reads hexadecimal digits.
    fn from_hex(digits: &str) -> Result<Self, ParseIntError>;
}

impl Integer for u64 {
    const EXPECTED: &'static str =
        "an integer from 0 to 2^64 - 1, as a number, a decimal string or a 0x string";

    fn from_hex(digits: &str) -> Result<Self, ParseIntError> {
        Self::from_str_radix(digits, 16)
    }
}

impl Integer for u128 {
    const EXPECTED: &'static str =
        "an integer from 0 to 2^128 - 1, as a number, a decimal string or a 0x string";

    fn from_hex(digits: &str) -> Result<Self, ParseIntError> {
        Self::from_str_radix(digits, 16)
    }
}

/// Writes a decimal string.
pub fn serialize<I: Integer, S: Serializer>(value: &I, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Reads a number, a decimal string or a 0x string.
pub fn deserialize<'de, I: Integer, D: Deserializer<'de>>(deserializer: D) -> Result<I, D::Error> {
    deserializer.deserialize_any(Decimal(PhantomData))
}

struct Decimal<I>(PhantomData<I>);

impl<I: Integer> de::Visitor<'_> for Decimal<I> {
    type Value = I;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(I::EXPECTED)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<I, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<I, E> {
        let value = match text.strip_prefix("0x") {
            Some(digits) => I::from_hex(digits).ok(),
            None => text.parse().ok(),
        };
        value.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}
