mod are_refused;

use super::chunks::*;
use crate::mock::*;
use crate::*;
use codec::{Decode, Encode};
use frame::testing_prelude::*;
use lattice_primitives::{StoredInfo, CHUNK_BYTES};
use lattice_tensor::{Model, ModelBuilder, Range, Scale, Shape};

fn stored(model: u32) -> Option<StoredInfo> {
    ModelRegistry::model_info(model).unwrap().stored
}

fn location(model: u32) -> Option<([u8; 32], lattice_host::ModelLocation)> {
    <ModelRegistry as ModelStore<_>>::location(model)
}

#[test]
fn are_what_the_host_loads_once_they_are_final() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        upload_all(ALICE, 0, large());
        assert_eq!(location(0), None);
        assert_ok!(ModelRegistry::finalize(origin(ALICE), 0));
        System::assert_last_event(
            Event::Finalized {
                model: 0,
                model_hash: H256(large().id().0),
                byte_size: tensor_bytes(large()).len() as u32,
            }
            .into(),
        );

        let (hash, location) = location(0).unwrap();
        assert_eq!(hash, large().id().0);
        assert_eq!(bytes_at(&location), large().to_blob());
        let summary = lattice_host::check_model(&location).unwrap();
        assert_eq!(summary, *large().summary());
    });
}

#[test]
fn come_in_any_order_and_over_any_time() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        assert_eq!(stored(0), None);
        let chunks = chunks_of(large());
        let byte_size = tensor_bytes(large()).len() as u32;
        let steps = [(2, vec![0, 1], 1), (0, vec![1], 2), (1, vec![], 3)];
        for (block, (index, missing, present)) in (10..).zip(steps) {
            System::set_block_number(block);
            assert_ok!(upload(ALICE, 0, index, chunks[index as usize].clone()));
            System::assert_last_event(
                Event::ChunkUploaded {
                    model: 0,
                    index,
                    missing: missing.len() as u32,
                }
                .into(),
            );
            let last = byte_size - 2 * CHUNK_BYTES;
            let info = StoredInfo {
                byte_size,
                uploaded: last + (present - 1) * CHUNK_BYTES,
                missing,
                finalized: false,
            };
            assert_eq!(stored(0), Some(info));
        }
        assert_ok!(ModelRegistry::finalize(origin(ALICE), 0));
        assert!(stored(0).unwrap().finalized);
    });
}

#[test]
fn hold_a_deposit_for_each_byte_that_is_there() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        let before = held(ALICE);
        let mut bytes = 0;
        for (index, chunk) in (0..).zip(chunks_of(large())) {
            bytes += chunk.len() as Balance;
            assert_ok!(upload(ALICE, 0, index, chunk));
            assert_eq!(held_for_chunks(ALICE), DEPOSIT_PER_BYTE * bytes);
        }
        assert_ok!(ModelRegistry::finalize(origin(ALICE), 0));
        assert_eq!(held_for_chunks(ALICE), DEPOSIT_PER_BYTE * bytes);
        assert_eq!(held(ALICE), before);
    });
}

#[test]
fn may_be_replaced_before_they_are_final_for_the_same_deposit() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        upload_all(ALICE, 0, large());
        let deposit = held_for_chunks(ALICE);
        let chunk = chunks_of(large()).swap_remove(1);
        let mut flipped = chunk.clone();
        flipped[77] ^= 1;
        assert_ok!(upload(ALICE, 0, 1, flipped));
        assert_noop!(
            ModelRegistry::finalize(origin(ALICE), 0),
            Error::<Test>::InvalidModelBytes
        );
        assert_ok!(upload(ALICE, 0, 1, chunk));
        assert_eq!(held_for_chunks(ALICE), deposit);
        assert_ok!(ModelRegistry::finalize(origin(ALICE), 0));
    });
}

#[test]
fn go_back_with_their_deposit_when_they_are_cleared() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        let chunks = chunks_of(large());
        assert_ok!(upload(ALICE, 0, 0, chunks[0].clone()));
        assert_ok!(upload(ALICE, 0, 2, chunks[2].clone()));
        let refund = held_for_chunks(ALICE);
        let free = Balances::free_balance(ALICE);
        assert_ok!(ModelRegistry::clear_chunks(origin(ALICE), 0));
        assert_eq!(held_for_chunks(ALICE), 0);
        assert_eq!(Balances::free_balance(ALICE), free + refund);
        assert_eq!(Chunks::<Test>::iter().count(), 0);
        assert_eq!(stored(0), None);
        System::assert_last_event(Event::ChunksCleared { model: 0, refund }.into());
        // And everything may begin again.
        upload_all(ALICE, 0, large());
        assert_ok!(ModelRegistry::finalize(origin(ALICE), 0));
    });
}

#[test]
fn pass_with_the_registration_and_so_does_their_deposit() {
    on_a_fresh_chain(|| {
        assert_ok!(register_model(ALICE, "large", large()));
        let chunks = chunks_of(large());
        assert_ok!(upload(ALICE, 0, 0, chunks[0].clone()));
        let deposit = held_for_chunks(ALICE);
        assert_ok!(ModelRegistry::transfer(origin(ALICE), 0, BOB));
        assert_eq!((held_for_chunks(ALICE), held_for_chunks(BOB)), (0, deposit));
        assert_eq!(Balances::free_balance(BOB), ENDOWMENT);

        // The new owner goes on where the previous one stopped.
        assert_noop!(
            upload(ALICE, 0, 1, chunks[1].clone()),
            Error::<Test>::NotOwner
        );
        assert_ok!(upload(BOB, 0, 1, chunks[1].clone()));
        assert_ok!(upload(BOB, 0, 2, chunks[2].clone()));
        assert_ok!(ModelRegistry::finalize(origin(BOB), 0));
        assert_ok!(ModelRegistry::transfer(origin(BOB), 0, ALICE));
        assert_eq!(held_for_chunks(BOB), 0);
    });
}

#[test]
fn of_a_deprecated_registration_stay_or_are_cleared() {
    on_a_fresh_chain(|| {
        let small = fixture().model.clone();
        let final_one = store(ALICE, "final", &small);
        assert_ok!(register_model(ALICE, "open", large()));
        let open = final_one + 1;
        let chunks = chunks_of(large());
        assert_ok!(upload(ALICE, open, 0, chunks[0].clone()));
        for model in [final_one, open] {
            assert_ok!(ModelRegistry::deprecate(origin(ALICE), model));
        }
        assert!(location(final_one).is_some());
        assert_noop!(
            upload(ALICE, open, 1, chunks[1].clone()),
            Error::<Test>::ModelDeprecated
        );
        assert_noop!(
            ModelRegistry::finalize(origin(ALICE), open),
            Error::<Test>::ModelDeprecated
        );
        assert_ok!(ModelRegistry::clear_chunks(origin(ALICE), open));
    });
}

#[test]
fn of_a_model_without_weights_are_final_at_once() {
    on_a_fresh_chain(|| {
        let range = Range { lo: -5, hi: 5 };
        let model = ModelBuilder::new(Shape::new([4]).unwrap(), range, Scale::ONE)
            .relu()
            .unwrap()
            .build(Scale::ONE)
            .unwrap();
        assert_eq!(store(ALICE, "relu", &model), 0);
        assert_eq!(held_for_chunks(ALICE), 0);
        assert_eq!(bytes_at(&location(0).unwrap().1), model.to_blob());
    });
}

#[test]
fn weigh_what_was_checked_and_cleared() {
    on_a_fresh_chain(|| {
        let weight = |call: DispatchResultWithPostInfo| call.unwrap().actual_weight.unwrap();
        assert_ok!(register_model(ALICE, "large", large()));
        upload_all(ALICE, 0, large());
        let cleared = weight(ModelRegistry::clear_chunks(origin(ALICE), 0));
        assert_eq!(cleared, <Test as Config>::WeightInfo::clear_chunks(3));
        upload_all(ALICE, 0, large());
        let finalized = weight(ModelRegistry::finalize(origin(ALICE), 0));
        let manifest = large().manifest().encode().len() as u32;
        let activations = large().summary().activations as u32;
        assert_eq!(
            finalized,
            <Test as Config>::WeightInfo::finalize(3, manifest, activations)
        );
    });
}

mod are_not_final {
    use super::*;

    #[test]
    fn before_all_chunks_are_there() {
        on_a_fresh_chain(|| {
            assert_ok!(register_model(ALICE, "large", large()));
            for (index, chunk) in (0..).zip(chunks_of(large())) {
                assert_noop!(
                    ModelRegistry::finalize(origin(ALICE), 0),
                    Error::<Test>::ChunksMissing
                );
                assert_ok!(upload(ALICE, 0, index, chunk));
            }
            assert_ok!(ModelRegistry::finalize(origin(ALICE), 0));
        });
    }

    #[test]
    fn with_any_byte_of_a_small_model_flipped() {
        on_a_fresh_chain(|| {
            let model = &fixture().model;
            assert_ok!(register_model(ALICE, "small", model));
            let bytes = tensor_bytes(model);
            for at in 0..bytes.len() {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << (at % 8);
                assert_ok!(upload(ALICE, 0, 0, flipped));
                assert_noop!(
                    ModelRegistry::finalize(origin(ALICE), 0),
                    Error::<Test>::InvalidModelBytes
                );
                assert_eq!(location(0), None);
            }
            assert_ok!(upload(ALICE, 0, 0, bytes));
            assert_ok!(ModelRegistry::finalize(origin(ALICE), 0));
        });
    }

    #[test]
    fn with_two_chunks_in_each_others_place() {
        on_a_fresh_chain(|| {
            assert_ok!(register_model(ALICE, "large", large()));
            let mut chunks = chunks_of(large());
            chunks.swap(0, 1);
            for (index, chunk) in (0..).zip(chunks) {
                assert_ok!(upload(ALICE, 0, index, chunk));
            }
            assert_noop!(
                ModelRegistry::finalize(origin(ALICE), 0),
                Error::<Test>::InvalidModelBytes
            );
        });
    }
}

mod never_change_once_final {
    use super::*;

    #[test]
    fn whatever_their_owner_calls() {
        on_a_fresh_chain(|| {
            let model = store(ALICE, "large", large());
            for (index, chunk) in (0..).zip(chunks_of(large())) {
                assert_noop!(
                    upload(ALICE, model, index, chunk),
                    Error::<Test>::AlreadyFinalized
                );
            }
            assert_noop!(
                ModelRegistry::finalize(origin(ALICE), model),
                Error::<Test>::AlreadyFinalized
            );
            assert_noop!(
                ModelRegistry::clear_chunks(origin(ALICE), model),
                Error::<Test>::AlreadyFinalized
            );
        });
    }

    #[test]
    fn and_nothing_is_cleared_twice() {
        on_a_fresh_chain(|| {
            assert_ok!(register_model(ALICE, "large", large()));
            assert_noop!(
                ModelRegistry::clear_chunks(origin(ALICE), 0),
                Error::<Test>::NothingUploaded
            );
            let chunk = chunks_of(large()).swap_remove(0);
            assert_ok!(upload(ALICE, 0, 0, chunk));
            assert_ok!(ModelRegistry::clear_chunks(origin(ALICE), 0));
            assert_noop!(
                ModelRegistry::clear_chunks(origin(ALICE), 0),
                Error::<Test>::NothingUploaded
            );
        });
    }
}
