//! Fourier transforms over cosets of roots of unity, eight elements at a time.
//!
//! A polynomial `f` of degree below `n = 8·m` is `Σ_{r<8} x^r·f_r(x^8)`. Lane `r` holds `f_r`, so a
//! transform is one step across the lanes and then eight transforms of size `m` side by side, with
//! the same factors for all. Those go by fours: `f(x) = Σ_{j<4} x^j·f_j(x^4)`; with `x` on a coset,
//! `x^4` is on one too, so a shift costs nothing but other factors.
//!
//! [`Network::interpolate`] takes values in order and leaves coefficients in the order of the
//! recursion, which [`Network::evaluate`] takes. Neither divides by `n`.
//!
//! Values lie in groups of eight blocks: block `8·g + s` holds the values at the points
//! `s·m + 8·g ..` and seven more. Coefficients: lane `r` of block `p` is number `8·order[p] + r`.

use ark_bn254::Fr;
use ark_ff::Field;

use super::{
    blocks::{Block, Fr8, Limbs},
    field::{limbs, to_words, transposed, words},
    Detected,
};

/// Below this many blocks one thread does the rest.
const LEAF: usize = 1 << 11;

fn factor(element: Fr) -> Limbs {
    limbs(to_words(&element))
}

/// Everything that a transform multiplies by.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    _detected: Detected,
    /// `x` for the step across lanes, in the order of the points.
    points: Vec<Block>,
    /// Per step by four, `x`, `x²`, `x³`.
    steps: Vec<Vec<[Limbs; 3]>>,
    /// `x` of the step by two that is left over if `log2 m` is odd.
    last: Limbs,
    /// A fourth root of unity.
    fourth: Limbs,
    /// The first three powers of an eighth root of unity.
    eighth: [Limbs; 3],
}

impl Network {
    /// Points `shift·root^i` to evaluate at, or their inverses to interpolate from; `root` has the
    /// order `size`, a power of two. `None` below 64.
    pub(crate) fn new(detected: Detected, size: usize, root: Fr, shift: Fr) -> Option<Self> {
        let blocks = size / 8;
        if blocks < 8 {
            return None;
        }
        let mut point = shift;
        let points = (0..blocks / 8)
            .map(|_| {
                let mut block = Block::ZERO;
                for lane in 0..8 {
                    for (limb, value) in factor(point).into_iter().enumerate() {
                        block.0[limb][lane] = value;
                    }
                    point *= root;
                }
                block
            })
            .collect();
        let eighth = root.pow([blocks as u64]);
        let mut steps = Vec::new();
        let (mut len, mut root, mut shift) = (blocks, root.pow([8]), shift.pow([8]));
        while len >= 4 {
            let mut point = shift;
            let step = (0..len / 4)
                .map(|_| {
                    let powers = [point, point.square(), point.square() * point];
                    point *= root;
                    powers.map(factor)
                })
                .collect();
            steps.push(step);
            (len, root, shift) = (len / 4, root.pow([4]), shift.pow([4]));
        }
        Some(Self {
            _detected: detected,
            points,
            steps,
            last: factor(shift),
            fourth: factor(eighth.square()),
            eighth: [eighth, eighth.square(), eighth.square() * eighth].map(factor),
        })
    }

    /// From values to `n` times the coefficients. The network is that of the points' inverses.
    pub(crate) fn interpolate(&self, blocks: &mut [Block]) {
        // SAFETY: the processor has the instructions, or there would be no `Detected`.
        unsafe { self.split_lanes(blocks) };
        self.split(blocks, 0);
    }

    /// From coefficients to values.
    pub(crate) fn evaluate(&self, blocks: &mut [Block]) {
        self.merge(blocks, 0);
        // SAFETY: the processor has the instructions, or there would be no `Detected`.
        unsafe { self.merge_lanes(blocks) };
    }

    fn split(&self, blocks: &mut [Block], depth: usize) {
        if blocks.len() <= LEAF {
            // SAFETY: the processor has the instructions, or there would be no `Detected`.
            return unsafe { self.split_leaf(blocks, depth) };
        }
        // SAFETY: as above.
        unsafe { self.split_step(blocks, depth) };
        quarters(blocks, &|part| self.split(part, depth + 1));
    }

    fn merge(&self, blocks: &mut [Block], depth: usize) {
        if blocks.len() <= LEAF {
            // SAFETY: the processor has the instructions, or there would be no `Detected`.
            return unsafe { self.merge_leaf(blocks, depth) };
        }
        quarters(blocks, &|part| self.merge(part, depth + 1));
        // SAFETY: as above.
        unsafe { self.merge_step(blocks, depth) };
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn split_leaf(&self, blocks: &mut [Block], depth: usize) {
        let mut len = blocks.len();
        for depth in depth..self.steps.len() {
            for part in blocks.chunks_exact_mut(len) {
                self.split_step(part, depth);
            }
            len /= 4;
        }
        if len == 2 {
            let last = Fr8::constant(&self.last);
            for pair in blocks.chunks_exact_mut(2) {
                let (first, second) = (pair[0].load(), pair[1].load());
                pair[0].save(first.plus_reduced(&second));
                pair[1].save(first.minus(&second).times(&last));
            }
        }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn merge_leaf(&self, blocks: &mut [Block], depth: usize) {
        let mut len = 1 << (blocks.len().ilog2() % 2);
        if len == 2 {
            let last = Fr8::constant(&self.last);
            for pair in blocks.chunks_exact_mut(2) {
                let (first, second) = (pair[0].load(), pair[1].load().times(&last));
                pair[0].save(first.plus_reduced(&second));
                pair[1].save(first.minus_reduced(&second));
            }
        }
        for depth in (depth..self.steps.len()).rev() {
            len *= 4;
            for part in blocks.chunks_exact_mut(len) {
                self.merge_step(part, depth);
            }
        }
    }

    /// `f` at four points to `f_0..f_3` at the fourth power of them.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn split_step(&self, blocks: &mut [Block], depth: usize) {
        let fourth = Fr8::constant(&self.fourth);
        let [a, b, c, d] = four(blocks);
        for (i, factors) in self.steps[depth].iter().enumerate() {
            let (v0, v1, v2, v3) = (a[i].load(), b[i].load(), c[i].load(), d[i].load());
            let (t0, t1) = (v0.sum(&v2), v1.sum(&v3));
            let (t2, t3) = (v0.difference(&v2), v1.minus(&v3).times(&fourth));
            a[i].save(t0.sum(&t1).reduced());
            b[i].save(t2.sum(&t3).normal().times(&Fr8::constant(&factors[0])));
            c[i].save(
                t0.wide_difference(&t1)
                    .normal()
                    .times(&Fr8::constant(&factors[1])),
            );
            d[i].save(
                t2.difference(&t3)
                    .normal()
                    .times(&Fr8::constant(&factors[2])),
            );
        }
    }

    /// The inverse of [`Self::split_step`], but for a factor of four.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn merge_step(&self, blocks: &mut [Block], depth: usize) {
        let fourth = Fr8::constant(&self.fourth);
        let [a, b, c, d] = four(blocks);
        for (i, factors) in self.steps[depth].iter().enumerate() {
            let [out0, out1, out2, out3] = by_four(
                a[i].load(),
                b[i].load().times(&Fr8::constant(&factors[0])),
                c[i].load().times(&Fr8::constant(&factors[1])),
                d[i].load().times(&Fr8::constant(&factors[2])),
                &fourth,
            );
            a[i].save(out0);
            b[i].save(out1);
            c[i].save(out2);
            d[i].save(out3);
        }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn split_lanes(&self, blocks: &mut [Block]) {
        for (group, point) in blocks.chunks_exact_mut(8).zip(&self.points) {
            let values = eight!(i => group[i].load());
            let powers = powers(point.load());
            let mut parts = self.by_eight(values);
            for (part, power) in parts.iter_mut().zip(&powers).skip(1) {
                *part = part.times(power);
            }
            save_transposed(group, parts);
        }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn merge_lanes(&self, blocks: &mut [Block]) {
        for (group, point) in blocks.chunks_exact_mut(8).zip(&self.points) {
            let values = eight!(i => group[i].load());
            save_transposed(group, values);
            let powers = powers(point.load());
            let mut parts = eight!(r => group[r].load());
            for (part, power) in parts.iter_mut().zip(&powers).skip(1) {
                *part = part.times(power);
            }
            for (block, value) in group.iter_mut().zip(self.by_eight(parts)) {
                block.save(value);
            }
        }
    }

    /// A transform of eight elements, in order.
    #[inline(always)]
    fn by_eight(&self, v: [Fr8; 8]) -> [Fr8; 8] {
        let fourth = Fr8::constant(&self.fourth);
        let [c1, c2, c3] = [
            Fr8::constant(&self.eighth[0]),
            Fr8::constant(&self.eighth[1]),
            Fr8::constant(&self.eighth[2]),
        ];
        let [e0, e2, e4, e6] = by_four(
            v[0].plus_reduced(&v[4]),
            v[1].plus_reduced(&v[5]),
            v[2].plus_reduced(&v[6]),
            v[3].plus_reduced(&v[7]),
            &fourth,
        );
        let [e1, e3, e5, e7] = by_four(
            v[0].minus_reduced(&v[4]),
            v[1].minus(&v[5]).times(&c1),
            v[2].minus(&v[6]).times(&c2),
            v[3].minus(&v[7]).times(&c3),
            &fourth,
        );
        [e0, e1, e2, e3, e4, e5, e6, e7]
    }
}

/// A transform of four reduced elements, in order and reduced.
#[inline(always)]
fn by_four(u0: Fr8, u1: Fr8, u2: Fr8, u3: Fr8, fourth: &Fr8) -> [Fr8; 4] {
    let (t0, t1) = (u0.sum(&u2), u1.sum(&u3));
    let (t2, t3) = (u0.difference(&u2), u1.minus(&u3).times(fourth));
    [
        t0.sum(&t1).reduced(),
        t2.sum(&t3).reduced(),
        t0.wide_difference(&t1).reduced(),
        t2.difference(&t3).reduced(),
    ]
}

/// `x^0..x^7`.
#[inline(always)]
fn powers(x: Fr8) -> [Fr8; 8] {
    let x2 = x.times(&x);
    let x3 = x2.times(&x);
    let x4 = x2.times(&x2);
    [x, x, x2, x3, x4, x4.times(&x), x3.times(&x3), x4.times(&x3)]
}

/// Lanes become blocks.
#[inline(always)]
fn save_transposed(group: &mut [Block], values: [Fr8; 8]) {
    for limb in 0..5 {
        let rows = eight!(i => values[i].limbs()[limb]);
        for (block, row) in group.iter_mut().zip(transposed(rows)) {
            block.0[limb] = words(row);
        }
    }
}

fn four(blocks: &mut [Block]) -> [&mut [Block]; 4] {
    let quarter = blocks.len() / 4;
    let (low, high) = blocks.split_at_mut(2 * quarter);
    let ((a, b), (c, d)) = (low.split_at_mut(quarter), high.split_at_mut(quarter));
    [a, b, c, d]
}

fn quarters(blocks: &mut [Block], each: &(impl Fn(&mut [Block]) + Sync)) {
    let [a, b, c, d] = four(blocks);
    rayon::join(
        || rayon::join(|| each(a), || each(b)),
        || rayon::join(|| each(c), || each(d)),
    );
}

/// Which coefficient a block of `len` holds after [`Network::interpolate`].
pub(crate) fn order(len: usize) -> Vec<u32> {
    match len {
        0 | 1 => vec![0],
        2 => vec![0, 1],
        len => {
            let inner = order(len / 4);
            let part = |residue| inner.iter().map(move |&position| 4 * position + residue);
            (0..4).flat_map(part).collect()
        }
    }
}
