//! The two kinds of extrinsics with which results go to the chain.

use crate::outbox::{AuthorizedExtrinsic, Entry, SignedExtrinsic, State};
use lattice_chain_client::{
    Authorized, Call, Error, Prepared, RequestId, ResultSubmission, Submission, H256,
};

/// An extrinsic that is about to leave.
pub(super) enum Ticket {
    Free(Authorized),
    Paid(Prepared),
}

impl Ticket {
    pub(super) fn hash(&self) -> H256 {
        match self {
            Ticket::Free(authorized) => authorized.hash(),
            Ticket::Paid(prepared) => prepared.hash(),
        }
    }

    /// The state of each result that it carries.
    pub(super) fn state(&self) -> State {
        let hash = self.hash().0;
        match self {
            Ticket::Free(authorized) => State::Authorized(AuthorizedExtrinsic {
                bytes: authorized.bytes().to_vec(),
                hash,
                made_at: authorized.made_at(),
            }),
            Ticket::Paid(prepared) => State::Submitted(SignedExtrinsic {
                bytes: prepared.bytes().to_vec(),
                hash,
                nonce: prepared.nonce(),
                signed_at: prepared.signed_at(),
            }),
        }
    }

    pub(super) async fn submit(self) -> Result<Submission, Error> {
        match self {
            Ticket::Free(authorized) => authorized.submit().await,
            Ticket::Paid(prepared) => prepared.submit().await,
        }
    }
}

/// The result of an entry, as the chain takes it.
pub(super) fn result((request, entry): (RequestId, Entry)) -> ResultSubmission {
    ResultSubmission {
        request,
        context: H256(entry.context),
        output: entry.output,
        proof: entry.proof,
    }
}

/// The call for which its signer pays.
pub(super) fn paid_call(result: &ResultSubmission) -> Call {
    Call::SubmitResult {
        request: result.request,
        context: result.context,
        output: result.output.clone(),
        proof: result.proof,
    }
}
