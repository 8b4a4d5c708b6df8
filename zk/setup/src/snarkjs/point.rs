//! Numbers and points as snarkjs writes them, read strictly.

use super::error::SnarkjsError;
use ark_bn254::{Fq, Fq2};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{BigInt, Field, PrimeField};
use lattice_verifier::PointError;
use std::{fmt::Display, str::FromStr};

/// A point of the first group: x, y, z.
pub(super) type G1Text = [String; 3];
/// A point of the second group: x, y, z, each as `[c0, c1]`.
pub(super) type G2Text = [[String; 2]; 3];

/// Digits of the longest number below 2²⁵⁶. Longer texts are not even parsed.
const MAX_DIGITS: usize = 78;
/// Characters of a refused text that an error repeats.
const SHOWN: usize = 80;

/// A coordinate, and its form in JSON.
pub(super) trait Coordinate: Field {
    /// One decimal text, or one for each component.
    type Text;

    /// Writes it.
    fn write(&self) -> Self::Text;

    /// Reads it, or gives the text that is no canonical number.
    fn read(text: &Self::Text) -> Result<Self, &str>;
}

impl Coordinate for Fq {
    type Text = String;

    fn write(&self) -> String {
        decimal(self)
    }

    fn read(text: &String) -> Result<Self, &str> {
        number(text).ok_or(text.as_str())
    }
}

/// `c0 + c1·u` is `[c0, c1]`, the real component first. (snarkjs turns the two around in the
/// arguments that it prints for Ethereum's contracts, and there only.)
impl Coordinate for Fq2 {
    type Text = [String; 2];

    fn write(&self) -> [String; 2] {
        [decimal(&self.c0), decimal(&self.c1)]
    }

    fn read([c0, c1]: &[String; 2]) -> Result<Self, &str> {
        Ok(Fq2::new(Fq::read(c0)?, Fq::read(c1)?))
    }
}

/// A point as snarkjs writes it: x, y and z = 1. It must not be the identity.
pub(super) fn write<C, F>(point: &Affine<C>) -> [F::Text; 3]
where
    F: Coordinate,
    C: SWCurveConfig<BaseField = F>,
{
    [point.x.write(), point.y.write(), F::ONE.write()]
}

/// Reads a point: canonical coordinates, z = 1, on the curve, in the subgroup of order r, not the
/// identity (which snarkjs writes with z = 0).
pub(super) fn read<C, F>(
    field: impl Display,
    text: &[F::Text; 3],
) -> Result<Affine<C>, SnarkjsError>
where
    F: Coordinate,
    C: SWCurveConfig<BaseField = F>,
{
    let coordinate = |text| F::read(text).map_err(|value| refused(&field, value));
    let [x, y, z] = text;
    let (x, y, z) = (coordinate(x)?, coordinate(y)?, coordinate(z)?);
    let point = Affine::<C>::new_unchecked(x, y);
    let reason = if z.is_zero() {
        PointError::Identity
    } else if !z.is_one() {
        PointError::NotCanonical
    } else if !point.is_on_curve() {
        PointError::NotOnCurve
    } else if !point.is_in_correct_subgroup_assuming_on_curve() {
        PointError::NotInSubgroup
    } else {
        return Ok(point);
    };
    Err(SnarkjsError::Point {
        field: field.to_string(),
        reason,
    })
}

/// Reads an element of a prime field.
pub(super) fn scalar<F>(field: impl Display, text: &str) -> Result<F, SnarkjsError>
where
    F: PrimeField<BigInt = BigInt<4>>,
{
    number(text).ok_or_else(|| refused(field, text))
}

/// The decimal text of a number.
pub(super) fn decimal<F: PrimeField>(number: &F) -> String {
    number.into_bigint().to_string()
}

/// The number of a text that is exactly what [`decimal`] writes.
fn number<F: PrimeField<BigInt = BigInt<4>>>(text: &str) -> Option<F> {
    let short = text.len() <= MAX_DIGITS;
    let number = F::from_bigint(short.then(|| BigInt::from_str(text).ok()).flatten()?)?;
    (decimal(&number) == text).then_some(number)
}

fn refused(field: impl Display, value: &str) -> SnarkjsError {
    SnarkjsError::Number {
        field: field.to_string(),
        value: value.chars().take(SHOWN).collect(),
    }
}
