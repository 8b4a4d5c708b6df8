//! Shift, round, saturate: `y = clamp((x + half) >> n, lo, hi)`. Requantize is this with
//! `half = 2^(n−1)` and its clamp; ReLU is this with `n = half = 0`, `lo = 0` and no upper clamp; an
//! average, which rounds down, is this with `half = 0` and no clamp.
//!
//! The model's bounds give an interval of `x`, hence of `q = (x + half) >> n`. If that interval
//! decides `y`, the result is a constant and costs nothing; nor does it when nothing is shifted and
//! no clamp can act, as in a ReLU of a channel that is never negative: then `y = x`. Otherwise, with a
//! base `m` and a radix `R`,
//!
//! `x + half = m·2^n + r + 2^n·(u + R·v)`, `0 ≤ r < 2^n`, `0 ≤ u < R`,
//!
//! where `v = 0` exactly if no clamp acts, `v < 0` if the lower one does and `v > 0` if the upper one
//! does. `r` has `n` bits; `u` the bits of a [range](super::range) that reach exactly `R − 1`; `v` is
//! given by flags and `k` bits `e`:
//!
//! | clamps that can act | base | radix | `v` | result |
//! |---|---|---|---|---|
//! | none | least `q` | least `2^h` that fits | 0 | `y = m + u` |
//! | lower | `lo` | least `2^h` that fits | `g − 1` | `y = m + g·u` |
//! | upper | least `q` | `hi + 1 − m` | `o + e` | `y = m + (1 − o)·u + o·(R − 1)` |
//! | both | `lo` | `hi + 1 − lo` | `o + e − 2^k·(1 − g − o)` | `y = m + g·u + o·(R − 1)` |
//!
//! with flags `g` (within) and `o` (above). Rows, besides booleanity of all of `r`, `u` and the
//! first flag: `o·(o − (1 − g)) = 0` and `e_i·(e_i − (1 − g)) = 0` (with `1 − g` read as `o` where
//! only the upper clamp acts), which say that within the clamps `o` and `e` are zero and that they
//! are bits otherwise; and `g·u = (y − m) − (R − 1)·o`, which gives `y` a variable.
//!
//! The bit of weight one has no variable: it is what the others leave of `x + half`, and its
//! booleanity row is the decomposition.
//!
//! # Soundness
//! Every `g`, `o`, `e_i` and every bit of `r` and `u` is zero or one, since a field has no other
//! roots of `b·(b − 1)` and of `b·b`, and of `g` and `o` at most one is one. Hence over the field
//! `x + half` equals an integer of the form above, of less than [`MAX_WIDTH`] bits. By induction over
//! the graph `x` is itself the integer that the model computes from a range-checked input,
//! `|x| < 2^46`; both sides lie far below the field size (254 bits), so they are equal as integers.
//! Division with remainder is unique: `r`, and `u` and `v` as numbers, are determined,
//! and `u + R·v = q − m`. `v` reads: `0` for `g = 1`; in `−2^k..=−1` for neither flag; in `1..=2^k` for
//! `o = 1`; these do not meet, so the flags are determined by `v`, and say that `q` is within `m..m + R`,
//! below, or above. `q ± 1` with a remainder moved by `2^n` would need a bit that is not boolean.
//! Where `R` is no power of two a value of `u` can have two bit patterns; nothing but `u` is read
//! from them.
//!
//! Completeness: every `x` in the interval has `−2^k ≤ v ≤ 2^k`, so an in-range input is never
//! unprovable.
//!
//! # Constraints
//! [`Gadget::constraints`]: `n + ⌈log2 R⌉`; one more for the choice and for each flag if a
//! clamp can act; and `k = ⌈log2 max(|v|)⌉` if the upper one can. The largest of these cases, for
//! `lo = 0`, `hi = 127`, is `n + 10 + k`.

pub mod looked_up;
mod rows;
mod witness;

use lattice_tensor::{Clamp, Interval};

use super::lookup::Digits;
use looked_up::LookedUp;

/// Most bits that a decomposition may have; the soundness argument needs far less than the field.
pub const MAX_WIDTH: u32 = 48;

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saturation {
    /// Right shift, in bits.
    pub shift: u32,
    /// What is added before the shift.
    pub half: i64,
    /// Lower clamp; `None` if there is none.
    pub lo: Option<i64>,
    /// Upper clamp; `None` if there is none.
    pub hi: Option<i64>,
}

impl Saturation {
    /// Requantize: rounds halves up, then clamps.
    pub fn requantize(shift: u8, clamp: Clamp) -> Self {
        Self {
            shift: shift.into(),
            half: 1i64
                .checked_shl(u32::from(shift).saturating_sub(1))
                .unwrap_or(i64::MAX),
            lo: Some(clamp.lo.into()),
            hi: Some(clamp.hi.into()),
        }
    }

    /// ReLU.
    pub fn relu() -> Self {
        Self {
            shift: 0,
            half: 0,
            lo: Some(0),
            hi: None,
        }
    }

    /// `x >> shift`, which rounds down.
    pub fn floor(shift: u32) -> Self {
        Self {
            shift,
            half: 0,
            lo: None,
            hi: None,
        }
    }

    /// The function itself. It is monotone, so it maps ends to ends.
    pub fn apply(&self, x: i64) -> i64 {
        let rounded = x.saturating_add(self.half) >> self.shift;
        let raised = self.lo.map_or(rounded, |lo| rounded.max(lo));
        self.hi.map_or(raised, |hi| raised.min(hi))
    }

    /// What the function makes of an interval.
    pub fn image(&self, of: Interval) -> Interval {
        Interval {
            lo: self.apply(of.lo),
            hi: self.apply(of.hi),
        }
    }
}

/// How one element is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The bounds decide the result.
    Constant(i64),
    /// The result is the element itself.
    Identity,
    /// It takes a decomposition into bits.
    Gadget(Gadget),
    /// It takes [lookups](looked_up).
    LookedUp(LookedUp),
}

/// A decomposition and what is read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gadget {
    shift: u32,
    /// The least `y` that needs no clamp, `m`.
    base: i64,
    /// `R`.
    radix: i64,
    /// Bits of `u`.
    within: u32,
    /// `k`.
    coarse: u32,
    clamps: Clamps,
    /// What is added to `x` so that all weights are positive.
    offset: i64,
    /// Largest result.
    most: i64,
}

/// The clamps that can act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clamps {
    None,
    Lower,
    Upper,
    Both,
}

/// What a digit of the decomposition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digit {
    /// Of `r`.
    Remainder,
    /// Of `u`.
    Within,
    /// The flag `g`.
    IsWithin,
    /// The flag `o`.
    IsAbove,
    /// Of `e`.
    Coarse,
}

/// Least `j` with `2^j ≥ value`, for `value ≥ 1`.
fn ceil_log2(value: i64) -> u32 {
    (value - 1).checked_ilog2().map_or(0, |log| log + 1)
}

impl Unit {
    /// Plans the gadget for `x` within an interval, with lookups where there are digits for it. The
    /// error is the width that would be needed.
    pub fn plan(spec: Saturation, of: Interval, digits: Option<Digits>) -> Result<Self, u32> {
        let Interval { lo: low, hi: high } = of;
        let wide = |value: i64| value.unsigned_abs() >= 1 << (MAX_WIDTH - 2);
        if wide(low) || wide(high) {
            return Err(low.unsigned_abs().max(high.unsigned_abs()).ilog2() + 2);
        }
        let Saturation { shift, half, .. } = spec;
        let (least, most) = ((low + half) >> shift, (high + half) >> shift);
        let (lo, top) = (spec.lo.unwrap_or(i64::MIN), spec.hi.unwrap_or(i64::MAX));
        if most <= lo {
            return Ok(Self::Constant(lo));
        }
        if least >= top {
            return Ok(Self::Constant(top));
        }
        if least == most {
            return Ok(Self::Constant(least));
        }
        if let (false, Some(digits)) = (least >= lo && most <= top && shift == 0, digits) {
            let quotient = Interval {
                lo: least,
                hi: most,
            };
            if let Some(gadget) = LookedUp::plan(spec, quotient, digits) {
                return Ok(Self::LookedUp(gadget));
            }
        }
        let (clamps, base, radix, reach) = match (least < lo, most > top) {
            (false, false) if shift == 0 => return Ok(Self::Identity),
            (false, false) => (Clamps::None, least, 1 << ceil_log2(most - least + 1), 1),
            (true, false) => {
                let bits = ceil_log2((lo - least).max(most - lo + 1));
                (Clamps::Lower, lo, 1 << bits, 1)
            }
            (false, true) => {
                let radix = top + 1 - least;
                (Clamps::Upper, least, radix, (most - least) / radix)
            }
            (true, true) => {
                let radix = top + 1 - lo;
                let below = (lo - least + radix - 1) / radix;
                (Clamps::Both, lo, radix, below.max((most - lo) / radix))
            }
        };
        let coarse = ceil_log2(reach);
        let mut gadget = Gadget {
            shift,
            base,
            radix,
            within: ceil_log2(radix),
            coarse,
            clamps,
            offset: half - (base << shift),
            most: most.min(top),
        };
        if gadget.width() > MAX_WIDTH {
            return Err(gadget.width());
        }
        if matches!(clamps, Clamps::Lower | Clamps::Both) {
            gadget.offset += radix << (coarse + shift);
        }
        Ok(Self::Gadget(gadget))
    }

    /// Constraints of the element.
    pub fn constraints(&self) -> usize {
        match self {
            Self::Constant(_) | Self::Identity => 0,
            Self::Gadget(gadget) => gadget.constraints(),
            Self::LookedUp(gadget) => gadget.constraints(),
        }
    }
}

impl Gadget {
    /// Bits that no number of the decomposition exceeds.
    pub fn width(&self) -> u32 {
        self.shift + self.within + self.coarse + 2
    }

    /// Constraints of the gadget: a row for each digit, and the choice if a clamp can act.
    pub fn constraints(&self) -> usize {
        let (flags, coarse, choice) = match self.clamps {
            Clamps::None => (0, 0, 0),
            Clamps::Lower => (1, 0, 1),
            Clamps::Upper => (1, self.coarse, 1),
            Clamps::Both => (2, self.coarse, 1),
        };
        (self.shift + self.within + flags + coarse + choice) as usize
    }

    /// The digits and their weights, those of weight one first. The weighted sum of all is the
    /// [number](Self::number).
    pub(crate) fn digits(&self) -> Vec<(Digit, i64)> {
        let unit = 1i64 << self.shift;
        let coarse = self.radix << self.shift;
        let last = self.radix - (1 << (self.within - 1));
        let remainder = (0..self.shift).map(|bit| (Digit::Remainder, 1 << bit));
        let within = (0..self.within).map(|bit| {
            let is_last = bit + 1 == self.within;
            (Digit::Within, if is_last { last } else { 1 << bit } * unit)
        });
        let flags: &[_] = match self.clamps {
            Clamps::None => &[],
            Clamps::Lower => &[(Digit::IsWithin, coarse << self.coarse)],
            Clamps::Upper => &[(Digit::IsAbove, coarse)],
            Clamps::Both => &[
                (Digit::IsWithin, coarse << self.coarse),
                (Digit::IsAbove, (coarse << self.coarse) + coarse),
            ],
        };
        let bits = match self.clamps {
            Clamps::None | Clamps::Lower => 0,
            Clamps::Upper | Clamps::Both => self.coarse,
        };
        let above = (0..bits).map(|bit| (Digit::Coarse, coarse << bit));
        let flags = flags.iter().copied();
        remainder.chain(within).chain(flags).chain(above).collect()
    }
}
