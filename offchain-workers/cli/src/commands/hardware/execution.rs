//! What one execution of a model takes on each device.

use super::super::prove::median;
use super::profile::DeviceFigures;
use super::{estimate, proving};
use lattice_executor::{available, BurnExecutor, Device, DeviceInfo};
use lattice_tensor::Model;
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;

/// Executions that a time is the median of.
const EXECUTIONS: usize = 15;

/// One execution of a model on a device.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    pub device: String,
    /// Of one input; `null` if nothing is known.
    pub seconds: Option<f64>,
    /// Of this very model, now.
    pub measured: bool,
    /// Why it was not measured.
    pub reason: Option<String>,
}

/// On each device that is here, or that was measured.
pub fn on_each_device(figures: &[DeviceFigures], model: &Arc<Model>) -> Vec<Execution> {
    considered(&available(), figures)
        .into_iter()
        .map(|(device, figures)| {
            let known = figures.and_then(|figures| estimate::execution(figures, model));
            execution(&device, model, known)
        })
        .collect()
}

/// The devices that a model may run on, with their figures: those that are here, of which the processor
/// is the first, whether or not they were ever measured, and then the others of the profile.
fn considered<'a>(
    here: &[DeviceInfo],
    figures: &'a [DeviceFigures],
) -> Vec<(String, Option<&'a DeviceFigures>)> {
    let here = here.iter().map(|info| info.device.to_string());
    let mut all: Vec<_> = here.map(|device| (device, None)).collect();
    for figures in figures {
        match all.iter_mut().find(|(device, _)| *device == figures.device) {
            Some((_, known)) => *known = Some(figures),
            None => all.push((figures.device.clone(), Some(figures))),
        }
    }
    all
}

/// One execution on a device: measured where it can be used, else what is known of it.
fn execution(name: &str, model: &Arc<Model>, estimate: Option<f64>) -> Execution {
    let measured = name
        .parse::<Device>()
        .map_err(|error| error.to_string())
        .and_then(|device| measure(device, model).map_err(|error| error.to_string()));
    match measured {
        Ok(seconds) => Execution {
            device: name.to_owned(),
            seconds: Some(seconds),
            measured: true,
            reason: None,
        },
        Err(reason) => Execution {
            device: name.to_owned(),
            seconds: estimate,
            measured: false,
            reason: Some(reason),
        },
    }
}

fn measure(device: Device, model: &Arc<Model>) -> anyhow::Result<f64> {
    let executor = BurnExecutor::on(device, Arc::clone(model))?;
    let mut times = Vec::new();
    for _ in 0..EXECUTIONS {
        let input = proving::random_input(model);
        let started = Instant::now();
        executor.execute(&input)?;
        times.push(started.elapsed().as_secs_f64());
    }
    Ok(median(&times))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_executor::DeviceKind;

    #[test]
    fn every_device_that_is_here_is_considered_and_those_of_the_profile() {
        let here = ["cpu", "wgpu:0"].map(|device| DeviceInfo {
            device: device.parse().expect("a device"),
            name: String::new(),
            kind: DeviceKind::Discrete,
            memory: None,
        });
        let profile = ["cuda:0", "wgpu:0"].map(|device| DeviceFigures {
            device: device.into(),
            products: Vec::new(),
        });
        let considered = considered(&here, &profile);
        let known: Vec<_> = considered
            .iter()
            .map(|(device, figures)| (device.as_str(), figures.is_some()))
            .collect();
        assert_eq!(known, [("cpu", false), ("wgpu:0", true), ("cuda:0", true)]);
    }
}
