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
        /// Private requests are proven: no other evidence can do without the input.
        TierNotPrivate,
        /// The model's input is too long to be opened on this chain.
        InputTooLong,
        /// The model's output is too long to be posted on this chain.
        OutputTooLong,
        /// These 32 bytes are not a commitment: the number is not below the order of the field.
        NotACommitment,
        /// No open private request has this number.
        UnknownRequest,
        /// Only the requester may.
        NotRequester,
        /// Only the assigned provider may.
        NotAssignedProvider,
        /// The deadline, or the window, has passed.
        DeadlinePassed,
        /// The context is not this chain's: the call was made for another fork.
        ContextMismatch,
        /// The request wants a private output and this one is posted, or the other way round.
        WrongOutputForm,
        /// The output does not have the model's number of elements.
        WrongOutputLength,
        /// The proof is not as many canonical curve points as the key's proofs have; nothing was
        /// judged.
        MalformedProof,
        /// The settlement program needs more gas than the chain gives it.
        SettlementOutOfGas,
        /// The settlement program did not end as its template says.
        SettlementFailed,
        /// A proof was accepted already.
        AlreadyDelivered,
        /// No proof was accepted yet.
        NotDelivered,
        /// The provider is made to post the output already.
        AlreadyForced,
        /// There is a claim about the input already.
        AlreadyClaimed,
        /// The input was opened on chain: there is nothing more to claim.
        InputOpened,
        /// The provider does not say that it has no input.
        NotClaimed,
        /// The input does not have the model's number of elements.
        WrongInputLength,
        /// An input element is outside of the model's declared range.
        InputOutOfRange,
        /// The blinding is not below the order of the field.
        InvalidBlinding,
        /// Input and blinding give another commitment than the request's.
        OtherInput,
        /// Output and blinding give another commitment than the one that was proven.
        OtherOutput,
        /// The provider did not sign this receipt.
        InvalidReceipt,
        /// Neither deadline nor window has passed.
        NotDue,
        /// The provider is not made to post the output: its requester may want it to stay private.
        NotForced,
    }
}
