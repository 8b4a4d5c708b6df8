//! Why a record or a challenge is refused. Encodable, for a host function to hand on.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use thiserror::Error;

use super::record::Trapdoor;
use crate::error::PointError;
use crate::statement::ProofVersion;

/// Derives what every error here has.
macro_rules! wire {
    ($(#[$meta:meta])* $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking,
            MaxEncodedLen, TypeInfo,
        )]
        pub enum $name { $($body)* }
    };
}

wire! {
    /// A point of a record.
    CeremonyPoint {
        /// α in the first group.
        AlphaG1,
        /// β in the first group.
        BetaG1,
        /// β in the second group.
        BetaG2,
        /// ICᵢ of the start: 0 belongs to the constant, 1..=3 to the public inputs, 4 to the
        /// challenge.
        GammaAbc(u8),
        /// A trapdoor before the contribution, in the first group.
        PreviousG1(Trapdoor),
        /// A trapdoor before the contribution, in the second group.
        PreviousG2(Trapdoor),
        /// A trapdoor after it, in the first group.
        NextG1(Trapdoor),
        /// A trapdoor after it, in the second group.
        NextG2(Trapdoor),
        /// R of the proof of knowledge for a trapdoor.
        Commitment(Trapdoor),
    }
}

impl fmt::Display for CeremonyPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlphaG1 => f.write_str("alpha_g1"),
            Self::BetaG1 => f.write_str("beta_g1"),
            Self::BetaG2 => f.write_str("beta_g2"),
            Self::GammaAbc(index) => write!(f, "gamma_abc_g1[{index}]"),
            Self::PreviousG1(trapdoor) => write!(f, "the previous {trapdoor}_g1"),
            Self::PreviousG2(trapdoor) => write!(f, "the previous {trapdoor}_g2"),
            Self::NextG1(trapdoor) => write!(f, "{trapdoor}_g1"),
            Self::NextG2(trapdoor) => write!(f, "{trapdoor}_g2"),
            Self::Commitment(trapdoor) => {
                write!(f, "the commitment of the proof of knowledge for {trapdoor}")
            }
        }
    }
}

wire! {
    /// One of the two openings of a challenge.
    Side {
        /// Under the root that the challenged contribution was built on.
        Before,
        /// Under the challenged contribution's root.
        After,
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before the contribution",
            Self::After => "after the contribution",
        })
    }
}

wire! {
    /// Why an opening shows nothing about a root.
    #[derive(Error)]
    OpeningError {
        /// No such leaf.
        #[error("there is no leaf {index} among {count}")]
        Index {
            /// The leaf that was opened.
            index: u32,
            /// Leaves of the query.
            count: u32,
        },
        /// Not as many hashes as lie between this leaf and the root.
        #[error("the path of this leaf has {expected} hashes, the opening {found}")]
        PathLength {
            /// Hashes that belong there.
            expected: u32,
            /// Hashes that were given.
            found: u32,
        },
        /// The point and the path lead to another root.
        #[error("the opening leads to another root")]
        Root,
    }
}

wire! {
    /// Why a start, a contribution or a challenge is refused.
    #[derive(Error)]
    CeremonyError {
        /// A point is refused.
        #[error("{point}: {reason}")]
        Point {
            /// Which point.
            point: CeremonyPoint,
            /// What is wrong with it.
            reason: PointError,
        },
        /// β is ± the generator, which is γ: phase 1 had no contribution, and anyone could forge.
        #[error("beta is the generator up to sign, so that anyone could forge proofs")]
        UntouchedPhase1,
        /// β in the two groups is not one number.
        #[error("beta differs between the two groups")]
        BetaInconsistent,
        /// A count of query points that no circuit has.
        #[error("no circuit has {l} points in L, {h} in H and {k:?} in K")]
        Counts {
            /// Points of the L query.
            l: u32,
            /// Points of the H query.
            h: u32,
            /// Points of the K query, if the circuit has a commitment.
            k: Option<u32>,
        },
        /// A contribution without a commitment to a ceremony with one, or the reverse.
        #[error("this ceremony is for {expected:?} proofs, the contribution for {found:?}: make it with the ceremony's own start")]
        Version {
            /// Of the ceremony.
            expected: ProofVersion,
            /// Of the contribution.
            found: ProofVersion,
        },
        /// A trapdoor is the previous one up to sign: nothing was contributed to it.
        #[error("{trapdoor} is the previous one up to sign: contribute with a fresh secret")]
        Unchanged {
            /// Which.
            trapdoor: Trapdoor,
        },
        /// A trapdoor in the two groups is not one number.
        #[error("{trapdoor} differs between the two groups")]
        Inconsistent {
            /// Which.
            trapdoor: Trapdoor,
        },
        /// The response of a proof of knowledge is at or above r.
        #[error("the response of the proof of knowledge for {trapdoor} is not below the order of the field")]
        Response {
            /// For which.
            trapdoor: Trapdoor,
        },
        /// A proof of knowledge is false, or was made for another place in another transcript.
        #[error("the proof of knowledge for {trapdoor} is false for this chain, ceremony, position and account")]
        Knowledge {
            /// For which.
            trapdoor: Trapdoor,
        },
        /// An opening is not one.
        #[error("{side}: {reason}")]
        Opening {
            /// Which of the two.
            side: Side,
            /// What is wrong with it.
            reason: OpeningError,
        },
        /// The leaf was no point before the contribution already.
        #[error("the leaf is no point before the contribution either: challenge an earlier one")]
        PreviousMalformed {
            /// What is wrong with it.
            reason: PointError,
        },
    }
}
