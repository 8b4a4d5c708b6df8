use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

#[test]
fn keeps_the_stake_on_hold_until_its_block() {
    on_a_fresh_chain(|| {
        provider(ALICE, 3_000);
        assert_ok!(ComputeProviders::unbond(origin(ALICE), 2_000));
        assert_eq!(stored(ALICE).stake, 1_000);
        assert_eq!(staked(ALICE), 3_000);

        System::set_block_number(1 + UNBONDING - 1);
        assert_noop!(
            ComputeProviders::withdraw_unbonded(origin(ALICE)),
            Error::<Test>::NothingToWithdraw
        );
        System::set_block_number(1 + UNBONDING);
        assert_ok!(ComputeProviders::withdraw_unbonded(origin(ALICE)));
        assert_eq!(staked(ALICE), 1_000);
        assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - 1_000);
        assert!(!Unbondings::<Test>::contains_key(ALICE));
    });
}

#[test]
fn releases_only_what_has_come_to_its_end() {
    on_a_fresh_chain(|| {
        provider(ALICE, 9_000);
        assert_ok!(ComputeProviders::unbond(origin(ALICE), 1_000));
        System::set_block_number(5);
        assert_ok!(ComputeProviders::unbond(origin(ALICE), 2_000));
        System::set_block_number(1 + UNBONDING);
        assert_ok!(ComputeProviders::withdraw_unbonded(origin(ALICE)));
        assert_eq!(staked(ALICE), 8_000);
        let info = ComputeProviders::provider_info(&ALICE).unwrap();
        assert_eq!(info.unbonding, [(2_000, 5 + UNBONDING)]);
    });
}

#[test]
fn joins_amounts_of_one_block() {
    on_a_fresh_chain(|| {
        provider(ALICE, 9_000);
        for _ in 0..10 {
            assert_ok!(ComputeProviders::unbond(origin(ALICE), 100));
        }
        assert_eq!(Unbondings::<Test>::get(ALICE).len(), 1);
    });
}

#[test]
fn is_bounded_and_withdrawing_makes_room() {
    on_a_fresh_chain(|| {
        provider(ALICE, 9_000);
        for block in 1..=4 {
            System::set_block_number(block);
            assert_ok!(ComputeProviders::unbond(origin(ALICE), 100));
        }
        System::set_block_number(5);
        assert_noop!(
            ComputeProviders::unbond(origin(ALICE), 100),
            Error::<Test>::TooManyUnbonding
        );
        System::set_block_number(1 + UNBONDING);
        assert_ok!(ComputeProviders::withdraw_unbonded(origin(ALICE)));
        assert_ok!(ComputeProviders::unbond(origin(ALICE), 100));
    });
}

#[test]
fn never_touches_collateral() {
    on_a_fresh_chain(|| {
        provider(ALICE, 3_000);
        assert_ok!(ComputeProviders::assign(&ALICE, 0, 2_500));
        assert_noop!(
            ComputeProviders::unbond(origin(ALICE), 501),
            Error::<Test>::StakeLocked
        );
        assert_ok!(ComputeProviders::unbond(origin(ALICE), 500));
        assert_err_ignore_postinfo!(
            ComputeProviders::deregister(origin(ALICE)),
            Error::<Test>::AssignmentsRunning
        );
        ComputeProviders::settle(&ALICE, 0, 2_500, &77, 1);
        assert_ok!(ComputeProviders::deregister(origin(ALICE)));
        assert_eq!(staked(ALICE), 3_000);
    });
}

#[test]
fn leaves_the_minimum_stake() {
    on_a_fresh_chain(|| {
        provider(ALICE, 3_000);
        assert_noop!(
            ComputeProviders::unbond(origin(ALICE), 2_001),
            Error::<Test>::StakeTooLow
        );
        assert_noop!(
            ComputeProviders::unbond(origin(ALICE), 0),
            Error::<Test>::AmountZero
        );
    });
}

#[test]
fn survives_deregistration_and_registering_again() {
    on_a_fresh_chain(|| {
        provider(ALICE, 3_000);
        assert_ok!(ComputeProviders::deregister(origin(ALICE)));
        System::set_block_number(3);
        provider(ALICE, 2_000);
        assert_eq!(staked(ALICE), 5_000);
        assert_noop!(
            ComputeProviders::withdraw_unbonded(origin(ALICE)),
            Error::<Test>::NothingToWithdraw
        );
        System::set_block_number(1 + UNBONDING);
        assert_ok!(ComputeProviders::withdraw_unbonded(origin(ALICE)));
        assert_eq!(staked(ALICE), 2_000);
        assert_eq!(stored(ALICE).stake, 2_000);
    });
}
