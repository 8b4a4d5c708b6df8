//! Who is there and has worked well has a place; who is not, or has not, makes room.

use super::*;
use frame::deps::frame_support::weights::WeightMeter;
use lattice_primitives::Failure;

/// In parts per million.
fn reputation(who: AccountId) -> u32 {
    ComputeProviders::provider_info(&who).unwrap().reputation
}

/// An assignment fails that would have paid this fee, and costs no stake.
fn fails(who: AccountId, failure: Failure, fee: Balance) {
    ComputeProviders::fail(&who, 0, 0, Fine::to_treasury(0), failure, fee);
}

/// An assignment is settled on a proof.
fn earns(who: AccountId, fee: Balance) {
    ComputeProviders::settle(&who, 0, 0, &77, fee);
}

fn offer(who: AccountId, price: Balance, min_deadline: u64) -> DispatchResultWithPostInfo {
    ComputeProviders::set_offer(origin(who), 0, price, min_deadline)
}

fn longest_deadline() -> u64 {
    <<Test as Config>::MaxDeadline as Get<u64>>::get()
}

fn refused(who: AccountId, price: Balance, min_deadline: u64) {
    assert_noop!(
        offer(who, price, min_deadline),
        Error::<Test>::TooManyProviders
    );
}

#[test]
fn a_better_one_takes_a_place_however_dear_it_is() {
    on_a_crowded_chain(|| {
        earns(COMER, 1);
        assert_eq!((reputation(COMER), reputation(FIRST)), (500_499, 500_000));
        assert_ok!(offer(COMER, Balance::MAX, longest_deadline()));
        // All of them are equal, so that it is the dearest that goes.
        evicted(COMER - 1, Eviction::Outdone);
        let last = Ranking::<Test>::get(0).last().map(|ranked| ranked.provider);
        assert_eq!(last, Some(COMER));
    });
}

#[test]
fn the_lowest_goes_first_and_of_those_the_dearest() {
    on_a_crowded_chain(|| {
        fails(FIRST + 9, Failure::Late, 0);
        fails(FIRST + 20, Failure::Late, 0);
        fails(FIRST + 40, Failure::NotAccepted, 0);
        assert_eq!(reputation(FIRST + 9), 454_545);
        assert_eq!(reputation(FIRST + 20), 454_545);
        assert_eq!(reputation(FIRST + 40), 490_196);
        let goes = [FIRST + 20, FIRST + 9, FIRST + 40];
        for (comer, gone) in (COMER + 1..).zip(goes) {
            endowed(comer);
            assert_ok!(offer(comer, Balance::MAX, 1));
            evicted(gone, Eviction::Outdone);
        }
        // Those that are left are as good as this one, and none is dearer.
        refused(COMER, Balance::MAX, 1);
    });
}

#[test]
fn a_lower_one_goes_before_an_equal_one_that_is_dearer() {
    on_a_crowded_chain(|| {
        fails(FIRST, Failure::NotAccepted, 0);
        // Cheaper than all, so that the dearest would have to go if that counted first.
        assert_ok!(offer(COMER, 5, 1));
        evicted(FIRST, Eviction::Outdone);
        assert!(Offers::<Test>::contains_key(COMER - 1));
    });
}

#[test]
fn a_worse_one_gets_no_place_for_nothing() {
    on_a_crowded_chain(|| {
        fails(COMER, Failure::NotAccepted, 0);
        refused(COMER, 0, 0);
        // But that of one that is still worse.
        fails(FIRST + 5, Failure::Late, 0);
        assert_ok!(offer(COMER, Balance::MAX, 1));
        evicted(FIRST + 5, Eviction::Outdone);
    });
}

#[test]
fn the_disreputable_go_before_all_that_are_there() {
    on_a_crowded_chain(|| {
        fails(FIRST + 60, Failure::Refuted, 15);
        fails(FIRST + 2, Failure::Refuted, 16);
        // The smallest reputation that a provider is chosen with, and less than that.
        assert_eq!(reputation(FIRST + 60), 200_000);
        assert_eq!(reputation(FIRST + 2), 192_307);
        assert_ok!(offer(COMER, Balance::MAX, 1));
        evicted(FIRST + 2, Eviction::Absent(Ineligible::Disreputable));
        endowed(COMER + 1);
        assert_ok!(offer(COMER + 1, Balance::MAX, 1));
        evicted(FIRST + 60, Eviction::Outdone);
    });
}

#[test]
fn an_equal_one_that_needs_more_time_is_not_cheaper() {
    on_a_crowded_chain(|| {
        refused(COMER, 0, 2);
        // Than one that needs as much it is; the dearest, which needs less, stays.
        assert_ok!(offer(FIRST + 7, 17, 2));
        assert_ok!(offer(COMER, 0, 2));
        evicted(FIRST + 7, Eviction::Outdone);
        assert!(Offers::<Test>::contains_key(COMER - 1));
    });
}

#[test]
fn squatters_that_ask_for_nothing_do_not_keep_out_who_has_earned_something() {
    on_a_crowded_chain(|| {
        for who in FIRST..COMER {
            assert_ok!(offer(who, 0, longest_deadline()));
        }
        // Nobody asks for less than nothing, and nothing is known of this one either.
        refused(COMER, 0, 1);
        earns(COMER, 1);
        assert_ok!(offer(COMER, 900, 1));
        // The last one that came.
        evicted(COMER - 1, Eviction::Outdone);
        // The way back is closed to it, whatever it asks.
        refused(COMER - 1, 0, 0);
        assert!(Offers::<Test>::contains_key(COMER));
    });
}

/// Someone is paused, so that there is a place to be had, but only for who is there itself.
mod gives_no_place_to {
    use super::*;

    fn on_a_chain_with_a_place(test: impl FnOnce()) {
        on_a_crowded_chain(|| {
            assert_ok!(ComputeProviders::set_paused(origin(FIRST + 4), true));
            test();
            // As soon as it is there.
            assert_ok!(offer(COMER, Balance::MAX, longest_deadline()));
            evicted(FIRST + 4, Eviction::Absent(Ineligible::Paused));
        });
    }

    fn has_capacity(capacity: u32) {
        assert_ok!(ComputeProviders::update_profile(
            origin(COMER),
            Default::default(),
            Default::default(),
            capacity
        ));
    }

    #[test]
    fn the_paused() {
        on_a_chain_with_a_place(|| {
            assert_ok!(ComputeProviders::set_paused(origin(COMER), true));
            refused(COMER, 0, 0);
            assert_ok!(ComputeProviders::set_paused(origin(COMER), false));
        });
    }

    #[test]
    fn the_silent() {
        on_a_chain_with_a_place(|| {
            System::set_block_number(2 + HEARTBEAT_TIMEOUT);
            for who in FIRST..COMER {
                assert_ok!(ComputeProviders::heartbeat(origin(who)));
            }
            refused(COMER, 0, 0);
            assert_ok!(ComputeProviders::heartbeat(origin(COMER)));
        });
    }

    #[test]
    fn those_without_slots() {
        on_a_chain_with_a_place(|| {
            has_capacity(0);
            refused(COMER, 0, 0);
            has_capacity(1);
        });
    }

    #[test]
    fn those_without_the_stake_that_their_capacity_demands() {
        on_a_chain_with_a_place(|| {
            assert_ok!(ComputeProviders::assign(&COMER, 0, 1));
            ComputeProviders::fail(&COMER, 0, 1, Fine::to_treasury(1), Failure::Late, 0);
            let due = 1 + SLASH_DELAY;
            System::set_block_number(due);
            ComputeProviders::on_poll(due, &mut WeightMeter::new());
            assert_eq!(stored(COMER).stake, MIN_STAKE - 1);
            refused(COMER, 0, 0);
            assert_ok!(ComputeProviders::top_up(origin(COMER), 1));
        });
    }

    #[test]
    fn the_disreputable_until_that_has_faded() {
        on_a_chain_with_a_place(|| {
            fails(COMER, Failure::FalseProof, 0);
            assert_eq!(reputation(COMER), 166_666);
            refused(COMER, 0, 0);
            System::set_block_number(1 + EPOCH);
            assert_eq!(reputation(COMER), 250_000);
        });
    }
}
