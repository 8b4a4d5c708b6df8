//! Why an action for a private request does not come off.

use crate::{metrics::Stage, models::Mismatch, pipeline::PipelineError};
use lattice_chain_client::{Error, ProofLengthError, RequestId};
use lattice_p2p::private::MailboxError;
use std::time::Duration;

/// Why an action did not come off.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    #[error(transparent)]
    Chain(#[from] Error),
    #[error("the extrinsic was not in a block within {} s", .0.as_secs())]
    NotIncluded(Duration),
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error("the output of request {0} is not on this disk, and cannot be posted")]
    OutputLost(RequestId),
    #[error("the proof that is kept is none: {0}")]
    Proof(#[from] ProofLengthError),
    #[error("the action panicked")]
    Panicked,
}

impl PrivateError {
    /// Where it is counted.
    pub fn stage(&self) -> Stage {
        match self {
            PrivateError::Chain(error) if error.is_transient() => Stage::Chain,
            PrivateError::Chain(_) | PrivateError::NotIncluded(_) => Stage::Submit,
            PrivateError::Mismatch(_) => Stage::Match,
            PrivateError::Pipeline(PipelineError::Execute(_)) | PrivateError::Panicked => {
                Stage::Execute
            }
            PrivateError::Pipeline(
                PipelineError::Prove(_) | PipelineError::Statement | PipelineError::Cancelled,
            ) => Stage::Prove,
            PrivateError::Pipeline(_) => Stage::Match,
            PrivateError::Mailbox(_) | PrivateError::OutputLost(_) | PrivateError::Proof(_) => {
                Stage::Outbox
            }
        }
    }
}
