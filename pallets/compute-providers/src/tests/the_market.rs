use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

#[test]
fn refuses_an_assignment_above_the_unlocked_stake() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        assert_ok!(ComputeProviders::assign(&ALICE, 0, 1_500));
        assert_noop!(
            ComputeProviders::assign(&ALICE, 0, 501),
            Error::<Test>::StakeLocked
        );
        assert_eq!(ComputeProviders::load(&ALICE), Some((1, 1_500)));
        assert_noop!(
            ComputeProviders::assign(&BOB, 0, 1),
            Error::<Test>::NotRegistered
        );
    });
}

mod asks {
    use super::*;

    fn asked(who: AccountId, model: u32) -> Result<Balance, NotOffered> {
        <ComputeProviders as Market<_, _, _>>::asked(&who, model)
    }

    #[test]
    fn what_the_provider_offers_now() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), 1, 70, 2));
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), 2, 80, 2));
            assert_eq!(asked(ALICE, 1), Ok(70));
            assert_eq!(asked(ALICE, 2), Ok(80));
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), 1, 71, 2));
            assert_eq!(asked(ALICE, 1), Ok(71));
        });
    }

    #[test]
    fn nothing_of_a_stranger_or_for_another_model() {
        on_a_fresh_chain(|| {
            assert_eq!(asked(ALICE, 1), Err(NotOffered::NoOffer));
            provider(ALICE, 2_000);
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), 1, 70, 2));
            assert_eq!(asked(ALICE, 2), Err(NotOffered::NoOffer));
            assert_ok!(ComputeProviders::remove_offer(origin(ALICE), 1));
            assert_eq!(asked(ALICE, 1), Err(NotOffered::NoOffer));
        });
    }

    #[test]
    fn nothing_of_a_provider_that_is_paused() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), 1, 70, 2));
            assert_ok!(ComputeProviders::set_paused(origin(ALICE), true));
            assert_eq!(asked(ALICE, 1), Err(NotOffered::Paused));
            assert_ok!(ComputeProviders::set_paused(origin(ALICE), false));
            assert_eq!(asked(ALICE, 1), Ok(70));
        });
    }
}
