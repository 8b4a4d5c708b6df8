//! What a provider's work so far says of it.
//!
//! # The measure
//! Work counts by the protocol fees that it paid, `earned`. A failure counts by [`weight_of`] times the
//! fee that the assignment would have paid, and by at least so many hundredths of `neutral`, `lost`;
//! so that failing is not cheaper for who asks for little. Both fade: after every
//! `ReputationEpoch` blocks the part `ReputationKept` of them is left. The reputation is
//!
//! `(earned + neutral / 2) / (earned + lost + neutral)`
//!
//! the mean of a Beta distribution in which `neutral` (`NeutralFees`, in planck) stands for what is
//! believed of an account of which nothing is known, namely one half.
//!
//! # What it costs to fake
//! A requester that is its own provider gets back all of a price but the fee, at least `MinFee` per
//! request. What one requester adds to one provider is at most `MaxFeesPerRequester`, faded likewise,
//! so that more takes more accounts, each with its own fees. A reputation r above one half costs at
//! least `neutral · (r − 1/2) / (1 − r)` in fees, again and again as it fades.
//!
//! It belongs to the account: deregistration leaves it, and registration finds it again.

use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::Failure;

use crate::types::BalanceOf;
use crate::Config;

/// How many settled inferences of the same fee weigh as much as one failure, which weighs at least
/// as many hundredths of what is believed of a new account.
pub const fn weight_of(failure: Failure) -> u32 {
    match failure {
        Failure::NotAccepted => 2,
        // A result that its requester cannot read is none.
        Failure::Late | Failure::OutputWithheld => 10,
        // It was not just late: it said what it knew to be false.
        Failure::FalseClaim => 20,
        // A vote can be lost to a majority that colludes; a dispute only by being wrong or silent.
        Failure::Outvoted => 20,
        Failure::Refuted => 100,
        Failure::FalseProof => 200,
    }
}

/// An amount that fades.
#[stored]
pub struct Fading<T: Config> {
    amount: BalanceOf<T>,
    /// The block whose amount this is: a whole number of epochs after the first one.
    as_of: BlockNumberFor<T>,
}

impl<T: Config> Fading<T> {
    /// Nothing.
    pub fn none() -> Self {
        Self {
            amount: Zero::zero(),
            as_of: Zero::zero(),
        }
    }

    /// What is left of it at `now`.
    pub fn at(&self, now: BlockNumberFor<T>) -> BalanceOf<T> {
        self.faded(now).amount
    }

    /// Adds to what is left of it at `now`.
    pub fn add(&mut self, amount: BalanceOf<T>, now: BlockNumberFor<T>) {
        *self = self.faded(now);
        self.amount = self.amount.saturating_add(amount);
    }

    fn faded(&self, now: BlockNumberFor<T>) -> Self {
        if self.amount.is_zero() {
            return Self {
                amount: Zero::zero(),
                as_of: now,
            };
        }
        let epoch = T::ReputationEpoch::get();
        let passed = now.saturating_sub(self.as_of);
        let epochs = passed.checked_div(&epoch).unwrap_or_else(Zero::zero);
        let exponent: u32 = epochs.saturated_into();
        let kept = T::ReputationKept::get().saturating_pow(exponent.saturated_into());
        let amount: u128 = self.amount.saturated_into();
        Self {
            amount: kept.mul_floor(amount).saturated_into(),
            as_of: self.as_of.saturating_add(epochs.saturating_mul(epoch)),
        }
    }
}

/// What the chain remembers of an account's work.
#[stored]
pub struct Reputation<T: Config> {
    /// Assignments settled on a proof.
    pub settled: u64,
    /// Assignments without a result before the deadline, or whose output was withheld.
    pub late: u64,
    /// Assignments whose proof the chain rejected.
    pub rejected: u64,
    /// Assignments that were not accepted in time.
    pub not_accepted: u64,
    /// Assignments whose result lost a dispute or a vote, or whose claim was false.
    pub disputed: u64,
    /// Protocol fees of settled assignments, in planck.
    pub(crate) earned: Fading<T>,
    /// Weighted fees of failed ones, in planck.
    pub(crate) lost: Fading<T>,
}

impl<T: Config> Reputation<T> {
    /// That of an account of which nothing is known.
    pub fn neutral() -> Self {
        Self {
            settled: 0,
            late: 0,
            rejected: 0,
            not_accepted: 0,
            disputed: 0,
            earned: Fading::none(),
            lost: Fading::none(),
        }
    }

    /// Whether the account has worked.
    pub fn is_neutral(&self) -> bool {
        let failed = [self.late, self.rejected, self.not_accepted, self.disputed];
        self.settled == 0 && failed == [0; 4]
    }

    /// The measure of the module's documentation.
    pub fn score(&self, now: BlockNumberFor<T>) -> Permill {
        let neutral: u128 = T::NeutralFees::get().saturated_into();
        let earned: u128 = self.earned.at(now).saturated_into();
        let lost: u128 = self.lost.at(now).saturated_into();
        let good = earned.saturating_add(neutral >> 1);
        let all = earned.saturating_add(lost).saturating_add(neutral);
        Permill::from_rational(good, all)
    }

    /// Assignments that the account is given at the same time, whatever its capacity.
    pub fn slots(&self, now: BlockNumberFor<T>) -> u32 {
        let earned = self.earned.at(now);
        let more = earned.checked_div(&T::FeesPerSlot::get());
        T::NewcomerSlots::get().saturating_add(more.map_or(0, |slots| slots.saturated_into()))
    }

    /// An assignment was settled; `fee` is what counts of its fee.
    pub(crate) fn settle(&mut self, fee: BalanceOf<T>, now: BlockNumberFor<T>) {
        self.settled = self.settled.saturating_add(1);
        self.earned.add(fee, now);
    }

    /// An assignment failed that would have paid `fee`.
    pub(crate) fn fail(&mut self, failure: Failure, fee: BalanceOf<T>, now: BlockNumberFor<T>) {
        let count = match failure {
            Failure::FalseProof => &mut self.rejected,
            Failure::Late | Failure::OutputWithheld => &mut self.late,
            Failure::NotAccepted => &mut self.not_accepted,
            Failure::Refuted | Failure::Outvoted | Failure::FalseClaim => &mut self.disputed,
        };
        *count = count.saturating_add(1);
        let weight: BalanceOf<T> = weight_of(failure).into();
        let least = T::NeutralFees::get().saturating_mul(weight);
        let least = least.checked_div(&100u32.into()).unwrap_or(least);
        self.lost.add(fee.saturating_mul(weight).max(least), now);
    }
}
