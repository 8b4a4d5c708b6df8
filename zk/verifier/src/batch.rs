//! Many proofs, under one key or several, checked together.
//!
//! With a coefficient ρᵢ per proof, k(i) its key and xᵢ its instance (for a committed key the
//! challenge is in it), all of
//! `e(Aᵢ, Bᵢ) = e(α, β) · e(IC(xᵢ), γ) · e(Cᵢ, δ) · e(Dᵢ, ε)`, the last factor for committed keys
//! only, hold if
//!
//! `Πᵢ e(ρᵢ·Aᵢ, Bᵢ) · Πₖ e(Σ ρᵢ·ICₖ(xᵢ), -γₖ) · e(Σ ρᵢ·Cᵢ, -δₖ) · e(Σ ρᵢ·Dᵢ, -εₖ) = Πₖ e(α, β)ₖ^Σρᵢ`
//!
//! where the inner sums are over the proofs of key k. The saving is one final exponentiation for
//! all, and γ's, δ's and ε's part of the Miller loop once per key; keys that share their γ, as those
//! of ceremonies do, share its part. Keys of both versions may be in one batch.
//!
//! # Why a true batch has no false member
//! For each member take the quotient of the two sides of its own equation, that of its key's
//! version. Every point is in its subgroup, so it lies in the group of prime order r, and the
//! batch's equation says that `Π quotientᵢ^ρᵢ = 1`: the pairing is linear in its first argument, and
//! Aᵢ, IC(xᵢ), Cᵢ and Dᵢ all come with the factor ρᵢ, as does e(α, β). A challenge is in its member's
//! IC(xᵢ) as the hash of that member's own key, statement and D, computed before any ρ and
//! independent of what else is in the batch, so that it is a constant here. If some quotient is not
//! 1, then whatever the other coefficients are, at most one residue of its own coefficient mod r
//! makes that true. Coefficients are 128 bits of a hash, of which different ones are different mod r
//! (why is in `batch/coefficients.rs`) and of which zero is made one, so that one has probability
//! 2⁻¹²⁷ and every other at most 2⁻¹²⁸: a false batch passes with probability at most 2⁻¹²⁷. A member
//! with coefficient zero would not be checked at all; that no hash gives one is by construction, not
//! by chance.
//!
//! The coefficients are Blake2-256 of everything that is checked, in order: of every member the
//! version and hash of its key, its statement, and its proof with its D. All of these have lengths
//! that are fixed by the version, which comes first, so the bytes can be taken apart in one way only,
//! with members of both versions in any order: no two batches have one transcript. So nobody can
//! choose a proof after its coefficient, and every node computes the same ones. They say nothing
//! secret: verification has no secrets.
//!
//! # When it is false
//! Then every member is checked alone, so that each gets the verdict that it would get without the
//! others. Malformed members are set aside before: they neither make a batch false nor cost the
//! others anything.

mod coefficients;
mod equation;

use crate::error::{BatchError, VerifyError};
use crate::key::PreparedKey;
use crate::proof::Claim;
use crate::statement::{FieldBytes, MAX_BATCH, MAX_BATCH_KEYS};

/// A proof with its statement and its key: the arguments of [`verify`](crate::verify).
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The key that the proof is to satisfy. Members of one key name it by one reference; equal
    /// keys behind different references are correct, and cost as much as different keys.
    pub key: &'a PreparedKey,
    /// The public inputs, in the order of a [`Statement`](crate::Statement).
    pub inputs: &'a [FieldBytes],
    /// The proof, of the length that the key's version has.
    pub proof: &'a [u8],
}

/// What a batch came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// For each member, in order, what [`verify`](crate::verify) answers for it alone.
    pub each: Vec<Result<bool, VerifyError>>,
    /// Checks of single members that were made because the batch was false: none, or one for each
    /// well-formed member. It follows from the arguments alone.
    pub retried: u32,
}

/// Checks proofs together, and each alone if together they are false.
///
/// Each member's verdict is exactly that of [`verify`](crate::verify), up to the probability in the
/// module's documentation; what the other members are makes no difference to it. An empty batch has
/// no verdicts. One well-formed member alone is checked as [`verify`](crate::verify) does.
///
/// # Errors
/// [`BatchError`] for more members than [`MAX_BATCH`] or more keys than [`MAX_BATCH_KEYS`]; nothing
/// is checked then.
pub fn verify_batch(members: &[Member<'_>]) -> Result<Verdicts, BatchError> {
    bounded(members)?;
    let decoded: Vec<Result<Claim<'_>, VerifyError>> = members
        .iter()
        .map(|member| Claim::decode(member.key, member.inputs, member.proof))
        .collect();
    let well_formed: Vec<(&Claim<'_>, &Member<'_>)> = decoded
        .iter()
        .zip(members)
        .filter_map(|(decoded, member)| decoded.as_ref().ok().map(|decoded| (decoded, member)))
        .collect();
    let together = well_formed.len() > 1 && {
        let coefficients = coefficients::of(well_formed.iter().map(|(_, member)| *member));
        let terms: Vec<(&Claim<'_>, coefficients::Coefficient)> = well_formed
            .iter()
            .zip(coefficients)
            .map(|((decoded, _), coefficient)| (*decoded, coefficient))
            .collect();
        equation::holds(&terms)
    };
    let retried = if together || well_formed.len() == 1 {
        0
    } else {
        u32::try_from(well_formed.len()).unwrap_or(u32::MAX)
    };
    let each = decoded
        .iter()
        .map(|decoded| match decoded {
            Ok(decoded) => Ok(together || decoded.holds()),
            Err(error) => Err(*error),
        })
        .collect();
    Ok(Verdicts { each, retried })
}

fn bounded(members: &[Member<'_>]) -> Result<(), BatchError> {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let given = count(members.len());
    if given > MAX_BATCH {
        return Err(BatchError::Members { given });
    }
    let mut keys: Vec<&PreparedKey> = Vec::new();
    for member in members {
        if !keys.iter().any(|key| core::ptr::eq(*key, member.key)) {
            keys.push(member.key);
        }
    }
    let given = count(keys.len());
    if given > MAX_BATCH_KEYS {
        return Err(BatchError::Keys { given });
    }
    Ok(())
}
