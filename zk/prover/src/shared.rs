//! Sums over columns of which many hold the same number.
//!
//! The inverse of a lookup is that of the table's entry, and there are many lookups of one entry. So
//! the points of an entry's columns are added first, one cheap addition each, and only one product per
//! entry is left: `Σ_j v_{e(j)}·P_j = Σ_e v_e·(Σ_{e(j) = e} P_j)`.

use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::PrimeField;

use crate::{
    fixed_base::{gathered, FixedBase, Scalar},
    lanes::{Backend, Curve},
};

/// The points of such columns.
#[derive(Clone, Debug)]
pub(crate) struct Shared<G: Curve> {
    backend: Backend,
    /// Columns whose point is not the identity.
    columns: Vec<u32>,
    points: Vec<G::Point>,
}

impl<G: Curve> Shared<G>
where
    G: VariableBaseMSM<MulBase = <G as CurveGroup>::Affine>,
    G::ScalarField: PrimeField<BigInt = Scalar>,
{
    /// Keeps the points of the columns, one per column.
    pub(crate) fn new(query: &[G::Affine]) -> Self {
        let backend = Backend::detect();
        let kept = || (0u32..).zip(query).filter(|(_, point)| !point.is_zero());
        Self {
            backend,
            columns: kept().map(|(column, _)| column).collect(),
            points: kept().map(|(_, point)| G::pack(backend, point)).collect(),
        }
    }

    /// `Σ values[entries_j]·query_j`.
    pub(crate) fn msm(&self, entries: &[u32], values: &[Scalar]) -> Option<G> {
        let ids = self.columns.iter().map(|&column| entries[column as usize]);
        let ids: Vec<u32> = ids.collect();
        let sums = gathered::<G>(self.backend, &ids, &self.points, values.len(), |id| id);
        let (bases, scalars): (Vec<_>, Vec<_>) = match sums {
            Some(sums) => sums
                .into_iter()
                .zip(values)
                .filter_map(|(sum, &value)| Some((sum?, value)))
                .unzip(),
            // Points that cancel out, which no honest key has.
            None => self
                .points
                .iter()
                .zip(&ids)
                .map(|(point, &id)| (G::unpack(self.backend, point), values[id as usize]))
                .unzip(),
        };
        // Without memory for multiples, which are of no use twice.
        FixedBase::<G>::new(&bases, |_| false, 0, 0).msm(&scalars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fr, G1Affine, G1Projective};
    use ark_ff::UniformRand;
    use rand::{rngs::StdRng, Rng, SeedableRng};

    #[test]
    fn it_is_the_sum_of_products() {
        let mut rng = StdRng::seed_from_u64(1);
        let points: Vec<G1Projective> = (0..300).map(|_| G1Projective::rand(&mut rng)).collect();
        let mut points = G1Projective::normalize_batch(&points);
        points[7] = G1Affine::identity();
        let values: Vec<Fr> = (0..40).map(|_| Fr::rand(&mut rng)).collect();
        let scalars = crate::fixed_base::canonical(&values);
        let mut entries: Vec<u32> = (0..300).map(|_| rng.gen_range(0..30)).collect();
        let expected = |points: &[G1Affine], entries: &[u32]| -> G1Projective {
            let pairs = points.iter().zip(entries);
            pairs.map(|(point, &e)| *point * values[e as usize]).sum()
        };
        let shared = Shared::<G1Projective>::new(&points);
        assert_eq!(
            shared.msm(&entries, &scalars),
            Some(expected(&points, &entries))
        );
        // A point and its negative under one entry.
        points[11] = -points[10];
        entries[11] = entries[10];
        let alone = [points[10], points[11]];
        let shared = Shared::<G1Projective>::new(&alone);
        assert_eq!(
            shared.msm(&[3, 3], &scalars),
            Some(expected(&alone, &[3, 3]))
        );
    }
}
