//! Payment channels.

use super::execution::Price;
use crate::rpc::number::{U128, U64};
use lattice_primitives::{ChannelInfo, ModelIndex};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::H256;

/// An open channel; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    pub channel: U64,
    pub payer: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub vk_id: H256,
    /// Of one inference.
    pub price: Price,
    /// All that was ever put in.
    pub deposit: U128,
    /// All that was redeemed.
    pub redeemed: U128,
    pub opened_at: BlockNumber,
    /// The first block in which the payer may take back what is left; `null` while the
    /// channel is not closing.
    pub closing: Option<BlockNumber>,
}

impl From<ChannelInfo<AccountId, Balance, BlockNumber>> for Channel {
    fn from(info: ChannelInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            channel: U64(info.channel),
            payer: info.payer,
            provider: info.provider,
            model: info.model,
            model_hash: info.model_hash,
            vk_id: info.vk_id,
            price: info.price.into(),
            deposit: U128(info.deposit),
            redeemed: U128(info.redeemed),
            opened_at: info.opened_at,
            closing: info.closing,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value, Value};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};

    /// A channel with every field set.
    pub fn channel() -> ChannelInfo<AccountId, Balance, BlockNumber> {
        ChannelInfo {
            channel: u64::MAX,
            payer: Alice.to_account_id(),
            provider: Bob.to_account_id(),
            model: 3,
            model_hash: H256::repeat_byte(1),
            vk_id: H256::repeat_byte(2),
            price: lattice_primitives::Price {
                compute: 1 << 80,
                royalty: 2,
                fee: 3,
            },
            deposit: u128::MAX,
            redeemed: 5,
            opened_at: 10,
            closing: Some(1_210),
        }
    }

    #[test]
    fn a_channel_reads_as_documented() {
        let expected = json!({
            "channel": "18446744073709551615",
            "payer": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "provider": "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
            "model": 3,
            "modelHash": format!("0x{}", "01".repeat(32)),
            "vkId": format!("0x{}", "02".repeat(32)),
            "price": { "compute": "1208925819614629174706176", "royalty": "2", "fee": "3" },
            "deposit": "340282366920938463463374607431768211455",
            "redeemed": "5",
            "openedAt": 10,
            "closing": 1_210,
        });
        let json = to_value(Channel::from(channel())).expect("serialises");
        assert_eq!(json, expected);
    }

    #[test]
    fn a_channel_that_is_not_closing_says_so() {
        let open = ChannelInfo {
            closing: None,
            ..channel()
        };
        let json = to_value(Channel::from(open)).expect("serialises");
        assert_eq!(json["closing"], Value::Null);
    }
}
