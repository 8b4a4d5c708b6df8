use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::*;
use pallet_inference::OrderedId;

type Weights = crate::weights::SubstrateWeight<Test>;

/// Weight for the cursor and this many requests of one block, each of this weight, with its last
/// look.
fn weight_for(requests: u64, each: Weight) -> Weight {
    let each = Weights::on_poll_step() + each;
    Weights::on_poll_base() + Weights::on_poll_step() + each * requests
}

fn open() -> usize {
    Requests::<Test>::iter_keys().count()
}

fn poll(block: u64, limit: Weight) -> Weight {
    System::set_block_number(block);
    let mut meter = WeightMeter::with_limit(limit);
    Optimistic::on_poll(block, &mut meter);
    meter.consumed()
}

fn finalize(request: RequestId) -> DispatchResultWithPostInfo {
    Optimistic::finalize(origin(&EVE), request)
}

#[test]
fn that_pass_without_a_result_refund_the_requester_and_cost_the_provider_little() {
    on_a_serving_chain(|| {
        let request = asked();
        let treasury = free(&TREASURY);
        run_to(1 + DEADLINE);
        assert!(is_open(request));
        run_to(2 + DEADLINE);
        assert!(!is_open(request));
        assert_eq!(free(&ALICE), ENDOWMENT);
        assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
        assert_eq!(free(&TREASURY), treasury + LATE_SLASH);
        let bob = ComputeProviders::provider_info(&BOB).expect("he is registered");
        assert_eq!((bob.running, bob.locked, bob.late), (0, 0, 1));
        let record = record(request);
        assert_eq!(record.ending, Ending::Expired);
        assert_eq!(record.failed, [(BOB, Failure::Late)]);
        assert!(record.output.is_empty() && record.output_commitment.is_none());
        System::assert_has_event(
            Event::Expired {
                request,
                requester: ALICE,
                provider: BOB,
                slashed: LATE_SLASH,
            }
            .into(),
        );
    });
}

#[test]
fn can_be_called_by_anyone_and_it_is_free() {
    on_a_serving_chain(|| {
        let late = asked();
        let (final_one, _) = posted();
        System::set_block_number(1 + WINDOW);
        assert_err_ignore_postinfo!(finalize(late), Error::<Test>::NotDue);
        assert_err_ignore_postinfo!(finalize(final_one), Error::<Test>::NotDue);
        System::set_block_number(2 + WINDOW);
        assert_err_ignore_postinfo!(finalize(late), Error::<Test>::NotDue);
        let info = finalize(final_one).expect("its window has passed");
        assert_eq!(info.pays_fee, Pays::No);
        assert_eq!(record(final_one).ending, Ending::Settled);
        System::set_block_number(2 + DEADLINE);
        assert_ok!(finalize(late));
        assert_eq!(record(late).ending, Ending::Expired);
        for request in [late, final_one, 9] {
            assert_err_ignore_postinfo!(finalize(request), Error::<Test>::UnknownRequest);
        }
        pass(2);
        assert_eq!(stake(&BOB), STAKE - LATE_SLASH);
    });
}

#[test]
fn wait_for_the_verdict_where_a_result_is_disputed() {
    on_a_serving_chain(|| {
        let (request, commitment) = posted();
        run_to(1 + WINDOW);
        let dispute = challenged(&EVE, request);
        // Both answer as slowly as they may, long after the window.
        let own = crate::tests::fixture::served().altered(&commitment, 0, 1, true);
        while is_disputed(dispute) {
            pass(TURN);
            assert!(is_open(request));
            assert_err_ignore_postinfo!(finalize(request), Error::<Test>::NotDue);
            match turn(dispute) {
                pallet_disputes::Turn::Choose { walk, node } => {
                    let child = own.first_difference(&walk, &node).expect("they differ");
                    assert_ok!(Disputes::choose(origin(&EVE), dispute, child));
                }
                _ => {
                    assert_ok!(answer(&commitment, dispute));
                }
            }
        }
        assert!(System::block_number() > 1 + 2 * WINDOW);
        pass(WINDOW);
        assert!(is_open(request));
        pass(1);
        assert_eq!(record(request).ending, Ending::Settled);
    });
}

#[test]
fn are_worked_off_in_as_many_blocks_as_the_weight_needs() {
    on_a_serving_chain(|| {
        for _ in 0..7 {
            asked();
        }
        poll(1 + DEADLINE, Weight::MAX);
        assert_eq!(open(), 7);
        for (block, left) in [(2 + DEADLINE, 4), (3 + DEADLINE, 1), (4 + DEADLINE, 0)] {
            poll(block, weight_for(3, Weights::expire()));
            assert_eq!(open(), left);
            check_everything();
        }
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn of_windows_are_worked_off_in_the_same_way() {
    on_a_serving_chain(|| {
        for _ in 0..7 {
            posted();
        }
        poll(1 + WINDOW, Weight::MAX);
        assert_eq!(open(), 7);
        for (block, left) in [(2 + WINDOW, 4), (3 + WINDOW, 1), (4 + WINDOW, 0)] {
            poll(block, weight_for(3, Weights::settle(3)));
            assert_eq!(open(), left);
            check_everything();
        }
        assert_eq!(free(&ALICE), ENDOWMENT - 7 * TOTAL);
    });
}

#[test]
fn take_at_most_a_twentieth_of_a_block() {
    on_a_serving_chain(|| {
        for _ in 0..300 {
            asked();
        }
        let weights: frame_system::limits::BlockWeights =
            <Test as frame_system::Config>::BlockWeights::get();
        let block = weights.max_block;
        let consumed = poll(3 + DEADLINE, block);
        assert!(consumed.ref_time() <= block.ref_time() / 20);
        assert!(consumed.ref_time() > block.ref_time() / 24);
        assert!(open() > 0 && open() < 300);
        pass(8);
        assert_eq!(open(), 0);
    });
}

#[test]
fn consume_nothing_that_is_not_there() {
    on_a_serving_chain(|| {
        asked();
        assert_eq!(poll(3 + DEADLINE, Weight::zero()), Weight::zero());
        assert_eq!(open(), 1);
    });
}

#[test]
fn are_not_stopped_by_a_bad_entry() {
    on_a_serving_chain(|| {
        let late = asked();
        let (disputed, _) = posted();
        challenged(&EVE, disputed);
        // Without a request, of one that is due later, and of one that is disputed.
        for (block, request) in [(2, 99), (3, late), (3, disputed)] {
            Due::<Test>::insert(block, OrderedId::from(request), ());
        }
        poll(4, Weight::MAX);
        assert!(is_open(late) && is_open(disputed));
        assert_eq!(Due::<Test>::iter_keys().count(), 1);
        poll(2 + DEADLINE, Weight::MAX);
        assert!(!is_open(late) && is_open(disputed));
    });
}

/// Everything that can come due at once, drained block by block; nothing is forgotten.
#[test]
fn of_a_flood_are_all_met() {
    on_a_serving_chain(|| {
        for index in 0..120u64 {
            match index % 3 {
                0 => {
                    asked();
                }
                1 => {
                    posted();
                }
                _ => {
                    let (request, _) = posted();
                    challenged(&[EVE, FRANK][(index % 2) as usize], request);
                }
            }
        }
        let mut blocks = 0;
        while open() > 0 {
            pass(1);
            blocks += 1;
            assert!(blocks < 40, "{} are left", open());
            check_everything();
        }
        let endings: Vec<Ending> = (0..120).map(|request| record(request).ending).collect();
        let count = |ending| endings.iter().filter(|one| **one == ending).count();
        assert_eq!(count(Ending::Expired), 40);
        assert_eq!(count(Ending::Settled), 40);
        // BOB answered to none.
        assert_eq!(count(Ending::Refuted), 40);
    });
}
