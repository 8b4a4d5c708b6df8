//! From one layout of the storage to the next.

/// Offers have a price per million gas, a capacity and a residency; providers count their assignments by
/// model and their lost disputes; slashes say who is rewarded.
pub mod v1 {
    use crate::reputation::{Fading, Reputation};
    use crate::types::{BalanceOf, EndpointsOf, OffersOf, RankingOf};
    use crate::{
        Config, Fine, Offers, Pallet, PendingSlash, PendingSlashes, Provider, Providers, Ranked,
        Ranking, Retired,
    };
    use codec::Decode;
    use core::marker::PhantomData;
    use frame::deps::frame_support::migrations::VersionedMigration;
    use frame::deps::frame_support::traits::UncheckedOnRuntimeUpgrade;
    use frame::prelude::*;
    use lattice_primitives::{Failure, Hardware, ModelIndex, Offer};

    /// Does it once, if the storage is of version 0.
    ///
    /// Assignments by model are empty afterwards: [`count_assignment`] has to be called for each that
    /// is open.
    pub type MigrateToV1<T> =
        VersionedMigration<0, 1, Unchecked<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

    /// Count an open assignment of a model, as its provider did not before version 1.
    pub fn count_assignment<T: Config>(who: &T::AccountId, model: ModelIndex) {
        Providers::<T>::mutate_extant(who, |provider| {
            let running = provider.running_by_model.get(&model).copied().unwrap_or(0);
            let counted = provider
                .running_by_model
                .try_insert(model, running.saturating_add(1));
            // There are as many places as assignments.
            debug_assert!(counted.is_ok(), "more models than assignments");
        });
    }

    #[derive(Decode)]
    struct OfferBefore<Balance, BlockNumber> {
        price: Balance,
        min_deadline: BlockNumber,
    }

    impl<Balance: Zero, BlockNumber> From<OfferBefore<Balance, BlockNumber>>
        for Offer<Balance, BlockNumber>
    {
        fn from(before: OfferBefore<Balance, BlockNumber>) -> Self {
            Offer::per_inference(before.price, before.min_deadline)
        }
    }

    #[derive(Decode)]
    struct RankedBefore<AccountId, Balance, BlockNumber> {
        provider: AccountId,
        offer: OfferBefore<Balance, BlockNumber>,
    }

    type OfferBeforeOf<T> = OfferBefore<BalanceOf<T>, BlockNumberFor<T>>;

    type RankedBeforeOf<T> =
        RankedBefore<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

    #[derive(Decode)]
    struct ReputationBefore<Amount> {
        settled: u64,
        late: u64,
        rejected: u64,
        not_accepted: u64,
        earned: Amount,
        lost: Amount,
    }

    impl<T: Config> From<ReputationBefore<Fading<T>>> for Reputation<T> {
        fn from(before: ReputationBefore<Fading<T>>) -> Self {
            Reputation {
                settled: before.settled,
                late: before.late,
                rejected: before.rejected,
                not_accepted: before.not_accepted,
                disputed: 0,
                earned: before.earned,
                lost: before.lost,
            }
        }
    }

    #[derive(Decode)]
    struct ProviderBefore<Balance, BlockNumber, Endpoints, Amount> {
        stake: Balance,
        locked: Balance,
        pending: Balance,
        hardware: Hardware,
        endpoints: Endpoints,
        capacity: u32,
        paused: bool,
        running: u32,
        reputation: ReputationBefore<Amount>,
        registered_at: BlockNumber,
        last_heartbeat: BlockNumber,
    }

    type ProviderBeforeOf<T> =
        ProviderBefore<BalanceOf<T>, BlockNumberFor<T>, EndpointsOf<T>, Fading<T>>;

    #[derive(Decode)]
    struct SlashBefore<AccountId, Balance, BlockNumber> {
        provider: AccountId,
        amount: Balance,
        cause: Failure,
        apply_at: BlockNumber,
    }

    type SlashBeforeOf<T> =
        SlashBefore<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

    /// The migration without a look at the version.
    pub struct Unchecked<T>(PhantomData<T>);

    impl<T: Config> UncheckedOnRuntimeUpgrade for Unchecked<T> {
        fn on_runtime_upgrade() -> Weight {
            let mut count = 0u64;
            let mut one_more = || count = count.saturating_add(1);
            Providers::<T>::translate::<ProviderBeforeOf<T>, _>(|_, before| {
                one_more();
                Some(Provider {
                    stake: before.stake,
                    locked: before.locked,
                    pending: before.pending,
                    hardware: before.hardware,
                    endpoints: before.endpoints,
                    capacity: before.capacity,
                    paused: before.paused,
                    running: before.running,
                    running_by_model: Default::default(),
                    reputation: before.reputation.into(),
                    registered_at: before.registered_at,
                    last_heartbeat: before.last_heartbeat,
                })
            });
            Retired::<T>::translate::<ReputationBefore<Fading<T>>, _>(|_, before| {
                one_more();
                Some(before.into())
            });
            // The same bounds as before, so that nothing is cut off.
            Offers::<T>::translate::<alloc::vec::Vec<(ModelIndex, OfferBeforeOf<T>)>, _>(
                |_, before| {
                    one_more();
                    let offers = before.into_iter();
                    let offers = offers.map(|(model, offer)| (model, offer.into()));
                    Some(OffersOf::<T>::truncate_from(offers.collect()))
                },
            );
            Ranking::<T>::translate::<alloc::vec::Vec<RankedBeforeOf<T>>, _>(|_, before| {
                one_more();
                let ranking = before.into_iter().map(|ranked| Ranked {
                    provider: ranked.provider,
                    asked: ranked.offer.price,
                    offer: ranked.offer.into(),
                });
                Some(RankingOf::<T>::truncate_from(ranking.collect()))
            });
            PendingSlashes::<T>::translate::<SlashBeforeOf<T>, _>(|_, before| {
                one_more();
                Some(PendingSlash {
                    provider: before.provider,
                    fine: Fine::to_treasury(before.amount),
                    cause: before.cause,
                    apply_at: before.apply_at,
                })
            });
            T::DbWeight::get().reads_writes(count, count)
        }
    }
}
