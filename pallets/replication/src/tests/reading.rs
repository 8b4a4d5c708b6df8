use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{api::MAX_PAGE, *};

fn info(id: RequestId) -> queries::ReplicatedInfoOf<Test> {
    Replication::replicated(id).expect("the request is open")
}

fn state(id: RequestId, position: usize) -> ReplicaState {
    info(id).replicas[position].state.clone()
}

fn ids(provider: &AccountId, start: RequestId, limit: u32) -> Vec<RequestId> {
    Replication::replicas_of(provider, start, limit)
        .into_iter()
        .map(|info| info.request)
        .collect()
}

#[test]
fn says_everything_of_a_request() {
    on_a_serving_chain(|| {
        let id = asked(3, 2);
        let waiting = info(id);
        let model = ModelRegistry::model_info(0).unwrap();
        assert_eq!((waiting.request, waiting.requester), (id, ALICE));
        assert_eq!((waiting.model, waiting.model_hash), (0, model.model_hash));
        assert_eq!(waiting.vk_id, model.key.map(|key| key.vk_id));
        assert_eq!(waiting.input, served().input());
        assert_eq!((waiting.n, waiting.k), (3, 2));
        assert_eq!((waiting.deadline, waiting.requested_at), (WINDOW, 1));
        assert_eq!((waiting.escrow, waiting.royalty), (MOST, ROYALTY));
        assert_eq!(waiting.phase, ReplicatedPhase::Waiting { since: 1 });
        assert!(waiting.replicas.is_empty());
        let content = RequestContent {
            requester: &ALICE,
            model: 0,
            input_commitment: waiting.input_commitment,
            max_price: MOST,
            deadline: WINDOW,
            verification: Verification::Replicated { n: 3, k: 2 },
        };
        assert_eq!(waiting.content, H256(content.hash()));
        assert_eq!(Replication::replicated(id + 1), None);
    });
}

#[test]
fn follows_a_request_through_its_phases() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let replicas = replicas(id);
        let (right, wrong) = (served().right(), served().wrong(1));
        let until = 2 + WINDOW;
        assert_eq!(info(id).phase, ReplicatedPhase::Committing { until });
        let first = &info(id).replicas[0];
        assert_eq!(first.provider, replicas[0]);
        assert_eq!((first.compute, first.fee), (PRICE, FEE));
        assert_eq!(first.collateral, COLLATERAL);
        assert_eq!(first.state, ReplicaState::Drawn);

        assert_ok!(commit(&replicas[0], id, &right));
        let committed = commitment(&replicas[0], id, &right);
        assert_eq!(state(id, 0), ReplicaState::Committed(committed));
        assert_ok!(commit(&replicas[1], id, &right));
        assert_ok!(commit(&replicas[2], id, &wrong));
        let until = 2 + REVEAL;
        assert_eq!(info(id).phase, ReplicatedPhase::Revealing { until });

        for (who, said) in replicas.iter().zip([&right, &right, &wrong]) {
            assert_ok!(reveal(who, id, said));
        }
        assert_eq!(
            info(id).phase,
            ReplicatedPhase::Appealing {
                until: 2 + APPEAL,
                output: right.output.clone(),
                trace_root: right.trace_root,
            }
        );
        let shown = |appeal| ReplicaState::Revealed {
            output: wrong.output.clone(),
            trace_root: wrong.trace_root,
            appeal,
        };
        assert_eq!(state(id, 2), shown(ReplicaAppeal::None));
        assert_ok!(Replication::appeal_by_dispute(
            origin(&replicas[2]),
            id,
            served().link()
        ));
        assert_eq!(state(id, 2), shown(ReplicaAppeal::Disputed(0)));
        let dispute = Disputes::dispute(0).expect("it is open");
        assert_eq!(dispute.request, id);
        assert_eq!(dispute.defenders, replicas[..2]);
        assert_eq!(dispute.challenger, replicas[2]);
        assert_eq!(dispute.trace_root, right.trace_root);
    });
}

#[test]
fn shows_who_was_late() {
    on_a_serving_chain(|| {
        let id = drawn(3, 2);
        let replicas = replicas(id);
        for who in &replicas[1..] {
            assert_ok!(commit(who, id, &served().right()));
        }
        pass(WINDOW + 1);
        assert_eq!(state(id, 0), ReplicaState::Late);
        assert_eq!(ids(&replicas[0], 0, 10), [id]);
    });
}

#[test]
fn lists_the_requests_of_a_replica_in_their_order() {
    on_a_serving_chain(|| {
        for _ in 0..5 {
            asked(7, 4);
        }
        assert!(ids(&PROVIDERS[0], 0, 100).is_empty());
        pass(1);
        let [first, ..] = &PROVIDERS;
        assert_eq!(ids(first, 0, 100), [0, 1, 2, 3, 4]);
        assert_eq!(ids(first, 2, 2), [2, 3]);
        assert!(ids(first, 5, 100).is_empty());
        assert!(ids(first, RequestId::MAX, 100).is_empty());
        assert!(ids(first, 0, 0).is_empty());
        assert!(ids(&ALICE, 0, 100).is_empty());
        all_say(2, &same(7, &served().right()));
        assert_eq!(ids(first, 1, 3), [1, 3, 4]);
    });
}

#[test]
fn hands_out_a_page_at_most() {
    on_a_chain_with(2, || {
        for _ in 0..MAX_PAGE + 5 {
            asked(2, 2);
        }
        // Beyond one byte, where a little-endian key would be in another order.
        pallet_inference::NextRequest::<Test>::put(256);
        asked(2, 2);
        pass(4);
        let first = ids(&PROVIDERS[0], 0, u32::MAX);
        assert_eq!(first, (0..u64::from(MAX_PAGE)).collect::<Vec<_>>());
        assert_eq!(ids(&PROVIDERS[0], 104, u32::MAX), [104, 256]);
    });
}
