//! One model with all that it takes to serve it.

use super::{folder::keys_folder, hex_id, ModelError};
use crate::{
    metrics::Metrics,
    pipeline::{self, PipelineError, Work, NO_BLINDING},
};
use lattice_chain_client::{Model as Registration, RequestId, Setup};
use lattice_executor::{BurnExecutor, Chosen, DeviceChoice, Skipped};
use lattice_prover::Prover;
use lattice_setup::{KeyFiles, KeyNames, SetupKind, PROVING_KEY_FILE};
use lattice_tensor::{file, Model, ModelId};
use lattice_verifier::{commitment, CommitError, FieldBytes};
use rand::Rng;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// A model that is ready to be served.
pub struct Served {
    /// File name without its ending, or for a fetched model the name of its registration.
    pub name: String,
    pub path: PathBuf,
    /// File of the proving key.
    pub proving_key: PathBuf,
    pub model: Arc<Model>,
    pub executor: BurnExecutor,
    /// The devices that were tried before the executor's, and why they are not used.
    pub skipped: Vec<Skipped>,
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
    /// Loads a model with the keys in the folder beside it on the chosen device, and runs the executor's
    /// golden vectors. Devices that are passed over are in the log.
    pub fn load(path: &Path, device: impl Into<DeviceChoice>) -> Result<Self, ModelError> {
        let folder = keys_folder(path)?;
        let keys = KeyFiles::read(&folder).map_err(|error| keys_error(&folder, error))?;
        let name = path.file_stem().map(|stem| stem.to_string_lossy());
        let name = name.unwrap_or_default().into_owned();
        let proving_key = folder.join(PROVING_KEY_FILE);
        Self::assemble(name, path, &proving_key, keys, device.into())
    }

    /// As [`Served::load`], of a model file and a proving key that were fetched by their hashes; all else
    /// is in the registration.
    ///
    /// # Errors
    /// As there; [`ModelError::Unregistered`] if the registration has no key.
    pub fn of_registration(
        registration: &Registration,
        path: &Path,
        proving_key: &Path,
        device: impl Into<DeviceChoice>,
    ) -> Result<Self, ModelError> {
        let key = registration.key.as_ref();
        let key = key.ok_or(ModelError::Unregistered(registration.index))?;
        let names = KeyNames {
            model: ModelId(registration.model_hash.0),
            vk_id: key.vk_id.0,
            circuit_version: key.circuit_version,
            phase1_id: key.phase1_id.0,
            setup: match key.setup {
                Setup::Dev => SetupKind::Dev,
                Setup::Ceremony => SetupKind::Ceremony,
            },
            proving_key_hash: key.proving_key_hash.0,
        };
        let keys = KeyFiles::assemble(proving_key, key.verifying_key.clone(), &names)
            .map_err(|error| keys_error(proving_key, error))?;
        let name = String::from_utf8_lossy(&registration.name).into_owned();
        Self::assemble(name, path, proving_key, keys, device.into())
    }

    fn assemble(
        name: String,
        path: &Path,
        proving_key: &Path,
        keys: KeyFiles,
        device: DeviceChoice,
    ) -> Result<Self, ModelError> {
        let model = file::read(path).map_err(|error| ModelError::File {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        if keys.model != model.id() {
            return Err(ModelError::OtherModel {
                path: proving_key.to_owned(),
                keys: keys.model.to_string(),
                model: model.id().to_string(),
            });
        }
        let model = Arc::new(model);
        let Chosen { executor, skipped } = BurnExecutor::choose(device, model.clone())
            .map_err(|error| ModelError::Device(error.to_string()))?;
        for Skipped { device, reason } in &skipped {
            tracing::warn!(name, %device, %reason, "device not used");
        }
        Ok(Self {
            name,
            path: path.to_owned(),
            proving_key: proving_key.to_owned(),
            executor,
            skipped,
            prover: Prover::new(model.clone(), keys.proving_key)
                .map_err(|error| keys_error(proving_key, error))?,
            vk_id: keys.vk_id,
            proving_key_hash: keys.proving_key_hash,
            model,
        })
    }

    /// Counts that it is served from now on, on what, and what was passed over for it.
    pub fn count_in(&self, metrics: &Metrics) {
        let skipped = self.skipped.iter().map(|skipped| skipped.device.backend());
        metrics.loaded(self.executor.device().backend(), skipped);
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

fn keys_error(path: &Path, error: impl std::fmt::Display) -> ModelError {
    ModelError::Keys {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
