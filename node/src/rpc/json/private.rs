//! Private requests that are open.

use super::execution::Price;
use crate::rpc::number::U64;
use lattice_primitives::{self as primitives, InputClaim, ModelIndex, PrivateRequestInfo};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::H256;

/// An open private request; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateRequest {
    pub request: U64,
    pub requester: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub vk_id: H256,
    pub input_commitment: H256,
    /// Hash of what the requester signed for; part of the context.
    pub content: H256,
    pub context: H256,
    /// Whether the output stays private, too.
    pub output_private: bool,
    pub price: Price,
    /// The result is due in this block or earlier.
    pub deadline: BlockNumber,
    pub status: PrivateStatus,
    /// The input, if the requester opened it; `null`: it did not.
    pub opened: Option<OpenedInput>,
    /// That of the output that was proven; `null` before.
    pub output_commitment: Option<H256>,
}

/// How far a private request is; each block is the last one for what is to be done.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum PrivateStatus {
    /// Its provider owes the result.
    Assigned,
    /// Its provider says that it has no input, and the requester is to open it.
    #[serde(rename_all = "camelCase")]
    Claimed {
        claim: InputClaim,
        open_by: BlockNumber,
    },
    /// The proof was accepted, and the requester may say that it has no output.
    #[serde(rename_all = "camelCase")]
    Delivered { final_at: BlockNumber },
    /// The provider is to post the output.
    #[serde(rename_all = "camelCase")]
    Forced { post_by: BlockNumber },
}

/// An input that its requester opened on chain.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenedInput {
    pub input: Vec<i8>,
    pub blinding: H256,
}

impl From<PrivateRequestInfo<AccountId, Balance, BlockNumber>> for PrivateRequest {
    fn from(info: PrivateRequestInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            request: U64(info.request),
            requester: info.requester,
            provider: info.provider,
            model: info.model,
            model_hash: info.model_hash,
            vk_id: info.vk_id,
            input_commitment: info.input_commitment,
            content: info.content,
            context: info.context,
            output_private: info.output_private,
            price: info.price.into(),
            deadline: info.deadline,
            status: info.status.into(),
            opened: info.opened.map(OpenedInput::from),
            output_commitment: info.output_commitment,
        }
    }
}

impl From<primitives::PrivateStatus<BlockNumber>> for PrivateStatus {
    fn from(status: primitives::PrivateStatus<BlockNumber>) -> Self {
        match status {
            primitives::PrivateStatus::Assigned => Self::Assigned,
            primitives::PrivateStatus::Claimed { claim, open_by } => {
                Self::Claimed { claim, open_by }
            }
            primitives::PrivateStatus::Delivered { final_at } => Self::Delivered { final_at },
            primitives::PrivateStatus::Forced { post_by } => Self::Forced { post_by },
        }
    }
}

impl From<primitives::OpenedInput> for OpenedInput {
    fn from(opened: primitives::OpenedInput) -> Self {
        Self {
            input: opened.input,
            blinding: opened.blinding,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};

    /// A request of Alice's whose input Bob says he does not have.
    pub fn private_request() -> PrivateRequestInfo<AccountId, Balance, BlockNumber> {
        PrivateRequestInfo {
            request: u64::MAX,
            requester: Alice.to_account_id(),
            provider: Bob.to_account_id(),
            model: 3,
            model_hash: H256::repeat_byte(1),
            vk_id: H256::repeat_byte(2),
            input_commitment: H256::repeat_byte(4),
            content: H256::repeat_byte(8),
            context: H256::repeat_byte(3),
            output_private: true,
            price: primitives::Price {
                compute: 1 << 80,
                royalty: 2,
                fee: 3,
            },
            deadline: 30,
            status: primitives::PrivateStatus::Claimed {
                claim: InputClaim::NotReceived,
                open_by: 112,
            },
            opened: None,
            output_commitment: None,
        }
    }

    /// The same request in every status.
    pub fn in_every_status() -> Vec<PrivateRequestInfo<AccountId, Balance, BlockNumber>> {
        let opened = primitives::OpenedInput {
            input: vec![-128, 0, 127],
            blinding: H256::repeat_byte(6),
        };
        let proven = |status| PrivateRequestInfo {
            status,
            output_commitment: Some(H256::repeat_byte(5)),
            ..private_request()
        };
        vec![
            private_request(),
            PrivateRequestInfo {
                status: primitives::PrivateStatus::Claimed {
                    claim: InputClaim::Invalid,
                    open_by: 112,
                },
                ..private_request()
            },
            PrivateRequestInfo {
                status: primitives::PrivateStatus::Assigned,
                opened: Some(opened),
                ..private_request()
            },
            proven(primitives::PrivateStatus::Delivered { final_at: 113 }),
            proven(primitives::PrivateStatus::Forced { post_by: 114 }),
        ]
    }

    #[test]
    fn a_request_reads_as_documented() {
        let hash = |byte: &str| format!("0x{}", byte.repeat(32));
        let expected = json!({
            "request": "18446744073709551615",
            "requester": Alice.to_account_id(),
            "provider": Bob.to_account_id(),
            "model": 3,
            "modelHash": hash("01"),
            "vkId": hash("02"),
            "inputCommitment": hash("04"),
            "content": hash("08"),
            "context": hash("03"),
            "outputPrivate": true,
            "price": { "compute": "1208925819614629174706176", "royalty": "2", "fee": "3" },
            "deadline": 30,
            "status": { "Claimed": { "claim": "NotReceived", "openBy": 112 } },
            "opened": null,
            "outputCommitment": null,
        });
        let json = to_value(PrivateRequest::from(private_request())).expect("serialises");
        assert_eq!(json, expected);
    }

    #[test]
    fn each_status_says_until_when_it_lasts() {
        let statuses: Vec<_> = in_every_status()
            .into_iter()
            .map(|info| to_value(PrivateRequest::from(info)).expect("serialises")["status"].clone())
            .collect();
        assert_eq!(
            statuses,
            [
                json!({ "Claimed": { "claim": "NotReceived", "openBy": 112 } }),
                json!({ "Claimed": { "claim": "Invalid", "openBy": 112 } }),
                json!("Assigned"),
                json!({ "Delivered": { "finalAt": 113 } }),
                json!({ "Forced": { "postBy": 114 } }),
            ]
        );
    }
}
