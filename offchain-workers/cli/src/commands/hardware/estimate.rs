//! From measured figures to those of another model.

use super::profile::{DeviceFigures, Profile};
use super::proving::Proofs;
use lattice_tensor::{Model, Op};

/// Seconds for each element of a value that is made in integers, outside of matrix products: what a
/// requantization takes on one core of a slow machine.
const ELEMENT_SECONDS: f64 = 2e-9;

/// What proofs of a circuit would take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProofEstimate {
    pub prepare_seconds: f64,
    pub prove_seconds: f64,
    pub key_kib: f64,
    pub peak_mib: f64,
}

/// The value at `x` of a quantity that was measured at some places, in ascending order. Between two
/// it is on the line through them; before the first it is that of the first, and after the last it
/// grows in proportion, both of which rather overstate it. `None` if nothing was measured.
pub fn interpolate(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    if x <= first.0 {
        return Some(first.1);
    }
    if x >= last.0 {
        return Some(last.1 * x / last.0.max(f64::MIN_POSITIVE));
    }
    points.windows(2).find_map(|pair| {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        (x0 <= x && x < x1).then(|| y0 + (y1 - y0) * (x - x0) / (x1 - x0))
    })
}

/// Seconds of one execution on a device: for each layer those of a measured product with as many
/// multiplications, one input at a time, and what is done in integers beside.
pub fn execution(figures: &DeviceFigures, model: &Model) -> Option<f64> {
    let mut points: Vec<(f64, f64)> = figures
        .products
        .iter()
        .filter(|product| product.batch == 1)
        .map(|product| (f64::from(product.size).powi(2), product.seconds))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let layers = model
        .ops()
        .iter()
        .filter(|op| matches!(op, Op::Linear { .. } | Op::Conv2d(_)))
        .count();
    let summary = model.summary();
    let elements = summary.activations.saturating_add(summary.window_elements);
    let integers = elements as f64 * ELEMENT_SECONDS;
    if layers == 0 {
        return Some(integers);
    }
    let layers = layers as f64;
    let each = interpolate(&points, summary.multiply_accumulates as f64 / layers)?;
    Some(layers * each + integers)
}

/// What proofs of a circuit with so many rows would take. `None` if no proof was measured.
pub fn proof(profile: &Profile, constraints: usize) -> Option<ProofEstimate> {
    let at = |quantity: fn(&Proofs) -> f64| {
        let mut points: Vec<(f64, f64)> = profile
            .proving
            .iter()
            .map(|proofs| (f64::from(proofs.constraints), quantity(proofs)))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        interpolate(&points, constraints as f64)
    };
    Some(ProofEstimate {
        prepare_seconds: at(|proofs| proofs.prepare_seconds)?,
        prove_seconds: at(|proofs| proofs.prove_seconds)?,
        key_kib: at(|proofs| f64::from(proofs.key_kib))?,
        peak_mib: at(|proofs| f64::from(proofs.peak_mib))?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::matmul::Product;
    use super::*;
    use lattice_tensor::testing::random_mlp;
    use lattice_tensor::Range;

    #[test]
    fn between_two_measurements_is_a_line() {
        let points = [(10.0, 1.0), (20.0, 3.0), (40.0, 4.0)];
        for (x, y) in [
            (10.0, 1.0),
            (15.0, 2.0),
            (20.0, 3.0),
            (30.0, 3.5),
            (40.0, 4.0),
        ] {
            assert_eq!(interpolate(&points, x), Some(y), "{x}");
        }
    }

    #[test]
    fn beyond_the_measurements_it_is_rather_more() {
        let points = [(10.0, 1.0), (20.0, 3.0)];
        assert_eq!(interpolate(&points, 1.0), Some(1.0));
        assert_eq!(interpolate(&points, 200.0), Some(30.0));
        assert_eq!(interpolate(&points[..1], 5.0), Some(1.0));
        assert_eq!(interpolate(&points[..1], 20.0), Some(2.0));
        assert_eq!(interpolate(&[], 5.0), None);
    }

    #[test]
    fn an_execution_is_the_sum_of_its_layers() {
        let model = random_mlp(1, &[64, 64, 64], Range { lo: 0, hi: 16 });
        let product = |batch, seconds| Product {
            size: 64,
            batch,
            seconds,
            operations_per_second: 1.0,
        };
        let figures = DeviceFigures {
            device: "cpu".into(),
            products: vec![product(1, 1.0), product(32, 9.0)],
        };
        let seconds = execution(&figures, &model).expect("it was measured");
        assert!((seconds - 2.0).abs() < 1e-3, "{seconds}");
        let nothing = DeviceFigures {
            products: Vec::new(),
            ..figures
        };
        assert_eq!(execution(&nothing, &model), None);
    }
}
