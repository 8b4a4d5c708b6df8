//! The reference executor against an independent reading of the specification.

use lattice_tensor::{
    execute, testing, trace, ExecError, Model, ModelBuilder, Op, Range, Scale, Shape, ValueId,
};
use proptest::prelude::*;

/// A value as coordinates see it.
#[derive(Clone)]
struct Array {
    dims: Vec<usize>,
    elements: Vec<i128>,
}

/// Evaluates with wide integers and exact fractions, by coordinates, without
/// any of the crate's arithmetic.
fn naive(model: &Model, input: &[i32]) -> Vec<Vec<i128>> {
    let dims = |shape: &Shape| {
        shape
            .dims()
            .iter()
            .map(|dim| *dim as usize)
            .collect::<Vec<_>>()
    };
    let mut values = vec![Array {
        dims: dims(&model.manifest().input.shape),
        elements: input.iter().map(|x| i128::from(*x)).collect(),
    }];
    for (index, op) in model.ops().iter().enumerate() {
        let get = |value: &ValueId| values[usize::from(*value)].clone();
        let out_dims = dims(model.shape(index as ValueId + 1));
        let elements = match op {
            Op::Linear {
                input,
                weight,
                bias,
            } => {
                let x = get(input).elements;
                let (w, b) = (model.weight(*weight), bias.map(|bias| model.bias(bias)));
                (0..out_dims[0])
                    .map(|o| {
                        let products = (0..x.len()).map(|k| i128::from(w[o * x.len() + k]) * x[k]);
                        products.sum::<i128>() + b.map_or(0, |b| i128::from(b[o]))
                    })
                    .collect()
            }
            Op::Requantize {
                input,
                shifts,
                clamp,
            } => {
                let x = get(input);
                let per_channel = x.elements.len() / x.dims[0];
                x.elements
                    .iter()
                    .enumerate()
                    .map(|(i, acc)| {
                        // floor(acc / 2^n + 1/2), as one division
                        let unit = 1i128 << shifts[i / per_channel];
                        let rounded = (2 * acc + unit).div_euclid(2 * unit);
                        rounded.clamp(clamp.lo.into(), clamp.hi.into())
                    })
                    .collect()
            }
            Op::Relu { input } => {
                let positive = |x: i128| if x < 0 { 0 } else { x };
                get(input).elements.into_iter().map(positive).collect()
            }
            Op::Flatten { input } | Op::Reshape { input, .. } => get(input).elements,
            Op::Add {
                left,
                right,
                left_shift,
                right_shift,
            } => {
                let (left, right) = (get(left).elements, get(right).elements);
                let factor = |shift: &u8| 2i128.pow(u32::from(*shift));
                (0..left.len())
                    .map(|i| left[i] * factor(left_shift) + right[i] * factor(right_shift))
                    .collect()
            }
            Op::Concat { inputs, axis } => {
                let axis = usize::from(*axis);
                let parts: Vec<_> = inputs.iter().map(get).collect();
                (0..out_dims.iter().product())
                    .map(|flat| {
                        let mut at = coordinates(flat, &out_dims);
                        let mut part = 0;
                        while at[axis] >= parts[part].dims[axis] {
                            at[axis] -= parts[part].dims[axis];
                            part += 1;
                        }
                        parts[part].elements[offset(&at, &parts[part].dims)]
                    })
                    .collect()
            }
            Op::ArgMax { input } => {
                let x = get(input).elements;
                let largest = x.iter().max().unwrap();
                vec![x.iter().position(|y| y == largest).unwrap() as i128]
            }
            other => panic!("{} has no naive reading yet", other.name()),
        };
        values.push(Array {
            dims: out_dims,
            elements,
        });
    }
    values.into_iter().map(|value| value.elements).collect()
}

fn coordinates(mut flat: usize, dims: &[usize]) -> Vec<usize> {
    let mut at = vec![0; dims.len()];
    for (axis, dim) in dims.iter().enumerate().rev() {
        at[axis] = flat % dim;
        flat /= dim;
    }
    at
}

fn offset(at: &[usize], dims: &[usize]) -> usize {
    at.iter()
        .zip(dims)
        .fold(0, |sum, (index, dim)| sum * dim + index)
}

/// Trace against the naive reading, and every element against its bound.
fn check(model: &Model, input: &[i32]) {
    let trace = trace(model, input).unwrap();
    let naive = naive(model, input);
    assert_eq!(trace.values.len(), naive.len());
    for (value, (ours, theirs)) in trace.values.iter().zip(&naive).enumerate() {
        let widened: Vec<_> = ours.iter().map(|x| i128::from(*x)).collect();
        assert_eq!(&widened, theirs, "value {value}");
        let shape = model.shape(value as ValueId);
        let bounds = model.bounds(value as ValueId);
        assert_eq!(bounds.len(), shape.channels());
        for (index, x) in ours.iter().enumerate() {
            let bound = bounds[index / shape.channel_len()];
            assert!(
                bound.contains(i64::from(*x)),
                "value {value}, element {index}: {x} in {bound:?}"
            );
        }
    }
    assert_eq!(
        execute(model, input).as_ref(),
        Ok(trace.values.last().unwrap())
    );
}

fn range() -> impl Strategy<Value = Range> {
    (-127i8..=126)
        .prop_flat_map(|lo| (Just(lo), lo + 1..=127))
        .prop_map(|(lo, hi)| Range { lo, hi })
}

proptest! {
    #[test]
    fn agree_with_the_naive_reading_of_perceptrons_and_stay_within_bounds(
        seed in any::<u64>(), dims in prop::collection::vec(1u32..24, 2..6), range in range(),
    ) {
        let model = testing::random_mlp(seed, &dims, range);
        for input in 0..4 {
            check(&model, &testing::random_input(seed ^ input, &model));
        }
    }

    #[test]
    fn agree_with_the_naive_reading_of_branching_graphs_and_stay_within_bounds(seed in any::<u64>()) {
        let model = testing::random_residual(seed);
        for input in 0..4 {
            check(&model, &testing::random_input(seed ^ input, &model));
        }
    }

    #[test]
    fn reach_the_ends_of_the_bounds_of_a_first_layer(
        weights in prop::collection::vec(-127i8..=127, 1..30), bias in -1000i32..1000, range in range(),
    ) {
        let columns = weights.len() as u32;
        let model = ModelBuilder::new(Shape::new([columns]).unwrap(), range, Scale::ONE)
            .linear("fc", weights.clone(), 1, Some(vec![bias])).unwrap()
            .build(Scale::ONE).unwrap();
        let end = |positive: i8, negative: i8| {
            let input: Vec<_> = weights.iter()
                .map(|w| i32::from(if *w >= 0 { positive } else { negative }))
                .collect();
            i64::from(execute(&model, &input).unwrap()[0])
        };
        let bound = model.bounds(1)[0];
        prop_assert_eq!(end(range.lo, range.hi), bound.lo);
        prop_assert_eq!(end(range.hi, range.lo), bound.hi);
    }
}

#[test]
fn agree_at_the_extremes_of_a_layer_wider_than_float32_can_sum() {
    for seed in 0..8 {
        let model = testing::random_mlp(seed, &[1500, 12, 3], Range { lo: -127, hi: 127 });
        for end in [-127, 0, 127] {
            check(&model, &vec![end; 1500]);
        }
    }
}

mod reject {
    use super::*;

    fn model() -> Model {
        testing::random_mlp(1, &[3, 2], Range { lo: 0, hi: 16 })
    }

    #[test]
    fn inputs_of_another_length() {
        for found in [0, 2, 4] {
            assert_eq!(
                execute(&model(), &vec![0; found]),
                Err(ExecError::InputLength { expected: 3, found })
            );
        }
    }

    #[test]
    fn inputs_out_of_the_declared_range_by_place_and_value() {
        for value in [-1, 17, i32::MIN, i32::MAX] {
            assert_eq!(
                trace(&model(), &[0, 16, value]),
                Err(ExecError::InputRange {
                    index: 2,
                    value,
                    lo: 0,
                    hi: 16
                })
            );
        }
    }
}
