//! What the runtime API reads.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{api::MAX_PAGE, ModelIndex, ProviderInfo};

/// A provider as clients see it, in this runtime's types.
pub type ProviderInfoOf<T> =
    ProviderInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// One provider.
    pub fn provider_info(who: &T::AccountId) -> Option<ProviderInfoOf<T>> {
        let provider = Providers::<T>::get(who)?;
        let now = frame_system::Pallet::<T>::block_number();
        let reputation = &provider.reputation;
        let (slots, score) = (provider.slots(now), reputation.score(now));
        Some(ProviderInfo {
            account: who.clone(),
            stake: provider.stake,
            locked: provider.locked,
            pending: provider.pending,
            unbonding: Unbondings::<T>::get(who)
                .into_iter()
                .map(|chunk| (chunk.amount, chunk.available_at))
                .collect(),
            hardware: provider.hardware,
            endpoints: provider
                .endpoints
                .into_iter()
                .map(BoundedVec::into_inner)
                .collect(),
            capacity: provider.capacity,
            slots,
            paused: provider.paused,
            running: provider.running,
            offers: Offers::<T>::get(who).into_inner(),
            settled: reputation.settled,
            late: reputation.late,
            rejected: reputation.rejected,
            not_accepted: reputation.not_accepted,
            disputed: reputation.disputed,
            reputation: score.deconstruct(),
            registered_at: provider.registered_at,
            last_heartbeat: provider.last_heartbeat,
        })
    }

    /// Providers with an offer for a model, cheapest first, at most `limit` and
    /// [`MAX_PAGE`].
    pub fn providers_of(model: ModelIndex, limit: u32) -> Vec<ProviderInfoOf<T>> {
        Ranking::<T>::get(model)
            .into_iter()
            .take(limit.min(MAX_PAGE).saturated_into())
            .filter_map(|ranked| Self::provider_info(&ranked.provider))
            .collect()
    }
}
