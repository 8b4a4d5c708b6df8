//! The checks of one record, each on its own.

use super::reference::{equal, proven, Check, Reference, NO_BLINDING};
use super::request::Asked;
use crate::output::hex;
use lattice_chain_client::{Model as Registration, Record};
use lattice_tensor::{execute, Manifest, Model, ModelId};
use lattice_verifier::{commit_input, commit_output};

/// Everything that the checks look at.
pub struct Evidence<'a> {
    pub genesis: [u8; 32],
    pub record: &'a Record,
    pub model: &'a Registration,
    /// The registration's manifest; its hash is that of the registration.
    pub manifest: &'a Manifest,
    /// What the block of the request may have asked; see [`super::request::candidates`].
    pub asked: &'a [Asked],
    /// The model itself, when the user has it.
    pub local: Option<&'a Model>,
}

impl Evidence<'_> {
    /// All checks, in the order in which they build on each other.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = vec![
            Check::new("model", self.reference().model_hash()),
            Check::new("key", self.reference().key_identity()),
            Check::new("input", self.input()),
            Check::new("context", self.context()),
            Check::new("output", self.output()),
            Check::new("proof", self.proof()),
        ];
        if let Some(local) = self.local {
            checks.push(Check::new("execution", self.execution(local)));
        }
        checks
    }

    /// The checks of a record without a proof: all that it says follows from the chain's data, and
    /// the model, run again, gives the same output.
    pub fn checks_without_proof(&self, model: &Model) -> Vec<Check> {
        vec![
            Check::new("model", self.reference().model_hash()),
            Check::new("input", self.input()),
            Check::new("context", self.context()),
            Check::new("output", self.output()),
            Check::new("execution", self.execution(model)),
        ]
    }

    /// Whether the block of the request has an input that gives the record's commitment.
    pub fn has_input(&self) -> bool {
        self.matching().next().is_some()
    }

    fn model_id(&self) -> ModelId {
        self.manifest.id()
    }

    /// What the chain recorded of model and key.
    pub fn reference(&self) -> Reference<'_> {
        Reference {
            model_hash: &self.record.model_hash,
            vk_id: &self.record.vk_id,
            model: self.model,
            manifest: self.manifest,
        }
    }

    /// The requests in the block whose input gives the record's commitment.
    fn matching(&self) -> impl Iterator<Item = &Asked> {
        let range = self.manifest.input.range;
        self.asked.iter().filter(move |asked| {
            let input: Vec<i32> = asked.input.iter().map(|&x| i32::from(x)).collect();
            commit_input(&input, range, &NO_BLINDING)
                .is_ok_and(|commitment| commitment == self.record.input_commitment.0)
        })
    }

    /// The posted input gives the record's commitment.
    fn input(&self) -> Result<String, String> {
        match self.matching().next() {
            Some(asked) => Ok(format!(
                "{} elements give the commitment {}",
                asked.input.len(),
                hex(self.record.input_commitment)
            )),
            None => Err(format!(
                "block {} holds no request whose input gives the commitment {}",
                self.record.requested_at,
                hex(self.record.input_commitment)
            )),
        }
    }

    /// Genesis, request, content, provider and model give the record's context.
    fn context(&self) -> Result<String, String> {
        let record = self.record;
        let found = self.matching().any(|asked| {
            let context = asked.context(
                &self.genesis,
                record.request,
                &record.requester,
                &record.provider,
                &self.model_id(),
                &record.input_commitment,
            );
            context == record.context.0
        });
        if found {
            Ok(format!("{} is recomputed", hex(record.context)))
        } else {
            Err(format!(
                "{} does not follow from chain, request, provider and model",
                hex(record.context)
            ))
        }
    }

    /// The posted output gives the record's commitment.
    fn output(&self) -> Result<String, String> {
        let recorded = self
            .record
            .output_commitment
            .ok_or("no output was submitted")?;
        let commitment =
            commit_output(&self.record.output, &NO_BLINDING).map_err(|e| e.to_string())?;
        equal("output commitment", &recorded.0, &commitment)
    }

    /// The key is sound and the Groth16 equation holds for the record's statement.
    fn proof(&self) -> Result<String, String> {
        let (statement, proof) = proven(self.record)?;
        self.reference().proof(&statement, &proof)
    }

    /// The model itself gives the posted output.
    fn execution(&self, local: &Model) -> Result<String, String> {
        equal("model hash", &self.record.model_hash.0, &local.id().0)?;
        let asked = self
            .matching()
            .next()
            .ok_or("the input is not known; see the check above")?;
        let input: Vec<i32> = asked.input.iter().map(|&x| i32::from(x)).collect();
        let output = execute(local, &input).map_err(|e| e.to_string())?;
        if output == self.record.output {
            Ok("the reference executor gives the same output".into())
        } else {
            Err(format!("the reference executor gives {output:?}"))
        }
    }
}

#[cfg(test)]
mod tests;
