//! What the pallet tells of.

use frame::deps::frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An account became a provider.
        Registered {
            provider: T::AccountId,
            stake: BalanceOf<T>,
        },
        /// A provider added stake.
        ToppedUp {
            provider: T::AccountId,
            amount: BalanceOf<T>,
        },
        /// Stake is on its way out.
        Unbonding {
            provider: T::AccountId,
            amount: BalanceOf<T>,
            available_at: BlockNumberFor<T>,
        },
        /// Unbonded stake is free again.
        Withdrawn {
            provider: T::AccountId,
            amount: BalanceOf<T>,
        },
        /// A provider offers to serve a model, or changed its offer.
        OfferSet {
            provider: T::AccountId,
            model: ModelIndex,
            offer: OfferOf<T>,
        },
        /// An offer made room for another one in a full ranking.
        OfferEvicted {
            provider: T::AccountId,
            model: ModelIndex,
            eviction: Eviction,
        },
        /// A provider says that it has a model in memory, or has not any more.
        ResidencySet {
            provider: T::AccountId,
            model: ModelIndex,
            resident: bool,
        },
        /// A provider takes no more requests for a model.
        OfferRemoved {
            provider: T::AccountId,
            model: ModelIndex,
        },
        /// A provider says that it is alive.
        Heartbeat { provider: T::AccountId },
        /// A provider changed hardware, endpoints or capacity.
        ProfileUpdated { provider: T::AccountId },
        /// A provider takes no new assignments for now.
        Paused { provider: T::AccountId },
        /// A provider takes new assignments again.
        Resumed { provider: T::AccountId },
        /// An account is no provider any more; its stake is unbonding.
        Deregistered { provider: T::AccountId },
        /// Stake will be taken, unless it is vetoed.
        SlashDeferred {
            slash: SlashId,
            provider: T::AccountId,
            amount: BalanceOf<T>,
            cause: Failure,
            apply_at: BlockNumberFor<T>,
        },
        /// A slash that waited was dropped.
        SlashVetoed {
            slash: SlashId,
            provider: T::AccountId,
            amount: BalanceOf<T>,
        },
        /// Stake was taken.
        Slashed {
            provider: T::AccountId,
            amount: BalanceOf<T>,
            cause: Failure,
        },
    }
}
