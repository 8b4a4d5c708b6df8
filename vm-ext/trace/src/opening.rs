//! What an element is made of, and the check of it.

use crate::element::element;
use crate::plan::{Graph, Plan};
use crate::{Hash, Position, StepError, MAX_OPENING_BYTES};
use alloc::vec::Vec;
use codec::{Decode, DecodeAll, DecodeWithMemTracking, Encode};
use lattice_tensor::Manifest;
use scale_info::TypeInfo;

/// The operands and weights of one element, with the hashes to their roots.
///
/// Nothing in it says what it is of: that follows from model and element, and so do
/// the lengths of all parts. Operands that are the network's input are left out, as
/// the chain has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Opening {
    /// Elements of the leaves of operands: by operator, then by leaf, ascending.
    pub elements: Vec<i32>,
    /// For each operator in turn the hashes from those leaves to the top of its
    /// result's tree, then those from the results to the top of theirs; each level
    /// by level from below, ascending.
    pub hashes: Vec<Hash>,
    /// Bytes of the leaves of weights: by tensor, then by leaf, ascending.
    pub weights: Vec<u8>,
    /// For each tensor in turn the hashes from those leaves to the top of its tree,
    /// then those from the tensors to the top of theirs, in the same order.
    pub weight_hashes: Vec<Hash>,
}

impl Opening {
    /// Decodes exactly one opening and nothing else.
    ///
    /// # Errors
    /// [`StepError::Encoding`], also for more than [`MAX_OPENING_BYTES`].
    pub fn decode_strict(bytes: &[u8]) -> Result<Self, StepError> {
        let long = u32::try_from(bytes.len()).map_or(true, |len| len > MAX_OPENING_BYTES);
        if long {
            return Err(StepError::Encoding);
        }
        Self::decode_all(&mut &bytes[..]).map_err(|_| StepError::Encoding)
    }
}

/// What the element at `position` is, given that its operands are those opened.
///
/// The operands are verified against `root`, the weights against the manifest; then
/// the element is computed by the rules of [`lattice_tensor`]. The work is linear in
/// the sizes of manifest, input and opening.
///
/// # Errors
/// [`StepError`]; those for which [`StepError::blames_opener`] are as good as a wrong
/// element.
pub fn check(
    manifest: &Manifest,
    root: &Hash,
    input: &[i8],
    position: Position,
    opening: &Opening,
) -> Result<i32, StepError> {
    let graph = Graph::of(manifest)?;
    graph.check_input(input)?;
    let plan = Plan::of(&graph, position)?;
    let mut opened = plan.open(&graph, root, input, opening)?;
    element(&graph, position, &mut opened)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn an_opening_decodes_from_its_bytes_alone() {
        let opening = Opening {
            elements: vec![1, -1],
            hashes: vec![[3; 32]],
            weights: vec![1, 2, 3],
            weight_hashes: vec![],
        };
        let bytes = opening.encode();
        assert_eq!(Opening::decode_strict(&bytes), Ok(opening));
        let mut longer = bytes.clone();
        longer.push(0);
        for bytes in [&bytes[1..], &bytes[..bytes.len() - 1], &longer, &[]] {
            assert_eq!(Opening::decode_strict(bytes), Err(StepError::Encoding));
        }
        let long = Opening {
            weights: vec![0; 262_144],
            ..Opening::default()
        };
        assert_eq!(
            Opening::decode_strict(&long.encode()),
            Err(StepError::Encoding)
        );
    }
}
