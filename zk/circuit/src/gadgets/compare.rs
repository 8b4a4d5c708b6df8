//! Comparison of a decomposed number with a constant: the flag `[v ≥ D]`.
//!
//! With `v = Σ_{i<h} 2^i·c_i` (boolean `c_i`) and `0 < D < 2^h`, walk from the low bit up and keep
//! `r_i = [v mod 2^i ≥ D mod 2^i]`. It starts true; a bit of `D` that is one gives
//! `r' = c·r`, a bit that is zero gives `r' = c + r − c·r`. As long as `r` is the constant one,
//! a zero bit leaves it so and the first one bit makes it `c`: the trailing zeros of `D` and its
//! lowest one bit are free.
//!
//! # Soundness
//! By induction over `i`: the flag of the longer number is decided by its top bits if they
//! differ and by the flag of the rest if they agree, which is what the two formulas say for
//! boolean `c` and `r`. Each product has its own row and variable, so the flag is determined by
//! the bits; the prover chooses nothing.
//!
//! # Constraints
//! [`constraints`]: `h − 1 − tz(D)` with `tz` the number of trailing zeros.

use ark_bn254::Fr;
use ark_ff::One;

use crate::{
    builder::Builder,
    combination::Combination,
    error::CircuitError,
    origin::{Origin, SaturationPart},
    witness::Writer,
};

/// Constraints of the comparison of `bits` bits with `threshold`, `0 < threshold < 2^bits`.
pub fn constraints(bits: u32, threshold: i64) -> usize {
    (bits - 1 - threshold.trailing_zeros()) as usize
}

/// Writes the rows of `[Σ 2^i·bits_i ≥ threshold]`; `origin` names the rows. Returns the flag.
pub(crate) fn enforce(
    builder: &mut Builder,
    bits: &[Combination],
    threshold: i64,
    origin: impl Fn(SaturationPart) -> Origin,
) -> Result<Combination, CircuitError> {
    let first = threshold.trailing_zeros() as usize;
    let mut flag = bits[first].clone();
    for (position, bit) in bits.iter().enumerate().skip(first + 1) {
        let product = builder.variable(1)?;
        builder.r1cs.enforce(
            &flag,
            bit,
            &Combination::column(product),
            origin(SaturationPart::Compare(position as u8)),
        )?;
        let product = Combination::column(product);
        flag = if threshold >> position & 1 == 1 {
            product
        } else {
            flag.plus(bit, Fr::one()).plus(&product, -Fr::one())
        };
    }
    Ok(flag)
}

/// Writes the witness; returns the flag. Works for any field elements in place of bits, so that
/// tests can follow what a forger could reach.
pub(crate) fn assign(bits: &[Fr], threshold: i64, writer: &mut Writer) -> Fr {
    let first = threshold.trailing_zeros() as usize;
    let mut flag = bits[first];
    for (position, &bit) in bits.iter().enumerate().skip(first + 1) {
        let product = writer.product(flag, bit);
        flag = if threshold >> position & 1 == 1 {
            product
        } else {
            flag + bit - product
        };
    }
    flag
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::witness::boolean;

    #[test]
    fn the_flag_is_the_comparison_and_costs_what_the_formula_says() {
        for bits in 1..=7u32 {
            for threshold in 1..1i64 << bits {
                for value in 0..1i64 << bits {
                    let pattern: Vec<Fr> = (0..bits)
                        .map(|bit| boolean(value >> bit & 1 == 1))
                        .collect();
                    let mut writer = Writer::default();
                    let flag = assign(&pattern, threshold, &mut writer);
                    assert_eq!(flag, boolean(value >= threshold));
                    assert_eq!(writer.a.len(), constraints(bits, threshold));
                }
            }
        }
    }
}
