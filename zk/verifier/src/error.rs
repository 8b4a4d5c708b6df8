//! Every way in which a value, a key or a proof is refused. Encodable, so that a host function can
//! hand a refusal to the runtime as it is.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use thiserror::Error;

use crate::statement::{
    COMMITTED_KEY_LEN, COMMITTED_PREPARED_KEY_LEN, KEY_LEN, MAX_BATCH, MAX_BATCH_KEYS,
    PREPARED_KEY_LEN, PUBLIC_INPUTS,
};

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
    /// Why 32 (G1) or 64 (G2) bytes are not a point that is accepted.
    #[derive(Error)]
    PointError {
        /// A coordinate at or above p, two flags at once, a flag that the point does not have, or
        /// an identity with a coordinate: the point, if it is one, has another encoding.
        #[error("the encoding is not canonical")]
        NotCanonical,
        /// No point of the curve has this x coordinate.
        #[error("no point of the curve has this x coordinate")]
        NotOnCurve,
        /// On the curve, but not in the subgroup of order r.
        #[error("the point is outside the subgroup of prime order")]
        NotInSubgroup,
        /// The point at infinity, which no honest key or proof has.
        #[error("the point is the identity")]
        Identity,
    }
}

wire! {
    /// A point of a verifying key.
    KeyPoint {
        /// α in G1.
        Alpha,
        /// β in G2.
        Beta,
        /// γ in G2.
        Gamma,
        /// δ in G2.
        Delta,
        /// ICᵢ in G1: index 0 belongs to the constant, 1..=3 to the public inputs, and 4 to the
        /// challenge of committed proofs.
        GammaAbc(u8),
        /// ε in G2, of keys of committed proofs.
        Epsilon,
    }
}

impl fmt::Display for KeyPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alpha => f.write_str("alpha_g1"),
            Self::Beta => f.write_str("beta_g2"),
            Self::Gamma => f.write_str("gamma_g2"),
            Self::Delta => f.write_str("delta_g2"),
            Self::GammaAbc(index) => write!(f, "gamma_abc_g1[{index}]"),
            Self::Epsilon => f.write_str("epsilon_g2"),
        }
    }
}

wire! {
    /// A point of a proof.
    ProofPoint {
        /// A in G1.
        A,
        /// B in G2.
        B,
        /// C in G1.
        C,
        /// D in G1, of committed proofs.
        D,
    }
}

impl fmt::Display for ProofPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        })
    }
}

wire! {
    /// Why a verifying key is refused at registration.
    #[derive(Error)]
    KeyError {
        /// Not as many bytes as a key of either version has.
        #[error("a verifying key has {KEY_LEN} bytes, or {COMMITTED_KEY_LEN} for committed proofs, this one {found}")]
        Length {
            /// Bytes that were given.
            found: u32,
        },
        /// The count of `gamma_abc_g1` is not that of the version that the length tells.
        #[error("a key of this length counts {expected} points of gamma_abc_g1, this one {found}")]
        Inputs {
            /// Points that a key of this length has.
            expected: u8,
            /// The count that the key states.
            found: u64,
        },
        /// A point is refused.
        #[error("{point}: {reason}")]
        Point {
            /// Which point.
            point: KeyPoint,
            /// What is wrong with it.
            reason: PointError,
        },
        /// Two of β, γ, δ and ε are equal up to sign. Then anyone can prove anything.
        #[error("{left} and {right} are equal up to sign, so that anyone could forge proofs")]
        Related {
            /// One of the two.
            left: KeyPoint,
            /// The other.
            right: KeyPoint,
        },
    }
}

wire! {
    /// Why bytes are not a prepared key. A chain that stored what `key::validate` gave never sees
    /// one.
    #[derive(Error)]
    PreparedKeyError {
        /// Not as many bytes as a prepared key of either version has.
        #[error("a prepared key has {PREPARED_KEY_LEN} bytes, or {COMMITTED_PREPARED_KEY_LEN} for committed proofs, this one {found}")]
        Length {
            /// Bytes that were given.
            found: u32,
        },
        /// A point is not one.
        #[error("{point}: {reason}")]
        Point {
            /// Which point.
            point: KeyPoint,
            /// What is wrong with it.
            reason: PointError,
        },
        /// e(α, β) has a coordinate at or above p.
        #[error("e(alpha, beta) is not canonical")]
        Pairing,
    }
}

wire! {
    /// Why a proof or its public inputs are malformed.
    #[derive(Error)]
    VerifyError {
        /// Not three public inputs.
        #[error("a statement has {PUBLIC_INPUTS} public inputs, this one {found}")]
        Inputs {
            /// Inputs that were given.
            found: u32,
        },
        /// A public input at or above r.
        #[error("public input {index} is not below the order of the field")]
        Input {
            /// Position of the input, from 0.
            index: u8,
        },
        /// Not as many bytes as a proof for this key has.
        #[error("a proof for this key has {expected} bytes, this one {found}")]
        Length {
            /// Bytes that a proof of the key's version has.
            expected: u32,
            /// Bytes that were given.
            found: u32,
        },
        /// A point is refused.
        #[error("{point}: {reason}")]
        Point {
            /// Which point.
            point: ProofPoint,
            /// What is wrong with it.
            reason: PointError,
        },
    }
}

wire! {
    /// Why a batch is not checked at all.
    #[derive(Error)]
    BatchError {
        /// More members than [`MAX_BATCH`].
        #[error("a batch has at most {MAX_BATCH} proofs, this one {given}")]
        Members {
            /// Members that were given.
            given: u32,
        },
        /// More different keys than [`MAX_BATCH_KEYS`].
        #[error("a batch has at most {MAX_BATCH_KEYS} different keys, this one {given}")]
        Keys {
            /// Keys that were given.
            given: u32,
        },
    }
}

wire! {
    /// Why values have no commitment.
    #[derive(Error)]
    CommitError {
        /// No values.
        #[error("there is nothing to commit to")]
        Empty,
        /// More values than a u32 counts.
        #[error("more values than can be counted in 32 bits")]
        TooMany,
        /// A range without two values.
        #[error("the range {lo}..={hi} has fewer than two values")]
        Range {
            /// Lower end, inclusive.
            lo: i8,
            /// Upper end, inclusive.
            hi: i8,
        },
        /// A value outside the declared range.
        #[error("value {index} is {value}, outside {lo}..={hi}")]
        OutOfRange {
            /// Position of the value, from 0.
            index: u32,
            /// The value.
            value: i32,
            /// Lower end, inclusive.
            lo: i8,
            /// Upper end, inclusive.
            hi: i8,
        },
        /// A blinding at or above r.
        #[error("the blinding is not below the order of the field")]
        Blinding,
    }
}
