//! The same elements, row-major, in another shape

use super::{BoundsContext, ShapeContext, ValueId};
use crate::interval::union_all;
use crate::{Interval, ModelError, Shape};
use alloc::{format, vec::Vec};

/// The new shape, if it has as many elements.
pub fn shape(context: &ShapeContext, input: ValueId, shape: &Shape) -> Result<Shape, ModelError> {
    let input = context.value(input)?;
    if input.len() != shape.len() {
        return Err(ModelError::ShapeMismatch {
            op: context.op,
            name: "Reshape",
            expected: format!("a shape of {} elements", input.len()),
            found: shape.clone(),
        });
    }
    Ok(shape.clone())
}

/// The union over the old channels whose elements a new channel holds.
pub fn bounds(context: &BoundsContext, input: ValueId) -> Result<Vec<Interval>, ModelError> {
    let old = context.value(input)?;
    let old_len = context.shape(input)?.channel_len().max(1);
    let result = context.result()?;
    let new_len = result.channel_len();
    let unknown = || ModelError::UnknownValue {
        op: context.op,
        value: input,
    };
    (0..result.channels())
        .map(|channel| {
            let start = channel.saturating_mul(new_len);
            let last = start.saturating_add(new_len).saturating_sub(1);
            let first = start.checked_div(old_len).unwrap_or(0);
            let last = last.checked_div(old_len).unwrap_or(0);
            old.get(first..=last)
                .and_then(union_all)
                .ok_or_else(unknown)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, Clamp, Model, ModelBuilder, Range, Scale};
    use alloc::vec;

    /// Three channels of two elements with bounds ±4, ±2 and ±1.
    fn reshaped(dims: &[u32]) -> Result<Model, ModelError> {
        ModelBuilder::new(Shape::new([3, 2])?, Range::new(-8, 8)?, Scale::ONE)
            .requantize(vec![1, 2, 3], Clamp::FULL)?
            .reshape(Shape::new(dims)?)?
            .build(Scale::ONE)
    }

    fn within(end: i64) -> Interval {
        Interval { lo: -end, hi: end }
    }

    #[test]
    fn keeps_the_elements_in_row_major_order() {
        let model = reshaped(&[2, 3]).unwrap();
        assert_eq!(
            execute(&model, &[8, -8, 8, -8, 8, -8]),
            Ok(vec![4, -4, 2, -2, 1, -1])
        );
    }

    #[test]
    fn a_channel_is_bounded_by_all_old_channels_that_it_touches() {
        assert_eq!(reshaped(&[2, 3]).unwrap().bounds(2), [within(4), within(2)]);
        assert_eq!(reshaped(&[1, 6]).unwrap().bounds(2), [within(4)]);
        assert_eq!(
            reshaped(&[6]).unwrap().bounds(2),
            [4, 4, 2, 2, 1, 1].map(within)
        );
        assert_eq!(
            reshaped(&[3, 1, 2]).unwrap().bounds(2),
            [4, 2, 1].map(within)
        );
    }

    #[test]
    fn another_number_of_elements_is_refused() {
        assert_eq!(
            reshaped(&[7]).unwrap_err().to_string(),
            "op 1 (Reshape): needs a shape of 6 elements, found shape [7]"
        );
    }
}
