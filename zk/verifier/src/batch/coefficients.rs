//! The coefficients of a batch: one per member, from a hash of everything.

use ark_bn254::Fr;
use ark_ff::One;

use super::Member;
use crate::statement::blake2_256;

/// Domain of the transcript's hash.
const TRANSCRIPT_DOMAIN: &[u8; 16] = b"lattice/batch/v3";
/// Domain of the coefficients.
const COEFFICIENT_DOMAIN: &[u8; 16] = b"lattice/coeff/v3";

/// `1 + h` for each well-formed member, h the low 128 bits of a hash; see the parent module for why
/// that is enough and why it is never zero.
///
/// Each member adds its key's version (one byte) and hash, its three inputs and its proof to the
/// transcript. In a well-formed member all of them have lengths that follow from the version, so
/// the transcript determines what is checked.
pub(super) fn of<'a>(members: impl Iterator<Item = &'a Member<'a>>) -> Vec<Fr> {
    let lines: Vec<([u8; 1], &Member<'_>)> = members
        .map(|member| ([member.key.version().number()], member))
        .collect();
    let mut parts: Vec<&[u8]> = vec![TRANSCRIPT_DOMAIN];
    for (version, member) in &lines {
        parts.push(version);
        parts.push(member.key.hash());
        parts.extend(member.inputs.iter().map(<[u8; 32]>::as_slice));
        parts.push(member.proof);
    }
    let transcript = blake2_256(&parts);
    (0u64..)
        .zip(&lines)
        .map(|(index, _)| {
            let hash = blake2_256(&[COEFFICIENT_DOMAIN, &transcript, &index.to_le_bytes()]);
            let low = hash.iter().take(16).rev();
            let value = low.fold(0u128, |value, byte| (value << 8) | u128::from(*byte));
            Fr::one() + Fr::from(value)
        })
        .collect()
}
