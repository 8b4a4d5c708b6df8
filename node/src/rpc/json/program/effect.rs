//! What a run asked for.

use crate::rpc::number::U128;
use lattice_isa::Event;
use lattice_primitives as primitives;
use lattice_runtime::AccountId;
use serde::Serialize;
use sp_core::{Bytes, H256};

/// Something that a program did, in its order. A dry run keeps none of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// `COMMIT_RESULT`.
    Committed { subject: H256, digest: H256 },
    /// `HASH_MODEL`.
    #[serde(rename_all = "camelCase")]
    ModelHashed { model_hash: H256, state_hash: H256 },
    /// The value under a key is now this one, or none.
    StorageSet { key: Bytes, value: Option<Bytes> },
    /// An amount, in planck, went to an account.
    Transfer { to: AccountId, amount: U128 },
    /// The program left an event.
    Emitted(Bytes),
    /// The program ended itself; what it had went to an account.
    Terminated { beneficiary: AccountId },
}

impl From<primitives::Effect> for Effect {
    fn from(effect: primitives::Effect) -> Self {
        match effect {
            primitives::Effect::Machine(Event::Committed { subject, digest }) => Self::Committed {
                subject: H256(subject),
                digest: H256(digest),
            },
            primitives::Effect::Machine(Event::ModelHashed { model, state }) => Self::ModelHashed {
                model_hash: H256(model),
                state_hash: H256(state),
            },
            primitives::Effect::StorageSet { key, value } => Self::StorageSet {
                key: Bytes(key),
                value: value.map(Bytes),
            },
            primitives::Effect::Transfer { to, amount } => Self::Transfer {
                to: to.into(),
                amount: U128(amount),
            },
            primitives::Effect::Emitted { data } => Self::Emitted(Bytes(data)),
            primitives::Effect::Terminated { beneficiary } => Self::Terminated {
                beneficiary: beneficiary.into(),
            },
        }
    }
}
