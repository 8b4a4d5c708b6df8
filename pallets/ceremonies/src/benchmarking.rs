//! Benchmarks of every call.
//!
//! A contribution is bound to chain, ceremony, start and account; all of them are fixed
//! here, and `benchmarking/ceremony.scale` has the start, the first contribution and a
//! challenge of it that is upheld, at the longest path that there is, of a ceremony of
//! committed proofs: its records are longer and take longer to check. It is written by the
//! ignored test `regenerate_the_benchmarks_data`. The other contributions of a ceremony
//! are copies of the first, put where they belong: no call looks at them again.

use crate::*;
use frame::benchmarking::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_host::ceremony::{Challenge, Contribution, Start};
use lattice_primitives::{CeremonyId, ModelIndex};
use pallet_model_registry::benchmarking as registry;

/// What is in `benchmarking/ceremony.scale`.
#[derive(Decode)]
struct Fixture {
    start: Start,
    contribution: Contribution,
    challenge: Challenge,
}

fn fixture() -> Fixture {
    Fixture::decode(&mut &include_bytes!("benchmarking/ceremony.scale")[..])
        .expect("the fixture is of this type")
}

/// The number of [`fixture`]'s ceremony, the first of a chain.
const CEREMONY: CeremonyId = 0;
const OWNER: u8 = 1;
/// The contributor of [`fixture`]; later ones have the numbers that follow.
const CONTRIBUTOR: u8 = 2;
const CHALLENGER: u8 = 250;

/// The genesis hash of [`fixture`].
fn fix_genesis<T: Config>() {
    let hash = T::Hash::decode(&mut TrailingZeroInput::new(&[69; 32]))
        .expect("a hash decodes from any bytes");
    frame_system::BlockHash::<T>::insert(BlockNumberFor::<T>::zero(), hash);
}

/// A registration of the fixture's model, and the fixture's phase 1 pinned.
fn prepare<T>() -> (T::AccountId, ModelIndex)
where
    T: Config + pallet_model_registry::Config,
{
    fix_genesis::<T>();
    Phase1Id::<T>::put(H256(fixture().start.phase1.id()));
    registry::funded::<T>(CHALLENGER);
    let owner = registry::funded::<T>(OWNER);
    let model = registry::register_manifest::<T>(&owner, registry::MANIFEST.to_vec());
    (owner, model)
}

/// A ceremony with this many contributions, whose window is over. Returns the opener.
fn ceremony_of<T>(contributions: u32) -> T::AccountId
where
    T: Config + pallet_model_registry::Config,
{
    let (owner, model) = prepare::<T>();
    let Fixture {
        start,
        contribution,
        ..
    } = fixture();
    Pallet::<T>::open(RawOrigin::Signed(owner.clone()).into(), model, start)
        .expect("the fixture's start is accepted");
    let mut details = Ceremonies::<T>::get(CEREMONY).expect("the ceremony is open");
    for index in 0..contributions {
        let number = CONTRIBUTOR.saturating_add(index.saturated_into());
        let contributor = registry::funded::<T>(number);
        let bond = T::ContributionBond::get();
        <T as Config>::Currency::hold(&HoldReason::ContributionBond.into(), &contributor, bond)
            .expect("the contributor is rich");
        Contributors::<T>::insert(CEREMONY, &contributor, index);
        Contributions::<T>::insert(
            CEREMONY,
            index,
            Contributed {
                contributor,
                contribution,
                transcript: details.transcript,
                bond,
                contributed_at: details.opened_at,
            },
        );
    }
    details.contributions = contributions;
    details.contributors = contributions.max(T::MinContributors::get());
    let closable = Pallet::<T>::closable_from(&details);
    Ceremonies::<T>::insert(CEREMONY, details);
    System::<T>::set_block_number(closable);
    owner
}

#[benchmarks(where T: pallet_model_registry::Config)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn pin_phase1() {
        let phase1_id = H256::repeat_byte(1);

        #[extrinsic_call]
        _(RawOrigin::Root, phase1_id);

        assert_eq!(Phase1Id::<T>::get(), Some(phase1_id));
    }

    #[benchmark]
    fn open() {
        let (owner, model) = prepare::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, fixture().start);

        assert_eq!(CeremonyOf::<T>::get(model), Some(CEREMONY));
    }

    #[benchmark]
    fn contribute() {
        ceremony_of::<T>(0);
        let contributor = registry::funded::<T>(CONTRIBUTOR);
        let details = Ceremonies::<T>::get(CEREMONY).expect("the ceremony is open");

        #[extrinsic_call]
        _(
            RawOrigin::Signed(contributor),
            CEREMONY,
            0,
            details.transcript,
            fixture().contribution,
        );

        assert!(Contributions::<T>::contains_key(CEREMONY, 0));
    }

    #[benchmark]
    fn challenge(n: Linear<1, 32>) {
        ceremony_of::<T>(n);
        let challenger = registry::account_of::<T>(CHALLENGER);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(challenger),
            CEREMONY,
            0,
            fixture().challenge,
        );

        assert!(!Contributions::<T>::contains_key(CEREMONY, 0));
    }

    #[benchmark]
    fn finalize(n: Linear<1, 32>) {
        let owner = ceremony_of::<T>(n);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), CEREMONY, H256::repeat_byte(1));

        let details = Ceremonies::<T>::get(CEREMONY).expect("the ceremony stays");
        assert!(details.outcome.is_some());
    }

    #[benchmark]
    fn close(n: Linear<0, 32>) {
        ceremony_of::<T>(n);
        let anyone = registry::account_of::<T>(CHALLENGER);

        #[extrinsic_call]
        _(RawOrigin::Signed(anyone), CEREMONY);

        assert!(!Ceremonies::<T>::contains_key(CEREMONY));
    }

    #[benchmark]
    fn discard(n: Linear<1, 32>) -> Result<(), BenchmarkError> {
        ceremony_of::<T>(n);
        let origin =
            T::DisputeOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, CEREMONY, 0, true);

        assert!(!Contributions::<T>::contains_key(CEREMONY, 0));
        Ok(())
    }

    #[benchmark]
    fn abort(n: Linear<0, 32>) -> Result<(), BenchmarkError> {
        ceremony_of::<T>(n);
        let origin =
            T::DisputeOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, CEREMONY, true);

        assert!(!Ceremonies::<T>::contains_key(CEREMONY));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
