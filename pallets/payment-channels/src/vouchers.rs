//! What a voucher is worth, and its redemption.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{ChannelId, Price, Voucher};

/// A redeemed amount, in the parts of its payees. Their sum is the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shares<Balance> {
    pub provider: Balance,
    pub royalty: Balance,
    pub fee: Balance,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_redeem(
        who: &T::AccountId,
        channel: ChannelId,
        cumulative: BalanceOf<T>,
        signature: &T::Signature,
    ) -> DispatchResult {
        let mut open = Self::open_channel(channel)?;
        ensure!(*who == open.provider, Error::<T>::NotProvider);
        ensure!(cumulative <= open.deposit, Error::<T>::VoucherAboveDeposit);
        let amount = cumulative
            .checked_sub(&open.redeemed)
            .filter(|amount| !amount.is_zero())
            .ok_or(Error::<T>::NothingToRedeem)?;
        let voucher = Voucher::new(Self::genesis(), channel, who.clone(), cumulative);
        ensure!(
            voucher.is_signed_by(signature, &open.payer),
            Error::<T>::InvalidSignature
        );

        open.redeemed = cumulative;
        let shares = Self::shares(amount, &open.price);
        let payer = &open.payer;
        Self::pay(channel, payer, &open.provider, shares.provider);
        Self::pay(channel, payer, &open.owner, shares.royalty);
        Self::pay(channel, payer, &T::Treasury::get(), shares.fee);
        Channels::<T>::insert(channel, open);
        Self::deposit_event(Event::Redeemed {
            channel,
            amount,
            cumulative,
        });
        Ok(())
    }

    /// An amount in the proportions of a price; royalty and fee are rounded down, and the
    /// provider has the rest.
    ///
    /// `royalty = ⌊amount · price.royalty / total⌋`, likewise the fee. What costs nothing is
    /// the provider's.
    pub(crate) fn shares(
        amount: BalanceOf<T>,
        price: &Price<BalanceOf<T>>,
    ) -> Shares<BalanceOf<T>> {
        let total = price.total().unwrap_or_else(Bounded::max_value);
        let part = |of: BalanceOf<T>| {
            // Exact, in twice the width; `None` is a division by zero.
            amount
                .multiply_rational(of, total, Rounding::Down)
                .unwrap_or_else(Zero::zero)
        };
        let (royalty, fee) = (part(price.royalty), part(price.fee));
        Shares {
            // Both are parts of one whole, so together they are no more than it.
            provider: amount.saturating_sub(royalty).saturating_sub(fee),
            royalty,
            fee,
        }
    }

    /// The hash of the chain's first block, as vouchers name it.
    pub(crate) fn genesis() -> H256 {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        // Chains with 32-byte hashes use theirs as it is.
        let bytes = <[u8; 32]>::try_from(genesis.as_ref());
        H256(bytes.unwrap_or_else(|_| blake2_256(genesis.as_ref())))
    }
}
