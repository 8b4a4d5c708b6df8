//! `y[o] = b[o] + Σ_k w[o, k] · x[k]`

use super::products::{dot, quantized, slice, typed, Columns, End, Sums};
use super::{BoundsContext, Evaluation, ShapeContext, TensorId, ValueId};
use crate::model;
use crate::{DType, Interval, Model, ModelError, Shape};
use alloc::{format, string::String, vec::Vec};

const NAME: &str = "Linear";

/// `[in]`, weights `[out, in]` and bias `[out]` give `[out]`.
pub fn shape(
    context: &ShapeContext,
    input: ValueId,
    weight: TensorId,
    bias: Option<TensorId>,
) -> Result<Shape, ModelError> {
    let mismatch = |expected: String, found: &Shape| ModelError::ShapeMismatch {
        op: context.op,
        name: NAME,
        expected,
        found: found.clone(),
    };
    let input = context.value(input)?;
    let &[columns] = input.dims() else {
        return Err(mismatch("a vector (a Flatten is missing)".into(), input));
    };
    let weight = typed(context, weight, DType::I8)?;
    let out = match weight.shape.dims() {
        &[out, width] if width == columns => out,
        _ => return Err(mismatch(format!("weights [out, {columns}]"), &weight.shape)),
    };
    if let Some(bias) = bias {
        let bias = typed(context, bias, DType::I32)?;
        if bias.shape.dims() != [out] {
            return Err(mismatch(format!("a bias [{out}]"), &bias.shape));
        }
    }
    Shape::new([out])
}

/// `[b + Σ min(w·x), b + Σ max(w·x)]` over the ends of each x.
///
/// Refuses a channel for which Σ|w|·max|x| + |b| reaches 2^30.
pub fn bounds(
    context: &BoundsContext,
    input: ValueId,
    weight: TensorId,
    bias: Option<TensorId>,
) -> Result<Vec<Interval>, ModelError> {
    let input = quantized(context, input)?;
    let weight = model::weight(context.tensors, weight);
    let bias = bias.map_or(&[][..], |tensor| model::bias(context.tensors, tensor));
    sums(weight, bias, input)
        .enumerate()
        .map(|(channel, sums)| sums.checked(context.op, channel))
        .collect()
}

/// Elements of the weights.
pub fn multiply_accumulates(context: &ShapeContext, weight: TensorId) -> u64 {
    let elements = context.tensor(weight).map_or(0, |decl| decl.shape.len());
    u64::try_from(elements).unwrap_or(u64::MAX)
}

/// How many columns a float32 backend may sum at once.
pub fn exact_columns(
    model: &Model,
    input: ValueId,
    weight: TensorId,
    bias: Option<TensorId>,
) -> usize {
    let input = model.bounds(input);
    let bias = bias.map_or(&[][..], |tensor| model.bias(tensor));
    let exact = sums(model.weight(weight), bias, input).all(|sums| sums.is_exact());
    slice(input.len(), exact)
}

/// The sums of each output channel.
fn sums<'a>(
    weight: &'a [i8],
    bias: &'a [i32],
    input: &[Interval],
) -> impl Iterator<Item = Sums> + 'a {
    let columns = Columns::new(input.iter().map(End::new));
    weight
        .chunks_exact(input.len().max(1))
        .enumerate()
        .map(move |(channel, row)| columns.sums(row, bias.get(channel).copied().unwrap_or(0)))
}

/// The sums of products in i32.
pub fn evaluate(
    context: &Evaluation,
    input: ValueId,
    weight: TensorId,
    bias: Option<TensorId>,
) -> Option<Vec<i32>> {
    // 16 bits let the compiler use the multiply-add of pairs that every processor has.
    let input = context
        .value(input)?
        .iter()
        .map(|value| i16::try_from(*value).ok())
        .collect::<Option<Vec<_>>>()?;
    let bias = bias.map_or(&[][..], |tensor| context.model.bias(tensor));
    let sums = context
        .model
        .weight(weight)
        .chunks_exact(input.len().max(1))
        .enumerate()
        .map(|(channel, row)| {
            dot(row, &input).wrapping_add(bias.get(channel).copied().unwrap_or(0))
        });
    Some(sums.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, ModelBuilder, Range, Scale};
    use alloc::vec;

    fn layer(weights: Vec<i8>, out: u32, bias: Option<Vec<i32>>) -> Result<Model, ModelError> {
        let columns = u32::try_from(weights.len()).unwrap() / out;
        ModelBuilder::new(Shape::new([columns])?, Range::new(-3, 5)?, Scale::ONE)
            .linear("fc", weights, out, bias)?
            .build(Scale::ONE)
    }

    /// A row of `columns` weights of 127 on inputs up to 127, with a bias.
    fn full(columns: usize, bias: i32) -> Result<Model, ModelError> {
        let width = u32::try_from(columns).unwrap();
        let mut weights = vec![0; columns];
        weights.extend(vec![-127; columns]);
        ModelBuilder::new(Shape::new([width])?, Range::new(-1, 127)?, Scale::ONE)
            .linear("fc", weights, 2, Some(vec![0, bias]))?
            .build(Scale::ONE)
    }

    #[test]
    fn multiplies_rows_by_the_input_and_adds_the_bias() {
        let model = layer(vec![1, -2, 3, 127, 0, -127], 2, Some(vec![10, -20])).unwrap();
        assert_eq!(execute(&model, &[5, -3, 1]), Ok(vec![24, 488]));
    }

    #[test]
    fn bounds_take_each_weight_at_the_end_that_its_sign_asks_for() {
        let model = layer(vec![1, -2], 1, Some(vec![10])).unwrap();
        // 10 + [-3, 5] - 2 · [-3, 5]
        assert_eq!(model.bounds(1), [Interval { lo: -3, hi: 21 }]);
        assert_eq!(execute(&model, &[-3, 5]), Ok(vec![-3]));
        assert_eq!(execute(&model, &[5, -3]), Ok(vec![21]));
    }

    #[test]
    fn all_columns_are_exact_in_f32_up_to_the_bound_and_slices_beyond_it() {
        // 1040 · 127² = 16_774_160, and 2^24 = 16_777_216.
        assert_eq!(full(1040, 3_055).unwrap().exact_columns(0), Some(1040));
        assert_eq!(full(1040, 3_056).unwrap().exact_columns(0), Some(1040));
        assert_eq!(full(1041, 0).unwrap().exact_columns(0), Some(1040));
        assert_eq!(full(5, 1 << 25).unwrap().exact_columns(0), Some(5));
        assert_eq!(full(5, 0).unwrap().exact_columns(1), None);
    }

    #[test]
    fn the_sliced_sum_is_the_sum() {
        let model = full(3000, -7).unwrap();
        assert_eq!(
            execute(&model, &[127; 3000]),
            Ok(vec![0, -7 - 3000 * 127 * 127])
        );
    }

    mod reject {
        use super::*;

        #[test]
        fn an_accumulator_that_may_reach_two_to_the_thirty_by_its_channel() {
            let limit = 1 << 30;
            let most = limit - 127 * 127 - 1;
            assert!(full(1, i32::try_from(most).unwrap()).is_ok());
            for sign in [1, -1] {
                let bias = i32::try_from(sign * (most + 1)).unwrap();
                assert_eq!(
                    full(1, bias),
                    Err(ModelError::BoundOverflow {
                        op: 0,
                        channel: 1,
                        magnitude: limit,
                        limit,
                    })
                );
            }
            // 66_573 · 127² > 2^30, by weights alone.
            assert!(matches!(
                full(66_573, 0),
                Err(ModelError::BoundOverflow {
                    op: 0,
                    channel: 1,
                    ..
                })
            ));
        }

        #[test]
        fn input_that_may_leave_the_quantized_range() {
            let error = layer(vec![100], 1, None)
                .map(|_| ())
                .and_then(|()| {
                    ModelBuilder::new(Shape::new([1])?, Range::new(-3, 5)?, Scale::ONE)
                        .linear("a", vec![100], 1, None)?
                        .linear("b", vec![1], 1, None)?
                        .build(Scale::ONE)
                })
                .unwrap_err();
            assert_eq!(
                error,
                ModelError::NotQuantized {
                    op: 1,
                    channel: 0,
                    lo: -300,
                    hi: 500
                }
            );
        }

        #[test]
        fn shapes_that_do_not_fit() {
            let image = ModelBuilder::new(
                Shape::new([2, 2]).unwrap(),
                Range { lo: 0, hi: 1 },
                Scale::ONE,
            )
            .linear("fc", vec![1; 4], 1, None)
            .unwrap()
            .build(Scale::ONE)
            .unwrap_err();
            assert!(
                image.to_string().contains("a Flatten is missing"),
                "{image}"
            );
            let narrow =
                ModelBuilder::new(Shape::new([3]).unwrap(), Range { lo: 0, hi: 1 }, Scale::ONE)
                    .linear("fc", vec![1; 4], 2, None)
                    .unwrap()
                    .build(Scale::ONE)
                    .unwrap_err();
            assert_eq!(
                narrow.to_string(),
                "op 0 (Linear): needs weights [out, 3], found shape [2, 2]"
            );
            let bias = layer(vec![1; 4], 2, Some(vec![0])).unwrap_err();
            assert!(matches!(
                bias,
                ModelError::ShapeMismatch { .. } | ModelError::TensorMismatch { .. }
            ));
        }
    }
}
