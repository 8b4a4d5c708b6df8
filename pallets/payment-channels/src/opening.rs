//! A channel is opened, or gets more money.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{ChannelId, ModelIndex};
use pallet_inference::{OfferError, Offered, Offers, OrderedId};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_open(
        payer: T::AccountId,
        model: ModelIndex,
        provider: T::AccountId,
        deposit: BalanceOf<T>,
        max_unit_price: BalanceOf<T>,
    ) -> DispatchResult {
        ensure!(payer != provider, Error::<T>::PayerIsProvider);
        let Offered {
            owner,
            vk_id,
            price,
            total,
        } = T::Offers::offered(&provider, model).map_err(Error::<T>::from)?;
        ensure!(total <= max_unit_price, Error::<T>::UnitPriceTooHigh);
        // A channel without money would be there for nothing.
        ensure!(
            deposit >= total && !deposit.is_zero(),
            Error::<T>::DepositTooLow
        );
        let channel = NextChannel::<T>::get();
        let next = channel.checked_add(1).ok_or(Error::<T>::TooManyChannels)?;
        T::Currency::hold(&HoldReason::Channel.into(), &payer, deposit)?;

        NextChannel::<T>::put(next);
        for party in [&payer, &provider] {
            ChannelsOf::<T>::insert(party, OrderedId::from(channel), ());
        }
        Channels::<T>::insert(
            channel,
            Channel {
                payer: payer.clone(),
                provider: provider.clone(),
                owner,
                model,
                vk_id,
                price,
                deposit,
                redeemed: Zero::zero(),
                opened_at: frame_system::Pallet::<T>::block_number(),
                closing: None,
            },
        );
        Self::deposit_event(Event::Opened {
            channel,
            payer,
            provider,
            model,
            price,
            deposit,
        });
        Ok(())
    }

    pub(crate) fn do_top_up(
        who: &T::AccountId,
        channel: ChannelId,
        amount: BalanceOf<T>,
    ) -> DispatchResult {
        let mut open = Self::open_channel(channel)?;
        ensure!(*who == open.payer, Error::<T>::NotPayer);
        ensure!(open.closing.is_none(), Error::<T>::AlreadyClosing);
        ensure!(!amount.is_zero(), Error::<T>::AmountZero);
        open.deposit = open
            .deposit
            .checked_add(&amount)
            .ok_or(ArithmeticError::Overflow)?;
        T::Currency::hold(&HoldReason::Channel.into(), who, amount)?;
        let deposit = open.deposit;
        Channels::<T>::insert(channel, open);
        Self::deposit_event(Event::ToppedUp {
            channel,
            amount,
            deposit,
        });
        Ok(())
    }

    /// An open channel.
    pub(crate) fn open_channel(channel: ChannelId) -> Result<Channel<T>, Error<T>> {
        Channels::<T>::get(channel).ok_or(Error::UnknownChannel)
    }
}

impl<T> From<OfferError> for Error<T> {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::UnknownModel => Self::UnknownModel,
            OfferError::ModelDeprecated => Self::ModelDeprecated,
            OfferError::NoVerifyingKey => Self::NoVerifyingKey,
            OfferError::NoOffer => Self::NoOffer,
            OfferError::ProviderPaused => Self::ProviderPaused,
            OfferError::PriceOverflow => Self::PriceOverflow,
        }
    }
}
