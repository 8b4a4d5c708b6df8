//! Money never blocks: a payment that cannot be credited goes elsewhere, and the
//! redemption stands.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_testing::{dies, doomed_owner, fill, CRUMB};

/// A channel whose owner is gone, and whose royalty would not bring it back.
fn with_a_dead_owner() -> (u64, AccountId) {
    let owner = doomed_owner::<Test>();
    let channel = opened();
    dies::<Test>(&owner);
    (channel, owner)
}

/// One inference of such a channel.
const UNIT: Balance = PRICE + CRUMB + FEE;

#[test]
fn goes_to_the_treasury_when_the_owner_cannot_be_credited() {
    on_a_serving_chain(|| {
        let (channel, owner) = with_a_dead_owner();
        let before = free(&TREASURY);
        assert_ok!(redeem(channel, UNIT));
        assert_eq!(free(&TREASURY), before + CRUMB + FEE);
        assert_eq!(free(&owner), 0);
        System::assert_has_event(
            Event::PaymentDiverted {
                channel,
                payee: owner,
                amount: CRUMB,
            }
            .into(),
        );
        assert_eq!(held(&alice()), DEPOSIT - UNIT);
    });
}

#[test]
fn reaches_the_owner_when_enough_is_redeemed_at_once() {
    on_a_serving_chain(|| {
        let (channel, owner) = with_a_dead_owner();
        assert_ok!(redeem(channel, 2 * UNIT));
        assert_eq!(free(&owner), 2 * CRUMB);
    });
}

#[test]
fn goes_back_to_the_payer_when_the_treasury_cannot_be_credited_either() {
    on_a_serving_chain(|| {
        let (channel, _) = with_a_dead_owner();
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            TREASURY,
            0
        ));
        let (alice_before, bob_before) = (free(&alice()), free(&BOB));
        assert_ok!(redeem(channel, UNIT));
        assert_eq!(free(&BOB), bob_before + PRICE);
        assert_eq!(free(&alice()), alice_before + CRUMB + FEE);
        assert_eq!(held(&alice()), DEPOSIT - UNIT);
        assert_eq!(stored(channel).redeemed, UNIT);
    });
}

#[test]
fn goes_to_the_treasury_when_the_provider_cannot_be_credited() {
    on_a_serving_chain(|| {
        // A provider whose balance is as large as a balance can be.
        let channel = opened();
        fill::<Test>(&BOB);
        let before = free(&TREASURY);
        assert_ok!(redeem(channel, TOTAL));
        assert_eq!(free(&BOB), Balance::MAX);
        assert_eq!(free(&TREASURY), before + PRICE + FEE);
        assert_eq!(held(&alice()), DEPOSIT - TOTAL);
    });
}

#[test]
fn that_nobody_can_hold_is_burnt() {
    on_a_serving_chain(|| {
        let (channel, _) = with_a_dead_owner();
        for who in [alice(), TREASURY] {
            fill::<Test>(&who);
        }
        let issuance = Balances::total_issuance();
        assert_ok!(redeem(channel, UNIT));
        assert_eq!(Balances::total_issuance(), issuance - CRUMB - FEE);
        assert_eq!(held(&alice()), DEPOSIT - UNIT);
    });
}

#[test]
fn can_be_paid_to_the_payer_as_the_models_owner() {
    on_a_serving_chain(|| {
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, alice()));
        let before = free(&alice());
        let channel = opened();
        assert_ok!(redeem(channel, TOTAL));
        assert_eq!(free(&alice()), before - DEPOSIT + ROYALTY);
        assert_eq!(held(&alice()), DEPOSIT - TOTAL);
    });
}

#[test]
fn can_be_paid_to_the_provider_as_the_models_owner() {
    on_a_serving_chain(|| {
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, BOB));
        let channel = opened();
        let before = free(&BOB);
        assert_ok!(redeem(channel, TOTAL));
        assert_eq!(free(&BOB), before + PRICE + ROYALTY);
    });
}
