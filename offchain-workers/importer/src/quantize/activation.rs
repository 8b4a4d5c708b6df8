//! The step of every hidden layer's result, from calibration.

use crate::error::QuantizeError;
use crate::network::Network;
use crate::samples::Samples;

/// Largest activation, in steps.
const TOP: f64 = 127.0;

/// For each hidden layer, the real value of one step: a percentile of the magnitudes that
/// calibration produces, over 127.
pub fn steps(
    network: &Network,
    calibration: &Samples,
    percentile: f64,
) -> Result<Vec<f64>, QuantizeError> {
    if !(percentile > 0.0 && percentile <= 100.0) {
        return Err(QuantizeError::Percentile(percentile));
    }
    let hidden = network.layers().len().saturating_sub(1);
    let mut magnitudes: Vec<Vec<f64>> = vec![Vec::new(); hidden];
    for sample in calibration.rows() {
        let activations = network.activations(sample);
        for (all, values) in magnitudes.iter_mut().zip(activations) {
            all.extend(values.iter().map(|v| v.abs()));
        }
    }
    Ok(magnitudes
        .iter_mut()
        .map(|values| match at_percentile(values, percentile) {
            top if top > 0.0 => top / TOP,
            // A layer that calibration never excites: any step represents its zeros.
            _ => 1.0,
        })
        .collect())
}

/// The smallest value that at least `percentile` percent of the values do not exceed.
fn at_percentile(values: &mut [f64], percentile: f64) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let rank = (percentile / 100.0 * values.len() as f64).ceil() as usize;
    let index = rank.clamp(1, values.len()) - 1;
    *values.select_nth_unstable_by(index, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_follow_the_nearest_rank() {
        let mut values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(at_percentile(&mut values, 100.0), 100.0);
        assert_eq!(at_percentile(&mut values, 99.0), 99.0);
        assert_eq!(at_percentile(&mut values, 0.5), 1.0);
        assert_eq!(at_percentile(&mut [], 50.0), 0.0);
    }
}
