//! What the runtime API reads.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{api::MAX_PAGE, ChannelId, ChannelInfo};
use pallet_inference::OrderedId;
use pallet_model_registry::Registry;

/// A channel as clients see it, in this runtime's types.
pub type ChannelInfoOf<T> =
    ChannelInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// An open channel.
    pub fn channel(channel: ChannelId) -> Option<ChannelInfoOf<T>> {
        let open = Channels::<T>::get(channel)?;
        // Registrations stay.
        let model = T::Registry::servable(open.model)?;
        Some(ChannelInfo {
            channel,
            payer: open.payer,
            provider: open.provider,
            model: open.model,
            model_hash: model.model_hash,
            vk_id: open.vk_id,
            price: open.price,
            deposit: open.deposit,
            redeemed: open.redeemed,
            opened_at: open.opened_at,
            closing: open.closing,
        })
    }

    /// Open channels in which an account is payer or provider, with number ≥ `start`,
    /// ascending, at most `limit` and [`MAX_PAGE`].
    pub fn channels_of(
        account: &T::AccountId,
        start: ChannelId,
        limit: u32,
    ) -> Vec<ChannelInfoOf<T>> {
        let ids = match start.checked_sub(1) {
            None => ChannelsOf::<T>::iter_key_prefix(account),
            Some(before) => ChannelsOf::<T>::iter_key_prefix_from(
                account,
                ChannelsOf::<T>::hashed_key_for(account, OrderedId::from(before)),
            ),
        };
        ids.take(limit.min(MAX_PAGE).saturated_into())
            .filter_map(|id| Self::channel(id.id()))
            .collect()
    }
}
