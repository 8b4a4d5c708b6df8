use crate::mock::*;
use crate::*;
use lattice_primitives::{api::MAX_PAGE, *};

fn of(provider: &AccountId, start: RequestId, limit: u32) -> Vec<RequestId> {
    PrivateRequests::private_assignments(provider, start, limit)
        .into_iter()
        .map(|info| info.request)
        .collect()
}

#[test]
fn says_everything_of_a_request() {
    on_a_serving_chain(|| {
        let (request, output) = delivered();
        let stored = Requests::<Test>::get(request).expect("the request is open");
        let expected = PrivateRequestInfo {
            request,
            requester: ALICE,
            provider: bob(),
            model: 0,
            model_hash: stored.model_hash,
            vk_id: stored.vk_id,
            input_commitment: commitment_to(&input()),
            content: stored.content,
            context: stored.context,
            output_private: true,
            price: stored.price,
            deadline: 1 + DEADLINE,
            status: PrivateStatus::Delivered {
                final_at: 1 + ACKNOWLEDGE_WINDOW,
            },
            opened: None,
            output_commitment: Some(committed(&output)),
        };
        assert_eq!(info(request), expected);
        assert_eq!(PrivateRequests::private_request_of(request), Some(expected));
        assert_eq!(PrivateRequests::private_request(request + 1), None);
    });
}

#[test]
fn lists_the_requests_of_a_provider_in_their_order() {
    on_a_serving_chain(|| {
        for _ in 0..3 {
            asked(false);
            claimed(InputClaim::NotReceived);
        }
        assert_eq!(of(&bob(), 0, 100), [0, 1, 2, 3, 4, 5]);
        assert_eq!(of(&bob(), 3, 2), [3, 4]);
        assert!(of(&bob(), 6, 100).is_empty());
        assert!(of(&bob(), 0, 0).is_empty());
        assert!(of(&dave(), 0, 100).is_empty());
        pass(OPENING_WINDOW + 1);
        assert_eq!(of(&bob(), 0, 100), [0, 2, 4]);
    });
}

#[test]
fn hands_out_a_page_at_most() {
    on_a_serving_chain(|| {
        for _ in 0..MAX_PAGE + 5 {
            asked(false);
        }
        // Beyond one byte, where a little-endian key would be in another order.
        pallet_inference::NextRequest::<Test>::put(256);
        asked(false);
        let first: Vec<RequestId> = (0..u64::from(MAX_PAGE)).collect();
        assert_eq!(of(&bob(), 0, u32::MAX), first);
        assert_eq!(of(&bob(), 104, u32::MAX), [104, 256]);
    });
}
