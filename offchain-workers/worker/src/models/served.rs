//! One model with all that it takes to serve it.

use super::{folder::keys_folder, hex_id, ModelError};
use crate::pipeline::{self, PipelineError, Work, NO_BLINDING};
use lattice_chain_client::{Model as Registration, RequestId};
use lattice_executor::{BurnExecutor, Device};
use lattice_prover::Prover;
use lattice_setup::KeyFiles;
use lattice_tensor::{file, Model};
use lattice_verifier::{commitment, CommitError, FieldBytes};
use rand::Rng;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// A model that is ready to be served.
pub struct Served {
    /// File name without its ending.
    pub name: String,
    pub path: PathBuf,
    pub model: Arc<Model>,
    pub executor: BurnExecutor,
    pub prover: Prover,
    pub vk_id: [u8; 32],
    pub proving_key_hash: [u8; 32],
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Served({}, {})", self.name, self.model.id())
    }
}

impl Served {
    /// Loads a model with its keys, and runs the executor's golden vectors.
    pub fn load(path: &Path, device: Device) -> Result<Self, ModelError> {
        let model = file::read(path).map_err(|error| ModelError::File {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let folder = keys_folder(path)?;
        let keys_error = |reason: String| ModelError::Keys {
            path: folder.clone(),
            reason,
        };
        let keys = KeyFiles::read(&folder).map_err(|error| keys_error(error.to_string()))?;
        if keys.model != model.id() {
            return Err(ModelError::OtherModel {
                path: folder,
                keys: keys.model.to_string(),
                model: model.id().to_string(),
            });
        }
        let model = Arc::new(model);
        Ok(Self {
            name: path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default(),
            path: path.to_owned(),
            executor: BurnExecutor::on(device, model.clone())
                .map_err(|error| ModelError::Device(error.to_string()))?,
            prover: Prover::new(model.clone(), keys.proving_key)
                .map_err(|error| keys_error(error.to_string()))?,
            vk_id: keys.vk_id,
            proving_key_hash: keys.proving_key_hash,
            model,
        })
    }

    /// Executes, proves and verifies one random input, and compares the
    /// executor with the reference on it.
    pub fn test(&self) -> Result<SelfTest, ModelError> {
        let range = self.model.input_range();
        let mut rng = rand::thread_rng();
        let input: Vec<i32> = (0..self.model.input_len())
            .map(|_| rng.gen_range(i32::from(range.lo)..=i32::from(range.hi)))
            .collect();
        let mut context: FieldBytes = rng.gen();
        // As the chain's contexts are: 253 bits.
        context[31] &= 0x1f;
        let failed = |error: CommitError| ModelError::SelfTest(PipelineError::Input(error));
        let work = Work {
            request: RequestId::MAX,
            context,
            input_commitment: commitment::commit_input(&input, range, &NO_BLINDING)
                .map_err(failed)?,
            input,
            input_blinding: NO_BLINDING,
            output_blinding: NO_BLINDING,
        };
        let started = Instant::now();
        let trace = pipeline::execute(self, &work).map_err(ModelError::SelfTest)?;
        let execution = started.elapsed();
        let reference = lattice_tensor::trace(&self.model, &work.input)
            .map_err(|error| ModelError::Device(error.to_string()))?;
        if trace.values != reference.values {
            return Err(ModelError::Device(
                "the executor and the reference differ on a random input".to_owned(),
            ));
        }
        let started = Instant::now();
        let proof = pipeline::prove(self, &work, &trace).map_err(ModelError::SelfTest)?;
        pipeline::check(&work, trace.output(), &proof).map_err(ModelError::SelfTest)?;
        Ok(SelfTest {
            execution,
            proving: started.elapsed(),
        })
    }

    /// What is wrong with a registration of this model, as far as this worker
    /// can tell; `None` when it can be served.
    pub fn objection(&self, registration: &Registration) -> Option<String> {
        let Some(key) = &registration.key else {
            return Some("it has no verifying key yet".to_owned());
        };
        if key.vk_id.0 != self.vk_id {
            return Some(format!(
                "its verifying key is {:?}, the keys on disk are {}",
                key.vk_id,
                hex_id(&self.vk_id)
            ));
        }
        if key.proving_key_hash.0 != self.proving_key_hash {
            return Some(format!(
                "its owner published the proving key {:?}, on disk is {}",
                key.proving_key_hash,
                hex_id(&self.proving_key_hash)
            ));
        }
        None
    }
}

/// What a test of a model took.
#[derive(Clone, Copy, Debug)]
pub struct SelfTest {
    pub execution: Duration,
    pub proving: Duration,
}
