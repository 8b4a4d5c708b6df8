//! Poseidon ([Grassi et al. 2019/458]) over BN254's scalar field with circomlib's parameters for
//! sixteen inputs, and the sponge that commitments use.
//!
//! Width t = 17, S-box x⁵, 8 full and 68 partial rounds. Each of the 76 rounds adds its constants,
//! applies the S-box (to all lanes in a full round, to lane 0 in a partial one) and multiplies by
//! the MDS matrix; four full rounds come first and four last. The constants are those of the
//! paper's Grain LFSR, which circomlib, snarkjs and poseidon-lite ship as tables; `tests/vectors.rs`
//! compares with the tables' hashes.
//!
//! With a zero capacity, lane 0 after the permutation is circomlib's `Poseidon(16)`.
//!
//! [Grassi et al. 2019/458]: https://eprint.iacr.org/2019/458

mod sparse;

use ark_bn254::Fr;
use ark_crypto_primitives::sponge::poseidon::find_poseidon_ark_and_mds;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use std::sync::OnceLock;

use sparse::PartialRounds;

/// Lanes of the state: one of capacity (lane 0) and sixteen of rate.
pub const WIDTH: usize = 17;
/// Elements that one permutation absorbs.
pub const RATE: usize = WIDTH - 1;
/// Rounds with an S-box on every lane, half of them before the partial rounds.
pub const FULL_ROUNDS: usize = 8;
/// Rounds with an S-box on lane 0 alone.
pub const PARTIAL_ROUNDS: usize = 68;

/// One value per lane.
pub type State = [Fr; WIDTH];

/// The constants, and what is derived from them once.
pub struct Params {
    /// Per round, what is added to each lane.
    pub ark: Vec<State>,
    /// The MDS matrix, by rows: lane `i` becomes `Σ mds[i][j]·lane j`.
    pub mds: [State; WIDTH],
    partial: PartialRounds,
}

/// The constants. Generated at the first call (a few milliseconds) and kept.
pub fn params() -> &'static Params {
    static PARAMS: OnceLock<Params> = OnceLock::new();
    PARAMS.get_or_init(|| {
        let (ark, mds) = find_poseidon_ark_and_mds::<Fr>(
            u64::from(Fr::MODULUS_BIT_SIZE),
            RATE,
            FULL_ROUNDS as u64,
            PARTIAL_ROUNDS as u64,
            0,
        );
        let row = |values: &Vec<Fr>| -> State { core::array::from_fn(|lane| values[lane]) };
        let ark: Vec<State> = ark.iter().map(row).collect();
        let mds = core::array::from_fn(|lane| row(&mds[lane]));
        let partial = PartialRounds::new(&ark, &mds);
        Params { ark, mds, partial }
    })
}

/// The permutation, with the partial rounds in sparse form (see `sparse.rs`). Equal to
/// [`permute_plain`] on every state; a property test holds the two together.
pub fn permute(state: &mut State) {
    let params = params();
    let (first, last) = (FULL_ROUNDS / 2, FULL_ROUNDS / 2 + PARTIAL_ROUNDS);
    for constants in &params.ark[..first] {
        full_round(state, constants, &params.mds);
    }
    params.partial.apply(state);
    // Its own constants are in there, together with what the partial rounds carried along.
    full_round(state, params.partial.next_constants(), &params.mds);
    for constants in &params.ark[last + 1..] {
        full_round(state, constants, &params.mds);
    }
}

/// The permutation as the paper states it, 76 dense rounds: the definition, and about four times
/// slower.
pub fn permute_plain(state: &mut State) {
    let params = params();
    for (round, constants) in params.ark.iter().enumerate() {
        let partial = FULL_ROUNDS / 2..FULL_ROUNDS / 2 + PARTIAL_ROUNDS;
        if !partial.contains(&round) {
            full_round(state, constants, &params.mds);
        } else {
            for (lane, constant) in state.iter_mut().zip(constants) {
                *lane += constant;
            }
            state[0] = sbox(state[0]);
            *state = multiply(&params.mds, state);
        }
    }
}

fn full_round(state: &mut State, constants: &State, mds: &[State; WIDTH]) {
    for (lane, constant) in state.iter_mut().zip(constants) {
        *lane = sbox(*lane + constant);
    }
    *state = multiply(mds, state);
}

fn multiply(matrix: &[State; WIDTH], state: &State) -> State {
    core::array::from_fn(|lane| Fr::sum_of_products(&matrix[lane], state))
}

fn sbox(x: Fr) -> Fr {
    x.square().square() * x
}

/// The initial value of lane 0: `tag·2⁶⁴ + len`, which is below 2¹²⁸ and so never wraps.
pub fn capacity(tag: u64, len: u64) -> Fr {
    Fr::from((u128::from(tag) << 64) | u128::from(len))
}

/// Hashes a sequence of elements under a domain.
///
/// Lane 0 starts as [`capacity`]`(tag, len)`, the others as zero. Elements are added to lanes 1..=16
/// in blocks of sixteen, the last one filled up with zeros, with a permutation after each block; the
/// result is lane 0. An empty sequence is permuted once.
///
/// `len` is the caller's description of the sequence. It must determine the number of elements
/// (given the tag and whatever else both sides have agreed on): then the zeros that fill the last
/// block cannot be taken for elements, and two different sequences under one `(tag, len)` are a
/// collision of the sponge, which costs about 2¹²⁷ permutations to find.
pub fn sponge(tag: u64, len: u64, elements: &[Fr]) -> Fr {
    let mut state = [Fr::ZERO; WIDTH];
    state[0] = capacity(tag, len);
    if elements.is_empty() {
        permute(&mut state);
    }
    for block in elements.chunks(RATE) {
        for (lane, element) in state.iter_mut().skip(1).zip(block) {
            *lane += element;
        }
        permute(&mut state);
    }
    state[0]
}
