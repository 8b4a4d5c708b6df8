//! Convolutions whose results are plain to see, and those that are refused.

use super::*;
use crate::{execute, ModelBuilder, Range, Scale, WindowError};
use alloc::string::ToString;

/// One convolution over an input of `dims` within -3..=5.
fn conv(
    dims: &[u32],
    weights: Vec<i8>,
    shape: [u32; 4],
    bias: Option<Vec<i32>>,
    placement: Placement,
    groups: u16,
) -> Result<Model, ModelError> {
    ModelBuilder::new(Shape::new(dims)?, Range::new(-3, 5)?, Scale::ONE)
        .conv2d("conv", weights, Shape::new(shape)?, bias, placement, groups)?
        .build(Scale::ONE)
}

fn within(lo: i64, hi: i64) -> Interval {
    Interval { lo, hi }
}

#[test]
fn multiplies_windows_by_the_kernel_without_turning_it_around_and_adds_the_bias() {
    let model = conv(
        &[1, 2, 3],
        vec![1, 2, 3, 4],
        [1, 1, 2, 2],
        Some(vec![100]),
        Placement::DENSE,
        1,
    )
    .unwrap();
    assert_eq!(model.shape(1).dims(), [1, 1, 2]);
    // 1·1 + 2·2 + 3·4 + 4·5, and one to the right.
    assert_eq!(execute(&model, &[1, 2, 3, 4, 5, -3]), Ok(vec![137, 111]));
}

#[test]
fn steps_and_padding_are_vertical_first_and_top_left_bottom_right() {
    let placement = Placement {
        stride: [2, 1],
        padding: [1, 0, 0, 2],
    };
    let model = conv(&[1, 3, 2], vec![1, 10], [1, 1, 1, 2], None, placement, 1).unwrap();
    assert_eq!(model.shape(1).dims(), [1, 2, 3]);
    assert_eq!(
        execute(&model, &[1, 2, 3, 4, 5, -1]),
        // The row of padding, then the second row of the image.
        Ok(vec![0, 0, 0, 43, 4, 0])
    );
    assert_eq!(model.summary().multiply_accumulates, 2 * 6);
    assert_eq!(model.summary().window_elements, 2 * 6);
}

#[test]
fn sums_over_channels_and_groups_keep_apart() {
    let input = [1, 2, 3, 4];
    let all = |weights, shape, groups| {
        let model = conv(&[4, 1, 1], weights, shape, None, Placement::DENSE, groups).unwrap();
        execute(&model, &input).unwrap()
    };
    assert_eq!(all(vec![1, 1, 1, 1, 1, 2, 3, 4], [2, 4, 1, 1], 1), [10, 30]);
    assert_eq!(all(vec![1, 10, 1, 10], [2, 2, 1, 1], 2), [21, 43]);
    // Depthwise, two results for each channel.
    assert_eq!(
        all(vec![1, 2, 1, 2, 1, 2, 1, 2], [8, 1, 1, 1], 4),
        [1, 2, 2, 4, 3, 6, 4, 8]
    );
}

#[test]
fn patches_of_more_than_a_block_are_cut_into_blocks() {
    // 9 columns, so 910 patches in a block, and 40 · 40 windows.
    let model = conv(
        &[1, 42, 42],
        vec![1; 9],
        [1, 1, 3, 3],
        None,
        Placement::DENSE,
        1,
    )
    .unwrap();
    let input: Vec<i32> = (0..42 * 42).map(|index| index % 5).collect();
    let output = execute(&model, &input).unwrap();
    for (index, y) in output.iter().enumerate() {
        let (i, j) = (index / 40, index % 40);
        let sum: i32 = (0..9).map(|k| input[(i + k / 3) * 42 + j + k % 3]).sum();
        assert_eq!(*y, sum, "window {i}, {j}");
    }
}

mod bounds {
    use super::*;

    fn of(weights: Vec<i8>, shape: [u32; 4], placement: Placement, groups: u16) -> Vec<Interval> {
        let dims = [2, 3, 3];
        conv(&dims, weights, shape, None, placement, groups)
            .unwrap()
            .bounds(1)
            .to_vec()
    }

    #[test]
    fn take_each_weight_at_the_end_that_its_sign_asks_for() {
        let bounds = of(vec![1, -2], [1, 2, 1, 1], Placement::DENSE, 1);
        assert_eq!(bounds, [within(-3 - 10, 5 + 6)]);
    }

    #[test]
    fn count_padding_as_a_zero_only_where_the_kernel_meets_it() {
        let positive = |placement| {
            ModelBuilder::new(
                Shape::new([1, 3, 3]).unwrap(),
                Range { lo: 2, hi: 5 },
                Scale::ONE,
            )
            .conv2d(
                "conv",
                vec![1; 9],
                Shape::new([1, 1, 3, 3]).unwrap(),
                None,
                placement,
                1,
            )
            .unwrap()
            .build(Scale::ONE)
            .unwrap()
            .bounds(1)
            .to_vec()
        };
        assert_eq!(positive(Placement::DENSE), [within(18, 45)]);
        // Only the middle of the kernel always lies on the image.
        assert_eq!(positive(Placement::DENSE.padded(1)), [within(2, 45)]);
        // One window, over the upper left corner: five elements never lie on the image.
        let corner = Placement {
            stride: [9, 9],
            padding: [1, 1, 0, 0],
        };
        assert_eq!(positive(corner), [within(8, 20)]);
    }

    #[test]
    fn belong_to_the_channels_of_the_group() {
        let model = ModelBuilder::new(
            Shape::new([2, 1, 1]).unwrap(),
            Range { lo: -8, hi: 8 },
            Scale::ONE,
        )
        .requantize(vec![1, 3], crate::Clamp::FULL)
        .unwrap()
        .conv2d(
            "conv",
            vec![1, 2, 1, 2],
            Shape::new([4, 1, 1, 1]).unwrap(),
            None,
            Placement::DENSE,
            2,
        )
        .unwrap()
        .build(Scale::ONE)
        .unwrap();
        let ends = [4, 8, 1, 2].map(|end| within(-end, end));
        assert_eq!(model.bounds(2), ends);
    }

    #[test]
    fn all_columns_are_exact_in_f32_up_to_the_bound_and_slices_beyond_it() {
        // 1036 · 127² < 2^24 < 1044 · 127², padding or not.
        let columns = |depth: u32| {
            let elements = usize::try_from(depth * 4).unwrap();
            ModelBuilder::new(
                Shape::new([depth, 1, 1]).unwrap(),
                Range { lo: -127, hi: 1 },
                Scale::ONE,
            )
            .conv2d(
                "conv",
                vec![127; elements],
                Shape::new([1, depth, 2, 2]).unwrap(),
                None,
                Placement::DENSE.padded(1),
                1,
            )
            .unwrap()
            .build(Scale::ONE)
            .unwrap()
            .exact_columns(0)
        };
        assert_eq!(columns(259), Some(1036));
        assert_eq!(columns(261), Some(1040));
    }
}

mod reject {
    use super::*;

    fn error(dims: &[u32], shape: [u32; 4], groups: u16) -> String {
        let elements = shape.iter().product::<u32>();
        let weights = vec![1; usize::try_from(elements).unwrap()];
        conv(dims, weights, shape, None, Placement::DENSE, groups)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn values_that_are_no_image_and_weights_of_another_depth() {
        assert_eq!(
            error(&[4, 4], [1, 1, 1, 1], 1),
            "op 0 (Conv2d): needs an image [channels, height, width], found shape [4, 4]"
        );
        assert_eq!(
            error(&[4, 3, 3], [2, 4, 1, 1], 2),
            "op 0 (Conv2d): needs weights [out, 2, height, width], found shape [2, 4, 1, 1]"
        );
    }

    #[test]
    fn groups_that_do_not_divide_the_channels() {
        assert_eq!(
            error(&[4, 3, 3], [1, 1, 1, 1], 3),
            "op 0 (Conv2d): 4 input channels do not make 3 equal groups"
        );
        assert_eq!(
            error(&[4, 3, 3], [3, 2, 1, 1], 2),
            "op 0 (Conv2d): 3 output channels do not make 2 equal groups"
        );
        assert_eq!(
            error(&[4, 3, 3], [1, 4, 1, 1], 0),
            "op 0 (Conv2d): 4 input channels do not make 0 equal groups"
        );
    }

    #[test]
    fn kernels_that_do_not_fit_the_image() {
        assert_eq!(
            error(&[1, 3, 4], [1, 1, 3, 5], 1),
            "op 0 (Conv2d): the horizontal kernel 5 does not fit an image that has 4 elements with \
             its padding"
        );
        let standing = conv(
            &[1, 2, 2],
            vec![1],
            [1, 1, 1, 1],
            None,
            Placement::every(0),
            1,
        );
        assert!(matches!(
            standing,
            Err(ModelError::Window {
                op: 0,
                error: WindowError::ZeroStride { .. },
                ..
            })
        ));
    }

    #[test]
    fn a_bias_of_another_length_and_weights_of_another_type() {
        let bias = conv(
            &[1, 1, 1],
            vec![1, 1],
            [2, 1, 1, 1],
            Some(vec![0]),
            Placement::DENSE,
            1,
        );
        assert!(matches!(bias, Err(ModelError::TensorMismatch { .. })));
        let mut builder = ModelBuilder::new(
            Shape::new([1, 1, 1]).unwrap(),
            Range { lo: 0, hi: 1 },
            Scale::ONE,
        );
        let shape = Shape::new([1, 1, 1, 1]).unwrap();
        let weight = builder
            .tensor("w".into(), shape, crate::TensorData::I32(vec![1]))
            .unwrap();
        let wide = crate::Op::Conv2d(Conv2d {
            input: 0,
            weight,
            bias: None,
            placement: Placement::DENSE,
            groups: 1,
        });
        assert_eq!(
            builder.push(wide).unwrap().build(Scale::ONE),
            Err(ModelError::DTypeMismatch {
                op: 0,
                tensor: 0,
                expected: "i8"
            })
        );
    }

    #[test]
    fn an_accumulator_that_may_reach_two_to_the_thirty_by_its_channel() {
        let most = (1 << 30) - 5 * 127 - 1;
        let biased = |bias| {
            conv(
                &[1, 1, 1],
                vec![0, 127],
                [2, 1, 1, 1],
                Some(vec![0, bias]),
                Placement::DENSE,
                1,
            )
        };
        assert!(biased(most).is_ok() && biased(-most).is_ok());
        assert_eq!(
            biased(-most - 1),
            Err(ModelError::BoundOverflow {
                op: 0,
                channel: 1,
                magnitude: 1 << 30,
                limit: 1 << 30
            })
        );
    }

    #[test]
    fn input_that_may_leave_the_quantized_range() {
        let shape = || Shape::new([1, 1, 1, 1]).unwrap();
        let error = ModelBuilder::new(
            Shape::new([1, 1, 1]).unwrap(),
            Range { lo: -3, hi: 5 },
            Scale::ONE,
        )
        .conv2d("a", vec![100], shape(), None, Placement::DENSE, 1)
        .unwrap()
        .conv2d("b", vec![1], shape(), None, Placement::DENSE, 1)
        .unwrap()
        .build(Scale::ONE)
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
    fn results_beyond_the_limits_of_a_shape() {
        let wide = conv(
            &[1, 1 << 11, 1 << 11],
            vec![1; 5],
            [5, 1, 1, 1],
            None,
            Placement::DENSE,
            1,
        );
        assert_eq!(
            wide,
            Err(ModelError::InvalidShape(vec![5, 1 << 11, 1 << 11]))
        );
    }
}
