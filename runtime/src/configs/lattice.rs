//! The market for proven inferences: what it costs, and what it may hold.

use crate::{
    AccountId, AiPrograms, Balances, BlockNumber, Ceremonies, ComputeProviders, ModelRegistry,
    Optimistic, Replication, Runtime, RuntimeHoldReason, Signature, Subscriptions, DAYS, HOURS,
    MILLI_UNIT, UNIT,
};
use frame_support::{
    parameter_types,
    traits::{ConstU128, ConstU32, ConstU64},
    weights::constants::WEIGHT_REF_TIME_PER_MILLIS,
    PalletId,
};
use lattice_isa::GasSchedule;
use pallet_compute_providers::SelectionWeights;
use sp_runtime::{
    traits::{AccountIdConversion, Verify},
    Permill, Perquintill,
};

/// Identity from which the treasury's account is derived.
pub const TREASURY_ID: PalletId = PalletId(*b"lat/trsy");

/// Gas of the settlement program, in picoseconds of reference time.
///
/// The runtime owns the program's template, and gas follows from shapes alone,
/// so the limit is exactly what a proof with a commitment takes, the dearer kind.
pub const SETTLEMENT_GAS: u64 = GasSchedule::V1.settlement(true);

/// Most gas of a request that the chain answers itself: a tenth of a block.
pub const DIRECT_GAS: u64 = 100 * WEIGHT_REF_TIME_PER_MILLIS;

/// Blocks without a sign of life after which a provider is given nothing.
pub const HEARTBEAT_TIMEOUT: BlockNumber = HOURS;

parameter_types! {
    /// The account that receives protocol fees, slashes, and payments that
    /// cannot be credited. No key controls it; only sudo can move its money.
    pub TreasuryAccount: AccountId = TREASURY_ID.into_account_truncating();
    /// The protocol's part of each settled inference, of the compute price.
    pub const ProtocolFee: Permill = Permill::from_percent(2);
    /// The part of an assignment's collateral that lateness costs: far less
    /// than a false proof, which costs all of it.
    pub const LateSlash: Permill = Permill::from_percent(1);
    /// Price first: half of it outweighs everything else that is known of a provider.
    pub const Selecting: SelectionWeights = SelectionWeights {
        price: 60,
        capacity: 5,
        reputation: 20,
        stake: 10,
        residency: 5,
    };
    /// Less is left of a new account's reputation by one false proof, and by sixteen late results.
    pub const MinReputation: Permill = Permill::from_percent(20);
    /// What an hour leaves of a reputation: after four weeks it is a half.
    pub const ReputationKept: Perquintill = Perquintill::from_parts(998_969_000_000_000_000);
}

impl pallet_model_registry::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Ceremonies = Ceremonies;
    type WeightInfo = pallet_model_registry::weights::SubstrateWeight<Runtime>;
    // What genesis says: development chains do, others do not.
    type AllowDevSetup = pallet_ceremonies::AllowDevSetup<Runtime>;
    type DepositBase = ConstU128<UNIT>;
    type DepositPerByte = ConstU128<MILLI_UNIT>;
    type MaxNameLen = ConstU32<64>;
    type MaxManifestLen = ConstU32<65_536>;
    type MaxModelBytes = ConstU32<1_048_576>;
}

impl pallet_compute_providers::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    // Whoever can sign a transaction can sign a heartbeat.
    type Signature = Signature;
    type Signer = <Signature as Verify>::Signer;
    type WeightInfo = pallet_compute_providers::weights::SubstrateWeight<Runtime>;
    type Treasury = TreasuryAccount;
    // Sudo, until there is a body to judge.
    type VetoOrigin = frame_system::EnsureRoot<AccountId>;
    type SlashDelay = ConstU32<HOURS>;
    type MinStake = ConstU128<{ 100 * UNIT }>;
    type StakePerSlot = ConstU128<{ 25 * UNIT }>;
    type HeartbeatTimeout = ConstU32<HEARTBEAT_TIMEOUT>;
    type HeartbeatEpoch = ConstU32<{ HEARTBEAT_TIMEOUT / 4 }>;
    type SelectionWeights = Selecting;
    type ReputationEpoch = ConstU32<HOURS>;
    type ReputationKept = ReputationKept;
    type NeutralFees = ConstU128<UNIT>;
    type MinReputation = MinReputation;
    type MaxFeesPerRequester = ConstU128<{ UNIT / 2 }>;
    type NewcomerSlots = ConstU32<16>;
    type FeesPerSlot = ConstU128<{ 100 * MILLI_UNIT }>;
    type UnbondingPeriod = ConstU32<DAYS>;
    type MaxUnbonding = ConstU32<16>;
    type MaxOffers = ConstU32<32>;
    type MaxProvidersPerModel = ConstU32<64>;
    type MaxEndpoints = ConstU32<4>;
    type MaxEndpointLen = ConstU32<128>;
    type MaxDeadline = ConstU32<HOURS>;
    type MaxCapacity = ConstU32<512>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}

impl pallet_inference::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type Providers = ComputeProviders;
    type Direct = AiPrograms;
    type Replicated = Replication;
    type Optimistic = Optimistic;
    type Subscriptions = Subscriptions;
    // Whoever can sign a transaction can sign results.
    type Signature = Signature;
    type Signer = <Signature as Verify>::Signer;
    type WeightInfo = pallet_inference::weights::SubstrateWeight<Runtime>;
    type Treasury = TreasuryAccount;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    type MaxDeadline = ConstU32<HOURS>;
    type MinCollateral = ConstU128<{ 10 * UNIT }>;
    type CollateralPerPrice = ConstU32<10>;
    type LateSlash = LateSlash;
    type ProtocolFee = ProtocolFee;
    type MinFee = ConstU128<MILLI_UNIT>;
    type MaxAttempts = ConstU32<4>;
    type MinAcceptTime = ConstU32<3>;
    type SettlementGas = ConstU64<SETTLEMENT_GAS>;
    type DirectGas = ConstU64<DIRECT_GAS>;
    type MaxBatch = ConstU32<{ lattice_host::MAX_BATCH }>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}
