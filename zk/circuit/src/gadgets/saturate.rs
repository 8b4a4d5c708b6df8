//! Shift, round, saturate: `y = clamp((x + half) >> n, lo, hi)`. Requantize is this with
//! `half = 2^(n−1)` and its clamp; ReLU is this with `n = half = 0`, `lo = 0` and no upper clamp; an
//! average, which rounds down, is this with `half = 0` and no clamp.
//!
//! The model's bounds give an interval of `x`, hence of `q = (x + half) >> n`. If that interval
//! decides `y`, the result is a constant and costs nothing; nor does it when nothing is shifted and
//! no clamp can act, as in a ReLU of a channel that is never negative: then `y = x`. Otherwise choose a base `m` and write
//! `T = x + half − m·2^n = Σ_{i<w} 2^i·b_i`: the bits from `n` up are `v = q − m`, of `h = w − n`
//! bits. The base is chosen so that a clamp falls on a power of two and its flag *is* a bit:
//!
//! | clamps that can act | base | result |
//! |---|---|---|
//! | none | least `q` | `y = m + v` |
//! | lower | `lo − 2^j`, `h = j + 1` | `y = lo + s·u`, `s` the top bit, `u` the `j` bits below |
//! | upper | any that fits, for the cheapest comparison | `y = m + v − t` |
//! | both, low aligned | `lo − 2^j` | `y = lo + s·(u − t)` |
//! | both, high aligned | `hi + 1 − 2^j` | `y = lo + s·(hi − lo) + (1 − s)·t` |
//!
//! with `t = o·(v − (D − 1))`, `o = [v ≥ D]`, `D = hi + 1 − m` for an upper clamp, the same with
//! `u` for `v` and `D = hi + 1 − lo` when the low clamp is aligned, and `t = o·(u − D)`,
//! `D = lo − m`, when the high clamp is. Products are never negative in an honest witness, so
//! the prover multiplies points by small numbers only.
//!
//! Bit 0 has no variable: it is the combination `b_0 = T − Σ_{i≥1} 2^i·b_i`, and its booleanity
//! row is the decomposition.
//!
//! # Soundness
//! All `w` bits are boolean, by `b·b = b` for those with a variable and `b_0·(b_0 − 1) = 0` for
//! the first. Hence, over the field, `x + half − m·2^n` equals an integer in `0..2^w`. By
//! induction over the graph `x` is itself the integer that the model computes from a range-checked
//! input, `|x| < 2^48`; with `w ≤ 48` ([`MAX_WIDTH`]) both sides lie far below the field size
//! (254 bits), so they are equal as integers and the bits are *the* binary digits of `T`. Then
//! `v = ⌊T / 2^n⌋ = q − m` exactly: `q ± 1` with a remainder moved by `2^n` would need a bit that
//! is not boolean. The flags are determined by the bits (top bit, or the
//! [comparison](super::compare)), and the two products by the flags. Where an aligned bit says
//! that one clamp acts, the comparison below it may say anything: the choice ignores it.
//!
//! Completeness: every `x` in the model's interval has `0 ≤ T < 2^w`, so an in-range input is
//! never unprovable.
//!
//! # Constraints
//! [`Gadget::constraints`]: `w` bits, the comparison if both clamps or the upper one can act, one
//! row for `t`, one for the choice.

use ark_bn254::Fr;
use ark_ff::{One, Zero};

use lattice_tensor::{Clamp, Interval};

use super::compare;
use crate::{
    builder::Builder,
    combination::{Combination, Element},
    error::CircuitError,
    origin::{Origin, SaturationPart},
    witness::{boolean, Writer},
};

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
    /// It takes a decomposition.
    Gadget(Gadget),
}

/// A decomposition and what is read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gadget {
    shift: u32,
    width: u32,
    /// `half − m·2^n`, what is added to `x`.
    offset: i64,
    base: i64,
    /// Largest quotient, unclamped.
    most: i64,
    select: Select,
}

/// The rows of the table above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Select {
    None,
    Lower { lo: i64 },
    Upper { threshold: i64 },
    LowAligned { lo: i64, threshold: i64 },
    HighAligned { lo: i64, span: i64, threshold: i64 },
}

/// Least `j` with `2^j ≥ value`, for `value ≥ 1`.
fn ceil_log2(value: i64) -> u32 {
    (value - 1).checked_ilog2().map_or(0, |log| log + 1)
}

/// The number in `first..=last` with the most trailing zeros (`1 ≤ first ≤ last`).
fn roundest(first: i64, last: i64) -> i64 {
    (0..62)
        .rev()
        .map(|zeros| ((first - 1) >> zeros).saturating_add(1) << zeros)
        .find(|&candidate| (first..=last).contains(&candidate))
        .unwrap_or(first)
}

impl Unit {
    /// Plans the gadget for `x` within an interval. The error is the width that would be needed.
    pub fn plan(spec: Saturation, of: Interval) -> Result<Self, u32> {
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
        let (base, bits, select) = match (least < lo, most > top) {
            (false, false) if shift == 0 => return Ok(Self::Identity),
            (false, false) => (least, ceil_log2(most - least + 1), Select::None),
            (true, false) => {
                let below = ceil_log2((lo - least).max(most - lo + 1));
                (lo - (1 << below), below + 1, Select::Lower { lo })
            }
            (false, true) => {
                let bits = ceil_log2(most - least + 1);
                let threshold = roundest(top + 1 - least, top - most + (1 << bits));
                (top + 1 - threshold, bits, Select::Upper { threshold })
            }
            (true, true) => {
                let span = top - lo;
                let low_aligned = ceil_log2((lo - least).max(most - lo + 1));
                let high_aligned = ceil_log2((top + 1 - least).max(most - top));
                if low_aligned <= high_aligned {
                    let threshold = span + 1;
                    let select = Select::LowAligned { lo, threshold };
                    (lo - (1 << low_aligned), low_aligned + 1, select)
                } else {
                    let threshold = (1 << high_aligned) - (span + 1);
                    let select = Select::HighAligned {
                        lo,
                        span,
                        threshold,
                    };
                    (top + 1 - (1 << high_aligned), high_aligned + 1, select)
                }
            }
        };
        let width = bits + shift;
        if width > MAX_WIDTH {
            return Err(width);
        }
        Ok(Self::Gadget(Gadget {
            shift,
            width,
            offset: half - (base << shift),
            base,
            most,
            select,
        }))
    }

    /// Constraints of the element.
    pub fn constraints(&self) -> usize {
        match self {
            Self::Constant(_) | Self::Identity => 0,
            Self::Gadget(gadget) => gadget.constraints(),
        }
    }
}

impl Gadget {
    /// Bits of the decomposition.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Constraints of the gadget: `w`, plus the comparison and a row for its product if the far
    /// clamp can act, plus a row for the choice if an aligned clamp can act.
    pub fn constraints(&self) -> usize {
        let bits = self.width - self.shift;
        let selection = match self.select {
            Select::None => 0,
            Select::Lower { .. } => 1,
            Select::Upper { threshold } => compare::constraints(bits, threshold) + 1,
            Select::LowAligned { threshold, .. } | Select::HighAligned { threshold, .. } => {
                compare::constraints(bits - 1, threshold) + 2
            }
        };
        self.width as usize + selection
    }

    /// Writes the rows for the element `x`; returns `y`.
    pub(crate) fn enforce(
        &self,
        builder: &mut Builder,
        x: &Element,
        op: u16,
        element: u32,
    ) -> Result<Element, CircuitError> {
        let overflow = || CircuitError::CoefficientOverflow { op: op.into() };
        let origin = |part| Origin::Saturation { op, element, part };
        let mut bits = Vec::with_capacity(self.width as usize);
        let mut terms = Vec::with_capacity(self.width as usize);
        for position in 1..self.width {
            let column = builder.bit(origin(SaturationPart::Bit(position as u8)))?;
            bits.push(Element::new(vec![(column, 1)], 0).ok_or_else(overflow)?);
            terms.push((column, 1i64 << position));
        }
        let number = x.offset(self.offset).ok_or_else(overflow)?;
        let upper = Element::new(terms, 0).ok_or_else(overflow)?;
        let first = Element::sum([(&number, 1), (&upper, -1)], 0).ok_or_else(overflow)?;
        builder.r1cs.enforce(
            &first.scaled(Fr::one()),
            &first.offset(-1).ok_or_else(overflow)?.scaled(Fr::one()),
            &Combination::zero(),
            origin(SaturationPart::Bit(0)),
        )?;
        bits.insert(0, first);
        let high = &bits[self.shift as usize..];
        let (top, below) = match high {
            [below @ .., top] => (top, below),
            [] => unreachable!("a gadget has at least one bit above the shift"),
        };
        let value = |bits: &[Element], constant: i64| {
            let parts = bits.iter().enumerate().map(|(bit, e)| (e, 1i64 << bit));
            Element::sum(parts, constant).ok_or_else(overflow)
        };
        // A product that is its own variable and reaches `most`.
        let product = |builder: &mut Builder, value: &Element, flag: &Combination, most, part| {
            let column = builder.variable(most)?;
            builder.r1cs.enforce(
                &value.scaled(Fr::one()),
                flag,
                &Combination::column(column),
                origin(part),
            )?;
            Element::new(vec![(column, 1)], 0).ok_or_else(overflow)
        };
        // `t = [v ≥ D]·(v + constant)`.
        let excess = |builder: &mut Builder, bits: &[Element], threshold: i64, constant: i64| {
            let combinations: Vec<Combination> =
                bits.iter().map(|bit| bit.scaled(Fr::one())).collect();
            let flag = compare::enforce(builder, &combinations, threshold, origin)?;
            let most = (1i64 << bits.len()) - 1 + constant;
            let value = value(bits, constant)?;
            product(builder, &value, &flag, most, SaturationPart::Excess)
        };
        let choose = |builder: &mut Builder, value: &Element, flag: &Combination, most| {
            product(builder, value, flag, most, SaturationPart::Select)
        };
        let top_flag = top.scaled(Fr::one());
        match self.select {
            Select::None => value(high, self.base),
            Select::Lower { lo } => {
                let most = self.most - lo;
                let chosen = choose(builder, &value(below, 0)?, &top_flag, most)?;
                chosen.offset(lo).ok_or_else(overflow)
            }
            Select::Upper { threshold } => {
                let excess = excess(builder, high, threshold, 1 - threshold)?;
                let all = value(high, self.base)?;
                Element::sum([(&all, 1), (&excess, -1)], 0).ok_or_else(overflow)
            }
            Select::LowAligned { lo, threshold } => {
                let excess = excess(builder, below, threshold, 1 - threshold)?;
                let all = value(below, 0)?;
                let kept = Element::sum([(&all, 1), (&excess, -1)], 0).ok_or_else(overflow)?;
                let chosen = choose(builder, &kept, &top_flag, threshold - 1)?;
                chosen.offset(lo).ok_or_else(overflow)
            }
            Select::HighAligned {
                lo,
                span,
                threshold,
            } => {
                let excess = excess(builder, below, threshold, -threshold)?;
                let not_top = Combination::constant(Fr::one()).plus(&top_flag, -Fr::one());
                let chosen = choose(builder, &excess, &not_top, span)?;
                Element::sum([(top, span), (&chosen, 1)], lo).ok_or_else(overflow)
            }
        }
    }

    /// The integer that is decomposed; `None` if `x` is outside of the planned interval.
    pub(crate) fn number(&self, x: i64) -> Option<u64> {
        let number = u64::try_from(x.checked_add(self.offset)?).ok()?;
        (number >> self.width == 0).then_some(number)
    }

    /// What the gadget computes from the integer that is decomposed.
    pub(crate) fn result(&self, number: u64) -> i64 {
        // The number has at most `MAX_WIDTH` bits, so it is an `i64`.
        let value = self.base + (number >> self.shift) as i64;
        match self.select {
            Select::None => value,
            Select::Lower { lo } => value.max(lo),
            Select::Upper { threshold } => value.min(self.base + threshold - 1),
            Select::LowAligned { lo, threshold } => value.clamp(lo, lo + threshold - 1),
            Select::HighAligned { lo, span, .. } => value.clamp(lo, lo + span),
        }
    }

    /// The bits of an honest witness.
    pub(crate) fn bits(&self, number: u64) -> Vec<Fr> {
        (0..self.width)
            .map(|bit| boolean(number >> bit & 1 == 1))
            .collect()
    }

    /// Writes the witness for these bits; returns `y`. The bits may be any field elements, so
    /// that tests can follow what a forger could reach.
    pub(crate) fn assign(&self, bits: &[Fr], writer: &mut Writer) -> Fr {
        for &bit in &bits[1..] {
            writer.bit(bit);
        }
        writer.row(bits[0], bits[0] - Fr::one());
        let high = &bits[self.shift as usize..];
        let (top, below) = (high[high.len() - 1], &high[..high.len() - 1]);
        let value = |bits: &[Fr]| {
            bits.iter()
                .rev()
                .fold(Fr::zero(), |value, &bit| value + value + bit)
        };
        let excess = |writer: &mut Writer, bits: &[Fr], threshold: i64, constant: i64| {
            let flag = compare::assign(bits, threshold, writer);
            writer.product(value(bits) + Fr::from(constant), flag)
        };
        match self.select {
            Select::None => Fr::from(self.base) + value(high),
            Select::Lower { lo } => Fr::from(lo) + writer.product(value(below), top),
            Select::Upper { threshold } => {
                let excess = excess(writer, high, threshold, 1 - threshold);
                Fr::from(self.base) + value(high) - excess
            }
            Select::LowAligned { lo, threshold } => {
                let excess = excess(writer, below, threshold, 1 - threshold);
                Fr::from(lo) + writer.product(value(below) - excess, top)
            }
            Select::HighAligned {
                lo,
                span,
                threshold,
            } => {
                let excess = excess(writer, below, threshold, -threshold);
                Fr::from(lo) + Fr::from(span) * top + writer.product(excess, Fr::one() - top)
            }
        }
    }
}
