use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::testing_prelude::*;
use lattice_primitives::*;
use std::collections::BTreeSet;

/// Providers in the order of the lot in this block.
fn by_lot(id: RequestId, providers: &[AccountId]) -> Vec<AccountId> {
    let mut providers = providers.to_vec();
    providers.sort_by_key(|who| (System::parent_hash(), id, who).using_encoded(blake2_256));
    providers
}

fn excluding(excluded: &[AccountId]) -> Selection<AccountId> {
    Selection {
        preference: Preference::Best,
        excluded: BoundedVec::truncate_from(excluded.to_vec()),
    }
}

fn waiting() -> Vec<RequestId> {
    let mut ids: Vec<_> = Requests::<Test>::iter()
        .filter(|(_, request)| matches!(request.stage, Stage::Waiting { .. }))
        .map(|(id, _)| id)
        .collect();
    ids.sort_unstable();
    ids
}

#[test]
fn happens_in_the_next_block() {
    on_a_serving_chain(|| {
        let id = asked(3, 2);
        assert!(stored(id).replicas.is_empty());
        pass(1);
        let request = stored(id);
        let until = 2 + WINDOW;
        assert_eq!(request.stage, Stage::Committing { until });
        assert_eq!(request.replicas.len(), 3);
        for replica in &request.replicas {
            assert_eq!((replica.compute, replica.fee), (PRICE, FEE));
            assert_eq!(replica.collateral, COLLATERAL);
            assert_eq!(replica.progress, Progress::Drawn);
            let info = ComputeProviders::provider_info(&replica.provider);
            let load = info.map(|info| (info.running, info.locked));
            assert_eq!(load, Some((1, COLLATERAL)));
        }
        System::assert_last_event(
            Event::Drawn {
                request: id,
                replicas: replicas(id),
                until,
            }
            .into(),
        );
    });
}

#[test]
fn takes_the_lowest_lots() {
    on_a_serving_chain(|| {
        for n in 2..=7 {
            let id = drawn(n, n);
            let lots = by_lot(id, &PROVIDERS);
            assert_eq!(replicas(id), lots[..usize::from(n)]);
        }
    });
}

#[test]
fn depends_on_the_parents_hash_and_the_request() {
    on_a_serving_chain(|| {
        let mut draws = BTreeSet::new();
        let mut first = BTreeSet::new();
        for _ in 0..8 {
            // Two in one block, under one hash.
            let ids = [asked(3, 2), asked(3, 2)];
            pass(1);
            for id in ids {
                first.extend(replicas(id).into_iter().take(1));
                draws.insert(replicas(id));
            }
        }
        assert!(draws.len() > 10, "few different draws: {}", draws.len());
        assert!(first.len() > 3, "few are drawn first: {}", first.len());
    });
}

#[test]
fn asks_neither_for_price_nor_for_stake() {
    on_a_serving_chain(|| {
        let [cheap, staked, ..] = &PROVIDERS;
        serve(cheap, 1);
        assert_ok!(ComputeProviders::top_up(origin(staked), 100 * STAKE / 2));
        let id = drawn(3, 2);
        assert_eq!(replicas(id), by_lot(id, &PROVIDERS)[..3]);
        // Each at its own price.
        for replica in &stored(id).replicas {
            let price = if replica.provider == *cheap { 1 } else { PRICE };
            assert_eq!(replica.compute, price);
        }
    });
}

#[test]
fn never_takes_whom_the_requester_excludes() {
    on_a_serving_chain(|| {
        for block in 0..6 {
            let excluded = [PROVIDERS[block].clone(), PROVIDERS[block + 1].clone()];
            let id = pallet_inference::NextRequest::<Test>::get();
            assert_ok!(ask_with(4, 3, MOST, excluding(&excluded)));
            pass(1);
            let replicas = replicas(id);
            assert!(excluded.iter().all(|who| !replicas.contains(who)));
        }
    });
}

#[test]
fn takes_only_who_is_there_then() {
    on_a_chain_with(4, || {
        let id = asked(3, 2);
        assert_ok!(ComputeProviders::set_paused(origin(&PROVIDERS[1]), true));
        serve(&PROVIDERS[4], PRICE);
        pass(1);
        let there = [0, 2, 3, 4].map(|index: usize| PROVIDERS[index].clone());
        assert_eq!(replicas(id), by_lot(id, &there)[..3]);
    });
}

#[test]
fn ends_the_request_where_too_few_are_left() {
    on_a_chain_with(3, || {
        let id = asked(3, 2);
        assert_ok!(ComputeProviders::set_paused(origin(&PROVIDERS[1]), true));
        pass(1);
        assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT, 0));
        let record = record(id);
        assert_eq!(record.ending, Ending::Unserved);
        assert_eq!(record.ending.fault(), Some(Fault::Network));
        assert_eq!(record.provider, ALICE);
        assert_eq!((record.agreed.len(), record.failed.len()), (0, 0));
        assert_eq!(record.price, Price::default());
        for who in PROVIDERS.iter().take(3) {
            assert_eq!(ComputeProviders::provider_info(who).unwrap().running, 0);
        }
    });
}

#[test]
fn ends_the_request_where_the_offers_became_too_dear() {
    on_a_chain_with(3, || {
        let enough = 3 * (PRICE + FEE) + ROYALTY;
        assert_ok!(ask_with(3, 2, enough, Selection::default()));
        serve(&PROVIDERS[2], PRICE + 1);
        pass(1);
        assert_eq!(record(0).ending, Ending::Unserved);
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn binds_a_provider_until_the_request_ends() {
    on_a_serving_chain(|| {
        let id = drawn(2, 2);
        let [who, other] = team(id);
        assert_err_ignore_postinfo!(
            ComputeProviders::deregister(origin(&who)),
            pallet_compute_providers::Error::<Test>::AssignmentsRunning
        );
        assert_noop!(
            ComputeProviders::unbond(origin(&who), STAKE - COLLATERAL + 1),
            pallet_compute_providers::Error::<Test>::StakeLocked
        );
        let right = served().right();
        for who in [&who, &other] {
            assert_ok!(commit(who, id, &right));
        }
        for who in [&who, &other] {
            assert_ok!(reveal(who, id, &right));
        }
        assert_ok!(ComputeProviders::deregister(origin(&who)));
    });
}

#[test]
fn works_off_a_queue_in_its_order_and_in_as_many_blocks_as_it_takes() {
    on_a_serving_chain(|| {
        let ids: Vec<_> = (0..300).map(|_| asked(3, 2)).collect();
        let mut blocks = 0;
        let mut before = ids.len();
        while !waiting().is_empty() {
            pass(1);
            blocks += 1;
            let left = waiting();
            assert!(left.len() < before, "a block draws nothing");
            assert_eq!(left, ids[ids.len() - left.len()..]);
            before = left.len();
            check_everything();
        }
        assert!(blocks > 1, "a block's share is everything");
        assert!(blocks < WINDOW, "the first are due again");
    });
}

#[test]
fn takes_at_most_a_tenth_of_a_block() {
    on_a_serving_chain(|| {
        for _ in 0..300 {
            asked(3, 2);
        }
        System::set_block_number(2);
        let weights: frame_system::limits::BlockWeights =
            <Test as frame_system::Config>::BlockWeights::get();
        let mut meter = WeightMeter::with_limit(weights.max_block);
        Replication::on_poll(2, &mut meter);
        let consumed = meter.consumed().ref_time();
        assert!(consumed <= weights.max_block.ref_time() / 10);
        assert!(consumed > weights.max_block.ref_time() / 12);
        assert!(!waiting().is_empty() && waiting().len() < 300);
    });
}

#[test]
fn waits_for_its_turn_whoever_asks() {
    on_a_serving_chain(|| {
        let id = asked(3, 2);
        // Nothing of the block is left for it.
        System::set_block_number(2);
        Replication::on_poll(2, &mut WeightMeter::with_limit(Weight::zero()));
        assert_eq!(waiting(), [id]);
        assert_err_ignore_postinfo!(
            Replication::advance(origin(&EVE), id),
            Error::<Test>::DrawnInTurn
        );
        pass(1);
        assert!(waiting().is_empty());
    });
}
