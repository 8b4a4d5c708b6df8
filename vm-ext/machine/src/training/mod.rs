//! One exact integer step of stochastic gradient descent: the specification of
//! `TRAIN_MODEL`.
//!
//! # Which graphs
//!
//! Chains of `Flatten`, `Reshape`, `Linear`, `Relu` and `Requantize` in which each
//! `Requantize` has one `Linear` before it, with nothing but `Relu`, `Flatten` and
//! `Reshape` between them, and each `Linear` but the first has a `Requantize`
//! between it and the one before. (In a valid model of these operators no value
//! is used twice, so it is a chain.) Any other operator, or one of these in
//! another place, is `NotTrainable` with its index.
//!
//! # Numbers
//!
//! A value of the model is an integer `x` with a unit: `x` stands for the real
//! number `x * 2^-e`. The exponents follow from the graph alone:
//!
//! * the input has the least `e >= 0` with `2^e >= max(|lo|, |hi|)`, so it lies
//!   within [-1, 1];
//! * the result of a `Requantize` has the least such `e` for its clamp, or, if
//!   that is smaller, `16 + e(input of its Linear) - (largest shift)`. A model for
//!   which that is negative is not trainable at this `Requantize`;
//! * the output of a last `Linear` without `Requantize` has `e(its input) + 7`, so
//!   its weights lie within [-1, 1].
//!
//! So every layer works on numbers of about the same size, and one rate fits all.
//!
//! The **state** is one i32 for each element of each tensor. A weight `W` stands
//! for `W * 2^-16` (Q16) and a bias `B` for `B * 2^-24` (Q24, the unit of a product
//! of a weight and an activation). They start as the model's own, exactly: with `n`
//! the shift of the channel,
//!
//! ```text
//! s = 16 + e(input) - e(result) - n    W = w << s      0 <= s <= 22
//! t = 24 - e(result) - n               B = b << t      1 <= t <= 23
//! ```
//!
//! and for a last layer without `Requantize` `s = 9` and `t = 17 - e(input)`.
//! A bias that leaves 32 bits is `StateOverflow`.
//!
//! # The step
//!
//! Activations and errors are Q8. `round(v, n)` is `(v + 2^(n-1)) >> n`, with an
//! arithmetic shift. For each row of the batch:
//!
//! ```text
//! input         a = x << (8 - e)
//! Linear        v[o] = B[o] + sum over k of W[o][k] * a[k]            Q24
//! Relu          v > 0 ? v : 0
//! Requantize    a = clamp(round(v, 16), lo << (8 - e), hi << (8 - e))
//!
//! error         d = round(v - (target << t), 16)       after a last Linear
//!               d = a - (target << (8 - e))            after a last Requantize
//! Relu          d = 0 where its operand was not positive
//! Requantize    d = 0 where lo = 0 and its operand was not positive; else
//!               unchanged, also where it saturated, so that it can come back
//! Linear        d[k] = round(sum over o of W[o][k] * d[o], 16)
//!
//! gradient      GW[o][k] += d[o] * a[k]                               Q16
//!               GB[o]    += d[o] << 16                                Q24
//! ```
//!
//! which is the gradient of half the squared error, `sum of (output - target)^2 / 2`,
//! over the rows of the batch. Targets are in the unit of the model's output: what
//! `EXEC_MODEL` should answer. An error of 1 is 256 in `d`, so after a last
//! `Linear` it is `2^(e + 7)` steps of the output. Then, with `s` the rate shift,
//! 1 to 32, once for each parameter:
//!
//! ```text
//! W' = W - ((GW + 2^(s-1)) >> s)       B' = B - ((GB + 2^(s-1)) >> s)
//! ```
//!
//! The rate `2^-s` is for the sum over the batch: twice the rows ask for one more.
//!
//! # The model that the handle then runs
//!
//! The same graph, shifts, clamps and ranges with the weights
//! `clamp(round(W, s), -127, 127)` (`W` itself if `s = 0`) and biases
//! `round(B, t)`; so it has a new weight root and a new id. If that is no valid
//! model, because an accumulator could become too large, the step is
//! `StateRefused`. At the start the quantization of the state is the model itself.
//!
//! # Why nothing overflows
//!
//! Activations are under 2^15 in magnitude. Refused as `TrainingOverflow` are a row
//! whose activations before a `Linear` sum to more than 2^31 in magnitude, and a
//! batch whose errors after a `Linear` do. As a parameter is an i32, a sum of
//! products in either direction stays within 2^62, a gradient of a weight within
//! 2^46 and one of a bias within 2^47, in any order of summation, and 64 bits
//! suffice for these, for the bias, for `target << t` (48 bits) and for every
//! rounding term. A parameter that leaves 32 bits is `StateOverflow`. Each of
//! these leaves the state as it was.
//!
//! # Bytes
//!
//! The canonical encoding of a state is all its parameters, each as i32
//! little-endian, tensor by tensor in the order of the manifest. Its hash is
//!
//! ```text
//! Blake2-256("lattice/state/1" || id of its quantized model || parameters)
//! ```
//!
//! A stored state is the encoding of its quantized model and then these bytes;
//! `LOAD_MODEL` takes it if the parameters quantize to exactly those tensors.

mod parameters;
mod plan;
mod step;

pub use parameters::{Parameters, PARAMETER_BYTES};
pub use plan::Plan;
pub use step::{step, working_bytes, Batch};

use lattice_isa::{ModelHash, Trap};

/// Smallest and largest rate shift.
pub const RATE_SHIFTS: core::ops::RangeInclusive<u8> = 1..=32;

/// Why there is no next state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainingFault {
    /// The operator is not one of those above, or in another place.
    #[error("op {op} cannot be trained")]
    NotTrainable {
        /// Index of the operator.
        op: u16,
    },
    /// The activations before an operator, or the errors after it, are too large.
    #[error("op {op}: activations or errors are too large")]
    Sums {
        /// Index of the operator.
        op: u16,
    },
    /// A parameter leaves 32 bits.
    #[error("parameter {parameter} leaves 32 bits")]
    Parameter {
        /// Its position in the canonical encoding.
        parameter: u32,
    },
    /// The quantized state is no valid model.
    #[error("the quantized state is no valid model")]
    Refused,
}

impl TrainingFault {
    /// The trap that a program ends with.
    pub const fn trap(self, model: ModelHash) -> Trap {
        match self {
            TrainingFault::NotTrainable { op } => Trap::NotTrainable { model, op },
            TrainingFault::Sums { op } => Trap::TrainingOverflow { op },
            TrainingFault::Parameter { parameter } => Trap::StateOverflow { parameter },
            TrainingFault::Refused => Trap::StateRefused { model },
        }
    }
}

/// `(value + 2^(shift - 1)) >> shift`, and the value itself for a shift of zero.
///
/// Wrapping only in form: see "Why nothing overflows"; `shift` is at most 32.
fn round(value: i64, shift: u8) -> i64 {
    match shift.checked_sub(1) {
        None => value,
        Some(half) => {
            value.wrapping_add(1i64.wrapping_shl(half.into())) >> u32::from(shift).min(63)
        }
    }
}
