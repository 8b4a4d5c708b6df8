//! Amounts of the native token as people write them.

use crate::Balance;

/// Decimal places of the native token.
pub const DECIMALS: u32 = 12;
/// Symbol of the native token.
pub const SYMBOL: &str = "LAT";
/// One token, in planck.
pub const UNIT: Balance = 1_000_000_000_000;

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BalanceParseError {
    #[error("`{0}` is not an amount: write tokens (`1.5`, `1.5 LAT`) or planck (`1500 planck`)")]
    Malformed(String),
    #[error("`{0}` has more than {DECIMALS} decimal places")]
    TooPrecise(String),
    #[error("`{0}` is more than the chain can count")]
    TooLarge(String),
}

/// Writes an amount in tokens, without trailing zeros: `1.5 LAT`.
pub fn format_balance(planck: Balance) -> String {
    let (whole, part) = (planck / UNIT, planck % UNIT);
    if part == 0 {
        return format!("{whole} {SYMBOL}");
    }
    let digits = format!("{part:0width$}", width = DECIMALS as usize);
    format!("{whole}.{} {SYMBOL}", digits.trim_end_matches('0'))
}

/// Reads `1.5`, `1.5 LAT` (tokens) or `1500 planck`.
pub fn parse_balance(text: &str) -> Result<Balance, BalanceParseError> {
    let malformed = || BalanceParseError::Malformed(text.to_owned());
    let too_large = || BalanceParseError::TooLarge(text.to_owned());
    let digits = |part: &str| -> Result<Balance, BalanceParseError> {
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed());
        }
        // Only digits are left, so the one way to fail is to be too large.
        part.parse().map_err(|_| too_large())
    };

    let trimmed = text.trim();
    if let Some(planck) = trimmed.strip_suffix("planck") {
        return digits(planck.trim_end());
    }
    let tokens = trimmed.strip_suffix(SYMBOL).unwrap_or(trimmed).trim_end();
    let (whole, part) = tokens.split_once('.').unwrap_or((tokens, "0"));
    if part.len() > DECIMALS as usize {
        return Err(BalanceParseError::TooPrecise(text.to_owned()));
    }
    let part = digits(&format!("{part:0<width$}", width = DECIMALS as usize))
        // `1.` is no number either.
        .and_then(|value| {
            if part.is_empty() {
                Err(malformed())
            } else {
                Ok(value)
            }
        })?;
    digits(whole)?
        .checked_mul(UNIT)
        .and_then(|planck| planck.checked_add(part))
        .ok_or_else(too_large)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for planck in [
            0,
            1,
            UNIT,
            UNIT + UNIT / 2,
            123_456_789_012_345,
            Balance::MAX,
        ] {
            assert_eq!(parse_balance(&format_balance(planck)), Ok(planck));
        }
    }

    #[test]
    fn tokens_and_planck_are_told_apart() {
        assert_eq!(parse_balance("1.5"), Ok(UNIT + UNIT / 2));
        assert_eq!(parse_balance(" 2 LAT "), Ok(2 * UNIT));
        assert_eq!(parse_balance("15 planck"), Ok(15));
        assert_eq!(format_balance(UNIT + UNIT / 4), "1.25 LAT");
    }

    mod refuse {
        use super::*;

        #[test]
        fn what_is_no_number() {
            for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "LAT", "0x10"] {
                assert!(
                    matches!(parse_balance(text), Err(BalanceParseError::Malformed(_))),
                    "{text}"
                );
            }
        }

        #[test]
        fn a_part_of_a_planck() {
            assert!(matches!(
                parse_balance("0.0000000000001"),
                Err(BalanceParseError::TooPrecise(_))
            ));
        }

        #[test]
        fn more_than_can_be_counted() {
            assert!(matches!(
                parse_balance("340282366920938463463374608"),
                Err(BalanceParseError::TooLarge(_))
            ));
            assert!(matches!(
                parse_balance("999999999999999999999999999999999999999999 planck"),
                Err(BalanceParseError::TooLarge(_))
            ));
        }
    }
}
