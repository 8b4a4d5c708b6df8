//! Partial rounds with 33 multiplications for the linear layer in place of 289.
//!
//! A partial round is `x ↦ M·S(x + c)` where `S` raises lane 0 to the fifth power and leaves the
//! others. Write `M = [[m, v], [w, H]]` with a scalar `m`, a row `v`, a column `w` and the 16 × 16
//! block `H`, and let `Bᵢ = diag(1, Hⁱ)`. `Bᵢ` does not touch lane 0 and is linear on the others, so
//! it commutes with `S`. With `x = Bᵢ·y` (and `B₀ = 1`, so `x = y` at first)
//!
//! `M·S(Bᵢ·y + c) = M·Bᵢ·S(y + Bᵢ⁻¹·c) = Bᵢ₊₁·Tᵢ·S(y + Bᵢ⁻¹·c)`, where
//! `Tᵢ = [[m, v·Hⁱ], [H⁻⁽ⁱ⁺¹⁾·w, 1]]`,
//!
//! because `M·Bᵢ = [[m, v·Hⁱ], [w, Hⁱ⁺¹]]`. So each round multiplies `y` by the sparse `Tᵢ` alone,
//! and one dense product with `B₆₈` ends the sequence. Likewise a constant on lanes 1..=16 passes
//! through `S`, so it is carried through `Tᵢ` into the next round's constants and at last into those
//! of the full round that follows: one addition per round is left. This is the optimisation of
//! appendix B of the paper, derived here from the constants alone.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::{sbox, State, FULL_ROUNDS, PARTIAL_ROUNDS, RATE, WIDTH};

type Block = [[Fr; RATE]; RATE];

/// One partial round in sparse form.
struct Round {
    /// Added to lane 0 before its S-box.
    constant: Fr,
    /// First row of `Tᵢ`: m, then `v·Hⁱ`.
    row: State,
    /// First column of `Tᵢ` without its head: `H⁻⁽ⁱ⁺¹⁾·w`.
    column: [Fr; RATE],
}

/// All partial rounds in sparse form.
pub(super) struct PartialRounds {
    rounds: Vec<Round>,
    /// `H⁶⁸`.
    last: Block,
    /// Constants of the full round that follows, with what the partial rounds carried along.
    next_constants: State,
}

impl PartialRounds {
    /// Derives the sparse form.
    ///
    /// # Panics
    /// If `H` is singular. It is a submatrix of a Cauchy matrix, and these are all regular.
    pub(super) fn new(ark: &[State], mds: &[State; WIDTH]) -> Self {
        let h: Block = core::array::from_fn(|i| core::array::from_fn(|j| mds[i + 1][j + 1]));
        let h_inverse = inverse(h).expect("a submatrix of a Cauchy matrix is regular");
        let mut power = identity();
        let mut inverse_power = identity();
        let mut row: [Fr; RATE] = core::array::from_fn(|j| mds[0][j + 1]);
        let mut column: [Fr; RATE] = core::array::from_fn(|i| mds[i + 1][0]);
        // What the constants of the rounds so far have become, in front of the current round.
        let mut carried = [Fr::ZERO; WIDTH];
        let mut rounds = Vec::with_capacity(PARTIAL_ROUNDS);
        let first = FULL_ROUNDS / 2;
        for constants in &ark[first..first + PARTIAL_ROUNDS] {
            let head = carried[0] + constants[0];
            let own = product(&inverse_power, &tail(constants));
            let rest: [Fr; RATE] = core::array::from_fn(|i| carried[i + 1] + own[i]);
            column = product(&h_inverse, &column);
            carried[0] = Fr::sum_of_products(&row, &rest);
            carried[1..].copy_from_slice(&rest);
            rounds.push(Round {
                constant: head,
                row: core::array::from_fn(|j| if j == 0 { mds[0][0] } else { row[j - 1] }),
                column,
            });
            row = product(&transpose(&h), &row);
            power = compose(&h, &power);
            inverse_power = compose(&h_inverse, &inverse_power);
        }
        let pushed = product(&power, &tail(&carried));
        let following = &ark[first + PARTIAL_ROUNDS];
        let next_constants = core::array::from_fn(|lane| {
            following[lane]
                + if lane == 0 {
                    carried[0]
                } else {
                    pushed[lane - 1]
                }
        });
        Self {
            rounds,
            last: power,
            next_constants,
        }
    }

    /// All partial rounds, up to the constants in [`Self::next_constants`].
    pub(super) fn apply(&self, state: &mut State) {
        for round in &self.rounds {
            state[0] = sbox(state[0] + round.constant);
            let head = state[0];
            state[0] = Fr::sum_of_products(&round.row, state);
            for (lane, factor) in state.iter_mut().skip(1).zip(&round.column) {
                *lane += head * factor;
            }
        }
        let rest = product(&self.last, &tail(state));
        state[1..].copy_from_slice(&rest);
    }

    /// What the first full round after the partial ones adds in place of its own constants.
    pub(super) fn next_constants(&self) -> &State {
        &self.next_constants
    }
}

fn tail(state: &State) -> [Fr; RATE] {
    core::array::from_fn(|i| state[i + 1])
}

fn identity() -> Block {
    core::array::from_fn(|i| core::array::from_fn(|j| if i == j { Fr::ONE } else { Fr::ZERO }))
}

fn transpose(matrix: &Block) -> Block {
    core::array::from_fn(|i| core::array::from_fn(|j| matrix[j][i]))
}

fn product(matrix: &Block, vector: &[Fr; RATE]) -> [Fr; RATE] {
    core::array::from_fn(|i| Fr::sum_of_products(&matrix[i], vector))
}

fn compose(left: &Block, right: &Block) -> Block {
    let columns = transpose(right);
    core::array::from_fn(|i| core::array::from_fn(|j| Fr::sum_of_products(&left[i], &columns[j])))
}

/// Gauss-Jordan elimination with pivot search.
fn inverse(mut matrix: Block) -> Option<Block> {
    let mut result = identity();
    for column in 0..RATE {
        let pivot = (column..RATE).find(|row| matrix[*row][column] != Fr::ZERO)?;
        matrix.swap(column, pivot);
        result.swap(column, pivot);
        let scale = matrix[column][column].inverse()?;
        for j in 0..RATE {
            matrix[column][j] *= scale;
            result[column][j] *= scale;
        }
        let (own, own_result) = (matrix[column], result[column]);
        for row in (0..RATE).filter(|row| *row != column) {
            let factor = matrix[row][column];
            for j in 0..RATE {
                matrix[row][j] -= factor * own[j];
                result[row][j] -= factor * own_result[j];
            }
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_of_a_block_undoes_it() {
        let block: Block = core::array::from_fn(|i| {
            core::array::from_fn(|j| Fr::from((i * 31 + j * j + 7) as u64) + identity()[i][j])
        });
        let inverse = inverse(block).expect("regular");
        assert_eq!(compose(&block, &inverse), identity());
        assert_eq!(compose(&inverse, &block), identity());
    }

    #[test]
    fn a_singular_block_has_no_inverse() {
        assert!(inverse([[Fr::ONE; RATE]; RATE]).is_none());
    }
}
