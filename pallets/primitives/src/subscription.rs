//! Subscriptions: what providers ask for requests in advance, and what the chain says of what was
//! paid.

use crate::{ModelIndex, PlanId, Price, SubscriptionId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// What a provider offers to those who pay in advance. The number of a plan stands for the same
/// terms for as long as there is the plan.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct PlanInfo<AccountId, Balance, BlockNumber> {
    pub plan: PlanId,
    pub provider: AccountId,
    pub model: ModelIndex,
    /// Blocks of a period.
    pub period: BlockNumber,
    /// Requests of a period.
    pub quota: u32,
    /// To the provider for a period, in planck, royalty and protocol fee not included.
    pub price: Balance,
    /// What each request costs whoever subscribes now: what is put on hold is its sum, times
    /// `quota`, times the number of periods. `None`: nobody can subscribe now.
    pub unit: Option<Price<Balance>>,
}

/// How a subscription ended.
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
pub enum SubscriptionEnd {
    /// Its last period is over.
    Completed,
    /// By the subscriber.
    Cancelled,
    /// By the provider.
    Terminated,
}

/// An open subscription, as clients see it. Amounts are in planck.
///
/// `prepaid = drawn + paid + refunded + left`
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct SubscriptionInfo<AccountId, Balance, BlockNumber> {
    pub subscription: SubscriptionId,
    /// The plan whose terms these are; there may be no such plan any more.
    pub plan: PlanId,
    /// Whose money is on hold, and who may draw.
    pub subscriber: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// Of each request.
    pub price: Price<Balance>,
    /// Blocks of a period.
    pub period: BlockNumber,
    /// Requests of a period.
    pub quota: u32,
    pub periods: u32,
    /// The first block of the first period.
    pub subscribed_at: BlockNumber,
    /// The first period that is not settled, counted from zero: the one that runs, unless the chain
    /// is behind.
    pub index: u32,
    /// Requests of that period that were made.
    pub used: u32,
    /// Failures of the provider that were noted in that period.
    pub failures: u32,
    /// All that was put on hold.
    pub prepaid: Balance,
    /// What was released for requests that were made, whatever became of them.
    pub drawn: Balance,
    /// What the provider got for capacity that it kept and that was not used.
    pub paid: Balance,
    /// What came back of periods that are settled.
    pub refunded: Balance,
    /// What is on hold.
    pub left: Balance,
    /// The first block in which period `index` is over, and is settled.
    pub settles_at: BlockNumber,
}
