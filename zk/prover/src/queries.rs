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

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ff::{Field, PrimeField};
use ark_groth16::ProvingKey;
use lattice_circuit::{gadgets::saturate::MAX_WIDTH, Plan, R1cs};

use crate::fixed_base::{canonical, FixedBase, Scalar};

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
    /// `l`, `h`, `δ`.
    lh: FixedBase<G1Projective>,
}

impl Queries {
    /// Arranges a key for a circuit.
    pub(crate) fn new(key: &ProvingKey<Bn254>, plan: &Plan) -> Self {
        let small = plan.small_columns();
        let is_small = |column: usize| small.contains(&column);
        // The witness is the columns after the instance; what follows it has no column at all.
        let is_small_witness = |index: usize| is_small(index + R1cs::STATEMENT);
        let g1 = |queries: &[&[G1Affine]], is_small: &dyn Fn(usize) -> bool| {
            FixedBase::new(&queries.concat(), is_small, MAX_WIDTH, TABLE_BUDGET)
        };
        let g2 = |queries: &[&[G2Affine]]| {
            FixedBase::new(&queries.concat(), is_small, MAX_WIDTH, TABLE_BUDGET)
        };
        let (delta, none) = (key.delta_g1, G1Affine::identity());
        Self {
            a: g1(&[&key.a_query, &[key.vk.alpha_g1, delta, none]], &is_small),
            b_g1: g1(&[&key.b_g1_query, &[key.beta_g1, none, delta]], &is_small),
            b_g2: g2(&[
                &key.b_g2_query,
                &[key.vk.beta_g2, G2Affine::identity(), key.vk.delta_g2],
            ]),
            lh: g1(&[&key.l_query, &key.h_query, &[delta]], &is_small_witness),
        }
    }

    /// The scalars of the first three sums: `z`, one, `r` and `s`.
    pub(crate) fn scalars(z: &[Fr], r: Fr, s: Fr) -> Vec<Scalar> {
        canonical(&[z, &[Fr::ONE, r, s]].concat())
    }

    /// `α + Σ z_i·a_i + r·δ`.
    pub(crate) fn a(&self, scalars: &[Scalar]) -> Option<G1Projective> {
        self.a.msm(scalars)
    }

    /// `β + Σ z_i·b_i + s·δ` in the first group.
    pub(crate) fn b_g1(&self, scalars: &[Scalar]) -> Option<G1Projective> {
        self.b_g1.msm(scalars)
    }

    /// `β + Σ z_i·b_i + s·δ` in the second group.
    pub(crate) fn b_g2(&self, scalars: &[Scalar]) -> Option<G2Projective> {
        self.b_g2.msm(scalars)
    }

    /// `Σ witness_i·l_i + Σ h_i·x_i − rs·δ`.
    pub(crate) fn lh(&self, witness: &[Scalar], h: &[Scalar], rs: Fr) -> Option<G1Projective> {
        self.lh.msm(&[witness, h, &[(-rs).into_bigint()]].concat())
    }
}
