//! One party that is requester, provider and the model's owner, and deals with itself.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// What the party asks of itself, with a fee of which six are `MaxFeesPerRequester`.
const DEAR: Balance = 2_000;
const DEAR_FEE: Balance = 100;

/// What BOB's reputation is after so many settlements for one requester, in parts per million:
/// (500 + fees) / (1,000 + fees), where no more than 600 of the fees count.
const GROWTH: [u32; 9] = [
    500_000, 545_454, 583_333, 615_384, 642_857, 666_666, 687_500, 687_500, 687_500,
];

/// Run a test where BOB owns the model that he serves. ALICE and FRED are of his party.
fn with_one_party(test: impl FnOnce()) {
    on_a_serving_chain(|| {
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, BOB));
        serve(BOB, 0, DEAR);
        test();
    });
}

/// What the party has in sum, free and on hold.
fn wealth() -> Balance {
    [ALICE, BOB, fred()]
        .iter()
        .map(<Balances as fungible::Inspect<AccountId>>::total_balance)
        .sum()
}

fn reputation() -> u32 {
    let bob = ComputeProviders::provider_info(&BOB);
    bob.expect("BOB is a provider").reputation
}

/// BOB serves one of the party.
fn deals(requester: &AccountId) {
    let id = NextRequest::<Test>::get();
    assert_ok!(Inference::request_inference(
        origin(requester),
        0,
        BoundedVec::truncate_from(input()),
        DEAR + ROYALTY + DEAR_FEE,
        10,
        Verification::Proven,
    ));
    let open = Inference::assignment(id).expect("the request is open");
    let (output, proof) = answer(0, &open);
    assert_ok!(submit(&BOB, id, open.context, output, proof));
    let record = Inference::execution_record(id).expect("the request has ended");
    assert_eq!(record.ending, Ending::Settled);
    assert_eq!(record.price.fee, DEAR_FEE);
}

#[test]
fn loses_the_fee_of_every_settlement_and_nothing_else() {
    with_one_party(|| {
        let (before, treasury) = (wealth(), free(&TREASURY));
        for settled in 1..=8 {
            deals(&ALICE);
            assert_eq!(wealth(), before - settled * DEAR_FEE);
            assert_eq!(free(&TREASURY), treasury + settled * DEAR_FEE);
        }
        assert_eq!((escrowed(&ALICE), stake(&BOB)), (0, STAKE));
    });
}

#[test]
fn gains_no_more_reputation_than_one_requester_may_give() {
    with_one_party(|| {
        assert_eq!(reputation(), GROWTH[0]);
        for grown in &GROWTH[1..] {
            deals(&ALICE);
            assert_eq!(reputation(), *grown);
        }
        // They are counted all the same.
        let bob = ComputeProviders::provider_info(&BOB).unwrap();
        assert_eq!(bob.settled, 8);
    });
}

#[test]
fn pays_anew_for_every_further_account() {
    with_one_party(|| {
        let before = wealth();
        for _ in 0..7 {
            deals(&ALICE);
        }
        assert_eq!(reputation(), GROWTH[7]);
        deals(&fred());
        // (500 + 700) / (1,000 + 700).
        assert_eq!(reputation(), 705_882);
        // Of eight fees that were paid, seven count.
        assert_eq!(wealth(), before - 8 * DEAR_FEE);
    });
}
