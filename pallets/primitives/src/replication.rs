//! Replicated requests: what replicas commit to, and what the chain says of an open one.
//!
//! Every replica commits to its result before any of them shows one. The commitment names chain,
//! request and provider, so that one that is copied commits its copier to nothing it could show.

use crate::{DisputeId, ModelIndex, RequestId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// What every commitment begins with, so that its preimage is no other message.
const REPLICA_DOMAIN: [u8; 16] = *b"lattice/replica1";

/// A replica's result with everything that it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaContent<'a, AccountId> {
    /// Hash of the chain's genesis block.
    pub genesis: H256,
    pub request: RequestId,
    /// Who ran the model.
    pub provider: &'a AccountId,
    /// Merkle root over the outputs of all layers: what a dispute is about.
    pub trace_root: H256,
    pub output: &'a [i32],
    /// Random, and secret until the result is shown: outputs can be guessed.
    pub salt: [u8; 32],
}

impl<AccountId: Encode> ReplicaContent<'_, AccountId> {
    /// Blake2-256 of the SCALE tuple (domain: [u8; 16], genesis: [u8; 32], request: u64, provider,
    /// trace root: [u8; 32], output: Vec<i32>, salt: [u8; 32]).
    pub fn commitment(&self) -> H256 {
        let Self {
            genesis,
            request,
            provider,
            trace_root,
            output,
            salt,
        } = self;
        BlakeTwo256::hash_of(&(
            REPLICA_DOMAIN,
            genesis,
            request,
            provider,
            trace_root,
            output,
            salt,
        ))
    }
}

/// An open replicated request, as requester and replicas see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReplicatedInfo<AccountId, Balance, BlockNumber> {
    pub request: RequestId,
    pub requester: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// The verifying key under which a replica may show that it is right; `None`: there was none
    /// when the request was made.
    pub vk_id: Option<H256>,
    pub input: Vec<i8>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for, [`crate::RequestContent::hash`].
    pub content: H256,
    /// Replicas that run the model.
    pub n: u8,
    /// Equal results that settle.
    pub k: u8,
    /// Blocks in which the replicas are to commit, from the draw on.
    pub deadline: BlockNumber,
    /// On hold: most that the requester pays, in planck.
    pub escrow: Balance,
    /// To the owner of the model, once, in planck.
    pub royalty: Balance,
    pub phase: ReplicatedPhase<BlockNumber>,
    /// Those that were drawn, in the order of the lot; empty before.
    pub replicas: Vec<ReplicaInfo<AccountId, Balance>>,
    pub requested_at: BlockNumber,
}

/// How far an open replicated request is. `until` is the last block of a phase; one that is over
/// lasts until the chain, or anybody who asks it to, takes the request on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ReplicatedPhase<BlockNumber> {
    /// Made in this block; a later one draws the replicas.
    Waiting { since: BlockNumber },
    /// The replicas commit, and none may show a result.
    Committing { until: BlockNumber },
    /// Those that have committed show what they committed to.
    Revealing { until: BlockNumber },
    /// Enough agree on this result, and the others may show that it is wrong.
    Appealing {
        until: BlockNumber,
        output: Vec<i32>,
        trace_root: H256,
    },
}

/// One of the providers that were drawn.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReplicaInfo<AccountId, Balance> {
    pub provider: AccountId,
    /// What it is paid if it is right, in planck.
    pub compute: Balance,
    /// What the treasury account is paid then, in planck.
    pub fee: Balance,
    /// Locked of its stake, in planck.
    pub collateral: Balance,
    pub state: ReplicaState,
}

/// What a replica has done so far.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ReplicaState {
    /// Nothing yet.
    Drawn,
    /// Committed to a result, [`ReplicaContent::commitment`].
    Committed(H256),
    /// Shown its result.
    Revealed {
        output: Vec<i32>,
        trace_root: H256,
        appeal: ReplicaAppeal,
    },
    /// Did not commit, or did not show what it committed to, in time. It has no part any more.
    Late,
}

/// What a replica that others outvote has done about it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum ReplicaAppeal {
    /// Nothing.
    None,
    /// Disputes the others' trace.
    Disputed(DisputeId),
    /// Lost its dispute, and cannot appeal again.
    Lost,
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_runtime::AccountId32;

    static PROVIDER: AccountId32 = AccountId32::new([3; 32]);

    fn content() -> ReplicaContent<'static, AccountId32> {
        ReplicaContent {
            genesis: H256::repeat_byte(1),
            request: 2,
            provider: &PROVIDER,
            trace_root: H256::repeat_byte(4),
            output: &[5, -1],
            salt: [6; 32],
        }
    }

    #[test]
    fn a_commitment_is_the_hash_of_its_fields_in_order_and_nothing_else() {
        let mut bytes = b"lattice/replica1".to_vec();
        bytes.extend([1; 32]);
        bytes.extend([2, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([3; 32]);
        bytes.extend([4; 32]);
        // Two elements, little-endian.
        bytes.extend([8, 5, 0, 0, 0, 255, 255, 255, 255]);
        bytes.extend([6; 32]);
        assert_eq!(content().commitment(), BlakeTwo256::hash(&bytes));
    }

    #[test]
    fn a_commitment_depends_on_everything() {
        let other = AccountId32::new([4; 32]);
        let changed = [
            ReplicaContent {
                genesis: H256::repeat_byte(9),
                ..content()
            },
            ReplicaContent {
                request: 3,
                ..content()
            },
            ReplicaContent {
                provider: &other,
                ..content()
            },
            ReplicaContent {
                trace_root: H256::repeat_byte(5),
                ..content()
            },
            ReplicaContent {
                output: &[5, -2],
                ..content()
            },
            ReplicaContent {
                output: &[5],
                ..content()
            },
            ReplicaContent {
                salt: [7; 32],
                ..content()
            },
        ];
        for content_of_another in changed {
            assert_ne!(content_of_another.commitment(), content().commitment());
        }
    }
}
