//! What a batch is charged for.

use super::pays::{account_with, requested_by};
use super::*;

/// What a batch is charged for in the end, and what was reserved for it.
fn weights(results: Vec<ResultSubmission<Test>>) -> (Weight, Weight) {
    let reserved = Pallet::<Test>::batch_weight(&results);
    let charged = submit_batch(&BOB, results).unwrap().actual_weight.unwrap();
    assert!(charged.all_lte(reserved), "{charged} of {reserved}");
    (charged, reserved)
}

#[test]
fn less_than_its_results_alone_and_at_least_its_gas() {
    on_a_serving_chain(|| {
        let open = requests(16);
        let (charged, _) = weights(honest(0, &open));
        let alone = Pallet::<Test>::result_weight(3).saturating_mul(16);
        assert!(
            charged.ref_time() < alone.ref_time(),
            "{charged} for {alone}"
        );
        let gas: u64 = Records::<Test>::iter_values()
            .filter_map(|record| record.evidence)
            .map(|evidence| evidence.gas_used)
            .sum();
        assert!(charged.ref_time() >= gas);
    });
}

#[test]
fn the_single_checks_if_they_were_made_and_only_then() {
    on_a_serving_chain(|| {
        let retries = 4 * BatchSchedule::V1.retry;
        let (clean, reserved) = weights(honest(0, &requests(4)));
        assert!(reserved.ref_time() >= clean.ref_time() + retries);
        let mut results = honest(0, &requests(4));
        falsify(&mut results[1]);
        let (spoilt, _) = weights(results);
        assert_eq!(spoilt.ref_time(), clean.ref_time() + retries);
    });
}

#[test]
fn the_more_the_more_accounts_pay() {
    let charged = |requester: fn(u8) -> AccountId| {
        let mut weight = Weight::zero();
        on_a_serving_chain(|| {
            let open: Vec<Open> = (0..4).map(|i| requested_by(&requester(i))).collect();
            weight = weights(honest(0, &open)).0;
        });
        weight
    };
    let by_one = charged(|_| ALICE);
    let by_four = charged(|index| account_with(90 + index, ENDOWMENT));
    let payers = <Test as Config>::WeightInfo::payers;
    let difference = by_four.ref_time() - by_one.ref_time();
    assert!(
        difference >= payers(4).ref_time() - payers(1).ref_time(),
        "{difference}"
    );
}

#[test]
fn nothing_more_for_a_malformed_proof() {
    on_a_serving_chain(|| {
        let (clean, _) = weights(honest(0, &requests(4)));
        let mut results = honest(0, &requests(4));
        results[1].proof = [0xff; 128].into();
        let (malformed, _) = weights(results);
        assert_eq!(malformed, clean);
    });
}

#[test]
fn more_the_longer_its_outputs_are() {
    let result = |elements: usize| ResultSubmission::<Test> {
        request: 0,
        context: H256::zero(),
        output: vec![0; elements].try_into().unwrap(),
        proof: [0; 128].into(),
    };
    let weight = |elements| Pallet::<Test>::batch_weight(&[result(1), result(elements)]);
    let difference = weight(1_000).ref_time() - weight(1).ref_time();
    let single = Pallet::<Test>::output_weight(1_000).ref_time();
    assert!(difference >= single * 9 / 10 && difference <= single);
}
