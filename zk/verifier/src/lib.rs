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
//! | [`proof`] | decoding of a proof, the [`challenge`] of a committed one, and [`verify`] | `arkworks` |
//! | [`batch`] | [`verify_batch`]: many proofs under one or many keys at once | `arkworks` |
//! | [`ceremony`] | records of a set-up by many parties (no_std), and what a chain checks of them | the checks: `arkworks` |
//! | `testing` | keys with known trapdoors, and proofs that these simulate | `testing` |
//!
//! # What is proven
//! For a circuit with public inputs `x = (context, input_commitment, output_commitment)` and a key
//! `(α, β, γ, δ, IC)`, a proof `(A, B, C)` is accepted exactly if
//! `e(A, B) = e(α, β) · e(IC₀ + Σ xᵢ·ICᵢ, γ) · e(C, δ)` ([Groth16], section 3.2).
//!
//! # What a committed proof proves
//! A circuit may use a challenge that is chosen after a part of its witness is fixed, as arguments
//! about sets and lookups do. Its key has an ε besides and a fifth IC, its proof a D, and
//! `(A, B, C, D)` is accepted exactly if
//! `e(A, B) = e(α, β) · e(IC₀ + Σ xᵢ·ICᵢ + c·IC₄, γ) · e(C, δ) · e(D, ε)` with
//! `c = H(key, x, D)` ([`challenge`]), which the verifier computes. This is [MIRAGE]'s Groth16 with a
//! separated commitment, made non-interactive by a hash.
//!
//! Why it is sound: write `Kᵢ = β·aᵢ(τ) + α·bᵢ(τ) + cᵢ(τ)` for a column of the circuit. The key has
//! `Kᵢ/γ` of the instance, `Kᵢ/ε` of the columns that are committed and `Kᵢ/δ` of all others, with
//! independent secrets γ, δ and ε. In the algebraic group model a prover says of which points of the
//! key it has made A, B, C and D, and of D when it asks the oracle for a challenge. As in Groth16's
//! proof, the equation of Laurent polynomials in the secrets that must hold leaves A and B no other
//! form than that of an assignment, `Kᵢ/δ` no way but through C and `Kᵢ/ε` no way but through D:
//! every other place leaves a monomial that nothing cancels. So the coefficients of the `Kᵢ/ε` in D
//! are the values of the committed columns (whatever else is in D only blinds: an honest prover adds
//! `ρ·δ` and takes `ρ·ε` from C), and they were said before the challenge was drawn. A satisfying
//! assignment whose committed part is older than its challenge is what the circuit's own argument
//! starts from; that argument's error counts once per hash that a prover tries. The challenge
//! has 253 uniform bits, and is bound to the key and the statement too, so that no D is of use
//! elsewhere. Zero knowledge: D is uniform for a uniform ρ, and the simulator, which knows the
//! secrets, picks A, B and D at random and solves for C (`testing` does).
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
//! [MIRAGE]: https://eprint.iacr.org/2020/278

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
#[cfg(feature = "testing")]
pub mod testing;

pub use error::{
    BatchError, CommitError, KeyError, KeyPoint, PointError, PreparedKeyError, ProofPoint,
    VerifyError,
};
pub use statement::{
    context, has_canonical_coordinates, is_canonical, vk_id, FieldBytes, ProofVersion, Statement,
    CIRCUIT_VERSION, COMMITTED_KEY_LEN, COMMITTED_PREPARED_KEY_LEN, COMMITTED_PROOF_LEN, KEY_LEN,
    MAX_BATCH, MAX_BATCH_KEYS, PREPARED_KEY_LEN, PROOF_LEN, PUBLIC_INPUTS,
};

#[cfg(feature = "arkworks")]
pub use batch::{verify_batch, Member, Verdicts};
#[cfg(feature = "arkworks")]
pub use commitment::{commit_input, commit_output};
#[cfg(feature = "arkworks")]
pub use key::{validate, PreparedKey, ValidatedKey, VerifyingKey};
#[cfg(feature = "arkworks")]
pub use proof::{challenge, verify};
