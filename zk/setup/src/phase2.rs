//! Phase 2: a model's keys from a phase 1, by many parties.
//!
//! | module | what |
//! |---|---|
//! | [`lagrange`] | Lagrange bases at τ, by a Fourier transform of points |
//! | [`qap`] | the circuit's columns as sums of those, and random combinations of its rows |
//! | [`start`] | [`VerifiedStart`]: computed from phase 1 and the model, or checked against them |
//! | [`ceremony`] | [`Ceremony`]: accept contributions, contribute; the final keys, in memory or from file to file |
//! | [`transform`] | L/x, H/x and K/e, streamed: what a contribution spends its time on |
//! | [`dispute`] | the leaf at which a contribution is wrong, opened for the chain |
//! | [`files`], [`points`] | the ceremony's files |
//!
//! # In which order
//! ```text
//! VerifiedPhase1 ──▶ VerifiedStart ──▶ Ceremony ──accept──▶ Ceremony ──accept──▶ … ──▶ Keys
//!                    (model)                     contribute ↘ a record and a file
//! ```
//! Each arrow is a function of the type on its left, and there is no other way to make the one on
//! its right. In particular a contribution can only be made on top of a [`Ceremony`], that is, by
//! someone who has checked the start and every predecessor: an honest contribution on planted
//! points cannot be taken back.

pub mod ceremony;
pub mod dispute;
pub mod files;
mod keys;
pub mod lagrange;
pub mod points;
pub mod qap;
pub mod start;
pub mod transform;

#[cfg(test)]
mod tests;

pub use ceremony::{state_file, Ceremony, Entry};
pub use files::{Counts, StateFile, StateRoots, StateWriter};
pub use start::VerifiedStart;
