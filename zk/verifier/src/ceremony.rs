//! Phase 2 of a Groth16 set-up by many parties: the records of a ceremony and what a chain checks.
//!
//! | module | what | feature |
//! |---|---|---|
//! | [`record`] | [`Phase1`], [`Start`], [`Delta`], [`Contribution`]: fixed-size records, the final key | always, no_std |
//! | [`transcript`] | [`Binding`] and the hash chain of a ceremony's records | always, no_std |
//! | [`merkle`] | the trees over the L and H queries, and openings of their leaves | always, no_std |
//! | [`error`] | every way in which a record or a challenge is refused | always, no_std |
//! | [`check`] | [`check_start`], [`check_contribution`], [`check_challenge`] | `arkworks` |
//! | `testing` | a small ceremony with known trapdoors | `testing` |
//!
//! # The ceremony
//! Groth16 with `γ = 1` after [MMORPG] and [Snarky Ceremonies]: phase 1 gives powers of τ, and α, β;
//! phase 2 is about δ alone. It starts at `δ₀ = γ = 1` with
//! `L₀ᵢ = β·aᵢ(τ) + α·bᵢ(τ) + cᵢ(τ)` for every witness variable and `H₀ᵢ = τⁱ·(τⁿ − 1)`. A party samples
//! x and publishes `δ′ = x·δ`, `L′ = L/x`, `H′ = H/x`. Who knows every x could forge; one party that
//! forgot its own suffices. No beacon is needed for that ([Snarky Ceremonies], theorem 4).
//!
//! The bulk (L and H) never reaches the chain: a record carries its Merkle roots, and whoever finds
//! a leaf with `e(L′ᵢ, δ′) ≠ e(Lᵢ, δ)` opens it under two consecutive roots.
//!
//! # The proof of knowledge
//! A Schnorr proof of the discrete logarithm of `δ′` to the base `δ`, both in the first group:
//! `R = k·δ`, `s = k + c·x`, checked as `s·δ = R + c·δ′`, with the challenge c hashed from everything
//! that the record says and from where it stands ([`transcript::knowledge_challenge`]): chain,
//! ceremony, position, all predecessors, account, both encodings of δ and δ′, the roots, and R. So
//! the statement is bound (no choice of δ′ after c), and a record can be replayed nowhere and by
//! nobody else. Fiat–Shamir Schnorr is a simulation-extractable proof in the random oracle model
//! ([FKMV12]), which is what the ceremony's security argument asks of it; the pairing-based proof of
//! [MMORPG] gives the same for two more pairings and a hash into the second group.
//!
//! [MMORPG]: https://eprint.iacr.org/2017/1050
//! [Snarky Ceremonies]: https://eprint.iacr.org/2021/219
//! [FKMV12]: https://eprint.iacr.org/2012/704

#[cfg(feature = "arkworks")]
pub mod check;
pub mod error;
pub mod merkle;
pub mod record;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transcript;

#[cfg(feature = "arkworks")]
pub use check::{check_challenge, check_contribution, check_start};
pub use error::{CeremonyError, CeremonyPoint, OpeningError, Side};
pub use merkle::{check_opening, Challenge, Opening, Query};
pub use record::{Contribution, Delta, Knowledge, Phase1, Roots, Start, State, CONTRIBUTION_LEN};
pub use transcript::{next_transcript, start_transcript, Binding};
