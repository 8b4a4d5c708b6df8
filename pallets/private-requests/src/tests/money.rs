//! Money never blocks: a payment that cannot be credited goes elsewhere, and the ending stands.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use lattice_testing::{dies, doomed_owner, fill, CRUMB};

/// A request for a model whose owner is gone, and whose royalty would not bring it back.
fn with_a_dead_owner() -> (RequestId, AccountId) {
    let owner = doomed_owner::<Test>();
    let request = asked(false);
    dies::<Test>(&owner);
    (request, owner)
}

#[test]
fn goes_to_the_treasury_when_the_owner_cannot_be_credited() {
    on_a_serving_chain(|| {
        let (request, owner) = with_a_dead_owner();
        let before = free(&TREASURY);
        answered(request);
        assert_eq!(record(request).ending, Ending::Settled);
        assert_eq!(free(&TREASURY), before + CRUMB + FEE);
        System::assert_has_event(
            Event::PaymentDiverted {
                request,
                payee: owner,
                amount: CRUMB,
            }
            .into(),
        );
    });
}

#[test]
fn goes_back_to_the_requester_when_the_treasury_cannot_be_credited_either() {
    on_a_serving_chain(|| {
        let (request, _) = with_a_dead_owner();
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            TREASURY,
            0
        ));
        answered(request);
        assert_eq!(record(request).ending, Ending::Settled);
        assert_eq!(free(&ALICE), ENDOWMENT - PRICE);
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn for_a_reservation_goes_back_when_the_treasury_cannot_be_credited() {
    on_a_serving_chain(|| {
        let request = claimed(InputClaim::NotReceived);
        fill::<Test>(&TREASURY);
        pass(OPENING_WINDOW + 1);
        assert_eq!(record(request).ending, Ending::InputNotOpened);
        assert_eq!(free(&TREASURY), Balance::MAX);
        assert_eq!(free(&ALICE), ENDOWMENT);
        System::assert_has_event(
            Event::PaymentDiverted {
                request,
                payee: TREASURY,
                amount: RESERVATION,
            }
            .into(),
        );
    });
}

#[test]
fn that_is_nothing_moves_nothing() {
    on_a_serving_chain(|| {
        serve(bob(), 0, 0);
        assert_ok!(ModelRegistry::update_pricing(
            origin(&CAROL),
            0,
            Pricing { royalty: 0 }
        ));
        answered(asked(false));
        claimed(InputClaim::Invalid);
        pass(OPENING_WINDOW + 1);
        assert_eq!(free(&ALICE), ENDOWMENT);
        assert_eq!(free(&bob()), ENDOWMENT - STAKE);
    });
}

#[test]
fn can_be_paid_to_the_requester_itself() {
    on_a_serving_chain(|| {
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, ALICE));
        let before = free(&ALICE);
        answered(asked(false));
        assert_eq!(free(&ALICE), before - PRICE - FEE);
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn of_one_request_never_touches_anothers_escrow() {
    on_a_serving_chain(|| {
        let (first, second) = (asked(false), claimed(InputClaim::NotReceived));
        answered(first);
        assert_eq!(escrowed(&ALICE), TOTAL);
        assert!(is_open(second));
        pass(OPENING_WINDOW + 1);
        assert_eq!(escrowed(&ALICE), 0);
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL - RESERVATION);
    });
}
