//! Why calls are refused.

use frame::deps::frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
    #[pallet::error]
    pub enum Error<T> {
        /// The account is a provider already.
        AlreadyRegistered,
        /// The account is not a provider.
        NotRegistered,
        /// The stake would be under what the capacity demands; to leave, deregister.
        StakeTooLow,
        /// The amount is zero.
        AmountZero,
        /// More than the stake that no assignment has locked and no slash will take.
        StakeLocked,
        /// Withdraw first: too many amounts are unbonding.
        TooManyUnbonding,
        /// No amount has come to the end of its unbonding.
        NothingToWithdraw,
        /// The capacity is above the chain's limit.
        CapacityTooLarge,
        /// An endpoint is UTF-8 and not empty.
        InvalidEndpoint,
        /// No model has this index.
        UnknownModel,
        /// The model takes no new requests.
        ModelDeprecated,
        /// This provider has no offer for the model.
        NoOffer,
        /// This provider has the largest number of offers.
        TooManyOffers,
        /// The model has the largest number of offers, and none of them makes room for this one: all of
        /// the providers are there, and none has a lower reputation, or an equal one and asks for more.
        TooManyProviders,
        /// The shortest deadline is longer than requests may have.
        DeadlineTooLong,
        /// An offer without capacity serves nobody; to stop for a while, pause.
        CapacityZero,
        /// Assignments are running; they must end first.
        AssignmentsRunning,
        /// Slashes wait; they must be applied or vetoed first.
        SlashesPending,
        /// No slash with this number waits.
        UnknownSlash,
    }
}
