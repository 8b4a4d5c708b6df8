//! Models and keys from files, as the chain would have them in its storage.

use anyhow::Context;
use codec::Encode;
use lattice_chain_client::CHUNK_BYTES;
use lattice_isa::{KeyId, ModelHash, ProofBytes, PublicInput};
use lattice_machine::{Environment, VerifyFault};
use lattice_setup::KeyFiles;
use lattice_tensor::{file, Model};
use lattice_verifier::PreparedKey;
use lattice_wasm::ProgramEnvironment;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a program may use.
#[derive(Debug)]
pub struct Local {
    /// The manifest of each model, then its chunks.
    models: BTreeMap<ModelHash, Vec<Vec<u8>>>,
    keys: BTreeMap<KeyId, PreparedKey>,
    /// Storage of the WebAssembly program that is called.
    pub storage: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Local {
    /// Reads and checks model files and key folders.
    pub fn load(models: &[PathBuf], keys: &[PathBuf]) -> anyhow::Result<Self> {
        Ok(Local {
            models: models
                .iter()
                .map(|path| model(path))
                .collect::<Result<_, _>>()?,
            keys: keys
                .iter()
                .map(|path| key(path))
                .collect::<Result<_, _>>()?,
            storage: BTreeMap::new(),
        })
    }
}

fn model(path: &Path) -> anyhow::Result<(ModelHash, Vec<Vec<u8>>)> {
    let model = file::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok((model.id().0, chunks(&model)?))
}

/// A model in the pieces in which the chain keeps it. Each costs gas to read, so the same pieces
/// give the same gas.
fn chunks(model: &Model) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut pieces = vec![model.manifest().encode().encode()];
    let blob = model.to_blob();
    let tensors = blob.get(pieces[0].len()..).unwrap_or_default();
    let length = usize::try_from(CHUNK_BYTES)?;
    pieces.extend(tensors.chunks(length).map(<[u8]>::to_vec));
    Ok(pieces)
}

fn key(path: &Path) -> anyhow::Result<(KeyId, PreparedKey)> {
    let read = || -> anyhow::Result<_> {
        let files = KeyFiles::read(path)?;
        let valid = lattice_verifier::validate(&files.verifying_key)?;
        Ok((files.vk_id, PreparedKey::decode(&valid.prepared)?))
    };
    read().with_context(|| format!("cannot use keys {}", path.display()))
}

impl Environment for Local {
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>> {
        let pieces = self.models.get(model)?;
        pieces.get(usize::try_from(index).ok()?).cloned()
    }

    fn verify(
        &mut self,
        key: &KeyId,
        inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        let key = self.keys.get(key).ok_or(VerifyFault::UnknownKey)?;
        Ok(lattice_verifier::verify(key, inputs, proof.as_slice())?)
    }
}

impl ProgramEnvironment for Local {
    fn storage(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        self.storage.get(key).cloned()
    }
}
