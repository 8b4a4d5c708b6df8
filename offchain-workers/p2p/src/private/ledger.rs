//! What the mailbox asks of the chain, which it cannot see itself.

use super::{store::Name, wire::RefusalCode};
use futures::future::BoxFuture;
use lattice_chain_client::{AccountId, RequestId};
use lattice_tensor::Range;
use lattice_verifier::{commitment::commit_input, CommitError, FieldBytes};

/// A private request that is assigned to this provider, whose model it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub request: RequestId,
    /// First public input of the proof. A reorganisation may give the number to another request, and
    /// this tells them apart.
    pub context: FieldBytes,
    pub requester: AccountId,
    pub input_commitment: FieldBytes,
    /// Elements that the model takes.
    pub input_len: usize,
    /// What they may be.
    pub range: Range,
    /// Whether the chain waits for the result, and long enough for an input that comes now to be
    /// answered. Otherwise none is taken: its receipt would leave the provider nothing but to be late.
    pub in_time: bool,
}

impl Assigned {
    /// Under which it is kept.
    pub fn name(&self) -> Name {
        Name {
            request: self.request,
            context: self.context,
        }
    }

    /// Whether an input and its blinding are those that the requester committed to.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self, input: &[i8], blinding: &FieldBytes) -> Result<(), RefusalCode> {
        if input.len() != self.input_len {
            return Err(RefusalCode::WrongLength);
        }
        let values: Vec<i32> = input.iter().copied().map(i32::from).collect();
        match commit_input(&values, self.range, blinding) {
            Ok(commitment) if commitment == self.input_commitment => Ok(()),
            Err(CommitError::OutOfRange { .. }) => Err(RefusalCode::OutOfRange),
            Ok(_) | Err(_) => Err(RefusalCode::WrongCommitment),
        }
    }
}

/// Why nothing can be said of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// No private request that is open has this number.
    Unknown,
    /// It is another provider's.
    NotOurs,
    /// Its model is not loaded.
    NotServed,
    /// The chain cannot be asked now.
    Unreachable,
}

impl From<Unseen> for RefusalCode {
    fn from(unseen: Unseen) -> Self {
        match unseen {
            Unseen::Unknown => Self::UnknownRequest,
            Unseen::NotOurs => Self::NotAssigned,
            Unseen::NotServed => Self::NotServed,
            Unseen::Unreachable => Self::Busy,
        }
    }
}

/// What is assigned to this provider.
pub trait Ledger: Send + Sync + 'static {
    /// A private request, if it is this provider's.
    fn assigned(&self, request: RequestId) -> BoxFuture<'_, Result<Assigned, Unseen>>;
}
