//! Set-up ceremonies: what a place in one costs, and how long one may be challenged.

use crate::{
    configs::lattice::TreasuryAccount, AccountId, Balances, BlockNumber, ModelRegistry, Runtime,
    RuntimeHoldReason, DAYS, MILLI_UNIT, UNIT,
};
use frame_support::{
    parameter_types,
    traits::{ConstU128, ConstU32},
};
use sp_runtime::Permill;

/// Blocks in which a contribution may be challenged, on chains whose genesis says nothing
/// else: long enough to fetch and check the bulk of any model.
pub const CHALLENGE_WINDOW: BlockNumber = DAYS;

parameter_types! {
    /// Half of a slashed bond pays for finding the false point.
    pub const ChallengerShare: Permill = Permill::from_percent(50);
}

impl pallet_ceremonies::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    // Sudo, until there is a body to judge.
    type DisputeOrigin = frame_system::EnsureRoot<AccountId>;
    type WeightInfo = pallet_ceremonies::weights::SubstrateWeight<Runtime>;
    type Treasury = TreasuryAccount;
    type OpeningBond = ConstU128<{ 100 * UNIT }>;
    type ContributionBond = ConstU128<{ 100 * UNIT }>;
    type ChallengerShare = ChallengerShare;
    type DepositPerByte = ConstU128<MILLI_UNIT>;
    type MaxContributions = ConstU32<32>;
    type MinContributors = ConstU32<3>;
    type ChallengeWindow = ConstU32<CHALLENGE_WINDOW>;
    type AbandonedAfter = ConstU32<{ 30 * DAYS }>;
}
