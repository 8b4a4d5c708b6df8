//! What the outbox holds. The encoding is on disk: indices never change.

use codec::{Decode, Encode};
use lattice_chain_client::{BlockNumber, ModelIndex, ProofBytes};

/// How a request ended, as the worker learnt it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
    /// The chain accepted the proof and paid.
    #[codec(index = 0)]
    Settled,
    /// The chain rejected the proof.
    #[codec(index = 1)]
    Rejected,
    /// The deadline passed first.
    #[codec(index = 2)]
    Expired,
    /// The request is gone and left no record.
    #[codec(index = 3)]
    Vanished,
}

impl Outcome {
    /// Every outcome, for labels.
    pub const ALL: [Outcome; 4] = [
        Outcome::Settled,
        Outcome::Rejected,
        Outcome::Expired,
        Outcome::Vanished,
    ];

    /// The word for it in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Settled => "settled",
            Outcome::Rejected => "rejected",
            Outcome::Expired => "expired",
            Outcome::Vanished => "vanished",
        }
    }
}

/// A signed extrinsic that carries a result, for a fee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedExtrinsic {
    pub bytes: Vec<u8>,
    pub hash: [u8; 32],
    /// The account's nonce that it uses up.
    pub nonce: u64,
    /// Best block when it was signed.
    pub signed_at: BlockNumber,
}

/// An extrinsic that carries a result and its provider's signature, without nonce and fee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AuthorizedExtrinsic {
    pub bytes: Vec<u8>,
    pub hash: [u8; 32],
    /// Best block when it was made.
    pub made_at: BlockNumber,
}

/// What was sent of an entry, to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub bytes: Vec<u8>,
    pub hash: [u8; 32],
}

/// How far a result has come.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum State {
    /// Proven and verified; nothing was signed.
    #[codec(index = 0)]
    Proven,
    /// In a signed extrinsic, and perhaps in the pool or in a block.
    #[codec(index = 1)]
    Submitted(SignedExtrinsic),
    /// The request is closed on chain, as of a block.
    #[codec(index = 2)]
    Closed {
        outcome: Outcome,
        block: BlockNumber,
    },
    /// In an authorized extrinsic, and perhaps in the pool or in a block.
    #[codec(index = 3)]
    Authorized(AuthorizedExtrinsic),
}

/// A result with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
    pub model: ModelIndex,
    pub context: [u8; 32],
    pub output: Vec<i32>,
    pub proof: ProofBytes,
    pub state: State,
}

impl Entry {
    /// The block as of which the request is known to be closed.
    pub fn closed_at(&self) -> Option<BlockNumber> {
        match self.state {
            State::Closed { block, .. } => Some(block),
            State::Proven | State::Submitted(_) | State::Authorized(_) => None,
        }
    }
}

impl State {
    /// The word for it in logs.
    pub const fn name(&self) -> &'static str {
        match self {
            State::Proven => "proven",
            State::Submitted(_) => "submitted",
            State::Closed { .. } => "closed",
            State::Authorized(_) => "authorized",
        }
    }

    /// What was sent, if anything was and may be on its way still.
    pub fn sent(&self) -> Option<Sent> {
        let (bytes, hash) = match self {
            State::Submitted(extrinsic) => (&extrinsic.bytes, extrinsic.hash),
            State::Authorized(extrinsic) => (&extrinsic.bytes, extrinsic.hash),
            State::Proven | State::Closed { .. } => return None,
        };
        Some(Sent {
            bytes: bytes.clone(),
            hash,
        })
    }
}
