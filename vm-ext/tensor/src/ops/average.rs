//! `(Σ · multiplier) >> shift`: what the averages share

use super::{BoundsContext, ShapeContext};
use crate::limits::{MAX_ACCUMULATOR, MAX_SHIFT};
use crate::{Interval, ModelError};
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// How a sum becomes an average: `(Σ · multiplier) >> shift`, which rounds down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Average {
    /// Factor of the sum, at least 1.
    pub multiplier: u16,
    /// Right shift after it, at most 24.
    pub shift: u8,
}

impl Average {
    /// Refuses a factor of zero and shifts that no accumulator needs.
    pub(super) fn check(
        self,
        context: &ShapeContext,
        name: &'static str,
    ) -> Result<(), ModelError> {
        if self.multiplier == 0 || self.shift > MAX_SHIFT {
            return Err(ModelError::InvalidAverage {
                op: context.op,
                name,
                multiplier: self.multiplier,
                shift: self.shift,
            });
        }
        Ok(())
    }

    /// The average of `least` to `most` elements within `bound`, and zeros.
    ///
    /// Refuses a channel for which most·max|x|·multiplier reaches 2^30.
    pub(super) fn bound(
        self,
        context: &BoundsContext,
        channel: usize,
        bound: &Interval,
        (least, most): (usize, usize),
    ) -> Result<Interval, ModelError> {
        let wide = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let factor = i64::from(self.multiplier);
        let magnitude = bound
            .magnitude()
            .saturating_mul(wide(most))
            .saturating_mul(factor);
        if magnitude >= MAX_ACCUMULATOR {
            return Err(ModelError::BoundOverflow {
                op: context.op,
                channel,
                magnitude,
                limit: MAX_ACCUMULATOR,
            });
        }
        let end = |x: i64, count: usize| {
            x.saturating_mul(wide(count)).saturating_mul(factor) >> self.shift.min(MAX_SHIFT)
        };
        Ok(Interval {
            lo: end(bound.lo, if bound.lo < 0 { most } else { least }),
            hi: end(bound.hi, if bound.hi > 0 { most } else { least }),
        })
    }

    /// The average of `elements`, whatever else a window covers being zeros.
    pub fn of(self, elements: impl IntoIterator<Item = i32>) -> i32 {
        self.apply(elements.into_iter().fold(0, plus))
    }

    /// The average for a sum. Wrapping only in form: the bounds of the model
    /// keep the product under 2^30.
    pub(super) fn apply(self, sum: i32) -> i32 {
        sum.wrapping_mul(self.multiplier.into()) >> self.shift.min(MAX_SHIFT)
    }
}

/// One more term of a sum, which the bounds keep under 2^30.
pub(super) fn plus(sum: i32, x: i32) -> i32 {
    sum.wrapping_add(x)
}
