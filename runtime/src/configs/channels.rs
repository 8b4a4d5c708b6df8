//! Payment channels: what is signed with, and how long a provider has to redeem.

use crate::{
    configs::lattice::TreasuryAccount, Balances, BlockNumber, Inference, ModelRegistry, Runtime,
    RuntimeHoldReason, Signature, HOURS,
};
use frame_support::traits::ConstU32;
use sp_runtime::traits::Verify;

/// Blocks that a provider has to redeem after a payer began to close: it has to look at the
/// chain once in that time.
pub const GRACE_PERIOD: BlockNumber = HOURS;

impl pallet_payment_channels::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type Offers = Inference;
    // Whoever can sign a transaction can sign a voucher.
    type Signature = Signature;
    type Signer = <Signature as Verify>::Signer;
    type WeightInfo = pallet_payment_channels::weights::SubstrateWeight<Runtime>;
    type Treasury = TreasuryAccount;
    type GracePeriod = ConstU32<GRACE_PERIOD>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}
