//! Batches that are no batches.

use super::*;

#[test]
fn when_it_is_empty() {
    on_a_serving_chain(|| {
        assert_err_ignore_postinfo!(submit_batch(&BOB, vec![]), Error::<Test>::EmptyBatch);
    });
}

#[test]
fn when_it_is_over_the_limit_before_it_is_a_call() {
    on_a_serving_chain(|| {
        let limit = <<Test as Config>::MaxBatch as Get<u32>>::get() as usize;
        let one = honest(0, &requests(1)).remove(0);
        let encode = |count| {
            let results = vec![one.clone(); count];
            let call = Call::<Test>::submit_results {
                results: BoundedVec::truncate_from(vec![]),
            };
            // The call's own index, then the entries.
            [&call.encode()[..1], &results.encode()].concat()
        };
        assert!(Call::<Test>::decode(&mut &encode(limit)[..]).is_ok());
        assert!(Call::<Test>::decode(&mut &encode(limit + 1)[..]).is_err());
    });
}

#[test]
fn from_nobody() {
    on_a_serving_chain(|| {
        let results = BoundedVec::truncate_from(honest(0, &requests(1)));
        assert_err_ignore_postinfo!(
            Inference::submit_results(RuntimeOrigin::none(), results),
            DispatchError::BadOrigin
        );
    });
}
