//! Base field elements of the two groups, one or eight at a time.
//!
//! Sums of points (see [`sums`](crate::sums)) are written once, over [`Lanes`]; a processor with
//! the AVX-512 IFMA instructions runs them eight elements at a time ([`ifma`]), any other one with
//! arkworks' arithmetic ([`portable`]).

#[cfg(target_arch = "x86_64")]
pub(crate) mod ifma;
pub(crate) mod portable;

use ark_bn254::{g1, g2, Fq, Fq2, G1Affine, G2Affine};
use ark_ec::{short_weierstrass::Projective, AffineRepr, CurveGroup};

/// A point in a list: its index, and in the top bit whether it is subtracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(u32);

impl Entry {
    const NEGATIVE: u32 = 1 << 31;

    /// `±points[index]`, for an index below 2^31.
    pub(crate) fn new(index: u32, negative: bool) -> Self {
        debug_assert!(index < Self::NEGATIVE);
        Self(index | if negative { Self::NEGATIVE } else { 0 })
    }

    pub(crate) fn index(self) -> usize {
        (self.0 & !Self::NEGATIVE) as usize
    }

    pub(crate) fn is_negative(self) -> bool {
        self.0 & Self::NEGATIVE != 0
    }
}

/// `out[target] = left + right`.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub(crate) left: Entry,
    pub(crate) right: Entry,
    pub(crate) target: u32,
}

/// Which arithmetic a table was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// arkworks, on every processor.
    Portable,
    /// Eight lanes in AVX-512 IFMA registers. Only [`Backend::detect`] and [`Backend::available`]
    /// give it out.
    #[cfg(target_arch = "x86_64")]
    Ifma(ifma::Detected),
}

impl Backend {
    /// The fastest that this processor runs.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(detected) = ifma::Detected::new() {
            return Self::Ifma(detected);
        }
        Self::Portable
    }

    /// Every one that this processor runs.
    #[cfg(test)]
    pub(crate) fn available() -> Vec<Self> {
        match Self::detect() {
            Self::Portable => vec![Self::Portable],
            #[allow(unreachable_patterns)]
            fastest => vec![Self::Portable, fastest],
        }
    }
}

/// One or several elements of a curve's base field.
pub(crate) trait Lanes: Copy {
    /// The curve's points as arkworks has them.
    type Affine: AffineRepr;
    /// A point as it lies in memory; never the identity.
    type Point: Copy + Send + Sync;
    /// Elements.
    const WIDTH: usize;

    /// A point in this arithmetic's own representation. It must not be the identity.
    fn pack(point: &Self::Affine) -> Self::Point;
    /// The inverse of [`Self::pack`].
    fn unpack(point: &Self::Point) -> Self::Affine;

    /// The coordinates of `WIDTH` points, reduced.
    fn left(points: &[Self::Point], pairs: &[Pair]) -> (Self, Self);
    /// The same for the right ones.
    fn right(points: &[Self::Point], pairs: &[Pair]) -> (Self, Self);
    /// Stores points by their coordinates, which are reduced.
    fn store(x: Self, y: Self, out: &mut [Self::Point], pairs: &[Pair]);

    /// One in every lane.
    fn one() -> Self;
    /// A product, reduced; the factors may be results of [`Self::minus`].
    fn times(&self, other: &Self) -> Self;
    /// The square of a reduced element, reduced.
    fn squared(&self) -> Self;
    /// The difference of reduced elements, good as a factor only.
    fn minus(&self, other: &Self) -> Self;
    /// The difference of reduced elements, reduced.
    fn minus_reduced(&self, other: &Self) -> Self;
    /// The sum of reduced elements, reduced.
    fn plus_reduced(&self, other: &Self) -> Self;
    /// The inverses of a reduced element's lanes; `None` if one is zero.
    fn inverses(&self) -> Option<Self>;
}

/// A group whose points can be summed in bulk.
pub trait Curve: CurveGroup {
    /// A point as it lies in memory.
    type Point: Copy + Send + Sync + core::fmt::Debug;
    /// A point that stands for nothing yet.
    const BLANK: Self::Point;

    /// A point, not the identity, in the representation of a backend.
    fn pack(backend: Backend, point: &Self::Affine) -> Self::Point;
    /// The inverse of [`Self::pack`].
    fn unpack(backend: Backend, point: &Self::Point) -> Self::Affine;
    /// `out[target] = points[left] + points[right]` for every pair; false if a pair has no slope
    /// between its points.
    fn add_pairs(
        backend: Backend,
        points: &[Self::Point],
        pairs: &[Pair],
        out: &mut [Self::Point],
    ) -> bool;

    /// `out[target] = 2·points[left]` for every pair; false if a point has no slope.
    fn double_pairs(
        backend: Backend,
        points: &[Self::Point],
        pairs: &[Pair],
        out: &mut [Self::Point],
    ) -> bool;
}

macro_rules! curve {
    ($group:ty, $affine:ty, $words:literal, $portable:ty, $wide:ty) => {
        impl Curve for $group {
            type Point = Words<$words>;
            const BLANK: Self::Point = Words([0; $words]);

            fn pack(backend: Backend, point: &$affine) -> Self::Point {
                match backend {
                    Backend::Portable => <$portable as Lanes>::pack(point),
                    #[cfg(target_arch = "x86_64")]
                    Backend::Ifma(_) => <$wide as Lanes>::pack(point),
                }
            }

            fn unpack(backend: Backend, point: &Self::Point) -> $affine {
                match backend {
                    Backend::Portable => <$portable as Lanes>::unpack(point),
                    #[cfg(target_arch = "x86_64")]
                    Backend::Ifma(_) => <$wide as Lanes>::unpack(point),
                }
            }

            fn add_pairs(
                backend: Backend,
                points: &[Self::Point],
                pairs: &[Pair],
                out: &mut [Self::Point],
            ) -> bool {
                match backend {
                    Backend::Portable => crate::sums::add_pairs::<$portable>(points, pairs, out),
                    #[cfg(target_arch = "x86_64")]
                    Backend::Ifma(detected) => {
                        ifma::add_pairs::<$wide>(detected, points, pairs, out)
                    }
                }
            }

            fn double_pairs(
                backend: Backend,
                points: &[Self::Point],
                pairs: &[Pair],
                out: &mut [Self::Point],
            ) -> bool {
                match backend {
                    Backend::Portable => crate::sums::double_pairs::<$portable>(points, pairs, out),
                    #[cfg(target_arch = "x86_64")]
                    Backend::Ifma(detected) => {
                        ifma::double_pairs::<$wide>(detected, points, pairs, out)
                    }
                }
            }
        }
    };
}

curve!(Projective<g1::Config>, G1Affine, 8, Fq, ifma::Fq8);
curve!(Projective<g2::Config>, G2Affine, 16, Fq2, ifma::Quadratic);

/// A point's coordinates as words, in a backend's representation. Cache lines hold whole points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct Words<const N: usize>(pub(crate) [u64; N]);
