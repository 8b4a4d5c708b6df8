//! What is stored of plans and subscriptions, and what follows from it.

use crate::Config;
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, PlanId, Price};

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// What a provider's list says of a plan: number, model and period.
pub type PlanKeyOf<T> = (PlanId, ModelIndex, BlockNumberFor<T>);

/// A provider's plans, in the order of their numbers.
pub type PlanKeysOf<T> = BoundedVec<PlanKeyOf<T>, <T as Config>::MaxPlans>;

/// What a provider asks of those who pay in advance. Never changes; another one takes its place.
#[stored]
pub struct Plan<T: Config> {
    pub provider: T::AccountId,
    pub model: ModelIndex,
    /// Blocks of a period.
    pub period: BlockNumberFor<T>,
    /// Requests of a period; not zero.
    pub quota: u32,
    /// To the provider for a period.
    pub price: BalanceOf<T>,
}

/// An open subscription. What is above `index` was frozen when it was made.
#[stored]
pub struct Subscription<T: Config> {
    /// Whose money is on hold, and who may draw.
    pub subscriber: T::AccountId,
    pub provider: T::AccountId,
    pub model: ModelIndex,
    /// The plan whose terms these are; there may be no such plan any more.
    pub plan: PlanId,
    /// Of each request.
    pub price: Price<BalanceOf<T>>,
    /// Blocks of a period; not zero.
    pub period: BlockNumberFor<T>,
    /// Requests of a period; not zero.
    pub quota: u32,
    /// Periods, of `period` blocks each.
    pub periods: u32,
    /// The first block of the first period.
    pub subscribed_at: BlockNumberFor<T>,
    /// The first period that is not settled, counted from zero; less than `periods`.
    pub index: u32,
    /// Requests of that period that were made.
    pub used: u32,
    /// Failures that were noted in that period.
    pub failures: u32,
    /// What was released for requests that were made.
    pub drawn: BalanceOf<T>,
    /// What the provider got for requests that were not made.
    pub paid: BalanceOf<T>,
    /// What the subscriber got back.
    pub refunded: BalanceOf<T>,
}

/// Something that costs `amount` for each of so many requests. What is prepaid was checked not to
/// overflow, and nothing is asked for more.
pub(crate) fn times<T: Config>(amount: BalanceOf<T>, requests: u64) -> BalanceOf<T> {
    amount.saturating_mul(requests.saturated_into())
}

impl<T: Config> Subscription<T> {
    /// What each request costs in sum.
    pub fn unit(&self) -> BalanceOf<T> {
        self.price.total().unwrap_or_else(Bounded::max_value)
    }

    /// All that was put on hold.
    pub fn prepaid(&self) -> BalanceOf<T> {
        let requests = u64::from(self.periods).saturating_mul(self.quota.into());
        times::<T>(self.unit(), requests)
    }

    /// What is on hold for it.
    pub fn left(&self) -> BalanceOf<T> {
        self.prepaid()
            .saturating_sub(self.drawn)
            .saturating_sub(self.paid)
            .saturating_sub(self.refunded)
    }

    /// Requests that were not made, of all periods that are not settled.
    pub fn requests_left(&self) -> u64 {
        u64::from(self.periods.saturating_sub(self.index))
            .saturating_mul(self.quota.into())
            .saturating_sub(self.used.into())
    }

    /// Requests of the first period that is not settled which were not made.
    pub fn unused(&self) -> u32 {
        self.quota.saturating_sub(self.used)
    }

    /// The block with which the first period that is not settled is over.
    pub fn ends_at(&self) -> BlockNumberFor<T> {
        let periods = self.index.saturating_add(1);
        self.subscribed_at
            .saturating_add(self.period.saturating_mul(periods.into()))
    }

    /// The last block of the first period that is not settled.
    pub fn due(&self) -> BlockNumberFor<T> {
        self.ends_at().saturating_sub(One::one())
    }

    /// Periods that are over in this block, and not settled.
    pub fn over(&self, now: BlockNumberFor<T>) -> u32 {
        let passed = now.saturating_sub(self.subscribed_at);
        let periods: u32 = passed
            .checked_div(&self.period)
            .unwrap_or_else(Zero::zero)
            .saturated_into();
        periods.min(self.periods).saturating_sub(self.index)
    }

    /// Whether the last period is over in this block.
    pub fn is_over(&self, now: BlockNumberFor<T>) -> bool {
        self.index.saturating_add(self.over(now)) >= self.periods
    }
}
