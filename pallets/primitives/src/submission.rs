//! What providers sign so that they need no transaction of their own: results, and signs of life.
//!
//! The calls that carry these signatures are *authorized*: nobody signs the transaction, there is no
//! nonce, and no fee. So the same bytes may be handed in any number of times, and count once. What is
//! signed names the chain and the provider, and begins with a domain, so that it is good nowhere else.

use codec::Encode;
use sp_runtime::traits::{BlakeTwo256, Hash};
use sp_runtime::transaction_validity::InvalidTransaction;

/// What a message about results begins with.
const RESULTS_DOMAIN: [u8; 16] = *b"lattice/results1";

/// What a message about a sign of life begins with.
const HEARTBEAT_DOMAIN: [u8; 16] = *b"lattice/alive001";

/// What a provider signs to submit results: exactly these bytes.
///
/// Blake2-256 of the SCALE tuple (domain: [u8; 16], genesis: [u8; 32], provider, results), and each
/// result is (request: u64, context: [u8; 32], output: Vec<i32>, proof: Vec<u8>), as in the call.
pub fn results_message<AccountId: Encode, Results: Encode + ?Sized>(
    genesis: &[u8; 32],
    provider: &AccountId,
    results: &Results,
) -> [u8; 32] {
    BlakeTwo256::hash_of(&(RESULTS_DOMAIN, genesis, provider, results)).0
}

/// What a provider signs to say that it is alive in an epoch: exactly these bytes.
///
/// Blake2-256 of the SCALE tuple (domain: [u8; 16], genesis: [u8; 32], provider, epoch), where the
/// epoch has the width of the chain's block numbers.
pub fn heartbeat_message<AccountId: Encode, BlockNumber: Encode>(
    genesis: &[u8; 32],
    provider: &AccountId,
    epoch: &BlockNumber,
) -> [u8; 32] {
    BlakeTwo256::hash_of(&(HEARTBEAT_DOMAIN, genesis, provider, epoch)).0
}

/// Why the chain does not take an authorized call, where the pool has no word of its own for it: the
/// number in [`InvalidTransaction::Custom`]. Nothing has happened then, whoever sent it.
///
/// A signature that is not the provider's is [`InvalidTransaction::BadProof`]. What is over is
/// [`InvalidTransaction::Stale`]: a request that has ended, an epoch that is past or already has a
/// sign of life. An epoch that has not begun is [`InvalidTransaction::Future`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAuthorized {
    /// There are no results.
    EmptyBatch,
    /// No request has this number.
    UnknownRequest,
    /// The request is another provider's, or waits for one.
    NotAssignedProvider,
    /// The deadline has passed.
    DeadlinePassed,
    /// The context is not this chain's: the result was made for another fork.
    ContextMismatch,
    /// The output does not have the model's number of elements.
    WrongOutputLength,
    /// The proof has a coordinate that is none.
    MalformedProof,
    /// There are two results of one request.
    DuplicateResult,
    /// The results are under more keys than a batch may have.
    TooManyKeys,
    /// An authorized result of this assignment was refused before: the signed calls are left, which
    /// cost a fee.
    FreeTryUsed,
    /// The account is no provider.
    NotRegistered,
}

impl NotAuthorized {
    /// Every reason.
    pub const ALL: [Self; 11] = [
        Self::EmptyBatch,
        Self::UnknownRequest,
        Self::NotAssignedProvider,
        Self::DeadlinePassed,
        Self::ContextMismatch,
        Self::WrongOutputLength,
        Self::MalformedProof,
        Self::DuplicateResult,
        Self::TooManyKeys,
        Self::FreeTryUsed,
        Self::NotRegistered,
    ];

    /// The number that stands for it. Numbers never change.
    pub const fn code(self) -> u8 {
        match self {
            Self::EmptyBatch => 1,
            Self::UnknownRequest => 2,
            Self::NotAssignedProvider => 3,
            Self::DeadlinePassed => 4,
            Self::ContextMismatch => 5,
            Self::WrongOutputLength => 6,
            Self::MalformedProof => 7,
            Self::DuplicateResult => 8,
            Self::TooManyKeys => 9,
            Self::FreeTryUsed => 10,
            Self::NotRegistered => 11,
        }
    }

    /// What a number stands for.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl From<NotAuthorized> for InvalidTransaction {
    fn from(reason: NotAuthorized) -> Self {
        Self::Custom(reason.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, vec, vec::Vec};
    use sp_core::H256;
    use sp_runtime::AccountId32;

    type Results = Vec<(u64, H256, Vec<i32>, Vec<u8>)>;

    fn results() -> Results {
        vec![(6, H256::repeat_byte(1), vec![-3, 4], vec![5; 128])]
    }

    #[test]
    fn a_message_is_the_hash_that_is_documented() {
        let provider = AccountId32::new([3; 32]);
        let genesis = [7; 32];
        let mut bytes = b"lattice/results1".to_vec();
        bytes.extend([7; 32]);
        bytes.extend([3; 32]);
        bytes.extend(results().encode());
        let message = results_message(&genesis, &provider, &results());
        assert_eq!(message, BlakeTwo256::hash(&bytes).0);

        let mut bytes = b"lattice/alive001".to_vec();
        bytes.extend([7; 32]);
        bytes.extend([3; 32]);
        bytes.extend([9, 0, 0, 0]);
        let message = heartbeat_message(&genesis, &provider, &9u32);
        assert_eq!(message, BlakeTwo256::hash(&bytes).0);
    }

    #[test]
    fn a_message_depends_on_chain_provider_and_everything_in_it() {
        let [bob, dave] = [3, 4].map(|byte| AccountId32::new([byte; 32]));
        let of = |genesis: u8, provider, change: &dyn Fn(&mut Results)| {
            let mut results = results();
            change(&mut results);
            results_message(&[genesis; 32], provider, &results)
        };
        let messages = [
            of(7, &bob, &|_| ()),
            of(8, &bob, &|_| ()),
            of(7, &dave, &|_| ()),
            of(7, &bob, &|results| results[0].0 = 7),
            of(7, &bob, &|results| results[0].1 = H256::zero()),
            of(7, &bob, &|results| results[0].2[1] = 5),
            of(7, &bob, &|results| results[0].3[127] = 0),
            of(7, &bob, &|results| results.clear()),
            heartbeat_message(&[7; 32], &bob, &1u32),
            heartbeat_message(&[7; 32], &bob, &2u32),
            heartbeat_message(&[7; 32], &dave, &1u32),
        ];
        assert_eq!(BTreeSet::from(messages).len(), messages.len());
    }

    #[test]
    fn each_reason_has_a_number_of_its_own() {
        for reason in NotAuthorized::ALL {
            assert_eq!(NotAuthorized::of_code(reason.code()), Some(reason));
            let custom = InvalidTransaction::Custom(reason.code());
            assert_eq!(InvalidTransaction::from(reason), custom);
        }
        for code in [0, 12, 255] {
            assert_eq!(NotAuthorized::of_code(code), None);
        }
    }
}
