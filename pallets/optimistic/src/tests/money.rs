//! Money never blocks: a payment that cannot be credited goes elsewhere, and what is decided
//! stands.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use lattice_testing::{dies, doomed_owner, fill, CRUMB};

/// A posted result of a model whose owner is gone, and whose royalty would not bring it back.
fn with_a_dead_owner() -> (RequestId, AccountId) {
    let owner = doomed_owner::<Test>();
    let (request, _) = posted();
    dies::<Test>(&owner);
    (request, owner)
}

#[test]
fn goes_to_the_treasury_when_the_owner_cannot_be_credited() {
    on_a_serving_chain(|| {
        let (request, owner) = with_a_dead_owner();
        let before = free(&TREASURY);
        pass(WINDOW + 1);
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
        pass(WINDOW + 1);
        assert_eq!(record(request).ending, Ending::Settled);
        assert_eq!(free(&ALICE), ENDOWMENT - PRICE);
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn of_a_lost_bond_goes_to_the_treasury_when_the_provider_cannot_be_credited() {
    on_a_serving_chain(|| {
        let (request, commitment) = posted();
        challenged(&EVE, request);
        assert_ok!(answer(&commitment, 0));
        fill::<Test>(&BOB);
        let before = free(&TREASURY);
        pass(TURN + 1);
        assert!(is_open(request));
        assert_eq!(free(&BOB), Balance::MAX);
        assert_eq!(free(&TREASURY), before + BOND / 2);
        assert_eq!((free(&EVE), bonded(&EVE)), (ENDOWMENT - BOND, 0));
        System::assert_has_event(
            Event::PaymentDiverted {
                request,
                payee: BOB,
                amount: BOND / 2,
            }
            .into(),
        );
    });
}

#[test]
fn of_a_lost_bond_goes_back_in_part_when_nobody_can_be_credited() {
    on_a_serving_chain(|| {
        let (request, commitment) = posted();
        challenged(&EVE, request);
        assert_ok!(answer(&commitment, 0));
        fill::<Test>(&BOB);
        fill::<Test>(&TREASURY);
        pass(TURN + 1);
        assert!(is_open(request));
        // What is burnt is burnt.
        assert_eq!(free(&EVE), ENDOWMENT - BOND + BOND / 2);
        assert_eq!(bonded(&EVE), 0);
    });
}

#[test]
fn that_a_challenger_cannot_be_credited_leaves_its_verdict() {
    on_a_serving_chain(|| {
        let (request, commitment) = lied();
        let own = honest(request);
        let dispute = challenged(&EVE, request);
        fill::<Test>(&EVE);
        let issuance = Balances::total_issuance();
        play(&commitment, &EVE, &own, dispute);
        assert_eq!(record(request).ending, Ending::Refuted);
        assert_eq!(stake(&BOB), STAKE - COLLATERAL);
        // Reward and all else of the collateral is burnt; the bond goes to the treasury.
        assert_eq!(Balances::total_issuance(), issuance - COLLATERAL);
        assert_eq!((free(&EVE), bonded(&EVE)), (Balance::MAX, 0));
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn that_is_nothing_moves_nothing() {
    on_a_serving_chain(|| {
        serve(BOB, 0, 0);
        assert_ok!(ModelRegistry::update_pricing(
            origin(&CAROL),
            0,
            Pricing { royalty: 0 }
        ));
        let (request, _) = posted();
        pass(WINDOW + 1);
        assert_eq!(record(request).ending, Ending::Settled);
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn can_be_paid_to_the_requester_itself() {
    on_a_serving_chain(|| {
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, ALICE));
        let before = free(&ALICE);
        posted();
        pass(WINDOW + 1);
        assert_eq!(free(&ALICE), before - PRICE - FEE);
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn of_one_request_never_touches_anothers() {
    on_a_serving_chain(|| {
        let (first, commitment) = posted();
        let (second, _) = posted();
        let dispute = challenged(&EVE, first);
        challenged(&EVE, second);
        assert_ok!(answer(&commitment, dispute));
        pass(TURN + 1);
        // The first was upheld, the second refuted, and of each the one bond.
        assert!(is_open(first));
        assert_eq!(record(second).ending, Ending::Refuted);
        assert_eq!(escrowed(&ALICE), TOTAL);
        assert_eq!(bonded(&EVE), 0);
        assert_eq!(free(&EVE), ENDOWMENT - BOND + COLLATERAL / 2);
    });
}
