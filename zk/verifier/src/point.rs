//! Points from bytes, strictly.

use ark_ec::short_weierstrass::{Affine, SWCurveConfig, SWFlags};
use ark_ec::AffineRepr;
use ark_ff::Zero;
use ark_serialize::{CanonicalDeserialize, CanonicalDeserializeWithFlags, CanonicalSerialize};

use crate::error::PointError;

/// Decodes a compressed point: the x coordinate in little-endian order (for G2 its two components,
/// c0 first), with the sign of y in bit 7 and the identity in bit 6 of the last byte.
///
/// Guarantees: on the curve, in the subgroup of order r, not the identity, and `bytes` is the one
/// encoding of the result. arkworks refuses a coordinate at or above p and two flags at once, but
/// takes an identity with any x and a sign bit without a sign; comparing the encoding of what was
/// decoded with what was given leaves none of that to a library's version.
pub(crate) fn decode<C: SWCurveConfig>(bytes: &[u8]) -> Result<Affine<C>, PointError> {
    let (x, flags) = C::BaseField::deserialize_with_flags::<_, SWFlags>(bytes)
        .map_err(|_| PointError::NotCanonical)?;
    let Some(positive) = flags.is_positive() else {
        return Err(if x.is_zero() {
            PointError::Identity
        } else {
            PointError::NotCanonical
        });
    };
    let (low, high) = Affine::<C>::get_ys_from_x_unchecked(x).ok_or(PointError::NotOnCurve)?;
    let point = Affine::new_unchecked(x, if positive { low } else { high });
    if !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(PointError::NotInSubgroup);
    }
    let mut again = Vec::with_capacity(bytes.len());
    point
        .serialize_compressed(&mut again)
        .map_err(|_| PointError::NotCanonical)?;
    if again != bytes {
        return Err(PointError::NotCanonical);
    }
    Ok(point)
}

/// Decodes an uncompressed point that this crate has encoded after validating it: canonical
/// coordinates, on the curve and not the identity are checked again because it costs nothing, the
/// subgroup is not.
pub(crate) fn decode_trusted<C: SWCurveConfig>(bytes: &[u8]) -> Result<Affine<C>, PointError> {
    let point = Affine::<C>::deserialize_uncompressed_unchecked(bytes)
        .map_err(|_| PointError::NotCanonical)?;
    if point.is_zero() {
        return Err(PointError::Identity);
    }
    if !point.is_on_curve() {
        return Err(PointError::NotOnCurve);
    }
    Ok(point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{g1, g2};
    use ark_serialize::Valid;
    use proptest::prelude::*;

    /// What arkworks accepts, less the identity and second encodings.
    fn theirs<C: SWCurveConfig>(bytes: &[u8]) -> Option<Affine<C>> {
        let point = Affine::<C>::deserialize_compressed(bytes).ok()?;
        let mut again = Vec::new();
        point.serialize_compressed(&mut again).ok()?;
        (!point.is_zero() && again == bytes).then_some(point)
    }

    proptest! {
        #[test]
        fn points_of_g1_are_those_of_arkworks(mut bytes in any::<[u8; 32]>(), high in 0u8..0x38) {
            // A top byte around that of p, so that both sides of it come up.
            bytes[31] = (bytes[31] & 0xc0) | high;
            prop_assert_eq!(decode::<g1::Config>(&bytes).ok(), theirs::<g1::Config>(&bytes));
        }

        #[test]
        fn points_of_g2_are_those_of_arkworks(
            low in any::<[u8; 32]>(), high in any::<[u8; 32]>(), clear in any::<bool>(),
        ) {
            let mut bytes = [low, high].concat();
            bytes[31] &= 0x2f;
            bytes[63] &= 0xef;
            if let (true, Ok(x)) = (
                clear,
                <ark_bn254::Fq2 as CanonicalDeserialize>::deserialize_compressed(&bytes[..]),
            ) {
                // Into the subgroup, where random points hardly ever are.
                if let Some(point) = Affine::<g2::Config>::get_point_from_x_unchecked(x, true) {
                    let point = point.clear_cofactor();
                    prop_assert!(point.check().is_ok());
                    bytes.clear();
                    point.serialize_compressed(&mut bytes).expect("to memory");
                    prop_assert_eq!(decode::<g2::Config>(&bytes), Ok(point));
                }
            }
            prop_assert_eq!(decode::<g2::Config>(&bytes).ok(), theirs::<g2::Config>(&bytes));
        }
    }
}
