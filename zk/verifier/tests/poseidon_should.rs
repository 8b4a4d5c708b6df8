//! The permutation and the sponge. Other implementations' vectors are in `tests/vectors.rs`.
#![cfg(feature = "arkworks")]

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, UniformRand};
use lattice_verifier::poseidon::{
    capacity, params, permute, permute_plain, sponge, State, FULL_ROUNDS, PARTIAL_ROUNDS, RATE,
    WIDTH,
};
use proptest::prelude::*;
use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha20Rng;

fn agree(state: State) {
    let (mut fast, mut plain) = (state, state);
    permute(&mut fast);
    permute_plain(&mut plain);
    assert_eq!(fast, plain);
}

#[test]
fn have_constants_for_every_lane_of_every_round() {
    let params = params();
    assert_eq!(params.ark.len(), FULL_ROUNDS + PARTIAL_ROUNDS);
    assert_eq!(params.mds.len(), WIDTH);
    assert!(params.mds.iter().flatten().all(|entry| *entry != Fr::ZERO));
}

/// Both are affine but for the S-boxes; a basis and the extremes reach every coefficient.
#[test]
fn be_the_same_in_sparse_and_in_plain_form_on_a_basis() {
    agree([Fr::ZERO; WIDTH]);
    agree([-Fr::ONE; WIDTH]);
    for lane in 0..WIDTH {
        let mut state = [Fr::ZERO; WIDTH];
        state[lane] = Fr::ONE;
        agree(state);
    }
}

#[test]
fn start_from_the_tag_and_the_length() {
    let power = Fr::from(u64::MAX) + Fr::ONE;
    assert_eq!(capacity(0, 5), Fr::from(5));
    assert_eq!(capacity(3, 5), Fr::from(3) * power + Fr::from(5));
    assert_eq!(
        capacity(u64::MAX, u64::MAX),
        Fr::from(u64::MAX) * power + Fr::from(u64::MAX)
    );
}

#[test]
fn absorb_sixteen_elements_in_each_permutation() {
    let elements: Vec<Fr> = (1..=40).map(Fr::from).collect();
    let mut state = [Fr::ZERO; WIDTH];
    state[0] = capacity(9, 40);
    for block in [
        &elements[..RATE],
        &elements[RATE..2 * RATE],
        &elements[2 * RATE..],
    ] {
        for (i, element) in block.iter().enumerate() {
            state[i + 1] += element;
        }
        permute_plain(&mut state);
    }
    assert_eq!(sponge(9, 40, &elements), state[0]);
}

#[test]
fn depend_on_the_tag_the_length_and_every_element() {
    let elements: Vec<Fr> = (1..=20).map(Fr::from).collect();
    let mut results = vec![
        sponge(1, 20, &elements),
        sponge(2, 20, &elements),
        sponge(1, 21, &elements),
        sponge(1, 20, &[]),
    ];
    for i in 0..elements.len() {
        let mut other = elements.clone();
        other[i] += Fr::ONE;
        results.push(sponge(1, 20, &other));
    }
    let count = results.len();
    results.sort_unstable();
    results.dedup();
    assert_eq!(results.len(), count);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn be_the_same_in_sparse_and_in_plain_form(seed in any::<u64>()) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        agree(core::array::from_fn(|_| Fr::rand(&mut rng)));
    }
}
