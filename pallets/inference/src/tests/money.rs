//! Money never blocks: a payment that cannot be credited goes elsewhere, and the
//! settlement stands.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// An account that dies before its royalty, under the existential deposit, arrives.
fn doomed_owner() -> AccountId {
    let owner = AccountId::new([66; 32]);
    assert_ok!(Balances::force_set_balance(
        RuntimeOrigin::root(),
        owner.clone(),
        EXISTENTIAL_DEPOSIT
    ));
    assert_ok!(ModelRegistry::update_pricing(
        origin(&CAROL),
        0,
        Pricing {
            royalty: EXISTENTIAL_DEPOSIT - 1
        }
    ));
    assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, owner.clone()));
    owner
}

fn dies(owner: &AccountId) {
    assert_ok!(ModelRegistry::transfer(origin(owner), 0, CAROL));
    assert_ok!(Balances::transfer_all(origin(owner), CAROL, false));
    assert_eq!(free(owner), 0);
}

fn settle(assignment: &Assignment<AccountId, Balance, u64>) {
    let (output, proof) = answer(0, assignment);
    assert_ok!(submit(
        &BOB,
        assignment.request,
        assignment.context,
        output,
        proof
    ));
    let record = Inference::execution_record(assignment.request).unwrap();
    assert_eq!(record.ending, Ending::Settled);
}

#[test]
fn goes_to_the_treasury_when_the_owner_cannot_be_credited() {
    on_a_serving_chain(|| {
        let owner = doomed_owner();
        let assignment = requested();
        dies(&owner);
        let before = free(&TREASURY);
        settle(&assignment);
        let royalty = EXISTENTIAL_DEPOSIT - 1;
        assert_eq!(free(&TREASURY), before + royalty + FEE);
        System::assert_has_event(
            Event::PaymentDiverted {
                request: 0,
                payee: owner,
                amount: royalty,
            }
            .into(),
        );
    });
}

#[test]
fn goes_back_to_the_requester_when_the_treasury_cannot_be_credited_either() {
    on_a_serving_chain(|| {
        let owner = doomed_owner();
        let assignment = requested();
        dies(&owner);
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            TREASURY,
            0
        ));
        settle(&assignment);
        assert_eq!(free(&ALICE), ENDOWMENT - PRICE);
        assert_eq!(escrowed(&ALICE), 0);
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
        let assignment = requested();
        settle(&assignment);
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn can_be_paid_to_the_requester_itself() {
    on_a_serving_chain(|| {
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, ALICE));
        let before = free(&ALICE);
        let assignment = requested();
        settle(&assignment);
        assert_eq!(free(&ALICE), before - PRICE - FEE);
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn of_one_request_never_touches_anothers_escrow() {
    on_a_serving_chain(|| {
        let (first, second) = (requested(), requested());
        settle(&first);
        assert_eq!(escrowed(&ALICE), TOTAL);
        settle(&second);
        assert_eq!(escrowed(&ALICE), 0);
    });
}
