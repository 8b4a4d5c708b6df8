//! One dimension of all elements; bounds and evaluation are those of `Reshape`

use super::{ShapeContext, ValueId};
use crate::{ModelError, Shape};

/// `[elements]`.
pub fn shape(context: &ShapeContext, input: ValueId) -> Result<Shape, ModelError> {
    let elements = u32::try_from(context.value(input)?.len()).unwrap_or(u32::MAX);
    Shape::new([elements])
}

#[cfg(test)]
mod tests {
    use crate::{execute, Interval, ModelBuilder, Range, Scale, Shape};
    use alloc::vec;

    #[test]
    fn keeps_the_elements_and_gives_each_its_channels_bounds() {
        let model = ModelBuilder::new(
            Shape::new([2, 1, 2]).unwrap(),
            Range { lo: -8, hi: 8 },
            Scale::ONE,
        )
        .requantize(vec![1, 2], crate::Clamp::FULL)
        .unwrap()
        .flatten()
        .unwrap()
        .build(Scale::ONE)
        .unwrap();
        assert_eq!(model.shape(2).dims(), [4]);
        assert_eq!(execute(&model, &[8, -8, 8, -8]), Ok(vec![4, -4, 2, -2]));
        let (wide, narrow) = (Interval { lo: -4, hi: 4 }, Interval { lo: -2, hi: 2 });
        assert_eq!(model.bounds(2), [wide, wide, narrow, narrow]);
    }
}
