//! Providers that serve a model, for other pallets' benchmarks.

use super::funded_account;
use crate::*;
use frame::benchmarking::prelude::*;
use lattice_primitives::{Hardware, ModelIndex, Offer};

/// Make an account rich, and register it as a provider whose stake is enough for any work.
pub fn register<T: Config>(who: &T::AccountId, capacity: u32) {
    let who = funded_account::<T>(who.clone());
    Pallet::<T>::register(
        RawOrigin::Signed(who).into(),
        (u64::MAX / 2).saturated_into(),
        Hardware::default(),
        Default::default(),
        capacity,
    )
    .expect("the provider registers");
}

/// Have a provider offer proven inferences of a model at a price in planck, within one block.
pub fn offer<T: Config>(who: &T::AccountId, model: ModelIndex, price: u32) {
    let offer = Offer::per_inference(price.into(), 1u32.into());
    Pallet::<T>::set_offer_with(RawOrigin::Signed(who.clone()).into(), model, offer)
        .expect("there is room for the offer");
}

/// Have a provider offer inferences of a model in every tier at a price in planck, within one block.
pub fn offer_in_every_tier<T: Config>(who: &T::AccountId, model: ModelIndex, price: u32) {
    let offer = Offer::in_every_tier(price.into(), 1u32.into());
    Pallet::<T>::set_offer_with(RawOrigin::Signed(who.clone()).into(), model, offer)
        .expect("there is room for the offer");
}
