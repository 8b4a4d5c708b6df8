use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

#[test]
fn is_open_to_the_opener_before_the_first_contribution() {
    on_a_fresh_chain(|| {
        let party = Party::open(0);
        assert_noop!(
            CeremoniesPallet::close(origin(&ALICE), 0),
            Error::<Test>::NotAbandoned
        );
        assert_ok!(CeremoniesPallet::close(origin(&OWNER), 0));
        assert_eq!(held(HoldReason::OpeningBond, &OWNER), 0);
        assert_eq!(CeremoniesPallet::ceremony_of(party.model), None);
        System::assert_last_event(Event::Closed { ceremony: 0 }.into());
        assert_noop!(
            CeremoniesPallet::close(origin(&OWNER), 0),
            Error::<Test>::UnknownCeremony
        );
    });
}

#[test]
fn is_open_to_anyone_once_a_ceremony_is_abandoned_and_gives_all_bonds_back() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in [&ALICE, &BOB] {
            assert_ok!(party.contribute(who));
        }
        let from = CeremoniesPallet::ceremony_info(0).unwrap().closable_from;
        System::set_block_number(from - 1);
        for who in [&OWNER, &DAVE] {
            assert_noop!(
                CeremoniesPallet::close(origin(who), 0),
                Error::<Test>::NotAbandoned
            );
        }
        pass(1);
        let done = CeremoniesPallet::close(origin(&DAVE), 0).unwrap();
        assert_eq!(
            done.actual_weight,
            Some(<Test as Config>::WeightInfo::close(2))
        );
        for who in &ACCOUNTS {
            assert_eq!(held(HoldReason::OpeningBond, who), 0);
            assert_eq!(held(HoldReason::ContributionBond, who), 0);
        }
        assert_eq!(Contributions::<Test>::iter().count(), 0);
        assert_eq!(Starts::<Test>::iter().count(), 0);
    });
}

#[test]
fn is_put_off_by_every_contribution() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        pass(WINDOW + ABANDONED - 1);
        assert_ok!(party.contribute(&ALICE));
        pass(WINDOW + ABANDONED - 1);
        assert_noop!(
            CeremoniesPallet::close(origin(&BOB), 0),
            Error::<Test>::NotAbandoned
        );
        pass(1);
        assert_ok!(CeremoniesPallet::close(origin(&BOB), 0));
    });
}

#[test]
fn is_not_for_what_was_finalized() {
    on_a_fresh_chain(|| {
        let mut party = Party::open(0);
        for who in [&ALICE, &BOB, &CAROL] {
            assert_ok!(party.contribute(who));
        }
        pass(WINDOW);
        assert_ok!(party.finalize(&OWNER));
        pass(WINDOW + ABANDONED);
        assert_noop!(
            CeremoniesPallet::close(origin(&OWNER), 0),
            Error::<Test>::AlreadyFinalized
        );
        assert_noop!(
            CeremoniesPallet::abort(RuntimeOrigin::root(), 0, true),
            Error::<Test>::AlreadyFinalized
        );
        assert_noop!(
            CeremoniesPallet::discard(RuntimeOrigin::root(), 0, 0, true),
            Error::<Test>::AlreadyFinalized
        );
    });
}
