//! The exponents and shifts of a graph.

use super::TrainingFault;
use alloc::{vec, vec::Vec};
use lattice_tensor::{Model, Op, TensorId};

/// Fraction bits of activations and errors.
pub const ACTIVATION_BITS: u8 = 8;

/// Fraction bits of weights.
pub const WEIGHT_BITS: u8 = 16;

/// Fraction bits of biases and sums of products.
pub const SUM_BITS: u8 = 24;

/// What the real weights of a last layer lie below 1 by: w is at most 127.
const LAST_SHIFT: u8 = 7;

/// How a graph is trained; see [`crate::training`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Left shift of the input to activations.
    pub(super) input_shift: u8,
    /// One stage per operator.
    pub(super) stages: Vec<Stage>,
    /// What the output is compared in.
    pub(super) output: Output,
}

/// What training does at an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The elements stay as they are.
    Pass,
    /// A dense layer.
    Linear(Layer),
    /// Negative elements become zero, of sums or of activations.
    Relu,
    /// Sums become activations between these ends; `rectifies` if the lower is zero.
    Requantize { lo: i64, hi: i64, rectifies: bool },
}

/// A dense layer. The shifts are those of each output channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub op: u16,
    pub weight: TensorId,
    pub bias: Option<TensorId>,
    pub columns: usize,
    pub weight_shifts: Vec<u8>,
    pub bias_shifts: Vec<u8>,
}

/// The unit of the last value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Sums, one left shift per element.
    Sums(Vec<u8>),
    /// Activations, with their left shift.
    Activations(u8),
}

/// What the walk along the chain has reached.
enum Reached {
    Activations { exponent: u8 },
    Sums { bias_shifts: Vec<u8> },
}

impl Plan {
    /// The plan of a model.
    ///
    /// # Errors
    /// [`TrainingFault::NotTrainable`].
    pub fn new(model: &Model) -> Result<Self, TrainingFault> {
        let range = model.input_range();
        let input_exponent = exponent(range.lo, range.hi);
        let mut reached = Reached::Activations {
            exponent: input_exponent,
        };
        // The exponent of the result of the `Requantize` that is due.
        let mut due = None;
        let mut stages = Vec::with_capacity(model.ops().len());
        for (op, index) in model.ops().iter().zip(0u16..) {
            let refused = TrainingFault::NotTrainable { op: index };
            let stage = match (op, &reached) {
                (Op::Flatten { .. } | Op::Reshape { .. }, _) => Stage::Pass,
                (Op::Relu { .. }, _) => Stage::Relu,
                (Op::Linear { weight, bias, .. }, Reached::Activations { exponent }) => {
                    let next = Next::after(model, index, *exponent)?;
                    let layer = Layer {
                        op: index,
                        weight: *weight,
                        bias: *bias,
                        columns: model.shape(index).len(),
                        weight_shifts: next.weight_shifts,
                        bias_shifts: next.bias_shifts,
                    };
                    due = next.exponent;
                    reached = Reached::Sums {
                        bias_shifts: layer.bias_shifts.clone(),
                    };
                    Stage::Linear(layer)
                }
                (Op::Requantize { clamp, .. }, Reached::Sums { .. }) => {
                    let exponent = due.take().ok_or(refused)?;
                    reached = Reached::Activations { exponent };
                    let end = |end: i8| i64::from(end).wrapping_shl(left(exponent).into());
                    Stage::Requantize {
                        lo: end(clamp.lo),
                        hi: end(clamp.hi),
                        rectifies: clamp.lo == 0,
                    }
                }
                _ => return Err(refused),
            };
            stages.push(stage);
        }
        Ok(Plan {
            input_shift: left(input_exponent),
            stages,
            output: match reached {
                Reached::Sums { bias_shifts } => Output::Sums(bias_shifts),
                Reached::Activations { exponent } => Output::Activations(left(exponent)),
            },
        })
    }

    /// The dense layers, first to last.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.stages.iter().filter_map(|stage| match stage {
            Stage::Linear(layer) => Some(layer),
            _ => None,
        })
    }
}

/// What comes of a dense layer's sums.
struct Next {
    weight_shifts: Vec<u8>,
    bias_shifts: Vec<u8>,
    /// The exponent of the activations that they become, if they do.
    exponent: Option<u8>,
}

impl Next {
    fn after(model: &Model, linear: u16, input: u8) -> Result<Self, TrainingFault> {
        let rows = model.shape(linear.saturating_add(1)).len();
        let rest = model.ops().iter().zip(0u16..);
        for (op, index) in rest.skip(usize::from(linear).saturating_add(1)) {
            match op {
                Op::Flatten { .. } | Op::Reshape { .. } | Op::Relu { .. } => {}
                Op::Requantize { shifts, clamp, .. } => {
                    let refused = TrainingFault::NotTrainable { op: index };
                    let largest = shifts.iter().copied().max().ok_or(refused)?;
                    let room = WEIGHT_BITS.saturating_add(input).checked_sub(largest);
                    let exponent = exponent(clamp.lo, clamp.hi).min(room.ok_or(refused)?);
                    // A reshape may have put several rows into one channel.
                    let per_channel = rows.checked_div(shifts.len()).ok_or(refused)?;
                    let of_rows = |bits: u8| {
                        let shifts = shifts.iter().map(|shift| {
                            bits.checked_sub(exponent)
                                .and_then(|bits| bits.checked_sub(*shift))
                                .ok_or(refused)
                        });
                        let repeated = shifts.flat_map(|shift| vec![shift; per_channel]);
                        repeated.collect::<Result<Vec<_>, _>>()
                    };
                    return Ok(Next {
                        weight_shifts: of_rows(WEIGHT_BITS.saturating_add(input))?,
                        bias_shifts: of_rows(SUM_BITS)?,
                        exponent: Some(exponent),
                    });
                }
                _ => return Err(TrainingFault::NotTrainable { op: index }),
            }
        }
        let sums = input.saturating_add(LAST_SHIFT);
        Ok(Next {
            weight_shifts: vec![WEIGHT_BITS.saturating_sub(LAST_SHIFT); rows],
            bias_shifts: vec![SUM_BITS.saturating_sub(sums); rows],
            exponent: None,
        })
    }
}

/// The least exponent for which a value between the ends lies within [-1, 1].
fn exponent(lo: i8, hi: i8) -> u8 {
    let most = lo.unsigned_abs().max(hi.unsigned_abs());
    // 0 for 1, 1 for 2, 2 for 3 and 4, and so on to 7 for 65 to 127.
    let bits = most.saturating_sub(1).checked_ilog2();
    bits.map_or(0, |bits| u8::try_from(bits).unwrap_or(7).saturating_add(1))
}

/// Left shift of a value with this exponent to an activation.
fn left(exponent: u8) -> u8 {
    ACTIVATION_BITS.saturating_sub(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_tensor::{Clamp, ModelBuilder, ModelError, Range, Scale, Shape};

    fn image(dims: &[u32], range: Range) -> ModelBuilder {
        let shape = Shape::new(dims.to_vec()).expect("a shape");
        ModelBuilder::new(shape, range, Scale::ONE)
    }

    fn plan(builder: Result<ModelBuilder, ModelError>) -> Result<Plan, TrainingFault> {
        let model = builder.and_then(|builder| builder.build(Scale::ONE));
        Plan::new(&model.expect("a model"))
    }

    const DIGITS: Range = Range { lo: 0, hi: 16 };

    #[test]
    fn exponents_put_a_range_within_one() {
        for (ends, expected) in [
            ((0, 1), 0),
            ((-2, 1), 1),
            ((0, 3), 2),
            ((-4, 4), 2),
            ((0, 16), 4),
            ((-17, 0), 5),
            ((-64, 64), 6),
            ((0, 65), 7),
            ((-127, 127), 7),
        ] {
            assert_eq!(exponent(ends.0, ends.1), expected, "{ends:?}");
        }
    }

    #[test]
    fn shifts_are_those_of_the_specification() {
        let plan = plan((|| {
            image(&[2, 1], DIGITS)
                .flatten()?
                .linear("a", vec![1; 8], 4, Some(vec![0; 4]))?
                .reshape(Shape::new([2, 2])?)?
                .relu()?
                .requantize(vec![7, 9], Clamp::RELU)?
                .flatten()?
                .linear("b", vec![1; 4], 1, None)
        })())
        .expect("a plan");
        assert_eq!(plan.input_shift, 4);
        let layers: Vec<_> = plan.layers().collect();
        // 16 + 4 - 7 - n and 24 - 7 - n, each for two rows.
        assert_eq!(layers[0].weight_shifts, [6, 6, 4, 4]);
        assert_eq!(layers[0].bias_shifts, [10, 10, 8, 8]);
        assert_eq!(layers[1].weight_shifts, [9]);
        assert_eq!(plan.output, Output::Sums(vec![10]));
        let ends = Stage::Requantize {
            lo: 0,
            hi: 254,
            rectifies: true,
        };
        assert_eq!(plan.stages[4], ends);
    }

    #[test]
    fn large_shifts_make_the_unit_of_the_activations_larger() {
        let with = |shift| {
            plan(
                image(&[1], Range { lo: 0, hi: 1 })
                    .linear("a", vec![1], 1, None)
                    .and_then(|builder| builder.requantize(vec![shift], Clamp::FULL)),
            )
        };
        for (shift, left) in [(9, 1), (10, 2), (16, 8)] {
            assert_eq!(
                with(shift).expect("a plan").output,
                Output::Activations(left)
            );
        }
        assert_eq!(with(17), Err(TrainingFault::NotTrainable { op: 1 }));
    }

    #[test]
    fn other_graphs_are_refused_at_the_first_operator_that_does_not_fit() {
        let refused = |op| Err(TrainingFault::NotTrainable { op });
        let start = || image(&[2], DIGITS);
        let argmax = start()
            .linear("a", vec![1; 4], 2, None)
            .and_then(ModelBuilder::argmax);
        assert_eq!(plan(argmax), refused(1));
        let at_once = start()
            .linear("a", vec![1; 4], 2, None)
            .and_then(|builder| builder.linear("b", vec![1; 4], 2, None));
        assert_eq!(plan(at_once), refused(1));
        let without = start().requantize(vec![1; 2], Clamp::FULL);
        assert_eq!(plan(without), refused(0));
        let twice = (|| {
            start()
                .linear("a", vec![1; 4], 2, None)?
                .requantize(vec![1; 2], Clamp::FULL)?
                .requantize(vec![1; 2], Clamp::FULL)
        })();
        assert_eq!(plan(twice), refused(2));
    }
}
