use super::chunks::*;
use crate::mock::*;
use crate::states::VERSION_TRIES;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::{Handle, TrainedState};
use lattice_tensor::{testing::random_mlp, Model, Range};

/// The fixture's graph with other weights, as if they had been trained.
fn trained() -> Model {
    random_mlp(8, &[4, 3], Range { lo: 0, hi: 16 })
}

pub fn state_of(base: &Model, model: &Model, parameters: Vec<u8>) -> TrainedState {
    TrainedState {
        handle: Handle(0),
        base: base.id().0,
        model: model.to_blob(),
        parameters,
        state: [0x57; 32],
    }
}

fn small_state() -> TrainedState {
    state_of(&fixture().model, &trained(), vec![5; 60])
}

fn store_state(owner: AccountId, parent: u32, state: TrainedState) -> Result<u32, DispatchError> {
    <ModelRegistry as ModelStore<_>>::store_state(&owner, parent, state)
}

fn version_of(model: u32) -> u32 {
    Models::<Test>::get(model).unwrap().version
}

/// Bob registers these versions and gives them to Alice.
fn give_to_alice(versions: core::ops::Range<u32>) {
    for version in versions {
        let model = NextIndex::<Test>::get();
        assert_ok!(register(BOB, "digits", version));
        assert_ok!(ModelRegistry::transfer(origin(BOB), model, ALICE));
    }
}

#[test]
fn is_the_next_version_of_its_parent() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "digits", &fixture().model);
        let model = store_state(ALICE, parent, small_state()).unwrap();
        System::assert_last_event(
            Event::StateStored {
                model,
                parent,
                state_hash: H256([0x57; 32]),
            }
            .into(),
        );
        let before = ModelRegistry::model_info(parent).unwrap();
        let info = ModelRegistry::model_info(model).unwrap();
        assert_eq!((info.owner, info.name), (ALICE, before.name));
        assert_eq!((info.version, info.parent), (2, Some(parent)));
        assert_eq!(info.model_hash, H256(trained().id().0));
        assert_eq!(info.state_hash, Some(H256([0x57; 32])));
        assert_eq!(before.state_hash, None);
        assert_eq!(info.requirements, before.requirements);
        assert_eq!((info.pricing, info.key), (before.pricing, None));
    });
}

#[test]
fn is_on_chain_with_its_parameters_at_once() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "digits", &fixture().model);
        let state = small_state();
        let model = store_state(ALICE, parent, state.clone()).unwrap();
        let (hash, location) = <ModelRegistry as ModelStore<_>>::location(model).unwrap();
        assert_eq!(hash, trained().id().0);
        assert_eq!(
            bytes_at(&location),
            [state.model, state.parameters].concat()
        );
        let info = ModelRegistry::model_info(model).unwrap().stored.unwrap();
        assert!(info.finalized && info.missing.is_empty());
        assert_eq!(info.uploaded, info.byte_size);
        assert_noop!(
            ModelRegistry::clear_chunks(origin(ALICE), model),
            Error::<Test>::AlreadyFinalized
        );
    });
}

#[test]
fn fills_as_many_chunks_as_its_bytes_need() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "large", large());
        for parameters in [0, 1, 100_000] {
            let state = state_of(large(), large(), vec![9; parameters]);
            let model = store_state(ALICE, parent, state.clone()).unwrap();
            let (_, location) = <ModelRegistry as ModelStore<_>>::location(model).unwrap();
            let bytes = tensor_bytes(large()).len() + parameters;
            assert_eq!(location.chunks.len(), bytes.div_ceil(65_536));
            assert_eq!(
                bytes_at(&location),
                [state.model, state.parameters].concat()
            );
        }
    });
}

#[test]
fn holds_the_deposits_of_a_registration_and_its_bytes() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "digits", &fixture().model);
        let before = (held(ALICE), held_for_chunks(ALICE));
        let state = small_state();
        let bytes = tensor_bytes(&trained()).len() + state.parameters.len();
        assert_ok!(store_state(ALICE, parent, state));
        let registration = trained().manifest().encode().len() + "digits".len();
        assert_eq!(
            held(ALICE),
            before.0 + DEPOSIT_BASE + DEPOSIT_PER_BYTE * registration as Balance
        );
        assert_eq!(
            held_for_chunks(ALICE),
            before.1 + DEPOSIT_PER_BYTE * bytes as Balance
        );
    });
}

#[test]
fn may_be_trained_from_a_state_and_twice_from_one_parent() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "digits", &fixture().model);
        let first = store_state(ALICE, parent, small_state()).unwrap();
        let second = store_state(ALICE, parent, small_state()).unwrap();
        let onward = state_of(&trained(), &fixture().model, vec![]);
        let third = store_state(ALICE, first, onward).unwrap();
        assert_eq!([first, second, third].map(version_of), [2, 3, 4]);
        assert_eq!(Models::<Test>::get(third).unwrap().parent, Some(first));
    });
}

#[test]
fn is_numbered_above_all_that_its_owner_registered() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "digits", &fixture().model);
        assert_ok!(register(ALICE, "digits", 90));
        assert_ok!(register(ALICE, "digits", 40));
        let model = store_state(ALICE, parent, small_state()).unwrap();
        assert_eq!(version_of(model), 91);
    });
}

#[test]
fn passes_over_versions_that_others_transferred_to_its_owner() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "digits", &fixture().model);
        give_to_alice(2..2 + VERSION_TRIES - 1);
        let model = store_state(ALICE, parent, small_state()).unwrap();
        assert_eq!(version_of(model), 1 + VERSION_TRIES);
    });
}

#[test]
fn never_waits_for_a_version_number() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "digits", &fixture().model);
        give_to_alice(2..2 + VERSION_TRIES);
        assert_noop!(
            store_state(ALICE, parent, small_state()),
            Error::<Test>::NoFreeVersion
        );
        // The owner gets past them.
        assert_ok!(register(ALICE, "digits", 100));
        let model = store_state(ALICE, parent, small_state()).unwrap();
        assert_eq!(version_of(model), 101);
    });
}

#[test]
fn of_a_model_that_was_transferred_belongs_to_the_new_owner() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "digits", &fixture().model);
        assert_ok!(ModelRegistry::transfer(origin(ALICE), parent, BOB));
        assert_noop!(
            store_state(ALICE, parent, small_state()),
            Error::<Test>::ParentNotOwned
        );
        let model = store_state(BOB, parent, small_state()).unwrap();
        assert_eq!(version_of(model), 2);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn when_its_parent_is_another_model() {
        on_a_fresh_chain(|| {
            let parent = store(ALICE, "digits", &fixture().model);
            let state = state_of(&trained(), &trained(), vec![]);
            assert_noop!(
                store_state(ALICE, parent, state),
                Error::<Test>::StateOfAnotherModel
            );
            assert_noop!(
                store_state(ALICE, 9, small_state()),
                Error::<Test>::UnknownParent
            );
        });
    }

    #[test]
    fn when_its_bytes_are_no_model() {
        on_a_fresh_chain(|| {
            let parent = store(ALICE, "digits", &fixture().model);
            let blob = trained().to_blob();
            let manifest = trained().manifest().encode().len();
            for length in 0..blob.len() {
                let mut state = small_state();
                state.model.truncate(length);
                // The compact length of the manifest has two bytes.
                let error = if length < manifest + 2 {
                    Error::<Test>::InvalidManifest
                } else {
                    Error::<Test>::InvalidModelBytes
                };
                assert_noop!(store_state(ALICE, parent, state), error);
            }
        });
    }

    #[test]
    fn beyond_what_the_chain_stores() {
        on_a_fresh_chain(|| {
            let parent = store(ALICE, "digits", &fixture().model);
            let mut state = small_state();
            let tensors = tensor_bytes(&trained()).len();
            MaxModelBytes::set(100_000);
            state.parameters = vec![0; 100_001 - tensors];
            assert_noop!(
                store_state(ALICE, parent, state.clone()),
                Error::<Test>::ModelTooLarge
            );
            state.parameters.pop();
            assert_ok!(store_state(ALICE, parent, state));
        });
    }

    #[test]
    fn without_funds_for_its_deposits_and_leaves_nothing() {
        on_a_fresh_chain(|| {
            let parent = store(ALICE, "digits", &fixture().model);
            let mut state = small_state();
            // What is left pays for the registration and the first chunk.
            let on_hold = held(ALICE) + held_for_chunks(ALICE);
            let left = DEPOSIT_PER_BYTE * 100_000;
            assert_ok!(Balances::transfer_allow_death(
                origin(ALICE),
                BOB,
                ENDOWMENT - on_hold - left,
            ));
            state.parameters = vec![0; 110_000];
            assert_noop!(
                store_state(ALICE, parent, state),
                TokenError::FundsUnavailable
            );
        });
    }

    #[test]
    fn when_the_version_numbers_are_used_up() {
        on_a_fresh_chain(|| {
            let parent = store(ALICE, "digits", &fixture().model);
            assert_ok!(register(ALICE, "digits", u32::MAX));
            assert_noop!(
                store_state(ALICE, parent, small_state()),
                Error::<Test>::NoFreeVersion
            );
        });
    }
}
