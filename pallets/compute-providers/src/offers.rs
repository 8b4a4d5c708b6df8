//! Offers: what a provider asks for serving a model, ranked by price.
//!
//! A model's ranking has a limited number of places. When it is full, a place that nobody uses goes to
//! whoever comes and is there: that of a provider which is paused, silent, understaked or disreputable,
//! the dearest of them. Where all are there, the one of lowest reputation makes room for a better one,
//! or for an equal one that is cheaper and takes as short deadlines. So nobody keeps others out of a
//! model by filling its ranking with accounts that never work, whatever they ask.

use crate::types::OfferOf;
use crate::*;
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame::prelude::*;
use lattice_primitives::{Ineligible, ModelIndex, ModelState};
use pallet_model_registry::Registry;

/// Why an offer had to make room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Eviction {
    /// Its provider is not there to be given work.
    Absent(Ineligible),
    /// Its provider has the lowest reputation, and a better one came, or an equal one that is cheaper.
    Outdone,
}

impl<T: Config> Pallet<T> {
    /// Weight of a new offer, in a ranking that is full or not.
    pub(crate) fn offer_weight(full: bool) -> Weight {
        match full {
            true => T::WeightInfo::set_offer().max(T::WeightInfo::set_offer_in_full_ranking()),
            false => T::WeightInfo::set_offer(),
        }
    }

    /// Returns whether the ranking was full.
    pub(crate) fn do_set_offer(
        who: T::AccountId,
        model: ModelIndex,
        offer: OfferOf<T>,
    ) -> Result<bool, DispatchError> {
        ensure!(
            Providers::<T>::contains_key(&who),
            Error::<T>::NotRegistered
        );
        ensure!(
            offer.min_deadline <= T::MaxDeadline::get(),
            Error::<T>::DeadlineTooLong
        );
        ensure!(offer.capacity != Some(0), Error::<T>::CapacityZero);
        let servable = T::Registry::servable(model).ok_or(Error::<T>::UnknownModel)?;
        ensure!(
            servable.state == ModelState::Active,
            Error::<T>::ModelDeprecated
        );
        let is_new = Offers::<T>::try_mutate(&who, |offers| {
            match offers.iter_mut().find(|(offered, _)| *offered == model) {
                Some((_, old)) => {
                    *old = offer;
                    Ok::<_, DispatchError>(false)
                }
                None => {
                    offers
                        .try_push((model, offer))
                        .map_err(|_| Error::<T>::TooManyOffers)?;
                    Ok(true)
                }
            }
        })?;
        let ranked = Ranked {
            provider: who.clone(),
            asked: offer.asked(servable.execution_gas),
            offer,
        };
        let was_full = Self::rank(model, ranked)?;
        if is_new {
            T::Registry::note_offer(model);
        }
        Self::deposit_event(Event::OfferSet {
            provider: who,
            model,
            offer,
        });
        Ok(was_full)
    }

    pub(crate) fn do_set_residency(
        who: T::AccountId,
        model: ModelIndex,
        resident: bool,
    ) -> DispatchResult {
        Offers::<T>::try_mutate(&who, |offers| -> DispatchResult {
            let mut offers = offers.iter_mut();
            let (_, offer) = offers
                .find(|(offered, _)| *offered == model)
                .ok_or(Error::<T>::NoOffer)?;
            offer.resident = resident;
            Ok(())
        })?;
        Ranking::<T>::mutate(model, |ranking| {
            let mut ranking = ranking.iter_mut();
            if let Some(ranked) = ranking.find(|ranked| ranked.provider == who) {
                ranked.offer.resident = resident;
            }
        });
        Self::deposit_event(Event::ResidencySet {
            provider: who,
            model,
            resident,
        });
        Ok(())
    }

    pub(crate) fn do_remove_offer(who: T::AccountId, model: ModelIndex) -> DispatchResult {
        ensure!(
            Providers::<T>::contains_key(&who),
            Error::<T>::NotRegistered
        );
        Self::strike(&who, model)?;
        Self::unrank(&who, model);
        Self::deposit_event(Event::OfferRemoved {
            provider: who,
            model,
        });
        Ok(())
    }

    /// Remove every offer of a provider that leaves; returns how many there were.
    pub(crate) fn remove_all_offers(who: &T::AccountId) -> u32 {
        let offers = Offers::<T>::take(who);
        for (model, _) in offers.iter() {
            Self::unrank(who, *model);
            T::Registry::note_offer_removed(*model);
        }
        offers.len().saturated_into()
    }

    /// Take an offer off its provider's list.
    fn strike(who: &T::AccountId, model: ModelIndex) -> DispatchResult {
        Offers::<T>::try_mutate_exists(who, |slot| -> DispatchResult {
            let offers = slot.as_mut().ok_or(Error::<T>::NoOffer)?;
            let position = offers
                .iter()
                .position(|(offered, _)| *offered == model)
                .ok_or(Error::<T>::NoOffer)?;
            offers.remove(position);
            if offers.is_empty() {
                *slot = None;
            }
            Ok(())
        })?;
        T::Registry::note_offer_removed(model);
        Ok(())
    }

    /// Place an offer behind all that cost as much or less, and make room for it if need be; returns
    /// whether that was so.
    fn rank(
        model: ModelIndex,
        offer: Ranked<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
    ) -> Result<bool, DispatchError> {
        Ranking::<T>::try_mutate(model, |ranking| {
            ranking.retain(|ranked| ranked.provider != offer.provider);
            let is_full = ranking.len() >= T::MaxProvidersPerModel::get().saturated_into();
            if is_full {
                let (position, eviction) =
                    Self::makes_room(ranking, &offer).ok_or(Error::<T>::TooManyProviders)?;
                let evicted = ranking.remove(position).provider;
                Self::strike(&evicted, model)?;
                Self::deposit_event(Event::OfferEvicted {
                    provider: evicted,
                    model,
                    eviction,
                });
            }
            let position = ranking.partition_point(|ranked| ranked.asked <= offer.asked);
            ranking
                .try_insert(position, offer)
                .map_err(|_| Error::<T>::TooManyProviders)?;
            Ok(is_full)
        })
    }

    /// Which offer of a full ranking makes room for another one, and why. None does for a provider that
    /// is not there itself.
    fn makes_room(
        ranking: &[Ranked<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>],
        offer: &Ranked<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
    ) -> Option<(usize, Eviction)> {
        let comer = Self::presence(&offer.provider).ok()?;
        let mut outdone: Option<(Permill, usize)> = None;
        // The dearest first, so that of equals it is the dearest.
        for (position, ranked) in ranking.iter().enumerate().rev() {
            let score = match Self::presence(&ranked.provider) {
                Ok(score) => score,
                Err(reason) => return Some((position, Eviction::Absent(reason))),
            };
            let is_cheaper =
                offer.asked < ranked.asked && offer.offer.min_deadline <= ranked.offer.min_deadline;
            let is_outdone = score < comer || (score == comer && is_cheaper);
            if is_outdone && outdone.is_none_or(|(lowest, _)| score < lowest) {
                outdone = Some((score, position));
            }
        }
        outdone.map(|(_, position)| (position, Eviction::Outdone))
    }

    /// The reputation of a provider that is there to be chosen by those who do not name it, were it
    /// free; or why it is not.
    fn presence(who: &T::AccountId) -> Result<Permill, Ineligible> {
        let provider = Providers::<T>::get(who).ok_or(Ineligible::Offline)?;
        let now = frame_system::Pallet::<T>::block_number();
        provider.ensure_present(now)?;
        ensure!(provider.slots(now) > 0, Ineligible::AtCapacity);
        let score = provider.reputation.score(now);
        ensure!(score >= T::MinReputation::get(), Ineligible::Disreputable);
        Ok(score)
    }

    fn unrank(who: &T::AccountId, model: ModelIndex) {
        Ranking::<T>::mutate_exists(model, |slot| {
            if let Some(ranking) = slot {
                ranking.retain(|ranked| ranked.provider != *who);
                if ranking.is_empty() {
                    *slot = None;
                }
            }
        });
    }
}
