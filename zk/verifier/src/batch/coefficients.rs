//! The coefficients of a batch: one per member, from a hash of everything.

use ark_bn254::Fr;
use ark_ff::One;

use super::Member;
use crate::key::PreparedKey;
use crate::statement::blake2_256;

/// Domain of the hash of a key.
const KEY_DOMAIN: &[u8; 16] = b"lattice/batkey/1";
/// Domain of the transcript's hash.
const TRANSCRIPT_DOMAIN: &[u8; 16] = b"lattice/batch/v2";
/// Domain of the coefficients.
const COEFFICIENT_DOMAIN: &[u8; 16] = b"lattice/coeff/v2";

/// `1 + h` for each well-formed member, h the low 128 bits of a hash; see the parent module for why
/// that is enough and why it is never zero.
///
/// Each member adds the hash of its key, its three inputs and its proof to the transcript. In a
/// well-formed member all of them have fixed lengths, so the transcript determines what is checked.
pub(super) fn of<'a>(members: impl Iterator<Item = &'a Member<'a>>) -> Vec<Fr> {
    let mut keys: Vec<(&PreparedKey, [u8; 32])> = Vec::new();
    let mut lines: Vec<([u8; 32], &Member<'_>)> = Vec::new();
    for member in members {
        let known = keys.iter().find(|(key, _)| core::ptr::eq(*key, member.key));
        let hash = match known {
            Some((_, hash)) => *hash,
            None => {
                let hash = blake2_256(&[KEY_DOMAIN, &member.key.encode()]);
                keys.push((member.key, hash));
                hash
            }
        };
        lines.push((hash, member));
    }
    let mut parts: Vec<&[u8]> = vec![TRANSCRIPT_DOMAIN];
    for (key, member) in &lines {
        parts.push(key);
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
