#![cfg_attr(not(feature = "std"), no_std)]
//! Groth16 on BN254 as Lattice uses it: what a proof says, how data becomes the three public
//! inputs, which verifying keys are accepted, and the check itself.
//!
//! | module | what | feature |
//! |---|---|---|
//! | [`statement`] | the three public inputs, [`context`], [`vk_id`], lengths | always, no_std |
//! | [`error`] | every way in which a key, a proof or a value is refused | always, no_std |
//! | [`field`] | canonical bytes ↔ scalar field elements | `arkworks` |
//! | [`poseidon`] | circomlib's Poseidon with t = 17, and the sponge over it | `arkworks` |
//! | [`commitment`] | packing of integers and the input and output commitments | `arkworks` |
//! | [`key`] | validation of a verifying key, once; the prepared form the chain stores | `arkworks` |
//! | [`proof`] | decoding of the 128 bytes and [`verify`] | `arkworks` |
//! | [`batch`] | [`verify_batch`]: many proofs under one or many keys at once | `arkworks` |
//! | [`ceremony`] | records of a set-up by many parties (no_std), and what a chain checks of them | the checks: `arkworks` |
//!
//! # What is proven
//! For a circuit with public inputs `x = (context, input_commitment, output_commitment)` and a key
//! `(α, β, γ, δ, IC)`, a proof `(A, B, C)` is accepted exactly if
//! `e(A, B) = e(α, β) · e(IC₀ + Σ xᵢ·ICᵢ, γ) · e(C, δ)` ([Groth16], section 3.2).
//!
//! # Why the bytes cannot be bent
//! Groth16's argument is about group elements and field elements; a chain sees bytes. Three rules
//! carry it over, and each has a test in `tests/` named after it:
//! 1. *One encoding per value.* A scalar must be below r and a coordinate below p; a decoded point
//!    is encoded again and must give the same bytes. So two different byte strings are never the
//!    same proof, key or statement, and `x` and `x + r` are never the same public input.
//! 2. *Only the groups that the argument is about.* Every point is on its curve, in the subgroup of
//!    order r (G2 of BN254 has a cofactor of 254 bits) and is not the identity.
//! 3. *Malformed is not false.* A malformed proof is an `Err` that names what is wrong; `Ok(false)`
//!    means a well-formed proof of something else. A caller may treat the two differently.
//!
//! Groth16 proofs can be re-randomised by anyone, so a proof is never an identifier; what must not
//! be replayed is in `context`.
//!
//! [Groth16]: https://eprint.iacr.org/2016/260

extern crate alloc;

pub mod ceremony;
pub mod error;
pub mod statement;

#[cfg(feature = "arkworks")]
pub mod batch;
#[cfg(feature = "arkworks")]
pub mod commitment;
#[cfg(feature = "arkworks")]
pub mod field;
#[cfg(feature = "arkworks")]
pub mod key;
#[cfg(feature = "arkworks")]
mod point;
#[cfg(feature = "arkworks")]
pub mod poseidon;
#[cfg(feature = "arkworks")]
pub mod proof;

pub use error::{
    BatchError, CommitError, KeyError, KeyPoint, PointError, PreparedKeyError, ProofPoint,
    VerifyError,
};
pub use statement::{
    context, is_canonical, vk_id, FieldBytes, Statement, CIRCUIT_VERSION, KEY_LEN, MAX_BATCH,
    MAX_BATCH_KEYS, PREPARED_KEY_LEN, PROOF_LEN, PUBLIC_INPUTS,
};

#[cfg(feature = "arkworks")]
pub use batch::{verify_batch, Member, Verdicts};
#[cfg(feature = "arkworks")]
pub use commitment::{commit_input, commit_output};
#[cfg(feature = "arkworks")]
pub use key::{validate, PreparedKey, ValidatedKey};
#[cfg(feature = "arkworks")]
pub use proof::verify;
