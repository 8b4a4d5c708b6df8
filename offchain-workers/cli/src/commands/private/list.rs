//! `lattice private list`

use super::state::{self, State};
use crate::output::{table, Output};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// List the private requests that this disk knows of.
#[derive(Debug, Args)]
pub struct List {
    /// Folder with private requests [default: $XDG_STATE_HOME/lattice or ~/.local/state/lattice].
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    requests: Vec<Row>,
}

/// What is private of a request is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// `null` if the process was killed before it knew.
    request: Option<String>,
    genesis: String,
    requester: String,
    model: u32,
    input_commitment: String,
    output_private: bool,
    stage: &'static str,
}

impl Row {
    fn of(state: State) -> Self {
        Self {
            stage: state.stage(),
            request: state.request,
            genesis: state.genesis,
            requester: state.requester,
            model: state.model,
            input_commitment: state.input_commitment,
            output_private: state.output_private,
        }
    }
}

impl List {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let states = state::all(&super::folder(&self.state)?)?;
        let listed = Listed {
            requests: states.into_iter().map(Row::of).collect(),
        };
        output.show(&listed, || {
            let rows: Vec<Vec<String>> = listed
                .requests
                .iter()
                .map(|row| {
                    vec![
                        row.request.clone().unwrap_or_else(|| "unknown".into()),
                        row.model.to_string(),
                        row.stage.to_owned(),
                        row.input_commitment.clone(),
                    ]
                })
                .collect();
            table(&["request", "model", "stage", "input commitment"], &rows)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::tests::state;
    use super::*;

    #[test]
    fn a_list_does_not_tell_what_is_private() {
        let row = Row::of(State {
            request: Some("7".into()),
            ..state()
        });
        let json = serde_json::to_value(&row).expect("encodes");
        assert_eq!(json["request"], "7");
        assert_eq!(json["stage"], "made");
        for secret in ["input", "blinding", "receipt", "collected"] {
            assert!(json.get(secret).is_none(), "{secret}");
        }
    }
}
