//! The proving key's points, arranged for the sums that a proof needs.
//!
//! A proof of `z = (instance, witness)` with quotient `h` and random `r`, `s` is
//! ([Groth16](https://eprint.iacr.org/2016/260), section 3.2)
//!
//! * `A = α + Σ z_i·a_i + r·δ` in the first group,
//! * `B = β + Σ z_i·b_i + s·δ` in the second (and in the first, for `C`),
//! * `C = Σ_witness z_i·l_i + Σ h_i·x_i + s·A + r·B − r·s·δ`.
//!
//! Many `a_i` and `b_i` are the identity (a variable that stands on no left or no right side); those
//! are left out once. `α`, `β` and `δ` are points like the others. The two sums of `C` are one: a
//! single large sum shares its buckets.
//!
//! In a proof with a commitment ([MIRAGE](https://eprint.iacr.org/2020/278)) the committed part of the
//! witness leaves `C` for a sum of its own, with random `ρ`:
//!
//! * `D = Σ_committed z_i·k_i + ρ·δ`,
//! * `C` is less `ρ·ε`, which repays the blinding: in the equation, `D` counts `ε` times and `C` counts
//!   `δ` times.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ff::{Field, PrimeField, Zero};
use lattice_circuit::{gadgets::saturate::MAX_WIDTH, Inverses, Plan, ProvingKey};
use std::ops::Range;

use crate::{
    fixed_base::{canonical, FixedBase, Scalar},
    shared::Shared,
};

/// Memory for the multiples of one query's points, in bytes. Four queries share a worker's memory
/// with everything else; beyond this, sums get slower instead.
const TABLE_BUDGET: usize = 48 << 20;

/// The sums of a proof. Each is `None` if a variable that the circuit keeps small is not.
#[derive(Clone, Debug)]
pub(crate) struct Queries {
    /// `a`, `α`, `δ`, nothing.
    a: FixedBase<G1Projective>,
    /// `b`, `β`, nothing, `δ`.
    b_g1: FixedBase<G1Projective>,
    /// The same in the second group.
    b_g2: FixedBase<G2Projective>,
    /// `l`, `h`, `δ`, and `ε` if there is a commitment.
    lh: FixedBase<G1Projective>,
    /// `k`, `δ`.
    commitment: Option<FixedBase<G1Projective>>,
    /// `a` and `l` of the lookups' inverses, which the other sums leave out.
    inverses: [Shared<G1Projective>; 2],
    /// Witness columns whose points are `l`: those before and after the committed ones.
    uncommitted: [Range<usize>; 2],
}

impl Queries {
    /// Arranges a key for a circuit.
    pub(crate) fn new(key: &ProvingKey, plan: &Plan) -> Self {
        let ProvingKey {
            groth16: key,
            commitment,
        } = key;
        let small = plan.small_columns();
        let is_small = |column: usize| small.contains(&column);
        let end = plan.instances() + plan.witnesses();
        let uncommitted = match plan.committed() {
            Some(committed) => [plan.instances()..committed.start, committed.end..end],
            None => [plan.instances()..end, end..end],
        };
        // What follows the witness has no column at all.
        let is_small_l: Vec<bool> = uncommitted
            .iter()
            .cloned()
            .flatten()
            .map(is_small)
            .collect();
        let is_small_l = |index: usize| is_small_l.get(index).copied().unwrap_or_default();
        let g1 = |queries: &[&[G1Affine]], is_small: &dyn Fn(usize) -> bool| {
            FixedBase::new(&queries.concat(), is_small, MAX_WIDTH, TABLE_BUDGET)
        };
        let g2 = |queries: &[&[G2Affine]]| {
            FixedBase::new(&queries.concat(), is_small, MAX_WIDTH, TABLE_BUDGET)
        };
        let (delta, none) = (key.delta_g1, G1Affine::identity());
        let columns = plan.inverse_columns();
        let (mut a_query, mut l_query) = (key.a_query.clone(), key.l_query.clone());
        // In `l`, the instance and the committed columns before them are missing.
        let first_l = columns.start - (end - l_query.len());
        let inverses = [
            take(&mut a_query, columns.clone()),
            take(&mut l_query, first_l..first_l + columns.len()),
        ];
        Self {
            a: g1(&[&a_query, &[key.vk.alpha_g1, delta, none]], &is_small),
            b_g1: g1(&[&key.b_g1_query, &[key.beta_g1, none, delta]], &is_small),
            b_g2: g2(&[
                &key.b_g2_query,
                &[key.vk.beta_g2, G2Affine::identity(), key.vk.delta_g2],
            ]),
            lh: match commitment {
                None => g1(&[&l_query, &key.h_query, &[delta]], &is_small_l),
                Some(commitment) => {
                    let ends = [delta, commitment.epsilon_g1];
                    g1(&[&l_query, &key.h_query, &ends], &is_small_l)
                }
            },
            commitment: commitment.as_ref().map(|commitment| {
                let committed = commitment.query.len();
                g1(&[&commitment.query, &[delta]], &|index| index < committed)
            }),
            inverses,
            uncommitted,
        }
    }

    /// `Σ_committed z_i·k_i + ρ·δ`, for the committed columns of the witness; nothing without a
    /// commitment. The outer `None` is that of a variable that is not small.
    pub(crate) fn commit(&self, committed: &[Fr], rho: Fr) -> Option<Option<G1Projective>> {
        let Some(commitment) = &self.commitment else {
            return Some(None);
        };
        let scalars = canonical(&[committed, &[rho]].concat());
        commitment.msm(&scalars).map(Some)
    }

    /// The scalars of the first three sums: `z`, one, `r` and `s`.
    pub(crate) fn scalars(z: &[Fr], r: Fr, s: Fr) -> Vec<Scalar> {
        canonical(&[z, &[Fr::ONE, r, s]].concat())
    }

    /// `α + Σ z_i·a_i + r·δ`.
    pub(crate) fn a(&self, scalars: &[Scalar], inverses: &SharedScalars) -> Option<G1Projective> {
        Some(self.a.msm(scalars)? + self.inverses(0, inverses)?)
    }

    /// The sum over the lookups' inverses in `a` (0) or `l` (1).
    fn inverses(&self, query: usize, inverses: &SharedScalars) -> Option<G1Projective> {
        match inverses {
            Some((entries, values)) => self.inverses[query].msm(entries, values),
            None => Some(G1Projective::zero()),
        }
    }

    /// `β + Σ z_i·b_i + s·δ` in the first group.
    pub(crate) fn b_g1(&self, scalars: &[Scalar]) -> Option<G1Projective> {
        self.b_g1.msm(scalars)
    }

    /// `β + Σ z_i·b_i + s·δ` in the second group.
    pub(crate) fn b_g2(&self, scalars: &[Scalar]) -> Option<G2Projective> {
        self.b_g2.msm(scalars)
    }

    /// `Σ z_i·l_i + Σ h_i·x_i − rs·δ − ρ·ε`, for the scalars of all columns.
    pub(crate) fn lh(
        &self,
        z: &[Scalar],
        h: &[Scalar],
        inverses: &SharedScalars,
        (rs, rho): (Fr, Fr),
    ) -> Option<G1Projective> {
        let [before, after] = self.uncommitted.clone().map(|columns| &z[columns]);
        let ends = [(-rs).into_bigint(), (-rho).into_bigint()];
        let ends = match self.commitment {
            Some(_) => &ends[..],
            None => &ends[..1],
        };
        let sum = self.lh.msm(&[before, after, h, ends].concat())?;
        Some(sum + self.inverses(1, inverses)?)
    }
}

/// The entry of each lookup and the inverse of each entry; none in a circuit without lookups.
pub(crate) type SharedScalars = Option<(Vec<u32>, Vec<Scalar>)>;

/// The scalars of the lookups' inverses.
pub(crate) fn shared(inverses: Option<Inverses>) -> SharedScalars {
    inverses.map(|inverses| (inverses.entries, canonical(&inverses.values)))
}

/// Takes points out of a query; the identity, which no sum reads, stays in their place.
fn take(query: &mut [G1Affine], columns: Range<usize>) -> Shared<G1Projective> {
    let points = &mut query[columns];
    let shared = Shared::new(points);
    points.fill(G1Affine::identity());
    shared
}
