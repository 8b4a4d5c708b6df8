//! What a contributor computes: `L′ = L/x` and `H′ = H/x`.

use ark_bn254::{g1, Fr};
use lattice_verifier::ceremony::{Query, Roots};
use std::path::Path;

use super::files::{StateFile, StateWriter};
use crate::{error::Phase2Error, scale::multiply_by_one};

/// Multiplies every point of a state by one scalar and writes the result, piece by piece. Returns
/// the new file and its Merkle roots.
///
/// # Errors
/// [`Phase2Error::Io`], [`Phase2Error::Point`].
pub fn multiply_state(
    from: &StateFile,
    to: &Path,
    scalar: Fr,
) -> Result<(StateFile, Roots), Phase2Error> {
    let mut out = StateWriter::create(to, from.count(Query::L), from.count(Query::H))?;
    for query in Query::ALL {
        from.each(query, |_, points| {
            out.write(query, &multiply_by_one::<g1::Config>(&points, scalar))
        })?;
    }
    out.finish()
}
