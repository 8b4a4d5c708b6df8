use crate::mock::*;
use lattice_primitives::api::MAX_PAGE;

fn assigned(start: u64, limit: u32) -> Vec<u64> {
    Inference::assignments(&BOB, start, limit)
        .into_iter()
        .map(|assignment| assignment.request)
        .collect()
}

fn recorded(who: &AccountId, start: u64, limit: u32) -> Vec<u64> {
    Inference::executions_by_account(who, start, limit)
        .into_iter()
        .map(|record| record.request)
        .collect()
}

#[test]
fn list_assignments_oldest_first() {
    on_a_serving_chain(|| {
        for _ in 0..300 {
            requested();
        }
        assert_eq!(assigned(0, 3), [0, 1, 2]);
        assert_eq!(assigned(254, 4), [254, 255, 256, 257]);
        assert_eq!(assigned(298, 10), [298, 299]);
        assert!(assigned(300, 10).is_empty());
        assert_eq!(assigned(0, u32::MAX).len(), MAX_PAGE as usize);
        assert!(assigned(u64::MAX, 10).is_empty());
        assert!(Inference::assignments(&DAVE, 0, 10).is_empty());
    });
}

#[test]
fn list_records_of_requester_and_provider() {
    on_a_serving_chain(|| {
        for _ in 0..5 {
            requested();
        }
        run_to(12);
        assert!(assigned(0, 10).is_empty());
        assert_eq!(recorded(&ALICE, 0, 10), [0, 1, 2, 3, 4]);
        assert_eq!(recorded(&BOB, 2, 2), [2, 3]);
        assert!(recorded(&CAROL, 0, 10).is_empty());
    });
}
