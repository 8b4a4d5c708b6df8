//! The shared types with the runtime's own parameters filled in.

use lattice_primitives as primitives;

pub use lattice_primitives::{channel_content, CeremonyId, ChannelId};
pub use lattice_primitives::{receipt_message, InputClaim, OpenedInput, PrivateStatus};
pub use lattice_primitives::{
    Cause, DisputeId, DisputePlace, DisputeTurn, OptimisticStatus, PlanId, ReplicaAppeal,
    ReplicaContent, ReplicaState, ReplicatedPhase, SubscriptionEnd, SubscriptionId, Verdict,
};
pub use lattice_primitives::{
    DepositChange, DryRunError, Effect, Ending, Failure, Fault, Gas, Hardware, Ineligible,
    Interface, KeyInfo, ModelIndex, ModelState, NotAuthorized, Preference, Price, Pricing,
    ProgramFault, ProgramRequest, ProgramStep, ProgramTrap, ProofBytes, ProofLengthError,
    ProofVersion, QuoteError, Refusal, RequestContent, RequestId, RequestStatus, Requirements,
    Setup, StoredInfo, Verification, CHUNK_BYTES, MAX_EXCLUDED,
};
pub use lattice_trace::{Node, OutputLink};
pub use subxt::utils::{AccountId32 as AccountId, H256};

/// An amount in planck.
pub type Balance = u128;
/// Height of a block.
pub type BlockNumber = u32;
/// A registration, as the registry tells it.
pub type Model = primitives::ModelInfo<AccountId, Balance, BlockNumber>;
/// A provider with its stake and offers.
pub type Provider = primitives::ProviderInfo<AccountId, Balance, BlockNumber>;
/// An open request, as its provider needs it.
pub type Assignment = primitives::Assignment<AccountId, Balance, BlockNumber>;
/// What a provider asks for results that may be challenged.
pub type OptimisticOffer = primitives::OptimisticOffer<Balance>;
/// What a provider asks for one model.
pub type Offer = primitives::Offer<Balance, BlockNumber>;
/// What an ended request left on chain.
pub type Record = primitives::ExecutionRecord<AccountId, Balance, BlockNumber>;
/// What a request left that the chain answered itself.
pub type DirectRecord = primitives::DirectRecord<AccountId, Balance, BlockNumber>;
/// What a request would cost now.
pub type Quote = primitives::Quote<AccountId, Balance>;
/// Who is to serve a request.
pub type Selection = primitives::Selection<AccountId>;
/// What a request says beside its plain arguments.
pub type RequestOptions = primitives::RequestOptions<AccountId, BlockNumber>;
/// A run to try or to pay for.
pub type Request = ProgramRequest<AccountId, Balance>;
/// What a run would do now.
pub type DryRun = primitives::DryRun<AccountId, Balance>;
/// A dry run, step by step.
pub type ProgramTrace = primitives::ProgramTrace<AccountId, Balance>;
/// What a run left.
pub type ProgramOutput = primitives::ProgramOutput<AccountId>;
/// An instance of uploaded code.
pub type Program = primitives::ProgramInfo<AccountId, Balance, BlockNumber>;
/// A result that a program, or an account by bytecode, committed.
pub type ProgramRecord = primitives::ProgramRecord<AccountId, BlockNumber>;

/// A set-up ceremony that is open or was finalized.
pub type Ceremony = primitives::CeremonyInfo<AccountId, Balance, BlockNumber>;
/// A contribution to a ceremony.
pub type Contributed = primitives::ContributionInfo<AccountId, Balance, BlockNumber>;

/// An open payment channel.
pub type Channel = primitives::ChannelInfo<AccountId, Balance, BlockNumber>;
/// What the payer of a channel signs.
pub type Voucher = primitives::Voucher<AccountId, Balance>;

/// An open optimistic request.
pub type Optimistic = primitives::OptimisticInfo<AccountId, Balance, BlockNumber>;
/// An open replicated request.
pub type Replicated = primitives::ReplicatedInfo<AccountId, Balance, BlockNumber>;
/// One of the providers that were drawn for a replicated request.
pub type Replica = primitives::ReplicaInfo<AccountId, Balance>;
/// An open private request.
pub type Private = primitives::PrivateRequestInfo<AccountId, Balance, BlockNumber>;
/// An open dispute about a result.
pub type Dispute = primitives::DisputeInfo<AccountId, BlockNumber>;

/// What a provider offers to those who pay in advance.
pub type Plan = primitives::PlanInfo<AccountId, Balance, BlockNumber>;
/// An open subscription.
pub type Subscription = primitives::SubscriptionInfo<AccountId, Balance, BlockNumber>;

/// A block by number and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub number: BlockNumber,
    pub hash: H256,
}

/// What an account has, in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountBalance {
    /// Not on hold; may be frozen.
    pub free: Balance,
    /// On hold: stakes, deposits and escrows.
    pub held: Balance,
    /// Part of the account that must stay, free or held.
    pub frozen: Balance,
}

impl AccountBalance {
    /// Free and held together.
    pub fn total(&self) -> Balance {
        self.free.saturating_add(self.held)
    }

    /// What a transfer could move, apart from the existential deposit.
    ///
    /// A freeze counts held funds too, so only its part above `held` binds
    /// the free balance.
    pub fn transferable(&self) -> Balance {
        self.free
            .saturating_sub(self.frozen.saturating_sub(self.held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freeze_is_covered_by_held_funds_first() {
        let account = AccountBalance {
            free: 10,
            held: 3,
            frozen: 5,
        };
        assert_eq!(account.transferable(), 8);
        assert_eq!(account.total(), 13);
    }
}
