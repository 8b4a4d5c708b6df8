//! Every call of the chain's own pallets as plain data.

mod authorized;
mod channels;
mod named;
mod private;
mod signing;
mod subscriptions;
mod tiers;

use crate::{
    AccountId, Balance, BlockNumber, CeremonyId, ChannelId, DisputeId, Gas, Hardware, ModelIndex,
    Node, Offer, OutputLink, PlanId, Pricing, ProofBytes, Request, RequestId, RequestOptions,
    Requirements, Setup, SubscriptionId, Verification, H256,
};
use lattice_verifier::ceremony::{Challenge, Contribution, Start};

pub use authorized::AuthorizedCall;
pub use named::ResultSubmission;
pub use private::{PrivateCall, PrivateOutput};

/// A call of the chain. Amounts are in planck, deadlines in blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Register a model by its canonical manifest.
    RegisterModel {
        name: String,
        version: u32,
        manifest: Vec<u8>,
        requirements: Requirements,
        pricing: Pricing<Balance>,
        /// The registration of the same owner that this one follows.
        parent: Option<ModelIndex>,
    },
    /// Give a registration its verifying key.
    RegisterKey {
        model: ModelIndex,
        verifying_key: Vec<u8>,
        setup: Setup,
        circuit_version: u16,
        /// Zero for a development setup.
        phase1_id: H256,
        /// Blake2-256 of the proving key file.
        proving_key_hash: H256,
    },
    /// Change what new requests pay to the owner.
    UpdatePricing {
        model: ModelIndex,
        pricing: Pricing<Balance>,
    },
    /// Close a registration for new requests, for good.
    DeprecateModel { model: ModelIndex },
    /// Give a registration, with its deposit, to another account.
    TransferModel { model: ModelIndex, to: AccountId },
    /// Put a piece of a model's weights on chain. All but the last have
    /// [`crate::CHUNK_BYTES`].
    UploadChunk {
        model: ModelIndex,
        index: u32,
        bytes: Vec<u8>,
    },
    /// Check the weights on chain and keep them for good.
    FinalizeModel { model: ModelIndex },
    /// Remove weights that are not final.
    ClearChunks { model: ModelIndex },
    /// Become a provider with a stake.
    RegisterProvider {
        stake: Balance,
        hardware: Hardware,
        endpoints: Vec<String>,
        /// Assignments taken at the same time.
        capacity: u32,
    },
    /// Replace hardware, endpoints and capacity.
    UpdateProfile {
        hardware: Hardware,
        endpoints: Vec<String>,
        capacity: u32,
    },
    /// Add stake.
    TopUp { amount: Balance },
    /// Start to take stake out.
    Unbond { amount: Balance },
    /// Free every amount whose unbonding has ended.
    WithdrawUnbonded,
    /// Offer to serve a model.
    SetOffer { model: ModelIndex, offer: Offer },
    /// Say whether a model is in memory.
    SetResidency { model: ModelIndex, resident: bool },
    /// Take no more requests for a model.
    RemoveOffer { model: ModelIndex },
    /// Say that the provider is alive, for a fee; see [`AuthorizedCall::Heartbeat`].
    Heartbeat,
    /// Leave: offers go and the stake unbonds.
    DeregisterProvider,
    /// Take no new assignments, or take them again.
    SetPaused { paused: bool },
    /// Ask for one inference.
    RequestInference {
        model: ModelIndex,
        input: Vec<i8>,
        max_price: Balance,
        /// In blocks from now, for every attempt.
        deadline: BlockNumber,
        verification: Verification,
        /// Boxed, as it is many times the size of other calls.
        options: Box<RequestOptions>,
    },
    /// Bind the signer to a request that was offered to it.
    Accept { request: RequestId },
    /// Take back a request that no provider is bound to.
    Cancel { request: RequestId },
    /// Post the output of an assigned request with its proof, for a fee; see
    /// [`AuthorizedCall::SubmitResults`].
    SubmitResult {
        request: RequestId,
        /// The assignment's context, repeated.
        context: H256,
        output: Vec<i32>,
        proof: ProofBytes,
    },
    /// Post several outputs with their proofs, which the chain verifies together.
    SubmitResults { results: Vec<ResultSubmission> },
    /// End a request whose deadline has passed.
    Expire { request: RequestId },
    /// Begin the ceremony for a registration's key.
    OpenCeremony {
        model: ModelIndex,
        /// Boxed, as it is many times the size of other calls.
        start: Box<Start>,
    },
    /// Contribute to a ceremony.
    Contribute {
        ceremony: CeremonyId,
        /// The place that it was made for.
        index: u32,
        /// The transcript that it builds on.
        previous: H256,
        contribution: Box<Contribution>,
    },
    /// Show that a leaf of a contribution is false.
    ChallengeContribution {
        ceremony: CeremonyId,
        index: u32,
        challenge: Box<Challenge>,
    },
    /// Let the chain assemble a ceremony's key and register it.
    FinalizeCeremony {
        ceremony: CeremonyId,
        /// Blake2-256 of the proving key file.
        proving_key_hash: H256,
    },
    /// As root: let new ceremonies start from this phase 1.
    PinPhase1 { phase1_id: H256 },
    /// Put the code of a program on chain.
    UploadCode { code: Vec<u8> },
    /// Remove code that no program runs.
    RemoveCode { code_hash: H256 },
    /// Instantiate a program, call one, or execute bytecode, for at most this gas.
    RunProgram { request: Request, gas_limit: Gas },
    /// Remove the records that the signer's bytecode committed.
    ClearProgramRecords,
    /// Put a deposit on hold for inferences of one model by one provider.
    OpenChannel {
        model: ModelIndex,
        provider: AccountId,
        deposit: Balance,
        /// Most that one inference may cost in all.
        max_unit_price: Balance,
    },
    /// Add to the deposit of a channel, as its payer.
    TopUpChannel { channel: ChannelId, amount: Balance },
    /// Collect what a voucher is for, as the provider.
    RedeemVoucher {
        channel: ChannelId,
        /// All that the channel has paid with this voucher.
        cumulative: Balance,
        /// The payer's, sr25519.
        signature: [u8; 64],
    },
    /// End a channel: at once as its provider, after the grace period as its payer.
    CloseChannel { channel: ChannelId },
    /// Take back what is left in a channel whose grace period is over.
    WithdrawChannel { channel: ChannelId },
    /// Post the result of an assigned optimistic request.
    PostOptimistic {
        request: RequestId,
        /// The assignment's context, repeated.
        context: H256,
        output: Vec<i32>,
        /// Root of the tree over the results of all operators.
        trace_root: H256,
        /// That the output is the last of them.
        link: OutputLink,
    },
    /// Challenge the posted result of an optimistic request, with its bond.
    ChallengeResult {
        request: RequestId,
        /// Of the result: one that another provider posts later is not meant.
        trace_root: H256,
    },
    /// Do what is due for an optimistic request whose window or deadline has passed.
    FinalizeOptimistic { request: RequestId },
    /// As a defender, reveal the node that a dispute has come to.
    RevealNode { dispute: DisputeId, node: Node },
    /// As the challenger, name the first child of the revealed node that differs.
    ChooseChild { dispute: DisputeId, child: u8 },
    /// As a defender, open what the disputed element is made of.
    Defend {
        dispute: DisputeId,
        /// An encoded `lattice_trace::Opening`.
        opening: Vec<u8>,
    },
    /// Decide a dispute whose turn nobody took.
    ExpireDispute { dispute: DisputeId },
    /// Commit to the result of a request that the signer was drawn for.
    CommitReplica {
        request: RequestId,
        /// [`crate::ReplicaContent::commitment`].
        commitment: H256,
    },
    /// Show the result that the signer committed to.
    RevealReplica {
        request: RequestId,
        output: Vec<i32>,
        /// Root of the tree over the results of all operators.
        trace_root: H256,
        salt: [u8; 32],
    },
    /// As a replica that is outvoted, prove that its own output is the model's.
    AppealWithProof {
        request: RequestId,
        proof: ProofBytes,
    },
    /// As a replica that is outvoted, dispute the majority's trace.
    AppealByDispute {
        request: RequestId,
        /// That the signer's own output is under its own root.
        link: OutputLink,
    },
    /// Do what is due for a replicated request whose phase is over.
    AdvanceReplicated { request: RequestId },
    /// A call on private requests.
    Private(PrivateCall),
    /// Publish a plan, in place of the signer's of the same model and period if there is one.
    SetPlan {
        model: ModelIndex,
        /// Blocks of a period.
        period: BlockNumber,
        /// Requests of a period.
        quota: u32,
        /// Of a period, without royalty and fee.
        price: Balance,
    },
    /// Take a plan back; subscriptions to it go on.
    RemovePlan { plan: PlanId },
    /// Pay some periods of a plan in advance.
    Subscribe {
        plan: PlanId,
        periods: u32,
        /// Most to put on hold.
        max_total: Balance,
    },
    /// Settle the periods of a subscription that are over.
    SettlePeriod { subscription: SubscriptionId },
    /// End a subscription, as its subscriber.
    CancelSubscription { subscription: SubscriptionId },
    /// End a subscription, as its provider.
    TerminateSubscription { subscription: SubscriptionId },
    /// Have it noted, as the subscriber, that the provider cannot be given a request now.
    ReportAbsence { subscription: SubscriptionId },
    /// Move funds to another account.
    TransferBalance { to: AccountId, amount: Balance },
}
