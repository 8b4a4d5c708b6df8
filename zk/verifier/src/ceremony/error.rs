//! Why a record or a challenge is refused. Encodable, for a host function to hand on.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use thiserror::Error;

use crate::error::PointError;

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
        /// ICᵢ of the start: 0 belongs to the constant, 1..=3 to the public inputs.
        GammaAbc(u8),
        /// δ before the contribution, in the first group.
        PreviousDeltaG1,
        /// δ before the contribution, in the second group.
        PreviousDeltaG2,
        /// δ in the first group.
        DeltaG1,
        /// δ in the second group.
        DeltaG2,
        /// R of the proof of knowledge.
        Commitment,
    }
}

impl fmt::Display for CeremonyPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AlphaG1 => "alpha_g1",
            Self::BetaG1 => "beta_g1",
            Self::BetaG2 => "beta_g2",
            Self::GammaAbc(index) => return write!(f, "gamma_abc_g1[{index}]"),
            Self::PreviousDeltaG1 => "the previous delta_g1",
            Self::PreviousDeltaG2 => "the previous delta_g2",
            Self::DeltaG1 => "delta_g1",
            Self::DeltaG2 => "delta_g2",
            Self::Commitment => "the commitment of the proof of knowledge",
        })
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
        #[error("no circuit has {l} points in L and {h} in H")]
        Counts {
            /// Points of the L query.
            l: u32,
            /// Points of the H query.
            h: u32,
        },
        /// δ is the previous one up to sign: nothing was contributed.
        #[error("delta is the previous one up to sign: contribute with a fresh secret")]
        Unchanged,
        /// δ in the two groups is not one number.
        #[error("delta differs between the two groups")]
        DeltaInconsistent,
        /// The response of the proof of knowledge is at or above r.
        #[error("the response of the proof of knowledge is not below the order of the field")]
        Response,
        /// The proof of knowledge is false, or was made for another place in another transcript.
        #[error("the proof of knowledge is false for this chain, ceremony, position and account")]
        Knowledge,
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
