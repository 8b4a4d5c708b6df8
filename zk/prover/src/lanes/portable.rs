//! One element at a time, in arkworks' arithmetic and representation.

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, Field, One};

use super::{Entry, Lanes, Pair, Words};

fn read(words: &[u64]) -> Fq {
    let mut limbs = [0; 4];
    limbs.copy_from_slice(words);
    Fq::new_unchecked(BigInt(limbs))
}

fn read_quadratic(words: &[u64]) -> Fq2 {
    Fq2::new(read(&words[..4]), read(&words[4..]))
}

macro_rules! portable {
    ($field:ty, $affine:ty, $words:literal, $read:ident, $write:expr) => {
        impl Lanes for $field {
            type Affine = $affine;
            type Point = Words<$words>;
            const WIDTH: usize = 1;

            fn pack(point: &$affine) -> Self::Point {
                let mut words = [0; $words];
                if let Some((x, y)) = point.xy() {
                    let (left, right) = words.split_at_mut($words / 2);
                    $write(&x, left);
                    $write(&y, right);
                }
                Words(words)
            }

            fn unpack(point: &Self::Point) -> $affine {
                let (x, y) = point.0.split_at($words / 2);
                <$affine>::new_unchecked($read(x), $read(y))
            }

            fn left(points: &[Self::Point], pairs: &[Pair]) -> (Self, Self) {
                coordinates::<Self>(points, pairs[0].left)
            }

            fn right(points: &[Self::Point], pairs: &[Pair]) -> (Self, Self) {
                coordinates::<Self>(points, pairs[0].right)
            }

            fn store(x: Self, y: Self, out: &mut [Self::Point], pairs: &[Pair]) {
                out[pairs[0].target as usize] = Self::pack(&<$affine>::new_unchecked(x, y));
            }

            fn one() -> Self {
                One::one()
            }

            fn times(&self, other: &Self) -> Self {
                *self * other
            }

            fn squared(&self) -> Self {
                self.square()
            }

            fn minus(&self, other: &Self) -> Self {
                *self - other
            }

            fn minus_reduced(&self, other: &Self) -> Self {
                *self - other
            }

            fn plus_reduced(&self, other: &Self) -> Self {
                *self + other
            }

            fn inverses(&self) -> Option<Self> {
                Field::inverse(self)
            }
        }
    };
}

portable!(Fq, G1Affine, 8, read, |value: &Fq, out: &mut [u64]| {
    out.copy_from_slice(&value.0 .0);
});
portable!(
    Fq2,
    G2Affine,
    16,
    read_quadratic,
    |value: &Fq2, out: &mut [u64]| {
        out[..4].copy_from_slice(&value.c0.0 .0);
        out[4..].copy_from_slice(&value.c1.0 .0);
    }
);

fn coordinates<L: Lanes>(
    points: &[L::Point],
    entry: Entry,
) -> (
    <L::Affine as AffineRepr>::BaseField,
    <L::Affine as AffineRepr>::BaseField,
) {
    let point = L::unpack(&points[entry.index()]);
    let (x, y) = point.xy().unwrap_or_default();
    (x, if entry.is_negative() { -y } else { y })
}
