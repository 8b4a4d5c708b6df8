//! A channel ends.

use crate::*;
use frame::prelude::*;
use lattice_primitives::ChannelId;
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// The provider ends it, or the payer begins to.
    pub(crate) fn do_close(who: &T::AccountId, channel: ChannelId) -> DispatchResult {
        let mut open = Self::open_channel(channel)?;
        if *who == open.provider {
            Self::end(channel, open);
            return Ok(());
        }
        ensure!(*who == open.payer, Error::<T>::NotParty);
        ensure!(open.closing.is_none(), Error::<T>::AlreadyClosing);
        let withdrawable_at = frame_system::Pallet::<T>::block_number()
            .checked_add(&T::GracePeriod::get())
            .ok_or(ArithmeticError::Overflow)?;
        open.closing = Some(withdrawable_at);
        Channels::<T>::insert(channel, open);
        Self::deposit_event(Event::Closing {
            channel,
            withdrawable_at,
        });
        Ok(())
    }

    /// The grace period is over.
    pub(crate) fn do_withdraw(channel: ChannelId) -> DispatchResult {
        let open = Self::open_channel(channel)?;
        let withdrawable_at = open.closing.ok_or(Error::<T>::NotClosing)?;
        ensure!(
            frame_system::Pallet::<T>::block_number() >= withdrawable_at,
            Error::<T>::GracePeriodRunning
        );
        Self::end(channel, open);
        Ok(())
    }

    /// Pay back what is left, and forget the channel.
    fn end(channel: ChannelId, open: Channel<T>) {
        let refunded = open.left();
        Self::pay(channel, &open.payer, &open.payer, refunded);
        for party in [&open.payer, &open.provider] {
            ChannelsOf::<T>::remove(party, OrderedId::from(channel));
        }
        Channels::<T>::remove(channel);
        Self::deposit_event(Event::Closed { channel, refunded });
    }
}
