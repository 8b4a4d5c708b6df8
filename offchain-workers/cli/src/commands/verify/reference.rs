//! What a proof is checked against, whoever asked for it: a request or a channel.

use crate::output::hex;
use lattice_chain_client::{Model as Registration, ProofBytes, Record, H256};
use lattice_tensor::{Manifest, ModelId};
use lattice_verifier::{validate, vk_id, PreparedKey, Statement};
use serde::Serialize;

/// Posted inputs and outputs are committed to without blinding.
pub const NO_BLINDING: [u8; 32] = [0; 32];

/// One check with its result.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub holds: bool,
    pub detail: String,
}

impl Check {
    pub fn new(name: &'static str, result: Result<String, String>) -> Self {
        let holds = result.is_ok();
        let detail = result.unwrap_or_else(|reason| reason);
        Check {
            name,
            holds,
            detail,
        }
    }

    /// Names of the checks that fail.
    pub fn failing(checks: &[Check]) -> Vec<&'static str> {
        let failing = checks.iter().filter(|check| !check.holds);
        failing.map(|check| check.name).collect()
    }

    /// The check as a line of a table.
    pub fn row(&self) -> (&'static str, String) {
        let mark = if self.holds { "holds" } else { "FAILS" };
        (self.name, format!("{mark}  {}", self.detail))
    }
}

/// The model and the key that the chain recorded for an inference, with the registration that is to
/// have them.
#[derive(Clone, Copy)]
pub struct Reference<'a> {
    pub model_hash: &'a H256,
    pub vk_id: &'a H256,
    pub model: &'a Registration,
    /// The registration's manifest; its hash is that of the registration.
    pub manifest: &'a Manifest,
}

impl Reference<'_> {
    pub fn model_id(&self) -> ModelId {
        self.manifest.id()
    }

    /// The recorded model hash is that of the manifest.
    pub fn model_hash(&self) -> Result<String, String> {
        equal("model hash", &self.model_hash.0, &self.model_id().0)
    }

    /// The recorded key is the one that is registered for this model.
    pub fn key_identity(&self) -> Result<String, String> {
        let key = self
            .model
            .key
            .as_ref()
            .ok_or("the registration has no verifying key")?;
        let id = vk_id(
            &self.model_id(),
            key.circuit_version,
            &key.phase1_id.0,
            &key.verifying_key,
        );
        equal("key identity", &self.vk_id.0, &id)
    }

    /// The key is sound and the Groth16 equation holds.
    pub fn proof(&self, statement: &Statement, proof: &ProofBytes) -> Result<String, String> {
        let key = self
            .model
            .key
            .as_ref()
            .ok_or("the registration has no verifying key")?;
        let validated = validate(&key.verifying_key).map_err(|e| format!("the key: {e}"))?;
        let prepared = PreparedKey::decode(&validated.prepared).map_err(|e| e.to_string())?;
        match lattice_verifier::verify(&prepared, &statement.inputs(), proof.as_slice()) {
            Ok(true) => Ok(format!(
                "{} bytes satisfy the Groth16 equation",
                proof.as_slice().len()
            )),
            Ok(false) => Err("the proof is of something else".into()),
            Err(error) => Err(format!("the proof is malformed: {error}")),
        }
    }
}

/// The statement and the proof of a record.
///
/// # Errors
/// It has none, in words.
pub fn proven(record: &Record) -> Result<(Statement, ProofBytes), String> {
    let proof = record.proof.ok_or("no proof was submitted")?;
    let output = record.output_commitment.ok_or("no output was submitted")?;
    let statement = Statement {
        context: record.context.0,
        input_commitment: record.input_commitment.0,
        output_commitment: output.0,
    };
    Ok((statement, proof))
}

/// Whether what was recorded is what is computed here.
pub fn equal(what: &str, recorded: &[u8; 32], computed: &[u8; 32]) -> Result<String, String> {
    if recorded == computed {
        Ok(format!("{what} {}", hex(recorded)))
    } else {
        Err(format!(
            "recorded {what} {}, computed {}",
            hex(recorded),
            hex(computed)
        ))
    }
}
