//! One requester takes every slot of a provider: what that costs, and who is served afterwards.
//! The fees of transactions come on top, and are not in this mock.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

type Open = Assignment<AccountId, Balance, u64>;

/// Slots of BOB, who serves alone.
const SLOTS: u32 = 3;
/// What it costs to take all of them.
const ALL: Balance = SLOTS as Balance * TOTAL;

fn with_few_slots(test: impl FnOnce()) {
    on_a_serving_chain(|| {
        assert_ok!(ComputeProviders::update_profile(
            origin(&BOB),
            Hardware::default(),
            Default::default(),
            SLOTS,
        ));
        test();
    });
}

/// Run a test where ALICE has taken all of the slots.
fn with_no_slot_left(test: impl FnOnce(Vec<Open>)) {
    with_few_slots(|| test((0..SLOTS).map(|_| requested()).collect()));
}

fn ask(who: &AccountId) -> DispatchResultWithPostInfo {
    Inference::request_inference(
        origin(who),
        0,
        BoundedVec::truncate_from(input()),
        TOTAL,
        10,
        Verification::Proven,
    )
}

fn ineligible() -> Vec<(AccountId, Ineligible)> {
    Inference::ineligible(0, 10, &Selection::default())
}

fn settles(open: &Open) {
    let (output, proof) = answer(0, open);
    let id = open.request;
    assert_ok!(submit(&BOB, id, open.context, output, proof));
    assert_eq!(record(id).ending, Ending::Settled);
}

fn record(id: RequestId) -> types::ExecutionRecordOf<Test> {
    Inference::execution_record(id).expect("the request has ended")
}

/// FRED, who has nothing to do with ALICE, asks and is served.
fn fred_is_served() {
    let id = NextRequest::<Test>::get();
    assert_ok!(ask(&fred()));
    let before = free(&BOB);
    settles(&Inference::assignment(id).expect("the request is open"));
    assert_eq!(free(&BOB), before + PRICE);
    assert_eq!((free(&fred()), escrowed(&fred())), (ENDOWMENT - TOTAL, 0));
}

#[test]
fn binds_the_price_of_every_slot() {
    with_few_slots(|| {
        for taken in 1..=SLOTS {
            assert!(ineligible().is_empty());
            requested();
            let bound = Balance::from(taken) * TOTAL;
            assert_eq!((escrowed(&ALICE), free(&ALICE)), (bound, ENDOWMENT - bound));
        }
        let bob = ComputeProviders::provider_info(&BOB).unwrap();
        assert_eq!((bob.running, bob.slots), (SLOTS, SLOTS));
        assert_eq!(ineligible(), [(BOB, Ineligible::AtCapacity)]);
    });
}

#[test]
fn keeps_everybody_out_and_says_why() {
    with_no_slot_left(|_| {
        for who in [ALICE, fred()] {
            let before = (free(&who), escrowed(&who));
            assert_err_ignore_postinfo!(ask(&who), Error::<Test>::NoProvider);
            assert_eq!((free(&who), escrowed(&who)), before);
        }
        assert_eq!(
            Inference::quote(0, 10, Verification::Proven, &Selection::default()),
            Err(QuoteError::NoProvider)
        );
        assert_eq!(ineligible(), [(BOB, Ineligible::AtCapacity)]);
        assert_eq!(NextRequest::<Test>::get(), RequestId::from(SLOTS));
    });
}

#[test]
fn goes_no_further_than_the_money_of_its_sender() {
    with_few_slots(|| {
        let poor = AccountId::new([77; 32]);
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            poor.clone(),
            ALL + EXISTENTIAL_DEPOSIT - 1
        ));
        for _ in 1..SLOTS {
            assert_ok!(ask(&poor));
        }
        // The last slot is free, and stays so.
        assert_err_ignore_postinfo!(ask(&poor), TokenError::FundsUnavailable);
        assert!(ineligible().is_empty());
        fred_is_served();
    });
}

#[test]
fn that_is_not_served_binds_its_price_until_the_deadline_and_is_refunded() {
    with_no_slot_left(|open| {
        let deadline = open[0].deadline;
        let before = free(&BOB);
        run_to(deadline);
        assert_eq!((escrowed(&ALICE), free(&ALICE)), (ALL, ENDOWMENT - ALL));
        assert_err_ignore_postinfo!(ask(&fred()), Error::<Test>::NoProvider);
        run_to(deadline + 1);
        for one in &open {
            assert_eq!(record(one.request).ending, Ending::Expired);
        }
        assert_eq!((escrowed(&ALICE), free(&ALICE)), (0, ENDOWMENT));
        // What BOB does not serve costs BOB, whoever sent it.
        assert_eq!(stake(&BOB), STAKE - Balance::from(SLOTS) * LATE_SLASH);
        assert_eq!(free(&BOB), before);
        fred_is_served();
    });
}

#[test]
fn that_is_served_costs_its_sender_all_of_it() {
    with_no_slot_left(|open| {
        let slots = Balance::from(SLOTS);
        let before = [BOB, CAROL, TREASURY].each_ref().map(free);
        for one in &open {
            settles(one);
        }
        assert_eq!((escrowed(&ALICE), free(&ALICE)), (0, ENDOWMENT - ALL));
        assert_eq!(
            [BOB, CAROL, TREASURY].each_ref().map(free),
            [
                before[0] + slots * PRICE,
                before[1] + slots * ROYALTY,
                before[2] + slots * FEE
            ]
        );
        assert_eq!(stake(&BOB), STAKE);
        fred_is_served();
    });
}

#[test]
fn makes_room_with_every_answer() {
    with_no_slot_left(|open| {
        settles(&open[1]);
        assert!(ineligible().is_empty());
        fred_is_served();
        assert_eq!(escrowed(&ALICE), ALL - TOTAL);
    });
}
