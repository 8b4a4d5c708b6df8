//! What the pallet tells of.

use frame::deps::frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A request was made, its price is in escrow, and a provider is assigned.
        Assigned {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            model: ModelIndex,
            price: Price<BalanceOf<T>>,
            bond: BalanceOf<T>,
            deadline: BlockNumberFor<T>,
        },
        /// The result is there, and may be challenged up to and in block `final_at`.
        Posted {
            request: RequestId,
            provider: T::AccountId,
            trace_root: H256,
            final_at: BlockNumberFor<T>,
        },
        /// The result is challenged, and the bond on hold.
        Challenged {
            request: RequestId,
            challenger: T::AccountId,
            dispute: DisputeId,
            bond: BalanceOf<T>,
        },
        /// A challenge failed: its bond went to the provider and was burnt, and the window starts
        /// anew.
        Upheld {
            request: RequestId,
            dispute: DisputeId,
            challenger: T::AccountId,
            rewarded: BalanceOf<T>,
            burnt: BalanceOf<T>,
            final_at: BlockNumberFor<T>,
        },
        /// A challenge succeeded, and the provider's collateral is slashed, at once or later, `reward`
        /// of it to the challenger. The requester is refunded, unless [`Event::Waiting`] follows.
        Refuted {
            request: RequestId,
            dispute: DisputeId,
            requester: T::AccountId,
            provider: T::AccountId,
            challenger: T::AccountId,
            slashed: BalanceOf<T>,
            reward: BalanceOf<T>,
        },
        /// The result is final, and everyone was paid.
        Settled {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            price: Price<BalanceOf<T>>,
        },
        /// No result came before the deadline, and the provider is fined. The requester is refunded,
        /// unless [`Event::Waiting`] follows.
        Expired {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            slashed: BalanceOf<T>,
        },
        /// An attempt failed, and the next block chooses another provider.
        Waiting {
            request: RequestId,
            attempts_left: u32,
        },
        /// Another provider has the request now, at its own price.
        PassedOn {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            price: Price<BalanceOf<T>>,
        },
        /// No eligible provider was left to try: the requester is refunded.
        Unserved {
            request: RequestId,
            requester: T::AccountId,
        },
        /// An account could not be credited. The amount went to the treasury or, where that could
        /// not be credited either, back.
        PaymentDiverted {
            request: RequestId,
            payee: T::AccountId,
            amount: BalanceOf<T>,
        },
    }
}
