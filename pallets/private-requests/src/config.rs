//! What the pallet wants of its runtime.

use frame::deps::frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod config {
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The token of prices.
        type Currency: fungible::MutateHold<
            Self::AccountId,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;

        /// The providers that serve requests.
        type Providers: Market<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Who numbers and bills requests, judges proofs, and remembers how requests ended.
        type Ledger: Ledger<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// What providers sign receipts with.
        type Signature: Verify<Signer = Self::Signer> + Parameter;

        /// Whose signatures those are.
        type Signer: IdentifyAccount<AccountId = Self::AccountId>;

        /// Weights of the calls and of the deadline work.
        type WeightInfo: WeightInfo;

        /// The account that receives the fee, and payments that cannot be credited.
        type Treasury: Get<Self::AccountId>;

        /// Longest input that can be opened on chain, in elements.
        #[pallet::constant]
        type MaxInputLen: Get<u32>;

        /// Longest output that can be posted on chain, in elements.
        #[pallet::constant]
        type MaxOutputLen: Get<u32>;

        /// Blocks in which a requester may say that it has not received a private output.
        #[pallet::constant]
        type AcknowledgeWindow: Get<BlockNumberFor<Self>>;

        /// Blocks in which a requester may open the input that its provider says it does not have.
        #[pallet::constant]
        type OpeningWindow: Get<BlockNumberFor<Self>>;

        /// Blocks in which a provider must post an output, once it is made to.
        #[pallet::constant]
        type PostingWindow: Get<BlockNumberFor<Self>>;

        /// Part of the provider's price that a requester whose input is not opened pays to the treasury;
        /// the protocol's fee comes on top.
        #[pallet::constant]
        type ReservationFee: Get<Permill>;

        /// Makes signatures for the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::Signature, Self::AccountId>;
    }
}
