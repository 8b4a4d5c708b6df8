//! Which provider gets a request, and why the others do not.

use crate::{Price, SubscriptionId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{bounded::BoundedVec, ConstU32};

/// Most providers that one request excludes.
pub const MAX_EXCLUDED: u32 = 16;

/// Which provider a requester wants, of those that are eligible.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Preference<AccountId> {
    /// The one with the highest score.
    #[default]
    Best,
    /// This one if it is eligible, whatever its score; otherwise the best.
    Prefer(AccountId),
    /// This one or none.
    Only(AccountId),
}

/// What a requester says about who is to serve it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Selection<AccountId> {
    pub preference: Preference<AccountId>,
    /// Never these.
    pub excluded: BoundedVec<AccountId, ConstU32<MAX_EXCLUDED>>,
}

impl<AccountId> Default for Selection<AccountId> {
    fn default() -> Self {
        Self {
            preference: Preference::Best,
            excluded: BoundedVec::new(),
        }
    }
}

/// What a request says beside its five plain arguments.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct RequestOptions<AccountId, BlockNumber> {
    pub selection: Selection<AccountId>,
    /// Providers that may try, one after the other; each has the request's deadline. More than one
    /// for proven and optimistic requests only.
    pub attempts: u32,
    /// Blocks in which a provider must accept; `None`: it need not.
    pub accept_within: Option<BlockNumber>,
    /// The subscription that pays, with its provider and price; `None`: this request does.
    pub subscription: Option<SubscriptionId>,
}

impl<AccountId, BlockNumber> Default for RequestOptions<AccountId, BlockNumber> {
    /// One attempt by the best provider, which need not accept.
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            attempts: 1,
            accept_within: None,
            subscription: None,
        }
    }
}

/// Why a provider with an offer cannot be given a request.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum Ineligible {
    /// The requester excludes it.
    Excluded,
    /// The requester wants another one.
    NotNamed,
    /// It failed this very request before.
    FailedBefore,
    /// It does not serve this tier.
    TierNotOffered,
    /// The window for challenges is longer than it agrees to.
    WindowTooLong,
    /// The bond is higher than it agrees to.
    BondTooHigh,
    /// The deadline is shorter than its offer's.
    DeadlineTooShort,
    /// Its bill is above the requester's limit.
    PriceTooHigh,
    /// Its price is so high that the bill cannot be written down.
    PriceOverflow,
    /// It takes no new assignments for now.
    Paused,
    /// Its last heartbeat is too old.
    Offline,
    /// All of its slots are taken.
    AtCapacity,
    /// As many assignments of this model are running as its offer takes.
    OfferAtCapacity,
    /// Its stake is under what its capacity demands.
    StakeTooLow,
    /// Running assignments have locked what this one's collateral would need.
    StakeLocked,
    /// It has failed so much of late that it is given only what names it.
    Disreputable,
}

impl Ineligible {
    /// Every reason.
    pub const ALL: [Self; 16] = [
        Self::Excluded,
        Self::NotNamed,
        Self::FailedBefore,
        Self::TierNotOffered,
        Self::WindowTooLong,
        Self::BondTooHigh,
        Self::DeadlineTooShort,
        Self::PriceTooHigh,
        Self::PriceOverflow,
        Self::Paused,
        Self::Offline,
        Self::AtCapacity,
        Self::OfferAtCapacity,
        Self::StakeTooLow,
        Self::StakeLocked,
        Self::Disreputable,
    ];
}

impl core::fmt::Display for Ineligible {
    /// As said of a provider: `5Ck5… has no free slot`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Excluded => "is excluded",
            Self::NotNamed => "is not the one that is named",
            Self::FailedBefore => "has failed this request",
            Self::TierNotOffered => "does not serve this tier",
            Self::WindowTooLong => "agrees to no such long window for challenges",
            Self::BondTooHigh => "agrees to no such high bond",
            Self::DeadlineTooShort => "asks for a longer deadline",
            Self::PriceTooHigh => "is too dear",
            Self::PriceOverflow => "asks for more than there can be",
            Self::Paused => "is paused",
            Self::Offline => "is offline: its last heartbeat is too old",
            Self::AtCapacity => "has no free slot",
            Self::OfferAtCapacity => "has no free slot for this model",
            Self::StakeTooLow => "has less stake than its capacity demands",
            Self::StakeLocked => "has too little unlocked stake for the collateral",
            Self::Disreputable => "has failed too much of late to be chosen unnamed",
        })
    }
}

/// How an offer compares with the other eligible ones; all in parts per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Score {
    /// The lowest price over this one.
    pub price: u32,
    /// Free slots over all slots.
    pub capacity: u32,
    /// The provider's reputation.
    pub reputation: u32,
    /// The unlocked stake over the largest one.
    pub stake: u32,
    /// All if the model is in the provider's memory, as the provider says.
    pub residency: u32,
    /// The mean of them, weighted as the runtime says. The highest is chosen.
    pub total: u32,
}

/// What an eligible provider would serve a request for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Bid<AccountId, Balance> {
    pub provider: AccountId,
    pub price: Price<Balance>,
    /// Sum of the price's parts.
    pub total: Balance,
    pub score: Score,
}
