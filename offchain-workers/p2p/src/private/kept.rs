//! What a provider keeps of a private request. The encodings are on disk.

use codec::{Decode, Encode};
use lattice_chain_client::{AccountId, BlockNumber};
use lattice_verifier::FieldBytes;
use std::fmt;
use zeroize::Zeroize;

/// An input with the blinding of its commitment. It is erased from memory when it is dropped.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Payload {
    pub input: Vec<i8>,
    pub blinding: FieldBytes,
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.input.zeroize();
        self.blinding.zeroize();
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} elements)", self.input.len())
    }
}

/// An output with its proof and the blinding of its commitment. What is private of it is erased from
/// memory when it is dropped.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Answer {
    pub output: Vec<i32>,
    /// Zero if the output is posted.
    pub blinding: FieldBytes,
    /// As the chain takes it.
    pub proof: Vec<u8>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.output.zeroize();
        self.blinding.zeroize();
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({} elements)", self.output.len())
    }
}

/// A signed extrinsic with the result, which may be on its way: it is sent again rather than another.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Sent {
    pub bytes: Vec<u8>,
    /// Best block when it was signed.
    pub signed_at: BlockNumber,
}

/// What a provider may say of an input on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Complaint {
    /// Nothing was delivered.
    #[codec(index = 0)]
    NotReceived,
    /// What was delivered does not match, or does not fit.
    #[codec(index = 1)]
    Invalid,
}

/// A private request, as far as its provider has come with it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Kept {
    requester: [u8; 32],
    /// Block in which it was seen first; none if its input came before that.
    pub seen_at: Option<BlockNumber>,
    /// What was delivered, and matches; gone when the request has ended.
    pub payload: Option<Payload>,
    /// The provider's signature for it.
    pub receipt: Option<[u8; 64]>,
    /// Something was delivered that does not match or does not fit.
    pub refused: bool,
    /// Nothing is taken any more: this is what the chain is told.
    pub complaint: Option<Complaint>,
    /// Proven, and nothing else will be.
    pub answer: Option<Answer>,
    pub sent: Option<Sent>,
    /// The chain has the output's commitment: the requester may have the output.
    pub released: bool,
    /// Block as of which the request has ended.
    pub ended_at: Option<BlockNumber>,
}

impl Kept {
    /// Of a request in which nothing has happened.
    pub fn new(requester: &AccountId) -> Self {
        Self {
            requester: requester.0,
            seen_at: None,
            payload: None,
            receipt: None,
            refused: false,
            complaint: None,
            answer: None,
            sent: None,
            released: false,
            ended_at: None,
        }
    }

    /// Who made the request.
    pub fn requester(&self) -> AccountId {
        AccountId(self.requester)
    }

    /// What may be told the chain of its input now; nothing once there is one.
    pub fn due_complaint(&self) -> Option<Complaint> {
        match (&self.payload, self.refused) {
            (Some(_), _) => None,
            (None, true) => Some(Complaint::Invalid),
            (None, false) => Some(Complaint::NotReceived),
        }
    }

    /// Takes note that the request has ended: its input is needed no more.
    pub(super) fn end(&mut self, block: BlockNumber) {
        self.ended_at = Some(block);
        self.payload = None;
        self.sent = None;
    }
}
