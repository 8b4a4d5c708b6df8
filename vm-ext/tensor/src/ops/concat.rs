//! Values one after another along an axis

use super::{BoundsContext, Evaluation, ShapeContext, ValueId};
use crate::limits::MAX_CONCAT_INPUTS;
use crate::shape::size;
use crate::{Interval, ModelError, Shape};
use alloc::{format, vec::Vec};

/// The dimensions of the first input, with the sizes along `axis` added up.
pub fn shape(context: &ShapeContext, inputs: &[ValueId], axis: u8) -> Result<Shape, ModelError> {
    let axis_index = usize::from(axis);
    let (first, rest) = match inputs {
        [first, rest @ ..] if (2..=MAX_CONCAT_INPUTS).contains(&inputs.len()) => (first, rest),
        _ => {
            return Err(ModelError::InputCount {
                op: context.op,
                found: inputs.len(),
            })
        }
    };
    let first = context.value(*first)?;
    if axis_index >= first.rank() {
        return Err(ModelError::InvalidAxis {
            op: context.op,
            axis,
            rank: first.rank(),
        });
    }
    let mut dims = first.dims().to_vec();
    for value in rest {
        let next = context.value(*value)?;
        let agrees = next.rank() == first.rank()
            && next
                .dims()
                .iter()
                .zip(first.dims())
                .enumerate()
                .all(|(index, (a, b))| index == axis_index || a == b);
        if !agrees {
            return Err(ModelError::ShapeMismatch {
                op: context.op,
                name: "Concat",
                expected: format!("{first} in all but axis {axis}"),
                found: next.clone(),
            });
        }
        if let (Some(sum), Some(dim)) = (dims.get_mut(axis_index), next.dims().get(axis_index)) {
            *sum = sum.saturating_add(*dim);
        }
    }
    Shape::new(dims)
}

/// Along axis 0 the channels of all inputs, otherwise their union per channel.
pub fn bounds(
    context: &BoundsContext,
    inputs: &[ValueId],
    axis: u8,
) -> Result<Vec<Interval>, ModelError> {
    let mut result: Vec<Interval> = Vec::new();
    for value in inputs {
        let next = context.value(*value)?;
        if axis == 0 || result.is_empty() {
            result.extend_from_slice(next);
        } else {
            for (all, bound) in result.iter_mut().zip(next) {
                *all = all.union(bound);
            }
        }
    }
    Ok(result)
}

/// For each index of the axes before `axis`, the parts of all inputs in turn.
pub fn evaluate(context: &Evaluation, inputs: &[ValueId], axis: u8) -> Option<Vec<i32>> {
    let axis = usize::from(axis);
    let mut parts = Vec::with_capacity(inputs.len());
    for value in inputs {
        let dims = context.model.shape(*value).dims();
        let run = dims
            .get(axis..)?
            .iter()
            .fold(1usize, |product, dim| product.saturating_mul(size(*dim)));
        parts.push(context.value(*value)?.chunks(run.max(1)));
    }
    let mut result = Vec::new();
    while let Some(run) = parts.first_mut()?.next() {
        result.extend_from_slice(run);
        for part in parts.get_mut(1..)? {
            result.extend_from_slice(part.next()?);
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, Clamp, Model, ModelBuilder, Range, Scale};
    use alloc::vec;

    /// The input `[2, 2]`, halved, beside the input itself.
    fn beside(axis: u8) -> Result<Model, ModelError> {
        let halved = ModelBuilder::new(Shape::new([2, 2])?, Range::new(0, 8)?, Scale::ONE)
            .requantize(vec![1, 2], Clamp::FULL)?;
        let value = halved.current();
        halved.concat(vec![value, 0], axis)?.build(Scale::ONE)
    }

    fn upto(hi: i64) -> Interval {
        Interval { lo: 0, hi }
    }

    #[test]
    fn along_axis_zero_values_follow_each_other_with_their_bounds() {
        let model = beside(0).unwrap();
        assert_eq!(model.shape(2).dims(), [4, 2]);
        assert_eq!(
            execute(&model, &[2, 4, 4, 8]),
            Ok(vec![1, 2, 1, 2, 2, 4, 4, 8])
        );
        assert_eq!(model.bounds(2), [4, 2, 8, 8].map(upto));
    }

    #[test]
    fn along_another_axis_rows_are_joined_and_bounds_united() {
        let model = beside(1).unwrap();
        assert_eq!(model.shape(2).dims(), [2, 4]);
        assert_eq!(
            execute(&model, &[2, 4, 4, 8]),
            Ok(vec![1, 2, 2, 4, 1, 2, 4, 8])
        );
        assert_eq!(model.bounds(2), [8, 8].map(upto));
    }

    mod reject {
        use super::*;

        #[test]
        fn an_axis_that_is_not_there() {
            assert_eq!(
                beside(2),
                Err(ModelError::InvalidAxis {
                    op: 1,
                    axis: 2,
                    rank: 2
                })
            );
        }

        #[test]
        fn too_few_or_too_many_inputs() {
            for count in [0, 1, 65] {
                // An empty list reads nothing, so the relu keeps the input in use.
                let model =
                    ModelBuilder::new(Shape::new([1]).unwrap(), Range { lo: 0, hi: 1 }, Scale::ONE)
                        .relu()
                        .unwrap()
                        .concat(vec![1; count], 0)
                        .unwrap()
                        .build(Scale::ONE);
                let unused = Err(ModelError::UnusedValue(1));
                let refused = Err(ModelError::InputCount {
                    op: 1,
                    found: count,
                });
                assert_eq!(model, if count == 0 { unused } else { refused });
            }
        }

        #[test]
        fn values_that_differ_in_another_dimension() {
            let column = ModelBuilder::new(
                Shape::new([2, 2]).unwrap(),
                Range { lo: 0, hi: 1 },
                Scale::ONE,
            )
            .reshape(Shape::new([4, 1]).unwrap())
            .unwrap();
            let error = column
                .concat(vec![0, 1], 0)
                .unwrap()
                .build(Scale::ONE)
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                "op 1 (Concat): needs [2, 2] in all but axis 0, found shape [4, 1]"
            );
        }
    }
}
