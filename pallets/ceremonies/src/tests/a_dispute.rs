use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

#[test]
fn is_the_dispute_origins_to_judge() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.contribute(&ALICE));
        assert_noop!(
            CeremoniesPallet::discard(origin(&BOB), 0, 0, true),
            DispatchError::BadOrigin
        );
        assert_noop!(
            CeremoniesPallet::abort(origin(&BOB), 0, true),
            DispatchError::BadOrigin
        );
        let root = RuntimeOrigin::root;
        assert_noop!(
            CeremoniesPallet::discard(root(), 0, 1, true),
            Error::<Test>::UnknownContribution
        );
        assert_noop!(
            CeremoniesPallet::abort(root(), 1, true),
            Error::<Test>::UnknownCeremony
        );
    });
}

#[test]
fn about_withheld_bulk_voids_from_there_on() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in [&ALICE, &BOB, &CAROL] {
            assert_ok!(party.contribute(who));
        }
        let after_alice = Contributions::<Test>::get(0, 0).unwrap().transcript;
        assert_ok!(CeremoniesPallet::discard(RuntimeOrigin::root(), 0, 1, true));
        let details = party.details();
        assert_eq!((details.contributions, details.contributors), (1, 1));
        assert_eq!(details.transcript, after_alice);
        assert_eq!(Balances::free_balance(&BOB), ENDOWMENT - CONTRIBUTION_BOND);
        assert_eq!(Balances::free_balance(&CAROL), ENDOWMENT);
        assert_eq!(
            Balances::free_balance(&TREASURY),
            EXISTENTIAL_DEPOSIT + CONTRIBUTION_BOND
        );
    });
}

#[test]
fn without_fault_costs_nobody() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in [&ALICE, &BOB] {
            assert_ok!(party.contribute(who));
        }
        assert_ok!(CeremoniesPallet::discard(
            RuntimeOrigin::root(),
            0,
            0,
            false
        ));
        assert_ok!(CeremoniesPallet::abort(RuntimeOrigin::root(), 0, false));
        for who in &ACCOUNTS[1..] {
            assert_eq!(Balances::free_balance(who), ENDOWMENT);
        }
        assert_eq!(held(HoldReason::OpeningBond, &OWNER), 0);
        assert_eq!(Balances::free_balance(&TREASURY), EXISTENTIAL_DEPOSIT);
    });
}

#[test]
fn about_a_false_start_ends_the_ceremony_at_the_openers_cost() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        assert_ok!(party.contribute(&ALICE));
        let free = Balances::free_balance(&OWNER);
        assert_ok!(CeremoniesPallet::abort(RuntimeOrigin::root(), 0, true));
        assert_eq!(held(HoldReason::OpeningBond, &OWNER), 0);
        assert_eq!(Balances::free_balance(&OWNER), free);
        assert_eq!(
            Balances::free_balance(&TREASURY),
            EXISTENTIAL_DEPOSIT + OPENING_BOND
        );
        assert_eq!(Balances::free_balance(&ALICE), ENDOWMENT);
        assert_eq!(CeremoniesPallet::ceremony_info(0), None);
        System::assert_last_event(Event::Aborted { ceremony: 0 }.into());
        // With a true start the owner may open another.
        assert_ok!(CeremoniesPallet::open(
            origin(&OWNER),
            party.model,
            start(0)
        ));
    });
}
