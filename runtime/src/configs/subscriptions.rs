//! Requests that are paid in advance.

use crate::{
    configs::lattice::TreasuryAccount, Balances, ComputeProviders, Inference, ModelRegistry,
    Runtime, RuntimeHoldReason, DAYS, HOURS, MINUTES,
};
use frame_support::traits::ConstU32;

impl pallet_subscriptions::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type Providers = ComputeProviders;
    type Offers = Inference;
    type WeightInfo = pallet_subscriptions::weights::SubstrateWeight<Runtime>;
    type Treasury = TreasuryAccount;
    type MaxPlans = ConstU32<32>;
    type MaxPeriods = ConstU32<60>;
    type MinPeriod = ConstU32<{ 10 * MINUTES }>;
    type MaxPeriod = ConstU32<{ 31 * DAYS }>;
    type MaxQuota = ConstU32<1_000_000>;
    type MaxDeadline = ConstU32<HOURS>;
}
