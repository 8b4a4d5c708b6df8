//! What is stored of a channel.

use crate::Config;
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, Price};

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// An open channel. All but `deposit`, `redeemed` and `closing` was frozen when it was opened.
#[stored]
pub struct Channel<T: Config> {
    /// Whose money is on hold, and whose signature a voucher needs.
    pub payer: T::AccountId,
    pub provider: T::AccountId,
    /// Receives the royalty: the model's owner when the channel was opened.
    pub owner: T::AccountId,
    pub model: ModelIndex,
    /// The verifying key that the proofs must satisfy.
    pub vk_id: H256,
    /// Of one inference.
    pub price: Price<BalanceOf<T>>,
    /// All that was ever put in.
    pub deposit: BalanceOf<T>,
    /// All that was redeemed; never above the deposit.
    pub redeemed: BalanceOf<T>,
    pub opened_at: BlockNumberFor<T>,
    /// The first block in which the payer may take back what is left; `None` while the
    /// channel is not closing.
    pub closing: Option<BlockNumberFor<T>>,
}

impl<T: Config> Channel<T> {
    /// What is on hold for it.
    pub fn left(&self) -> BalanceOf<T> {
        self.deposit.saturating_sub(self.redeemed)
    }
}
