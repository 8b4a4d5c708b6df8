//! `(Σ · multiplier) >> shift` over windows; padding counts as zeros

use super::average::{plus, Average};
use super::image::{self, fold_windows};
use super::{BoundsContext, Evaluation, Placement, ShapeContext, ValueId};
use crate::{Interval, ModelError, Shape};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

const NAME: &str = "AvgPool2d";

/// The average of each window; padding counts as zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AvgPool2d {
    /// The image, `[channels, height, width]`.
    pub input: ValueId,
    /// Window: height, width.
    pub kernel: [u8; 2],
    /// Steps and padding.
    pub placement: Placement,
    /// What a sum is multiplied and divided by.
    pub average: Average,
}

/// `[channels, height, width]` gives `[channels, windows down, windows
/// across]`; each padding is less than the kernel, so that no window lies on
/// padding alone.
pub fn shape(context: &ShapeContext, pool: &AvgPool2d) -> Result<Shape, ModelError> {
    pool.average.check(context, NAME)?;
    image::pooled(context, NAME, pool.input, pool.kernel, pool.placement)
}

/// The averages of as many elements at each end as a window covers of the
/// image, at the least and at the most.
///
/// Refuses a channel for which Σ max|x|·multiplier reaches 2^30.
pub fn bounds(context: &BoundsContext, pool: &AvgPool2d) -> Result<Vec<Interval>, ModelError> {
    let windows = image::pool(context.shape(pool.input)?, pool.kernel, pool.placement);
    let coverage = windows.map_or((0, usize::MAX), |windows| windows.coverage());
    context
        .value(pool.input)?
        .iter()
        .enumerate()
        .map(|(channel, bound)| pool.average.bound(context, channel, bound, coverage))
        .collect()
}

/// The average of each window.
pub fn evaluate(context: &Evaluation, pool: &AvgPool2d) -> Option<Vec<i32>> {
    let shape = context.model.shape(pool.input);
    let windows = image::pool(shape, pool.kernel, pool.placement)?;
    let values = context.value(pool.input)?;
    Some(fold_windows(&windows, values, 0, plus, |sum| {
        pool.average.apply(sum)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, Model, ModelBuilder, Range, Scale, WindowError};
    use alloc::{string::ToString, vec};

    fn pool(
        dims: &[u32],
        (lo, hi): (i8, i8),
        kernel: [u8; 2],
        placement: Placement,
        (multiplier, shift): (u16, u8),
    ) -> Result<Model, ModelError> {
        ModelBuilder::new(Shape::new(dims)?, Range::new(lo, hi)?, Scale::ONE)
            .avg_pool2d(kernel, placement, multiplier, shift)?
            .build(Scale::ONE)
    }

    #[test]
    fn rounds_down_on_both_sides_of_zero() {
        let model = pool(&[1, 1, 4], (-9, 9), [1, 2], Placement::every(2), (1, 1)).unwrap();
        assert_eq!(execute(&model, &[1, 2, -1, -2]), Ok(vec![1, -2]));
        // The nearest third with eight bits: 85 / 256.
        let thirds = pool(&[1, 3, 1], (-9, 9), [3, 1], Placement::DENSE, (85, 8)).unwrap();
        assert_eq!(execute(&thirds, &[9, 9, 9]), Ok(vec![8]));
        assert_eq!(execute(&thirds, &[-9, -9, -9]), Ok(vec![-9]));
    }

    #[test]
    fn padding_counts_as_zeros_whatever_it_covers() {
        let model = pool(
            &[1, 2, 2],
            (0, 9),
            [2, 2],
            Placement::DENSE.padded(1),
            (1, 2),
        )
        .unwrap();
        assert_eq!(
            execute(&model, &[8, 4, 0, 9]),
            Ok(vec![2, 3, 1, 2, 5, 3, 0, 2, 2])
        );
    }

    #[test]
    fn bounds_count_the_elements_that_a_window_covers() {
        let bound = |range, placement| {
            pool(&[1, 3, 3], range, [2, 2], placement, (1, 0))
                .unwrap()
                .bounds(1)
                .to_vec()
        };
        // Without padding four elements each, with it one to four.
        let one = |lo, hi| vec![Interval { lo, hi }];
        assert_eq!(bound((2, 5), Placement::DENSE), one(8, 20));
        assert_eq!(bound((2, 5), Placement::DENSE.padded(1)), one(2, 20));
        assert_eq!(bound((-5, -2), Placement::DENSE.padded(1)), one(-20, -2));
        assert_eq!(bound((-5, 3), Placement::DENSE.padded(1)), one(-20, 12));
    }

    mod reject {
        use super::*;

        #[test]
        fn factors_and_shifts_that_make_no_average() {
            for (multiplier, shift) in [(0, 1), (1, 25), (9, 255)] {
                assert_eq!(
                    pool(
                        &[1, 2, 2],
                        (0, 1),
                        [2, 2],
                        Placement::DENSE,
                        (multiplier, shift)
                    ),
                    Err(ModelError::InvalidAverage {
                        op: 0,
                        name: "AvgPool2d",
                        multiplier,
                        shift
                    })
                );
            }
            let error = pool(&[1, 2, 2], (0, 1), [2, 2], Placement::DENSE, (0, 3)).unwrap_err();
            assert_eq!(
                error.to_string(),
                "op 0 (AvgPool2d): an average is Σ · m >> n with m from 1 and n up to 24, \
                 not Σ · 0 >> 3"
            );
        }

        #[test]
        fn products_that_may_reach_two_to_the_thirty_by_their_channel() {
            // 127 · 129 · 65535 < 2^30 < 127 · 130 · 65535.
            let wide = |width: u32| {
                let kernel = [1, u8::try_from(width).unwrap()];
                pool(
                    &[1, 1, width],
                    (-127, 0),
                    kernel,
                    Placement::DENSE,
                    (u16::MAX, 24),
                )
            };
            let model = wide(129).unwrap();
            assert_eq!(execute(&model, &[-127; 129]), Ok(vec![-64]));
            assert_eq!(
                wide(130),
                Err(ModelError::BoundOverflow {
                    op: 0,
                    channel: 0,
                    magnitude: 127 * 130 * 65_535,
                    limit: 1 << 30
                })
            );
        }

        #[test]
        fn windows_that_could_lie_beside_the_image() {
            assert!(matches!(
                pool(
                    &[1, 4, 4],
                    (0, 1),
                    [2, 2],
                    Placement::DENSE.padded(2),
                    (1, 2)
                ),
                Err(ModelError::Window {
                    name: "AvgPool2d",
                    error: WindowError::PaddingTooLarge { .. },
                    ..
                })
            ));
        }
    }
}
