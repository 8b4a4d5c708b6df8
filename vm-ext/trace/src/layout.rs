//! The shape of the tree over a model's trace.

use crate::tree::{Form, Join};
use crate::{LayoutError, LEAF_ELEMENTS};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use lattice_tensor::limits::{MAX_ELEMENTS, MAX_OPS};
use lattice_tensor::{Manifest, ModelError, Shape};
use scale_info::TypeInfo;

/// Most operators of a model.
pub const MAX_VALUES: u32 = 4_096;

/// Number of elements of each operator's result, by which the tree over a trace
/// has its shape.
///
/// There is at least one operator, and each result has 1 to 2^24 elements;
/// decoding refuses anything else.
#[derive(Clone, Debug, PartialEq, Eq, Encode, MaxEncodedLen, TypeInfo)]
pub struct Layout {
    lengths: BoundedVec<u32, ConstU32<MAX_VALUES>>,
}

impl Layout {
    /// That of a model.
    ///
    /// # Errors
    /// [`LayoutError::Manifest`] if the manifest is none of a model.
    pub fn of(manifest: &Manifest) -> Result<Self, LayoutError> {
        Self::of_shapes(&manifest.shapes()?).ok_or(LayoutError::Manifest(ModelError::NoOps))
    }

    /// That of a model with values of these shapes, the input first.
    pub(crate) fn of_shapes(shapes: &[Shape]) -> Option<Self> {
        let results = shapes.get(1..)?;
        let length = |shape: &Shape| u32::try_from(shape.len()).unwrap_or(u32::MAX);
        Self::new(results.iter().map(length).collect())
    }

    fn new(lengths: Vec<u32>) -> Option<Self> {
        let valid = !lengths.is_empty()
            && lengths
                .iter()
                .all(|length| (1..=MAX_ELEMENTS).contains(length));
        let lengths = BoundedVec::try_from(lengths).ok()?;
        valid.then_some(Self { lengths })
    }

    /// Number of operators.
    pub fn ops(&self) -> u32 {
        u32::try_from(self.lengths.len()).unwrap_or(u32::MAX)
    }

    /// Elements of the result of an operator.
    pub fn length(&self, op: u32) -> Option<u32> {
        self.lengths.get(size(op)).copied()
    }

    /// Most reveals of a walk.
    pub fn rounds(&self) -> u32 {
        let values = self.values();
        (0..self.ops())
            .map(|op| {
                // The first leaf of a result is below a branch at every level.
                let height = self.elements(op).map_or(0, |form| form.height());
                values
                    .depth(size(op))
                    .saturating_add(height.into())
                    .saturating_add(1)
            })
            .max()
            .unwrap_or(0)
    }

    /// The tree over the hashes of all results.
    pub(crate) fn values(&self) -> Form {
        Form::new(Join::Trace, self.lengths.len())
    }

    /// The tree over the leaves of one result.
    pub(crate) fn elements(&self, op: u32) -> Option<Form> {
        let length = size(self.length(op)?);
        Some(Form::new(Join::Trace, length.div_ceil(LEAF_ELEMENTS)))
    }

    /// Elements of a leaf of the result of an operator.
    pub(crate) fn leaf_len(&self, op: u32, leaf: usize) -> usize {
        let before = leaf.saturating_mul(LEAF_ELEMENTS);
        let length = self.length(op).map_or(0, size);
        length.saturating_sub(before).min(LEAF_ELEMENTS)
    }
}

impl Decode for Layout {
    fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
        let lengths = BoundedVec::<u32, ConstU32<MAX_VALUES>>::decode(input)?;
        Self::new(lengths.into_inner())
            .ok_or_else(|| "a layout needs results of 1 to 2^24 elements".into())
    }
}

impl DecodeWithMemTracking for Layout {}

/// A count as a size in memory. Never saturates: usize has at least 32 bits
/// wherever this crate runs.
pub(crate) fn size(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

const _: () = assert!(MAX_OPS == 4_096, "a layout has room for all operators");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn rounds(lengths: Vec<u32>) -> u32 {
        Layout::new(lengths).unwrap().rounds()
    }

    #[test]
    fn rounds_count_branches_and_the_leaf() {
        assert_eq!(rounds(vec![1]), 1);
        assert_eq!(rounds(vec![64]), 1);
        assert_eq!(rounds(vec![65]), 2);
        assert_eq!(rounds(vec![64 * 16]), 2);
        assert_eq!(rounds(vec![64 * 16 + 1]), 3);
        assert_eq!(rounds(vec![1; 16]), 2);
        assert_eq!(rounds(vec![1; 17]), 3);
        let mut last_is_long = vec![1; 17];
        last_is_long[16] = 65;
        assert_eq!(rounds(last_is_long), 3);
        assert_eq!(rounds(vec![1 << 24; 4_096]), 9);
    }

    #[test]
    fn the_longest_layout_keeps_its_bound() {
        let layout = Layout::new(vec![1 << 24; 4_096]).unwrap();
        assert_eq!(layout.encoded_size(), Layout::max_encoded_len());
        assert_eq!(Layout::decode(&mut &layout.encode()[..]), Ok(layout));
    }

    mod refuse {
        use super::*;

        #[test]
        fn layouts_that_no_model_has() {
            for lengths in [vec![], vec![1, 0], vec![(1 << 24) + 1], vec![1; 4_097]] {
                assert_eq!(Layout::new(lengths.clone()), None);
                assert!(Layout::decode(&mut &lengths.encode()[..]).is_err());
            }
        }
    }
}
