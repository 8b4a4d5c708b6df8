//! Money never blocks: a payment that cannot be credited goes elsewhere, and the
//! settlement stands.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use lattice_testing::{dies, doomed_owner, CRUMB};

fn settle(assignment: &Assignment<AccountId, Balance, u64>) {
    let (output, proof) = answer(0, assignment);
    assert_ok!(submit(
        &assignment.provider,
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
        let owner = doomed_owner::<Test>();
        let assignment = requested();
        dies::<Test>(&owner);
        let before = free(&TREASURY);
        settle(&assignment);
        assert_eq!(free(&TREASURY), before + CRUMB + FEE);
        System::assert_has_event(
            Event::PaymentDiverted {
                request: 0,
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
        let owner = doomed_owner::<Test>();
        let assignment = requested();
        dies::<Test>(&owner);
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

/// What could not be credited to whom.
pub(super) fn diverted() -> Vec<(AccountId, Balance)> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Inference(Event::PaymentDiverted { payee, amount, .. }) => {
                Some((payee, amount))
            }
            _ => None,
        })
        .collect()
}

fn account_with(balance: Balance) -> AccountId {
    let who = AccountId::new([77; 32]);
    assert_ok!(Balances::force_set_balance(
        RuntimeOrigin::root(),
        who.clone(),
        balance
    ));
    who
}

/// An account that something else than its balance keeps alive, and that may so have less free than
/// the existential deposit. The chain lets no other one have that.
fn kept_alive(balance: Balance) -> AccountId {
    let who = account_with(balance);
    System::inc_providers(&who);
    who
}

/// Serves model 0 alone at this price, with so much free, and all else at stake.
fn provider_with(left: Balance, price: Balance) -> AccountId {
    let who = kept_alive(STAKE + EXISTENTIAL_DEPOSIT);
    assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
    serve(who.clone(), 0, price);
    let rest = EXISTENTIAL_DEPOSIT - left;
    assert_ok!(ComputeProviders::top_up(origin(&who), rest));
    assert_eq!((free(&who), stake(&who)), (left, STAKE + rest));
    who
}

/// Asks model 0 with all that may be held, since a second provider may try.
fn asks_with(requester: &AccountId, max_price: Balance) -> Assignment<AccountId, Balance, u64> {
    let options = RequestOptions {
        attempts: 2,
        ..Default::default()
    };
    assert_ok!(Inference::request_inference_with(
        origin(requester),
        0,
        BoundedVec::truncate_from(input()),
        max_price,
        10,
        Verification::Proven,
        options,
    ));
    assert_eq!(escrowed(requester), max_price);
    Inference::assignment(0).expect("the request is open")
}

mod for_a_provider_with_nothing_free {
    use super::*;

    #[test]
    fn goes_to_the_treasury_under_the_existential_deposit() {
        for (left, price) in [(0, 9), (4, 5)] {
            on_a_serving_chain(|| {
                let who = provider_with(left, price);
                let assignment = requested();
                let treasury = free(&TREASURY);
                settle(&assignment);
                assert_eq!(diverted(), [(who.clone(), price)]);
                assert_eq!(free(&who), left);
                // 5 % of so little is one, rounded up.
                assert_eq!(free(&TREASURY), treasury + price + 1);
                assert_eq!(free(&ALICE), ENDOWMENT - price - ROYALTY - 1);
                // It has done its work all the same.
                let info = ComputeProviders::provider_info(&who).unwrap();
                assert_eq!((info.settled, info.running, info.locked), (1, 0, 0));
                assert_eq!(info.stake, STAKE + EXISTENTIAL_DEPOSIT - left);
            });
        }
    }

    #[test]
    fn is_credited_from_the_existential_deposit_on() {
        for (left, price) in [(0, 10), (0, PRICE), (4, 6)] {
            on_a_serving_chain(|| {
                let who = provider_with(left, price);
                settle(&requested());
                assert!(diverted().is_empty());
                assert_eq!(free(&who), left + price);
                // From now on it can be paid anything.
                serve(who.clone(), 0, 1);
                settle(&requested());
                assert!(diverted().is_empty());
                assert_eq!(free(&who), left + price + 1);
            });
        }
    }

    #[test]
    fn is_credited_whatever_it_is_where_its_balance_keeps_it_alive() {
        on_a_serving_chain(|| {
            let who = account_with(STAKE + EXISTENTIAL_DEPOSIT);
            // The chain holds no more than leaves the existential deposit.
            assert_noop!(
                ComputeProviders::register(
                    origin(&who),
                    STAKE + 1,
                    Hardware::default(),
                    Default::default(),
                    1_000,
                ),
                TokenError::FundsUnavailable
            );
            assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
            serve(who.clone(), 0, 1);
            settle(&requested());
            assert!(diverted().is_empty());
            assert_eq!(free(&who), EXISTENTIAL_DEPOSIT + 1);
        });
    }
}

mod that_comes_back_to_a_requester_with_nothing_free {
    use super::*;

    #[test]
    fn goes_to_the_treasury_under_the_existential_deposit() {
        on_a_serving_chain(|| {
            let rest = EXISTENTIAL_DEPOSIT - 1;
            let who = kept_alive(TOTAL + rest);
            let assignment = asks_with(&who, TOTAL + rest);
            assert_eq!(free(&who), 0);
            let (bob, treasury) = (free(&BOB), free(&TREASURY));
            settle(&assignment);
            assert_eq!(diverted(), [(who.clone(), rest)]);
            assert_eq!((free(&who), escrowed(&who)), (0, 0));
            assert_eq!(free(&BOB), bob + PRICE);
            assert_eq!(free(&TREASURY), treasury + FEE + rest);
        });
    }

    #[test]
    fn is_credited_from_the_existential_deposit_on() {
        on_a_serving_chain(|| {
            let rest = EXISTENTIAL_DEPOSIT;
            let who = kept_alive(TOTAL + rest);
            let assignment = asks_with(&who, TOTAL + rest);
            assert_eq!(free(&who), 0);
            settle(&assignment);
            assert!(diverted().is_empty());
            assert_eq!((free(&who), escrowed(&who)), (rest, 0));
        });
    }

    #[test]
    fn is_credited_when_it_is_all_that_was_held() {
        on_a_serving_chain(|| {
            let who = kept_alive(TOTAL);
            let assignment = asks_with(&who, TOTAL);
            assert_eq!(free(&who), 0);
            // BOB is late, and nobody is left to try.
            run_to(assignment.deadline + 2);
            let record = Inference::execution_record(0).unwrap();
            assert_eq!(record.ending, Ending::Unserved);
            assert!(diverted().is_empty());
            assert_eq!((free(&who), escrowed(&who)), (TOTAL, 0));
        });
    }

    #[test]
    fn is_credited_whatever_it_is_where_its_balance_keeps_it_alive() {
        on_a_serving_chain(|| {
            let who = account_with(TOTAL + 1 + EXISTENTIAL_DEPOSIT);
            let assignment = asks_with(&who, TOTAL + 1);
            // The chain holds no more than leaves the existential deposit.
            assert_eq!(free(&who), EXISTENTIAL_DEPOSIT);
            settle(&assignment);
            assert!(diverted().is_empty());
            assert_eq!((free(&who), escrowed(&who)), (EXISTENTIAL_DEPOSIT + 1, 0));
        });
    }
}
