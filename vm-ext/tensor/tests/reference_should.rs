//! The reference executor against an independent reading of the specification.

mod naive;

use lattice_tensor::{
    execute, testing, trace, ExecError, Model, ModelBuilder, Placement, Range, Scale, Shape,
    ValueId,
};
use proptest::prelude::*;

/// Trace against the naive reading, and every element against its bound.
fn check(model: &Model, input: &[i32]) {
    let trace = trace(model, input).unwrap();
    let naive = naive::evaluate(model, input);
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
    fn agree_with_the_naive_reading_of_convolutions_and_stay_within_bounds(seed in any::<u64>()) {
        let model = testing::random_convolutional(seed);
        for input in 0..4 {
            check(&model, &testing::random_input(seed ^ input, &model));
        }
    }

    #[test]
    fn agree_with_the_naive_reading_of_any_windows_over_any_image(
        image in [1u32..4, 1u32..12, 1u32..12],
        kernel in [1u8..6, 1u8..6],
        stride in [1u8..5, 1u8..5],
        padding in [0u8..7, 0u8..7, 0u8..7, 0u8..7],
        seed in any::<u64>(),
        range in range(),
    ) {
        let [channels, height, width] = image;
        let [top, left, bottom, right] = padding;
        let shape = Shape::new([channels, height, width]).unwrap();
        let new = || ModelBuilder::new(shape.clone(), range, Scale::ONE);
        let placement = Placement { stride, padding };
        let weights = Shape::new([2, channels, kernel[0].into(), kernel[1].into()]).unwrap();
        let mut random = testing::Random::new(seed);
        let elements = (0..weights.len()).map(|_| random.between(-127, 127) as i8).collect();
        let fits = [(height, top, bottom, kernel[0]), (width, left, right, kernel[1])]
            .iter()
            .all(|(size, a, b, kernel)| size + u32::from(*a) + u32::from(*b) >= u32::from(*kernel));
        let meets = top.max(bottom) < kernel[0] && left.max(right) < kernel[1];
        let conv = new().conv2d("conv", elements, weights, Some(vec![0, -9]), placement, 1).unwrap();
        let average = new().avg_pool2d(kernel, placement, 77, 11).unwrap();
        let maximum = new().max_pool2d(kernel, placement).unwrap();
        for (builder, fits) in [(conv, fits), (average, fits && meets), (maximum, fits && meets)] {
            let model = builder.build(Scale::ONE);
            prop_assert_eq!(model.is_ok(), fits, "{:?}", model.err());
            if let Ok(model) = model {
                for input in 0..3 {
                    check(&model, &testing::random_input(seed ^ input, &model));
                }
            }
        }
    }

    #[test]
    fn reach_the_ends_of_the_bounds_of_a_first_convolution(
        weights in prop::collection::vec(-127i8..=127, 18), bias in -1000i32..1000,
        range in range(), padding in 0u8..3,
    ) {
        let model = ModelBuilder::new(Shape::new([2, 3, 3]).unwrap(), range, Scale::ONE)
            .conv2d(
                "conv", weights.clone(), Shape::new([1, 2, 3, 3]).unwrap(), Some(vec![bias]),
                Placement::DENSE.padded(padding), 1,
            )
            .unwrap()
            .build(Scale::ONE)
            .unwrap();
        let end = |positive: i8, negative: i8| {
            let input: Vec<_> = weights.iter()
                .map(|w| i32::from(if *w >= 0 { positive } else { negative }))
                .collect();
            execute(&model, &input).unwrap()
        };
        let bound = model.bounds(1)[0];
        let (least, most) = (end(range.lo, range.hi), end(range.hi, range.lo));
        // The window in the middle lies on the whole image; zeros reach no
        // further where the range holds zero.
        if padding == 0 || (range.lo <= 0 && range.hi >= 0) {
            prop_assert!(least.iter().any(|y| i64::from(*y) == bound.lo));
            prop_assert!(most.iter().any(|y| i64::from(*y) == bound.hi));
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

#[test]
fn agree_on_lenet5() {
    for seed in 0..2 {
        let model = testing::lenet5(seed);
        check(&model, &testing::random_input(seed, &model));
    }
}

#[test]
fn run_one_operator_on_values_of_another_model_without_a_panic() {
    for seed in 0..50 {
        let model = testing::random_convolutional(seed);
        for op in 0..model.ops().len() {
            for len in [0, 1, 7, 10_000] {
                let values = vec![vec![i32::MIN; len]; op + 1];
                let _ = lattice_tensor::evaluate(&model, op, &values);
            }
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
