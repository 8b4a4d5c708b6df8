//! Which results travel together, and how long they wait for each other.

use lattice_worker::{
    gather::{channel, Counter, Expectation, Gatherer, Limits, Parcel},
    outbox::{Entry, State},
};
use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

/// Longer than any of these tests takes when nothing waits in vain.
const LONG: Duration = Duration::from_secs(30);
/// Short enough to wait out.
const SHORT: Duration = Duration::from_millis(50);

fn limits(results: usize, patience: Duration) -> Limits {
    Limits {
        results: NonZeroUsize::new(results).expect("not zero"),
        patience,
    }
}

fn parcel(request: u64) -> Parcel<()> {
    Parcel {
        request,
        entry: Entry {
            model: 0,
            context: [1; 32],
            output: vec![0; 10],
            proof: [2; 128].into(),
            state: State::Proven,
        },
        alone: false,
        reply: (),
        expectation: None,
    }
}

fn announced(request: u64, expectation: Expectation) -> Parcel<()> {
    Parcel {
        expectation: Some(expectation),
        ..parcel(request)
    }
}

fn hand_in(counter: &Counter<()>, parcels: impl IntoIterator<Item = Parcel<()>>) {
    for parcel in parcels {
        counter.hand_in(parcel).expect("somebody gathers");
    }
}

async fn next(gatherer: &mut Gatherer<()>) -> Vec<u64> {
    let batch = tokio::time::timeout(LONG / 2, gatherer.next()).await;
    let batch = batch.expect("within the patience").expect("not closed");
    batch.into_iter().map(|parcel| parcel.request).collect()
}

#[tokio::test]
async fn send_a_single_result_at_once() {
    let (counter, mut gatherer) = channel(limits(32, LONG));
    hand_in(&counter, [announced(7, counter.expect())]);
    assert_eq!(next(&mut gatherer).await, [7]);
}

#[tokio::test]
async fn send_what_is_ready_together_in_the_order_in_which_it_came() {
    let (counter, mut gatherer) = channel(limits(32, LONG));
    hand_in(&counter, [3, 1, 2].map(parcel));
    assert_eq!(next(&mut gatherer).await, [3, 1, 2]);
}

#[tokio::test]
async fn wait_for_results_that_are_being_made() {
    let (counter, mut gatherer) = channel(limits(32, LONG));
    let [first, second, third] = [(); 3].map(|()| counter.expect());
    hand_in(&counter, [announced(1, first)]);
    let later = counter.clone();
    tokio::spawn(async move {
        tokio::time::sleep(SHORT).await;
        hand_in(&later, [announced(2, second)]);
        tokio::time::sleep(SHORT).await;
        hand_in(&later, [announced(3, third)]);
    });
    assert_eq!(next(&mut gatherer).await, [1, 2, 3]);
}

#[tokio::test]
async fn not_wait_for_a_result_that_will_never_come() {
    let (counter, mut gatherer) = channel(limits(32, LONG));
    let failing = counter.expect();
    hand_in(&counter, [parcel(1)]);
    tokio::spawn(async move {
        tokio::time::sleep(SHORT).await;
        drop(failing);
    });
    assert_eq!(next(&mut gatherer).await, [1]);
}

#[tokio::test]
async fn not_wait_longer_than_their_patience() {
    let (counter, mut gatherer) = channel(limits(32, SHORT));
    let slow = counter.expect();
    hand_in(&counter, [parcel(1)]);
    let start = Instant::now();
    assert_eq!(next(&mut gatherer).await, [1]);
    assert!(start.elapsed() >= SHORT);
    hand_in(&counter, [announced(2, slow)]);
    assert_eq!(next(&mut gatherer).await, [2]);
}

#[tokio::test]
async fn send_no_more_at_once_than_allowed_and_lose_none() {
    let (counter, mut gatherer) = channel(limits(4, LONG));
    hand_in(&counter, (0..10).map(parcel));
    assert_eq!(next(&mut gatherer).await, [0, 1, 2, 3]);
    assert_eq!(next(&mut gatherer).await, [4, 5, 6, 7]);
    assert_eq!(next(&mut gatherer).await, [8, 9]);
}

#[tokio::test]
async fn send_each_alone_when_batches_are_of_one() {
    let (counter, mut gatherer) = channel(limits(1, LONG));
    let _another = counter.expect();
    hand_in(&counter, [1, 2].map(parcel));
    assert_eq!(next(&mut gatherer).await, [1]);
    assert_eq!(next(&mut gatherer).await, [2]);
}

#[tokio::test]
async fn keep_a_result_that_failed_with_others_to_itself() {
    let (counter, mut gatherer) = channel(limits(32, LONG));
    let alone = |request| Parcel {
        alone: true,
        ..parcel(request)
    };
    hand_in(&counter, [parcel(1), parcel(2), alone(3), parcel(4)]);
    assert_eq!(next(&mut gatherer).await, [1, 2]);
    assert_eq!(next(&mut gatherer).await, [3]);
    assert_eq!(next(&mut gatherer).await, [4]);
}

#[tokio::test]
async fn send_no_more_models_at_once_than_the_chain_verifies_together() {
    let (counter, mut gatherer) = channel(limits(64, LONG));
    let of_model = |model: u32| {
        let mut parcel = parcel(model.into());
        parcel.entry.model = model;
        parcel
    };
    hand_in(&counter, (0..=16).map(of_model));
    assert_eq!(next(&mut gatherer).await.len(), 16);
    assert_eq!(next(&mut gatherer).await, [16]);
}

#[tokio::test]
async fn send_long_outputs_in_several_extrinsics() {
    let (counter, mut gatherer) = channel(limits(64, LONG));
    let long = |request| {
        let mut parcel = parcel(request);
        parcel.entry.output = vec![0; 1_024];
        parcel
    };
    hand_in(&counter, (0..20).map(long));
    assert_eq!(next(&mut gatherer).await.len(), 12);
    assert_eq!(next(&mut gatherer).await.len(), 8);
}

#[tokio::test]
async fn end_when_nothing_can_come_any_more() {
    let (counter, mut gatherer) = channel(limits(32, LONG));
    hand_in(&counter, [parcel(1)]);
    drop(counter);
    assert_eq!(next(&mut gatherer).await, [1]);
    assert!(gatherer.next().await.is_none());
}
