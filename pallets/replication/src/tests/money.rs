//! Money never blocks: a payment that cannot be credited goes elsewhere, and the ending stands.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use lattice_testing::{dies, doomed_owner, fill, CRUMB};

/// A request that is drawn, whose owner is gone, and whose royalty would not bring it back.
fn with_a_dead_owner() -> (RequestId, AccountId) {
    let owner = doomed_owner::<Test>();
    let id = drawn(3, 2);
    dies::<Test>(&owner);
    (id, owner)
}

/// What three replicas and their fees cost.
const THREE: Balance = 3 * (PRICE + FEE);

#[test]
fn goes_to_the_treasury_when_the_owner_cannot_be_credited() {
    on_a_serving_chain(|| {
        let (id, owner) = with_a_dead_owner();
        let before = free(&TREASURY);
        all_say(id, &same(3, &served().right()));
        assert_eq!(free(&TREASURY), before + CRUMB + 3 * FEE);
        assert_eq!(wealth(&ALICE), ENDOWMENT - THREE - CRUMB);
        System::assert_has_event(
            Event::PaymentDiverted {
                request: id,
                payee: owner,
                amount: CRUMB,
            }
            .into(),
        );
        assert_eq!(record(id).ending, Ending::Settled);
    });
}

#[test]
fn goes_back_to_the_requester_when_the_treasury_cannot_be_credited_either() {
    on_a_serving_chain(|| {
        let (id, _) = with_a_dead_owner();
        fill::<Test>(&TREASURY);
        all_say(id, &same(3, &served().right()));
        assert_eq!(wealth(&ALICE), ENDOWMENT - 3 * PRICE);
        assert_eq!(escrowed(&ALICE), 0);
        assert_eq!(record(id).price.fee, 3 * FEE);
    });
}

#[test]
fn goes_to_the_treasury_when_a_replica_cannot_be_credited() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let [full, other, another] = team(id);
        // One whose balance is as large as a balance can be.
        fill::<Test>(&full);
        let before = free(&TREASURY);
        all_say(id, &same(3, &served().right()));
        assert_eq!(free(&full), Balance::MAX);
        assert_eq!(free(&TREASURY), before + PRICE + 3 * FEE);
        for who in [&other, &another] {
            assert_eq!(wealth(who), ENDOWMENT + PRICE);
        }
        assert_eq!(record(id).agreed, [full, other, another]);
    });
}

#[test]
fn of_a_reward_that_cannot_be_credited_is_burnt() {
    on_a_serving_chain(|| {
        let (id, _) = split((2, served().wrong(1)), (1, served().right()));
        let [first, _, winner] = team(id);
        let issuance = Balances::total_issuance();
        fill::<Test>(&winner);
        // Nobody answers.
        assert_ok!(Replication::appeal_by_dispute(
            origin(&winner),
            id,
            served().link()
        ));
        pass(TURN + 2);
        assert_eq!(wealth(&first), ENDOWMENT - COLLATERAL);
        assert_eq!(Balances::total_issuance(), issuance - 2 * COLLATERAL);
        assert_eq!(record(id).ending, Ending::Refuted);
    });
}

#[test]
fn of_one_request_never_pays_for_another() {
    on_a_serving_chain(|| {
        let (first, second) = (asked(3, 2), asked(3, 2));
        pass(1);
        all_say(first, &same(3, &served().right()));
        assert_eq!(escrowed(&ALICE), MOST);
        all_say(second, &same(3, &served().right()));
        assert_eq!(escrowed(&ALICE), 0);
        assert_eq!(wealth(&ALICE), ENDOWMENT - 2 * (THREE + ROYALTY));
    });
}

#[test]
fn may_go_to_the_requester_as_the_models_owner() {
    on_a_serving_chain(|| {
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, ALICE));
        let before = wealth(&ALICE);
        let id = drawn(3, 2);
        all_say(id, &same(3, &served().right()));
        assert_eq!(wealth(&ALICE), before - THREE);
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn may_go_to_a_replica_as_the_models_owner() {
    on_a_serving_chain(|| {
        let id = asked(7, 4);
        pass(1);
        assert_ok!(ModelRegistry::transfer(
            origin(&CAROL),
            0,
            PROVIDERS[0].clone()
        ));
        // Who owned it when the request was made.
        let before = wealth(&CAROL);
        all_say(id, &same(7, &served().right()));
        assert_eq!(wealth(&CAROL), before + ROYALTY);
        let before = wealth(&PROVIDERS[0]);
        let id = drawn(7, 4);
        all_say(id, &same(7, &served().right()));
        assert_eq!(wealth(&PROVIDERS[0]), before + PRICE + ROYALTY);
    });
}
