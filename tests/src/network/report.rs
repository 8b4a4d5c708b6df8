//! The table of faults, and the figures beside what they are to be.

use super::audit::Audit;
use super::client::Figures;
use super::fault::{Fault, Outcome};
use super::memory::{Memory, Program};
use super::overhead::Overhead;
use super::private::PrivateRequests;
use lattice_chain_client::format_balance;
use serde_json::{json, Value};
use std::fmt::Write;
use std::time::Duration;

/// What a node may have in memory at rest, in megabytes.
const NODE_MEGABYTES: u64 = 600;
/// What a worker may have in memory at rest, in megabytes.
const WORKER_MEGABYTES: u64 = 150;
/// What a worker may add to 99 of 100 results, in seconds.
const OVERHEAD: f64 = 0.05;
/// How soon a killed worker is to be well again, in seconds.
const WORKER_BACK: f64 = 5.0;

/// What happened. Times and sizes stand beside what they are to be, and are no condition: a machine with
/// other work misses them, and loses nothing.
pub struct Report {
    pub outcomes: Vec<Outcome>,
    pub client: Figures,
    /// What became of the private requests.
    pub private: PrivateRequests,
    pub audit: Audit,
    /// The most requests that were outstanding at a time.
    pub outstanding: usize,
    /// What the processes had in memory while all served and nobody asked.
    pub memory: Vec<Memory>,
    /// What the workers added to their results.
    pub overheads: Vec<Overhead>,
}

impl Report {
    /// Whether every fault was recovered from, every private request was served, and nothing was lost.
    pub fn is_good(&self) -> bool {
        self.audit.losses.is_empty()
            && self.client.lost == 0
            && self.private.failures.is_empty()
            && self.outcomes.iter().all(|outcome| outcome.error.is_none())
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = self.faults();
        text.push_str(&self.figures());
        let audit = &self.audit;
        let _ = writeln!(
            text,
            "\n{} requests on chain, {} settled, {} open; at most {} outstanding; {} attempts passed on\n\
             fines of {}, of which {} taken; the rest waits\n\
             in a block → settled: p50 {}, p99 {}",
            audit.requests,
            audit.settled,
            audit.open,
            self.outstanding,
            audit.passed_on,
            format_balance(audit.fined),
            format_balance(audit.taken),
            self.client.p50.map_or("none".into(), seconds),
            self.client.p99.map_or("none".into(), seconds),
        );
        let private = &self.private;
        let _ = writeln!(
            text,
            "{} private requests made, {} settled and verified by the client",
            private.made, private.settled
        );
        for failure in &private.failures {
            let _ = writeln!(text, "FAILED: {failure}");
        }
        let lost = self.client.lost;
        if lost > 0 {
            let _ = writeln!(text, "LOST: {lost} requests by the client's own account");
        }
        for loss in &audit.losses {
            let _ = writeln!(text, "LOST: {loss}");
        }
        if lost == 0 && audit.losses.is_empty() {
            text.push_str("nothing was lost\n");
        }
        text
    }

    fn faults(&self) -> String {
        let mut text = String::new();
        let wide = self.outcomes.iter().map(|outcome| outcome.name.len());
        let wide = wide.max().unwrap_or(0);
        let _ = writeln!(
            text,
            "{:wide$}  {:>11}  {:>9}  what was awaited",
            "fault", "worker well", "recovery"
        );
        for outcome in &self.outcomes {
            let recovery = outcome.recovery.map(|recovery| recovery.whole);
            let recovery = recovery.map_or("none".into(), brief);
            let well = outcome.recovery.and_then(|recovery| recovery.well);
            let well = well.map(brief).unwrap_or_default();
            let what = outcome.error.as_deref().unwrap_or(&outcome.awaited);
            let _ = writeln!(
                text,
                "{:wide$}  {well:>11}  {recovery:>9}  {what}",
                outcome.name
            );
        }
        let _ = writeln!(
            text,
            "target: the worker well again at most {} after {}",
            seconds(WORKER_BACK),
            Fault::KillWorker.name()
        );
        text
    }

    fn figures(&self) -> String {
        let mut text = String::from("\nin memory at rest:\n");
        for memory in &self.memory {
            let _ = writeln!(
                text,
                "  {} of {}: {} MB (target: at most {} MB)",
                memory.program.name(),
                memory.member,
                megabytes(memory.bytes),
                target(memory.program),
            );
        }
        text.push_str("\nwhat a worker adds to a result, p99 since it was last started:\n");
        for overhead in &self.overheads {
            let _ = writeln!(
                text,
                "  {}: {} (target: at most {} ms)",
                overhead.member,
                p99(overhead),
                milliseconds(OVERHEAD),
            );
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "faults": self.outcomes.iter().map(|outcome| json!({
                "name": outcome.name,
                "awaited": outcome.awaited,
                "worker_well_s": outcome
                    .recovery
                    .and_then(|recovery| recovery.well)
                    .map(|time| time.as_secs_f64()),
                "recovery_s": outcome.recovery.map(|recovery| recovery.whole.as_secs_f64()),
                "error": outcome.error,
            })).collect::<Vec<_>>(),
            "memory_at_rest": self.memory.iter().map(|memory| json!({
                "member": memory.member,
                "program": memory.program.name(),
                "bytes": memory.bytes,
            })).collect::<Vec<_>>(),
            // With results and without a p99, that is above the last bound.
            "overhead": self.overheads.iter().map(|overhead| json!({
                "member": overhead.member,
                "results": overhead.results,
                "p99_at_most_s": overhead.p99,
            })).collect::<Vec<_>>(),
            "targets": {
                "node_bytes": NODE_MEGABYTES * 1_000_000,
                "worker_bytes": WORKER_MEGABYTES * 1_000_000,
                "overhead_p99_s": OVERHEAD,
                "worker_well_s": WORKER_BACK,
            },
            "private": {
                "made": self.private.made,
                "settled": self.private.settled,
                "failures": self.private.failures,
            },
            "requests": self.audit.requests,
            "settled": self.audit.settled,
            "open": self.audit.open,
            "outstanding": self.outstanding,
            "passed_on": self.audit.passed_on,
            // In planck, which may be more than a number of JSON holds.
            "fined": self.audit.fined.to_string(),
            "taken": self.audit.taken.to_string(),
            "lost_by_client": self.client.lost,
            "block_to_settled_s": {"p50": self.client.p50, "p99": self.client.p99},
            "losses": self.audit.losses,
        })
    }
}

fn target(program: Program) -> u64 {
    match program {
        Program::Node => NODE_MEGABYTES,
        Program::Worker => WORKER_MEGABYTES,
    }
}

/// The upper bound of a p99, in words.
fn p99(overhead: &Overhead) -> String {
    match (overhead.results, overhead.p99) {
        (None, _) => "the worker does not answer".into(),
        (Some(results), Some(bound)) if bound.is_finite() => {
            format!("at most {} ms, of {results} results", milliseconds(bound))
        }
        (Some(results), Some(_)) => format!("above all that is counted, of {results} results"),
        (Some(_), None) => "no results".into(),
    }
}

/// Rounded up: a target is not met by rounding.
fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

fn milliseconds(seconds: f64) -> f64 {
    seconds * 1e3
}

fn brief(time: Duration) -> String {
    seconds(time.as_secs_f64())
}

fn seconds(time: f64) -> String {
    format!("{time:.1} s")
}

#[cfg(test)]
mod tests {
    use super::super::fault::Recovery;
    use super::*;

    fn report() -> Report {
        Report {
            outcomes: vec![Outcome {
                name: "kill-worker".into(),
                awaited: "a request settles".into(),
                recovery: Some(Recovery {
                    well: Some(Duration::from_millis(1_500)),
                    whole: Duration::from_secs(6),
                }),
                error: None,
            }],
            client: Figures {
                lost: 0,
                p50: Some(3.0),
                p99: None,
            },
            private: PrivateRequests {
                made: 6,
                settled: 6,
                failures: Vec::new(),
            },
            audit: Audit::default(),
            outstanding: 12,
            memory: vec![
                Memory {
                    member: "validator-1".into(),
                    program: Program::Node,
                    bytes: 600_000_001,
                },
                Memory {
                    member: "provider-1".into(),
                    program: Program::Worker,
                    bytes: 80_000_000,
                },
            ],
            overheads: vec![
                Overhead {
                    member: "provider-1".into(),
                    results: Some(40),
                    p99: Some(0.025),
                },
                Overhead {
                    member: "provider-2".into(),
                    results: Some(9),
                    p99: Some(f64::INFINITY),
                },
                Overhead {
                    member: "provider-3".into(),
                    results: None,
                    p99: None,
                },
            ],
        }
    }

    #[test]
    fn figures_stand_beside_their_targets() {
        let text = report().text();
        for line in [
            "kill-worker        1.5 s      6.0 s  a request settles",
            "target: the worker well again at most 5.0 s after kill-worker",
            "  node of validator-1: 601 MB (target: at most 600 MB)",
            "  worker of provider-1: 80 MB (target: at most 150 MB)",
            "  provider-1: at most 25 ms, of 40 results (target: at most 50 ms)",
            "  provider-2: above all that is counted, of 9 results (target: at most 50 ms)",
            "  provider-3: the worker does not answer (target: at most 50 ms)",
            "6 private requests made, 6 settled and verified by the client",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
        }
        let json = report().json();
        assert_eq!(json["faults"][0]["worker_well_s"], 1.5);
        assert_eq!(json["faults"][0]["recovery_s"], 6.0);
        assert_eq!(json["memory_at_rest"][1]["bytes"], 80_000_000);
        assert_eq!(json["overhead"][0]["p99_at_most_s"], 0.025);
        assert_eq!(json["overhead"][1]["p99_at_most_s"], Value::Null);
        assert_eq!(json["targets"]["worker_bytes"], 150_000_000);
    }

    #[test]
    fn a_missed_target_loses_nothing_and_a_loss_is_not_good() {
        let mut report = report();
        assert!(report.is_good());
        report.audit.losses.push("a request".into());
        assert!(!report.is_good());
    }

    #[test]
    fn a_private_request_that_failed_is_told_and_is_not_good() {
        let mut report = report();
        let failure = "the private request to provider-2: no answer";
        report.private.settled = 5;
        report.private.failures.push(failure.into());
        assert!(!report.is_good());
        let text = report.text();
        assert!(text.contains(&format!("FAILED: {failure}\n")), "{text}");
        assert_eq!(report.json()["private"]["failures"][0], failure);
    }
}
