//! What a contributor computes: `L′ = L/x`, `H′ = H/x` and, where there is one, `K′ = K/e`.

use ark_bn254::{g1, Fr};
use lattice_verifier::ceremony::Trapdoor;
use std::path::Path;

use super::files::{StateFile, StateRoots, StateWriter};
use crate::{error::Phase2Error, scale::multiply_by_one};

/// Multiplies every point of a state by the scalar of its query's trapdoor and writes the result,
/// piece by piece. Returns the new file and its Merkle roots.
///
/// # Errors
/// [`Phase2Error::Io`], [`Phase2Error::Point`].
pub fn multiply_state(
    from: &StateFile,
    to: &Path,
    scalar: impl Fn(Trapdoor) -> Fr,
) -> Result<(StateFile, StateRoots), Phase2Error> {
    let mut out = StateWriter::create(to, from.counts())?;
    for &query in from.queries() {
        let scalar = scalar(query.trapdoor());
        from.each(query, |_, points| {
            out.write(query, &multiply_by_one::<g1::Config>(&points, scalar))
        })?;
    }
    out.finish()
}
