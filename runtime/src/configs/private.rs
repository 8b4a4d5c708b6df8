//! Private requests: how long each side has to answer the other, and what a reservation costs.

use crate::{
    configs::lattice::TreasuryAccount, Balances, BlockNumber, ComputeProviders, Inference, Runtime,
    RuntimeHoldReason, Signature, MINUTES,
};
use frame_support::{parameter_types, traits::ConstU32};
use sp_runtime::{traits::Verify, Permill};

/// Blocks that either side has to answer the other, five minutes: enough for a restart, and for a
/// transaction to be repeated that was lost; little beside the hour of the longest deadline, since for so
/// long the other side waits for its money.
pub const WINDOW: BlockNumber = 5 * MINUTES;

parameter_types! {
    /// What a requester pays of the provider's price whose input never came, beside the protocol's fee. It
    /// goes to the treasury, so that no provider earns by saying that it has no input. Little, since a
    /// requester cannot always help it; and with the least fee enough that nobody reserves providers for
    /// sport.
    pub const ReservationFee: Permill = Permill::from_percent(10);
}

impl pallet_private_requests::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Providers = ComputeProviders;
    type Ledger = Inference;
    // Whoever can sign a transaction can sign a receipt.
    type Signature = Signature;
    type Signer = <Signature as Verify>::Signer;
    type WeightInfo = pallet_private_requests::weights::SubstrateWeight<Runtime>;
    type Treasury = TreasuryAccount;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    type AcknowledgeWindow = ConstU32<WINDOW>;
    type OpeningWindow = ConstU32<WINDOW>;
    type PostingWindow = ConstU32<WINDOW>;
    type ReservationFee = ReservationFee;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}
