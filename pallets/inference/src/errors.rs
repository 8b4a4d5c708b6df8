//! Why calls are refused.

use frame::deps::frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
    #[pallet::error]
    pub enum Error<T> {
        /// No model has this index.
        UnknownModel,
        /// The model takes no new requests.
        ModelDeprecated,
        /// The model has no verifying key yet.
        NoVerifyingKey,
        /// The model's key does not come from the kind of setup that was demanded.
        SetupNotAccepted,
        /// No provider with an offer is eligible for this deadline now.
        NoProvider,
        /// The price is above `max_price`.
        MaxPriceTooLow,
        /// The deadline is zero or longer than the chain allows.
        InvalidDeadline,
        /// The input does not have the model's number of elements.
        WrongInputLength,
        /// An input element is outside of the model's declared range.
        InputOutOfRange,
        /// The model's output is too long to be posted on this chain.
        OutputTooLong,
        /// No request has this number.
        UnknownRequest,
        /// The request has ended; its record says how.
        RequestNotOpen,
        /// Only the assigned provider may submit.
        NotAssignedProvider,
        /// The deadline has passed.
        DeadlinePassed,
        /// The deadline has not passed yet.
        DeadlineNotPassed,
        /// The context is not this chain's: the result was made for another fork.
        ContextMismatch,
        /// The output does not have the model's number of elements.
        WrongOutputLength,
        /// The proof is not as many canonical curve points as the key's proofs have; nothing was
        /// judged.
        MalformedProof,
        /// The settlement program needs more gas than the chain gives it.
        SettlementOutOfGas,
        /// The settlement program did not end as its template says.
        SettlementFailed,
        /// The chain is out of request numbers.
        TooManyRequests,
        /// The chain cannot answer itself: the model's bytes are not on chain.
        ModelNotStored,
        /// The chain cannot answer itself: the model takes more than `DirectGas`.
        DirectGasExceeded,
        /// The chain cannot answer itself: the model cannot be run.
        ExecutionFailed,
        /// The batch has no results.
        EmptyBatch,
        /// The same batch has an earlier result of this request.
        DuplicateResult,
        /// Earlier results of the same batch are under as many keys as a batch may have.
        TooManyKeys,
        /// Attempts are at least one and at most what the chain allows: one where the tier does not
        /// fail over.
        InvalidAttempts,
        /// Time to accept is at least `MinAcceptTime` and at most the deadline.
        InvalidAcceptDeadline,
        /// The provider is bound to the request already.
        AlreadyAccepted,
        /// A provider is bound to the request, and may be working on it.
        ProviderBound,
        /// Only the requester may take a request back.
        NotRequester,
        /// The numbers of the tier (replicas and quorum, window and bond) are out of range.
        InvalidTier,
        /// The model has an operator whose one element takes more bytes to check than the chain
        /// takes.
        NotDisputable,
        /// Fewer providers are eligible than the request wants to run it.
        TooFewProviders,
        /// Replicas are drawn by lot: they may be excluded, and not named or preferred.
        ReplicasNotNamed,
        /// A subscription pays for proven requests with one attempt only.
        SubscriptionNotApplicable,
    }
}
