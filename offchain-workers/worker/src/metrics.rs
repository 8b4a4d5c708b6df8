//! Numbers for Prometheus. Every label takes its values from a fixed list.

use crate::{
    outbox::Outcome,
    private,
    tiers::{Deed, Role},
};
use lattice_executor::Backend;
use prometheus::{
    Encoder, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};
use std::time::Duration;

/// Upper bounds of the buckets, in seconds: a millisecond to half a minute.
const BUCKETS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// Upper bounds of the buckets for the number of results in one extrinsic, or of inputs in one
/// execution.
const BATCH_BUCKETS: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// Where an error came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading the chain.
    Chain,
    /// No key or model for the assignment, or its context does not add up.
    Match,
    Execute,
    Prove,
    Outbox,
    Submit,
}

impl Stage {
    /// Every stage, for labels.
    pub const ALL: [Stage; 6] = [
        Stage::Chain,
        Stage::Match,
        Stage::Execute,
        Stage::Prove,
        Stage::Outbox,
        Stage::Submit,
    ];

    /// The word for it in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Chain => "chain",
            Stage::Match => "match",
            Stage::Execute => "execute",
            Stage::Prove => "prove",
            Stage::Outbox => "outbox",
            Stage::Submit => "submit",
        }
    }
}

/// What the worker counts and measures.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    /// New assignments.
    pub assignments: IntCounter,
    /// Making one proof.
    pub proving: Histogram,
    /// Running one model, for each input of a batch.
    pub execution: Histogram,
    /// Inputs that ran together.
    pub execution_batch: Histogram,
    /// From a finished execution to the start of its proof.
    pub queue: Histogram,
    /// From seeing an assignment to its result in the pool, without proof, queue and
    /// gathering.
    pub overhead: Histogram,
    /// From a result being ready to the signing of its extrinsic: waiting for others.
    pub gathering: Histogram,
    /// Results in one extrinsic.
    pub batch: Histogram,
    /// Models ready to be served.
    pub models: IntGauge,
    /// Assignments of all tiers, private requests and turns in disputes that are being worked on.
    pub in_hand: IntGauge,
    /// 1 where `/health` says that the worker is well; looked up for each page of numbers.
    pub healthy: IntGauge,
    /// Height of the last best block that was seen.
    pub best_block: IntGauge,
    /// Inferences answered in payment channels.
    pub channel_inferences: IntCounter,
    /// Vouchers that the chain has paid.
    pub redemptions: IntCounter,
    closed: IntCounterVec,
    tier_actions: IntCounterVec,
    private: IntCounterVec,
    errors: IntCounterVec,
    device_models: IntGaugeVec,
    device_fallbacks: IntCounterVec,
}

impl Metrics {
    /// A set of its own, with every label value present from the start.
    pub fn new() -> Result<Self, prometheus::Error> {
        let histogram = |name: &str, help: &str| {
            Histogram::with_opts(HistogramOpts::new(name, help).buckets(BUCKETS.to_vec()))
        };
        let metrics = Self {
            registry: Registry::new(),
            assignments: IntCounter::new(
                "lattice_worker_assignments_total",
                "New assignments of this provider.",
            )?,
            proving: histogram(
                "lattice_worker_proving_seconds",
                "Time to make one proof and check it.",
            )?,
            execution: histogram(
                "lattice_worker_execution_seconds",
                "Time from the start of an execution to its end, for each input of its batch.",
            )?,
            execution_batch: Histogram::with_opts(
                HistogramOpts::new(
                    "lattice_worker_execution_batch",
                    "Inputs of one model that were executed together.",
                )
                .buckets(BATCH_BUCKETS.to_vec()),
            )?,
            queue: histogram(
                "lattice_worker_queue_seconds",
                "Time from a finished execution to the start of its proof.",
            )?,
            overhead: histogram(
                "lattice_worker_overhead_seconds",
                "Time from seeing an assignment to its extrinsic in the pool, proof, queue and gathering excluded.",
            )?,
            gathering: histogram(
                "lattice_worker_gathering_seconds",
                "Time for which a finished result waited to be submitted with others.",
            )?,
            batch: Histogram::with_opts(
                HistogramOpts::new(
                    "lattice_worker_batch_results",
                    "Results in one signed extrinsic.",
                )
                .buckets(BATCH_BUCKETS.to_vec()),
            )?,
            models: IntGauge::new(
                "lattice_worker_models",
                "Models that are loaded, tested and served.",
            )?,
            in_hand: IntGauge::new(
                "lattice_worker_in_hand",
                "Assignments that are being worked on.",
            )?,
            healthy: IntGauge::new(
                "lattice_worker_healthy",
                "Whether the worker is well, as /health says.",
            )?,
            best_block: IntGauge::new(
                "lattice_worker_best_block",
                "Height of the last best block seen.",
            )?,
            channel_inferences: IntCounter::new(
                "lattice_worker_channel_inferences_total",
                "Inferences answered in payment channels.",
            )?,
            redemptions: IntCounter::new(
                "lattice_worker_redemptions_total",
                "Vouchers of payment channels that the chain has paid.",
            )?,
            closed: IntCounterVec::new(
                Opts::new(
                    "lattice_worker_closed_total",
                    "Requests of this provider that ended, by outcome.",
                ),
                &["outcome"],
            )?,
            tier_actions: IntCounterVec::new(
                Opts::new(
                    "lattice_worker_tier_actions_total",
                    "Actions for optimistic and replicated requests and in disputes, by role and result.",
                ),
                &["role", "result"],
            )?,
            private: IntCounterVec::new(
                Opts::new(
                    "lattice_worker_private_total",
                    "Actions for private requests, by result.",
                ),
                &["result"],
            )?,
            errors: IntCounterVec::new(
                Opts::new(
                    "lattice_worker_errors_total",
                    "Errors, by the stage at which they came up.",
                ),
                &["stage"],
            )?,
            device_models: IntGaugeVec::new(
                Opts::new(
                    "lattice_worker_device_models",
                    "Models that are served, by the backend that runs them.",
                ),
                &["device"],
            )?,
            device_fallbacks: IntCounterVec::new(
                Opts::new(
                    "lattice_worker_device_fallbacks_total",
                    "Devices that were passed over or left, for a model each, by their backend.",
                ),
                &["device"],
            )?,
        };
        let registry = &metrics.registry;
        registry.register(Box::new(metrics.assignments.clone()))?;
        registry.register(Box::new(metrics.proving.clone()))?;
        registry.register(Box::new(metrics.execution.clone()))?;
        registry.register(Box::new(metrics.execution_batch.clone()))?;
        registry.register(Box::new(metrics.queue.clone()))?;
        registry.register(Box::new(metrics.overhead.clone()))?;
        registry.register(Box::new(metrics.gathering.clone()))?;
        registry.register(Box::new(metrics.batch.clone()))?;
        registry.register(Box::new(metrics.models.clone()))?;
        registry.register(Box::new(metrics.in_hand.clone()))?;
        registry.register(Box::new(metrics.healthy.clone()))?;
        registry.register(Box::new(metrics.best_block.clone()))?;
        registry.register(Box::new(metrics.channel_inferences.clone()))?;
        registry.register(Box::new(metrics.redemptions.clone()))?;
        registry.register(Box::new(metrics.closed.clone()))?;
        registry.register(Box::new(metrics.tier_actions.clone()))?;
        registry.register(Box::new(metrics.private.clone()))?;
        registry.register(Box::new(metrics.errors.clone()))?;
        registry.register(Box::new(metrics.device_models.clone()))?;
        registry.register(Box::new(metrics.device_fallbacks.clone()))?;
        for outcome in Outcome::ALL {
            metrics.closed.with_label_values(&[outcome.name()]);
        }
        for role in Role::ALL {
            for deed in Deed::ALL {
                let labels = [role.name(), deed.name()];
                metrics.tier_actions.with_label_values(&labels);
            }
        }
        for deed in private::Deed::ALL {
            metrics.private.with_label_values(&[deed.name()]);
        }
        for stage in Stage::ALL {
            metrics.errors.with_label_values(&[stage.name()]);
        }
        for backend in Backend::ALL {
            let labels = [backend.name()];
            metrics.device_models.with_label_values(&labels);
            metrics.device_fallbacks.with_label_values(&labels);
        }
        Ok(metrics)
    }

    /// A request of this provider ended.
    pub fn closed(&self, outcome: Outcome) {
        self.closed.with_label_values(&[outcome.name()]).inc();
    }

    /// Something was done, or not, in a role.
    pub fn played(&self, role: Role, deed: Deed) {
        let labels = [role.name(), deed.name()];
        self.tier_actions.with_label_values(&labels).inc();
    }

    /// Something was done, or not, for a private request.
    pub fn private(&self, deed: private::Deed) {
        self.private.with_label_values(&[deed.name()]).inc();
    }

    /// Something failed.
    pub fn error(&self, stage: Stage) {
        self.errors.with_label_values(&[stage.name()]).inc();
    }

    /// A model is served from now on, wherever it came from, on a backend; devices were passed over
    /// for it before.
    pub fn loaded(&self, on: Backend, passed_over: impl IntoIterator<Item = Backend>) {
        self.models.inc();
        self.device_models.with_label_values(&[on.name()]).inc();
        for device in passed_over {
            self.passed_over(device);
        }
    }

    /// A model that ran on a backend is served no longer.
    pub fn unloaded(&self, from: Backend) {
        self.models.dec();
        self.device_models.with_label_values(&[from.name()]).dec();
    }

    fn passed_over(&self, device: Backend) {
        let labels = [device.name()];
        self.device_fallbacks.with_label_values(&labels).inc();
    }

    /// A device failed at work, and its model runs on another.
    pub fn moved(&self, from: Backend, to: Backend) {
        self.passed_over(from);
        self.device_models.with_label_values(&[from.name()]).dec();
        self.device_models.with_label_values(&[to.name()]).inc();
    }

    /// Adds one measurement to a histogram.
    pub fn observe(histogram: &Histogram, time: Duration) {
        histogram.observe(time.as_secs_f64());
    }

    /// Where all numbers are collected, for those of other crates.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// All numbers in Prometheus' text format.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_there_before_anything_happened() {
        let text = Metrics::new().expect("registers").text().expect("encodes");
        for line in [
            "lattice_worker_assignments_total 0",
            "lattice_worker_models 0",
            "lattice_worker_in_hand 0",
            "lattice_worker_healthy 0",
            "lattice_worker_proving_seconds_count 0",
            "lattice_worker_overhead_seconds_count 0",
            "lattice_worker_gathering_seconds_count 0",
            "lattice_worker_batch_results_count 0",
            "lattice_worker_execution_batch_count 0",
            "lattice_worker_channel_inferences_total 0",
            "lattice_worker_redemptions_total 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
        for outcome in Outcome::ALL {
            let line = format!(
                "lattice_worker_closed_total{{outcome=\"{}\"}} 0",
                outcome.name()
            );
            assert!(text.contains(&line), "{line}");
        }
        for role in Role::ALL {
            for deed in Deed::ALL {
                let (role, result) = (role.name(), deed.name());
                // Labels are in the order of their names.
                let line = format!(
                    "lattice_worker_tier_actions_total{{result=\"{result}\",role=\"{role}\"}} 0"
                );
                assert!(text.contains(&line), "{line}");
            }
        }
        for deed in private::Deed::ALL {
            let result = deed.name();
            let line = format!("lattice_worker_private_total{{result=\"{result}\"}} 0");
            assert!(text.contains(&line), "{line}");
        }
        for stage in Stage::ALL {
            let line = format!(
                "lattice_worker_errors_total{{stage=\"{}\"}} 0",
                stage.name()
            );
            assert!(text.contains(&line), "{line}");
        }
        for backend in Backend::ALL {
            for name in ["device_models", "device_fallbacks_total"] {
                let line = format!("lattice_worker_{name}{{device=\"{}\"}} 0", backend.name());
                assert!(text.contains(&line), "{line}");
            }
        }
    }

    #[test]
    fn a_model_that_leaves_its_device_is_counted_on_the_other() {
        let metrics = Metrics::new().expect("registers");
        metrics.loaded(Backend::Cuda, []);
        metrics.loaded(Backend::Cuda, [Backend::Wgpu]);
        metrics.moved(Backend::Cuda, Backend::Cpu);
        let text = metrics.text().expect("encodes");
        for line in [
            "lattice_worker_models 2",
            "lattice_worker_device_models{device=\"cuda\"} 1",
            "lattice_worker_device_models{device=\"cpu\"} 1",
            "lattice_worker_device_models{device=\"wgpu\"} 0",
            "lattice_worker_device_fallbacks_total{device=\"cuda\"} 1",
            "lattice_worker_device_fallbacks_total{device=\"wgpu\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
    }

    #[test]
    fn a_model_that_is_unloaded_is_counted_no_longer() {
        let metrics = Metrics::new().expect("registers");
        metrics.loaded(Backend::Cpu, [Backend::Cuda]);
        metrics.loaded(Backend::Cpu, []);
        metrics.unloaded(Backend::Cpu);
        let text = metrics.text().expect("encodes");
        for line in [
            "lattice_worker_models 1",
            "lattice_worker_device_models{device=\"cpu\"} 1",
            "lattice_worker_device_fallbacks_total{device=\"cuda\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
    }

    #[test]
    fn what_happened_is_counted_under_its_own_name() {
        let metrics = Metrics::new().expect("registers");
        metrics.assignments.inc();
        metrics.closed(Outcome::Settled);
        metrics.closed(Outcome::Settled);
        metrics.closed(Outcome::Rejected);
        metrics.played(Role::Watcher, Deed::Agreed);
        metrics.error(Stage::Prove);
        Metrics::observe(&metrics.overhead, Duration::from_millis(20));
        let text = metrics.text().expect("encodes");
        for line in [
            "lattice_worker_assignments_total 1",
            "lattice_worker_closed_total{outcome=\"settled\"} 2",
            "lattice_worker_closed_total{outcome=\"rejected\"} 1",
            "lattice_worker_tier_actions_total{result=\"agreed\",role=\"watcher\"} 1",
            "lattice_worker_errors_total{stage=\"prove\"} 1",
            "lattice_worker_overhead_seconds_bucket{le=\"0.01\"} 0",
            "lattice_worker_overhead_seconds_bucket{le=\"0.025\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
    }
}
