//! How many bits a digit has, and what one or two of them say.

use lattice_tensor::{Model, Op, ValueId};

/// Fewest and most bits of a digit.
const DIGIT_BITS: std::ops::RangeInclusive<u32> = 8..=12;

/// The size of digits, `2^N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    bits: u32,
}

impl Digits {
    /// As many bits as the largest shift of a model, so that most remainders are one digit, and as
    /// half of what it rectifies or compares, so that these are two.
    pub fn of(model: &Model) -> Self {
        let half = |input: ValueId| {
            let bounds = model.bounds(input).iter();
            let bits = bounds.map(|of| of.magnitude().max(1).ilog2() + 2);
            bits.max().unwrap_or(0).div_ceil(2)
        };
        let bits = model.ops().iter().map(|op| match op {
            Op::Requantize { shifts, .. } => shifts.iter().copied().max().unwrap_or(0).into(),
            Op::Relu { input } => half(*input),
            Op::MaxPool2d(pool) => half(pool.input),
            _ => 0,
        });
        let bits = bits.max().unwrap_or(0);
        Self {
            bits: bits.clamp(*DIGIT_BITS.start(), *DIGIT_BITS.end()),
        }
    }

    #[cfg(test)]
    pub(crate) const fn with_bits(bits: u32) -> Self {
        Self { bits }
    }

    /// `N`.
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// Bits of a number of two digits.
    pub const fn reach(self) -> u32 {
        2 * self.bits
    }

    /// One more than the largest number of as many digits as `most` has; `None` for more than two.
    pub fn radix(self, most: i64) -> Option<i64> {
        let base = 1i64 << self.bits;
        match most {
            _ if most < base => Some(base),
            _ if most < base << self.bits => Some(base << self.bits),
            _ => None,
        }
    }

    /// Lookups of a number of `most` at most.
    pub const fn lookups(self, most: i64) -> usize {
        if most >> self.bits == 0 {
            1
        } else {
            2
        }
    }

    /// Lookups that show that an integer is below `2^bits`.
    pub const fn power_lookups(self, bits: u32) -> usize {
        match bits {
            0 => 0,
            _ if bits <= self.bits => 1,
            _ if bits == self.reach() => 2,
            _ => 3,
        }
    }

    /// The two digits of a number.
    pub(super) const fn split(self, value: i64) -> (i64, i64) {
        (value & ((1 << self.bits) - 1), value >> self.bits)
    }
}
