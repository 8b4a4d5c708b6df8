//! The Poseidon sponge of [`lattice_verifier::poseidon`] (t = 17, 8 full and 68 partial rounds,
//! `x^5`), as rows.
//!
//! Round constants and the MDS matrix are linear: a lane is a combination of columns until it
//! meets an S-box. An S-box is three rows, `s·s = s²`, `s²·s² = s⁴`, `s⁴·s = s⁵`, with a variable
//! for each power; only `s` and `s²` stand on the right, so the point `s⁴` costs nothing in the
//! second group. Lanes that are still constant in the first round (the capacity and unused rate
//! lanes) are folded. The very last S-box has no variable for its fifth power: its third row is
//! the statement `s⁴·s = (digest − Σ_{other lanes} m_{0,i}·s_i⁵) / m_{0,16}`.
//!
//! # Soundness
//! Every lane is determined by the absorbed elements: each row computes its variable from earlier
//! ones, and the last row leaves exactly one digest. There is no freedom and no hint, so the digest
//! is the sponge's, and two openings of one digest are a collision of Poseidon. The capacity
//! (domain tag and length) is a constant of the circuit.
//!
//! # Constraints
//! [`constraints`]: `3·(17·8 + 68) = 612` per block, minus 3 for each lane that is constant in the
//! first round of the first block. Variables: the same number minus one.

use ark_bn254::Fr;
use ark_ff::{Field, One, Zero};
use lattice_verifier::poseidon::{
    capacity, params, Params, FULL_ROUNDS, PARTIAL_ROUNDS, RATE, WIDTH as LANES,
};

use crate::{
    combination::Combination,
    error::CircuitError,
    origin::{CommitmentKind, Origin},
    r1cs::R1cs,
    witness::Writer,
};

/// Rounds of a permutation.
const ROUNDS: usize = FULL_ROUNDS + PARTIAL_ROUNDS;

/// A sponge that absorbs a fixed number of elements.
#[derive(Clone, Debug)]
pub(crate) struct Sponge {
    kind: CommitmentKind,
    tag: u64,
    len: u64,
    elements: usize,
}

/// Constraints of a sponge over `elements` elements (at least one).
pub fn constraints(elements: usize) -> usize {
    let blocks = elements.div_ceil(RATE);
    let constant_lanes = LANES - elements.min(RATE);
    3 * (blocks * (LANES * FULL_ROUNDS + PARTIAL_ROUNDS) - constant_lanes)
}

/// Lanes that pass an S-box in a round.
fn active(round: usize) -> usize {
    let half = FULL_ROUNDS / 2;
    if (half..half + PARTIAL_ROUNDS).contains(&round) {
        1
    } else {
        LANES
    }
}

impl Sponge {
    /// Plans a sponge with this domain tag and committed length.
    pub(crate) fn new(kind: CommitmentKind, tag: u64, len: u64, elements: usize) -> Self {
        Self {
            kind,
            tag,
            len,
            elements,
        }
    }

    /// Lanes that are constant when the first block enters its first round.
    fn is_constant(&self, block: usize, round: usize, lane: usize) -> bool {
        block == 0 && round == 0 && (lane == 0 || lane > self.elements)
    }

    fn blocks(&self) -> usize {
        self.elements.div_ceil(RATE)
    }

    /// Writes the rows; the digest is the instance column `digest`.
    pub(crate) fn enforce(
        &self,
        r1cs: &mut R1cs,
        elements: &[Combination],
        digest: u32,
    ) -> Result<(), CircuitError> {
        let params = params();
        let mut state = vec![Combination::zero(); LANES];
        state[0] = Combination::constant(capacity(self.tag, self.len));
        for (block, chunk) in elements.chunks(RATE).enumerate() {
            for (lane, element) in state[1..].iter_mut().zip(chunk) {
                *lane = lane.plus(element, Fr::one());
            }
            let last_block = block + 1 == self.blocks();
            for round in 0..ROUNDS {
                let last = last_block && round + 1 == ROUNDS;
                self.round(
                    r1cs,
                    params,
                    &mut state,
                    (block, round),
                    last.then_some(digest),
                )?;
            }
        }
        Ok(())
    }

    fn round(
        &self,
        r1cs: &mut R1cs,
        params: &Params,
        state: &mut Vec<Combination>,
        (block, round): (usize, usize),
        digest: Option<u32>,
    ) -> Result<(), CircuitError> {
        for (lane, constant) in state.iter_mut().zip(&params.ark[round]) {
            *lane = lane.plus(&Combination::constant(*constant), Fr::one());
        }
        for lane in 0..active(round) {
            if self.is_constant(block, round, lane) {
                let constant = state[lane].as_constant().unwrap_or_default();
                state[lane] = Combination::constant(constant.pow([5]));
                continue;
            }
            let fifth = match digest {
                Some(digest) if lane + 1 == LANES => {
                    let row = &params.mds[0];
                    // The MDS matrix has no zero entry, otherwise it would not be MDS.
                    let inverse = row[lane].inverse().unwrap_or_default();
                    let others = state[..lane].iter().zip(row);
                    let digest = Combination::column(digest);
                    Some(Combination::sum(
                        core::iter::once((&digest, inverse))
                            .chain(others.map(|(lane, &m)| (lane, -m * inverse))),
                    ))
                }
                _ => None,
            };
            state[lane] = self.sbox(r1cs, &state[lane], (block, round, lane), fifth)?;
        }
        if digest.is_none() {
            *state = params
                .mds
                .iter()
                .map(|row| Combination::sum(state.iter().zip(row.iter().copied())))
                .collect();
        }
        Ok(())
    }

    /// The three rows; the fifth power is a new variable unless it is given.
    fn sbox(
        &self,
        r1cs: &mut R1cs,
        s: &Combination,
        (block, round, lane): (usize, usize, usize),
        fifth: Option<Combination>,
    ) -> Result<Combination, CircuitError> {
        let origin = |power| Origin::Sbox {
            commitment: self.kind,
            block: block as u16,
            round: round as u8,
            lane: lane as u8,
            power,
        };
        let square = Combination::column(r1cs.allocate()?);
        r1cs.enforce(s, s, &square, origin(2))?;
        let fourth = Combination::column(r1cs.allocate()?);
        r1cs.enforce(&square, &square, &fourth, origin(4))?;
        let fifth = match fifth {
            Some(fifth) => fifth,
            None => Combination::column(r1cs.allocate()?),
        };
        r1cs.enforce(&fourth, s, &fifth, origin(5))?;
        Ok(fifth)
    }

    /// Writes the witness; returns the digest.
    pub(crate) fn assign(&self, elements: &[Fr], writer: &mut Writer) -> Fr {
        let params = params();
        let mut state = [Fr::zero(); LANES];
        state[0] = capacity(self.tag, self.len);
        for (block, chunk) in elements.chunks(RATE).enumerate() {
            for (lane, element) in state[1..].iter_mut().zip(chunk) {
                *lane += element;
            }
            let last_block = block + 1 == self.blocks();
            for round in 0..ROUNDS {
                for (lane, constant) in state.iter_mut().zip(&params.ark[round]) {
                    *lane += constant;
                }
                for (lane, value) in state.iter_mut().enumerate().take(active(round)) {
                    if self.is_constant(block, round, lane) {
                        *value = value.pow([5]);
                        continue;
                    }
                    let s = *value;
                    let square = writer.product(s, s);
                    let fourth = writer.product(square, square);
                    *value = fourth * s;
                    writer.row(fourth, s);
                    if !(last_block && round + 1 == ROUNDS && lane + 1 == LANES) {
                        writer.witness(*value);
                    }
                }
                let mixed = core::array::from_fn(|row| {
                    Fr::sum_of_products::<LANES>(&params.mds[row], &state)
                });
                state = mixed;
            }
        }
        state[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_gives_the_published_counts() {
        assert_eq!(constraints(16), 612 - 3);
        assert_eq!(constraints(3), 612 - 3 * 14);
        assert_eq!(constraints(23), 2 * 612 - 3);
    }

    #[test]
    fn the_witness_pass_computes_the_sponge() {
        for elements in [1, 3, 16, 17, 33] {
            let values: Vec<Fr> = (0..elements).map(|i| Fr::from(7 * i as u64 + 5)).collect();
            let sponge = Sponge::new(CommitmentKind::Output, 2, 9, elements);
            let mut writer = Writer::default();
            let digest = sponge.assign(&values, &mut writer);
            assert_eq!(digest, lattice_verifier::poseidon::sponge(2, 9, &values));
            assert_eq!(writer.a.len(), constraints(elements));
            assert_eq!(writer.witness.len(), constraints(elements) - 1);
        }
    }
}
