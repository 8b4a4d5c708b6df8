//! Offers: what a provider asks for serving a model, ranked by price.

use crate::types::OfferOf;
use crate::*;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, ModelState, Offer};
use pallet_model_registry::Registry;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_set_offer(
        who: T::AccountId,
        model: ModelIndex,
        price: BalanceOf<T>,
        min_deadline: BlockNumberFor<T>,
    ) -> DispatchResult {
        ensure!(
            Providers::<T>::contains_key(&who),
            Error::<T>::NotRegistered
        );
        match T::Registry::state(model) {
            Some(ModelState::Active) => {}
            Some(ModelState::Deprecated) => return Err(Error::<T>::ModelDeprecated.into()),
            None => return Err(Error::<T>::UnknownModel.into()),
        }
        let offer = Offer {
            price,
            min_deadline,
        };
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
        Self::rank(&who, model, offer)?;
        if is_new {
            T::Registry::note_offer(model);
        }
        Self::deposit_event(Event::OfferSet {
            provider: who,
            model,
            price,
            min_deadline,
        });
        Ok(())
    }

    pub(crate) fn do_remove_offer(who: T::AccountId, model: ModelIndex) -> DispatchResult {
        ensure!(
            Providers::<T>::contains_key(&who),
            Error::<T>::NotRegistered
        );
        Offers::<T>::try_mutate_exists(&who, |slot| -> DispatchResult {
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
        Self::unrank(&who, model);
        T::Registry::note_offer_removed(model);
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

    /// Place an offer behind all that cost as much or less.
    fn rank(who: &T::AccountId, model: ModelIndex, offer: OfferOf<T>) -> DispatchResult {
        Ranking::<T>::try_mutate(model, |ranking| {
            ranking.retain(|ranked| ranked.provider != *who);
            let position = ranking.partition_point(|ranked| ranked.offer.price <= offer.price);
            ranking
                .try_insert(
                    position,
                    Ranked {
                        provider: who.clone(),
                        offer,
                    },
                )
                .map_err(|_| Error::<T>::TooManyProviders.into())
        })
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
