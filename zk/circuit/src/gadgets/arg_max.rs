//! The index of the largest element, the lowest of equals.
//!
//! A tournament: neighbours meet, the later one wins only if it is *greater*. With
//! `d = right − left` and `−2^j ≤ d − 1 < 2^j`, the number `d − 1 + 2^j` is decomposed into `j + 1`
//! bits; the top one is the flag `g = [d > 0]`. The winner is `left + g·d`, a row, and its index
//! `i + g·(k − i)`, which is free between two elements and a row between two winners. The last
//! comparison needs no winner. Bit 0 has no variable: it is a combination, and its booleanity is the
//! decomposition.
//!
//! # Soundness
//! As for the [saturation](super::saturate): the bits are *the* digits of `d − 1 + 2^j` over the
//! integers (`j < 48`), so the flag is `[d ≥ 1]`. Products are determined by the flag. Every winner is
//! a maximum of its side, by induction, and of equal elements the left one wins each meeting; the
//! elements of a side are in the order of their indices, so the winner's is the lowest that reaches the
//! maximum.
//!
//! # Constraints
//! [`ArgMax::constraints`]: for each of the `k − 1` meetings `j + 1` bits, one for the winner
//! unless it is the last, and one for the index unless both sides' indices are known.

use ark_bn254::Fr;
use ark_ff::{One, Zero};
use lattice_tensor::Interval;

use super::{maximum::larger, saturate::MAX_WIDTH};
use crate::{
    builder::{intersection, minus, Builder},
    combination::{Combination, Element},
    error::CircuitError,
    origin::{ArgMaxPart, Origin},
    witness::{boolean, Writer},
};

/// A planned tournament.
#[derive(Clone, Debug)]
pub struct ArgMax {
    elements: usize,
    meetings: Vec<Meeting>,
}

/// One comparison of two sides.
#[derive(Clone, Copy, Debug)]
struct Meeting {
    outcome: Outcome,
    /// The winner is used.
    value: bool,
    /// A product gives the index.
    index: bool,
}

/// How a comparison is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The left side certainly wins.
    Left,
    /// The right side certainly wins.
    Right,
    /// By `j` bits and a flag.
    Flag { bits: u32, most: i64, last: i64 },
}

/// Sides of a round, two and two; an odd one goes on without a meeting.
fn round<T>(sides: Vec<T>, mut meet: impl FnMut(T, T) -> T) -> Vec<T> {
    let mut next = Vec::with_capacity(sides.len().div_ceil(2));
    let mut sides = sides.into_iter();
    while let Some(left) = sides.next() {
        next.push(match sides.next() {
            Some(right) => meet(left, right),
            None => left,
        });
    }
    next
}

impl ArgMax {
    /// Plans the tournament of elements that can be `elements` and differ by `difference`
    /// (left less right). The error is the position of an element and the width that would be
    /// needed.
    pub(crate) fn plan(
        elements: &[Interval],
        difference: &dyn Fn(usize, usize) -> Interval,
    ) -> Result<Self, (usize, u32)> {
        /// A side: what its winner can be, its index if it is an element, its last index.
        #[derive(Clone)]
        struct Side {
            value: Interval,
            element: Option<usize>,
            /// The index if it is certain.
            index: Option<usize>,
            last: usize,
        }
        let mut sides: Vec<Side> = elements
            .iter()
            .enumerate()
            .map(|(index, &value)| Side {
                value,
                element: Some(index),
                index: Some(index),
                last: index,
            })
            .collect();
        let mut meetings = Vec::new();
        let mut failed = None;
        while sides.len() > 1 {
            let is_last = sides.len() == 2;
            sides = round(sides, |left, right| {
                let mut d = minus(right.value, left.value);
                if let (Some(l), Some(r)) = (left.element, right.element) {
                    d = intersection(d, difference(r, l));
                }
                let outcome = if d.hi <= 0 {
                    Outcome::Left
                } else if d.lo > 0 {
                    Outcome::Right
                } else {
                    // −2^bits ≤ d − 1 < 2^bits.
                    let reach = (1 - d.lo).max(d.hi);
                    let bits = (reach - 1).checked_ilog2().map_or(0, |log| log + 1);
                    if bits >= MAX_WIDTH {
                        failed = failed.or(Some((left.last, bits + 1)));
                    }
                    Outcome::Flag {
                        bits,
                        most: d.hi,
                        last: right.last as i64,
                    }
                };
                meetings.push(Meeting {
                    outcome,
                    value: !is_last,
                    index: left.index.is_none() || right.index.is_none(),
                });
                let last = right.last;
                match outcome {
                    Outcome::Left => Side { last, ..left },
                    Outcome::Right => right,
                    Outcome::Flag { .. } => Side {
                        value: larger(left.value, right.value),
                        element: None,
                        index: None,
                        last,
                    },
                }
            });
        }
        match failed {
            Some(failed) => Err(failed),
            None => Ok(Self {
                elements: elements.len(),
                meetings,
            }),
        }
    }

    /// Constraints of the tournament.
    pub fn constraints(&self) -> usize {
        let of = |meeting: &Meeting| match meeting.outcome {
            Outcome::Left | Outcome::Right => 0,
            Outcome::Flag { bits, .. } => {
                bits as usize + 1 + usize::from(meeting.value) + usize::from(meeting.index)
            }
        };
        self.meetings.iter().map(of).sum()
    }

    /// Writes the rows; returns the index.
    pub(crate) fn enforce(
        &self,
        builder: &mut Builder,
        elements: &[Element],
        op: u16,
    ) -> Result<Element, CircuitError> {
        let mut sides: Vec<(Element, Element)> = elements
            .iter()
            .zip(0..)
            .map(|(element, index)| (element.clone(), Element::constant(index)))
            .collect();
        let mut meetings = self.meetings.iter().zip(0u32..);
        let mut result = Ok(());
        while sides.len() > 1 && result.is_ok() {
            sides = round(sides, |left, right| {
                let Some((meeting, number)) = meetings.next().filter(|_| result.is_ok()) else {
                    return left;
                };
                match meeting.enforce(builder, (&left, &right), (op, number)) {
                    Ok(winner) => winner,
                    Err(error) => {
                        result = Err(error);
                        left
                    }
                }
            });
        }
        result?;
        Ok(sides.pop().map(|side| side.1).unwrap_or_default())
    }

    /// Writes the witness; returns the index. The error is the number of a meeting whose sides
    /// leave the planned bounds.
    pub(crate) fn assign(&self, elements: &[i64], writer: &mut Writer) -> Result<i64, usize> {
        debug_assert_eq!(elements.len(), self.elements);
        let mut sides: Vec<(i64, i64)> = elements.iter().copied().zip(0..).collect();
        let mut meetings = self.meetings.iter().enumerate();
        let mut result = Ok(());
        while sides.len() > 1 {
            sides = round(sides, |left, right| {
                let Some((number, meeting)) = meetings.next() else {
                    return left;
                };
                meeting.assign(left, right, writer).unwrap_or_else(|| {
                    result = Err(number);
                    left
                })
            });
        }
        result.map(|()| sides.pop().map_or(0, |side| side.1))
    }
}

impl Meeting {
    fn enforce(
        &self,
        builder: &mut Builder,
        (left, right): (&(Element, Element), &(Element, Element)),
        (op, meeting): (u16, u32),
    ) -> Result<(Element, Element), CircuitError> {
        let overflow = || CircuitError::CoefficientOverflow { op: op.into() };
        let origin = |part| Origin::ArgMax { op, meeting, part };
        let (bits, most, last) = match self.outcome {
            Outcome::Left => return Ok(left.clone()),
            Outcome::Right => return Ok(right.clone()),
            Outcome::Flag { bits, most, last } => (bits, most, last),
        };
        let difference = Element::sum([(&right.0, 1), (&left.0, -1)], 0).ok_or_else(overflow)?;
        let number = difference.offset((1 << bits) - 1).ok_or_else(overflow)?;
        let mut upper = Vec::with_capacity(bits as usize);
        for position in 1..=bits {
            let bit = builder.bit(origin(ArgMaxPart::Bit(position as u8)))?;
            upper.push((bit, 1i64 << position));
        }
        let flag_column = upper.last().map(|term| term.0);
        let upper = Element::new(upper, 0).ok_or_else(overflow)?;
        let first = Element::sum([(&number, 1), (&upper, -1)], 0).ok_or_else(overflow)?;
        builder.r1cs.enforce(
            &first.scaled(Fr::one()),
            &first.offset(-1).ok_or_else(overflow)?.scaled(Fr::one()),
            &Combination::zero(),
            origin(ArgMaxPart::Bit(0)),
        )?;
        // With no bit below it the flag is bit 0.
        let flag = match flag_column {
            Some(column) => Element::new(vec![(column, 1)], 0).ok_or_else(overflow)?,
            None => first,
        };
        let product = |builder: &mut Builder, by: &Element, most, part| {
            let column = builder.variable(most)?;
            builder.r1cs.enforce(
                &by.scaled(Fr::one()),
                &flag.scaled(Fr::one()),
                &Combination::column(column),
                origin(part),
            )?;
            Element::new(vec![(column, 1)], 0).ok_or_else(overflow)
        };
        let value = if self.value {
            let gain = product(builder, &difference, most, ArgMaxPart::Winner)?;
            Element::sum([(&left.0, 1), (&gain, 1)], 0).ok_or_else(overflow)?
        } else {
            Element::default()
        };
        let advance = Element::sum([(&right.1, 1), (&left.1, -1)], 0).ok_or_else(overflow)?;
        let gain = match advance.as_constant() {
            Some(constant) => Element::sum([(&flag, constant)], 0).ok_or_else(overflow)?,
            None => product(builder, &advance, last, ArgMaxPart::Index)?,
        };
        let index = Element::sum([(&left.1, 1), (&gain, 1)], 0).ok_or_else(overflow)?;
        Ok((value, index))
    }

    fn assign(
        &self,
        left: (i64, i64),
        right: (i64, i64),
        writer: &mut Writer,
    ) -> Option<(i64, i64)> {
        let bits = match self.outcome {
            Outcome::Left => return Some(left),
            Outcome::Right => return Some(right),
            Outcome::Flag { bits, .. } => bits,
        };
        let difference = right.0.checked_sub(left.0)?;
        let number = difference.checked_add((1 << bits) - 1)?;
        if number < 0 || number >> (bits + 1) != 0 {
            return None;
        }
        let digit = |bit: u32| boolean(number >> bit & 1 == 1);
        for bit in 1..=bits {
            writer.bit(digit(bit));
        }
        let first = digit(0);
        writer.row(first, first - Fr::one());
        let wins = difference > 0;
        let flag = if wins { Fr::one() } else { Fr::zero() };
        if self.value {
            writer.product(Fr::from(difference), flag);
        }
        if self.index {
            writer.product(Fr::from(right.1 - left.1), flag);
        }
        Some(if wins { right } else { left })
    }
}
