//! Random histories: whatever happens in whatever order, deposits and issuance add up.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Pricing;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// One random call. Refusals are part of the history.
fn step(rng: &mut ChaCha20Rng) -> DispatchResult {
    let accounts = [ALICE, BOB];
    let who = accounts[rng.next_u32() as usize % 2];
    let other = accounts[rng.next_u32() as usize % 2];
    let model = rng.next_u32() % NextIndex::<Test>::get().max(1);
    match rng.next_u32() % 6 {
        0 | 1 => register(who, "digits", rng.next_u32() % 16),
        2 => register_key(who, model, rng.next_u32() as usize % 2),
        3 => ModelRegistry::transfer(origin(who), model, other),
        4 => ModelRegistry::deprecate(origin(who), model),
        _ => {
            let royalty = rng.next_u32().into();
            ModelRegistry::update_pricing(origin(who), model, Pricing { royalty })
        }
    }
}

#[test]
fn deposits_and_issuance_add_up_after_every_step() {
    for seed in 0..4 {
        on_a_fresh_chain(|| {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let issuance = Balances::total_issuance();
            let mut accepted = 0;
            for _ in 0..150 {
                accepted += u32::from(step(&mut rng).is_ok());
                assert_eq!(Balances::total_issuance(), issuance);
                assert_ok!(ModelRegistry::check_invariants());
            }
            assert!(accepted > 20, "the history is of refusals only");
        });
    }
}
