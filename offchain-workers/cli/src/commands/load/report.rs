//! What a run has shown.

use super::ledger::{Fate, Ledger};
use crate::output::{fields, table};
use lattice_chain_client::{format_balance, Balance};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Times of which so many percent were not longer, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Percentiles {
    pub count: usize,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
}

/// A run in figures.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub model: u32,
    pub accounts: usize,
    /// Requests that became due.
    pub requests: usize,
    pub settled: usize,
    /// Requests that ended otherwise, by how.
    pub failures: BTreeMap<String, usize>,
    /// Requests of which nobody knows an end: still outstanding, or never in a block.
    pub lost: usize,
    /// From the first request's time to the last one's end.
    pub seconds: f64,
    pub settled_per_second: f64,
    pub due_to_block: Option<Percentiles>,
    pub block_to_settled: Option<Percentiles>,
    pub due_to_settled: Option<Percentiles>,
    /// What went to the accounts before, and back from them afterwards, in planck.
    pub funded: String,
    pub swept: Option<String>,
    pub warnings: Vec<String>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub due: usize,
    pub in_block: usize,
    pub settled: usize,
    pub failed: usize,
    pub outstanding: usize,
}

impl Standing {
    /// Counts.
    pub fn of(ledger: &Ledger) -> Self {
        let mut standing = Self::default();
        for sample in ledger.samples() {
            standing.due += 1;
            standing.in_block += usize::from(sample.in_block.is_some());
            standing.settled += usize::from(sample.fate.is_settled());
            standing.outstanding += usize::from(sample.fate.is_outstanding());
        }
        standing.failed = standing.due - standing.settled - standing.outstanding;
        standing
    }

    /// Whether so many failed, without one in a block, that it is pointless to go on.
    pub fn is_hopeless(&self) -> bool {
        self.in_block == 0 && self.failed >= 100
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            due,
            in_block,
            settled,
            failed,
            outstanding,
        } = self;
        write!(
            f,
            "{due} due, {in_block} in blocks, {settled} settled, {failed} failed, {outstanding} \
             outstanding"
        )
    }
}

impl Report {
    /// Of what a ledger holds when a run is over.
    pub fn of(ledger: &Ledger, model: u32, accounts: usize, funded: Balance) -> Self {
        let samples = ledger.samples();
        let mut failures: BTreeMap<String, usize> = BTreeMap::new();
        let mut lost = 0;
        for sample in samples.iter().filter(|sample| !sample.fate.is_settled()) {
            if sample.fate.is_outstanding() || sample.fate == Fate::Lost {
                lost += 1;
            }
            *failures.entry(name(sample.fate)).or_default() += 1;
        }
        let settled: Vec<_> = samples
            .iter()
            .filter(|sample| sample.fate.is_settled())
            .collect();
        let span = |from: Option<Duration>, to: Option<Duration>| Some(to?.saturating_sub(from?));
        let due_to_block = samples
            .iter()
            .filter_map(|sample| span(Some(sample.due), sample.in_block));
        let block_to_settled = settled
            .iter()
            .filter_map(|sample| span(sample.in_block, sample.over));
        let due_to_settled = settled
            .iter()
            .filter_map(|sample| span(Some(sample.due), sample.over));
        let first = samples.iter().map(|sample| sample.due).min();
        let last = settled.iter().filter_map(|sample| sample.over).max();
        let seconds = span(first, last).unwrap_or_default().as_secs_f64();
        Self {
            model,
            accounts,
            requests: samples.len(),
            settled: settled.len(),
            failures,
            lost,
            seconds,
            settled_per_second: settled.len() as f64 / seconds.max(1e-3),
            due_to_block: percentiles(due_to_block.collect()),
            block_to_settled: percentiles(block_to_settled.collect()),
            due_to_settled: percentiles(due_to_settled.collect()),
            funded: funded.to_string(),
            swept: None,
            warnings: ledger
                .reasons()
                .iter()
                .map(|(reason, count)| format!("{count} not taken: {reason}"))
                .collect(),
        }
    }

    /// For people.
    pub fn describe(&self, funded: Balance, swept: Option<Balance>) -> String {
        let mut rows = vec![
            ("model", self.model.to_string()),
            ("accounts", self.accounts.to_string()),
            ("requests", self.requests.to_string()),
            (
                "settled",
                format!(
                    "{} in {:.1} s, {:.2} a second",
                    self.settled, self.seconds, self.settled_per_second
                ),
            ),
        ];
        for (name, count) in &self.failures {
            rows.push(("", format!("{count} {name}")));
        }
        rows.push(("lost", self.lost.to_string()));
        rows.push(("funded", format_balance(funded)));
        if let Some(swept) = swept {
            rows.push(("swept", format_balance(swept)));
        }
        let times = [
            ("due to in block", &self.due_to_block),
            ("in block to settled", &self.block_to_settled),
            ("due to settled", &self.due_to_settled),
        ];
        let seconds = |milliseconds: f64| format!("{:.2} s", milliseconds / 1e3);
        let mut table_rows: Vec<Vec<String>> = Vec::new();
        for (name, times) in times {
            if let Some(times) = times {
                let mut row = vec![name.to_owned(), times.count.to_string()];
                row.extend([times.p50, times.p90, times.p99, times.max].map(seconds));
                table_rows.push(row);
            }
        }
        let header = ["time", "count", "p50", "p90", "p99", "max"];
        let mut text = format!("{}\n{}", fields(&rows), table(&header, &table_rows));
        for warning in &self.warnings {
            text += &format!("warning: {warning}\n");
        }
        text
    }
}

/// How a request ended, in words.
fn name(fate: Fate) -> String {
    match fate {
        Fate::Waiting => "outstanding, not in a block".into(),
        Fate::Open(_) => "outstanding, not ended".into(),
        Fate::Refused => "refused in a block".into(),
        Fate::NotTaken => "not taken by the node".into(),
        Fate::Lost => "lost before a block".into(),
        Fate::Ended(outcome) => words(&format!("{outcome:?}")),
    }
}

/// `ProofRejected` as `proof rejected`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Percentiles by the nearest rank: each is a time that was measured. `None` without times.
pub fn percentiles(mut times: Vec<Duration>) -> Option<Percentiles> {
    times.sort_unstable();
    let max = times.last()?;
    let milliseconds = |time: &Duration| time.as_secs_f64() * 1e3;
    let at = |percent: usize| {
        let rank = times.len().saturating_mul(percent).div_ceil(100).max(1);
        times.get(rank - 1).map(milliseconds)
    };
    Some(Percentiles {
        count: times.len(),
        p50: at(50)?,
        p90: at(90)?,
        p99: at(99)?,
        max: milliseconds(max),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::top::state::Outcome;
    use super::*;
    use lattice_chain_client::{AccountId, Block, H256};

    fn milliseconds(times: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        times.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let of_hundred = percentiles(milliseconds((1..=100).rev())).expect("there are times");
        let expected = Percentiles {
            count: 100,
            p50: 50.0,
            p90: 90.0,
            p99: 99.0,
            max: 100.0,
        };
        assert_eq!(of_hundred, expected);
        let of_three = percentiles(milliseconds([30, 10, 20])).expect("there are times");
        assert_eq!(
            (of_three.p50, of_three.p90, of_three.p99),
            (20.0, 30.0, 30.0)
        );
        let of_one = percentiles(milliseconds([7])).expect("there is a time");
        assert_eq!((of_one.p50, of_one.max), (7.0, 7.0));
        assert_eq!(percentiles(Vec::new()), None);
    }

    #[test]
    fn endings_are_named_in_words() {
        assert_eq!(name(Fate::Ended(Outcome::ProofRejected)), "proof rejected");
        assert_eq!(name(Fate::Ended(Outcome::Expired)), "expired");
        assert_eq!(name(Fate::Lost), "lost before a block");
    }

    #[test]
    fn what_has_no_end_is_lost_and_what_failed_is_not() {
        let base = Block {
            number: 1,
            hash: H256([1; 32]),
        };
        let mut ledger = Ledger::new(&[AccountId([1; 32])], base);
        ledger.add(Duration::from_secs(1));
        let refused = ledger.add(Duration::from_secs(2));
        ledger.not_taken(0, refused, "no funds", Duration::from_secs(3));
        let report = Report::of(&ledger, 7, 1, 5);
        assert_eq!((report.requests, report.settled, report.lost), (2, 0, 1));
        assert_eq!(report.failures.len(), 2);
        assert_eq!(report.warnings, ["1 not taken: no funds"]);
        assert_eq!(report.due_to_settled, None);
        let text = report.describe(5, Some(3));
        assert!(text.contains("1 outstanding, not in a block"), "{text}");
        let standing = Standing::of(&ledger);
        assert_eq!((standing.failed, standing.outstanding), (1, 1));
        assert!(!standing.is_hopeless());
    }
}
