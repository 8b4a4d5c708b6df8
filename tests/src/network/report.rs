//! The table of faults.

use super::audit::Audit;
use super::client::Figures;
use super::fault::Outcome;
use lattice_chain_client::format_balance;
use serde_json::{json, Value};
use std::fmt::Write;
use std::time::Duration;

/// What happened.
pub struct Report {
    pub outcomes: Vec<Outcome>,
    pub client: Figures,
    pub audit: Audit,
    /// The most requests that were outstanding at a time.
    pub outstanding: usize,
}

impl Report {
    /// Whether every fault was recovered from, and nothing was lost.
    pub fn is_good(&self) -> bool {
        self.audit.losses.is_empty()
            && self.client.lost == 0
            && self.outcomes.iter().all(|outcome| outcome.error.is_none())
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
            let recovery = outcome.recovery.as_ref().map(Duration::as_secs_f64);
            let recovery = recovery.map_or("none".into(), seconds);
            let what = outcome.error.as_deref().unwrap_or(&outcome.awaited);
            let _ = writeln!(text, "{:wide$}  {recovery:>9}  {what}", outcome.name);
        }
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
            // In planck, which may be more than a number of JSON holds.
            "fined": self.audit.fined.to_string(),
            "taken": self.audit.taken.to_string(),
            "lost_by_client": self.client.lost,
            "block_to_settled_s": {"p50": self.client.p50, "p99": self.client.p99},
            "losses": self.audit.losses,
        })
    }
}

fn seconds(time: f64) -> String {
    format!("{time:.1} s")
}
