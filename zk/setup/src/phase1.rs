//! Phase 1: powers of τ, and α and β, for every circuit up to a size.
//!
//! | module | what |
//! |---|---|
//! | [`ptau`] | snarkjs' `.ptau` file: sections, points, reading in pieces and writing |
//! | [`check`] | [`check::verify`]: every point and every relation; [`VerifiedPhase1`] and its identity |
//! | [`contribute`] | a ceremony of one's own: begin, contribute, check the contributors |
//!
//! The file format is snarkjs' for both, so that a phase 1 of the field can be used here and one of
//! ours there. A [`VerifiedPhase1`] is the only thing from which a phase 2 can start.
//!
//! # What identifies a phase 1
//! [`Phase1::id`](lattice_verifier::ceremony::Phase1::id) over its power, α, β and the Blake2-256 of
//! the bytes of sections 2, 3, 4, 5 and 6, one after the other, as they are in the file. Every
//! coordinate in them was checked to be below p, so points have one encoding there; the number
//! of points follows from the power. Sections with the contributors' history or with Lagrange bases
//! are no part of it: the former is snarkjs' to verify, the latter are recomputed.

pub mod check;
pub mod contribute;
pub mod ptau;

pub use check::{verify, VerifiedPhase1};
pub use contribute::{begin, contribute, verify_contributors, Phase1Contribution};
pub use ptau::{Ptau, Section};
