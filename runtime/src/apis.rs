//! The runtime APIs: everything that a node or a client may ask of the chain.
//!
//! Each function forwards to the pallet that knows the answer.

use crate::{
    AccountId, AiPrograms, Balance, Block, BlockNumber, Ceremonies, ComputeProviders, Disputes,
    Executive, Grandpa, Inference, InherentDataExt, ModelRegistry, Nonce, Optimistic,
    PaymentChannels, PrivateRequests, Replication, Runtime, RuntimeCall, RuntimeGenesisConfig,
    SessionKeys, Subscriptions, System, TransactionPayment, MILLISECS_PER_BLOCK, VERSION,
};
use alloc::vec::Vec;
use frame_support::{
    genesis_builder_helper::{build_state, get_preset},
    weights::Weight,
};
use lattice_primitives::{
    Assignment, CeremonyId, CeremonyInfo, ChannelId, ChannelInfo, ContributionInfo, DirectRecord,
    DisputeId, DisputeInfo, DryRun, ExecutionRecord, Gas, Ineligible, ModelIndex, ModelInfo,
    OptimisticInfo, PlanId, PlanInfo, PrivateRequestInfo, ProgramInfo, ProgramRecord,
    ProgramRequest, ProgramTrace, ProviderInfo, Quote, QuoteError, ReplicatedInfo, RequestId,
    Selection, SubscriptionId, SubscriptionInfo, Verification,
};
use polkadot_sdk_frame::runtime::{
    apis,
    prelude::{
        ApplyExtrinsicResult, CheckInherentsResult, ExtrinsicInclusionMode, InherentData,
        OpaqueMetadata, RuntimeVersion,
    },
};
use sp_api::impl_runtime_apis;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_core::crypto::KeyTypeId;
use sp_runtime::{
    traits::{Block as BlockT, NumberFor},
    transaction_validity::{TransactionSource, TransactionValidity},
};

impl_runtime_apis! {
    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: <Block as BlockT>::LazyBlock) {
            Executive::execute_block(block);
        }

        fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            OpaqueMetadata::new(Runtime::metadata().into())
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            Runtime::metadata_at_version(version)
        }

        fn metadata_versions() -> Vec<u32> {
            Runtime::metadata_versions()
        }
    }

    impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
        fn execute_view_function(
            id: frame_support::view_functions::ViewFunctionId,
            input: Vec<u8>,
        ) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
            Runtime::execute_view_function(id, input)
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> <Block as BlockT>::Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
            data.create_extrinsics()
        }

        fn check_inherents(
            block: <Block as BlockT>::LazyBlock,
            data: InherentData,
        ) -> CheckInherentsResult {
            data.check_extrinsics(&block)
        }
    }

    impl apis::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            source: TransactionSource,
            tx: <Block as BlockT>::Extrinsic,
            block_hash: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            Executive::validate_transaction(source, tx, block_hash)
        }
    }

    impl apis::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(header: &<Block as BlockT>::Header) {
            Executive::offchain_worker(header)
        }
    }

    impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
        fn slot_duration() -> sp_consensus_aura::SlotDuration {
            sp_consensus_aura::SlotDuration::from_millis(MILLISECS_PER_BLOCK)
        }

        fn authorities() -> Vec<AuraId> {
            pallet_aura::Authorities::<Runtime>::get().into_inner()
        }
    }

    impl apis::SessionKeys<Block> for Runtime {
        fn generate_session_keys(
            owner: Vec<u8>,
            seed: Option<Vec<u8>>,
        ) -> apis::OpaqueGeneratedSessionKeys {
            SessionKeys::generate(&owner, seed).into()
        }

        fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
            SessionKeys::decode_into_raw_public_keys(&encoded)
        }
    }

    impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
        fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
            Grandpa::grandpa_authorities()
        }

        fn current_set_id() -> sp_consensus_grandpa::SetId {
            pallet_grandpa::CurrentSetId::<Runtime>::get()
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            _equivocation_proof: sp_consensus_grandpa::EquivocationProof<
                <Block as BlockT>::Hash,
                NumberFor<Block>,
            >,
            _key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            None
        }

        fn generate_key_ownership_proof(
            _set_id: sp_consensus_grandpa::SetId,
            _authority_id: sp_consensus_grandpa::AuthorityId,
        ) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
            // Without stake behind authorities no proof of ownership exists.
            None
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance>
        for Runtime
    {
        fn query_info(
            extrinsic: <Block as BlockT>::Extrinsic,
            len: u32,
        ) -> pallet_transaction_payment_rpc_runtime_api::RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_info(extrinsic, len)
        }

        fn query_fee_details(
            extrinsic: <Block as BlockT>::Extrinsic,
            len: u32,
        ) -> pallet_transaction_payment::FeeDetails<Balance> {
            TransactionPayment::query_fee_details(extrinsic, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<
        Block,
        Balance,
        RuntimeCall,
    > for Runtime
    {
        fn query_call_info(
            call: RuntimeCall,
            len: u32,
        ) -> pallet_transaction_payment_rpc_runtime_api::RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_call_info(call, len)
        }

        fn query_call_fee_details(
            call: RuntimeCall,
            len: u32,
        ) -> pallet_transaction_payment::FeeDetails<Balance> {
            TransactionPayment::query_call_fee_details(call, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl lattice_primitives::api::LatticeApi<Block, AccountId, Balance, BlockNumber> for Runtime {
        fn model(index: ModelIndex) -> Option<ModelInfo<AccountId, Balance, BlockNumber>> {
            ModelRegistry::model_info(index)
        }

        fn models(
            start: ModelIndex,
            limit: u32,
        ) -> Vec<ModelInfo<AccountId, Balance, BlockNumber>> {
            ModelRegistry::models(start, limit)
        }

        fn provider(account: AccountId) -> Option<ProviderInfo<AccountId, Balance, BlockNumber>> {
            ComputeProviders::provider_info(&account)
        }

        fn providers_of(
            model: ModelIndex,
            limit: u32,
        ) -> Vec<ProviderInfo<AccountId, Balance, BlockNumber>> {
            ComputeProviders::providers_of(model, limit)
        }

        fn quote(
            model: ModelIndex,
            deadline: BlockNumber,
            verification: Verification,
            selection: Selection<AccountId>,
        ) -> Result<Quote<AccountId, Balance>, QuoteError> {
            Inference::quote(model, deadline, verification, &selection)
        }

        fn ineligible(
            model: ModelIndex,
            deadline: BlockNumber,
            selection: Selection<AccountId>,
        ) -> Vec<(AccountId, Ineligible)> {
            Inference::ineligible(model, deadline, &selection)
        }

        fn assignment(
            request: RequestId,
        ) -> Option<Assignment<AccountId, Balance, BlockNumber>> {
            Inference::assignment(request)
        }

        fn assignments(
            provider: AccountId,
            start: RequestId,
            limit: u32,
        ) -> Vec<Assignment<AccountId, Balance, BlockNumber>> {
            Inference::assignments(&provider, start, limit)
        }

        fn execution_record(
            request: RequestId,
        ) -> Option<ExecutionRecord<AccountId, Balance, BlockNumber>> {
            Inference::execution_record(request)
        }

        fn executions_by_account(
            account: AccountId,
            start: RequestId,
            limit: u32,
        ) -> Vec<ExecutionRecord<AccountId, Balance, BlockNumber>> {
            Inference::executions_by_account(&account, start, limit)
        }

        fn direct_record(
            request: RequestId,
        ) -> Option<DirectRecord<AccountId, Balance, BlockNumber>> {
            Inference::direct_record(request)
        }

        fn dry_run(
            origin: AccountId,
            request: ProgramRequest<AccountId, Balance>,
            gas_limit: Option<Gas>,
        ) -> DryRun<AccountId, Balance> {
            AiPrograms::dry_run(&origin, &request, gas_limit)
        }

        fn trace(
            origin: AccountId,
            request: ProgramRequest<AccountId, Balance>,
            gas_limit: Option<Gas>,
        ) -> ProgramTrace<AccountId, Balance> {
            AiPrograms::trace(&origin, &request, gas_limit)
        }

        fn program(account: AccountId) -> Option<ProgramInfo<AccountId, Balance, BlockNumber>> {
            AiPrograms::program_info(&account)
        }

        fn program_storage(account: AccountId, key: Vec<u8>) -> Option<Vec<u8>> {
            AiPrograms::program_storage(&account, &key)
        }

        fn program_records(author: AccountId) -> Vec<ProgramRecord<AccountId, BlockNumber>> {
            AiPrograms::program_records(&author)
        }

        fn ceremony(
            ceremony: CeremonyId,
        ) -> Option<CeremonyInfo<AccountId, Balance, BlockNumber>> {
            Ceremonies::ceremony_info(ceremony)
        }

        fn ceremony_of(
            model: ModelIndex,
        ) -> Option<CeremonyInfo<AccountId, Balance, BlockNumber>> {
            Ceremonies::ceremony_of(model)
        }

        fn ceremony_contributions(
            ceremony: CeremonyId,
            start: u32,
            limit: u32,
        ) -> Vec<ContributionInfo<AccountId, Balance, BlockNumber>> {
            Ceremonies::contributions(ceremony, start, limit)
        }

        fn phase1_id() -> Option<sp_core::H256> {
            pallet_ceremonies::Phase1Id::<Runtime>::get()
        }

        fn channel(
            channel: ChannelId,
        ) -> Option<ChannelInfo<AccountId, Balance, BlockNumber>> {
            PaymentChannels::channel(channel)
        }

        fn channels_of(
            account: AccountId,
            start: ChannelId,
            limit: u32,
        ) -> Vec<ChannelInfo<AccountId, Balance, BlockNumber>> {
            PaymentChannels::channels_of(&account, start, limit)
        }

        fn optimistic(
            request: RequestId,
        ) -> Option<OptimisticInfo<AccountId, Balance, BlockNumber>> {
            Optimistic::optimistic(request)
        }

        fn optimistic_of(
            provider: AccountId,
            start: RequestId,
            limit: u32,
        ) -> Vec<OptimisticInfo<AccountId, Balance, BlockNumber>> {
            Optimistic::optimistic_of(&provider, start, limit)
        }

        fn posted(
            start: RequestId,
            limit: u32,
        ) -> Vec<OptimisticInfo<AccountId, Balance, BlockNumber>> {
            Optimistic::posted(start, limit)
        }

        fn private_request(
            request: RequestId,
        ) -> Option<PrivateRequestInfo<AccountId, Balance, BlockNumber>> {
            PrivateRequests::private_request(request)
        }

        fn private_assignments(
            provider: AccountId,
            start: RequestId,
            limit: u32,
        ) -> Vec<PrivateRequestInfo<AccountId, Balance, BlockNumber>> {
            PrivateRequests::private_assignments(&provider, start, limit)
        }

        fn dispute(dispute: DisputeId) -> Option<DisputeInfo<AccountId, BlockNumber>> {
            Disputes::dispute(dispute)
        }

        fn disputes_of(
            account: AccountId,
            start: DisputeId,
            limit: u32,
        ) -> Vec<DisputeInfo<AccountId, BlockNumber>> {
            Disputes::disputes_of(&account, start, limit)
        }

        fn replicated(
            request: RequestId,
        ) -> Option<ReplicatedInfo<AccountId, Balance, BlockNumber>> {
            Replication::replicated(request)
        }

        fn replicas_of(
            provider: AccountId,
            start: RequestId,
            limit: u32,
        ) -> Vec<ReplicatedInfo<AccountId, Balance, BlockNumber>> {
            Replication::replicas_of(&provider, start, limit)
        }

        fn plan(plan: PlanId) -> Option<PlanInfo<AccountId, Balance, BlockNumber>> {
            Subscriptions::plan(plan)
        }

        fn plans_of(provider: AccountId) -> Vec<PlanInfo<AccountId, Balance, BlockNumber>> {
            Subscriptions::plans_of(&provider)
        }

        fn subscription(
            subscription: SubscriptionId,
        ) -> Option<SubscriptionInfo<AccountId, Balance, BlockNumber>> {
            Subscriptions::subscription(subscription)
        }

        fn subscriptions_of(
            account: AccountId,
            start: SubscriptionId,
            limit: u32,
        ) -> Vec<SubscriptionInfo<AccountId, Balance, BlockNumber>> {
            Subscriptions::subscriptions_of(&account, start, limit)
        }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
            build_state::<RuntimeGenesisConfig>(config)
        }

        fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
            get_preset::<RuntimeGenesisConfig>(id, crate::genesis_config_presets::get_preset)
        }

        fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
            crate::genesis_config_presets::preset_names()
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    impl frame_benchmarking::Benchmark<Block> for Runtime {
        fn benchmark_metadata(
            extra: bool,
        ) -> (
            Vec<frame_benchmarking::BenchmarkList>,
            Vec<frame_support::traits::StorageInfo>,
        ) {
            crate::benchmarks::metadata(extra)
        }

        fn dispatch_benchmark(
            config: frame_benchmarking::BenchmarkConfig,
        ) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
            crate::benchmarks::dispatch(config)
        }
    }

    #[cfg(feature = "try-runtime")]
    impl frame_try_runtime::TryRuntime<Block> for Runtime {
        fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
            // A failing migration must fail the tool that asked; this never runs on chain.
            let weight = Executive::try_runtime_upgrade(checks).expect("the migrations succeed");
            (weight, crate::MAXIMUM_BLOCK_WEIGHT)
        }

        fn execute_block(
            block: <Block as BlockT>::LazyBlock,
            state_root_check: bool,
            signature_check: bool,
            select: frame_try_runtime::TryStateSelect,
        ) -> Weight {
            Executive::try_execute_block(block, state_root_check, signature_check, select)
                .expect("the block executes")
        }
    }
}
