//! `max(x, 0)`

use super::{BoundsContext, Evaluation, ShapeContext, ValueId};
use crate::{Interval, ModelError, Shape};
use alloc::vec::Vec;

/// The shape of the input.
pub fn shape(context: &ShapeContext, input: ValueId) -> Result<Shape, ModelError> {
    context.value(input).cloned()
}

/// Both ends cut off at zero.
pub fn bounds(context: &BoundsContext, input: ValueId) -> Result<Vec<Interval>, ModelError> {
    let cut = |bound: &Interval| Interval {
        lo: bound.lo.max(0),
        hi: bound.hi.max(0),
    };
    Ok(context.value(input)?.iter().map(cut).collect())
}

/// Elementwise.
pub fn evaluate(context: &Evaluation, input: ValueId) -> Option<Vec<i32>> {
    Some(context.value(input)?.iter().map(|x| (*x).max(0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute, ModelBuilder, Range, Scale};
    use alloc::vec;

    #[test]
    fn cuts_off_below_zero_and_so_do_the_bounds() {
        let model = ModelBuilder::new(
            Shape::new([3]).unwrap(),
            Range { lo: -7, hi: 4 },
            Scale::ONE,
        )
        .relu()
        .unwrap()
        .build(Scale::ONE)
        .unwrap();
        assert_eq!(execute(&model, &[-7, 0, 4]), Ok(vec![0, 0, 4]));
        assert_eq!(model.bounds(1), [Interval { lo: 0, hi: 4 }; 3]);
    }
}
