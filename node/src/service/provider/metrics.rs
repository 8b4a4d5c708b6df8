//! How the worker is, for Prometheus. The worker's own numbers are on its own page.

use std::{
    os::unix::process::ExitStatusExt,
    process::ExitStatus,
    time::{SystemTime, UNIX_EPOCH},
};
use substrate_prometheus_endpoint::{
    register, Counter, Gauge, PrometheusError, Registry, I64, U64,
};

/// What a shell adds to the number of the signal that ended a process.
const BY_SIGNAL: i32 = 128;

/// Numbers about the worker; without a registry nobody reads them.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// 1 while its process runs.
    pub up: Gauge<U64>,
    /// 1 from when it said that it serves until it is told to stop, or ends.
    pub ready: Gauge<U64>,
    /// 1 while it says that it serves and is well.
    pub healthy: Gauge<U64>,
    /// Starts after the first.
    pub restarts: Counter<U64>,
    last_exit_code: Gauge<I64>,
    start_time: Gauge<U64>,
}

impl Metrics {
    /// # Errors
    /// When the names are taken.
    pub fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
        let metrics = Self {
            up: Gauge::new(
                "lattice_provider_worker_up",
                "Whether the process of the worker runs.",
            )?,
            ready: Gauge::new(
                "lattice_provider_worker_ready",
                "Whether the worker that runs has said that it is ready to serve, and was not told to stop.",
            )?,
            healthy: Gauge::new(
                "lattice_provider_worker_healthy",
                "Whether the worker serves and is well, as its /health says.",
            )?,
            restarts: Counter::new(
                "lattice_provider_worker_restarts_total",
                "Starts of the worker after the first one.",
            )?,
            last_exit_code: Gauge::new(
                "lattice_provider_worker_last_exit_code",
                "Exit code of the worker that ended last; 128 and the signal's number if one ended it.",
            )?,
            start_time: Gauge::new(
                "lattice_provider_worker_start_time_seconds",
                "When the worker was started last, in seconds since 1970.",
            )?,
        };
        if let Some(registry) = registry {
            register(metrics.up.clone(), registry)?;
            register(metrics.ready.clone(), registry)?;
            register(metrics.healthy.clone(), registry)?;
            register(metrics.restarts.clone(), registry)?;
            register(metrics.last_exit_code.clone(), registry)?;
            register(metrics.start_time.clone(), registry)?;
        }
        Ok(metrics)
    }

    /// Its process runs.
    pub fn started(&self) {
        self.up.set(1);
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        self.start_time.set(now.map_or(0, |now| now.as_secs()));
    }

    /// Its process is gone.
    pub fn ended(&self, status: Option<ExitStatus>) {
        self.up.set(0);
        self.ready.set(0);
        self.healthy.set(0);
        if let Some(status) = status {
            self.last_exit_code.set(exit_code(status).into());
        }
    }

    /// What the last one ended with.
    #[cfg(test)]
    pub fn last_exit_code(&self) -> i64 {
        self.last_exit_code.get()
    }
}

/// A number for every way to end.
pub fn exit_code(status: ExitStatus) -> i32 {
    let by_signal = || BY_SIGNAL.saturating_add(status.signal().unwrap_or(0));
    status.code().unwrap_or_else(by_signal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_registered_under_its_name() {
        let registry = Registry::new();
        let metrics = Metrics::new(Some(&registry)).expect("registers");
        metrics.started();
        metrics.ended(Some(ExitStatus::from_raw(9)));
        let families = registry.gather();
        let names: Vec<&str> = families.iter().map(|family| family.get_name()).collect();
        for name in [
            "up",
            "ready",
            "healthy",
            "restarts_total",
            "last_exit_code",
            "start_time_seconds",
        ] {
            let name = format!("lattice_provider_worker_{name}");
            assert!(
                names.contains(&name.as_str()),
                "{name} is not among {names:?}"
            );
        }
        assert!(Metrics::new(Some(&registry)).is_err());
    }

    #[test]
    fn an_end_by_a_signal_has_a_number_of_its_own() {
        // As the system encodes it: code 3, and SIGKILL.
        assert_eq!(exit_code(ExitStatus::from_raw(3 << 8)), 3);
        assert_eq!(exit_code(ExitStatus::from_raw(9)), 137);
    }
}
