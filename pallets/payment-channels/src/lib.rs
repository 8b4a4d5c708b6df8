//! # Payment channels
//!
//! Whoever asks one provider often pays through a channel: one hold on chain, and for each
//! inference a signed voucher, off chain. The chain sees an opening, a redemption now and
//! then, and an end, whatever the number of inferences.
//!
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`types`]: what is stored of a channel;
//! * `opening`: a price is frozen, and money put on hold;
//! * `vouchers`: what a voucher is worth, and its redemption;
//! * `closing`: by either party, and what goes back;
//! * `payments`: out of the hold, to whomever; money never blocks;
//! * `queries`: what the runtime API answers; `invariants`: what `try_state` checks.
//!
//! ## Money
//! All of it is the payer's, on hold under [`HoldReason::Channel`]: what was put in, less
//! what was redeemed. The price of one inference is that of the provider's own offer when
//! the channel is opened, billed as a request is ([`pallet_inference::Offers`]), and stays
//! for as long as the channel does; a redemption is split in its proportions between
//! provider, owner of the model and treasury. Who wants another price opens another channel.
//!
//! ## A voucher
//! is the payer's signature over chain, channel, provider and the *cumulative* amount
//! ([`lattice_primitives::Voucher`]). The latest one holds all that was earned, so nothing
//! is lost with an older one, none can be redeemed twice, and the provider redeems when it
//! likes. The chain does not know for what a voucher was signed. That is between the two:
//! the payer checks the proof of each result before it signs the next voucher.
//!
//! ## Who risks what
//! *The payer*: the price of one inference, for which it signed and may get no result. What
//! it has not signed for comes back; if the provider does nothing, after
//! [`Config::GracePeriod`].
//! *The provider*: nothing, if it serves only for vouchers that the hold covers, and looks at
//! the chain more than once in a grace period. Until the payer has taken back what is left,
//! it can redeem.
//! *The owner of the model*: two parties that agree can pay each other without the chain,
//! here as anywhere. A redemption rounds royalty and fee down to whole planck.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod closing;
mod invariants;
mod opening;
mod payments;
pub mod queries;
pub mod types;
mod vouchers;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
#[cfg(feature = "runtime-benchmarks")]
pub use pallet_compute_providers::BenchmarkHelper;
pub use types::{BalanceOf, Channel};
pub use weights::WeightInfo;

#[frame::pallet]
pub mod pallet {
    use super::*;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::deps::sp_runtime::traits::Verify;
    use frame::prelude::*;
    use lattice_primitives::{ChannelId, ModelIndex, Price};
    use pallet_inference::{Offers, OrderedId};
    use pallet_model_registry::Registry;

    /// The layout of what is stored.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The token of prices and deposits.
        type Currency: fungible::MutateHold<
            Self::AccountId,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;

        /// The models that channels are for.
        type Registry: Registry<Self::AccountId, BalanceOf<Self>>;

        /// What providers ask for one inference.
        type Offers: Offers<Self::AccountId, BalanceOf<Self>>;

        /// What payers sign vouchers with.
        type Signature: Verify<Signer = Self::Signer> + Parameter;

        /// Whose signatures those are.
        type Signer: IdentifyAccount<AccountId = Self::AccountId>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// The account that receives the fee, and payments that cannot be credited.
        type Treasury: Get<Self::AccountId>;

        /// Blocks in which the provider may still redeem after the payer has begun to close.
        #[pallet::constant]
        type GracePeriod: Get<BlockNumberFor<Self>>;

        /// Makes signatures for the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::Signature, Self::AccountId>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// What was put into channels and not redeemed.
        Channel,
    }

    /// The number that the next channel gets.
    #[pallet::storage]
    pub type NextChannel<T> = StorageValue<_, ChannelId, ValueQuery>;

    /// Open channels; of others nothing stays.
    #[pallet::storage]
    pub type Channels<T: Config> = StorageMap<_, Twox64Concat, ChannelId, Channel<T>>;

    /// Open channels by payer and by provider, in ascending order.
    #[pallet::storage]
    pub type ChannelsOf<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OrderedId, ()>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A channel was opened, and its deposit is on hold.
        Opened {
            channel: ChannelId,
            payer: T::AccountId,
            provider: T::AccountId,
            model: ModelIndex,
            price: Price<BalanceOf<T>>,
            deposit: BalanceOf<T>,
        },
        /// The payer put more in; `deposit` is all that was ever put in.
        ToppedUp {
            channel: ChannelId,
            amount: BalanceOf<T>,
            deposit: BalanceOf<T>,
        },
        /// A voucher for `cumulative` was redeemed, of which `amount` had not been before.
        Redeemed {
            channel: ChannelId,
            amount: BalanceOf<T>,
            cumulative: BalanceOf<T>,
        },
        /// The payer may take back what is left from this block on.
        Closing {
            channel: ChannelId,
            withdrawable_at: BlockNumberFor<T>,
        },
        /// The channel is no more, and what was left went back to the payer.
        Closed {
            channel: ChannelId,
            refunded: BalanceOf<T>,
        },
        /// An account could not be credited. The amount went to the treasury or, where
        /// that could not be credited either, back to the payer.
        PaymentDiverted {
            channel: ChannelId,
            payee: T::AccountId,
            amount: BalanceOf<T>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No model has this index.
        UnknownModel,
        /// The model takes no new requests.
        ModelDeprecated,
        /// The model has no verifying key yet.
        NoVerifyingKey,
        /// The provider has no offer for the model.
        NoOffer,
        /// The provider takes no new work for now.
        ProviderPaused,
        /// The provider's price is so high that the bill cannot be written down.
        PriceOverflow,
        /// One inference costs more than `max_unit_price`.
        UnitPriceTooHigh,
        /// The deposit is under the price of one inference.
        DepositTooLow,
        /// A channel to oneself pays nobody.
        PayerIsProvider,
        /// The chain is out of channel numbers.
        TooManyChannels,
        /// No open channel has this number.
        UnknownChannel,
        /// Only the payer may.
        NotPayer,
        /// Only the provider may.
        NotProvider,
        /// Only the payer and the provider may.
        NotParty,
        /// The amount is zero.
        AmountZero,
        /// The channel is closing, and takes no more money.
        AlreadyClosing,
        /// The voucher is for no more than what was redeemed before.
        NothingToRedeem,
        /// The voucher is for more than was ever put in.
        VoucherAboveDeposit,
        /// The payer did not sign this voucher.
        InvalidSignature,
        /// The payer has not begun to close the channel.
        NotClosing,
        /// The provider may still redeem.
        GracePeriodRunning,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(
                !T::GracePeriod::get().is_zero(),
                "a provider needs time to redeem"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), frame::try_runtime::TryRuntimeError> {
            Self::check_invariants()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// An open channel.
        pub fn channel_of(channel: ChannelId) -> Option<queries::ChannelInfoOf<T>> {
            Self::channel(channel)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Open a channel to a provider, for inferences of one model.
        ///
        /// `deposit` planck are put on hold, enough for one inference at least. The price of
        /// one, in sum at most `max_unit_price` planck, is what the provider offers now, with
        /// royalty and fee, and stays as it is for this channel.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::open())]
        pub fn open(
            origin: OriginFor<T>,
            model: ModelIndex,
            provider: T::AccountId,
            deposit: BalanceOf<T>,
            max_unit_price: BalanceOf<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_open(who, model, provider, deposit, max_unit_price)
        }

        /// Put more money in. Only the payer may, and not while the channel is closing.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::top_up())]
        pub fn top_up(
            origin: OriginFor<T>,
            channel: ChannelId,
            amount: BalanceOf<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_top_up(&who, channel, amount)
        }

        /// Redeem a voucher: be paid what it is for, less what was redeemed before.
        ///
        /// Only the provider may, for as long as there is the channel. `signature` is the
        /// payer's, of a [`lattice_primitives::Voucher`] for `cumulative` planck, whose bytes
        /// may be wrapped in `<Bytes>…</Bytes>`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::redeem())]
        pub fn redeem(
            origin: OriginFor<T>,
            channel: ChannelId,
            cumulative: BalanceOf<T>,
            signature: T::Signature,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_redeem(&who, channel, cumulative, &signature)
        }

        /// Close a channel.
        ///
        /// By the provider: at once, and what is left goes back to the payer. By the payer: it
        /// may [`withdraw`](Pallet::withdraw) what is left after `GracePeriod` blocks, in
        /// which the provider can redeem.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::close())]
        pub fn close(origin: OriginFor<T>, channel: ChannelId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_close(&who, channel)
        }

        /// Pay what is left of a channel back to its payer, and end it, after the grace
        /// period. Anyone may.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::withdraw())]
        pub fn withdraw(origin: OriginFor<T>, channel: ChannelId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_withdraw(channel)
        }
    }
}
