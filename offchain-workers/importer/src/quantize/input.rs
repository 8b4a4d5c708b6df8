//! From real inputs to the integers that a model takes.

use crate::error::{InputError, QuantizeError};
use crate::samples::Samples;
use lattice_tensor::{InputDecl, Range, Scale};

/// Where a model's input range came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RangeOrigin {
    /// Calibration data of whole numbers in i8: the step is one, the range theirs.
    WholeNumbers,
    /// The user gave the range.
    Given,
    /// Real calibration data: the range is full, the step follows from its largest magnitude.
    Quantized,
}

/// How a model reads real inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputQuantization {
    pub range: Range,
    /// Real value of one step.
    pub scale: Scale,
    pub origin: RangeOrigin,
}

/// Derives range and step from calibration data.
///
/// Whole numbers within ±127 keep their value (step one), in the range of the data or in `wanted`.
/// Anything else is scaled so that its largest magnitude lands on the end of the range: `wanted`,
/// or 0..=127 for data without negative values, or -127..=127.
pub fn derive(
    calibration: &Samples,
    wanted: Option<Range>,
) -> Result<InputQuantization, QuantizeError> {
    if let Some(range) = wanted {
        if range.lo < -127 || range.lo >= range.hi {
            return Err(QuantizeError::Range {
                lo: range.lo.into(),
                hi: range.hi.into(),
            });
        }
    }
    let values = calibration.values();
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let whole = values.iter().all(|v| v.fract() == 0.0);
    if whole && smallest >= -127.0 && largest <= 127.0 {
        return match wanted {
            Some(range) => {
                check_range(calibration, range, 1.0)?;
                Ok(InputQuantization {
                    range,
                    scale: step(1.0)?,
                    origin: RangeOrigin::Given,
                })
            }
            None if smallest == largest => {
                Err(QuantizeError::ConstantCalibration { value: smallest })
            }
            None => Ok(InputQuantization {
                range: Range {
                    lo: smallest as i8,
                    hi: largest as i8,
                },
                scale: step(1.0)?,
                origin: RangeOrigin::WholeNumbers,
            }),
        };
    }
    let range = wanted.unwrap_or(Range {
        lo: if smallest >= 0.0 { 0 } else { -127 },
        hi: 127,
    });
    // The step at which the data reaches exactly to an end of the range; an end of zero is reached
    // at any step.
    let to_end = |value: f64, end: i8| match f64::from(end) {
        end if end != 0.0 && value / end > 0.0 => value / end,
        _ => 0.0,
    };
    let real_step = to_end(smallest, range.lo).max(to_end(largest, range.hi));
    if real_step <= 0.0 {
        return Err(QuantizeError::ConstantCalibration { value: largest });
    }
    let scale = step(real_step)?;
    check_range(calibration, range, scale.to_f64())?;
    Ok(InputQuantization {
        range,
        scale,
        origin: if wanted.is_some() {
            RangeOrigin::Given
        } else {
            RangeOrigin::Quantized
        },
    })
}

/// Every calibration element must lie in the range, in steps.
fn check_range(calibration: &Samples, range: Range, step: f64) -> Result<(), QuantizeError> {
    let ends = f64::from(range.lo)..=f64::from(range.hi);
    let outside = calibration
        .values()
        .iter()
        .position(|v| !ends.contains(&(v / step).round()));
    match outside {
        Some(at) => Err(QuantizeError::CalibrationOutOfRange {
            row: at / calibration.width(),
            index: at % calibration.width(),
            value: calibration.values()[at],
            lo: range.lo,
            hi: range.hi,
        }),
        None => Ok(()),
    }
}

fn step(value: f64) -> Result<Scale, QuantizeError> {
    Ok(Scale::from_f64(value)?)
}

/// Quantizes one input of a model: `round(value / scale)`, refused outside the declared range.
///
/// # Errors
/// The wrong number of elements, an element outside the range, or a fraction where the model takes
/// whole numbers (scale one); each with index and value.
pub fn quantize_input(declared: &InputDecl, values: &[f64]) -> Result<Vec<i32>, InputError> {
    check_length(declared, values)?;
    let (lo, hi) = (declared.range.lo, declared.range.hi);
    let step = declared.scale.to_f64();
    values
        .iter()
        .enumerate()
        .map(|(index, &value)| {
            if step == 1.0 && value.fract() != 0.0 {
                return Err(InputError::NotWhole {
                    index,
                    value,
                    range_lo: lo,
                    range_hi: hi,
                });
            }
            let steps = (value / step).round();
            if (f64::from(lo)..=f64::from(hi)).contains(&steps) {
                Ok(steps as i32)
            } else {
                Err(InputError::OutOfRange {
                    index,
                    value,
                    lo: f64::from(lo) * step,
                    hi: f64::from(hi) * step,
                    range_lo: lo,
                    range_hi: hi,
                    step,
                })
            }
        })
        .collect()
}

/// Quantizes one input, moving elements outside the range to its nearer end; also says how many
/// were moved.
pub fn saturate_input(
    declared: &InputDecl,
    values: &[f64],
) -> Result<(Vec<i32>, usize), InputError> {
    check_length(declared, values)?;
    let (lo, hi) = (f64::from(declared.range.lo), f64::from(declared.range.hi));
    let step = declared.scale.to_f64();
    let mut moved = 0;
    let input = values
        .iter()
        .map(|value| {
            let steps = (value / step).round();
            let inside = steps.clamp(lo, hi);
            moved += usize::from(inside != steps);
            inside as i32
        })
        .collect();
    Ok((input, moved))
}

fn check_length(declared: &InputDecl, values: &[f64]) -> Result<(), InputError> {
    let want: usize = declared.shape.dims().iter().map(|&d| d as usize).product();
    if values.len() == want {
        Ok(())
    } else {
        Err(InputError::Length {
            got: values.len(),
            want,
        })
    }
}

#[cfg(test)]
mod tests;
