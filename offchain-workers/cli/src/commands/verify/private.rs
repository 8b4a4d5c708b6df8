//! A request whose input, and perhaps output, is not on the chain.
//!
//! Its record has commitments alone. The proof is about these, so everybody can check it; what they are
//! commitments to is seen by those who have the values and the blindings: the requester, and the
//! provider.

use super::checks::Evidence;
use super::reference::{equal, proven, Check, NO_BLINDING};
use super::request::places;
use crate::commands::private::State;
use crate::output::hex;
use codec::{Decode, Encode};
use lattice_chain_client::{
    Balance, BlockNumber, ModelIndex, Record, RequestContent, Verification,
};
use lattice_tensor::{execute, Model, ModelId};
use lattice_verifier::{commit_input, commit_output, context, FieldBytes};

/// The arguments of `private_requests.request_private`, but for the last.
#[derive(Clone, Debug, PartialEq, Eq, Decode, Encode)]
pub struct AskedPrivately {
    pub model: ModelIndex,
    pub input_commitment: FieldBytes,
    pub max_price: Balance,
    /// Blocks from the request on.
    pub deadline: BlockNumber,
    pub verification: Verification,
    pub output_private: bool,
}

impl AskedPrivately {
    /// The context that a proof for this request must carry.
    pub fn context(&self, genesis: &[u8; 32], record: &Record, model: &ModelId) -> FieldBytes {
        let content = RequestContent {
            requester: &record.requester,
            model: self.model,
            input_commitment: self.input_commitment.into(),
            max_price: self.max_price,
            deadline: self.deadline.into(),
            verification: self.verification,
        };
        let (request, provider) = (record.request, &record.provider.0);
        context(genesis, request, &content.hash(), provider, model)
    }
}

/// Every place in the extrinsics of a request's block that reads as a private request on its input.
pub fn candidates(extrinsics: &[Vec<u8>], record: &Record) -> Vec<AskedPrivately> {
    let marker = (record.model, record.input_commitment.0).encode();
    let places = extrinsics.iter().flat_map(|bytes| places(bytes, &marker));
    places
        .filter_map(|mut place| AskedPrivately::decode(&mut place).ok())
        .collect()
}

/// The blindings with which the recorded output may have been posted in these extrinsics.
pub fn posted(extrinsics: &[Vec<u8>], record: &Record) -> Vec<FieldBytes> {
    let marker = (record.request, &record.output).encode();
    let places = extrinsics.iter().flat_map(|bytes| places(bytes, &marker));
    places
        .filter_map(|place| place.get(marker.len()..)?.first_chunk().copied())
        .collect()
}

/// What its requester keeps of a private request.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    pub input: Vec<i32>,
    /// Of the input's commitment.
    pub blinding: FieldBytes,
    /// With the blinding of its commitment, once it was collected.
    pub output: Option<(Vec<i32>, FieldBytes)>,
}

impl Kept {
    /// What a state on disk says.
    pub fn of(state: &State) -> anyhow::Result<Self> {
        Ok(Self {
            input: state.input.iter().map(|&x| i32::from(x)).collect(),
            blinding: state.blinding()?,
            output: state.output()?,
        })
    }
}

/// What is to be had of a private request beside its record.
#[derive(Clone)]
pub struct Hidden {
    /// What the block of the request may have asked; see [`candidates`].
    pub asked: Vec<AskedPrivately>,
    /// Of the recorded output's commitment, perhaps; see [`posted`].
    pub posted: Vec<FieldBytes>,
    /// The requester's own, where that is at hand.
    pub kept: Option<Kept>,
}

impl Hidden {
    /// All checks, in the order in which they build on each other; what cannot be compared has none.
    pub fn checks(&self, evidence: &Evidence<'_>) -> Vec<Check> {
        let (record, reference) = (evidence.record, evidence.reference());
        let proof =
            proven(record).and_then(|(statement, proof)| reference.proof(&statement, &proof));
        let mut checks = vec![
            Check::new("model", reference.model_hash()),
            Check::new("key", reference.key_identity()),
            Check::new("context", self.context(evidence)),
            Check::new("proof", proof),
        ];
        if let Some(kept) = &self.kept {
            checks.push(Check::new("input", input(evidence, kept)));
        }
        if let Some(output) = self.output(record) {
            checks.push(Check::new("output", output));
        }
        if let (Some(local), Some(kept)) = (evidence.local, &self.kept) {
            checks.push(Check::new("execution", execution(record, local, kept)));
        }
        checks
    }

    /// What of the request is on the chain as a commitment only.
    pub fn private(&self, record: &Record) -> Vec<&'static str> {
        let has_output = record.output_commitment.is_some();
        match has_output && record.output.is_empty() {
            true => vec!["input", "output"],
            false => vec!["input"],
        }
    }

    /// What of that is not known here, either.
    pub fn unseen(&self, record: &Record) -> Vec<&'static str> {
        let mut private = self.private(record);
        private.retain(|what| match &self.kept {
            Some(kept) => *what == "output" && kept.output.is_none(),
            None => true,
        });
        private
    }

    /// Genesis, request, content, provider and model give the record's context.
    fn context(&self, evidence: &Evidence<'_>) -> Result<String, String> {
        let (record, model) = (evidence.record, evidence.manifest.id());
        let mut asked = self.asked.iter();
        match asked
            .any(|asked| asked.context(&evidence.genesis, record, &model) == record.context.0)
        {
            true => Ok(format!("{} is recomputed", hex(record.context))),
            false => Err(format!(
                "{} does not follow from chain, request, provider and model",
                hex(record.context)
            )),
        }
    }

    /// The output that is known, recorded or kept, gives the record's commitment.
    fn output(&self, record: &Record) -> Option<Result<String, String>> {
        let recorded = record.output_commitment?.0;
        let compare = |output: &[i32], blinding: &FieldBytes| {
            let commitment = commit_output(output, blinding).map_err(|e| e.to_string())?;
            equal("output commitment", &recorded, &commitment)
        };
        if record.output.is_empty() {
            let (output, blinding) = self.kept.as_ref()?.output.as_ref()?;
            return Some(compare(output, blinding));
        }
        // One that its requester had posted keeps the blinding that it was proven with.
        let mut blindings = self.posted.iter();
        let found = blindings.find_map(|blinding| compare(&record.output, blinding).ok());
        Some(found.map_or_else(|| compare(&record.output, &NO_BLINDING), Ok))
    }
}

/// The requester's input gives the record's commitment.
fn input(evidence: &Evidence<'_>, kept: &Kept) -> Result<String, String> {
    let range = evidence.manifest.input.range;
    let commitment = commit_input(&kept.input, range, &kept.blinding).map_err(|e| e.to_string())?;
    let recorded = &evidence.record.input_commitment.0;
    equal("input commitment", recorded, &commitment)
}

/// The model itself gives the output that is known.
fn execution(record: &Record, local: &Model, kept: &Kept) -> Result<String, String> {
    equal("model hash", &record.model_hash.0, &local.id().0)?;
    let output = execute(local, &kept.input).map_err(|e| e.to_string())?;
    let known = match (&kept.output, record.output.is_empty()) {
        (_, false) => &record.output,
        (Some((output, _)), true) => output,
        (None, true) => {
            return Err(format!(
                "the reference executor gives {output:?}, and there is no output to compare with"
            ))
        }
    };
    match output == *known {
        true => Ok("the reference executor gives the same output".into()),
        false => Err(format!("the reference executor gives {output:?}")),
    }
}

#[cfg(test)]
mod tests;
