//! The table of faults.

use super::audit::Audit;
use super::client::Tally;
use super::fault::Outcome;
use serde_json::{json, Value};
use std::fmt::Write;
use std::time::Duration;

/// What happened.
pub struct Report {
    pub outcomes: Vec<Outcome>,
    pub tally: Tally,
    pub audit: Audit,
    /// The most requests that were outstanding at a time.
    pub outstanding: usize,
}

impl Report {
    /// Whether every fault was recovered from, and nothing was lost.
    pub fn is_good(&self) -> bool {
        self.audit.losses.is_empty() && self.outcomes.iter().all(|outcome| outcome.error.is_none())
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let wide = self.outcomes.iter().map(|outcome| outcome.name.len());
        let wide = wide.max().unwrap_or(0);
        let _ = writeln!(
            text,
            "{:wide$}  {:>9}  what was awaited",
            "fault", "recovery"
        );
        for outcome in &self.outcomes {
            let recovery = outcome.recovery.map_or("none".into(), seconds);
            let what = outcome.error.as_deref().unwrap_or(&outcome.awaited);
            let _ = writeln!(text, "{:wide$}  {recovery:>9}  {what}", outcome.name);
        }
        let audit = &self.audit;
        let _ = writeln!(
            text,
            "\n{} requests on chain, {} settled, {} open; at most {} outstanding; {} attempts passed on\n\
             in a block → settled: p50 {}, p99 {}",
            audit.requests,
            audit.settled,
            audit.open,
            self.outstanding,
            audit.passed_on,
            self.tally.percentile(0.5).map_or("none".into(), seconds),
            self.tally.percentile(0.99).map_or("none".into(), seconds),
        );
        match audit.losses.is_empty() {
            true => text.push_str("nothing was lost\n"),
            false => {
                for loss in &audit.losses {
                    let _ = writeln!(text, "LOST: {loss}");
                }
            }
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "faults": self.outcomes.iter().map(|outcome| json!({
                "name": outcome.name,
                "awaited": outcome.awaited,
                "recovery_s": outcome.recovery.map(|time| time.as_secs_f64()),
                "error": outcome.error,
            })).collect::<Vec<_>>(),
            "requests": self.audit.requests,
            "settled": self.audit.settled,
            "open": self.audit.open,
            "outstanding": self.outstanding,
            "passed_on": self.audit.passed_on,
            "losses": self.audit.losses,
        })
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
