use crate::mock::*;
use crate::offers::Eviction;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{Ineligible, Offer};

mod by_reputation;

const FIRST: u64 = 1_000;
const COMER: u64 = FIRST + MAX_PROVIDERS as u64;

fn endowed(who: AccountId) {
    assert_ok!(Balances::force_set_balance(
        RuntimeOrigin::root(),
        who,
        ENDOWMENT
    ));
    provider(who, MIN_STAKE);
}

/// Run a test where model 0 has as many offers as it may have, the `i`-th at price 10 + i, and one
/// more provider is there.
fn on_a_crowded_chain(test: impl FnOnce()) {
    on_a_fresh_chain(|| {
        for index in 0..u64::from(MAX_PROVIDERS) {
            endowed(FIRST + index);
            let price = 10 + Balance::from(index);
            assert_ok!(ComputeProviders::set_offer(
                origin(FIRST + index),
                0,
                price,
                1
            ));
        }
        endowed(COMER);
        System::reset_events();
        test();
        assert_eq!(offers_noted(0), MAX_PROVIDERS);
    });
}

fn evicted(provider: AccountId, eviction: Eviction) {
    let event = Event::<Test>::OfferEvicted {
        provider,
        model: 0,
        eviction,
    };
    System::assert_has_event(event.into());
    assert!(!Offers::<Test>::contains_key(provider));
}

#[test]
fn makes_room_for_a_cheaper_offer_at_the_cost_of_the_dearest() {
    on_a_crowded_chain(|| {
        let dearest = COMER - 1;
        assert_ok!(ComputeProviders::set_offer(origin(COMER), 0, 11, 1));
        evicted(dearest, Eviction::Outdone);
        let ranking = Ranking::<Test>::get(0);
        // Behind the two that cost as much or less.
        assert_eq!(ranking[2].provider, COMER);
    });
}

#[test]
fn lets_the_absent_go_before_the_dearest() {
    on_a_crowded_chain(|| {
        assert_ok!(ComputeProviders::set_paused(origin(FIRST + 2), true));
        assert_ok!(ComputeProviders::set_paused(origin(FIRST + 4), true));
        // However dear the one that comes is.
        assert_ok!(ComputeProviders::set_offer(
            origin(COMER),
            0,
            Balance::MAX,
            1
        ));
        evicted(FIRST + 4, Eviction::Absent(Ineligible::Paused));
        assert!(Offers::<Test>::contains_key(FIRST + 2));
    });
}

#[test]
fn lets_the_silent_and_those_without_slots_go() {
    on_a_crowded_chain(|| {
        assert_ok!(ComputeProviders::update_profile(
            origin(FIRST + 1),
            Default::default(),
            Default::default(),
            0
        ));
        assert_ok!(ComputeProviders::set_offer(origin(COMER), 0, 900, 1));
        evicted(FIRST + 1, Eviction::Absent(Ineligible::AtCapacity));
        let timeout = <<Test as Config>::HeartbeatTimeout as Get<u64>>::get();
        System::set_block_number(System::block_number() + timeout + 1);
        for who in FIRST + 2..=COMER {
            assert_ok!(ComputeProviders::heartbeat(origin(who)));
        }
        endowed(COMER + 1);
        assert_ok!(ComputeProviders::set_offer(origin(COMER + 1), 0, 950, 1));
        evicted(FIRST, Eviction::Absent(Ineligible::Offline));
    });
}

#[test]
fn charges_for_looking_only_when_it_is_full() {
    on_a_crowded_chain(|| {
        let full = ComputeProviders::set_offer(origin(COMER), 0, 1, 1);
        let looking = ComputeProviders::offer_weight(true);
        assert_eq!(full.expect("there is room").actual_weight, Some(looking));
        let other = ComputeProviders::set_offer(origin(COMER), 1, 1, 1);
        let plain = ComputeProviders::offer_weight(false);
        assert_eq!(other.expect("it is free").actual_weight, Some(plain));
        assert!(looking.all_gt(plain));
    });
}

#[test]
fn takes_no_offer_that_is_not_cheaper_than_any() {
    on_a_crowded_chain(|| {
        let dearest = 10 + Balance::from(MAX_PROVIDERS) - 1;
        let comer = origin(COMER);
        assert_noop!(
            ComputeProviders::set_offer(comer, 0, dearest, 1),
            Error::<Test>::TooManyProviders
        );
        // A full ranking still takes changes of those that are in it.
        assert_ok!(ComputeProviders::set_offer(origin(FIRST + 7), 0, 999, 1));
        let first = Ranking::<Test>::get(0).last().map(|ranked| ranked.provider);
        assert_eq!(first, Some(FIRST + 7));
    });
}

#[test]
fn lets_assignments_of_the_evicted_end_as_they_would_have() {
    on_a_crowded_chain(|| {
        let dearest = COMER - 1;
        assert_ok!(ComputeProviders::assign(&dearest, 0, 100));
        let offer = Offer::per_inference(1, 1);
        assert_ok!(ComputeProviders::set_offer_with(origin(COMER), 0, offer));
        evicted(dearest, Eviction::Outdone);
        ComputeProviders::settle(&dearest, 0, 100, &77, 1);
        assert_eq!(ComputeProviders::load(&dearest), Some((0, 0)));
    });
}
