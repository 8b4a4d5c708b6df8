//! The runtime API. `state_call` reaches every function of it from any client.

use crate::*;
use alloc::vec::Vec;
use codec::Codec;
use sp_core::H256;

/// Largest number of rows that one call returns; a larger `limit` is cut to it.
pub const MAX_PAGE: u32 = 100;

sp_api::decl_runtime_apis! {
    /// Models, providers, requests of every tier, disputes, execution records, programs, ceremonies,
    /// channels and subscriptions.
    pub trait LatticeApi<AccountId, Balance, BlockNumber>
    where
        AccountId: Codec,
        Balance: Codec,
        BlockNumber: Codec,
    {
        /// One registration.
        fn model(index: ModelIndex) -> Option<ModelInfo<AccountId, Balance, BlockNumber>>;
        /// Registrations with index ≥ `start`, in ascending order.
        fn models(start: ModelIndex, limit: u32) -> Vec<ModelInfo<AccountId, Balance, BlockNumber>>;
        /// One provider.
        fn provider(account: AccountId) -> Option<ProviderInfo<AccountId, Balance, BlockNumber>>;
        /// Providers with an offer for a model, cheapest first.
        fn providers_of(model: ModelIndex, limit: u32) -> Vec<ProviderInfo<AccountId, Balance, BlockNumber>>;
        /// What a request would cost now, who would serve it, and why no other.
        fn quote(model: ModelIndex, deadline: BlockNumber, verification: Verification, selection: Selection<AccountId>) -> Result<Quote<AccountId, Balance>, QuoteError>;
        /// The providers with an offer for a model that could not be given such a request now, and
        /// why, in the order of their prices.
        fn ineligible(model: ModelIndex, deadline: BlockNumber, selection: Selection<AccountId>) -> Vec<(AccountId, Ineligible)>;
        /// An open request.
        fn assignment(request: RequestId) -> Option<Assignment<AccountId, Balance, BlockNumber>>;
        /// Open requests of a provider, oldest first, with number ≥ `start`.
        fn assignments(provider: AccountId, start: RequestId, limit: u32) -> Vec<Assignment<AccountId, Balance, BlockNumber>>;
        /// What an ended request left.
        fn execution_record(request: RequestId) -> Option<ExecutionRecord<AccountId, Balance, BlockNumber>>;
        /// Records in which an account was requester or provider, ascending, with number ≥ `start`.
        fn executions_by_account(account: AccountId, start: RequestId, limit: u32) -> Vec<ExecutionRecord<AccountId, Balance, BlockNumber>>;
        /// What a request left that the chain answered itself.
        fn direct_record(request: RequestId) -> Option<DirectRecord<AccountId, Balance, BlockNumber>>;
        /// What a run would do now, and a gas limit that suffices for it. Without a limit
        /// of the caller's choice it may use what an extrinsic may use at most.
        fn dry_run(origin: AccountId, request: ProgramRequest<AccountId, Balance>, gas_limit: Option<Gas>) -> DryRun<AccountId, Balance>;
        /// A dry run with the gas of each instruction or import.
        fn trace(origin: AccountId, request: ProgramRequest<AccountId, Balance>, gas_limit: Option<Gas>) -> ProgramTrace<AccountId, Balance>;
        /// One instance.
        fn program(account: AccountId) -> Option<ProgramInfo<AccountId, Balance, BlockNumber>>;
        /// The value that an instance stores under a key.
        fn program_storage(account: AccountId, key: Vec<u8>) -> Option<Vec<u8>>;
        /// The latest results that a program, or an account by bytecode, committed, oldest first.
        fn program_records(author: AccountId) -> Vec<ProgramRecord<AccountId, BlockNumber>>;
        /// One ceremony, open or finalized.
        fn ceremony(ceremony: CeremonyId) -> Option<CeremonyInfo<AccountId, Balance, BlockNumber>>;
        /// The ceremony of a registration.
        fn ceremony_of(model: ModelIndex) -> Option<CeremonyInfo<AccountId, Balance, BlockNumber>>;
        /// Contributions of a ceremony with index ≥ `start`, in order.
        fn ceremony_contributions(ceremony: CeremonyId, start: u32, limit: u32) -> Vec<ContributionInfo<AccountId, Balance, BlockNumber>>;
        /// Identity of the phase 1 from which new ceremonies start, if the chain pins one.
        fn phase1_id() -> Option<H256>;
        /// An open payment channel.
        fn channel(channel: ChannelId) -> Option<ChannelInfo<AccountId, Balance, BlockNumber>>;
        /// Open channels in which an account is payer or provider, ascending, with number ≥ `start`.
        fn channels_of(account: AccountId, start: ChannelId, limit: u32) -> Vec<ChannelInfo<AccountId, Balance, BlockNumber>>;
        /// A provider's plan for requests that are paid in advance.
        fn plan(plan: PlanId) -> Option<PlanInfo<AccountId, Balance, BlockNumber>>;
        /// The plans of a provider, in the order of their numbers.
        fn plans_of(provider: AccountId) -> Vec<PlanInfo<AccountId, Balance, BlockNumber>>;
        /// An open subscription.
        fn subscription(subscription: SubscriptionId) -> Option<SubscriptionInfo<AccountId, Balance, BlockNumber>>;
        /// Open subscriptions in which an account is subscriber or provider, ascending, with number
        /// ≥ `start`.
        fn subscriptions_of(account: AccountId, start: SubscriptionId, limit: u32) -> Vec<SubscriptionInfo<AccountId, Balance, BlockNumber>>;
        /// An open replicated request.
        fn replicated(request: RequestId) -> Option<ReplicatedInfo<AccountId, Balance, BlockNumber>>;
        /// Open requests that a provider was drawn for, ascending, with number ≥ `start`.
        fn replicas_of(provider: AccountId, start: RequestId, limit: u32) -> Vec<ReplicatedInfo<AccountId, Balance, BlockNumber>>;
        /// An open optimistic request.
        fn optimistic(request: RequestId) -> Option<OptimisticInfo<AccountId, Balance, BlockNumber>>;
        /// Open optimistic requests of a provider, oldest first, with number ≥ `start`.
        fn optimistic_of(provider: AccountId, start: RequestId, limit: u32) -> Vec<OptimisticInfo<AccountId, Balance, BlockNumber>>;
        /// Optimistic requests whose posted result is not final, ascending, with number ≥ `start`.
        fn posted(start: RequestId, limit: u32) -> Vec<OptimisticInfo<AccountId, Balance, BlockNumber>>;
        /// An open private request.
        fn private_request(request: RequestId) -> Option<PrivateRequestInfo<AccountId, Balance, BlockNumber>>;
        /// Open private requests of a provider, oldest first, with number ≥ `start`.
        fn private_assignments(provider: AccountId, start: RequestId, limit: u32) -> Vec<PrivateRequestInfo<AccountId, Balance, BlockNumber>>;
        /// An open dispute.
        fn dispute(dispute: DisputeId) -> Option<DisputeInfo<AccountId, BlockNumber>>;
        /// Open disputes in which an account is challenger or defender, ascending, with number ≥ `start`.
        fn disputes_of(account: AccountId, start: DisputeId, limit: u32) -> Vec<DisputeInfo<AccountId, BlockNumber>>;
    }
}
