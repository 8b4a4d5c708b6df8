//! What can be found out about a key, each on its own.

use crate::commands::ceremony::bulk::BulkArgs;
use crate::commands::ceremony::finalize::attested;
use crate::commands::ceremony::records::{account_text, Ledger, Records};
use crate::failure::Failure;
use crate::output::hex;
use anyhow::Context;
use lattice_prover::{ProveError, Prover, ProverError};
use lattice_setup::files::KeyNames;
use lattice_setup::{KeyFiles, SetupKind};
use lattice_tensor::{trace, Model, Range};
use rand::{rngs::OsRng, Rng, RngCore};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// Random inputs that are proven.
const SAMPLES: usize = 3;

/// How far something was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    Established,
    NotEstablished,
    False,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::Established => "established",
            Status::NotEstablished => "not established",
            Status::False => "FALSE",
        })
    }
}

/// One statement about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub what: &'static str,
    pub status: Status,
    pub detail: String,
}

/// A key under examination.
pub struct Key<'a> {
    model: &'a Model,
    names: KeyNames,
    /// Taken by the prover.
    files: Option<KeyFiles>,
    verifying_key: Vec<u8>,
    pub findings: Vec<Finding>,
}

impl<'a> Key<'a> {
    /// Reading the folder has established that the files belong together.
    pub fn new(model: &'a Model, files: KeyFiles) -> Self {
        let mut key = Key {
            model,
            names: files.names(),
            verifying_key: files.verifying_key.clone(),
            files: Some(files),
            findings: Vec::new(),
        };
        key.found(
            "files",
            Status::Established,
            format!(
                "every point is sound; proving key {}, verifying key {} and key.json belong together",
                hex(key.names.proving_key_hash),
                hex(key.names.vk_id)
            ),
        );
        key
    }

    fn found(&mut self, what: &'static str, status: Status, detail: impl Into<String>) {
        self.findings.push(Finding {
            what,
            status,
            detail: detail.into(),
        });
    }

    /// The model, and proofs of random inputs with its rebuilt circuit.
    pub fn check_circuit(&mut self) {
        let (stated, id) = (self.names.model, self.model.id());
        if stated != id {
            let detail = format!("key.json names {stated}, the file is {id}");
            return self.found("model", Status::False, detail);
        }
        self.found("model", Status::Established, id.to_string());
        let Some(files) = self.files.take() else {
            return;
        };
        let (status, detail) = match sample(self.model, files) {
            Ok(constraints) => (
                Status::Established,
                format!(
                    "rebuilt with {constraints} constraints; the key has its shape and proves \
                     {SAMPLES} random inputs"
                ),
            ),
            Err(reason) => (Status::False, reason),
        };
        self.found("circuit", status, detail);
    }

    /// The verifying key is what the ceremony's records give.
    pub fn check_transcript(&mut self, records: Option<&Records>) {
        const WHAT: &str = "transcript";
        if self.names.setup == SetupKind::Dev {
            return;
        }
        let Some(records) = records else {
            let detail = "no records: name --ceremony or --records";
            return self.found(WHAT, Status::NotEstablished, detail);
        };
        let (status, detail) = match self.transcript(records) {
            Ok(detail) => (Status::Established, detail),
            Err(reason) => (Status::False, reason),
        };
        self.found(WHAT, status, detail);
    }

    fn transcript(&self, records: &Records) -> Result<String, String> {
        records.check().map_err(|error| error.to_string())?;
        let start = &records.start;
        if start.model != self.names.model || start.phase1.id() != self.names.phase1_id {
            return Err("the ceremony is of another model or phase 1 than the key".into());
        }
        let last = records.state(records.entries.len());
        let last = last.ok_or("the records have a gap")?;
        if start.assemble_key(&last) != self.verifying_key {
            return Err("the records give another verifying key".into());
        }
        let who: Vec<String> = records
            .entries
            .iter()
            .map(|entry| account_text(&entry.account))
            .collect();
        Ok(format!(
            "the key follows from the records; each contribution proves its secrets: {}",
            who.join(", ")
        ))
    }

    /// Whose records they are.
    pub fn check_ledger(&mut self, ledger: Option<&Ledger>) {
        const WHAT: &str = "chain";
        let (status, detail) = match ledger {
            None => return,
            Some(Ledger::File(path)) => (
                Status::NotEstablished,
                format!(
                    "the records are from {}; compare with a chain by --ceremony",
                    path.display()
                ),
            ),
            Some(Ledger::Chain(client, on_chain)) => {
                let place = format!(
                    "ceremony {} of the chain with genesis {}",
                    on_chain.ceremony,
                    hex(client.genesis())
                );
                match attested(on_chain, &self.names) {
                    Err(error) => (Status::False, error.to_string()),
                    Ok(()) if on_chain.outcome.is_none() => {
                        (Status::NotEstablished, format!("{place} is not finalized"))
                    }
                    Ok(()) => (Status::Established, format!("{place} attests this key")),
                }
            }
        };
        self.found(WHAT, status, detail);
    }

    /// The whole key, recomputed from phase 1, the model and the ceremony's files.
    ///
    /// # Errors
    /// What kept the check from an end; what it found to be false is a finding.
    pub fn check_bulk(
        &mut self,
        records: Option<&Records>,
        bulk: Option<&BulkArgs>,
    ) -> anyhow::Result<()> {
        const WHAT: &str = "key of this circuit";
        let (Some(records), Some(bulk)) = (records, bulk) else {
            let detail = match self.names.setup {
                SetupKind::Dev => {
                    "nobody can recompute a development key; its maker could have planted another \
                     circuit's points that agree on the inputs above"
                }
                SetupKind::Ceremony => {
                    "the start and the contributions' points were not checked; name --dir and --ptau"
                }
            };
            self.found(WHAT, Status::NotEstablished, detail);
            return Ok(());
        };
        let recomputed = bulk.check(records).and_then(|ceremony| {
            let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
            let names = ceremony.write_keys(folder.path());
            names.map_err(crate::commands::ceremony::bulk::judged)
        });
        match recomputed {
            Ok(names) if names == self.names => self.found(
                WHAT,
                Status::Established,
                "phase 1, the start and every point of every contribution are right, and give \
                 these very files",
            ),
            Ok(names) => {
                let detail = format!(
                    "the ceremony's proving key is {}",
                    hex(names.proving_key_hash)
                );
                self.found(WHAT, Status::False, detail);
            }
            Err(error) => match error.downcast_ref::<Failure>() {
                Some(Failure::Evidence(reason)) => {
                    let reason = reason.clone();
                    self.found(WHAT, Status::False, reason);
                }
                _ => return Err(error),
            },
        }
        Ok(())
    }

    /// What no check can show.
    pub fn state_trust(&mut self) {
        let detail = match self.names.setup {
            SetupKind::Dev => "whoever made the keys could forge proofs",
            SetupKind::Ceremony => {
                "that one contributor to phase 1 and one of those above forgot the secrets: theirs \
                 to promise"
            }
        };
        self.found("no forgery", Status::NotEstablished, detail);
    }
}

/// Proves random inputs; the constraints of the circuit, or why the key is not its.
fn sample(model: &Model, files: KeyFiles) -> Result<usize, String> {
    let prover = Prover::new(Arc::new(model.clone()), files.proving_key)
        .map_err(|error: ProverError| error.to_string())?;
    let Range { lo, hi } = model.input_range();
    for _ in 0..SAMPLES {
        let input: Vec<i32> = (0..model.input_len())
            .map(|_| OsRng.gen_range(i32::from(lo)..=i32::from(hi)))
            .collect();
        let trace = trace(model, &input).map_err(|error| error.to_string())?;
        let mut context = [0; 32];
        // 248 bits are canonical.
        OsRng.fill_bytes(&mut context[..31]);
        prover
            .prove(&trace, &context, &[0; 32], &[0; 32], &mut OsRng)
            .map_err(|error: ProveError| error.to_string())?;
    }
    Ok(prover.constraints())
}
