//! Eight elements at a time, in AVX-512 IFMA registers.
//!
//! | module | what |
//! |---|---|
//! | [`field`] | prime field elements, and the bounds that every function keeps |
//! | [`blocks`] | vectors of scalars |
//! | [`transform`] | Fourier transforms |
//!
//! # Safety
//! The code below calls instructions that not every processor has. It is reached through
//! functions that take a [`Detected`] alone, and there is none on a processor without them. The
//! functions in between are inlined into one that is compiled for these instructions, because no
//! other could hold the registers.
#![allow(unsafe_code)]

/// `core::array::from_fn`, written out: a closure would not be compiled for the instructions, and
/// calls of it not always be inlined.
macro_rules! array {
    ($($value:literal)*, $name:ident => $element:expr) => {
        [$({
            let $name: usize = $value;
            $element
        }),*]
    };
}

/// An array of five.
macro_rules! five {
    ($name:ident => $element:expr) => {
        array!(0 1 2 3 4, $name => $element)
    };
}

/// An array of eight.
macro_rules! eight {
    ($name:ident => $element:expr) => {
        array!(0 1 2 3 4 5 6 7, $name => $element)
    };
}

pub(crate) mod blocks;
mod field;
pub(crate) mod transform;

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{batch_inversion, AdditiveGroup, Field};
use core::arch::x86_64::_mm512_mask_sub_epi64;

use super::{Entry, Lanes, Pair, Words};
use crate::sums;
use field::{raw_element, register, rows, splat, to_words, two, words, Fp8, Modulus};

/// Witness that the processor has the instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected(());

impl Detected {
    /// `None` on a processor without the instructions.
    pub(crate) fn new() -> Option<Self> {
        let detected =
            is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        detected.then_some(Self(()))
    }
}

/// [`sums::add_pairs`], compiled for the instructions.
pub(crate) fn add_pairs<L: Lanes>(
    _: Detected,
    points: &[L::Point],
    pairs: &[Pair],
    out: &mut [L::Point],
) -> bool {
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn compiled<L: Lanes>(points: &[L::Point], pairs: &[Pair], out: &mut [L::Point]) -> bool {
        sums::add_pairs::<L>(points, pairs, out)
    }
    // SAFETY: the processor has the instructions, or there would be no `Detected`.
    unsafe { compiled::<L>(points, pairs, out) }
}

/// [`sums::double_pairs`], compiled for the instructions.
pub(crate) fn double_pairs<L: Lanes>(
    _: Detected,
    points: &[L::Point],
    pairs: &[Pair],
    out: &mut [L::Point],
) -> bool {
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn compiled<L: Lanes>(points: &[L::Point], pairs: &[Pair], out: &mut [L::Point]) -> bool {
        sums::double_pairs::<L>(points, pairs, out)
    }
    // SAFETY: the processor has the instructions, or there would be no `Detected`.
    unsafe { compiled::<L>(points, pairs, out) }
}

/// Eight elements of the first group's base field.
pub(crate) type Fq8 = Fp8<Fq>;

/// `2p − y` in the lanes of the mask. No point of odd order has `y = 0`, so this is reduced.
#[inline(always)]
fn negated<F: Modulus>(y: Fp8<F>, negative: u8) -> Fp8<F> {
    // SAFETY: see the module.
    unsafe {
        Fp8::carried(five!(i => {
            _mm512_mask_sub_epi64(y.limbs()[i], negative, splat(F::MULTIPLES[i][2]), y.limbs()[i])
        }))
    }
}

/// The lanes with a negative entry.
#[inline(always)]
fn signs(entries: &[Entry; 8]) -> u8 {
    let mut mask = 0;
    for (lane, entry) in entries.iter().enumerate() {
        mask |= u8::from(entry.is_negative()) << lane;
    }
    mask
}

/// What both groups' coordinates share.
macro_rules! lanes {
    ($lanes:ty, $words:literal, $affine:ty) => {
        type Affine = $affine;
        type Point = Words<$words>;
        const WIDTH: usize = 8;

        #[inline(always)]
        fn left(points: &[Self::Point], pairs: &[Pair]) -> (Self, Self) {
            Self::gather(points, eight!(lane => pairs[lane].left))
        }

        #[inline(always)]
        fn right(points: &[Self::Point], pairs: &[Pair]) -> (Self, Self) {
            Self::gather(points, eight!(lane => pairs[lane].right))
        }
    };
}

impl Fq8 {
    #[inline(always)]
    fn gather(points: &[Words<8>], entries: [Entry; 8]) -> (Self, Self) {
        let (x, y) = two(eight!(lane => register(&points[entries[lane].index()].0)));
        match signs(&entries) {
            0 => (x, y),
            negative => (x, negated(y, negative)),
        }
    }
}

impl Lanes for Fq8 {
    lanes!(Fq8, 8, G1Affine);

    fn pack(point: &G1Affine) -> Words<8> {
        let mut words = [0; 8];
        if let Some((x, y)) = point.xy() {
            words[..4].copy_from_slice(&to_words(&x));
            words[4..].copy_from_slice(&to_words(&y));
        }
        Words(words)
    }

    fn unpack(point: &Words<8>) -> G1Affine {
        let element = |words| raw_element::<Fq>(words) * sixteenth();
        G1Affine::new_unchecked(element(&point.0[..4]), element(&point.0[4..]))
    }

    #[inline(always)]
    fn store(x: Self, y: Self, out: &mut [Words<8>], pairs: &[Pair]) {
        for (row, pair) in rows(x, y).into_iter().zip(pairs) {
            out[pair.target as usize] = Words(words(row));
        }
    }

    #[inline(always)]
    fn one() -> Self {
        Self::broadcast(&Fq::ONE)
    }

    #[inline(always)]
    fn times(&self, other: &Self) -> Self {
        Fp8::times(self, other)
    }

    #[inline(always)]
    fn squared(&self) -> Self {
        Fp8::times(self, self)
    }

    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        Fp8::minus(self, other)
    }

    #[inline(always)]
    fn minus_reduced(&self, other: &Self) -> Self {
        Fp8::minus_reduced(self, other)
    }

    #[inline(always)]
    fn plus_reduced(&self, other: &Self) -> Self {
        Fp8::plus_reduced(self, other)
    }

    fn inverses(&self) -> Option<Self> {
        let mut lanes = self.raw_lanes();
        if lanes.contains(&Fq::ZERO) {
            return None;
        }
        // Of 16·a it is a^{-1}/16; words of R = 2^260 are those of sixteen times the element.
        batch_inversion(&mut lanes);
        let factor = Fq::from(1u64 << 8);
        Some(Self::from_lanes(lanes.map(|lane| (lane * factor).words())))
    }
}

fn sixteenth() -> Fq {
    static VALUE: std::sync::OnceLock<Fq> = std::sync::OnceLock::new();
    *VALUE.get_or_init(|| Fq::from(16u64).inverse().unwrap_or_default())
}

/// Eight elements `c0 + c1·u` of the second group's base field, `u² = −1`.
#[derive(Clone, Copy)]
pub(crate) struct Quadratic(Fq8, Fq8);

impl Quadratic {
    #[inline(always)]
    fn gather(points: &[Words<16>], entries: [Entry; 8]) -> (Self, Self) {
        let x = two(eight!(lane => half(&points[entries[lane].index()], 0)));
        let y = two(eight!(lane => half(&points[entries[lane].index()], 1)));
        let (x, y) = (Self(x.0, x.1), Self(y.0, y.1));
        match signs(&entries) {
            0 => (x, y),
            negative => (x, Self(negated(y.0, negative), negated(y.1, negative))),
        }
    }
}

/// Eight words of a point.
#[inline(always)]
fn half(point: &Words<16>, half: usize) -> core::arch::x86_64::__m512i {
    register(&eight!(i => point.0[8 * half + i]))
}

impl Lanes for Quadratic {
    lanes!(Quadratic, 16, G2Affine);

    fn pack(point: &G2Affine) -> Words<16> {
        let mut words = [0; 16];
        if let Some((x, y)) = point.xy() {
            for (element, words) in [x.c0, x.c1, y.c0, y.c1].iter().zip(words.chunks_mut(4)) {
                words.copy_from_slice(&to_words(element));
            }
        }
        Words(words)
    }

    fn unpack(point: &Words<16>) -> G2Affine {
        let element = |i: usize| raw_element::<Fq>(&point.0[4 * i..][..4]) * sixteenth();
        let (x, y) = (
            Fq2::new(element(0), element(1)),
            Fq2::new(element(2), element(3)),
        );
        G2Affine::new_unchecked(x, y)
    }

    #[inline(always)]
    fn store(x: Self, y: Self, out: &mut [Words<16>], pairs: &[Pair]) {
        let halves = rows(x.0, x.1).into_iter().zip(rows(y.0, y.1));
        for ((x, y), pair) in halves.zip(pairs) {
            let point = &mut out[pair.target as usize].0;
            point[..8].copy_from_slice(&words(x));
            point[8..].copy_from_slice(&words(y));
        }
    }

    #[inline(always)]
    fn one() -> Self {
        Self(Fq8::broadcast(&Fq::ONE), Fq8::broadcast(&Fq::ZERO))
    }

    /// Karatsuba. The sums of two factors below `4p` are below `8p`, their product below `1.8p`;
    /// less two products below `1.2p` it is above `−2.4p`, so `2p` is added at most twice.
    #[inline(always)]
    fn times(&self, other: &Self) -> Self {
        let low = Fp8::times(&self.0, &other.0);
        let high = Fp8::times(&self.1, &other.1);
        let both = Fp8::times(&self.0.plus(&self.1), &other.0.plus(&other.1));
        let mixed = Fp8::new(both.subtracted(low));
        Self(
            Fp8::minus_reduced(&low, &high),
            Fp8::carried(mixed.subtracted(high)).lifted().lifted(),
        )
    }

    /// `(c0 + c1)(c0 − c1) + 2·c0·c1·u`; every factor is below `4p`.
    #[inline(always)]
    fn squared(&self) -> Self {
        Self(
            Fp8::times(&self.0.plus(&self.1), &Fp8::minus(&self.0, &self.1)),
            Fp8::times(&self.0.plus(&self.0), &self.1),
        )
    }

    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        Self(Fp8::minus(&self.0, &other.0), Fp8::minus(&self.1, &other.1))
    }

    #[inline(always)]
    fn minus_reduced(&self, other: &Self) -> Self {
        Self(
            Fp8::minus_reduced(&self.0, &other.0),
            Fp8::minus_reduced(&self.1, &other.1),
        )
    }

    #[inline(always)]
    fn plus_reduced(&self, other: &Self) -> Self {
        Self(
            Fp8::plus_reduced(&self.0, &other.0),
            Fp8::plus_reduced(&self.1, &other.1),
        )
    }

    fn inverses(&self) -> Option<Self> {
        let (c0, c1) = (self.0.raw_lanes(), self.1.raw_lanes());
        let mut lanes: [Fq2; 8] = core::array::from_fn(|lane| Fq2::new(c0[lane], c1[lane]));
        if lanes.contains(&Fq2::ZERO) {
            return None;
        }
        batch_inversion(&mut lanes);
        let factor = Fq::from(1u64 << 8);
        Some(Self(
            Fq8::from_lanes(lanes.map(|lane| (lane.c0 * factor).words())),
            Fq8::from_lanes(lanes.map(|lane| (lane.c1 * factor).words())),
        ))
    }
}
