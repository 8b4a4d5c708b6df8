//! What the pallet tells of.

use frame::deps::frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A request was made, its price is in escrow, and a provider is assigned.
        Requested {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            model: ModelIndex,
            price: Price<BalanceOf<T>>,
        },
        /// The proof was accepted and everyone was paid.
        Settled {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            gas_used: u64,
            price: Price<BalanceOf<T>>,
        },
        /// The proof was rejected and its provider slashed. The requester is refunded, unless
        /// [`Event::Waiting`] follows.
        Rejected {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            slashed: BalanceOf<T>,
        },
        /// A result of a batch was refused. Nothing was judged, and the request stays as it
        /// was, but for the free try of an authorized one.
        ResultRefused {
            request: RequestId,
            provider: T::AccountId,
            reason: Refusal,
        },
        /// No result came before the deadline, and the provider was slashed. The requester is
        /// refunded, unless [`Event::Waiting`] follows.
        Expired {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            slashed: BalanceOf<T>,
        },
        /// The provider did not accept in time. The requester is refunded, unless
        /// [`Event::Waiting`] follows.
        NotAccepted {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
        },
        /// The provider is bound to the request.
        Accepted {
            request: RequestId,
            provider: T::AccountId,
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
        /// The requester took a waiting request back, and is refunded.
        Cancelled {
            request: RequestId,
            requester: T::AccountId,
        },
        /// No eligible provider was left to try: the requester is refunded.
        Unserved {
            request: RequestId,
            requester: T::AccountId,
        },
        /// A request of another tier was made; its pallet says more.
        Ordered {
            request: RequestId,
            requester: T::AccountId,
            model: ModelIndex,
            verification: Verification,
        },
        /// A request of another tier ended.
        Ended {
            request: RequestId,
            requester: T::AccountId,
            ending: Ending,
        },
        /// The chain answered a request itself.
        Answered {
            request: RequestId,
            requester: T::AccountId,
            model: ModelIndex,
            output: BoundedVec<i32, T::MaxOutputLen>,
            gas_used: u64,
            royalty: BalanceOf<T>,
        },
        /// An account could not be credited. The amount went to the treasury or, where
        /// that could not be credited either, back to the requester.
        PaymentDiverted {
            request: RequestId,
            payee: T::AccountId,
            amount: BalanceOf<T>,
        },
    }
}
