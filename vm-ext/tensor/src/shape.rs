//! Shapes of values and tensors.

use crate::limits::{MAX_ELEMENTS, MAX_RANK};
use crate::ModelError;
use alloc::vec::Vec;
use codec::{Decode, Encode, Input};
use core::fmt;
use scale_info::TypeInfo;

/// Dimensions of a row-major array: 1 to 4 of them, each at least 1, with at
/// most 2^24 elements. Axis 0 is the channel axis.
///
/// Encoded as a SCALE `Vec<u32>`; decoding refuses anything else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, TypeInfo)]
pub struct Shape(Vec<u32>);

impl Shape {
    /// Checks rank, dimensions and number of elements.
    ///
    /// # Errors
    /// [`ModelError::InvalidShape`].
    pub fn new(dims: impl Into<Vec<u32>>) -> Result<Self, ModelError> {
        let dims = dims.into();
        let elements = dims
            .iter()
            .try_fold(1u32, |product, dim| product.checked_mul(*dim));
        match elements {
            Some(1..=MAX_ELEMENTS) if (1..=MAX_RANK).contains(&dims.len()) => Ok(Self(dims)),
            _ => Err(ModelError::InvalidShape(dims)),
        }
    }

    /// The dimensions, outermost first.
    pub fn dims(&self) -> &[u32] {
        &self.0
    }

    /// Number of dimensions, 1 to 4.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// Number of elements, 1 to 2^24.
    #[allow(clippy::len_without_is_empty)] // A shape is never empty.
    pub fn len(&self) -> usize {
        self.0
            .iter()
            .fold(1, |product: usize, dim| product.saturating_mul(size(*dim)))
    }

    /// Size of axis 0.
    pub fn channels(&self) -> usize {
        self.0.first().copied().map_or(1, size)
    }

    /// Elements of one channel.
    pub fn channel_len(&self) -> usize {
        self.0
            .iter()
            .skip(1)
            .fold(1, |product: usize, dim| product.saturating_mul(size(*dim)))
    }
}

/// A dimension as a size in memory.
pub(crate) fn size(dim: u32) -> usize {
    // Never saturates: usize has at least 32 bits wherever this crate runs.
    usize::try_from(dim).unwrap_or(usize::MAX)
}

impl Decode for Shape {
    fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
        let codec::Compact(rank) = codec::Compact::<u32>::decode(input)?;
        // Before anything is allocated.
        if !(1..=MAX_RANK).contains(&size(rank)) {
            return Err("the rank of a shape must be 1 to 4".into());
        }
        let dims = (0..rank)
            .map(|_| u32::decode(input))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(dims)
            .map_err(|_| "a shape needs dimensions of 1 and more, 2^24 elements at most".into())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (axis, dim) in self.0.iter().enumerate() {
            if axis > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{dim}")?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    #[test]
    fn counts_elements_and_channels() {
        let shape = Shape::new([3, 4, 5]).unwrap();
        assert_eq!(
            (
                shape.rank(),
                shape.len(),
                shape.channels(),
                shape.channel_len()
            ),
            (3, 60, 3, 20)
        );
        assert_eq!(shape.to_string(), "[3, 4, 5]");
        assert_eq!(Shape::new([7]).unwrap().channel_len(), 1);
    }

    #[test]
    fn encodes_as_a_vector_of_dimensions() {
        assert_eq!(Shape::new([2, 3]).unwrap().encode(), vec![2u32, 3].encode());
    }

    mod reject {
        use super::*;

        #[test]
        fn shapes_out_of_bounds_built_or_decoded() {
            for dims in [
                vec![],
                vec![0],
                vec![3, 0],
                vec![1; 5],
                vec![MAX_ELEMENTS + 1],
                vec![1 << 12, 1 << 13],
                vec![u32::MAX; 4],
            ] {
                assert_eq!(
                    Shape::new(dims.clone()),
                    Err(ModelError::InvalidShape(dims.clone()))
                );
                assert!(Shape::decode(&mut &dims.encode()[..]).is_err(), "{dims:?}");
            }
            assert!(Shape::new([1 << 12, 1 << 12]).is_ok());
        }
    }
}
