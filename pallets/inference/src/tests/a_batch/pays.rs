//! What a batch pays: the same as its results one by one, in fewer movements.

use super::*;
use crate::tests::money::diverted;
use lattice_testing::{dies, doomed_owner, CRUMB};
use pallet_balances::Event as Moved;

/// A request of model 0 by this account, with the terms of [`requested`].
pub(super) fn requested_by(who: &AccountId) -> Open {
    let id = NextRequest::<Test>::get();
    assert_ok!(Inference::request_inference(
        origin(who),
        0,
        BoundedVec::truncate_from(input()),
        TOTAL * 10,
        10,
        Verification::Proven,
    ));
    Inference::assignment(id).expect("the request is open")
}

pub(super) fn account_with(seed: u8, balance: Balance) -> AccountId {
    let who = AccountId::new([seed; 32]);
    assert_ok!(Balances::force_set_balance(
        RuntimeOrigin::root(),
        who.clone(),
        balance
    ));
    who
}

/// Movements of money since the events were reset.
fn movements() -> Vec<Moved<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Balances(
                event @ (Moved::Transfer { .. }
                | Moved::TransferOnHold { .. }
                | Moved::Released { .. }),
            ) => Some(event),
            _ => None,
        })
        .collect()
}

#[test]
fn every_account_once() {
    on_a_serving_chain(|| {
        let dave = account_with(88, ENDOWMENT);
        let open = [
            requested(),
            requested_by(&dave),
            requested(),
            requested_by(&dave),
            requested(),
        ];
        let (carol, treasury) = (free(&CAROL), free(&TREASURY));
        System::reset_events();
        assert_ok!(submit_batch(&BOB, honest(0, &open)));
        // Of two requesters to the treasury, and from there to the provider and the owner. Nothing is
        // left to release: they held what it cost.
        let moved = movements();
        assert_eq!(moved.len(), 4, "{moved:?}");
        assert_eq!(free(&ALICE), ENDOWMENT - 3 * TOTAL);
        assert_eq!(free(&dave), ENDOWMENT - 2 * TOTAL);
        assert_eq!(free(&BOB), ENDOWMENT - STAKE + 5 * PRICE);
        assert_eq!(free(&CAROL), carol + 5 * ROYALTY);
        assert_eq!(free(&TREASURY), treasury + 5 * FEE);
        assert_eq!((escrowed(&ALICE), escrowed(&dave)), (0, 0));
    });
}

#[test]
fn its_own_provider_for_what_it_asked_itself() {
    on_a_serving_chain(|| {
        let before = free(&BOB);
        let (carol, treasury) = (free(&CAROL), free(&TREASURY));
        let open = [requested_by(&BOB), requested(), requested_by(&BOB)];
        assert_ok!(submit_batch(&BOB, honest(0, &open)));
        assert_eq!(free(&BOB), before + PRICE - 2 * (ROYALTY + FEE));
        assert_eq!(escrowed(&BOB), 0);
        assert_eq!(free(&CAROL), carol + 3 * ROYALTY);
        assert_eq!(free(&TREASURY), treasury + 3 * FEE);
    });
}

#[test]
fn the_treasury_what_an_owner_cannot_be_credited() {
    on_a_serving_chain(|| {
        let owner = doomed_owner::<Test>();
        let one = requests(1);
        dies::<Test>(&owner);
        let treasury = free(&TREASURY);
        assert_ok!(submit_batch(&BOB, honest(0, &one)));
        assert_eq!(diverted(), [(owner.clone(), CRUMB)]);
        assert_eq!(free(&TREASURY), treasury + CRUMB + FEE);
        assert_eq!(free(&BOB), ENDOWMENT - STAKE + PRICE);
    });
}

#[test]
fn an_owner_together_what_it_could_not_be_credited_alone() {
    on_a_serving_chain(|| {
        let owner = doomed_owner::<Test>();
        let two = requests(2);
        dies::<Test>(&owner);
        assert_ok!(submit_batch(&BOB, honest(0, &two)));
        assert_eq!(diverted(), []);
        assert_eq!(free(&owner), 2 * CRUMB);
    });
}

#[test]
fn one_by_one_where_the_treasury_has_nothing() {
    on_a_serving_chain(|| {
        let owner = doomed_owner::<Test>();
        let two = requests(2);
        dies::<Test>(&owner);
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            TREASURY,
            0
        ));
        assert_ok!(submit_batch(&BOB, honest(0, &two)));
        // Neither the owner nor the treasury can be credited so little, so it goes back.
        assert_eq!(free(&ALICE), ENDOWMENT - 2 * PRICE);
        assert_eq!(free(&TREASURY), 0);
        assert_eq!(free(&BOB), ENDOWMENT - STAKE + 2 * PRICE);
        assert_eq!(escrowed(&ALICE), 0);
    });
}
