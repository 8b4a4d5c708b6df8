//! Products of weights and values: what `Linear` and `Conv2d` share

use super::{BoundsContext, ShapeContext, TensorId, ValueId};
use crate::limits::{EXACT_F32, MAX_ACCUMULATOR, MAX_QUANTIZED, SLICE_COLUMNS};
use crate::{DType, Interval, ModelError, TensorDecl};
use alloc::vec::Vec;

/// The declaration of a tensor whose elements are of type `dtype`.
pub fn typed<'a>(
    context: &ShapeContext<'a>,
    tensor: TensorId,
    dtype: DType,
) -> Result<&'a TensorDecl, ModelError> {
    let decl = context.tensor(tensor)?;
    if decl.dtype != dtype {
        return Err(ModelError::DTypeMismatch {
            op: context.op,
            tensor,
            expected: dtype.name(),
        });
    }
    Ok(decl)
}

/// The intervals of a value, all within -127..=127.
pub fn quantized<'a>(
    context: &BoundsContext<'a>,
    input: ValueId,
) -> Result<&'a [Interval], ModelError> {
    let input = context.value(input)?;
    let limit = i64::from(MAX_QUANTIZED);
    let outside = input.iter().zip(0..).find(|(x, _)| x.magnitude() > limit);
    match outside {
        Some((bound, channel)) => Err(ModelError::NotQuantized {
            op: context.op,
            channel,
            lo: bound.lo,
            hi: bound.hi,
        }),
        None => Ok(input),
    }
}

/// Ends and magnitude of an interval within -127..=127, narrow enough for the
/// multiply-add of pairs that every processor has.
#[derive(Clone, Copy, Default)]
pub struct End {
    lo: i16,
    hi: i16,
    magnitude: i16,
}

impl End {
    pub fn new(interval: &Interval) -> Self {
        let narrow = |x: i64| i16::try_from(x).unwrap_or(i16::MAX);
        Self {
            lo: narrow(interval.lo),
            hi: narrow(interval.hi),
            magnitude: narrow(interval.magnitude()),
        }
    }

    /// The interval with zero in it.
    pub fn or_zero(self) -> Self {
        Self {
            lo: self.lo.min(0),
            hi: self.hi.max(0),
            magnitude: self.magnitude,
        }
    }
}

/// The intervals of one column after another.
#[derive(Default)]
pub struct Columns {
    lo: Vec<i16>,
    hi: Vec<i16>,
    magnitude: Vec<i16>,
}

impl Columns {
    /// The intervals of all columns.
    pub fn new(columns: impl Iterator<Item = End>) -> Self {
        let mut new = Self::default();
        new.replace(columns);
        new
    }

    /// Puts other intervals in the place of these.
    pub fn replace(&mut self, columns: impl Iterator<Item = End>) {
        self.lo.clear();
        self.hi.clear();
        self.magnitude.clear();
        for end in columns {
            self.lo.push(end.lo);
            self.hi.push(end.hi);
            self.magnitude.push(end.magnitude);
        }
    }

    /// What b + Σ w·x can come to.
    pub fn sums(&self, row: &[i8], bias: i32) -> Sums {
        let bias = i64::from(bias);
        let positive = |w: i8| i16::from(w.max(0));
        let negative = |w: i8| i16::from(w.min(0));
        let absolute = |w: i8| i16::from(w).saturating_abs();
        Sums {
            bound: Interval {
                lo: bias
                    .saturating_add(wide_dot(row, positive, &self.lo))
                    .saturating_add(wide_dot(row, negative, &self.hi)),
                hi: bias
                    .saturating_add(wide_dot(row, positive, &self.hi))
                    .saturating_add(wide_dot(row, negative, &self.lo)),
            },
            magnitude: bias.saturating_abs().saturating_add(wide_dot(
                row,
                absolute,
                &self.magnitude,
            )),
        }
    }
}

/// What an output channel can come to.
pub struct Sums {
    /// Interval of b + Σ w·x.
    bound: Interval,
    /// |b| + Σ |w|·max|x|.
    magnitude: i64,
}

impl Sums {
    /// The interval, unless an accumulator of `channel` could reach 2^30: below
    /// it no partial sum overflows i32, in any order.
    pub fn checked(&self, op: u16, channel: usize) -> Result<Interval, ModelError> {
        if self.magnitude >= MAX_ACCUMULATOR {
            return Err(ModelError::BoundOverflow {
                op,
                channel,
                magnitude: self.magnitude,
                limit: MAX_ACCUMULATOR,
            });
        }
        Ok(self.bound)
    }

    /// Whether float32 adds up b and all products exactly, in any order.
    pub fn is_exact(&self) -> bool {
        self.magnitude < EXACT_F32
    }
}

/// How many of `columns` a float32 backend may sum at once.
pub fn slice(columns: usize, exact: bool) -> usize {
    if exact {
        columns
    } else {
        SLICE_COLUMNS.min(columns)
    }
}

/// Σ part(w)·x in 64 bits, for |w| and |x| up to 127.
fn wide_dot(weights: &[i8], part: impl Fn(i8) -> i16, input: &[i16]) -> i64 {
    // 2^16 products of at most 127² stay under 2^30, so each block sums up in
    // 32 bits, wrapping only in form; a check at each step would forbid vector
    // instructions, and this is the price of loading a model.
    const BLOCK: usize = 1 << 16;
    weights
        .chunks(BLOCK)
        .zip(input.chunks(BLOCK))
        .map(|(weights, input)| {
            i64::from(weights.iter().zip(input).fold(0i32, |sum, (w, x)| {
                sum.wrapping_add(i32::from(part(*w)).wrapping_mul(i32::from(*x)))
            }))
        })
        .fold(0, i64::saturating_add)
}

/// Σ w·x. Wrapping only in form: the bounds of the model keep every partial
/// sum under 2^30, and a check at each step would forbid vector instructions.
pub fn dot(weights: &[i8], input: &[i16]) -> i32 {
    weights.iter().zip(input).fold(0i32, |sum, (weight, x)| {
        sum.wrapping_add(i32::from(*weight).wrapping_mul(i32::from(*x)))
    })
}
