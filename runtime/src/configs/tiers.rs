//! Tiers of trust beside proofs: disputes, optimistic and replicated requests.

use crate::{
    configs::lattice::TreasuryAccount, Balances, BlockNumber, ComputeProviders, Disputes,
    Inference, ModelRegistry, Optimistic, Replication, Runtime, RuntimeHoldReason, HOURS, MINUTES,
    UNIT,
};
use frame_support::{
    parameter_types,
    traits::{ConstU128, ConstU32},
};
use sp_runtime::Permill;

/// Blocks that a party of a dispute has for each of its turns: time for a restart, and more. A dispute
/// about LeNet-5 has nine of them at most.
pub const TURN_BLOCKS: BlockNumber = 10 * MINUTES;

parameter_types! {
    /// The part of a fine that goes to whoever showed the failure. Well below all of it, so that nobody
    /// wins by convicting itself.
    pub const RewardShare: Permill = Permill::from_percent(50);
    /// What it costs a replica to be outvoted: little, since a majority can collude.
    pub const OutvotedSlash: Permill = Permill::from_percent(10);
}

impl pallet_disputes::Config for Runtime {
    type Registry = ModelRegistry;
    type Verdicts = (Optimistic, Replication);
    type WeightInfo = pallet_disputes::weights::SubstrateWeight<Runtime>;
    type MaxInputLen = ConstU32<4_096>;
    type TurnBlocks = ConstU32<TURN_BLOCKS>;
}

impl pallet_optimistic::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Providers = ComputeProviders;
    type Ledger = Inference;
    type Court = Disputes;
    type WeightInfo = pallet_optimistic::weights::SubstrateWeight<Runtime>;
    type Treasury = TreasuryAccount;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    // Half a minute, for who wants it: how long is safe is the requester's to judge.
    type MinWindow = ConstU32<10>;
    type MaxWindow = ConstU32<{ 24 * HOURS }>;
    type MinBond = ConstU128<{ 10 * UNIT }>;
    type RewardShare = RewardShare;
    type MaxChallenges = ConstU32<8>;
}

impl pallet_replication::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Providers = ComputeProviders;
    type Ledger = Inference;
    type Court = Disputes;
    type WeightInfo = pallet_replication::weights::SubstrateWeight<Runtime>;
    type Treasury = TreasuryAccount;
    type RevealBlocks = ConstU32<10>;
    // Longer than it takes to prove what was shown.
    type AppealBlocks = ConstU32<20>;
    type OutvotedSlash = OutvotedSlash;
    type RewardShare = RewardShare;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
}
