//! Quotes, open requests and execution records.

use super::selection::{Bid, Ineligible};
use crate::rpc::number::{U128, U64};
use lattice_primitives::{
    self as primitives, Ending, Failure, Fault, ModelIndex, RequestStatus, Verification,
};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::{Bytes, H256};

/// What the requester pays, in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    pub compute: U128,
    pub royalty: U128,
    pub fee: U128,
}

/// Who would serve a request now, for how much, and why no other.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    pub provider: AccountId,
    pub price: Price,
    /// A sufficient `max_price`; the bill is never above it.
    pub total: U128,
    /// A `max_price` with which every one of `ranking` can be tried.
    pub upper_bound: U128,
    /// Gas of one execution, by which prices per million gas are multiplied.
    pub execution_gas: U64,
    /// Most gas of the settlement, which the provider pays for.
    pub gas: U64,
    /// What the provider locks, in planck.
    pub collateral: U128,
    /// The eligible providers, best first.
    pub ranking: Vec<Bid>,
    pub ineligible: Vec<Ineligible>,
}

/// Who has an open request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Status {
    /// Nobody for now: its provider failed, and the next block chooses another one.
    Waiting,
    /// A provider that has not accepted yet.
    Offered,
    /// A provider that is bound to it.
    Assigned,
}

/// An attempt that failed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedAttempt {
    pub provider: AccountId,
    pub failure: Failure,
}

/// An open request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    pub request: U64,
    pub requester: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub vk_id: H256,
    pub input: Vec<i8>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for; part of the context.
    pub content: H256,
    pub context: H256,
    pub price: Price,
    pub deadline: BlockNumber,
    pub status: Status,
    /// The last block to accept in, while the request is offered.
    pub accept_by: Option<BlockNumber>,
    /// Attempts that are left if this one fails.
    pub attempts_left: u32,
}

/// What an ended request left.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionRecord {
    pub request: U64,
    pub requester: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub vk_id: H256,
    pub context: H256,
    pub input_commitment: H256,
    pub output_commitment: Option<H256>,
    pub output: Vec<i32>,
    pub proof: Option<Bytes>,
    pub gas_used: U64,
    pub price: Price,
    /// The evidence that was asked for.
    pub verification: Verification,
    /// The providers whose equal results settled a replicated request.
    pub agreed: Vec<AccountId>,
    pub ending: Ending,
    /// Whose fault the ending was; `null` when nobody's.
    pub fault: Option<Fault>,
    /// Providers that failed, in order, and how.
    pub failed: Vec<FailedAttempt>,
    pub requested_at: BlockNumber,
    pub ended_at: BlockNumber,
}

impl From<(AccountId, Failure)> for FailedAttempt {
    fn from((provider, failure): (AccountId, Failure)) -> Self {
        Self { provider, failure }
    }
}

impl From<primitives::Price<Balance>> for Price {
    fn from(price: primitives::Price<Balance>) -> Self {
        Self {
            compute: U128(price.compute),
            royalty: U128(price.royalty),
            fee: U128(price.fee),
        }
    }
}

impl From<primitives::Quote<AccountId, Balance>> for Quote {
    fn from(quote: primitives::Quote<AccountId, Balance>) -> Self {
        Self {
            provider: quote.provider,
            price: quote.price.into(),
            total: U128(quote.total),
            upper_bound: U128(quote.upper_bound),
            execution_gas: U64(quote.execution_gas),
            gas: U64(quote.gas),
            collateral: U128(quote.collateral),
            ranking: quote.ranking.into_iter().map(Bid::from).collect(),
            ineligible: quote.ineligible.into_iter().map(Ineligible::from).collect(),
        }
    }
}

impl From<primitives::Assignment<AccountId, Balance, BlockNumber>> for Assignment {
    fn from(assignment: primitives::Assignment<AccountId, Balance, BlockNumber>) -> Self {
        let (status, accept_by) = match assignment.status {
            RequestStatus::Waiting { .. } => (Status::Waiting, None),
            RequestStatus::Offered { accept_by } => (Status::Offered, Some(accept_by)),
            RequestStatus::Assigned => (Status::Assigned, None),
        };
        Self {
            request: U64(assignment.request),
            requester: assignment.requester,
            provider: assignment.provider,
            model: assignment.model,
            model_hash: assignment.model_hash,
            vk_id: assignment.vk_id,
            input: assignment.input,
            input_commitment: assignment.input_commitment,
            content: assignment.content,
            context: assignment.context,
            price: assignment.price.into(),
            deadline: assignment.deadline,
            status,
            accept_by,
            attempts_left: assignment.attempts_left,
        }
    }
}

impl From<primitives::ExecutionRecord<AccountId, Balance, BlockNumber>> for ExecutionRecord {
    fn from(record: primitives::ExecutionRecord<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            request: U64(record.request),
            requester: record.requester,
            provider: record.provider,
            model: record.model,
            model_hash: record.model_hash,
            vk_id: record.vk_id,
            context: record.context,
            input_commitment: record.input_commitment,
            output_commitment: record.output_commitment,
            output: record.output,
            proof: record.proof.map(|proof| Bytes(proof.as_slice().to_vec())),
            gas_used: U64(record.gas_used),
            price: record.price.into(),
            verification: record.verification,
            agreed: record.agreed,
            ending: record.ending,
            fault: record.ending.fault(),
            failed: record.failed.into_iter().map(FailedAttempt::from).collect(),
            requested_at: record.requested_at,
            ended_at: record.ended_at,
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

    fn hash(byte: u8) -> String {
        format!("0x{}", hex::encode([byte; 32]))
    }

    fn price() -> primitives::Price<Balance> {
        primitives::Price {
            compute: 1 << 80,
            royalty: 2,
            fee: 3,
        }
    }

    fn price_json() -> serde_json::Value {
        json!({ "compute": "1208925819614629174706176", "royalty": "2", "fee": "3" })
    }

    /// A record with every field set.
    pub fn record(ending: Ending) -> primitives::ExecutionRecord<AccountId, Balance, BlockNumber> {
        primitives::ExecutionRecord {
            request: u64::MAX,
            requester: Alice.to_account_id(),
            provider: Bob.to_account_id(),
            model: 3,
            model_hash: H256::repeat_byte(1),
            vk_id: H256::repeat_byte(2),
            context: H256::repeat_byte(3),
            input_commitment: H256::repeat_byte(4),
            output_commitment: Some(H256::repeat_byte(5)),
            output: vec![-7, i32::MAX],
            proof: Some([6; 128].into()),
            gas_used: 1_500_000_000,
            price: price(),
            verification: Verification::Replicated { n: 3, k: 2 },
            agreed: vec![Bob.to_account_id()],
            ending,
            failed: vec![(Alice.to_account_id(), Failure::NotAccepted)],
            requested_at: 10,
            ended_at: 12,
        }
    }

    /// A quote of Bob's.
    pub fn quote() -> primitives::Quote<AccountId, Balance> {
        primitives::Quote {
            provider: Bob.to_account_id(),
            price: price(),
            total: 5,
            upper_bound: 6,
            execution_gas: 9,
            gas: 7,
            collateral: 8,
            ranking: vec![primitives::Bid {
                provider: Bob.to_account_id(),
                price: price(),
                total: 5,
                score: primitives::Score {
                    price: 1_000_000,
                    capacity: 2,
                    reputation: 3,
                    stake: 4,
                    residency: 6,
                    total: 5,
                },
            }],
            ineligible: vec![(Alice.to_account_id(), primitives::Ineligible::AtCapacity)],
        }
    }

    /// An open request of Alice's that Bob serves.
    pub fn assignment() -> primitives::Assignment<AccountId, Balance, BlockNumber> {
        primitives::Assignment {
            request: 7,
            requester: Alice.to_account_id(),
            provider: Bob.to_account_id(),
            model: 3,
            model_hash: H256::repeat_byte(1),
            vk_id: H256::repeat_byte(2),
            input: vec![-128, 0, 127],
            input_commitment: H256::repeat_byte(4),
            content: H256::repeat_byte(8),
            context: H256::repeat_byte(3),
            price: price(),
            deadline: 40,
            status: RequestStatus::Offered { accept_by: 30 },
            attempts_left: 2,
        }
    }

    #[test]
    fn a_quote_reads_as_documented() {
        assert_eq!(
            to_value(Quote::from(quote())).expect("serialises"),
            json!({
                "provider": BOB,
                "price": price_json(),
                "total": "5",
                "upperBound": "6",
                "executionGas": "9",
                "gas": "7",
                "collateral": "8",
                "ranking": [{
                    "provider": BOB,
                    "price": price_json(),
                    "total": "5",
                    "score": {
                        "price": 1_000_000, "capacity": 2, "reputation": 3, "stake": 4, "residency": 6,
                        "total": 5,
                    },
                }],
                "ineligible": [{ "provider": ALICE, "reason": "AtCapacity" }],
            })
        );
    }

    #[test]
    fn an_open_request_reads_as_documented() {
        let expected = json!({
            "request": "7",
            "requester": ALICE,
            "provider": BOB,
            "model": 3,
            "modelHash": hash(1),
            "vkId": hash(2),
            "input": [-128, 0, 127],
            "inputCommitment": hash(4),
            "content": hash(8),
            "context": hash(3),
            "price": price_json(),
            "deadline": 40,
            "status": "Offered",
            "acceptBy": 30,
            "attemptsLeft": 2,
        });
        assert_eq!(
            to_value(Assignment::from(assignment())).expect("serialises"),
            expected
        );
    }

    #[test]
    fn a_settled_record_reads_as_documented() {
        let expected = json!({
            "request": "18446744073709551615",
            "requester": ALICE,
            "provider": BOB,
            "model": 3,
            "modelHash": hash(1),
            "vkId": hash(2),
            "context": hash(3),
            "inputCommitment": hash(4),
            "outputCommitment": hash(5),
            "output": [-7, i32::MAX],
            "proof": format!("0x{}", "06".repeat(128)),
            "gasUsed": "1500000000",
            "price": price_json(),
            "verification": { "Replicated": { "n": 3, "k": 2 } },
            "agreed": [BOB],
            "ending": "Settled",
            "fault": null,
            "failed": [{ "provider": ALICE, "failure": "NotAccepted" }],
            "requestedAt": 10,
            "endedAt": 12,
        });
        assert_eq!(
            to_value(ExecutionRecord::from(record(Ending::Settled))).expect("serialises"),
            expected
        );
    }

    #[test]
    fn a_record_says_whose_fault_a_bad_ending_was() {
        for (ending, name, fault) in [
            (Ending::ProofRejected, "ProofRejected", "Provider"),
            (Ending::Expired, "Expired", "Provider"),
            (Ending::NotAccepted, "NotAccepted", "Provider"),
            (Ending::Cancelled, "Cancelled", "Requester"),
            (Ending::Unserved, "Unserved", "Network"),
            (Ending::NoQuorum, "NoQuorum", "Network"),
            (Ending::Refuted, "Refuted", "Provider"),
            (Ending::InputNotOpened, "InputNotOpened", "Requester"),
            (Ending::FalseClaim, "FalseClaim", "Provider"),
            (Ending::OutputWithheld, "OutputWithheld", "Provider"),
        ] {
            let json = to_value(ExecutionRecord::from(record(ending))).expect("serialises");
            assert_eq!(json["ending"], name);
            assert_eq!(json["fault"], fault);
        }
    }
}
