//! What the pallet tells of.

use frame::deps::frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A request was made, its price is in escrow, and a provider is assigned: it is to be given
        /// the input.
        Assigned {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            model: ModelIndex,
            input_commitment: H256,
            output_private: bool,
            price: Price<BalanceOf<T>>,
            deadline: BlockNumberFor<T>,
        },
        /// The provider says that it has no input that it can use, and the requester may open it up to
        /// and in block `open_by`.
        Claimed {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            claim: InputClaim,
            open_by: BlockNumberFor<T>,
        },
        /// The input is on chain, and the provider owes the result.
        InputOpened {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            deadline: BlockNumberFor<T>,
        },
        /// The requester did not open the input: it paid `fee` to the treasury, the reservation fee and
        /// the protocol's, and is refunded the rest.
        InputNotOpened {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            claim: InputClaim,
            fee: BalanceOf<T>,
        },
        /// The provider had signed for the input: it is fined, and the requester refunded.
        ClaimRefuted {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            claim: InputClaim,
            slashed: BalanceOf<T>,
        },
        /// The proof was accepted. The output is private, and the requester may say that it is not
        /// there up to and in block `final_at`.
        Delivered {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            output_commitment: H256,
            final_at: BlockNumberFor<T>,
        },
        /// The output did not come, as the requester says: the provider is to post it up to and in
        /// block `post_by`.
        PostingForced {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            post_by: BlockNumberFor<T>,
        },
        /// A private output is on chain, with the blinding of its commitment.
        OutputPosted {
            request: RequestId,
            provider: T::AccountId,
            output: BoundedVec<i32, T::MaxOutputLen>,
            blinding: H256,
        },
        /// The proof was accepted and everyone was paid.
        Settled {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            gas_used: u64,
            price: Price<BalanceOf<T>>,
        },
        /// The proof was rejected, its provider slashed, and the requester refunded.
        Rejected {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            slashed: BalanceOf<T>,
        },
        /// No result came before the deadline: the provider is fined, and the requester refunded.
        Expired {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            slashed: BalanceOf<T>,
        },
        /// The provider did not post the output: it is fined, and the requester refunded.
        OutputWithheld {
            request: RequestId,
            requester: T::AccountId,
            provider: T::AccountId,
            slashed: BalanceOf<T>,
        },
        /// An account could not be credited. The amount went to the treasury or, where that could not
        /// be credited either, back to the requester.
        PaymentDiverted {
            request: RequestId,
            payee: T::AccountId,
            amount: BalanceOf<T>,
        },
    }
}
