//! Phase 2 of a Groth16 set-up by many parties: the records of a ceremony and what a chain checks.
//!
//! | module | what | feature |
//! |---|---|---|
//! | [`record`] | [`Phase1`], [`Start`], [`State`], [`Contribution`]: records of bounded size, the final key | always, no_std |
//! | [`transcript`] | [`Binding`] and the hash chain of a ceremony's records | always, no_std |
//! | [`merkle`] | the trees over the queries, and openings of their leaves | always, no_std |
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
//! # Committed proofs
//! Where the circuit commits to a part of its witness ([MIRAGE]), the points of the committed columns
//! are not in L but in a query K of their own, divided by a second [`Trapdoor`] ε, which starts at
//! `ε₀ = 1` as well. A party samples x and an independent e and publishes besides `ε′ = e·ε` and
//! `K′ = K/e`. A ceremony is of one [`ProofVersion`](crate::ProofVersion) from its start to its key,
//! and a contribution of the other one is refused.
//!
//! Why one honest party suffices still: what a proof of this version can be forged with is the ratio
//! of any two of γ, δ and ε, or one of them in the exponent of the wrong query. With x and e forgotten,
//! δ and ε are uniform and independent of each other, of γ and of phase 1, whatever the others
//! contributed before and after: from their proofs of knowledge a simulator has all their factors, so
//! it can put δ and ε of its choice (those of a set-up by one trusted party) in the place of the honest
//! contribution's, and divide the factors out of L, H and K again. That is the argument of
//! [Snarky Ceremonies] for δ, with a pair in place of it: every query is divided by one of the two, and
//! none by both. So a forgery under the ceremony's key is one under a trusted party's. Were e a function
//! of x, as it is if somebody uses one number for both, δ/ε would be known as long as all do so, and D
//! and C could make up for each other; whoever contributes with this crate's sister `lattice-setup`
//! samples both.
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
//! For ε it is the same proof with an R and an s of its own and the same c, hashed from the parts of
//! both: the conjunction of two Schnorr proofs, from two answers of which to different c both x and
//! e follow.
//!
//! [MIRAGE]: https://eprint.iacr.org/2020/278
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
pub use record::{
    CommitmentContribution, CommitmentStart, CommitmentState, Contribution, Knowledge, Phase1,
    Roots, Start, State, Trapdoor, TrapdoorPoints, COMMITTED_CONTRIBUTION_LEN, CONTRIBUTION_LEN,
};
pub use transcript::{next_transcript, start_transcript, Binding};
