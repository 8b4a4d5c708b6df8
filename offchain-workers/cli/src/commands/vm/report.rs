//! What the reports on both kinds of programs have in common.

use crate::output::hex;
use anyhow::Context;
use lattice_isa::{Event, Gas, Trap};
use lattice_machine::TrainedState;
use lattice_tensor::Model;
use serde::Serialize;
use std::fmt::Debug;

/// An entry that the machine wrote to the journal.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Entry {
    Committed { subject: String, digest: String },
    ModelHashed { model: String, state: String },
}

impl From<&Event> for Entry {
    fn from(event: &Event) -> Self {
        match event {
            Event::Committed { subject, digest } => Entry::Committed {
                subject: hex(subject),
                digest: hex(digest),
            },
            Event::ModelHashed { model, state } => Entry::ModelHashed {
                model: hex(model),
                state: hex(state),
            },
        }
    }
}

impl Entry {
    /// The entry as a row of a list.
    pub fn row(&self) -> (String, String) {
        match self {
            Entry::Committed { subject, digest } => {
                ("committed".into(), format!("{digest} of {subject}"))
            }
            Entry::ModelHashed { model, state } => {
                ("hashed".into(), format!("state {state} of model {model}"))
            }
        }
    }
}

/// A model that was trained.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    handle: u16,
    /// As it was loaded.
    base: String,
    /// The quantized model that training led to.
    model: String,
    /// As `HASH_MODEL` gives it.
    state: String,
    parameter_bytes: usize,
}

impl State {
    pub fn of(trained: &TrainedState) -> anyhow::Result<Self> {
        let model = Model::from_blob(&trained.model).context("a trained model does not decode")?;
        Ok(State {
            handle: trained.handle.0,
            base: hex(trained.base),
            model: model.id().to_string(),
            state: hex(trained.state),
            parameter_bytes: trained.parameters.len(),
        })
    }

    /// The state as a row of a list.
    pub fn row(&self) -> (String, String) {
        (
            "trained".into(),
            format!(
                "#{}: state {}, model {}",
                self.handle, self.state, self.model
            ),
        )
    }
}

/// The name of an error's variant.
pub fn variant(error: &impl Debug) -> String {
    format!("{error:?}")
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect()
}

/// A trap of the machine, with what to do about it where the command line could help.
pub fn explain(trap: &Trap) -> String {
    match trap {
        Trap::UnknownModel { model } => {
            format!("{trap}; give the file of {} with --model", hex(model))
        }
        Trap::UnknownKey { key } => {
            format!("{trap}; give the folder of {} with --key", hex(key))
        }
        Trap::OutOfGas { .. } => format!("{trap}; allow more with --gas"),
        _ => trap.to_string(),
    }
}

/// Gas with the reference time that it stands for.
pub fn gas(gas: Gas) -> String {
    let (divisor, unit) = match gas {
        0..=999_999 => (1e3, "ns"),
        1_000_000..=999_999_999 => (1e6, "µs"),
        _ => (1e9, "ms"),
    };
    format!(
        "{gas} ({:.1} {unit} of reference time)",
        gas as f64 / divisor
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_isa::Handle;

    #[test]
    fn errors_are_named_by_their_variant() {
        assert_eq!(variant(&Trap::ProofRejected), "ProofRejected");
        assert_eq!(variant(&Trap::UnknownHandle(Handle(3))), "UnknownHandle");
        assert_eq!(variant(&Trap::Overflow { element: 1 }), "Overflow");
    }

    #[test]
    fn gas_is_picoseconds() {
        assert_eq!(gas(1_500), "1500 (1.5 ns of reference time)");
        assert_eq!(gas(2_000_400_000), "2000400000 (2.0 ms of reference time)");
    }
}
