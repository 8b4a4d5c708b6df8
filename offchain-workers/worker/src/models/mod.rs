//! The models on disk: loaded, checked and tested before they are served.

mod folder;
mod served;

pub use served::{SelfTest, Served};

use crate::pipeline::PipelineError;
use folder::{model_files, MODEL_EXTENSION};
use lattice_chain_client::{Assignment, ModelIndex, H256};
use lattice_executor::{Backend, DeviceChoice};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

/// Why a model is not served.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("cannot read {path}: {source}")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("no NAME.{MODEL_EXTENSION} in {0} or its subfolders")]
    NoModels(PathBuf),
    #[error("none of the models in {0} can be served; the log says why")]
    AllFailed(PathBuf),
    #[error("{path}: {reason}")]
    File { path: PathBuf, reason: String },
    #[error("no keys for {model}: neither {named} nor {shared} is a folder")]
    NoKeys {
        model: PathBuf,
        named: PathBuf,
        shared: PathBuf,
    },
    #[error("the keys in {path}: {reason}")]
    Keys { path: PathBuf, reason: String },
    #[error("the keys in {path} are for the model {keys}, and this is {model}")]
    OtherModel {
        path: PathBuf,
        keys: String,
        model: String,
    },
    #[error("no device runs it: {0}")]
    Device(String),
    #[error("a proof of a random input failed: {0}")]
    SelfTest(PipelineError),
    #[error("model {0} has no verifying key on chain yet")]
    Unregistered(ModelIndex),
    #[error("two folders hold the same keys: {0} and {1}")]
    Twice(PathBuf, PathBuf),
}

/// Why an assignment cannot be served by a worker that has other models.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("no keys with the id {0} are loaded")]
    UnknownKey(String),
    #[error("the keys {vk_id} are for the model {loaded}, the request is for {requested}")]
    OtherModel {
        vk_id: String,
        loaded: String,
        requested: String,
    },
}

/// All models that are served, by the id of their keys. Clones share them: what one adds, all serve.
#[derive(Clone, Debug, Default)]
pub struct Library {
    served: Arc<RwLock<BTreeMap<[u8; 32], Arc<Served>>>>,
}

impl Library {
    /// Loads and tests every model in a folder and its subfolders.
    ///
    /// A model that fails is left out, with the reason in the log: it must not
    /// keep the others from being served.
    pub fn open(folder: &Path, device: impl Into<DeviceChoice>) -> Result<Self, ModelError> {
        let library = Self::open_some(folder, device)?;
        if !library.is_empty() {
            return Ok(library);
        }
        Err(match model_files(folder)?.is_empty() {
            true => ModelError::NoModels(folder.to_owned()),
            false => ModelError::AllFailed(folder.to_owned()),
        })
    }

    /// As [`Library::open`] for a folder that may hold no model: a worker with peers fetches them.
    pub fn open_some(folder: &Path, device: impl Into<DeviceChoice>) -> Result<Self, ModelError> {
        let device = device.into();
        let library = Self::default();
        for path in model_files(folder)? {
            let added = Served::load(&path, device).and_then(|served| library.add(served));
            if let Err(error) = added {
                tracing::error!(path = %path.display(), %error, "model not served");
            }
        }
        tracing::info!("{}", devices_line(device, &library.devices()));
        Ok(library)
    }

    /// Tests a model and serves it from now on.
    ///
    /// # Errors
    /// It fails its test, or its keys are served already.
    pub fn add(&self, mut served: Served) -> Result<Arc<Served>, ModelError> {
        if let Some(other) = self.read().get(&served.vk_id) {
            return Err(ModelError::Twice(other.path.clone(), served.path));
        }
        let test = served.test()?;
        if let Some(left) = served.executor.take_fallback().cloned() {
            tracing::warn!(name = served.name, device = %left.device, reason = %left.reason, "device not used");
            served.skipped.push(left);
        }
        tracing::info!(
            name = served.name,
            model = %served.model.id(),
            device = %served.executor.device(),
            vk_id = hex_id(&served.vk_id),
            execution_us = test.execution.as_micros(),
            proving_ms = test.proving.as_millis(),
            "model tested"
        );
        let served = Arc::new(served);
        self.served
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(served.vk_id, served.clone());
        Ok(served)
    }

    /// Serves a model no longer, by the id of its keys. What has begun with it goes on.
    pub fn remove(&self, vk_id: &[u8; 32]) -> Option<Arc<Served>> {
        self.served
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(vk_id)
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<[u8; 32], Arc<Served>>> {
        self.served.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The models as they are now, in the order of their keys' ids.
    pub fn iter(&self) -> impl Iterator<Item = Arc<Served>> {
        let served: Vec<_> = self.read().values().cloned().collect();
        served.into_iter()
    }

    /// The devices on which the models run now, each once.
    pub fn devices(&self) -> Vec<String> {
        let names: BTreeSet<_> = self
            .iter()
            .map(|served| served.executor.device().to_string())
            .collect();
        names.into_iter().collect()
    }

    /// Whether keys with this id are loaded.
    pub fn has(&self, vk_id: &[u8; 32]) -> bool {
        self.read().contains_key(vk_id)
    }

    /// Number of models.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether there is nothing to serve.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// The model that an assignment asks for, by the keys that it pins.
    pub fn find(&self, assignment: &Assignment) -> Result<Arc<Served>, Mismatch> {
        self.find_key(&assignment.vk_id, &assignment.model_hash)
    }

    /// The model with this hash, by the id of its keys.
    pub fn find_key(&self, vk_id: &H256, model_hash: &H256) -> Result<Arc<Served>, Mismatch> {
        let Some(served) = self.read().get(&vk_id.0).cloned() else {
            return Err(Mismatch::UnknownKey(format!("{vk_id:?}")));
        };
        if served.model.id().0 != model_hash.0 {
            return Err(Mismatch::OtherModel {
                vk_id: format!("{vk_id:?}"),
                loaded: served.model.id().to_string(),
                requested: format!("{model_hash:?}"),
            });
        }
        Ok(served)
    }
}

/// What the log says of devices: which was asked for, which backends there are in this build, and what
/// became of it.
fn devices_line(asked: DeviceChoice, chosen: &[String]) -> String {
    let built_in: Vec<_> = Backend::ALL
        .into_iter()
        .filter(|backend| backend.is_built_in())
        .map(Backend::name)
        .collect();
    let more = match built_in.len() {
        1 => {
            " and nothing for GPUs, for which to build with `--features cuda` or `--features wgpu`"
        }
        _ => "",
    };
    let chosen = match chosen {
        [] => "no model is loaded yet".to_owned(),
        chosen => format!("models run on {}", chosen.join(", ")),
    };
    format!(
        "device {asked}: built in are {}{more}; {chosen}",
        built_in.join(", ")
    )
}

/// An id as people read it.
pub fn hex_id(id: &[u8; 32]) -> String {
    format!("0x{}", hex::encode(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_executor::Device;

    #[test]
    fn the_log_names_the_backends_that_are_built_in_and_what_was_chosen() {
        let line = devices_line(DeviceChoice::Auto, &["cpu".into(), "cuda:1".into()]);
        assert!(line.starts_with("device auto: built in are cpu"), "{line}");
        assert!(line.ends_with("; models run on cpu, cuda:1"), "{line}");
        let gpus = [Backend::Cuda, Backend::Wgpu];
        let built_in = gpus.map(Backend::is_built_in);
        assert_eq!(line.contains("nothing for GPUs"), built_in == [false; 2]);
        for (backend, built_in) in gpus.into_iter().zip(built_in) {
            let listed = format!(", {}", backend.name());
            let (list, _) = line.split_once(';').expect("two parts");
            assert_eq!(list.contains(&listed), built_in, "{line}");
        }
        let line = devices_line(DeviceChoice::One(Device::Cpu), &[]);
        assert!(line.starts_with("device cpu:"), "{line}");
        assert!(line.ends_with("no model is loaded yet"), "{line}");
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_folder_without_models_or_that_is_not_there() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            assert!(matches!(
                Library::open(folder.path(), Device::Cpu),
                Err(ModelError::NoModels(_))
            ));
            assert!(matches!(
                Library::open(&folder.path().join("missing"), Device::Cpu),
                Err(ModelError::Folder { .. })
            ));
        }

        #[test]
        fn a_model_file_that_is_none_without_stopping() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(folder.path().join("m.lattice"), b"").expect("writes");
            assert!(matches!(
                Library::open(folder.path(), Device::Cpu),
                Err(ModelError::AllFailed(_))
            ));
        }
    }
}
