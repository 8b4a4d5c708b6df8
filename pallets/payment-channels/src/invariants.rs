//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use frame::prelude::*;
use lattice_escrow::Holds;
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// What payers have on hold is what their channels have left, no channel paid more than
    /// was put in, and the index by account agrees with the channels.
    pub fn check_invariants() -> DispatchResult {
        let mut holds = Holds::<T::AccountId, BalanceOf<T>>::default();
        let mut listed = 0usize;
        for (id, channel) in Channels::<T>::iter() {
            ensure!(
                id < NextChannel::<T>::get(),
                "channel not below NextChannel"
            );
            ensure!(channel.payer != channel.provider, "channel to oneself");
            ensure!(channel.price.total().is_some(), "a price overflows");
            let left = channel
                .deposit
                .checked_sub(&channel.redeemed)
                .ok_or("channel that paid more than was put in")?;
            holds.add(&channel.payer, &left)?;
            for party in [&channel.payer, &channel.provider] {
                ensure!(
                    ChannelsOf::<T>::contains_key(party, OrderedId::from(id)),
                    "channel that a party does not list"
                );
                listed = listed.saturating_add(1);
            }
        }
        ensure!(
            ChannelsOf::<T>::iter_keys().count() == listed,
            "a list has a channel that is not there"
        );
        holds.check::<T::Currency>(
            HoldReason::Channel.into(),
            "hold differs from what the channels have left",
        )
    }
}
