//! Stakes as large as amounts can be: refused with an error, or counted to the last planck.

use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::{Failure, Hardware};

mod in_the_choice;

/// All that there is but what the treasury needs to live: ALICE's.
const ALL: Balance = Balance::MAX - EXISTENTIAL_DEPOSIT;
/// The largest stake: all of that but what ALICE needs to live.
const LARGEST: Balance = ALL - EXISTENTIAL_DEPOSIT;

/// Run a test on a chain that has issued as much as can be written down.
fn with_all_the_money(test: impl FnOnce()) {
    on_a_fresh_chain(|| {
        for (who, free) in [(BOB, 0), (CAROL, 0), (ALICE, ALL)] {
            assert_ok!(Balances::force_set_balance(
                RuntimeOrigin::root(),
                who,
                free
            ));
        }
        assert_eq!(Balances::total_issuance(), Balance::MAX);
        test();
    });
}

fn register(stake: Balance, capacity: u32) -> DispatchResult {
    ComputeProviders::register(
        origin(ALICE),
        stake,
        Hardware::default(),
        Default::default(),
        capacity,
    )
}

/// The deadline work of the first block in which a slash of block 1 is due.
fn slashes_come_due() {
    let due = 1 + SLASH_DELAY;
    System::set_block_number(due);
    ComputeProviders::on_poll(due, &mut WeightMeter::new());
}

#[test]
fn is_everything_but_what_its_account_needs_to_live() {
    with_all_the_money(|| {
        for stake in [LARGEST + 1, ALL, Balance::MAX] {
            assert_noop!(register(stake, 4), TokenError::FundsUnavailable);
        }
        assert_ok!(register(LARGEST, 4));
        assert_eq!((stored(ALICE).stake, staked(ALICE)), (LARGEST, LARGEST));
        assert_eq!(Balances::free_balance(ALICE), EXISTENTIAL_DEPOSIT);
        assert_eq!(stored(ALICE).unlocked(), LARGEST);
    });
}

#[test]
fn is_topped_up_to_what_there_is() {
    with_all_the_money(|| {
        provider(ALICE, MIN_STAKE);
        let room = Balance::MAX - MIN_STAKE;
        for amount in [room + 1, Balance::MAX] {
            assert_noop!(
                ComputeProviders::top_up(origin(ALICE), amount),
                ArithmeticError::Overflow
            );
        }
        for amount in [LARGEST - MIN_STAKE + 1, room] {
            assert_noop!(
                ComputeProviders::top_up(origin(ALICE), amount),
                TokenError::FundsUnavailable
            );
        }
        let rest = LARGEST - MIN_STAKE;
        assert_ok!(ComputeProviders::top_up(origin(ALICE), rest));
        assert_eq!((stored(ALICE).stake, staked(ALICE)), (LARGEST, LARGEST));
        assert_noop!(
            ComputeProviders::top_up(origin(ALICE), 1),
            TokenError::FundsUnavailable
        );
    });
}

#[test]
fn unbonds_down_to_what_the_capacity_demands() {
    with_all_the_money(|| {
        provider(ALICE, LARGEST);
        for amount in [LARGEST + 1, Balance::MAX] {
            assert_noop!(
                ComputeProviders::unbond(origin(ALICE), amount),
                Error::<Test>::StakeLocked
            );
        }
        let most = LARGEST - MIN_STAKE;
        for amount in [most + 1, LARGEST] {
            assert_noop!(
                ComputeProviders::unbond(origin(ALICE), amount),
                Error::<Test>::StakeTooLow
            );
        }
        assert_ok!(ComputeProviders::unbond(origin(ALICE), most));
        assert_eq!((stored(ALICE).stake, staked(ALICE)), (MIN_STAKE, LARGEST));
        assert_ok!(ComputeProviders::check_invariants());
        // What unbonds in one block is one amount, here the largest.
        assert_ok!(ComputeProviders::deregister(origin(ALICE)));
        let unbonding = Unbondings::<Test>::get(ALICE);
        assert_eq!(unbonding.len(), 1);
        assert_eq!(unbonding[0].amount, LARGEST);
    });
}

#[test]
fn is_withdrawn_whole_by_who_has_half_of_what_can_be_written_down() {
    const HALF: Balance = Balance::MAX / 2;
    on_a_fresh_chain(|| {
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            ALICE,
            HALF
        ));
        provider(ALICE, HALF - EXISTENTIAL_DEPOSIT);
        assert_ok!(ComputeProviders::deregister(origin(ALICE)));
        System::set_block_number(1 + UNBONDING);
        assert_ok!(ComputeProviders::withdraw_unbonded(origin(ALICE)));
        assert_eq!((Balances::free_balance(ALICE), staked(ALICE)), (HALF, 0));
    });
}

#[test]
fn stays_on_hold_where_balances_cannot_release_it() {
    with_all_the_money(|| {
        provider(ALICE, LARGEST);
        assert_ok!(ComputeProviders::deregister(origin(ALICE)));
        System::set_block_number(1 + UNBONDING);
        // A release must fit beside what the account has, itself included.
        assert_noop!(
            ComputeProviders::withdraw_unbonded(origin(ALICE)),
            TokenError::CannotCreate
        );
        assert_eq!(staked(ALICE), LARGEST);
    });
}

#[test]
fn is_demanded_slot_by_slot_up_to_the_largest_capacity() {
    on_a_fresh_chain(|| {
        let demands = Provider::<Test>::stake_for;
        assert_eq!(demands(0), MIN_STAKE);
        assert_eq!(demands(4), MIN_STAKE);
        assert_eq!(demands(5), 5 * STAKE_PER_SLOT);
        assert_eq!(demands(u32::MAX), 0xffff_ffff * STAKE_PER_SLOT);

        let most = <<Test as Config>::MaxCapacity as Get<u32>>::get();
        let demanded = Balance::from(most) * STAKE_PER_SLOT;
        for capacity in [most + 1, u32::MAX] {
            assert_noop!(
                register(demanded, capacity),
                Error::<Test>::CapacityTooLarge
            );
        }
        assert_noop!(register(demanded - 1, most), Error::<Test>::StakeTooLow);
        assert_ok!(register(demanded, most));
        assert_eq!(stored(ALICE).stake, demanded);
    });
}

#[test]
fn is_never_locked_and_pending_for_more_than_it_is() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        let mut alice = stored(ALICE);
        for (stake, locked, pending, unlocked) in [
            (Balance::MAX, 0, 0, Balance::MAX),
            (Balance::MAX, Balance::MAX - 2, 1, 1),
            (Balance::MAX, Balance::MAX - 1, 1, 0),
            (Balance::MAX, 0, Balance::MAX, 0),
            // No such provider is ever stored; the sum of the two overflows.
            (Balance::MAX, Balance::MAX, Balance::MAX, 0),
            (1, 0, Balance::MAX, 0),
        ] {
            alice.stake = stake;
            alice.locked = locked;
            alice.pending = pending;
            assert_eq!(alice.unlocked(), unlocked, "{stake} {locked} {pending}");
        }
    });
}

#[test]
fn can_be_bound_to_the_last_planck() {
    with_all_the_money(|| {
        provider(ALICE, LARGEST);
        let rest = LARGEST - 1_000;
        for collateral in [500, 500, rest] {
            assert_ok!(ComputeProviders::assign(&ALICE, 0, collateral));
        }
        let late = |collateral| {
            let fine = Fine::to_treasury(collateral);
            ComputeProviders::fail(&ALICE, 0, collateral, fine, Failure::Late, Balance::MAX)
        };
        assert_eq!(late(500), 500);
        // Some is locked, some waits to be slashed, none is free.
        assert_eq!(
            (stored(ALICE).locked, stored(ALICE).pending),
            (rest + 500, 500)
        );
        assert_ok!(ComputeProviders::check_invariants());
        for amount in [1, Balance::MAX] {
            assert_noop!(
                ComputeProviders::assign(&ALICE, 0, amount),
                Error::<Test>::StakeLocked
            );
            assert_noop!(
                ComputeProviders::unbond(origin(ALICE), amount),
                Error::<Test>::StakeLocked
            );
        }
        assert_eq!(late(rest), rest);
        assert_eq!(
            (stored(ALICE).locked, stored(ALICE).pending),
            (500, rest + 500)
        );
        assert_ok!(ComputeProviders::check_invariants());

        slashes_come_due();
        assert_eq!((stored(ALICE).stake, staked(ALICE)), (500, 500));
        assert_eq!((stored(ALICE).locked, stored(ALICE).pending), (500, 0));
        let treasury = EXISTENTIAL_DEPOSIT + LARGEST - 500;
        assert_eq!(Balances::free_balance(TREASURY), treasury);
        assert_eq!(Balances::total_issuance(), Balance::MAX);
    });
}

mod is_slashed {
    use super::*;

    /// ALICE proves something false, with all of her stake as collateral.
    fn lies(fine: Fine<AccountId, Balance>) -> Balance {
        provider(ALICE, LARGEST);
        for collateral in [LARGEST + 1, Balance::MAX] {
            assert_noop!(
                ComputeProviders::assign(&ALICE, 0, collateral),
                Error::<Test>::StakeLocked
            );
        }
        assert_ok!(ComputeProviders::assign(&ALICE, 0, LARGEST));
        let failure = Failure::FalseProof;
        ComputeProviders::fail(&ALICE, 0, LARGEST, fine, failure, Balance::MAX)
    }

    #[test]
    fn whole() {
        with_all_the_money(|| {
            assert_eq!(lies(Fine::to_treasury(Balance::MAX)), LARGEST);
            let alice = stored(ALICE);
            assert_eq!((alice.stake, alice.locked, alice.running), (0, 0, 0));
            assert_eq!(staked(ALICE), 0);
            assert_eq!(Balances::free_balance(TREASURY), ALL);
            assert_eq!(Balances::total_issuance(), Balance::MAX);
        });
    }

    #[test]
    fn for_the_winner_and_the_rest_is_burnt() {
        with_all_the_money(|| {
            let reward = LARGEST / 2;
            let fine = Fine {
                amount: Balance::MAX,
                reward: Some((BOB, reward)),
            };
            assert_eq!(lies(fine), LARGEST);
            assert_eq!((stored(ALICE).stake, staked(ALICE)), (0, 0));
            assert_eq!(Balances::free_balance(BOB), reward);
            let left = Balance::MAX - (LARGEST - reward);
            assert_eq!(Balances::total_issuance(), left);
        });
    }

    #[test]
    fn for_the_winner_no_more_than_there_was() {
        with_all_the_money(|| {
            let fine = Fine {
                amount: 700,
                reward: Some((BOB, Balance::MAX)),
            };
            assert_eq!(lies(fine), 700);
            assert_eq!(Balances::free_balance(BOB), 700);
            assert_eq!(stored(ALICE).stake, LARGEST - 700);
            assert_eq!(Balances::total_issuance(), Balance::MAX);
        });
    }

    #[test]
    fn and_burnt_where_the_treasury_is_full() {
        with_all_the_money(|| {
            // As large as a balance can be: nothing can be credited to it.
            frame_system::Account::<Test>::mutate(TREASURY, |account| {
                account.data.free = Balance::MAX;
            });
            assert_eq!(lies(Fine::to_treasury(Balance::MAX)), LARGEST);
            assert_eq!((stored(ALICE).stake, staked(ALICE)), (0, 0));
            assert_eq!(Balances::free_balance(TREASURY), Balance::MAX);
            assert_eq!(Balances::total_issuance(), Balance::MAX - LARGEST);
        });
    }

    #[test]
    fn for_no_more_than_it_is_whatever_the_collateral() {
        on_a_fresh_chain(|| {
            provider(ALICE, 2_000);
            assert_ok!(ComputeProviders::assign(&ALICE, 0, 300));
            let fine = Fine::to_treasury(Balance::MAX);
            let failure = Failure::FalseProof;
            let taken =
                ComputeProviders::fail(&ALICE, 0, Balance::MAX, fine, failure, Balance::MAX);
            assert_eq!(taken, 2_000);
            let alice = stored(ALICE);
            assert_eq!((alice.stake, alice.locked, alice.pending), (0, 0, 0));
            assert_eq!(
                Balances::free_balance(TREASURY),
                EXISTENTIAL_DEPOSIT + 2_000
            );
        });
    }
}
