//! Account, block and extrinsic types.

use crate::{AllPalletsWithSystem, Runtime, RuntimeCall};
use alloc::vec::Vec;
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature, OpaqueExtrinsic,
};

/// A signature of any scheme that the chain accepts: sr25519, ed25519 or ECDSA.
pub type Signature = MultiSignature;
/// The account that such a signature belongs to.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How a call names an account; polkadot.js encodes it as `MultiAddress::Id`.
pub type Address = MultiAddress<AccountId, ()>;
/// Money, in planck.
pub type Balance = u128;
/// Number of extrinsics that an account has signed.
pub type Nonce = u32;
/// Number of a block, from genesis as zero.
pub type BlockNumber = u32;
/// Hash of a block, an extrinsic or a state.
pub type Hash = sp_core::H256;

/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block with extrinsics that this runtime decodes.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// What a transaction carries beside its call.
///
/// Every Lattice extension is zero-sized, so wallets that know Substrate's
/// standard extensions can sign without knowing ours.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);

/// An extrinsic as it arrives, its signature not yet checked.
pub type UncheckedExtrinsic =
    generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// What a transaction's signature covers.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Runs blocks: dispatches extrinsics to pallets and calls their hooks.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

/// Types for the node, which knows extrinsics only as bytes and so need not
/// change when the runtime does.
pub mod opaque {
    use super::*;

    /// An extrinsic as bytes.
    pub type UncheckedExtrinsic = OpaqueExtrinsic;
    /// Header of a block.
    pub type Header = super::Header;
    /// A block whose extrinsics are bytes.
    pub type Block = generic::Block<Header, UncheckedExtrinsic>;
    /// Names a block by hash or number.
    pub type BlockId = generic::BlockId<Block>;
    /// Hash of a block.
    pub type Hash = super::Hash;
}

impl_opaque_keys! {
    /// The keys with which an authority takes part in consensus.
    pub struct SessionKeys {
        pub aura: crate::Aura,
        pub grandpa: crate::Grandpa,
    }
}
