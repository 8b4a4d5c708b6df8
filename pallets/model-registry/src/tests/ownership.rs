use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

#[test]
fn passes_with_the_deposit() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_ok!(register_key(ALICE, 0, 0));
        let deposit = held(ALICE);
        assert_ok!(ModelRegistry::transfer(origin(ALICE), 0, BOB));
        assert_eq!((held(ALICE), held(BOB)), (0, deposit));
        assert_eq!(Balances::free_balance(BOB), ENDOWMENT);
        assert_eq!(ModelRegistry::model_info(0).unwrap().owner, BOB);
        System::assert_last_event(
            Event::Transferred {
                model: 0,
                from: ALICE,
                to: BOB,
            }
            .into(),
        );
    });
}

#[test]
fn frees_the_name_for_the_previous_owner() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_ok!(ModelRegistry::transfer(origin(ALICE), 0, BOB));
        assert_ok!(register(ALICE, "digits", 1));
        assert_noop!(
            ModelRegistry::transfer(origin(ALICE), 1, BOB),
            Error::<Test>::NameTaken
        );
    });
}

#[test]
fn is_the_owners_to_give() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_noop!(
            ModelRegistry::transfer(origin(BOB), 0, BOB),
            Error::<Test>::AlreadyOwner
        );
        assert_noop!(
            ModelRegistry::transfer(origin(BOB), 0, 3),
            Error::<Test>::NotOwner
        );
        assert_noop!(
            ModelRegistry::transfer(origin(ALICE), 0, ALICE),
            Error::<Test>::AlreadyOwner
        );
    });
}

#[test]
fn cannot_pass_to_an_account_that_does_not_exist() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        assert_noop!(
            ModelRegistry::transfer(origin(ALICE), 0, 77),
            TokenError::CannotCreateHold
        );
    });
}
