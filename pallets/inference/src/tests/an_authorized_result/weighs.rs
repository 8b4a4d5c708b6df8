//! What a result weighs for which nobody pays.

use super::*;

fn reserved(call: &Call<Test>) -> Weight {
    call.get_dispatch_info().call_weight
}

#[test]
fn as_much_as_a_signed_batch_of_the_same_results() {
    on_erins_chain(|| {
        let open = requests(4);
        let call = honest_call(&open);
        let signed = Call::<Test>::submit_results {
            results: bounded(honest(0, &open)),
        };
        assert_eq!(reserved(&call), reserved(&signed));
        let charged = apply(&call).unwrap().expect("it is known");
        assert!(charged.all_lte(reserved(&call)));
        let open = requests(4);
        let again = submit_batch(&erin(), honest(0, &open)).unwrap();
        assert_eq!(again.actual_weight, Some(charged));
    });
}

#[test]
fn its_authorization_besides_and_that_more_with_every_result_and_element() {
    let result = |elements: usize| ResultSubmission::<Test> {
        request: 0,
        context: H256::zero(),
        output: vec![0; elements].try_into().unwrap(),
        proof: [0; 128].into(),
    };
    let weight = |results: Vec<ResultSubmission<Test>>| {
        let weight = Pallet::<Test>::authorize_weight(&results);
        on_a_serving_chain(|| assert_eq!(call_of(ERIN, results).weight_of_authorize(), weight));
        weight.ref_time()
    };
    let [one, two, long] = [vec![3], vec![3, 3], vec![1_000]]
        .map(|outputs| weight(outputs.into_iter().map(result).collect()));
    // A signature, at least.
    assert!(one >= 50_000_000);
    assert!(two > one && long > one);
    // Far less than the judgement.
    let call = |results| Pallet::<Test>::batch_weight(results).ref_time();
    assert!(one * 4 < call(&[result(3)]));
}
