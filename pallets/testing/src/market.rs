//! How the pallets of the test market are configured.

/// Configures the test market's pallets for the runtime `Test` of a mock.
///
/// It writes `impl … Config for Test` of `frame_system`, `pallet_balances`,
/// `pallet_model_registry`, `pallet_compute_providers`, `pallet_ai_programs` and
/// `pallet_inference`. The mock itself makes `Test` by `construct_runtime!`, with these pallets as
/// `System`, `Balances`, `ModelRegistry`, `ComputeProviders`, `AiPrograms` and `Inference`, and
/// configures those that the market does not have. It has in scope:
///
/// * all of `frame::testing_prelude`, and the crates of the pallets by their names;
/// * [`AccountId`](crate::AccountId) and [`Balance`](crate::Balance).
///
/// `TreasuryAccount`, which is written as well, is for the pallets that the mock adds.
///
/// What mocks want otherwise they say by name, in this order; what they do not say is as below.
///
/// | name | is | if not said |
/// |---|---|---|
/// | `DbWeight` | what access to the database weighs | as in the runtime |
/// | `Ceremonies` | who attests keys | nobody |
/// | `SlashDelay` | blocks for which slashes wait | none, so that tests see at once what is slashed |
/// | `HeartbeatTimeout` | blocks without a sign of life after which a provider is given nothing | more than tests last |
/// | `ProvidersMaxDeadline` | longest deadline that an offer may demand | [`MAX_DEADLINE`](crate::MAX_DEADLINE) |
/// | `Replicated`, `Optimistic`, `Subscriptions` | the pallet that has this tier | none has |
/// | `MinFee` | least fee of the treasury | none |
/// | `SettlementGas`, `DirectGas` | gas of a settlement, and of an answer by the chain | [`GAS_LIMIT`](crate::GAS_LIMIT) |
/// | `BenchmarkHelper` | keys for the benchmarks of inference | none |
///
/// ```ignore
/// lattice_testing::market! {
///     SlashDelay = SlashDelay;
///     Optimistic = Optimistic;
/// }
/// ```
#[macro_export]
macro_rules! market {
    (
        $(DbWeight = $db_weight:ty;)?
        $(Ceremonies = $ceremonies:ty;)?
        $(SlashDelay = $slash_delay:ty;)?
        $(HeartbeatTimeout = $heartbeat_timeout:ty;)?
        $(ProvidersMaxDeadline = $providers_max_deadline:ty;)?
        $(Replicated = $replicated:ty;)?
        $(Optimistic = $optimistic:ty;)?
        $(Subscriptions = $subscriptions:ty;)?
        $(MinFee = $min_fee:ty;)?
        $(SettlementGas = $settlement_gas:ty;)?
        $(DirectGas = $direct_gas:ty;)?
        $(BenchmarkHelper = $benchmark_helper:ty;)?
    ) => {
        parameter_types! {
            pub const TreasuryAccount: AccountId = $crate::TREASURY;
            pub const ExistentialDeposit: Balance = $crate::EXISTENTIAL_DEPOSIT;
            pub const LateSlash: Permill = Permill::from_percent(1);
            pub const ProtocolFee: Permill = Permill::from_percent(5);
            pub const Selecting: pallet_compute_providers::SelectionWeights =
                pallet_compute_providers::SelectionWeights {
                    price: 60,
                    capacity: 5,
                    reputation: 20,
                    stake: 10,
                    residency: 5,
                };
            pub const ReputationKept: Perquintill = Perquintill::from_percent(50);
            /// Tests go on with providers that have failed.
            pub const MinReputation: Permill = Permill::zero();
        }

        /// Much of what an expiry or a settlement weighs.
        type MarketDbWeight =
            $crate::given_or!($($db_weight)?; frame::weights_prelude::ParityDbWeight);

        #[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
        impl frame_system::Config for Test {
            type DbWeight = MarketDbWeight;
            type Block = MockBlock<Test>;
            type AccountId = AccountId;
            type Lookup = IdentityLookup<AccountId>;
            type AccountData = pallet_balances::AccountData<Balance>;
        }

        #[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
        impl pallet_balances::Config for Test {
            type Balance = Balance;
            type ExistentialDeposit = ExistentialDeposit;
            type AccountStore = System;
        }

        impl pallet_model_registry::Config for Test {
            type RuntimeHoldReason = RuntimeHoldReason;
            type Currency = Balances;
            type Ceremonies = $crate::given_or!($($ceremonies)?; ());
            type WeightInfo = pallet_model_registry::weights::SubstrateWeight<Test>;
            type AllowDevSetup = ConstBool<true>;
            type DepositBase = ConstU128<1_000>;
            type DepositPerByte = ConstU128<1>;
            type MaxNameLen = ConstU32<32>;
            type MaxManifestLen = ConstU32<65_536>;
            type MaxModelBytes = ConstU32<1_048_576>;
        }

        impl pallet_compute_providers::Config for Test {
            type RuntimeHoldReason = RuntimeHoldReason;
            type Currency = Balances;
            type Registry = ModelRegistry;
            type Signature = frame::deps::sp_runtime::MultiSignature;
            type Signer = frame::deps::sp_runtime::MultiSigner;
            type WeightInfo = pallet_compute_providers::weights::SubstrateWeight<Test>;
            type Treasury = TreasuryAccount;
            type VetoOrigin = frame_system::EnsureRoot<AccountId>;
            type SlashDelay = $crate::given_or!($($slash_delay)?; ConstU64<0>);
            type MinStake = ConstU128<1_000>;
            type StakePerSlot = ConstU128<1>;
            type HeartbeatTimeout = $crate::given_or!($($heartbeat_timeout)?; ConstU64<10_000>);
            type HeartbeatEpoch = ConstU64<2_500>;
            type SelectionWeights = Selecting;
            type ReputationEpoch = ConstU64<100>;
            type ReputationKept = ReputationKept;
            type NeutralFees = ConstU128<1_000>;
            type MinReputation = MinReputation;
            type MaxFeesPerRequester = ConstU128<600>;
            type NewcomerSlots = ConstU32<1_000>;
            type FeesPerSlot = ConstU128<200>;
            type UnbondingPeriod = ConstU64<20>;
            type MaxUnbonding = ConstU32<8>;
            type MaxOffers = ConstU32<16>;
            type MaxProvidersPerModel = ConstU32<64>;
            type MaxEndpoints = ConstU32<2>;
            type MaxEndpointLen = ConstU32<64>;
            type MaxDeadline = $crate::given_or!(
                $($providers_max_deadline)?; ConstU64<{ $crate::MAX_DEADLINE }>
            );
            type MaxCapacity = ConstU32<1_000>;
            #[cfg(feature = "runtime-benchmarks")]
            type BenchmarkHelper = ();
        }

        impl pallet_ai_programs::Config for Test {
            type RuntimeHoldReason = RuntimeHoldReason;
            type Currency = Balances;
            type Registry = ModelRegistry;
            type WeightInfo = pallet_ai_programs::weights::SubstrateWeight<Test>;
            type MaxGas = ConstU64<600_000_000_000>;
            type MaxCodeLen = ConstU32<131_072>;
            type MaxPreparedLen = ConstU32<65_536>;
            type MaxCompiledBytes = ConstU32<1_048_576>;
            type MaxBytecodeLen = ConstU32<262_144>;
            type MaxInputLen = ConstU32<65_536>;
            type MaxRecords = ConstU32<8>;
            type DepositPerItem = ConstU128<10>;
            type DepositPerByte = ConstU128<1>;
        }

        impl pallet_inference::Config for Test {
            type RuntimeHoldReason = RuntimeHoldReason;
            type Currency = Balances;
            type Registry = ModelRegistry;
            type Providers = ComputeProviders;
            type Direct = AiPrograms;
            type Replicated = $crate::given_or!($($replicated)?; ());
            type Optimistic = $crate::given_or!($($optimistic)?; ());
            type Subscriptions = $crate::given_or!($($subscriptions)?; ());
            type Signature = frame::deps::sp_runtime::MultiSignature;
            type Signer = frame::deps::sp_runtime::MultiSigner;
            type WeightInfo = pallet_inference::weights::SubstrateWeight<Test>;
            type Treasury = TreasuryAccount;
            type MaxInputLen = ConstU32<4_096>;
            type MaxOutputLen = ConstU32<1_024>;
            type MaxDeadline = ConstU64<{ $crate::MAX_DEADLINE }>;
            type MinCollateral = ConstU128<200>;
            type CollateralPerPrice = ConstU32<10>;
            type LateSlash = LateSlash;
            type ProtocolFee = ProtocolFee;
            type MinFee = $crate::given_or!($($min_fee)?; ConstU128<0>);
            type MaxAttempts = ConstU32<{ $crate::MAX_ATTEMPTS }>;
            type MinAcceptTime = ConstU64<2>;
            type SettlementGas = $crate::given_or!(
                $($settlement_gas)?; ConstU64<{ $crate::GAS_LIMIT }>
            );
            type DirectGas = $crate::given_or!(
                $($direct_gas)?; ConstU64<{ $crate::GAS_LIMIT }>
            );
            type MaxBatch = ConstU32<{ lattice_host::MAX_BATCH }>;
            #[cfg(feature = "runtime-benchmarks")]
            type BenchmarkHelper = $crate::given_or!($($benchmark_helper)?; ());
        }
    };
}

/// The first type if there is one, and else the second: what a mock gave, or the market has.
#[doc(hidden)]
#[macro_export]
macro_rules! given_or {
    (; $default:ty) => {
        $default
    };
    ($given:ty; $default:ty) => {
        $given
    };
}
