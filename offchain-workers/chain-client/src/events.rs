//! The events of the chain's own pallets.

mod decoded;
mod program;
mod twins;
mod typed;

pub use program::ProgramEvent;

use crate::{
    AccountId, Balance, BlockNumber, ChannelId, DisputeId, Ending, Failure, Gas, InputClaim,
    ModelIndex, PlanId, Price, Pricing, Refusal, RequestId, Setup, SubscriptionEnd, SubscriptionId,
    Verification, H256,
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
    /// Something that happened to a program, its code, or bytecode.
    Program(ProgramEvent),
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
    /// A request of another tier was made, which that tier's pallet answers for.
    Ordered {
        request: RequestId,
        requester: AccountId,
        model: ModelIndex,
        verification: Verification,
    },
    /// An optimistic result is final, and everyone was paid.
    OptimisticSettled {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        price: Price<Balance>,
    },
    /// No optimistic result came in time: provider fined, requester refunded unless the request waits.
    OptimisticExpired {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        slashed: Balance,
    },
    /// A challenge succeeded: provider slashed, requester refunded unless the request waits.
    OptimisticRefuted {
        request: RequestId,
        dispute: DisputeId,
        requester: AccountId,
        provider: AccountId,
        challenger: AccountId,
        slashed: Balance,
        /// To the challenger.
        reward: Balance,
    },
    /// A replicated request ended; those that agreed were paid.
    ReplicationConcluded {
        request: RequestId,
        ending: Ending,
        agreed: Vec<AccountId>,
        price: Price<Balance>,
    },
    /// A posted result is challenged, and the bond on hold.
    ResultChallenged {
        request: RequestId,
        challenger: AccountId,
        dispute: DisputeId,
        bond: Balance,
    },
    /// A private request was made and assigned: its provider is to be given the input.
    PrivateAssigned {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        model: ModelIndex,
        input_commitment: H256,
        output_private: bool,
        price: Price<Balance>,
        deadline: BlockNumber,
    },
    /// A provider says that it has no valid input, which may be opened until a block.
    InputClaimed {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        claim: InputClaim,
        open_by: BlockNumber,
    },
    /// A private input is on the chain, and the provider owes the result.
    InputOpened {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        deadline: BlockNumber,
    },
    /// A requester did not open its input: it paid this to the treasury, and is refunded the rest.
    InputNotOpened {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        claim: InputClaim,
        fee: Balance,
    },
    /// A provider had signed for the input: it is fined, and the requester refunded.
    ClaimRefuted {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        claim: InputClaim,
        slashed: Balance,
    },
    /// The proof of a private request was accepted; its output is private.
    PrivateDelivered {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        output_commitment: H256,
        final_at: BlockNumber,
    },
    /// A private output did not come, and is to be posted until a block.
    PostingForced {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        post_by: BlockNumber,
    },
    /// A private output is on the chain.
    OutputPosted {
        request: RequestId,
        provider: AccountId,
        output: Vec<i32>,
        /// Of its commitment.
        blinding: H256,
    },
    /// A private output was not posted: provider fined, requester refunded.
    OutputWithheld {
        request: RequestId,
        requester: AccountId,
        provider: AccountId,
        slashed: Balance,
    },
    /// A plan was published.
    PlanSet {
        plan: PlanId,
        provider: AccountId,
        model: ModelIndex,
        period: BlockNumber,
        quota: u32,
        price: Balance,
        /// The provider's plan in whose place it is.
        replaced: Option<PlanId>,
    },
    /// Some periods of a plan are paid in advance.
    Subscribed {
        subscription: SubscriptionId,
        plan: PlanId,
        subscriber: AccountId,
        provider: AccountId,
        model: ModelIndex,
        /// Of each request.
        price: Price<Balance>,
        period: BlockNumber,
        quota: u32,
        periods: u32,
        prepaid: Balance,
    },
    /// A subscription is no more; all of what was prepaid is drawn, paid or refunded.
    SubscriptionEnded {
        subscription: SubscriptionId,
        subscriber: AccountId,
        provider: AccountId,
        reason: SubscriptionEnd,
        drawn: Balance,
        paid: Balance,
        refunded: Balance,
    },
    /// The fee of an extrinsic, tip included.
    FeePaid { payer: AccountId, amount: Balance },
    /// An event of another pallet.
    Other { pallet: String, name: String },
}
