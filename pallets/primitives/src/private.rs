//! Private requests: inputs and outputs that are on chain only as commitments.
//!
//! The requester gives the input to its provider itself, with the blinding of its commitment. Whether it
//! did, the chain cannot see: so the provider may give a *receipt*, by which it cannot say later that
//! it had nothing, or nothing that it could use.

use crate::{ModelIndex, Price, RequestId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash};

/// What a receipt begins with.
const RECEIPT_DOMAIN: [u8; 16] = *b"lattice/receipt1";

/// What a provider signs when it has a request's input: exactly these bytes. It says that the input and
/// the blinding are there, give the commitment, and are within the model's range.
///
/// `context` is [`PrivateRequestInfo::context`], which says which input of which model is asked of whom
/// and on what terms. A reorganisation may give the number to another request about the same input: what
/// was signed for the one says nothing of the other.
///
/// Blake2-256 of the SCALE tuple (domain: [u8; 16], genesis: [u8; 32], request: u64, context:
/// [u8; 32]).
pub fn receipt_message(genesis: &[u8; 32], request: RequestId, context: &[u8; 32]) -> [u8; 32] {
    BlakeTwo256::hash_of(&(RECEIPT_DOMAIN, genesis, request, context)).0
}

/// Why a provider cannot serve a private request that it has, as it says.
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
    Serialize,
    Deserialize,
)]
pub enum InputClaim {
    /// It was given no input.
    NotReceived,
    /// What it was given does not give the commitment, or is no input of the model.
    Invalid,
}

/// How far a private request is.
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
    Serialize,
    Deserialize,
)]
pub enum PrivateStatus<BlockNumber> {
    /// Its provider owes the result, up to and in the block of the deadline.
    Assigned,
    /// Its provider says that it has no input; the requester is to open it on chain, up to and in
    /// block `open_by`.
    Claimed {
        claim: InputClaim,
        open_by: BlockNumber,
    },
    /// The proof was accepted, and the output is with the requester, as the provider says. It settles
    /// after block `final_at`, in which and before which the requester may acknowledge the output, or
    /// force its provider to post it.
    Delivered { final_at: BlockNumber },
    /// The provider is to post the output, up to and in block `post_by`.
    Forced { post_by: BlockNumber },
}

/// An input that its requester opened on chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OpenedInput {
    /// Row-major.
    pub input: Vec<i8>,
    /// What its commitment was made with.
    pub blinding: H256,
}

/// An open private request, as its provider and its requester need it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct PrivateRequestInfo<AccountId, Balance, BlockNumber> {
    pub request: RequestId,
    pub requester: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// The verifying key that the proof must satisfy.
    pub vk_id: H256,
    /// Second public input of the proof.
    pub input_commitment: H256,
    /// Hash of what the requester signed for, [`crate::RequestContent::hash`].
    pub content: H256,
    /// First public input of the proof: the hash of genesis, request, content, provider and model.
    pub context: H256,
    /// Whether the output stays private: the provider commits to it, with a random blinding, and gives
    /// it to the requester. Otherwise it is posted, and its blinding is zero.
    pub output_private: bool,
    pub price: Price<Balance>,
    /// The result is due in this block or earlier.
    pub deadline: BlockNumber,
    pub status: PrivateStatus<BlockNumber>,
    /// The input, if the requester opened it.
    pub opened: Option<OpenedInput>,
    /// Third public input of the proof that was accepted.
    pub output_commitment: Option<H256>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn a_receipt_is_the_hash_that_is_documented() {
        let mut bytes = b"lattice/receipt1".to_vec();
        bytes.extend([7; 32]);
        bytes.extend([6, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([5; 32]);
        let message = receipt_message(&[7; 32], 6, &[5; 32]);
        assert_eq!(message, BlakeTwo256::hash(&bytes).0);
    }

    #[test]
    fn a_receipt_depends_on_chain_request_and_context() {
        let messages = [
            receipt_message(&[7; 32], 6, &[5; 32]),
            receipt_message(&[8; 32], 6, &[5; 32]),
            receipt_message(&[7; 32], 7, &[5; 32]),
            receipt_message(&[7; 32], 6, &[6; 32]),
        ];
        assert_eq!(BTreeSet::from(messages).len(), messages.len());
    }
}
