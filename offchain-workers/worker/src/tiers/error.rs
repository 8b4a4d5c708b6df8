//! Why an action does not come off.

use super::{dispute::MoveError, seals::SealError};
use crate::{metrics::Stage, models::Mismatch, pipeline::PipelineError};
use lattice_chain_client::{format_balance, Balance, Error, RequestId, H256};
use lattice_trace::LayoutError;
use std::time::Duration;

/// Why an action did not come off.
#[derive(Debug, thiserror::Error)]
pub enum TierError {
    #[error(transparent)]
    Chain(#[from] Error),
    #[error("the extrinsic was not in a block within {} s", .0.as_secs())]
    NotIncluded(Duration),
    #[error("no model with the hash {0:?} is loaded")]
    UnknownModel(H256),
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error("no tree over the trace: {0}")]
    Layout(#[from] LayoutError),
    #[error("this device and the reference executor differ; nothing is challenged on its word")]
    Inexact,
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("what this account has committed to is not on this disk, and cannot be revealed")]
    SealLost,
    #[error("what this account has revealed is not what this device computes now")]
    OtherThanRevealed,
    #[error("no answer in the dispute: {0}")]
    Move(#[from] MoveError),
    #[error("the action panicked")]
    Panicked,
    #[error("request {0} has ended or gone to another provider meanwhile")]
    Ended(RequestId),
    #[error(
        "the bond of {} is more than this account can spend, which is {}",
        lat(.bond),
        lat(.spendable)
    )]
    Unaffordable { bond: Balance, spendable: Balance },
}

fn lat(amount: &Balance) -> String {
    format_balance(*amount)
}

impl TierError {
    /// Where it is counted.
    pub fn stage(&self) -> Stage {
        match self {
            TierError::Chain(error) if error.is_transient() => Stage::Chain,
            TierError::Chain(_) | TierError::NotIncluded(_) | TierError::Unaffordable { .. } => {
                Stage::Submit
            }
            TierError::Ended(_) => Stage::Chain,
            TierError::UnknownModel(_)
            | TierError::Mismatch(_)
            | TierError::Move(_)
            | TierError::OtherThanRevealed => Stage::Match,
            TierError::Pipeline(PipelineError::Execute(_))
            | TierError::Layout(_)
            | TierError::Inexact
            | TierError::Panicked => Stage::Execute,
            TierError::Pipeline(_) => Stage::Prove,
            TierError::Seal(_) | TierError::SealLost => Stage::Outbox,
        }
    }
}
