//! Integer weights and biases under the specification's bound.
//!
//! With input step `s_x`, weight step `s_w` and accumulator `acc = Σ w x + b`, the real value of
//! `acc` is `s_x · s_w · acc`. A hidden channel is requantized by a shift: `y = acc >> n` (rounded)
//! at the layer's activation step `s_y`, so `s_w = s_y / (s_x · 2^n)`: only `n` is left to choose.
//! The largest `n` whose weights still fit [-127, 127] gives the finest weights (64 to 127 levels
//! for the largest one). Where `x_max · Σ|w| + |b|` then reaches 2^24, `n` is lowered.

use crate::error::QuantizeError;
use crate::network::Origin;

/// `x_max · Σ|w| + |b|` stays below this in every channel (specification v1).
const ACCUMULATOR_BOUND: f64 = (1u32 << 24) as f64;
/// Largest weight magnitude.
const MAX_LEVEL: f64 = 127.0;
/// Largest requantization shift.
const MAX_SHIFT: u8 = 24;
/// Coarser weights than this (three bits) are refused rather than written.
pub const MIN_LEVELS: i64 = 7;

/// One output channel of a hidden layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    pub weights: Vec<i8>,
    pub bias: i32,
    pub shift: u8,
    /// The bound, not the weights, decided the shift.
    pub coarsened: bool,
}

/// All channels of the last layer, with their common weight step.
#[derive(Clone, Debug, PartialEq)]
pub struct LastLayer {
    /// `[outputs, inputs]`, row-major.
    pub weights: Vec<i8>,
    pub biases: Vec<i32>,
    pub weight_step: f64,
    /// The bound, not the weights, decided the step.
    pub coarsened: bool,
}

/// Where a channel is, for error texts.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub origin: &'a Origin,
    pub channel: usize,
}

/// Quantizes one hidden channel.
///
/// `weights` and `bias` are real, `x_max` is the largest input magnitude in steps, `x_step` and
/// `y_step` are the real values of one input and one output step.
///
/// # Errors
/// [`QuantizeError::Gain`] when even the smallest shift leaves weights above 127, and
/// [`QuantizeError::BoundOverflow`] when the bound can only be met by weights too coarse to mean
/// anything.
pub fn hidden(
    place: Place<'_>,
    weights: &[f64],
    bias: f64,
    x_max: i64,
    x_step: f64,
    y_step: f64,
) -> Result<Channel, QuantizeError> {
    let largest = largest(weights);
    let per_output_step = x_step / y_step;
    let finest = (1..=MAX_SHIFT)
        .rev()
        .find(|&n| (largest * per_output_step * pow2(n)).round() <= MAX_LEVEL)
        .ok_or(QuantizeError::Gain {
            node: place.origin.clone(),
            channel: place.channel,
            limit: MAX_LEVEL / 2.0,
        })?;
    for shift in (1..=finest).rev() {
        let factor = per_output_step * pow2(shift);
        let bias_steps = (bias / y_step * pow2(shift)).round();
        let levels: Vec<f64> = weights.iter().map(|w| (w * factor).round()).collect();
        if !within_bound(&levels, bias_steps, x_max) {
            continue;
        }
        let coarsened = shift < finest;
        if coarsened && too_coarse(weights, &levels, factor, x_max, shift) {
            break;
        }
        return Ok(Channel {
            weights: levels.iter().map(|&w| w as i8).collect(),
            bias: bias_steps as i32,
            shift,
            coarsened,
        });
    }
    Err(overflow(place, largest))
}

/// Quantizes the last layer, whose logits share one step so that they can be compared.
pub fn last(
    origin: &Origin,
    weights: &[f64],
    biases: &[f64],
    x_max: i64,
    x_step: f64,
) -> Result<LastLayer, QuantizeError> {
    let inputs = weights.len() / biases.len();
    let largest_weight = largest(weights);
    let finest = if largest_weight > 0.0 {
        largest_weight / MAX_LEVEL
    } else {
        // Constant logits: any step that holds the biases will do.
        (largest(biases) / ACCUMULATOR_BOUND * 2.0).max(f64::MIN_POSITIVE) / x_step
    };
    let mut step = finest;
    loop {
        let levels: Vec<f64> = weights.iter().map(|w| (w / step).round()).collect();
        let bias_steps: Vec<f64> = biases
            .iter()
            .map(|b| (b / (x_step * step)).round())
            .collect();
        let over = levels
            .chunks(inputs)
            .zip(&bias_steps)
            .position(|(row, &bias)| !within_bound(row, bias, x_max));
        let Some(channel) = over else {
            return Ok(LastLayer {
                weights: levels.iter().map(|&w| w as i8).collect(),
                biases: bias_steps.iter().map(|&b| b as i32).collect(),
                weight_step: step,
                coarsened: step > finest,
            });
        };
        step *= std::f64::consts::SQRT_2;
        if (largest_weight / step).round() < MIN_LEVELS as f64 {
            let row = &weights[channel * inputs..(channel + 1) * inputs];
            return Err(overflow(Place { origin, channel }, largest(row)));
        }
    }
}

/// The specification's bound on one accumulator.
fn within_bound(levels: &[f64], bias: f64, x_max: i64) -> bool {
    let sum: f64 = levels.iter().map(|w| w.abs()).sum();
    x_max as f64 * sum + bias.abs() < ACCUMULATOR_BOUND
}

/// Coarse weights are harmless in a channel that hardly depends on its input; they are refused
/// where their rounding can move the output by more than one step.
fn too_coarse(weights: &[f64], levels: &[f64], factor: f64, x_max: i64, shift: u8) -> bool {
    if largest(levels) >= MIN_LEVELS as f64 {
        return false;
    }
    let error: f64 = weights
        .iter()
        .zip(levels)
        .map(|(w, q)| (w * factor - q).abs())
        .sum();
    x_max as f64 * error / pow2(shift) > 1.0
}

fn overflow(place: Place<'_>, largest: f64) -> QuantizeError {
    QuantizeError::BoundOverflow {
        node: place.origin.clone(),
        channel: place.channel,
        levels: MIN_LEVELS,
        largest,
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, v| m.max(v.abs()))
}

fn pow2(n: u8) -> f64 {
    f64::from(1u32 << n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn origin(node: &str) -> Origin {
        Origin {
            node: node.into(),
            op: "Gemm".into(),
        }
    }

    fn magnitude(channel: &Channel, x_max: i64) -> i64 {
        let sum: i64 = channel
            .weights
            .iter()
            .map(|&w| i64::from(w).abs())
            .sum::<i64>();
        x_max * sum + i64::from(channel.bias).abs()
    }

    proptest! {
        /// The integer channel is the real one up to the rounding of its parts.
        #[test]
        fn a_hidden_channel_approximates_the_real_one(
            weights in prop::collection::vec(-1.0f64..1.0, 1..40),
            bias in -3.0f64..3.0,
            seed in prop::collection::vec(-127i64..=127, 40),
            x_step in 0.005f64..0.5,
        ) {
            let y_step = 0.05;
            let Ok(channel) = hidden(Place { origin: &origin("fc1"), channel: 3 }, &weights, bias, 127, x_step, y_step) else {
                // The only refusal possible here: an output step far below an input step.
                prop_assert!(largest(&weights) * x_step / y_step > 60.0);
                return Ok(());
            };
            prop_assert!(magnitude(&channel, 127) < 1 << 24);
            let x = &seed[..weights.len()];
            let real: f64 = bias + weights.iter().zip(x).map(|(w, &x)| w * x as f64 * x_step).sum::<f64>();
            let acc: i64 = i64::from(channel.bias)
                + channel.weights.iter().zip(x).map(|(&w, x)| i64::from(w) * x).sum::<i64>();
            let y = (acc + (1 << (channel.shift - 1))) >> channel.shift;
            let per_weight: f64 = x.iter().map(|x| 0.5 * x.abs() as f64).sum();
            let tolerance = 1.0 + (per_weight + 0.5) / pow2(channel.shift);
            prop_assert!((real / y_step - y as f64).abs() <= tolerance);
        }

        /// A finer shift than the chosen one breaks a rule.
        #[test]
        fn the_finest_admissible_shift_is_taken(
            weights in prop::collection::vec(-1.0f64..1.0, 1..40),
            bias in -3.0f64..3.0,
        ) {
            let channel = hidden(Place { origin: &origin("fc1"), channel: 3 }, &weights, bias, 127, 0.01, 0.05).unwrap();
            if channel.shift < 24 {
                let factor = 0.2 * pow2(channel.shift + 1);
                let finer: Vec<f64> = weights.iter().map(|w| (w * factor).round()).collect();
                let finer_bias = (bias / 0.05 * pow2(channel.shift + 1)).round();
                prop_assert!(
                    largest(&finer) > 127.0 || !within_bound(&finer, finer_bias, 127)
                );
            }
        }

        #[test]
        fn the_last_layer_keeps_one_step_and_the_bound(
            weights in prop::collection::vec(-1.0f64..1.0, 30),
            biases in prop::collection::vec(-3.0f64..3.0, 3),
        ) {
            let layer = last(&origin("fc2"), &weights, &biases, 127, 0.02).unwrap();
            for (w, q) in weights.iter().zip(&layer.weights) {
                prop_assert!((w / layer.weight_step - f64::from(*q)).abs() <= 0.5 + 1e-9);
            }
            for (row, bias) in layer.weights.chunks(10).zip(&layer.biases) {
                let sum: i64 = row.iter().map(|&w| i64::from(w).abs()).sum();
                prop_assert!(127 * sum + i64::from(*bias).abs() < 1 << 24);
            }
        }
    }

    #[test]
    fn a_dead_channel_keeps_its_bias() {
        let channel = hidden(
            Place {
                origin: &origin("fc1"),
                channel: 3,
            },
            &[0.0; 4],
            1.0,
            127,
            0.1,
            0.01,
        )
        .unwrap();
        assert_eq!(channel.weights, [0; 4]);
        assert_eq!(channel.bias >> channel.shift, 100);
        assert!(magnitude(&channel, 127) < 1 << 24);
        let layer = last(&origin("fc2"), &[0.0; 4], &[1.0, -1.0], 127, 0.1).unwrap();
        assert_eq!(layer.biases[0], -layer.biases[1]);
        assert!(layer.biases[0] > 0);
    }

    /// 200,000 equal weights reach 2^24 even with three bits each.
    #[test]
    fn an_overflowing_bound_names_the_channel() {
        let wide = vec![0.5; 200_000];
        let text = hidden(
            Place {
                origin: &origin("fc1"),
                channel: 3,
            },
            &wide,
            0.0,
            127,
            0.01,
            10.0,
        )
        .unwrap_err()
        .to_string();
        assert!(text.contains("`fc1` (Gemm), channel 3"), "{text}");
        let mut two = vec![0.0; 200_000];
        two.extend(&wide);
        let text = last(&origin("fc2"), &two, &[0.0, 0.0], 127, 0.01)
            .unwrap_err()
            .to_string();
        assert!(text.contains("`fc2` (Gemm), channel 1"), "{text}");
    }

    #[test]
    fn a_wide_layer_is_coarsened_before_it_is_refused() {
        // 127 · 118 · 2,000 is above 2^24, half the resolution is below.
        let channel = hidden(
            Place {
                origin: &origin("fc1"),
                channel: 3,
            },
            &[0.9; 2_000],
            0.0,
            127,
            0.01,
            5.0,
        )
        .unwrap();
        assert!(channel.coarsened);
        assert_eq!((channel.weights[0], channel.shift), (59, 15));
    }

    #[test]
    fn an_output_step_far_below_the_input_step_is_refused() {
        let error = hidden(
            Place {
                origin: &origin("fc1"),
                channel: 3,
            },
            &[1.0],
            0.0,
            127,
            1.0,
            0.001,
        )
        .unwrap_err();
        assert!(matches!(error, QuantizeError::Gain { channel: 3, .. }));
    }
}
