//! `(Σ · multiplier) >> shift` over each channel

use super::average::Average;
use super::image;
use super::{BoundsContext, Evaluation, ShapeContext, ValueId};
use crate::{Interval, ModelError, Shape};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

const NAME: &str = "GlobalAvgPool";

/// The average of each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct GlobalAvgPool {
    /// The image, `[channels, height, width]`.
    pub input: ValueId,
    /// What a sum is multiplied and divided by.
    pub average: Average,
}

/// `[channels, height, width]` gives `[channels, 1, 1]`.
pub fn shape(context: &ShapeContext, pool: &GlobalAvgPool) -> Result<Shape, ModelError> {
    pool.average.check(context, NAME)?;
    let [channels, ..] = image::required(context, NAME, pool.input)?;
    Shape::new([channels, 1, 1])
}

/// The averages of all elements at either end.
///
/// Refuses a channel for which Σ max|x|·multiplier reaches 2^30.
pub fn bounds(context: &BoundsContext, pool: &GlobalAvgPool) -> Result<Vec<Interval>, ModelError> {
    let elements = context.shape(pool.input)?.channel_len();
    context
        .value(pool.input)?
        .iter()
        .enumerate()
        .map(|(channel, bound)| {
            pool.average
                .bound(context, channel, bound, (elements, elements))
        })
        .collect()
}

/// Elements of the input.
pub fn window_elements(context: &ShapeContext, pool: &GlobalAvgPool) -> u64 {
    let elements = context.value(pool.input).map_or(0, Shape::len);
    u64::try_from(elements).unwrap_or(u64::MAX)
}

/// The average of each channel.
pub fn evaluate(context: &Evaluation, pool: &GlobalAvgPool) -> Option<Vec<i32>> {
    let channel_len = context.model.shape(pool.input).channel_len().max(1);
    let channels = context.value(pool.input)?.chunks_exact(channel_len);
    let average = |channel: &[i32]| pool.average.of(channel.iter().copied());
    Some(channels.map(average).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, Model, ModelBuilder, Range, Scale};
    use alloc::{string::ToString, vec};

    fn pool(dims: &[u32], multiplier: u16, shift: u8) -> Result<Model, ModelError> {
        ModelBuilder::new(Shape::new(dims)?, Range::new(-100, 127)?, Scale::ONE)
            .global_avg_pool(multiplier, shift)?
            .build(Scale::ONE)
    }

    #[test]
    fn averages_each_channel_and_rounds_down() {
        let model = pool(&[2, 2, 2], 1, 2).unwrap();
        assert_eq!(model.shape(1).dims(), [2, 1, 1]);
        assert_eq!(
            execute(&model, &[1, 2, 3, 5, -1, -2, -3, -5]),
            Ok(vec![2, -3])
        );
        assert_eq!(model.bounds(1), [Interval { lo: -100, hi: 127 }; 2]);
        assert_eq!(model.summary().window_elements, 8);
    }

    #[test]
    fn is_the_pool_whose_window_is_the_image() {
        let (dims, input) = ([1, 2, 3], [9, -4, 7, 0, 5, -100]);
        let pool = pool(&dims, 43, 8).unwrap();
        let window = ModelBuilder::new(
            Shape::new(dims).unwrap(),
            Range { lo: -100, hi: 127 },
            Scale::ONE,
        )
        .avg_pool2d([2, 3], crate::Placement::DENSE, 43, 8)
        .unwrap()
        .build(Scale::ONE)
        .unwrap();
        assert_eq!(execute(&pool, &input), execute(&window, &input));
        assert_eq!(pool.bounds(1), window.bounds(1));
        assert_eq!(
            pool.summary().window_elements,
            window.summary().window_elements
        );
    }

    mod reject {
        use super::*;

        #[test]
        fn values_that_are_no_image_and_averages_that_are_none() {
            assert_eq!(
                pool(&[4], 1, 2).unwrap_err().to_string(),
                "op 0 (GlobalAvgPool): needs an image [channels, height, width], found shape [4]"
            );
            assert_eq!(
                pool(&[1, 2, 2], 0, 2),
                Err(ModelError::InvalidAverage {
                    op: 0,
                    name: "GlobalAvgPool",
                    multiplier: 0,
                    shift: 2
                })
            );
        }

        #[test]
        fn sums_that_may_reach_two_to_the_thirty() {
            // 127 · 2^23 is under 2^30, and twice that is not.
            assert!(pool(&[1, 1 << 11, 1 << 12], 1, 23).is_ok());
            assert_eq!(
                pool(&[1, 1 << 11, 1 << 12], 2, 24),
                Err(ModelError::BoundOverflow {
                    op: 0,
                    channel: 0,
                    magnitude: 127 << 24,
                    limit: 1 << 30
                })
            );
        }
    }
}
