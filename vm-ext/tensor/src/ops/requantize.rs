//! `clamp((x + 2^(n-1)) >> n, lo, hi)`, one n per channel

use super::{BoundsContext, Evaluation, ShapeContext, ValueId};
use crate::limits::{MAX_ACCUMULATOR, MAX_SHIFT};
use crate::quantization::ascends;
use crate::{Clamp, Interval, ModelError, Shape};
use alloc::vec::Vec;

/// The shape of the input; as many shifts as channels, each 1..=24.
pub fn shape(
    context: &ShapeContext,
    input: ValueId,
    shifts: &[u8],
    clamp: Clamp,
) -> Result<Shape, ModelError> {
    let input = context.value(input)?;
    if shifts.len() != input.channels() {
        return Err(ModelError::ShiftCount {
            op: context.op,
            expected: input.channels(),
            found: shifts.len(),
        });
    }
    if let Some((channel, shift)) = shifts
        .iter()
        .enumerate()
        .find(|(_, shift)| !(1..=MAX_SHIFT).contains(*shift))
    {
        return Err(ModelError::InvalidShift {
            op: context.op,
            channel,
            shift: *shift,
        });
    }
    if !ascends(clamp.lo, clamp.hi) {
        return Err(ModelError::InvalidClamp {
            op: context.op,
            lo: clamp.lo,
            hi: clamp.hi,
        });
    }
    Ok(input.clone())
}

/// The operator is monotone, so it maps ends to ends.
///
/// Refuses a channel for which max|x| + 2^(n-1) reaches 2^30.
pub fn bounds(
    context: &BoundsContext,
    input: ValueId,
    shifts: &[u8],
    clamp: Clamp,
) -> Result<Vec<Interval>, ModelError> {
    let (lo, hi) = (i64::from(clamp.lo), i64::from(clamp.hi));
    context
        .value(input)?
        .iter()
        .zip(shifts)
        .enumerate()
        .map(|(channel, (bound, shift))| {
            let half = half(*shift);
            let magnitude = bound.magnitude().saturating_add(half);
            if magnitude >= MAX_ACCUMULATOR {
                return Err(ModelError::BoundOverflow {
                    op: context.op,
                    channel,
                    magnitude,
                    limit: MAX_ACCUMULATOR,
                });
            }
            let apply =
                |end: i64| (end.saturating_add(half) >> shift.min(&MAX_SHIFT)).clamp(lo, hi);
            Ok(Interval {
                lo: apply(bound.lo),
                hi: apply(bound.hi),
            })
        })
        .collect()
}

/// The rounding term 2^(n-1).
fn half(shift: u8) -> i64 {
    1i64.checked_shl(u32::from(shift.saturating_sub(1)))
        .unwrap_or(i64::MAX)
}

/// One element: `clamp((acc + 2^(shift-1)) >> shift, lo, hi)`, rounding halves
/// up. Exact for every i32 and every shift of 1..=24; other shifts are taken
/// as the nearest of these.
pub fn requantize(acc: i32, shift: u8, clamp: Clamp) -> i32 {
    let shift = shift.clamp(1, MAX_SHIFT);
    let (lo, hi) = (i32::from(clamp.lo), i32::from(clamp.hi));
    // (acc >> (n - 1)) + 1) >> 1 is the same number and never overflows.
    let halves = acc >> (shift.saturating_sub(1));
    let rounded = (halves >> 1).saturating_add(halves & 1);
    rounded.max(lo).min(hi)
}

/// [`requantize`] with each channel's shift.
pub fn evaluate(
    context: &Evaluation,
    input: ValueId,
    shifts: &[u8],
    clamp: Clamp,
) -> Option<Vec<i32>> {
    let channel_len = context.model.shape(input).channel_len();
    let values = context.value(input)?;
    let mut result = Vec::with_capacity(values.len());
    for (channel, shift) in values.chunks(channel_len.max(1)).zip(shifts) {
        result.extend(channel.iter().map(|acc| requantize(*acc, *shift, clamp)));
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, Model, ModelBuilder, Range, Scale};
    use alloc::vec;
    use proptest::prelude::*;

    /// Input `[2, 2]` times nothing, requantized per row.
    fn rows(shifts: Vec<u8>, clamp: Clamp) -> Result<Model, ModelError> {
        ModelBuilder::new(Shape::new([2, 2])?, Range::new(-100, 127)?, Scale::ONE)
            .requantize(shifts, clamp)?
            .build(Scale::ONE)
    }

    #[test]
    fn halves_round_up_on_both_sides_of_zero() {
        let y = |acc| requantize(acc, 1, Clamp::FULL);
        assert_eq!([-3, -2, -1, 0, 1, 2, 3].map(y), [-1, -1, 0, 0, 1, 1, 2]);
        assert_eq!(requantize(7, 4, Clamp::FULL), 0);
        assert_eq!(requantize(8, 4, Clamp::FULL), 1);
        assert_eq!(requantize(-8, 4, Clamp::FULL), 0);
        assert_eq!(requantize(-9, 4, Clamp::FULL), -1);
    }

    #[test]
    fn saturates_at_both_ends_and_never_overflows() {
        for shift in 0..=u8::MAX {
            assert_eq!(requantize(i32::MAX, shift, Clamp::FULL), 127);
            assert_eq!(requantize(i32::MIN, shift, Clamp::FULL), -127);
            assert_eq!(requantize(i32::MIN, shift, Clamp::RELU), 0);
        }
    }

    #[test]
    fn each_channel_has_its_own_shift() {
        let model = rows(vec![1, 3], Clamp { lo: -10, hi: 20 }).unwrap();
        assert_eq!(
            execute(&model, &[-100, 127, -100, 127]),
            Ok(vec![-10, 20, -10, 16])
        );
        assert_eq!(execute(&model, &[5, -5, 5, -5]), Ok(vec![3, -2, 1, -1]));
        assert_eq!(
            model.bounds(1),
            [Interval { lo: -10, hi: 20 }, Interval { lo: -10, hi: 16 }]
        );
    }

    mod reject {
        use super::*;

        #[test]
        fn wrong_numbers_of_shifts_and_shifts_out_of_bounds() {
            assert_eq!(
                rows(vec![1], Clamp::FULL),
                Err(ModelError::ShiftCount {
                    op: 0,
                    expected: 2,
                    found: 1
                })
            );
            for shift in [0, 25, 255] {
                assert_eq!(
                    rows(vec![1, shift], Clamp::FULL),
                    Err(ModelError::InvalidShift {
                        op: 0,
                        channel: 1,
                        shift
                    })
                );
            }
        }

        #[test]
        fn clamps_that_do_not_ascend() {
            for (lo, hi) in [(0, 0), (1, -1), (-128, 0)] {
                assert_eq!(
                    rows(vec![1, 1], Clamp { lo, hi }),
                    Err(ModelError::InvalidClamp { op: 0, lo, hi })
                );
            }
        }

        #[test]
        fn a_rounding_term_that_takes_the_accumulator_over_the_bound() {
            let model = |bias| {
                ModelBuilder::new(Shape::new([1])?, Range::new(0, 1)?, Scale::ONE)
                    .linear("fc", vec![0, 0], 2, Some(vec![0, bias]))?
                    .requantize(vec![24, 24], Clamp::FULL)?
                    .build(Scale::ONE)
            };
            let limit = 1 << 30;
            let most = (1 << 30) - (1 << 23) - 1;
            assert!(model(most).is_ok() && model(-most).is_ok());
            assert_eq!(
                model(most + 1),
                Err(ModelError::BoundOverflow {
                    op: 1,
                    channel: 1,
                    magnitude: limit,
                    limit
                })
            );
        }
    }

    proptest! {
        #[test]
        fn is_the_formula_of_the_specification(
            acc in any::<i32>(), shift in 1u8..=24, lo in -127i8..=126, span in 1i8..=127,
        ) {
            let clamp = Clamp { lo, hi: lo.saturating_add(span) };
            let formula = (i64::from(acc) + (1 << (shift - 1))) >> shift;
            prop_assert_eq!(
                i64::from(requantize(acc, shift, clamp)),
                formula.clamp(clamp.lo.into(), clamp.hi.into())
            );
        }
    }
}
