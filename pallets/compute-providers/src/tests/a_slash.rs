use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::Failure;

/// ALICE fails an assignment with a collateral of 800, of which so much is slashed.
fn failed(amount: Balance, failure: Failure) -> Balance {
    assert_ok!(ComputeProviders::assign(&ALICE, 0, 800));
    ComputeProviders::fail(&ALICE, 0, 800, Fine::to_treasury(amount), failure, 1)
}

/// The deadline work of a block.
fn poll(block: u64) {
    System::set_block_number(block);
    ComputeProviders::on_poll(block, &mut WeightMeter::new());
}

fn treasury() -> Balance {
    Balances::free_balance(TREASURY) - EXISTENTIAL_DEPOSIT
}

mod for_a_false_proof {
    use super::*;

    #[test]
    fn goes_to_the_treasury_at_once() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            assert_eq!(failed(300, Failure::FalseProof), 300);
            assert_eq!((staked(ALICE), treasury()), (1_700, 300));
            let alice = stored(ALICE);
            assert_eq!((alice.stake, alice.locked, alice.running), (1_700, 0, 0));
            assert_eq!((alice.reputation.late, alice.reputation.rejected), (0, 1));
            System::assert_last_event(
                Event::Slashed {
                    provider: ALICE,
                    amount: 300,
                    cause: Failure::FalseProof,
                }
                .into(),
            );
        });
    }

    #[test]
    fn is_never_more_than_the_collateral() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            assert_eq!(failed(5_000, Failure::FalseProof), 800);
            assert_eq!(stored(ALICE).stake, 1_200);
        });
    }

    #[test]
    fn is_burnt_where_the_treasury_cannot_take_it() {
        on_a_fresh_chain(|| {
            assert_ok!(Balances::force_set_balance(
                RuntimeOrigin::root(),
                TREASURY,
                0
            ));
            let issuance = Balances::total_issuance();
            provider(ALICE, 2_000);
            let dust = EXISTENTIAL_DEPOSIT - 1;
            assert_eq!(failed(dust, Failure::FalseProof), dust);
            assert_eq!(staked(ALICE), 2_000 - dust);
            assert_eq!(Balances::total_issuance(), issuance - dust);
        });
    }

    #[test]
    fn takes_nothing_of_an_account_that_is_no_provider() {
        on_a_fresh_chain(|| {
            let taken = ComputeProviders::fail(
                &BOB,
                0,
                800,
                Fine::to_treasury(800),
                Failure::FalseProof,
                1,
            );
            assert_eq!(taken, 0);
        });
    }
}

mod for_lateness {
    use super::*;

    #[test]
    fn waits_and_is_applied() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            assert_eq!(failed(300, Failure::Late), 300);
            System::assert_last_event(
                Event::SlashDeferred {
                    slash: 0,
                    provider: ALICE,
                    amount: 300,
                    cause: Failure::Late,
                    apply_at: 1 + SLASH_DELAY,
                }
                .into(),
            );
            assert_eq!((stored(ALICE).stake, stored(ALICE).pending), (2_000, 300));
            poll(SLASH_DELAY);
            assert_eq!((stored(ALICE).pending, treasury()), (300, 0));
            poll(1 + SLASH_DELAY);
            assert_eq!((stored(ALICE).stake, stored(ALICE).pending), (1_700, 0));
            assert_eq!((staked(ALICE), treasury()), (1_700, 300));
            System::assert_last_event(
                Event::Slashed {
                    provider: ALICE,
                    amount: 300,
                    cause: Failure::Late,
                }
                .into(),
            );
            assert_eq!(stored(ALICE).reputation.late, 1);
        });
    }

    #[test]
    fn binds_the_stake_until_then() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            failed(800, Failure::Late);
            assert_noop!(
                ComputeProviders::assign(&ALICE, 0, 1_201),
                Error::<Test>::StakeLocked
            );
            assert_ok!(ComputeProviders::top_up(origin(ALICE), 1_000));
            assert_noop!(
                ComputeProviders::unbond(origin(ALICE), 2_201),
                Error::<Test>::StakeLocked
            );
            assert_noop!(
                ComputeProviders::deregister(origin(ALICE)),
                Error::<Test>::SlashesPending
            );
            poll(1 + SLASH_DELAY);
            assert_ok!(ComputeProviders::deregister(origin(ALICE)));
            assert_eq!(staked(ALICE), 2_200);
        });
    }

    #[test]
    fn can_be_vetoed_and_the_others_are_applied() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            for amount in [100, 200, 300] {
                failed(amount, Failure::Late);
            }
            for stranger in [origin(ALICE), origin(BOB), RuntimeOrigin::none()] {
                assert_noop!(
                    ComputeProviders::veto_slash(stranger, 1),
                    DispatchError::BadOrigin
                );
            }
            assert_ok!(ComputeProviders::veto_slash(RuntimeOrigin::root(), 1));
            System::assert_last_event(
                Event::SlashVetoed {
                    slash: 1,
                    provider: ALICE,
                    amount: 200,
                }
                .into(),
            );
            assert_eq!(stored(ALICE).pending, 400);
            assert_ok!(ComputeProviders::check_invariants());
            poll(1 + SLASH_DELAY);
            assert_eq!((stored(ALICE).stake, treasury()), (1_600, 400));
            for gone in [0, 1, 2, 3] {
                assert_noop!(
                    ComputeProviders::veto_slash(RuntimeOrigin::root(), gone),
                    Error::<Test>::UnknownSlash
                );
            }
        });
    }

    #[test]
    fn is_never_more_than_what_a_false_proof_left() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            for _ in 0..2 {
                failed(800, Failure::Late);
            }
            assert_ok!(ComputeProviders::assign(&ALICE, 0, 400));
            let taken = ComputeProviders::fail(
                &ALICE,
                0,
                400,
                Fine::to_treasury(400),
                Failure::FalseProof,
                1,
            );
            assert_eq!(taken, 400);
            assert_ok!(ComputeProviders::check_invariants());
            poll(1 + SLASH_DELAY);
            assert_eq!((stored(ALICE).stake, staked(ALICE)), (0, 0));
        });
    }

    #[test]
    fn comes_due_in_as_many_blocks_as_the_weight_needs() {
        type Weights = crate::weights::SubstrateWeight<Test>;
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            for _ in 0..7 {
                failed(10, Failure::Late);
            }
            let limit = Weights::on_poll_base() + Weights::apply_slash() * 3;
            for (block, left) in [(7, 4), (8, 1), (9, 0)] {
                System::set_block_number(block);
                let mut meter = WeightMeter::with_limit(limit);
                ComputeProviders::on_poll(block, &mut meter);
                assert_eq!(PendingSlashes::<Test>::iter().count(), left);
                assert!(meter.consumed().all_lte(limit));
                assert_ok!(ComputeProviders::check_invariants());
            }
            assert_eq!(stored(ALICE).stake, 1_930);
            let mut meter = WeightMeter::with_limit(Weight::zero());
            ComputeProviders::on_poll(10, &mut meter);
            assert_eq!(meter.consumed(), Weight::zero());
        });
    }
}

#[test]
fn of_an_assignment_that_was_not_accepted_is_nothing() {
    on_a_fresh_chain(|| {
        provider(ALICE, 2_000);
        System::reset_events();
        assert_eq!(failed(0, Failure::NotAccepted), 0);
        assert_eq!((staked(ALICE), stored(ALICE).pending), (2_000, 0));
        assert_eq!(stored(ALICE).reputation.not_accepted, 1);
        assert_eq!(System::events(), []);
    });
}
