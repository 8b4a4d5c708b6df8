//! Many points from their bytes: canonical, on their curve, in their subgroup; in parallel.
//!
//! Every file with points is read by this module: proving keys, the files of a ceremony, snarkjs'
//! `.ptau`. They differ in their [`format`](mod@format) alone.
//!
//! | module | what |
//! |---|---|
//! | [`format`](mod@format) | the two ways to write a point, and that each point has one encoding |
//! | [`subgroup`] | whether points are in the subgroup of prime order, for thousands at a time |

pub mod format;
pub mod subgroup;

use ark_bn254::{g1, g2};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use rayon::prelude::*;

use format::{Coordinate, Format};

/// A group of BN254 whose points are in files.
pub trait Group: SWCurveConfig<BaseField: Coordinate> {
    /// Bytes of a point in any of the formats.
    const POINT_LEN: usize = 2 * Self::BaseField::LEN;
    /// No prime below two to this power divides the cofactor; see [`subgroup`].
    const COFACTOR_FREE_BITS: u32;
}

impl Group for g1::Config {
    // The cofactor is one, which no prime divides.
    const COFACTOR_FREE_BITS: u32 = u32::MAX;
}

impl Group for g2::Config {
    // The least is 10069.
    const COFACTOR_FREE_BITS: u32 = 13;
}

/// The first of some points that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its position, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Reads as many points as there are bytes for and appends them. Memory grows by the points alone.
///
/// # Errors
/// [`Refused`] for a point that is not canonical in this format, not on its curve or not in its
/// subgroup; then nothing is appended.
pub fn decode<F: Format, C: Group>(
    bytes: &[u8],
    points: &mut Vec<Affine<C>>,
) -> Result<(), Refused> {
    let before = points.len();
    decode_on_curve::<F, C>(bytes, points)?;
    match subgroup::first_outside(&points[before..]) {
        None => Ok(()),
        Some(index) => {
            points.truncate(before);
            Err(Refused {
                index,
                reason: "outside the subgroup of prime order",
            })
        }
    }
}

/// [`decode`] without the subgroup: for bytes whose points were checked before.
///
/// # Errors
/// [`Refused`] for a point that is not canonical or not on its curve.
pub fn decode_on_curve<F: Format, C: Group>(
    bytes: &[u8],
    points: &mut Vec<Affine<C>>,
) -> Result<(), Refused> {
    let before = points.len();
    let chunks = bytes.par_chunks(C::POINT_LEN);
    points.resize(before + chunks.len(), Affine::identity());
    let refused = points[before..]
        .par_iter_mut()
        .zip(chunks)
        .enumerate()
        .with_min_len(256)
        .find_map_first(|(index, (point, bytes))| match F::read(bytes) {
            Ok(read) => {
                *point = read;
                None
            }
            Err(reason) => Some(Refused { index, reason }),
        });
    match refused {
        None => Ok(()),
        Some(refused) => {
            points.truncate(before);
            Err(refused)
        }
    }
}

#[cfg(test)]
mod tests;
