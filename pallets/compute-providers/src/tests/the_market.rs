use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

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
