//! Random histories: whatever happens in whatever order, deposits and issuance add up.

use super::a_trained_state::state_of;
use super::chunks::*;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Pricing;
use lattice_tensor::Model;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// A small model and one of several chunks.
fn models() -> [&'static Model; 2] {
    [&fixture().model, large()]
}

/// The model of a registration.
fn model_of(index: u32) -> Option<&'static Model> {
    let hash = Models::<Test>::get(index)?.model_hash;
    models().into_iter().find(|model| model.id().0 == hash.0)
}

/// One random call. Refusals are part of the history.
fn step(rng: &mut ChaCha20Rng) -> DispatchResult {
    let accounts = [ALICE, BOB];
    let who = accounts[rng.next_u32() as usize % 2];
    let other = accounts[rng.next_u32() as usize % 2];
    let model = rng.next_u32() % NextIndex::<Test>::get().max(1);
    match rng.next_u32() % 16 {
        0 | 1 => {
            let manifest = models()[rng.next_u32() as usize % 2].manifest().encode();
            register_manifest(who, "digits", rng.next_u32() % 16, manifest, None)
        }
        2 => register_key(who, model, rng.next_u32() as usize % 2),
        3 | 4 => ModelRegistry::transfer(origin(who), model, other),
        5 if rng.next_u32().is_multiple_of(4) => ModelRegistry::deprecate(origin(who), model),
        6..=10 => upload_any(rng, who, model),
        11 | 12 => match ModelRegistry::finalize(origin(who), model) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.error),
        },
        13 => match ModelRegistry::clear_chunks(origin(who), model) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.error),
        },
        14 => {
            let base = model_of(model).ok_or(Error::<Test>::UnknownModel)?;
            let state = state_of(base, models()[rng.next_u32() as usize % 2], vec![]);
            <ModelRegistry as ModelStore<_>>::store_state(&who, model, state).map(|_| ())
        }
        _ => {
            let royalty = rng.next_u32().into();
            ModelRegistry::update_pricing(origin(who), model, Pricing { royalty })
        }
    }
}

/// Upload a chunk of a model, now and then a wrong one.
fn upload_any(rng: &mut ChaCha20Rng, who: AccountId, model: u32) -> DispatchResult {
    let mut chunks = chunks_of(model_of(model).ok_or(Error::<Test>::UnknownModel)?);
    let index = rng.next_u32() as usize % chunks.len();
    let mut chunk = chunks.swap_remove(index);
    if rng.next_u32().is_multiple_of(8) {
        let at = rng.next_u32() as usize % chunk.len();
        chunk[at] ^= 1;
    }
    upload(who, model, index as u32, chunk)
}

#[test]
fn deposits_and_issuance_add_up_after_every_step() {
    for seed in 0..4 {
        on_a_fresh_chain(|| {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let issuance = Balances::total_issuance();
            let mut accepted = 0;
            for _ in 0..400 {
                accepted += u32::from(step(&mut rng).is_ok());
                assert_eq!(Balances::total_issuance(), issuance);
                assert_ok!(ModelRegistry::check_invariants());
            }
            assert!(accepted > 60, "the history is of refusals only");

            // What is final is what the host takes, whatever was uploaded before.
            let mut stored = 0;
            for index in 0..NextIndex::<Test>::get() {
                if let Some((hash, location)) = <ModelRegistry as ModelStore<_>>::location(index) {
                    let summary = lattice_host::check_model(&location).unwrap();
                    assert_eq!(summary.id.0, hash);
                    stored += 1;
                }
            }
            assert!(stored > 2, "hardly a model became final");
        });
    }
}
