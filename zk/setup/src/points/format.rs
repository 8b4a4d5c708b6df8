//! The two ways to write a point.
//!
//! | format | coordinates, each 32 bytes, least significant first | the identity |
//! |---|---|---|
//! | [`Uncompressed`] | the integer; two flags in the last byte | zeros and a flag |
//! | [`Montgomery`] | `x·2²⁵⁶ mod p`, as arkworks keeps them in memory | none |
//!
//! In the second group, c₀ stands before c₁. A coordinate at or above p is refused, and so is a flag
//! that arkworks would not write: a point has one encoding.

use ark_bn254::{Fq, Fq2};
use ark_ec::short_weierstrass::{Affine, SWFlags};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, Field, PrimeField, Zero};
use ark_serialize::Flags;

use super::Group;

/// Bytes of an element of the base field.
const ELEMENT: usize = 32;
/// Bytes of the longest coordinate.
const LONGEST: usize = 2 * ELEMENT;

const NOT_BELOW_P: &str = "a coordinate is not below p";
const NOT_CANONICAL: &str = "the encoding is not canonical";
const NOT_ON_CURVE: &str = "not on its curve";

/// A way to write points.
pub trait Format {
    /// From exactly [`Group::POINT_LEN`] bytes: a canonical encoding, on the curve.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read<C: Group>(bytes: &[u8]) -> Result<Affine<C>, &'static str>;
}

/// arkworks' uncompressed encoding.
#[derive(Clone, Copy, Debug)]
pub struct Uncompressed;

impl Format for Uncompressed {
    fn read<C: Group>(bytes: &[u8]) -> Result<Affine<C>, &'static str> {
        let (x, y) = bytes
            .split_at_checked(C::BaseField::LEN)
            .ok_or("truncated")?;
        let mut buffer = [0; LONGEST];
        let y = match buffer.get_mut(..y.len()) {
            Some(copy) if y.len() == C::BaseField::LEN => {
                copy.copy_from_slice(y);
                copy
            }
            _ => return Err("truncated"),
        };
        let flags = y.last_mut().and_then(SWFlags::from_u8_remove_flags);
        let (x, y) = coordinates(C::BaseField::from_integer, x, y)?;
        match flags.ok_or(NOT_CANONICAL)? {
            SWFlags::PointAtInfinity if x.is_zero() && y.is_zero() => Ok(Affine::identity()),
            SWFlags::PointAtInfinity => Err(NOT_CANONICAL),
            sign => {
                let point = on_curve(x, y)?;
                match sign == SWFlags::from_y_coordinate(y) {
                    true => Ok(point),
                    false => Err(NOT_CANONICAL),
                }
            }
        }
    }
}

/// snarkjs' encoding of points that are not the identity.
#[derive(Clone, Copy, Debug)]
pub struct Montgomery;

impl Format for Montgomery {
    fn read<C: Group>(bytes: &[u8]) -> Result<Affine<C>, &'static str> {
        let (x, y) = bytes
            .split_at_checked(C::BaseField::LEN)
            .ok_or("truncated")?;
        let (x, y) = coordinates(C::BaseField::from_montgomery, x, y)?;
        on_curve(x, y)
    }
}

fn coordinates<F: Coordinate>(
    read: impl Fn(&[u8]) -> Option<F>,
    x: &[u8],
    y: &[u8],
) -> Result<(F, F), &'static str> {
    read(x).zip(read(y)).ok_or(NOT_BELOW_P)
}

/// A point of the curve that is not the identity.
fn on_curve<C: Group>(x: C::BaseField, y: C::BaseField) -> Result<Affine<C>, &'static str> {
    // (0, 0) is how arkworks keeps the identity in memory, and not on the curve.
    let point = Affine::new_unchecked(x, y);
    match point.is_on_curve() && !point.is_zero() {
        true => Ok(point),
        false => Err(NOT_ON_CURVE),
    }
}

/// A coordinate of a point.
pub trait Coordinate: Field {
    /// Bytes of one.
    const LEN: usize;
    /// From exactly [`Self::LEN`] bytes of integers; `None` at or above p.
    fn from_integer(bytes: &[u8]) -> Option<Self>;
    /// From exactly [`Self::LEN`] bytes of Montgomery forms; `None` at or above p.
    fn from_montgomery(bytes: &[u8]) -> Option<Self>;
    /// Appends the bytes of the Montgomery form.
    fn write_montgomery(&self, bytes: &mut Vec<u8>);
}

impl Coordinate for Fq {
    const LEN: usize = ELEMENT;

    fn from_integer(bytes: &[u8]) -> Option<Self> {
        Fq::from_bigint(limbs(bytes)?)
    }

    fn from_montgomery(bytes: &[u8]) -> Option<Self> {
        let value = limbs(bytes)?;
        (value < Fq::MODULUS).then(|| Fq::new_unchecked(value))
    }

    fn write_montgomery(&self, bytes: &mut Vec<u8>) {
        for limb in self.0 .0 {
            bytes.extend_from_slice(&limb.to_le_bytes());
        }
    }
}

impl Coordinate for Fq2 {
    const LEN: usize = 2 * ELEMENT;

    fn from_integer(bytes: &[u8]) -> Option<Self> {
        let (c0, c1) = bytes.split_at_checked(ELEMENT)?;
        Some(Fq2::new(Fq::from_integer(c0)?, Fq::from_integer(c1)?))
    }

    fn from_montgomery(bytes: &[u8]) -> Option<Self> {
        let (c0, c1) = bytes.split_at_checked(ELEMENT)?;
        Some(Fq2::new(Fq::from_montgomery(c0)?, Fq::from_montgomery(c1)?))
    }

    fn write_montgomery(&self, bytes: &mut Vec<u8>) {
        self.c0.write_montgomery(bytes);
        self.c1.write_montgomery(bytes);
    }
}

fn limbs(bytes: &[u8]) -> Option<BigInt<4>> {
    let bytes: &[u8; ELEMENT] = bytes.try_into().ok()?;
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(bytes.try_into().ok()?);
    }
    Some(BigInt::new(limbs))
}
