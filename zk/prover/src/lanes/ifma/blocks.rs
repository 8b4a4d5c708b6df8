//! Vectors of scalars, eight elements to a block; in the order of [`transform`](super::transform).

use ark_bn254::Fr;
use ark_ff::PrimeField;

use super::{
    field::{limbs, register, words, Fp8},
    Detected,
};
use crate::fixed_base::Scalar;

/// An element's limbs.
pub(super) type Limbs = [u64; 5];

/// Eight scalars.
pub(super) type Fr8 = Fp8<Fr>;

/// Eight elements, limb by limb, as they lie in memory.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Block(pub(super) [[u64; 8]; 5]);

impl Block {
    pub(super) const ZERO: Self = Self([[0; 8]; 5]);

    #[inline(always)]
    pub(super) fn load(&self) -> Fr8 {
        let [a, b, c, d, e] = &self.0;
        Fr8::new([
            register(a),
            register(b),
            register(c),
            register(d),
            register(e),
        ])
    }

    #[inline(always)]
    pub(super) fn save(&mut self, value: Fr8) {
        for (own, limb) in self.0.iter_mut().zip(value.limbs()) {
            *own = words(limb);
        }
    }
}

/// Values in order, filled up with zeros to `8·blocks`, as a network takes them. In this form they
/// stand for a sixteenth of what they were.
pub(crate) fn values(_: Detected, values: &[Fr], blocks: usize) -> Vec<Block> {
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn compiled(values: &[Fr], out: &mut [Block]) {
        let blocks = out.len();
        for (group, out) in out.chunks_exact_mut(8).enumerate() {
            for (part, block) in out.iter_mut().enumerate() {
                let start = (part * blocks + 8 * group).min(values.len());
                let end = (start + 8).min(values.len());
                let mut lanes = [[0; 4]; 8];
                for (lane, value) in lanes.iter_mut().zip(&values[start..end]) {
                    *lane = value.0 .0;
                }
                block.save(Fr8::from_lanes(lanes));
            }
        }
    }
    let mut out = vec![Block::ZERO; blocks];
    // SAFETY: the processor has the instructions, or there would be no `Detected`.
    unsafe { compiled(values, &mut out) };
    out
}

/// Elementwise products.
pub(crate) fn products(_: Detected, left: &[Block], right: &[Block]) -> Vec<Block> {
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn compiled(left: &[Block], right: &[Block], out: &mut [Block]) {
        for ((left, right), out) in left.iter().zip(right).zip(out) {
            out.save(left.load().times(&right.load()));
        }
    }
    let mut out = vec![Block::ZERO; left.len()];
    // SAFETY: the processor has the instructions, or there would be no `Detected`.
    unsafe { compiled(left, right, &mut out) };
    out
}

/// `left·u − right·v` of coefficients, canonical integers in order.
pub(crate) fn combination(
    _: Detected,
    (left, u): (&[Block], Fr),
    (right, v): (&[Block], Fr),
    order: &[u32],
) -> Vec<Scalar> {
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn compiled(
        (left, u): (&[Block], Limbs),
        (right, v): (&[Block], Limbs),
        order: &[u32],
        out: &mut [Scalar],
    ) {
        let (u, v) = (Fr8::constant(&u), Fr8::constant(&v));
        for ((left, right), &position) in left.iter().zip(right).zip(order) {
            let left = left.load().times(&u);
            let value = left.minus_reduced(&right.load().times(&v)).canonical();
            let [a, b, c, d] = value.columns();
            let lanes = [words(a), words(b), words(c), words(d)];
            for (lane, out) in out[8 * position as usize..][..8].iter_mut().enumerate() {
                out.0 = array!(0 1 2 3, word => lanes[word][lane]);
            }
        }
    }
    // Without the factor R the product loses it too, and is the integer itself.
    let plain = |factor: Fr| limbs(factor.into_bigint().0);
    let mut out = vec![Scalar::default(); 8 * order.len()];
    // SAFETY: the processor has the instructions, or there would be no `Detected`.
    unsafe { compiled((left, plain(u)), (right, plain(v)), order, &mut out) };
    out
}
