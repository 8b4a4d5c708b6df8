//! The folder with a ceremony's files, and the whole check of a ceremony.
//!
//! | file | what |
//! |---|---|
//! | `model.lattice` | the model |
//! | `start.points` | the queries that never change |
//! | `state-0000.points` | L and H of the start, and K if the circuit has a commitment |
//! | `state-NNNN-HASH.points` | the same after contribution N, counted from 1; HASH is of their roots |

use super::records::Records;
use crate::failure::Failure;
use crate::progress;
use anyhow::Context;
use clap::Args;
use lattice_setup::phase1::{self, Ptau, VerifiedPhase1};
use lattice_setup::phase2::{state_file, Ceremony, VerifiedStart};
use lattice_setup::{hash_bytes, Phase1Error, Phase2Error};
use lattice_tensor::{file, Model};
use lattice_verifier::ceremony::{Query, State};
use rand::rngs::OsRng;
use std::path::{Path, PathBuf};

/// Name of the model in a ceremony's folder.
pub const MODEL_FILE: &str = "model.lattice";

/// Hexadecimal digits of the hash in a state's name.
const NAME_DIGITS: usize = 32;

/// The ceremony's files.
#[derive(Clone, Debug, Args)]
pub struct BulkArgs {
    /// Folder with the ceremony's files.
    #[arg(long, value_name = "FOLDER")]
    pub dir: PathBuf,
    /// Phase 1: snarkjs' .ptau file for BN254 with the identity that the chain pins.
    #[arg(long, value_name = "FILE")]
    pub ptau: PathBuf,
    /// Model file [default: model.lattice in the folder; either way its hash has to be right].
    #[arg(long, value_name = "M.lattice")]
    pub model: Option<PathBuf>,
}

/// Where the state after `number` contributions is; the start's is number 0.
pub fn path(folder: &Path, number: usize, state: &State) -> PathBuf {
    if number == 0 {
        return state_file(folder, 0);
    }
    let queries = Query::of(state.version()).iter();
    let roots: Vec<[u8; 32]> = queries.filter_map(|q| state.root(*q).copied()).collect();
    let mut hash = hex::encode(hash_bytes(roots.as_flattened()));
    hash.truncate(NAME_DIGITS);
    folder.join(format!("state-{number:04}-{hash}.points"))
}

/// The path of a state's file, which is there.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn present(folder: &Path, number: usize, state: &State) -> anyhow::Result<PathBuf> {
    let path = path(folder, number, state);
    match path.is_file() {
        true => Ok(path),
        false => Err(Failure::NotFound {
            what: path.display().to_string(),
            hint: "get it from whoever made it; if they withhold it, the chain's dispute origin \
                   can discard their contribution",
        }
        .into()),
    }
}

/// Reads a model.
pub fn model(path: &Path) -> anyhow::Result<Model> {
    file::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads and checks a phase 1.
pub fn phase1(path: &Path) -> anyhow::Result<VerifiedPhase1> {
    let spinner = progress::spinner("checking phase 1");
    let verified = Ptau::open(path).and_then(|ptau| phase1::verify(ptau, &mut OsRng));
    spinner.finish_and_clear();
    verified
        .map_err(|error| match error {
            Phase1Error::Point { .. }
            | Phase1Error::Relation(_)
            | Phase1Error::Untouched(_)
            | Phase1Error::Contributor { .. } => Failure::Evidence(error.to_string()).into(),
            other => anyhow::Error::from(other),
        })
        .with_context(|| format!("phase 1 in {}", path.display()))
}

/// An error of the check; what is evidence against the ceremony has an exit code of its own.
pub fn judged(error: Phase2Error) -> anyhow::Error {
    match &error {
        Phase2Error::Planted { .. } => Failure::Evidence(format!(
            "{error}; `lattice ceremony challenge` takes its bond"
        ))
        .into(),
        Phase2Error::Degenerate
        | Phase2Error::Point { .. }
        | Phase2Error::ForeignStart(_)
        | Phase2Error::Start(_)
        | Phase2Error::Record { .. }
        | Phase2Error::Withheld { .. }
        | Phase2Error::Transcript => Failure::Evidence(error.to_string()).into(),
        _ => error.into(),
    }
}

impl BulkArgs {
    /// Checks everything: phase 1, that the start is that of the model, and every contribution's
    /// record and file, up to the transcript of the records.
    ///
    /// # Errors
    /// [`Failure::Evidence`] if the ceremony is not what it should be; [`Failure::NotFound`] if
    /// a file is missing.
    pub fn check(&self, records: &Records) -> anyhow::Result<Ceremony> {
        // Milliseconds, before what takes minutes; the transcript is that of these records.
        records.check().map_err(judged)?;
        let model = match &self.model {
            Some(path) => model(path)?,
            None => model(&self.dir.join(MODEL_FILE))?,
        };
        let phase1 = phase1(&self.ptau)?;
        let spinner = progress::spinner("rebuilding the start");
        let start = VerifiedStart::check(&records.start, &model, &phase1, &self.dir, &mut OsRng)
            .map_err(judged)?;
        let mut ceremony = start.ceremony(records.genesis, records.ceremony);
        for (index, entry) in records.entries.iter().enumerate() {
            spinner.set_message(format!("checking contribution {index}"));
            let file = present(&self.dir, index + 1, &entry.contribution.state())?;
            ceremony
                .accept(entry.clone(), &file, &mut OsRng)
                .map_err(judged)?;
        }
        spinner.finish_and_clear();
        Ok(ceremony)
    }
}
