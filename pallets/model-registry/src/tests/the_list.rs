use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

fn indices(start: u32, limit: u32) -> Vec<u32> {
    ModelRegistry::models(start, limit)
        .into_iter()
        .map(|info| info.index)
        .collect()
}

#[test]
fn comes_in_pages() {
    on_a_fresh_chain(|| {
        for version in 0..5 {
            assert_ok!(register(ALICE, "digits", version));
        }
        assert_eq!(indices(0, 2), [0, 1]);
        assert_eq!(indices(3, 10), [3, 4]);
        assert!(indices(5, 10).is_empty());
        assert!(indices(u32::MAX, u32::MAX).is_empty());
        assert_eq!(ModelRegistry::model_info(5), None);
    });
}

#[test]
fn counts_executions_and_offers() {
    on_a_fresh_chain(|| {
        assert_ok!(register(ALICE, "digits", 1));
        <ModelRegistry as Registry<_, _>>::note_offer(0);
        <ModelRegistry as Registry<_, _>>::note_offer(0);
        <ModelRegistry as Registry<_, _>>::note_offer_removed(0);
        <ModelRegistry as Registry<_, _>>::note_execution(0);
        let info = ModelRegistry::model_info(0).unwrap();
        assert_eq!((info.providers, info.total_executions), (1, 1));
    });
}
