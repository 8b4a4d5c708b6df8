//! Maximum over windows; padding is ignored

use super::image::{self, fold_windows};
use super::{BoundsContext, Evaluation, Placement, ShapeContext, ValueId};
use crate::{Interval, ModelError, Shape};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The largest element of the image in each window; padding is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MaxPool2d {
    /// The image, `[channels, height, width]`.
    pub input: ValueId,
    /// Window: height, width.
    pub kernel: [u8; 2],
    /// Steps and padding.
    pub placement: Placement,
}

/// `[channels, height, width]` gives `[channels, windows down, windows
/// across]`; each padding is less than the kernel, so that no window lies on
/// padding alone.
pub fn shape(context: &ShapeContext, pool: &MaxPool2d) -> Result<Shape, ModelError> {
    image::pooled(
        context,
        "MaxPool2d",
        pool.input,
        pool.kernel,
        pool.placement,
    )
}

/// Those of the input: a maximum is one of the elements.
pub fn bounds(context: &BoundsContext, pool: &MaxPool2d) -> Result<Vec<Interval>, ModelError> {
    context.value(pool.input).map(<[Interval]>::to_vec)
}

/// The largest element of each window.
pub fn evaluate(context: &Evaluation, pool: &MaxPool2d) -> Option<Vec<i32>> {
    let shape = context.model.shape(pool.input);
    let windows = image::pool(shape, pool.kernel, pool.placement)?;
    let values = context.value(pool.input)?;
    Some(fold_windows(
        &windows,
        values,
        i32::MIN,
        i32::max,
        |largest| largest,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, Clamp, Model, ModelBuilder, Range, Scale, WindowError};
    use alloc::{string::ToString, vec};

    fn pool(dims: &[u32], kernel: [u8; 2], placement: Placement) -> Result<Model, ModelError> {
        ModelBuilder::new(Shape::new(dims)?, Range::new(-9, 9)?, Scale::ONE)
            .max_pool2d(kernel, placement)?
            .build(Scale::ONE)
    }

    #[test]
    fn takes_the_largest_of_each_window_and_leaves_out_what_does_not_fit() {
        let model = pool(&[1, 3, 5], [2, 2], Placement::every(2)).unwrap();
        assert_eq!(model.shape(1).dims(), [1, 1, 2]);
        let input = [1, 2, 3, 4, 9, -5, 6, -7, -8, 9, 9, 9, 9, 9, 9];
        assert_eq!(execute(&model, &input), Ok(vec![6, 4]));
    }

    #[test]
    fn ignores_padding_even_where_all_elements_are_negative() {
        let model = pool(&[1, 2, 2], [2, 2], Placement::DENSE.padded(1)).unwrap();
        assert_eq!(model.shape(1).dims(), [1, 3, 3]);
        assert_eq!(
            execute(&model, &[-4, -3, -2, -1]),
            Ok(vec![-4, -3, -3, -2, -1, -1, -2, -1, -1])
        );
    }

    #[test]
    fn pools_each_channel_alone_and_keeps_its_bounds() {
        let model = ModelBuilder::new(
            Shape::new([2, 1, 2]).unwrap(),
            Range { lo: -8, hi: 8 },
            Scale::ONE,
        )
        .requantize(vec![1, 3], Clamp::FULL)
        .unwrap()
        .max_pool2d([1, 2], Placement::DENSE)
        .unwrap()
        .build(Scale::ONE)
        .unwrap();
        assert_eq!(execute(&model, &[2, 4, 8, -8]), Ok(vec![2, 1]));
        let within = |end: i64| Interval { lo: -end, hi: end };
        assert_eq!(model.bounds(2), [within(4), within(1)]);
        assert_eq!(model.summary().window_elements, 2 * 2);
        assert_eq!(model.summary().multiply_accumulates, 0);
    }

    mod reject {
        use super::*;

        #[test]
        fn values_that_are_no_image() {
            assert_eq!(
                pool(&[4, 4], [2, 2], Placement::DENSE)
                    .unwrap_err()
                    .to_string(),
                "op 0 (MaxPool2d): needs an image [channels, height, width], found shape [4, 4]"
            );
        }

        #[test]
        fn windows_that_do_not_fit_by_axis_and_value() {
            let error =
                |kernel, placement| pool(&[1, 4, 4], kernel, placement).unwrap_err().to_string();
            assert_eq!(
                error([2, 2], Placement::every(0)),
                "op 0 (MaxPool2d): the vertical stride is 0"
            );
            assert_eq!(
                error([2, 0], Placement::DENSE),
                "op 0 (MaxPool2d): the horizontal kernel is 0"
            );
            assert_eq!(
                error([7, 7], Placement::DENSE.padded(1)),
                "op 0 (MaxPool2d): the vertical kernel 7 does not fit an image that has 6 elements \
                 with its padding"
            );
            assert!(matches!(
                pool(&[1, 4, 4], [2, 2], Placement::DENSE.padded(2)),
                Err(ModelError::Window {
                    op: 0,
                    error: WindowError::PaddingTooLarge { padding: 2, .. },
                    ..
                })
            ));
        }
    }
}
