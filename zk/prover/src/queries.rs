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
//! are left out once. The two sums of `C` are one: a single large sum shares its buckets.

use ark_bn254::{Bn254, Fr, G1Projective, G2Projective};
use ark_groth16::ProvingKey;
use lattice_circuit::{gadgets::saturate::MAX_WIDTH, Plan, R1cs};

use crate::fixed_base::{canonical, FixedBase, Scalar};

/// Memory for the multiples of one query's points, in bytes. Four queries share a worker's memory
/// with everything else; beyond this, sums get slower instead.
const TABLE_BUDGET: usize = 48 << 20;

/// The sums of a proof.
#[derive(Clone, Debug)]
pub struct Queries {
    a: FixedBase<G1Projective>,
    b_g1: FixedBase<G1Projective>,
    b_g2: FixedBase<G2Projective>,
    /// `l` and then `h`.
    lh: FixedBase<G1Projective>,
}

impl Queries {
    /// Arranges a key for a circuit.
    pub fn new(key: &ProvingKey<Bn254>, plan: &Plan) -> Self {
        let small = plan.small_columns();
        let is_small = |column: usize| small.contains(&column);
        // The witness is the columns after the instance, and `h` has no column at all.
        let lh = [key.l_query.as_slice(), &key.h_query].concat();
        let is_small_witness = |index: usize| is_small(index + R1cs::INSTANCES);
        Self {
            a: FixedBase::new(&key.a_query, is_small, MAX_WIDTH, TABLE_BUDGET),
            b_g1: FixedBase::new(&key.b_g1_query, is_small, MAX_WIDTH, TABLE_BUDGET),
            b_g2: FixedBase::new(&key.b_g2_query, is_small, MAX_WIDTH, TABLE_BUDGET),
            lh: FixedBase::new(&lh, is_small_witness, MAX_WIDTH, TABLE_BUDGET),
        }
    }

    /// `Σ z_i·a_i`. This and the other sums are `None` if a variable that the circuit keeps small
    /// is not.
    pub fn a(&self, z: &[Scalar]) -> Option<G1Projective> {
        self.a.msm(z)
    }

    /// `Σ z_i·b_i` in the first group.
    pub fn b_g1(&self, z: &[Scalar]) -> Option<G1Projective> {
        self.b_g1.msm(z)
    }

    /// `Σ z_i·b_i` in the second group.
    pub fn b_g2(&self, z: &[Scalar]) -> Option<G2Projective> {
        self.b_g2.msm(z)
    }

    /// `Σ witness_i·l_i + Σ h_i·x_i`.
    pub fn lh(&self, witness: &[Scalar], h: &[Fr]) -> Option<G1Projective> {
        self.lh.msm(&[witness, &canonical(h)].concat())
    }
}
