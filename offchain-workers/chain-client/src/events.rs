//! The events of the chain's own pallets.

mod programs;
mod twins;

use crate::{
    generated, AccountId, Balance, BlockNumber, ChannelId, Config, Failure, Gas, ModelIndex, Price,
    Pricing, ProgramFault, Refusal, RequestId, Result, Setup, H256,
};

/// Something that happened in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A model was registered.
    ModelRegistered {
        model: ModelIndex,
        owner: AccountId,
        model_hash: H256,
        deposit: Balance,
    },
    /// A registration got its verifying key.
    KeyRegistered {
        model: ModelIndex,
        vk_id: H256,
        setup: Setup,
    },
    /// New requests pay this to the owner.
    PricingUpdated {
        model: ModelIndex,
        pricing: Pricing<Balance>,
    },
    /// A registration takes no new requests.
    ModelDeprecated { model: ModelIndex },
    /// A registration has a new owner.
    ModelTransferred {
        model: ModelIndex,
        from: AccountId,
        to: AccountId,
    },
    /// A piece of a model's weights is on chain.
    ChunkUploaded {
        model: ModelIndex,
        index: u32,
        /// Pieces that are still to come.
        missing: u32,
    },
    /// A model's weights are on chain for good.
    ModelFinalized {
        model: ModelIndex,
        model_hash: H256,
        byte_size: u32,
    },
    /// Weights that were not final were removed.
    ChunksCleared { model: ModelIndex, refund: Balance },
    /// A trained state is a new version of its parent.
    StateStored {
        model: ModelIndex,
        parent: ModelIndex,
        state_hash: H256,
    },
    /// An account became a provider.
    ProviderRegistered { provider: AccountId, stake: Balance },
    /// A provider added stake.
    ToppedUp {
        provider: AccountId,
        amount: Balance,
    },
    /// Stake is on its way out.
    Unbonding {
        provider: AccountId,
        amount: Balance,
        available_at: BlockNumber,
    },
    /// Unbonded stake is free again.
    Withdrawn {
        provider: AccountId,
        amount: Balance,
    },
    /// A provider made or changed an offer.
    OfferSet {
        provider: AccountId,
        model: ModelIndex,
        price: Balance,
        min_deadline: BlockNumber,
    },
    /// A provider withdrew an offer.
    OfferRemoved {
        provider: AccountId,
        model: ModelIndex,
    },
    /// A provider said that it is alive.
    Heartbeat { provider: AccountId },
    /// A provider changed hardware, endpoints or capacity.
    ProfileUpdated { provider: AccountId },
    /// A provider takes no new assignments for now.
    ProviderPaused { provider: AccountId },
    /// A provider takes new assignments again.
    ProviderResumed { provider: AccountId },
    /// An account is no provider any more.
    ProviderDeregistered { provider: AccountId },
    /// Stake will be taken, unless it is vetoed.
    SlashDeferred {
        slash: u64,
        provider: AccountId,
        amount: Balance,
        cause: Failure,
        apply_at: BlockNumber,
    },
    /// A slash that waited was dropped.
    SlashVetoed {
        slash: u64,
        provider: AccountId,
        amount: Balance,
    },
    /// Stake was taken.
    Slashed {
        provider: AccountId,
        amount: Balance,
        cause: Failure,
    },
    /// A request was made and assigned.
    Requested {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        model: ModelIndex,
        price: Price<Balance>,
    },
    /// The chain answered a request itself.
    Answered {
        request: RequestId,
        requester: AccountId,
        model: ModelIndex,
        output: Vec<i32>,
        gas_used: Gas,
        royalty: Balance,
    },
    /// A proof was accepted and everyone was paid.
    Settled {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        gas_used: u64,
        price: Price<Balance>,
    },
    /// A proof was rejected: provider slashed, requester refunded unless the request waits.
    Rejected {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        slashed: Balance,
    },
    /// A result of a batch was refused; its request stays as it was.
    ResultRefused {
        request: RequestId,
        provider: AccountId,
        reason: Refusal,
    },
    /// No result came in time: provider slashed, requester refunded unless the request waits.
    Expired {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        slashed: Balance,
    },
    /// The provider did not accept in time: requester refunded unless the request waits.
    NotAccepted {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
    },
    /// A provider is bound to a request.
    Accepted {
        request: RequestId,
        provider: AccountId,
    },
    /// An attempt failed, and the next block chooses another provider.
    Waiting {
        request: RequestId,
        attempts_left: u32,
    },
    /// Another provider has a request now, at its own price.
    PassedOn {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        price: Price<Balance>,
    },
    /// The requester took a waiting request back.
    Cancelled {
        request: RequestId,
        requester: AccountId,
    },
    /// No eligible provider was left to try: requester refunded.
    Unserved {
        request: RequestId,
        requester: AccountId,
    },
    /// An account could not be credited.
    PaymentDiverted {
        request: RequestId,
        payee: AccountId,
        amount: Balance,
    },
    /// The code of a program is on chain.
    CodeUploaded {
        code_hash: H256,
        owner: AccountId,
        deposit: Balance,
    },
    /// Code that no program ran was removed.
    CodeRemoved {
        code_hash: H256,
        owner: AccountId,
        deposit: Balance,
    },
    /// A program was made.
    ProgramInstantiated {
        program: AccountId,
        code_hash: H256,
        deployer: AccountId,
        output: Vec<u8>,
        gas_used: Gas,
    },
    /// A program was called and reached its end.
    ProgramCalled {
        program: AccountId,
        caller: AccountId,
        output: Vec<u8>,
        gas_used: Gas,
    },
    /// A program did not reach its end; the state is as it was.
    ProgramTrapped {
        program: AccountId,
        caller: AccountId,
        trap: ProgramFault,
        gas_used: Gas,
    },
    /// Bytecode reached its end.
    BytecodeExecuted { caller: AccountId, gas_used: Gas },
    /// Bytecode did not reach its end; the state is as it was.
    BytecodeTrapped {
        caller: AccountId,
        trap: ProgramFault,
        gas_used: Gas,
    },
    /// A program left an event of its own.
    ProgramEmitted { program: AccountId, data: Vec<u8> },
    /// A program ended itself; what it had went to an account, its deposits to the caller.
    ProgramTerminated {
        program: AccountId,
        code_hash: H256,
        beneficiary: AccountId,
        amount: Balance,
        deposit: Balance,
    },
    /// A program, or an account by bytecode, committed a result.
    ProgramCommitted {
        author: AccountId,
        subject: H256,
        digest: H256,
    },
    /// A program, or an account by bytecode, took the hash of a model's state.
    StateHashed {
        author: AccountId,
        model_hash: H256,
        state_hash: H256,
    },
    /// A deposit is on hold for inferences of one model by one provider.
    ChannelOpened {
        channel: ChannelId,
        payer: AccountId,
        provider: AccountId,
        model: ModelIndex,
        price: Price<Balance>,
        deposit: Balance,
    },
    /// A payer added to its deposit.
    ChannelToppedUp {
        channel: ChannelId,
        amount: Balance,
        /// All that was ever put in.
        deposit: Balance,
    },
    /// A provider collected what a voucher is for, less what it had before.
    VoucherRedeemed {
        channel: ChannelId,
        amount: Balance,
        cumulative: Balance,
    },
    /// A payer ends its channel; the provider may still redeem.
    ChannelClosing {
        channel: ChannelId,
        withdrawable_at: BlockNumber,
    },
    /// A channel is gone; what was left is the payer's again.
    ChannelClosed {
        channel: ChannelId,
        refunded: Balance,
    },
    /// An account could not be credited out of a channel.
    ChannelPaymentDiverted {
        channel: ChannelId,
        payee: AccountId,
        amount: Balance,
    },
    /// The fee of an extrinsic, tip included.
    FeePaid { payer: AccountId, amount: Balance },
    /// An event of another pallet.
    Other { pallet: String, name: String },
}

/// Turns a raw event into the variant whose pattern it matches, and returns it.
macro_rules! read {
    ($raw:expr, $($pallet:ident :: $name:ident { $($fields:tt)* } => $event:expr),+ $(,)?) => {$(
        if let Some(fields) = $raw.decode_fields_as::<generated::$pallet::events::$name>() {
            let generated::$pallet::events::$name { $($fields)* } = fields?;
            return Ok($event);
        }
    )+};
}

impl Event {
    pub(crate) fn read(raw: &subxt::events::Event<'_, Config>) -> Result<Self> {
        read!(raw,
            model_registry::Registered { model, owner, model_hash, deposit } =>
                Event::ModelRegistered { model, owner, model_hash, deposit },
            model_registry::KeyRegistered { model, vk_id, setup } =>
                Event::KeyRegistered { model, vk_id, setup: setup.0 },
            model_registry::PricingUpdated { model, pricing } =>
                Event::PricingUpdated { model, pricing: pricing.into() },
            model_registry::Deprecated { model } => Event::ModelDeprecated { model },
            model_registry::Transferred { model, from, to } =>
                Event::ModelTransferred { model, from, to },
            compute_providers::Registered { provider, stake } =>
                Event::ProviderRegistered { provider, stake },
            compute_providers::ToppedUp { provider, amount } =>
                Event::ToppedUp { provider, amount },
            compute_providers::Unbonding { provider, amount, available_at } =>
                Event::Unbonding { provider, amount, available_at },
            compute_providers::Withdrawn { provider, amount } =>
                Event::Withdrawn { provider, amount },
            compute_providers::OfferSet { provider, model, price, min_deadline } =>
                Event::OfferSet { provider, model, price, min_deadline },
            compute_providers::OfferRemoved { provider, model } =>
                Event::OfferRemoved { provider, model },
            compute_providers::Heartbeat { provider } => Event::Heartbeat { provider },
            compute_providers::ProfileUpdated { provider } =>
                Event::ProfileUpdated { provider },
            compute_providers::Paused { provider } => Event::ProviderPaused { provider },
            compute_providers::Resumed { provider } => Event::ProviderResumed { provider },
            compute_providers::Deregistered { provider } =>
                Event::ProviderDeregistered { provider },
            compute_providers::Slashed { provider, amount, cause } =>
                Event::Slashed { provider, amount, cause: cause.0 },
            compute_providers::SlashDeferred { slash, provider, amount, cause, apply_at } =>
                Event::SlashDeferred { slash, provider, amount, cause: cause.0, apply_at },
            compute_providers::SlashVetoed { slash, provider, amount } =>
                Event::SlashVetoed { slash, provider, amount },
            inference::Requested { request, requester, provider, model, price } =>
                Event::Requested { request, requester, provider, model, price: price.into() },
            inference::Settled { request, requester, provider, gas_used, price } =>
                Event::Settled { request, requester, provider, gas_used, price: price.into() },
            inference::Rejected { request, requester, provider, slashed } =>
                Event::Rejected { request, requester, provider, slashed },
            inference::Expired { request, requester, provider, slashed } =>
                Event::Expired { request, requester, provider, slashed },
            inference::NotAccepted { request, requester, provider } =>
                Event::NotAccepted { request, requester, provider },
            inference::Accepted { request, provider } => Event::Accepted { request, provider },
            inference::Waiting { request, attempts_left } =>
                Event::Waiting { request, attempts_left },
            inference::PassedOn { request, requester, provider, price } =>
                Event::PassedOn { request, requester, provider, price: price.into() },
            inference::Cancelled { request, requester } =>
                Event::Cancelled { request, requester },
            inference::Unserved { request, requester } => Event::Unserved { request, requester },
            inference::PaymentDiverted { request, payee, amount } =>
                Event::PaymentDiverted { request, payee, amount },
            transaction_payment::TransactionFeePaid { who, actual_fee, tip: _ } =>
                Event::FeePaid { payer: who, amount: actual_fee },
        );
        let (pallet, name) = (raw.pallet_name(), raw.event_name());
        if let Some(event) = programs::read(pallet, name, raw.field_bytes())? {
            return Ok(event);
        }
        Ok(Event::Other {
            pallet: pallet.to_owned(),
            name: name.to_owned(),
        })
    }
}
