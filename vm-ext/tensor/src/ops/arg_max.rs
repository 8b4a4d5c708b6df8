//! Index of the largest element, the lowest of equals

use super::{BoundsContext, Evaluation, ShapeContext, ValueId};
use crate::{Interval, ModelError, Shape};
use alloc::{vec, vec::Vec};

/// A vector gives `[1]`.
pub fn shape(context: &ShapeContext, input: ValueId) -> Result<Shape, ModelError> {
    let input = context.value(input)?;
    if input.rank() != 1 {
        return Err(ModelError::ShapeMismatch {
            op: context.op,
            name: "ArgMax",
            expected: "a vector (a Flatten is missing)".into(),
            found: input.clone(),
        });
    }
    Shape::new([1])
}

/// `[0, elements - 1]`.
pub fn bounds(context: &BoundsContext, input: ValueId) -> Result<Vec<Interval>, ModelError> {
    let last = context.shape(input)?.len().saturating_sub(1);
    Ok(vec![Interval {
        lo: 0,
        hi: i64::try_from(last).unwrap_or(i64::MAX),
    }])
}

/// The index of the largest of `values`: a later element wins only if it is
/// greater. None for no values.
pub fn arg_max(values: &[i32]) -> Option<i32> {
    let mut best: Option<(usize, i32)> = None;
    for (index, value) in values.iter().enumerate() {
        if best.is_none_or(|(_, largest)| *value > largest) {
            best = Some((index, *value));
        }
    }
    best.and_then(|(index, _)| i32::try_from(index).ok())
}

/// [`arg_max`] of the vector.
pub fn evaluate(context: &Evaluation, input: ValueId) -> Option<Vec<i32>> {
    arg_max(context.value(input)?).map(|index| vec![index])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, Model, ModelBuilder, Range, Scale};

    fn model(dims: &[u32]) -> Result<Model, ModelError> {
        ModelBuilder::new(Shape::new(dims)?, Range::new(-9, 9)?, Scale::ONE)
            .argmax()?
            .build(Scale::ONE)
    }

    #[test]
    fn the_lowest_index_wins_a_tie() {
        let model = model(&[4]).unwrap();
        assert_eq!(execute(&model, &[-9, 3, 2, 3]), Ok(vec![1]));
        assert_eq!(execute(&model, &[-9, -9, -9, -9]), Ok(vec![0]));
        assert_eq!(execute(&model, &[0, 1, 2, 9]), Ok(vec![3]));
        assert_eq!(model.bounds(1), [Interval { lo: 0, hi: 3 }]);
        assert_eq!(model.shape(1).dims(), [1]);
    }

    #[test]
    fn only_vectors_are_taken() {
        assert!(model(&[2, 2])
            .unwrap_err()
            .to_string()
            .contains("a Flatten is missing"));
    }
}
