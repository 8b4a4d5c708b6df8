//! Which provider gets a request.
//!
//! Of the offers for a model, those that are eligible are compared by price, free slots, reputation,
//! unlocked stake, and whether the model is in memory, each in parts of the best one, and weighted as the runtime says
//! ([`SelectionWeights`]). The highest mean is chosen. All offers of a model are looked at, at most
//! `MaxProvidersPerModel`. Who has a reputation under `MinReputation` is given only what requesters
//! want it to have by name, so that a low price cannot draw requests again and again that then fail.
//!
//! # Ties
//! Among equal scores the lowest Blake2-256 of (parent block's hash, account) wins. A requester does
//! not know that hash when it signs, nor do providers. The author of the *parent* does before anyone
//! else, and can withhold a block whose hash it does not like; that costs it a block's reward and a
//! slot, and wins it one choice among offers that are equally good for the requester. Aura has no
//! randomness that would be better, and nothing but ties depends on it.

use alloc::vec::Vec;
use core::cmp::Reverse;
use frame::prelude::*;
use lattice_primitives::{
    Bid, Failure, Ineligible, ModelIndex, Preference, Price, Quote, QuoteError, Score, Selection,
};

use crate::*;

/// What each component of a [`Score`] counts; their sum must not be zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectionWeights {
    pub price: u32,
    pub capacity: u32,
    pub reputation: u32,
    pub stake: u32,
    pub residency: u32,
}

impl SelectionWeights {
    /// The weighted mean of the components, in parts per million.
    fn mean(&self, score: &Score) -> u32 {
        let parts = [
            (self.price, score.price),
            (self.capacity, score.capacity),
            (self.reputation, score.reputation),
            (self.stake, score.stake),
            (self.residency, score.residency),
        ];
        let sum = parts.iter().fold(0u64, |sum, (weight, part)| {
            sum.saturating_add(u64::from(*weight).saturating_mul(u64::from(*part)))
        });
        let weights = parts.iter().fold(0u64, |sum, (weight, _)| {
            sum.saturating_add(u64::from(*weight))
        });
        sum.checked_div(weights).unwrap_or(0).saturated_into()
    }
}

/// What kind of work a request is, which its provider must have offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// To prove the result.
    Proven,
    /// To defend the result, if it is challenged within so many blocks, with so much at stake.
    Optimistic { window: u32, bond: u128 },
    /// To be one of several that come to it.
    Replicated,
}

/// What a request asks of its provider.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a, AccountId, Balance, BlockNumber> {
    pub model: ModelIndex,
    pub service: Service,
    /// Blocks that the provider has.
    pub deadline: BlockNumber,
    /// The highest bill, in planck.
    pub limit: Balance,
    pub selection: &'a Selection<AccountId>,
    /// Those that failed the request before.
    pub failed: &'a [(AccountId, Failure)],
}

/// A price, its sum, and the collateral that it demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill<Balance> {
    pub price: Price<Balance>,
    pub total: Balance,
    pub collateral: Balance,
}

/// An eligible offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<AccountId, Balance> {
    pub provider: AccountId,
    pub bill: Bill<Balance>,
    pub score: Score,
}

impl<AccountId, Balance> From<Candidate<AccountId, Balance>> for Bid<AccountId, Balance> {
    fn from(candidate: Candidate<AccountId, Balance>) -> Self {
        Self {
            provider: candidate.provider,
            price: candidate.bill.price,
            total: candidate.bill.total,
            score: candidate.score,
        }
    }
}

/// Every offer for a model, as a demand sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<AccountId, Balance> {
    /// Best first.
    pub eligible: Vec<Candidate<AccountId, Balance>>,
    /// In the order of their prices.
    pub ineligible: Vec<(AccountId, Ineligible)>,
}

impl<AccountId, Balance> Field<AccountId, Balance> {
    /// How many offers were looked at.
    pub fn inspected(&self) -> u32 {
        let offers = self.eligible.len().saturating_add(self.ineligible.len());
        offers.saturated_into()
    }

    /// The best of the eligible offers, or why there is none.
    pub fn best(self) -> Result<Candidate<AccountId, Balance>, NoneEligible> {
        let Self {
            eligible,
            ineligible,
        } = self;
        let is_too_dear = |(_, reason): &(_, Ineligible)| *reason == Ineligible::PriceTooHigh;
        let none = || match ineligible.iter().any(is_too_dear) {
            true => NoneEligible::TooDear,
            false => NoneEligible::NoProvider,
        };
        eligible.into_iter().next().ok_or_else(none)
    }
}

impl<AccountId: Clone, Balance: Ord + Copy> Field<AccountId, Balance> {
    /// What the best of the eligible offers would charge, and who else would serve the request. The
    /// model's execution takes `execution_gas`, and the provider pays for at most `gas` besides.
    pub fn quote(
        self,
        execution_gas: u64,
        gas: u64,
    ) -> Result<Quote<AccountId, Balance>, QuoteError> {
        let upper_bound = self.eligible.iter().map(|one| one.bill.total).max();
        let best = self.eligible.first().ok_or(QuoteError::NoProvider)?;
        Ok(Quote {
            provider: best.provider.clone(),
            price: best.bill.price,
            total: best.bill.total,
            upper_bound: upper_bound.unwrap_or(best.bill.total),
            execution_gas,
            gas,
            collateral: best.bill.collateral,
            ranking: self.eligible.into_iter().map(Bid::from).collect(),
            ineligible: self.ineligible,
        })
    }
}

/// Why nobody is given a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoneEligible {
    /// Some would be, if it paid more.
    TooDear,
    /// None would be, whatever it paid.
    NoProvider,
}

/// An eligible offer, with what it is compared by.
struct Contender<T: Config> {
    provider: T::AccountId,
    bill: Bill<BalanceOf<T>>,
    price: u128,
    stake: u128,
    free: u32,
    slots: u32,
    reputation: Permill,
    resident: bool,
}

impl<T: Config> Pallet<T> {
    /// All offers for a demand; `bill` gives that of a provider's price, `None` when it overflows.
    pub(crate) fn field(
        demand: &Demand<'_, T::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
        bill: impl Fn(BalanceOf<T>) -> Option<Bill<BalanceOf<T>>>,
    ) -> Field<T::AccountId, BalanceOf<T>> {
        let mut contenders = Vec::new();
        let mut ineligible = Vec::new();
        for ranked in Ranking::<T>::get(demand.model) {
            match Self::contender(&ranked, demand, &bill) {
                Ok(contender) => contenders.push(contender),
                Err(reason) => ineligible.push((ranked.provider, reason)),
            }
        }
        let mut eligible = Self::scored(contenders);
        // Stable, so that equal ones stay in the order of their prices.
        eligible.sort_by_key(|one| Reverse(one.score.total));
        if let Some(position) = Self::first(&eligible, &demand.selection.preference) {
            if let Some(leading) = eligible.get_mut(..=position) {
                leading.rotate_right(1);
            }
        }
        Field {
            eligible,
            ineligible,
        }
    }

    fn contender(
        ranked: &Ranked<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
        demand: &Demand<'_, T::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
        bill: impl Fn(BalanceOf<T>) -> Option<Bill<BalanceOf<T>>>,
    ) -> Result<Contender<T>, Ineligible> {
        let Ranked {
            provider: who,
            offer,
            ..
        } = ranked;
        let Selection {
            preference,
            excluded,
        } = demand.selection;
        ensure!(!excluded.contains(who), Ineligible::Excluded);
        if let Preference::Only(named) = preference {
            ensure!(named == who, Ineligible::NotNamed);
        }
        let mut failed = demand.failed.iter();
        ensure!(
            failed.all(|(provider, _)| provider != who),
            Ineligible::FailedBefore
        );
        let asked = ranked.asked_for(demand.service)?;
        ensure!(
            offer.min_deadline <= demand.deadline,
            Ineligible::DeadlineTooShort
        );
        let bill = bill(asked).ok_or(Ineligible::PriceOverflow)?;
        ensure!(bill.total <= demand.limit, Ineligible::PriceTooHigh);
        // Whoever has an offer is registered.
        let provider = Providers::<T>::get(who).ok_or(Ineligible::Offline)?;
        let now = frame_system::Pallet::<T>::block_number();
        provider.ensure_free(demand.model, offer, bill.collateral, now)?;
        let reputation = provider.reputation.score(now);
        ensure!(
            reputation >= T::MinReputation::get() || wants(preference, who),
            Ineligible::Disreputable
        );
        let slots = provider.slots(now);
        Ok(Contender {
            provider: who.clone(),
            price: asked.saturated_into(),
            stake: provider.unlocked().saturated_into(),
            free: slots.saturating_sub(provider.running),
            slots,
            reputation,
            resident: offer.resident,
            bill,
        })
    }

    fn scored(contenders: Vec<Contender<T>>) -> Vec<Candidate<T::AccountId, BalanceOf<T>>> {
        let weights = T::SelectionWeights::get();
        let cheapest = contenders.iter().map(|one| one.price).min().unwrap_or(0);
        let largest = contenders.iter().map(|one| one.stake).max().unwrap_or(0);
        contenders
            .into_iter()
            .map(|contender| {
                let mut score = Score {
                    price: parts(cheapest, contender.price),
                    capacity: parts(contender.free.into(), contender.slots.into()),
                    reputation: contender.reputation.deconstruct(),
                    stake: parts(contender.stake, largest),
                    residency: parts(contender.resident.into(), 1),
                    total: 0,
                };
                score.total = weights.mean(&score);
                Candidate {
                    provider: contender.provider,
                    bill: contender.bill,
                    score,
                }
            })
            .collect()
    }

    /// The position of the one that is chosen, of candidates that are sorted by their scores.
    fn first(
        sorted: &[Candidate<T::AccountId, BalanceOf<T>>],
        preference: &Preference<T::AccountId>,
    ) -> Option<usize> {
        if let Preference::Prefer(wanted) = preference {
            let position = sorted.iter().position(|one| one.provider == *wanted);
            if position.is_some() {
                return position;
            }
        }
        let best = sorted.first()?.score.total;
        let ties = sorted.partition_point(|one| one.score.total == best);
        if ties == 1 {
            return Some(0);
        }
        let parent = frame_system::Pallet::<T>::parent_hash();
        let lot = |one: &Candidate<T::AccountId, BalanceOf<T>>| {
            (parent, &one.provider).using_encoded(blake2_256)
        };
        let tied = sorted.iter().take(ties).enumerate();
        tied.min_by_key(|(_, one)| lot(one))
            .map(|(position, _)| position)
    }
}

/// Whether a requester asks for this very provider.
fn wants<AccountId: PartialEq>(preference: &Preference<AccountId>, who: &AccountId) -> bool {
    match preference {
        Preference::Best => false,
        Preference::Prefer(wanted) | Preference::Only(wanted) => wanted == who,
    }
}

/// `part / whole` in parts per million; all of it if both are zero.
fn parts(part: u128, whole: u128) -> u32 {
    if part == whole {
        return Permill::one().deconstruct();
    }
    Permill::from_rational(part, whole).deconstruct()
}
