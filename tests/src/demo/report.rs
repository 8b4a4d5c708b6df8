//! What the demo found, for people and for programs.

use lattice_chain_client::{format_balance, Ending, Record, RequestId};
use lattice_tests::digits::Digit;
use serde_json::{json, Value};
use std::fmt::Write;

/// One request from picture to record.
pub struct Inference {
    pub digit: Digit,
    pub record: Record,
    /// Milliseconds of proving, as the worker logged them.
    pub prove_ms: Option<f64>,
}

impl Inference {
    /// The digit that the model saw: the largest logit, the lowest index among equals.
    fn predicted(&self) -> Option<usize> {
        let largest = self.record.output.iter().max()?;
        self.record.output.iter().position(|logit| logit == largest)
    }

    fn is_correct(&self) -> bool {
        self.predicted() == Some(usize::from(self.digit.label))
    }

    fn is_settled(&self) -> bool {
        self.record.ending == Ending::Settled
    }

    fn paid(&self) -> u128 {
        let price = &self.record.price;
        price.compute + price.royalty + price.fee
    }
}

/// Total balances in planck, held parts included, per role.
#[derive(Default)]
pub struct Balances {
    pub before: Vec<(&'static str, u128)>,
    pub after: Vec<(&'static str, u128)>,
}

/// Everything that the demo found.
pub struct Report {
    pub inferences: Vec<Inference>,
    pub balances: Balances,
    /// The last request's record, as the node answered over JSON-RPC.
    pub record: Value,
}

impl Report {
    pub fn new(inferences: Vec<Inference>) -> Self {
        Self {
            inferences,
            balances: Balances::default(),
            record: Value::Null,
        }
    }

    pub fn last_request(&self) -> Option<RequestId> {
        self.inferences.last().map(|last| last.record.request)
    }

    /// Requests that did not end in a settlement.
    pub fn unsettled(&self) -> usize {
        self.count(|inference| !inference.is_settled())
    }

    fn count(&self, wanted: impl Fn(&Inference) -> bool) -> usize {
        self.inferences.iter().filter(|one| wanted(one)).count()
    }

    fn prove_ms_p50(&self) -> Option<f64> {
        let mut times: Vec<f64> = self
            .inferences
            .iter()
            .filter_map(|one| one.prove_ms)
            .collect();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied()
    }

    /// One JSON object.
    pub fn json(&self) -> Value {
        json!({
            "requests": self.inferences.len(),
            "proven": self.count(|one| one.record.proof.is_some()),
            "correct": self.count(Inference::is_correct),
            "prove_ms_p50": self.prove_ms_p50(),
            "verify_gas": self.inferences.iter().map(|one| one.record.gas_used).max(),
            "settled": self.count(Inference::is_settled),
            "refunded": self.unsettled(),
        })
    }

    /// The story for a person.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for inference in &self.inferences {
            text += &story(inference);
        }
        let correct = self.count(Inference::is_correct);
        let total = self.inferences.len();
        let _ = writeln!(
            text,
            "Accuracy: {correct} of {total}. Settled by proof: {}, refunded: {}. Median proving time: {}.\n",
            self.count(Inference::is_settled),
            self.unsettled(),
            milliseconds(self.prove_ms_p50()),
        );
        let _ = writeln!(text, "{:<12} {:>26} {:>26}", "", "before", "after");
        for ((role, before), (_, after)) in self.balances.before.iter().zip(&self.balances.after) {
            let _ = writeln!(
                text,
                "{role:<12} {:>26} {:>26}",
                format_balance(*before),
                format_balance(*after)
            );
        }
        let _ = writeln!(
            text,
            "\nExecution record of the last request (lattice_executionRecord):\n{:#}",
            self.record
        );
        text
    }
}

fn milliseconds(time: Option<f64>) -> String {
    time.map_or_else(|| "unknown".into(), |time| format!("{time:.0} ms"))
}

/// The picture, with what happened to it beside it.
fn story(inference: &Inference) -> String {
    let record = &inference.record;
    let predicted = inference
        .predicted()
        .map_or_else(|| "nothing".into(), |digit| digit.to_string());
    let facts = [
        format!("request {}", record.request),
        format!(
            "predicted {predicted}, true {} {}",
            inference.digit.label,
            if inference.is_correct() { "✓" } else { "✗" }
        ),
        format!(
            "proof {} bytes in {}",
            record.proof.map_or(0, |proof| proof.as_slice().len()),
            milliseconds(inference.prove_ms)
        ),
        format!("VM gas {}", record.gas_used),
        format!("paid {}", format_balance(inference.paid())),
        match record.ending {
            Ending::Settled => format!("settled in block {}", record.ended_at),
            other => format!("NOT settled: {other:?}"),
        },
    ];
    let drawing = inference.digit.drawing();
    let mut text = String::new();
    for (row, line) in drawing.lines().enumerate() {
        let fact = facts.get(row).map_or("", String::as_str);
        let _ = writeln!(text, "{}", format!("  {line}   {fact}").trim_end());
    }
    text.push('\n');
    text
}
