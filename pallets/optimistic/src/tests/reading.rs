use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{api::MAX_PAGE, *};

fn ids(infos: Vec<Info>) -> Vec<RequestId> {
    infos.into_iter().map(|info| info.request).collect()
}

fn of(provider: &AccountId, start: RequestId, limit: u32) -> Vec<RequestId> {
    ids(Optimistic::optimistic_of(provider, start, limit))
}

fn results(start: RequestId, limit: u32) -> Vec<RequestId> {
    ids(Optimistic::posted(start, limit))
}

/// With what is read, a provider, a watcher and a challenger can do their part.
#[test]
fn says_everything_of_a_request() {
    on_a_serving_chain(|| {
        let (request, commitment) = posted();
        let dispute = challenged(&EVE, request);
        let info = info(request);
        let stored = Requests::<Test>::get(request).expect("the request is open");
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!((info.request, info.model), (request, 0));
        assert_eq!(info.model_hash, model.model_hash);
        assert_eq!(info.input_commitment, stored.input_commitment);
        assert_eq!(info.content, stored.content);
        assert_eq!(info.context, stored.context);
        assert_eq!((info.requested_at, info.deadline), (1, 1 + DEADLINE));
        assert_eq!(
            info.status,
            OptimisticStatus::Posted {
                output: commitment.trace().output().to_vec(),
                trace_root: H256(commitment.root()),
                posted_at: 1,
                final_at: 1 + WINDOW,
                challenges: vec![(EVE, dispute)],
            }
        );
        assert_eq!(Optimistic::optimistic(request + 1), None);
    });
}

#[test]
fn lists_the_requests_of_a_provider_in_their_order() {
    on_a_serving_chain(|| {
        for _ in 0..3 {
            asked();
            posted();
        }
        assert_eq!(of(&BOB, 0, 100), [0, 1, 2, 3, 4, 5]);
        assert_eq!(of(&BOB, 3, 2), [3, 4]);
        assert!(of(&BOB, 6, 100).is_empty());
        assert!(of(&BOB, 0, 0).is_empty());
        assert!(of(&DAVE, 0, 100).is_empty());
        pass(WINDOW + 1);
        assert_eq!(of(&BOB, 0, 100), [0, 2, 4]);
    });
}

#[test]
fn lists_the_results_that_can_be_challenged_in_their_order() {
    on_a_serving_chain(|| {
        for _ in 0..3 {
            asked();
            posted();
        }
        assert_eq!(results(0, 100), [1, 3, 5]);
        assert_eq!(results(2, 1), [3]);
        assert_eq!(results(4, 100), [5]);
        assert!(results(6, 100).is_empty());
        assert!(results(RequestId::MAX, 100).is_empty());
        challenged(&EVE, 3);
        assert_eq!(results(0, 100), [1, 3, 5]);
        pass(TURN + 1);
        // BOB was silent.
        assert_eq!(results(0, 100), [1, 5]);
        pass(WINDOW);
        assert!(results(0, 100).is_empty());
    });
}

#[test]
fn hands_out_a_page_at_most() {
    on_a_serving_chain(|| {
        for _ in 0..MAX_PAGE + 5 {
            posted();
        }
        // Beyond one byte, where a little-endian key would be in another order.
        pallet_inference::NextRequest::<Test>::put(256);
        posted();
        let first: Vec<RequestId> = (0..u64::from(MAX_PAGE)).collect();
        assert_eq!(results(0, u32::MAX), first);
        assert_eq!(of(&BOB, 0, u32::MAX), first);
        assert_eq!(results(104, u32::MAX), [104, 256]);
        assert_eq!(of(&BOB, 104, u32::MAX), [104, 256]);
    });
}
