//! Payment channels: what a payer signs, and what the chain says of a channel.
//!
//! A voucher is not a transaction. Whoever holds the latest one of a channel can have the
//! cumulative amount in it, less what was redeemed before; an older one is worth nothing
//! beside it. It names chain, channel and provider, so that it is good nowhere else.

use crate::{ModelIndex, Price};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash, IdentifyAccount, Verify};

/// Number of a channel, counted from zero on each chain.
pub type ChannelId = u64;

/// What every voucher begins with, so that its bytes are no other message.
const VOUCHER_DOMAIN: [u8; 16] = *b"lattice/voucher1";

/// What the content of an inference in a channel is hashed with, so that it is never that
/// of a request.
const CHANNEL_DOMAIN: [u8; 16] = *b"lattice/channel1";

/// What the payer of a channel signs: the SCALE encoding of this, and nothing around it.
///
/// With 32-byte accounts and 128-bit amounts it has 104 bytes, integers little-endian:
/// domain (16) ‖ genesis (32) ‖ channel (8) ‖ provider (32) ‖ cumulative (16).
#[derive(Clone, Debug, PartialEq, Eq, Encode, TypeInfo)]
pub struct Voucher<AccountId, Balance> {
    domain: [u8; 16],
    /// Hash of the chain's genesis block.
    genesis: H256,
    channel: ChannelId,
    /// Who may redeem it.
    provider: AccountId,
    /// All that the channel has paid with this voucher, in planck, from its opening on.
    cumulative: Balance,
}

impl<AccountId, Balance> Voucher<AccountId, Balance> {
    /// A voucher for all that a channel has paid with it, in planck.
    pub fn new(
        genesis: H256,
        channel: ChannelId,
        provider: AccountId,
        cumulative: Balance,
    ) -> Self {
        Self {
            domain: VOUCHER_DOMAIN,
            genesis,
            channel,
            provider,
            cumulative,
        }
    }
}

impl<AccountId: Encode, Balance: Encode> Voucher<AccountId, Balance> {
    /// What is signed.
    pub fn bytes(&self) -> Vec<u8> {
        self.encode()
    }

    /// What is signed by a wallet that wraps the bytes it is asked to sign, so that they
    /// cannot be a transaction: polkadot.js and those like it do.
    pub fn wrapped_bytes(&self) -> Vec<u8> {
        [b"<Bytes>".as_slice(), &self.bytes(), b"</Bytes>"].concat()
    }

    /// Whether `payer` signed this voucher: its bytes, or its wrapped bytes.
    pub fn is_signed_by<Signature: Verify>(
        &self,
        signature: &Signature,
        payer: &<Signature::Signer as IdentifyAccount>::AccountId,
    ) -> bool {
        signature.verify(self.bytes().as_slice(), payer)
            || signature.verify(self.wrapped_bytes().as_slice(), payer)
    }
}

/// An open channel, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChannelInfo<AccountId, Balance, BlockNumber> {
    pub channel: ChannelId,
    /// Whose money is on hold, and who signs.
    pub payer: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// The verifying key that the proofs must satisfy, as of the opening.
    pub vk_id: H256,
    /// Of one inference, as of the opening.
    pub price: Price<Balance>,
    /// All that was ever put in, in planck.
    pub deposit: Balance,
    /// All that was redeemed, in planck: what is left on hold is `deposit - redeemed`.
    pub redeemed: Balance,
    pub opened_at: BlockNumber,
    /// The first block in which the payer may take back what is left; `None` while the
    /// channel is not closing.
    pub closing: Option<BlockNumber>,
}

/// The content of the `n`-th inference in a channel, counted from zero, which in a proof's
/// context stands where the content of a request does ([`crate::RequestContent::hash`]).
///
/// Blake2-256 of the SCALE tuple (domain, channel: u64, n: u64, input commitment: [u8; 32]).
pub fn channel_content(channel: ChannelId, n: u64, input_commitment: H256) -> [u8; 32] {
    BlakeTwo256::hash_of(&(CHANNEL_DOMAIN, channel, n, input_commitment)).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::{sr25519, Pair};
    use sp_runtime::{AccountId32, MultiSignature};

    const CONTENT: [u8; 32] = [
        0x37, 0xb1, 0x98, 0xae, 0xe9, 0x9f, 0x62, 0x36, 0x3e, 0xea, 0x55, 0x6d, 0xeb, 0x5c, 0xce,
        0xd3, 0xa1, 0x01, 0xe5, 0x57, 0xf0, 0x9a, 0xb7, 0x06, 0x75, 0xd2, 0x93, 0xcc, 0xaa, 0x0e,
        0x90, 0x65,
    ];

    fn voucher() -> Voucher<AccountId32, u128> {
        Voucher::new(H256::repeat_byte(1), 2, AccountId32::new([3; 32]), 4)
    }

    #[test]
    fn a_voucher_is_its_fields_in_order_and_nothing_else() {
        let mut bytes = b"lattice/voucher1".to_vec();
        bytes.extend([1; 32]);
        bytes.extend([2, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([3; 32]);
        bytes.extend([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(voucher().bytes(), bytes);
        assert_eq!(bytes.len(), 104);
    }

    #[test]
    fn a_wallet_may_wrap_what_it_signs() {
        let wrapped = voucher().wrapped_bytes();
        assert!(wrapped.starts_with(b"<Bytes>lattice/voucher1"));
        assert!(wrapped.ends_with(b"</Bytes>"));
        assert_eq!(wrapped.len(), 104 + 15);
    }

    #[test]
    fn a_signature_is_good_for_one_payer_and_one_voucher() {
        let payer = sr25519::Pair::from_seed(&[5; 32]);
        let account = AccountId32::from(payer.public());
        let plain = MultiSignature::from(payer.sign(&voucher().bytes()));
        let wrapped = MultiSignature::from(payer.sign(&voucher().wrapped_bytes()));
        assert!(voucher().is_signed_by(&plain, &account));
        assert!(voucher().is_signed_by(&wrapped, &account));
        assert!(!voucher().is_signed_by(&plain, &AccountId32::new([3; 32])));
        let dearer = Voucher::new(H256::repeat_byte(1), 2, AccountId32::new([3; 32]), 5);
        assert!(!dearer.is_signed_by(&plain, &account));
        assert!(!dearer.is_signed_by(&wrapped, &account));
    }

    #[test]
    fn the_content_of_an_inference_is_the_hash_that_is_documented() {
        // Blake2-256 of domain ‖ 7 ‖ 2 ‖ 32 bytes of 5, integers little-endian.
        assert_eq!(
            H256(channel_content(7, 2, H256::repeat_byte(5))),
            H256(CONTENT),
        );
    }

    #[test]
    fn the_content_depends_on_channel_number_and_input() {
        let input = H256::repeat_byte(5);
        let content = channel_content(7, 2, input);
        assert_ne!(content, channel_content(8, 2, input));
        assert_ne!(content, channel_content(7, 3, input));
        assert_ne!(content, channel_content(7, 2, H256::repeat_byte(6)));
    }
}
