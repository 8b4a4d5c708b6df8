//! `(left << left_shift) + (right << right_shift)`

use super::{BoundsContext, Evaluation, ShapeContext, ValueId};
use crate::limits::{MAX_ACCUMULATOR, MAX_SHIFT};
use crate::{Interval, ModelError, Shape};
use alloc::{format, vec::Vec};

/// The one shape of both operands; shifts are 0..=24.
pub fn shape(
    context: &ShapeContext,
    left: ValueId,
    right: ValueId,
    shifts: [u8; 2],
) -> Result<Shape, ModelError> {
    if let Some((channel, shift)) = shifts
        .into_iter()
        .enumerate()
        .find(|(_, shift)| *shift > MAX_SHIFT)
    {
        return Err(ModelError::InvalidShift {
            op: context.op,
            channel,
            shift,
        });
    }
    let (left, right) = (context.value(left)?, context.value(right)?);
    if left != right {
        return Err(ModelError::ShapeMismatch {
            op: context.op,
            name: "Add",
            expected: format!("two values of shape {left}"),
            found: right.clone(),
        });
    }
    Ok(left.clone())
}

/// Sums of the shifted ends. Refuses a channel for which the sum of the
/// shifted magnitudes reaches 2^30.
pub fn bounds(
    context: &BoundsContext,
    left: ValueId,
    right: ValueId,
    [left_shift, right_shift]: [u8; 2],
) -> Result<Vec<Interval>, ModelError> {
    let shift =
        |x: i64, shift: u8| x.saturating_mul(1i64.checked_shl(shift.into()).unwrap_or(i64::MAX));
    let pairs = context.value(left)?.iter().zip(context.value(right)?);
    pairs
        .enumerate()
        .map(|(channel, (left, right))| {
            let magnitude = shift(left.magnitude(), left_shift)
                .saturating_add(shift(right.magnitude(), right_shift));
            if magnitude >= MAX_ACCUMULATOR {
                return Err(ModelError::BoundOverflow {
                    op: context.op,
                    channel,
                    magnitude,
                    limit: MAX_ACCUMULATOR,
                });
            }
            Ok(Interval {
                lo: shift(left.lo, left_shift).saturating_add(shift(right.lo, right_shift)),
                hi: shift(left.hi, left_shift).saturating_add(shift(right.hi, right_shift)),
            })
        })
        .collect()
}

/// One element: `(left << left_shift) + (right << right_shift)`. Wrapping only in
/// form: the bounds of the model keep shifted operands and sum under 2^30.
pub fn shifted_sum(left: i32, right: i32, [left_shift, right_shift]: [u8; 2]) -> i32 {
    left.wrapping_shl(left_shift.into())
        .wrapping_add(right.wrapping_shl(right_shift.into()))
}

/// Elementwise.
pub fn evaluate(
    context: &Evaluation,
    left: ValueId,
    right: ValueId,
    shifts: [u8; 2],
) -> Option<Vec<i32>> {
    let pairs = context.value(left)?.iter().zip(context.value(right)?);
    let sum = |(left, right): (&i32, &i32)| shifted_sum(*left, *right, shifts);
    Some(pairs.map(sum).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, Model, ModelBuilder, Range, Scale};
    use alloc::vec;

    /// `(relu(x) << left) + (x << right)` for x of -3..=5.
    fn sum(left: u8, right: u8) -> Result<Model, ModelError> {
        ModelBuilder::new(Shape::new([2])?, Range::new(-3, 5)?, Scale::ONE)
            .relu()?
            .add(0, left, right)?
            .build(Scale::ONE)
    }

    #[test]
    fn shifts_each_operand_and_adds() {
        let model = sum(2, 1).unwrap();
        assert_eq!(execute(&model, &[5, -3]), Ok(vec![30, -6]));
        assert_eq!(model.bounds(2), [Interval { lo: -6, hi: 30 }; 2]);
        assert_eq!(execute(&sum(0, 0).unwrap(), &[5, -3]), Ok(vec![10, -3]));
    }

    mod reject {
        use super::*;

        #[test]
        fn shifts_over_24() {
            assert_eq!(
                sum(0, 25),
                Err(ModelError::InvalidShift {
                    op: 1,
                    channel: 1,
                    shift: 25
                })
            );
        }

        #[test]
        fn sums_that_may_reach_two_to_the_thirty() {
            let wide = |lo, hi, shift| {
                ModelBuilder::new(Shape::new([1])?, Range::new(lo, hi)?, Scale::ONE)
                    .relu()?
                    .add(0, shift, shift)?
                    .build(Scale::ONE)
            };
            // 2 · 31 · 2^24 < 2^30 = 2 · 32 · 2^24
            assert!(wide(0, 31, 24).is_ok());
            assert_eq!(
                wide(0, 32, 24),
                Err(ModelError::BoundOverflow {
                    op: 1,
                    channel: 0,
                    magnitude: 1 << 30,
                    limit: 1 << 30
                })
            );
        }

        #[test]
        fn operands_of_two_shapes() {
            let error = ModelBuilder::new(
                Shape::new([2, 2]).unwrap(),
                Range { lo: 0, hi: 1 },
                Scale::ONE,
            )
            .flatten()
            .unwrap()
            .add(0, 0, 0)
            .unwrap()
            .build(Scale::ONE)
            .unwrap_err();
            assert_eq!(
                error.to_string(),
                "op 1 (Add): needs two values of shape [4], found shape [2, 2]"
            );
        }
    }
}
