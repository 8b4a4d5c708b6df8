//! Deterministic random models and inputs.
//!
//! One seed gives one model on every machine and with every version of this
//! crate's dependencies, so a failing seed can be handed around. Weights and
//! shifts are chosen so that saturation at both clamps, exact halves and dead
//! channels all occur.

mod convolutional;

pub use convolutional::{lenet5, random_convolutional};

use crate::{Clamp, Model, ModelBuilder, ModelError, Range, Scale, Shape};
use alloc::{format, vec::Vec};

/// The generator SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `lo` to `hi`, both included (`lo` if `hi` is below it).
    pub fn between(&mut self, lo: i64, hi: i64) -> i64 {
        let span = hi.abs_diff(lo).saturating_add(1);
        if hi <= lo {
            return lo;
        }
        lo.saturating_add_unsigned(self.bits().checked_rem(span).unwrap_or(0))
    }

    fn shift(&mut self, lo: u8, hi: u8) -> u8 {
        u8::try_from(self.between(lo.into(), hi.into())).unwrap_or(0)
    }

    fn i8(&mut self, lo: i8, hi: i8) -> i8 {
        i8::try_from(self.between(lo.into(), hi.into())).unwrap_or(0)
    }
}

/// A multi-layer perceptron `dims[0]-dims[1]-…` with a `Requantize` after each
/// layer but the last, whose logits are raw.
///
/// # Panics
/// If `dims` has fewer than two sizes or they make no valid model.
pub fn random_mlp(seed: u64, dims: &[u32], range: Range) -> Model {
    let mut random = Random::new(seed);
    let (first, rest) = dims.split_first().expect("dims name input and output");
    let mut builder = builder(*first, range);
    let mut columns = *first;
    let mut reach = reach_of(range.lo, range.hi);
    for (layer, rows) in rest.iter().enumerate() {
        let name = format!("fc{layer}");
        builder = dense(builder, &mut random, &name, [columns, *rows], reach);
        if layer + 1 < rest.len() {
            let clamp = random_clamp(&mut random);
            builder = quantize(builder, &mut random, [columns, *rows], reach, clamp);
            reach = reach_of(clamp.lo, clamp.hi);
        }
        columns = *rows;
    }
    builder
        .build(Scale::ONE)
        .expect("the dims make a valid model")
}

/// A graph with every operator that has no windows: dense layers, a residual
/// addition, a reshape, two concatenations and, for odd seeds, an argmax at its
/// end. The others are in [`random_convolutional`].
///
/// # Panics
/// Never; every seed makes a valid model.
pub fn random_residual(seed: u64) -> Model {
    build_residual(seed).expect("every seed makes a valid model")
}

fn build_residual(seed: u64) -> Result<Model, ModelError> {
    let mut random = Random::new(seed ^ 0x5245_5349_4455_414c);
    let (lo, hi) = (random.i8(-127, 0), random.i8(1, 127));
    let (inputs, width) = (even_size(&mut random), even_size(&mut random));
    let square = [width, width];
    let range = Range { lo, hi };
    let reach = reach_of(lo, hi);

    let stem = builder(inputs, range);
    let stem = dense(stem, &mut random, "stem", [inputs, width], reach);
    let stem = quantize(stem, &mut random, [inputs, width], reach, Clamp::FULL);
    let stem_value = stem.current();

    let block = dense(stem, &mut random, "block", square, 127).relu()?;
    let block_value = block.current();
    let shifts = [random.shift(0, 1), random.shift(0, 8)];
    let sum = block.add(stem_value, shifts[0], shifts[1])?;
    let clamp = random_clamp(&mut random);
    let sum = quantize(sum, &mut random, square, 127, clamp);
    let sum_value = sum.current();
    let skip = quantize(sum.at(block_value), &mut random, square, 127, Clamp::RELU);
    let skip_value = skip.current();

    // Side by side as two halves of a matrix, then as one vector.
    let matrix = Shape::new([width / 2, 2])?;
    let left = skip.at(sum_value).reshape(matrix.clone())?;
    let left_value = left.current();
    let right = left.at(skip_value).reshape(matrix)?;
    let right_value = right.current();
    let wide = right
        .concat([left_value, right_value].into(), 1)?
        .flatten()?;
    let wide_value = wide.current();
    let all = wide.concat([stem_value, wide_value].into(), 0)?;
    let mut head = dense(all, &mut random, "head", [3 * width, 5], 127);
    if seed % 2 == 1 {
        head = head.argmax()?;
    }
    head.build(Scale::ONE)
}

/// One of [`random_residual`] and [`random_convolutional`], which together have
/// every operator.
///
/// # Panics
/// Never; every seed makes a valid model.
pub fn random_graph(seed: u64) -> Model {
    if seed.is_multiple_of(2) {
        random_residual(seed / 2)
    } else {
        random_convolutional(seed / 2)
    }
}

/// An input within the model's range: ends, zeros and anything between; some
/// seeds give nothing but one of the ends.
pub fn random_input(seed: u64, model: &Model) -> Vec<i32> {
    let mut random = Random::new(seed ^ 0x0049_4e50_5554);
    let Range { lo, hi } = model.input_range();
    let constant = match random.between(0, 15) {
        0 => Some(lo),
        1 => Some(hi),
        _ => None,
    };
    (0..model.input_len())
        .map(|_| {
            constant.unwrap_or_else(|| match random.between(0, 9) {
                0 => lo,
                1 => hi,
                2 => 0i8.clamp(lo, hi),
                _ => random.i8(lo, hi),
            })
        })
        .map(i32::from)
        .collect()
}

fn builder(inputs: u32, range: Range) -> ModelBuilder {
    let shape = Shape::new([inputs]).expect("a valid number of inputs");
    ModelBuilder::new(shape, range, Scale::ONE)
}

fn even_size(random: &mut Random) -> u32 {
    2 * between_u32(random, 1, 8)
}

fn between_u32(random: &mut Random, lo: u32, hi: u32) -> u32 {
    u32::try_from(random.between(lo.into(), hi.into())).unwrap_or(lo)
}

fn reach_of(lo: i8, hi: i8) -> i64 {
    i64::from(lo).abs().max(i64::from(hi).abs())
}

fn random_clamp(random: &mut Random) -> Clamp {
    match random.between(0, 3) {
        0 => Clamp::FULL,
        1 | 2 => Clamp::RELU,
        _ => Clamp {
            lo: random.i8(-127, 0),
            hi: random.i8(1, 127),
        },
    }
}

/// A dense layer `[columns, rows]`.
fn dense(
    builder: ModelBuilder,
    random: &mut Random,
    name: &str,
    shape: [u32; 2],
    reach: i64,
) -> ModelBuilder {
    let (weights, bias) = layer(random, shape, reach);
    builder
        .linear(name, weights, shape[1], bias)
        .expect("whole rows within limits")
}

/// Weights and bias.
type Layer = (Vec<i8>, Option<Vec<i32>>);

/// Weights and bias of a layer `[columns, rows]`; some rows are zero, some at
/// full scale of one sign, and some have no bias.
fn layer(random: &mut Random, [columns, rows]: [u32; 2], reach: i64) -> Layer {
    let mut weights = Vec::new();
    let mut bias = Vec::new();
    for _ in 0..rows {
        let kind = random.between(0, 15);
        for _ in 0..columns {
            weights.push(match kind {
                0 => 0,
                1 => 127,
                2 => -127,
                _ => random.i8(-127, 127),
            });
        }
        let spread = reach.saturating_mul(127);
        let value = match random.between(0, 3) {
            0 => 0,
            _ => random.between(-spread, spread),
        };
        bias.push(i32::try_from(value).unwrap_or(0));
    }
    let bias = (random.between(0, 7) > 0).then_some(bias);
    (weights, bias)
}

/// Shifts such that the results reach both ends of the clamp without always
/// lying there, for a layer `[columns, channels]` on inputs up to `reach`.
fn quantize(
    builder: ModelBuilder,
    random: &mut Random,
    [columns, channels]: [u32; 2],
    reach: i64,
    clamp: Clamp,
) -> ModelBuilder {
    // A sum of n products has a deviation of about √n · 73 · reach / 2.
    let deviation = u64::from(columns)
        .isqrt()
        .saturating_mul(37)
        .saturating_mul(reach.unsigned_abs());
    let shift = i64::from(deviation.max(1).ilog2()).saturating_sub(6);
    let shifts = (0..channels)
        .map(|_| {
            let jitter = random.between(-1, 1);
            u8::try_from(shift.saturating_add(jitter).clamp(1, 24)).unwrap_or(1)
        })
        .collect();
    builder.requantize(shifts, clamp).expect("within limits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace;

    #[test]
    fn the_generator_is_splitmix64() {
        // First outputs for seed 1234567 of the authors' C code.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn one_seed_gives_one_model_and_another_seed_another() {
        let range = Range { lo: -5, hi: 9 };
        let model = random_mlp(3, &[4, 5, 2], range);
        assert_eq!(model, random_mlp(3, &[4, 5, 2], range));
        assert_ne!(model.id(), random_mlp(4, &[4, 5, 2], range).id());
        assert_eq!(random_input(1, &model), random_input(1, &model));
    }

    #[test]
    fn both_clamps_and_the_space_between_them_are_reached() {
        let (mut low, mut high, mut between) = (0u32, 0u32, 0u32);
        for seed in 0..50 {
            let model = random_mlp(seed, &[16, 24, 16, 4], Range { lo: 0, hi: 16 });
            let trace = trace(&model, &random_input(seed, &model)).unwrap();
            for (op, value) in model.ops().iter().zip(&trace.values[1..]) {
                if let crate::Op::Requantize { clamp, .. } = op {
                    for y in value {
                        match *y {
                            y if y == i32::from(clamp.lo) => low += 1,
                            y if y == i32::from(clamp.hi) => high += 1,
                            _ => between += 1,
                        }
                    }
                }
            }
        }
        assert!(
            low > 100 && high > 100 && between > 200,
            "{low} {high} {between}"
        );
    }

    #[test]
    fn every_residual_and_convolutional_seed_makes_a_model_that_runs() {
        for seed in 0..200 {
            for model in [random_residual(seed), random_convolutional(seed)] {
                let trace = trace(&model, &random_input(seed, &model)).unwrap();
                assert_eq!(trace.output().len(), model.output_len());
            }
        }
    }

    #[test]
    fn lenet5_has_the_figures_of_the_paper_and_no_dead_layer() {
        let model = lenet5(1);
        let weights = 25 * 6 + 150 * 16 + 400 * 120 + 120 * 84 + 84 * 10;
        let biases: usize = model.tensors().iter().map(|t| t.len()).sum::<usize>() - weights;
        assert!(biases <= 6 + 16 + 120 + 84 + 10, "{biases}");
        let macs = 784 * 25 * 6 + 100 * 150 * 16 + 400 * 120 + 120 * 84 + 84 * 10;
        assert_eq!(model.summary().multiply_accumulates, macs);
        let windows = 784 * 25 + 6 * 196 * 4 + 100 * 150 + 16 * 25 * 4;
        assert_eq!(model.summary().window_elements, windows);
        let trace = trace(&model, &random_input(1, &model)).unwrap();
        for (index, value) in trace.values.iter().enumerate() {
            let zeros = value.iter().filter(|x| **x == 0).count();
            assert!(zeros < value.len() * 3 / 4, "value {index}: {zeros} zeros");
        }
    }
}
