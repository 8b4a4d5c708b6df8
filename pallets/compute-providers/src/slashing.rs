//! Slashes: at once for a false proof, after a delay for everything else.
//!
//! A proof is false or it is not; lateness may have reasons that nobody at the chain's end can see, so
//! that the slash for it waits for `SlashDelay` blocks, in which `VetoOrigin` may drop it. What waits is
//! stake that cannot be locked or unbonded, and its provider cannot leave.
//!
//! All delays are equal, so that slashes come due in the order of their numbers: they are a queue with
//! one cursor. Deadline work in `on_poll` is bounded by a weight meter and goes on where it stopped.

use crate::types::{PendingSlash, SlashId};
use crate::*;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::{Fortitude, Precision, Restriction};
use lattice_primitives::Failure;

/// Part of a block's weight that slashes may take.
const SHARE: Perbill = Perbill::from_percent(5);

impl<T: Config> Pallet<T> {
    /// Impose a fine for a failure, or have it imposed later; what it comes to.
    pub(crate) fn slash(
        who: &T::AccountId,
        provider: &mut Provider<T>,
        fine: Fine<T::AccountId, BalanceOf<T>>,
        cause: Failure,
    ) -> BalanceOf<T> {
        let amount = fine.amount.min(provider.unlocked());
        if amount.is_zero() {
            return amount;
        }
        let fine = Fine { amount, ..fine };
        if cause == Failure::FalseProof || T::SlashDelay::get().is_zero() {
            return Self::take(who, provider, &fine, cause);
        }
        let slash = NextSlash::<T>::get();
        let now = frame_system::Pallet::<T>::block_number();
        let apply_at = now.saturating_add(T::SlashDelay::get());
        provider.pending = provider.pending.saturating_add(amount);
        NextSlash::<T>::put(slash.saturating_add(1));
        PendingSlashes::<T>::insert(
            slash,
            PendingSlash {
                provider: who.clone(),
                fine,
                cause,
                apply_at,
            },
        );
        Self::deposit_event(Event::SlashDeferred {
            slash,
            provider: who.clone(),
            amount,
            cause,
            apply_at,
        });
        amount
    }

    /// Apply what is due, oldest first, until it is done or the weight is spent: at most what `weight`
    /// has left, and [`SHARE`] of a block.
    pub(crate) fn apply_slashes(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
        let share = lattice_deadlines::share_of::<T>(SHARE);
        let mut meter = WeightMeter::with_limit(weight.remaining().min(share));
        if meter.try_consume(T::WeightInfo::on_poll_base()).is_err() {
            return;
        }
        let (start, end) = (FirstSlash::<T>::get(), NextSlash::<T>::get());
        let mut cursor = start;
        while cursor < end && meter.try_consume(T::WeightInfo::apply_slash()).is_ok() {
            // One that was vetoed is gone.
            if let Some(slash) = PendingSlashes::<T>::get(cursor) {
                if slash.apply_at > now {
                    break;
                }
                Self::apply(cursor, slash);
            }
            cursor = cursor.saturating_add(1);
        }
        if cursor != start {
            FirstSlash::<T>::put(cursor);
        }
        weight.consume(meter.consumed());
    }

    /// Apply a slash that is due.
    pub(crate) fn apply(id: SlashId, slash: PendingSlash<T>) {
        PendingSlashes::<T>::remove(id);
        let PendingSlash {
            provider: who,
            fine,
            cause,
            ..
        } = slash;
        // Nobody leaves before.
        Providers::<T>::mutate_extant(&who, |provider| {
            provider.pending = provider.pending.saturating_sub(fine.amount);
            Self::take(&who, provider, &fine, cause);
        });
    }

    /// Drop a slash that waits.
    pub(crate) fn do_veto(id: SlashId) -> DispatchResult {
        let slash = PendingSlashes::<T>::take(id).ok_or(Error::<T>::UnknownSlash)?;
        Providers::<T>::mutate_extant(&slash.provider, |provider| {
            provider.pending = provider.pending.saturating_sub(slash.fine.amount);
        });
        Self::deposit_event(Event::SlashVetoed {
            slash: id,
            provider: slash.provider,
            amount: slash.fine.amount,
        });
        Ok(())
    }

    fn take(
        who: &T::AccountId,
        provider: &mut Provider<T>,
        fine: &Fine<T::AccountId, BalanceOf<T>>,
        cause: Failure,
    ) -> BalanceOf<T> {
        let amount = fine.amount.min(provider.stake);
        let taken = match &fine.reward {
            None => Self::take_stake(who, &T::Treasury::get(), amount),
            Some((winner, reward)) => {
                let reward = Self::take_stake(who, winner, amount.min(*reward));
                let burnt = Self::burn_stake(who, amount.saturating_sub(reward));
                reward.saturating_add(burnt)
            }
        };
        provider.stake = provider.stake.saturating_sub(taken);
        if !taken.is_zero() {
            Self::deposit_event(Event::Slashed {
                provider: who.clone(),
                amount: taken,
                cause,
            });
        }
        taken
    }

    /// Move held stake to an account, or burn it when that cannot be credited: a slash must not
    /// depend on another account's state.
    fn take_stake(who: &T::AccountId, to: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        with_storage_layer(|| {
            T::Currency::transfer_on_hold(
                &HoldReason::Stake.into(),
                who,
                to,
                amount,
                Precision::BestEffort,
                Restriction::Free,
                Fortitude::Force,
            )
        })
        .unwrap_or_else(|_| Self::burn_stake(who, amount))
    }

    fn burn_stake(who: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        with_storage_layer(|| {
            T::Currency::burn_held(
                &HoldReason::Stake.into(),
                who,
                amount,
                Precision::BestEffort,
                Fortitude::Force,
            )
        })
        .unwrap_or_else(|error| {
            log::error!(target: "runtime::compute-providers", "slash failed: {error:?}");
            Zero::zero()
        })
    }
}
