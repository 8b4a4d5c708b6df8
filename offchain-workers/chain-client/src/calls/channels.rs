//! Calls on payment channels, whose fields are encoded by name.

use super::{named::fields, signing::Signing};
use crate::{submit::Transaction, AccountId, Balance, ChannelId, ModelIndex};
use subxt::{
    ext::scale_encode::{EncodeAsFields, EncodeAsType},
    utils::MultiSignature,
};

// The derived code says `Result` and means the standard one, so that of this crate is not imported.

fields! {
    OpenChannel {
        model: ModelIndex,
        provider: AccountId,
        deposit: Balance,
        max_unit_price: Balance,
    }
    TopUpChannel { channel: ChannelId, amount: Balance }
    RedeemVoucher { channel: ChannelId, cumulative: Balance, signature: MultiSignature }
    OfChannel { channel: ChannelId }
}

impl RedeemVoucher {
    pub(super) fn new(channel: ChannelId, cumulative: Balance, signature: [u8; 64]) -> Self {
        let signature = MultiSignature::Sr25519(signature);
        Self {
            channel,
            cumulative,
            signature,
        }
    }
}

impl Signing<'_> {
    /// Signs a call of the channels' pallet.
    pub(super) fn of_channels(
        self,
        call: &str,
        fields: impl EncodeAsFields,
    ) -> crate::Result<Transaction> {
        self.of(subxt::tx::dynamic("PaymentChannels", call, fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::encode_call as encode;
    use codec::Encode;

    const PALLET: &str = "PaymentChannels";

    #[test]
    fn calls_on_channels_are_those_of_the_chain() {
        let provider = AccountId([2; 32]);
        let open = OpenChannel {
            model: 3,
            provider,
            deposit: 50,
            max_unit_price: 6,
        };
        let expected = (3u32, provider, 50u128, 6u128).encode();
        assert_eq!(encode(PALLET, "open", open), expected);
        let top_up = TopUpChannel {
            channel: 7,
            amount: 8,
        };
        let expected = (7u64, 8u128).encode();
        assert_eq!(encode(PALLET, "top_up", top_up), expected);
        for call in ["close", "withdraw"] {
            let bytes = encode(PALLET, call, OfChannel { channel: 7 });
            assert_eq!(bytes, 7u64.encode(), "{call}");
        }
    }

    #[test]
    fn a_redemption_carries_an_sr25519_signature() {
        let redeem = RedeemVoucher::new(7, 9, [5; 64]);
        // The second variant of the runtime's signature is sr25519.
        let expected = (7u64, 9u128, 1u8, [5u8; 64]).encode();
        assert_eq!(encode(PALLET, "redeem", redeem), expected);
    }
}
