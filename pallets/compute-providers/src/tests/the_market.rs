use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{Hardware, SlashCause};

/// Three providers with offers for model 0 at 50, 60 and 70.
fn three_providers() {
    for (who, price) in [(ALICE, 50), (BOB, 60), (CAROL, 70)] {
        provider(who, 2_000);
        assert_ok!(ComputeProviders::set_offer(origin(who), 0, price, 5));
    }
}

fn chosen(deadline: u64, collateral: Balance) -> Option<(AccountId, u32)> {
    ComputeProviders::cheapest(0, deadline, |_| Some(collateral))
        .map(|choice| (choice.provider, choice.inspected))
}

mod chooses {
    use super::*;

    #[test]
    fn the_cheapest_offer() {
        on_a_fresh_chain(|| {
            three_providers();
            assert_eq!(chosen(5, 100), Some((ALICE, 1)));
        });
    }

    #[test]
    fn the_next_when_the_cheapest_has_no_slot() {
        on_a_fresh_chain(|| {
            three_providers();
            for _ in 0..4 {
                assert_ok!(ComputeProviders::assign(&ALICE, 1));
            }
            assert_eq!(chosen(5, 100), Some((BOB, 2)));
        });
    }

    #[test]
    fn the_next_when_the_cheapest_is_paused() {
        on_a_fresh_chain(|| {
            three_providers();
            assert_ok!(ComputeProviders::update_profile(
                origin(ALICE),
                Hardware::default(),
                Default::default(),
                0
            ));
            assert_eq!(chosen(5, 100), Some((BOB, 2)));
        });
    }

    #[test]
    fn the_next_when_the_cheapest_has_too_little_unlocked_stake() {
        on_a_fresh_chain(|| {
            three_providers();
            assert_ok!(ComputeProviders::assign(&ALICE, 1_901));
            assert_eq!(chosen(5, 100), Some((BOB, 2)));
            assert_eq!(chosen(5, 99), Some((ALICE, 1)));
        });
    }

    #[test]
    fn the_next_when_a_slash_took_the_cheapest_under_the_minimum() {
        on_a_fresh_chain(|| {
            three_providers();
            assert_ok!(ComputeProviders::assign(&ALICE, 1_500));
            ComputeProviders::slash(&ALICE, 1_500, 1_500, SlashCause::FalseProof);
            assert_eq!(stored(ALICE).stake, 500);
            assert_eq!(chosen(5, 100), Some((BOB, 2)));
        });
    }

    #[test]
    fn nobody_for_a_deadline_that_is_too_short() {
        on_a_fresh_chain(|| {
            three_providers();
            assert_eq!(chosen(4, 100), None);
        });
    }

    #[test]
    fn nobody_when_the_collateral_overflows() {
        on_a_fresh_chain(|| {
            three_providers();
            assert_eq!(ComputeProviders::cheapest(0, 5, |_| None), None);
        });
    }
}

mod slashes {
    use super::*;

    #[test]
    fn to_the_treasury() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            assert_ok!(ComputeProviders::assign(&ALICE, 800));
            let taken = ComputeProviders::slash(&ALICE, 800, 300, SlashCause::Late);
            assert_eq!(taken, 300);
            assert_eq!(staked(ALICE), 1_700);
            assert_eq!(Balances::free_balance(TREASURY), EXISTENTIAL_DEPOSIT + 300);
            let alice = stored(ALICE);
            assert_eq!((alice.stake, alice.locked, alice.running), (1_700, 0, 0));
            assert_eq!((alice.late, alice.rejected), (1, 0));
            System::assert_last_event(
                Event::Slashed {
                    provider: ALICE,
                    amount: 300,
                    cause: SlashCause::Late,
                }
                .into(),
            );
        });
    }

    #[test]
    fn never_more_than_the_collateral() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            assert_ok!(ComputeProviders::assign(&ALICE, 800));
            let taken = ComputeProviders::slash(&ALICE, 800, 5_000, SlashCause::FalseProof);
            assert_eq!(taken, 800);
            assert_eq!(stored(ALICE).rejected, 1);
        });
    }

    #[test]
    fn and_burns_what_the_treasury_cannot_take() {
        on_a_fresh_chain(|| {
            assert_ok!(Balances::force_set_balance(
                RuntimeOrigin::root(),
                TREASURY,
                0
            ));
            let issuance = Balances::total_issuance();
            provider(ALICE, 2_000);
            assert_ok!(ComputeProviders::assign(&ALICE, 800));
            let dust = EXISTENTIAL_DEPOSIT - 1;
            let taken = ComputeProviders::slash(&ALICE, 800, dust, SlashCause::Late);
            assert_eq!(taken, dust);
            assert_eq!(staked(ALICE), 2_000 - dust);
            assert_eq!(Balances::total_issuance(), issuance - dust);
        });
    }

    #[test]
    fn nothing_of_an_account_that_is_no_provider() {
        on_a_fresh_chain(|| {
            assert_eq!(
                ComputeProviders::slash(&BOB, 800, 800, SlashCause::FalseProof),
                0
            );
        });
    }
}

#[test]
fn refuses_an_assignment_above_the_unlocked_stake() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        assert_ok!(ComputeProviders::assign(&ALICE, 1_500));
        assert_noop!(
            ComputeProviders::assign(&ALICE, 501),
            Error::<Test>::StakeLocked
        );
        assert_eq!(ComputeProviders::load(&ALICE), Some((1, 1_500)));
        assert_noop!(
            ComputeProviders::assign(&BOB, 1),
            Error::<Test>::NotRegistered
        );
    });
}
