//! Optimistic requests that are open.

use super::execution::{FailedAttempt, Price};
use crate::rpc::number::{U128, U64};
use lattice_primitives::{self as primitives, DisputeId, ModelIndex, OptimisticInfo};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::H256;

/// An open optimistic request; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Optimistic {
    pub request: U64,
    pub requester: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub input: Vec<i8>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for; part of the context.
    pub content: H256,
    pub context: H256,
    pub price: Price,
    /// Locked of the provider's stake.
    pub collateral: U128,
    /// What a challenger puts on hold.
    pub bond: U128,
    /// Blocks in which a result may be challenged.
    pub window: BlockNumber,
    pub requested_at: BlockNumber,
    /// The result is due in this block or earlier.
    pub deadline: BlockNumber,
    /// Attempts that are left if this one fails.
    pub attempts_left: u32,
    /// Providers that failed, in order, and how.
    pub failed: Vec<FailedAttempt>,
    pub status: OptimisticStatus,
}

/// How far an optimistic request has come.
#[derive(Clone, Debug, Serialize)]
pub enum OptimisticStatus {
    /// Its provider owes the result.
    Assigned,
    /// The result is there, and may be challenged.
    Posted(Posted),
    /// Nobody has it, since this block: the next block chooses another provider.
    Waiting { since: BlockNumber },
}

/// A result that may be challenged.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Posted {
    pub output: Vec<i32>,
    /// Root of the tree over all operators' results, as the provider says.
    pub trace_root: H256,
    pub posted_at: BlockNumber,
    /// The last block to challenge it in; later, for as long as a dispute runs.
    pub final_at: BlockNumber,
    /// Those that are undecided.
    pub challenges: Vec<Challenge>,
}

/// Who challenges a result, and in which dispute.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Challenge {
    pub challenger: AccountId,
    pub dispute: U64,
}

impl From<OptimisticInfo<AccountId, Balance, BlockNumber>> for Optimistic {
    fn from(info: OptimisticInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            request: U64(info.request),
            requester: info.requester,
            provider: info.provider,
            model: info.model,
            model_hash: info.model_hash,
            input: info.input,
            input_commitment: info.input_commitment,
            content: info.content,
            context: info.context,
            price: info.price.into(),
            collateral: U128(info.collateral),
            bond: U128(info.bond),
            window: info.window,
            requested_at: info.requested_at,
            deadline: info.deadline,
            attempts_left: info.attempts_left,
            failed: info.failed.into_iter().map(FailedAttempt::from).collect(),
            status: info.status.into(),
        }
    }
}

impl From<primitives::OptimisticStatus<AccountId, BlockNumber>> for OptimisticStatus {
    fn from(status: primitives::OptimisticStatus<AccountId, BlockNumber>) -> Self {
        match status {
            primitives::OptimisticStatus::Assigned => Self::Assigned,
            primitives::OptimisticStatus::Posted {
                output,
                trace_root,
                posted_at,
                final_at,
                challenges,
            } => Self::Posted(Posted {
                output,
                trace_root,
                posted_at,
                final_at,
                challenges: challenges.into_iter().map(Challenge::from).collect(),
            }),
            primitives::OptimisticStatus::Waiting { since } => Self::Waiting { since },
        }
    }
}

impl From<(AccountId, DisputeId)> for Challenge {
    fn from((challenger, dispute): (AccountId, DisputeId)) -> Self {
        Self {
            challenger,
            dispute: U64(dispute),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    /// A request of Alice's whose result by Bob is challenged.
    pub fn optimistic() -> OptimisticInfo<AccountId, Balance, BlockNumber> {
        OptimisticInfo {
            request: u64::MAX,
            requester: Alice.to_account_id(),
            provider: Bob.to_account_id(),
            model: 3,
            model_hash: H256::repeat_byte(1),
            input: vec![-128, 0, 127],
            input_commitment: H256::repeat_byte(4),
            content: H256::repeat_byte(8),
            context: H256::repeat_byte(3),
            price: primitives::Price {
                compute: 1 << 80,
                royalty: 2,
                fee: 3,
            },
            collateral: u128::MAX,
            bond: 50,
            window: 100,
            requested_at: 10,
            deadline: 30,
            attempts_left: 1,
            failed: vec![(Alice.to_account_id(), primitives::Failure::Late)],
            status: primitives::OptimisticStatus::Posted {
                output: vec![-7, i32::MAX],
                trace_root: H256::repeat_byte(5),
                posted_at: 12,
                final_at: 112,
                challenges: vec![(Alice.to_account_id(), 1 << 60)],
            },
        }
    }

    #[test]
    fn a_posted_result_reads_as_documented() {
        let hash = |byte: &str| format!("0x{}", byte.repeat(32));
        let expected = json!({
            "request": "18446744073709551615",
            "requester": ALICE,
            "provider": BOB,
            "model": 3,
            "modelHash": hash("01"),
            "input": [-128, 0, 127],
            "inputCommitment": hash("04"),
            "content": hash("08"),
            "context": hash("03"),
            "price": { "compute": "1208925819614629174706176", "royalty": "2", "fee": "3" },
            "collateral": "340282366920938463463374607431768211455",
            "bond": "50",
            "window": 100,
            "requestedAt": 10,
            "deadline": 30,
            "attemptsLeft": 1,
            "failed": [{ "provider": ALICE, "failure": "Late" }],
            "status": {
                "Posted": {
                    "output": [-7, i32::MAX],
                    "traceRoot": hash("05"),
                    "postedAt": 12,
                    "finalAt": 112,
                    "challenges": [{ "challenger": ALICE, "dispute": "1152921504606846976" }],
                },
            },
        });
        let json = to_value(Optimistic::from(optimistic())).expect("serialises");
        assert_eq!(json, expected);
    }

    #[test]
    fn a_request_without_a_result_says_so() {
        let assigned = OptimisticInfo {
            status: primitives::OptimisticStatus::Assigned,
            ..optimistic()
        };
        let json = to_value(Optimistic::from(assigned)).expect("serialises");
        assert_eq!(json["status"], "Assigned");
    }

    #[test]
    fn a_request_that_waits_says_since_when() {
        let waiting = OptimisticInfo {
            status: primitives::OptimisticStatus::Waiting { since: 31 },
            ..optimistic()
        };
        let json = to_value(Optimistic::from(waiting)).expect("serialises");
        assert_eq!(json["status"], json!({ "Waiting": { "since": 31 } }));
    }
}
