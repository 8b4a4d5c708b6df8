//! What a prover needs of a set-up: points for the columns and rows of a circuit.

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_groth16::ProvingKey as Groth16Key;

/// A proving key of a circuit, with or without a [commitment](crate::R1cs::committed).
///
/// With `K_i = β·aᵢ(τ) + α·bᵢ(τ) + cᵢ(τ)` of column `i`, `groth16.vk.gamma_abc_g1` has `K_i/γ` of
/// the [instance](crate::R1cs::instances), `groth16.l_query` has `K_i/δ` of all other columns that
/// are not committed, in their order, and [`CommitmentKey::query`] has `K_i/ε` of those that are.
#[derive(Clone, Debug, PartialEq)]
pub struct ProvingKey {
    /// The points that every key has.
    pub groth16: Groth16Key<Bn254>,
    /// What a circuit with a commitment has besides.
    pub commitment: Option<CommitmentKey>,
}

/// The points of a commitment.
#[derive(Clone, Debug, PartialEq)]
pub struct CommitmentKey {
    /// `K_i/ε` of the committed columns, in their order.
    pub query: Vec<G1Affine>,
    /// ε in the first group; a blinded commitment is repaid with it.
    pub epsilon_g1: G1Affine,
    /// ε in the second group, part of the verifying key.
    pub epsilon_g2: G2Affine,
}
