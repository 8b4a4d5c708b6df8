//! Optimistic requests: results that stand unless they are challenged.

use crate::{DisputeId, Failure, ModelIndex, Price, RequestId};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;

/// How far an optimistic request has come.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum OptimisticStatus<AccountId, BlockNumber> {
    /// Its provider owes the result.
    Assigned,
    /// The result is there, and may be challenged.
    Posted {
        output: Vec<i32>,
        /// Root of the tree over all operators' results, as the provider says.
        trace_root: H256,
        posted_at: BlockNumber,
        /// The last block in which the result may be challenged; later, if a dispute runs then, for
        /// as long as it runs.
        final_at: BlockNumber,
        /// The challengers whose disputes are open.
        challenges: Vec<(AccountId, DisputeId)>,
    },
    /// Nobody has it, since this block: its provider failed, and the next block chooses another one.
    Waiting { since: BlockNumber },
}

/// An open optimistic request, as its provider, watchers and challengers need it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OptimisticInfo<AccountId, Balance, BlockNumber> {
    pub request: RequestId,
    pub requester: AccountId,
    /// The last one, while the request waits for the next; so are context, price, collateral and
    /// deadline.
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub input: Vec<i8>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for, [`crate::RequestContent::hash`].
    pub content: H256,
    /// What the provider repeats when it posts: the hash of genesis, request, content, provider and
    /// model.
    pub context: H256,
    /// What the requester pays if this provider's result stands. Where others may try after it, what is
    /// on hold is all that the requester would pay.
    pub price: Price<Balance>,
    /// Locked of the provider's stake, at least the bond; in planck.
    pub collateral: Balance,
    /// What a challenger puts on hold, in planck.
    pub bond: Balance,
    /// Blocks in which a result may be challenged.
    pub window: BlockNumber,
    pub requested_at: BlockNumber,
    /// The result is due in this block or earlier.
    pub deadline: BlockNumber,
    /// Attempts that are left if this one fails.
    pub attempts_left: u32,
    /// Providers that failed, in order, and how.
    pub failed: Vec<(AccountId, Failure)>,
    pub status: OptimisticStatus<AccountId, BlockNumber>,
}
