//! Requests that the chain answered itself.

use crate::rpc::number::{U128, U64};
use lattice_primitives::{self as primitives, ModelIndex};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::H256;

/// What a request left that the chain answered itself, in its own block.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectRecord {
    pub request: U64,
    pub requester: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub input_commitment: H256,
    pub output: Vec<i32>,
    pub gas_used: U64,
    /// Paid to the owner of the model, in planck.
    pub royalty: U128,
    pub answered_at: BlockNumber,
}

impl From<primitives::DirectRecord<AccountId, Balance, BlockNumber>> for DirectRecord {
    fn from(record: primitives::DirectRecord<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            request: U64(record.request),
            requester: record.requester,
            model: record.model,
            model_hash: record.model_hash,
            input_commitment: record.input_commitment,
            output: record.output,
            gas_used: U64(record.gas_used),
            royalty: U128(record.royalty),
            answered_at: record.answered_at,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value};
    use sp_keyring::Sr25519Keyring::Alice;

    /// What the chain answered Alice.
    pub fn direct_record() -> primitives::DirectRecord<AccountId, Balance, BlockNumber> {
        primitives::DirectRecord {
            request: u64::MAX,
            requester: Alice.to_account_id(),
            model: 3,
            model_hash: H256::repeat_byte(1),
            input_commitment: H256::repeat_byte(2),
            output: vec![-7, i32::MAX],
            gas_used: 1_500_000_000,
            royalty: 9,
            answered_at: 12,
        }
    }

    #[test]
    fn a_direct_record_reads_as_documented() {
        let expected = json!({
            "request": "18446744073709551615",
            "requester": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "model": 3,
            "modelHash": format!("0x{}", "01".repeat(32)),
            "inputCommitment": format!("0x{}", "02".repeat(32)),
            "output": [-7, i32::MAX],
            "gasUsed": "1500000000",
            "royalty": "9",
            "answeredAt": 12,
        });
        assert_eq!(
            to_value(DirectRecord::from(direct_record())).expect("serialises"),
            expected
        );
    }
}
