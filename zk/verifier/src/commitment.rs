//! Commitments to the integers that enter and leave a model.
//!
//! A commitment is `sponge(tag, n, packed values ‖ blinding)` where `n` is the number of *values*.
//!
//! # Packing, and why nothing aliases
//! * Inputs of a declared range `lo..=hi`: `x - lo` in `k` bits, `k` the bit length of `hi - lo`,
//!   `⌊253 / k⌋` values per element, the first one in the lowest bits.
//! * Outputs, any i32: `y + 2³¹` in 32 bits, seven per element.
//!
//! Each value is checked to be in its range before it is packed, so it fits its bits; an element
//! holds at most 253 bits, so it is below 2²⁵³ < r and is never reduced. Packing `n` values under one
//! range is therefore injective, and so is the sequence with the blinding at its end, because `n` and
//! the range fix the number of elements. The capacity holds the tag and `n`, so inputs never meet
//! outputs and no sequence is a prefix of another. The range is not hashed: it belongs to the model,
//! which the verifying key and `context` both fix.
//!
//! The circuit proves the same ranges of the same bits; a commitment to an input out of range does
//! not exist here and is not provable there.
//!
//! # Blinding
//! Zero where the values are posted and the chain recomputes the commitment; a random scalar where
//! they stay private, since logits are few enough to be guessed.

use ark_bn254::Fr;
use ark_ff::BigInt;
use lattice_tensor::Range;

use crate::error::CommitError;
use crate::field;
use crate::poseidon::sponge;
use crate::statement::FieldBytes;

/// Domain of input commitments.
pub const TAG_INPUT: u64 = 1;
/// Domain of output commitments.
pub const TAG_OUTPUT: u64 = 2;
/// Bits that one element carries: the most for which every pattern is below r.
pub const ELEMENT_BITS: u32 = 253;
/// Bits of one output value.
pub const OUTPUT_BITS: u32 = i32::BITS;

/// Bits of one input value: the bit length of `hi - lo`.
///
/// # Errors
/// [`CommitError::Range`] unless `lo < hi`.
pub fn input_bits(range: Range) -> Result<u32, CommitError> {
    let Range { lo, hi } = range;
    if lo >= hi {
        return Err(CommitError::Range { lo, hi });
    }
    Ok(u32::BITS - u32::from(hi.abs_diff(lo)).leading_zeros())
}

/// Values of `bits` bits that one element holds; `bits` is in 1..=32.
pub const fn per_element(bits: u32) -> usize {
    (ELEMENT_BITS / bits) as usize
}

/// Packs input values; see the module for the layout. Element `i` holds the values
/// `i·⌊253/k⌋..`, the last one what is left.
///
/// # Errors
/// [`CommitError::Range`] and [`CommitError::OutOfRange`].
pub fn pack_input(values: &[i32], range: Range) -> Result<Vec<Fr>, CommitError> {
    let bits = input_bits(range)?;
    let Range { lo, hi } = range;
    let digits = (0u32..)
        .zip(values)
        .map(|(index, &value)| {
            range
                .contains(value)
                .then(|| value.abs_diff(i32::from(lo)))
                .ok_or(CommitError::OutOfRange {
                    index,
                    value,
                    lo,
                    hi,
                })
        })
        .collect::<Result<Vec<u32>, _>>()?;
    Ok(pack(&digits, bits))
}

/// Packs output values; see the module for the layout.
pub fn pack_output(values: &[i32]) -> Vec<Fr> {
    // `y + 2³¹` as an unsigned number is `y` with its sign bit flipped.
    let digits: Vec<u32> = values
        .iter()
        .map(|value| u32::from_le_bytes(value.to_le_bytes()) ^ (1 << 31))
        .collect();
    pack(&digits, OUTPUT_BITS)
}

/// Commits to the input of a model, `values.len()` numbers in `range`.
///
/// # Errors
/// Every variant of [`CommitError`].
pub fn commit_input(
    values: &[i32],
    range: Range,
    blinding: &FieldBytes,
) -> Result<FieldBytes, CommitError> {
    commit(
        TAG_INPUT,
        values.len(),
        pack_input(values, range)?,
        blinding,
    )
}

/// Commits to the output of a model, `values.len()` raw i32 numbers.
///
/// # Errors
/// [`CommitError::Empty`], [`CommitError::TooMany`] and [`CommitError::Blinding`].
pub fn commit_output(values: &[i32], blinding: &FieldBytes) -> Result<FieldBytes, CommitError> {
    commit(TAG_OUTPUT, values.len(), pack_output(values), blinding)
}

fn commit(
    tag: u64,
    count: usize,
    mut elements: Vec<Fr>,
    blinding: &FieldBytes,
) -> Result<FieldBytes, CommitError> {
    if count == 0 {
        return Err(CommitError::Empty);
    }
    let count = u32::try_from(count).map_err(|_| CommitError::TooMany)?;
    elements.push(field::decode(blinding).ok_or(CommitError::Blinding)?);
    Ok(field::encode(&sponge(tag, u64::from(count), &elements)))
}

/// Writes digits of `bits` bits side by side, [`per_element`] of them to an element, the first one
/// lowest.
fn pack(digits: &[u32], bits: u32) -> Vec<Fr> {
    digits
        .chunks(per_element(bits))
        .map(|chunk| {
            let number = chunk.iter().rev().fold(BigInt::zero(), |number, digit| {
                (number << bits) | BigInt::from(*digit)
            });
            // Below 2²⁵³, so `new` has nothing to reduce.
            Fr::new(number)
        })
        .collect()
}
