//! A folder of keys: `proving.key`, `verifying.key`, `key.json`.

use lattice_circuit::ProvingKey;
use lattice_tensor::ModelId;
use lattice_verifier::{vk_id, CIRCUIT_VERSION, COMMITTED_KEY_LEN};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    dev::{encode_verifying_key, Keys},
    encode_proving_key,
    encoding::{read_proving_key, ReadKey},
    error::SetupError,
    hash_bytes,
};

/// Name of the proving key's file.
pub const PROVING_KEY_FILE: &str = "proving.key";
/// Name of the verifying key's file.
pub const VERIFYING_KEY_FILE: &str = "verifying.key";
/// Name of the description's file.
pub const DESCRIPTION_FILE: &str = "key.json";

/// Longest proving key that is read, in bytes.
pub const MAX_PROVING_KEY: u64 = 4 << 30;
/// Longest `key.json` that is read, in bytes.
const MAX_DESCRIPTION: u64 = 64 << 10;

/// Who made the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SetupKind {
    /// One party, which could forge.
    Dev,
    /// Several parties, of which one honest suffices.
    Ceremony,
}

/// Keys with what names them.
#[derive(Clone, Debug)]
pub struct KeyFiles {
    /// The model that the circuit was built from.
    pub model: ModelId,
    /// Name of the verifying key on chain.
    pub vk_id: [u8; 32],
    /// Version of the circuit's rules.
    pub circuit_version: u16,
    /// Identity of phase 1; zero for a development set-up, which has none.
    pub phase1_id: [u8; 32],
    /// Who made the keys.
    pub setup: SetupKind,
    /// Blake2-256 of the bytes of `proving.key`.
    pub proving_key_hash: [u8; 32],
    /// What a prover needs.
    pub proving_key: ProvingKey,
    /// What the chain registers.
    pub verifying_key: Vec<u8>,
}

/// What names a folder of keys, without the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyNames {
    /// The model that the circuit was built from.
    pub model: ModelId,
    /// Name of the verifying key on chain.
    pub vk_id: [u8; 32],
    /// Version of the circuit's rules.
    pub circuit_version: u16,
    /// Identity of phase 1; zero for a development set-up, which has none.
    pub phase1_id: [u8; 32],
    /// Who made the keys.
    pub setup: SetupKind,
    /// Blake2-256 of the bytes of `proving.key`.
    pub proving_key_hash: [u8; 32],
}

/// `key.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    model: String,
    vk_id: String,
    circuit_version: u16,
    phase1_id: String,
    setup: SetupKind,
    proving_key_hash: String,
}

impl KeyFiles {
    /// Names the keys of a development set-up.
    ///
    /// # Errors
    /// [`SetupError::ProvingKey`] if the proving key cannot be encoded.
    pub fn dev(model: ModelId, keys: Keys) -> Result<Self, SetupError> {
        Self::new(model, keys, SetupKind::Dev, [0; 32])
    }

    /// Names keys.
    ///
    /// # Errors
    /// [`SetupError::ProvingKey`] if the proving key cannot be encoded.
    pub fn new(
        model: ModelId,
        keys: Keys,
        setup: SetupKind,
        phase1_id: [u8; 32],
    ) -> Result<Self, SetupError> {
        let proving_key_hash = hash_bytes(&encode_proving_key(&keys.proving_key)?);
        Ok(Self {
            vk_id: vk_id(&model, CIRCUIT_VERSION, &phase1_id, &keys.verifying_key),
            model,
            circuit_version: CIRCUIT_VERSION,
            phase1_id,
            setup,
            proving_key_hash,
            proving_key: keys.proving_key,
            verifying_key: keys.verifying_key,
        })
    }

    /// Writes the three files into a folder, which is created. Each file appears whole or not at
    /// all, and `key.json` last: a folder without it holds no keys.
    ///
    /// # Errors
    /// [`SetupError::Io`], [`SetupError::ProvingKey`].
    pub fn write(&self, dir: &Path) -> Result<(), SetupError> {
        begin(dir)?;
        write_atomically(
            &dir.join(PROVING_KEY_FILE),
            &encode_proving_key(&self.proving_key)?,
        )?;
        finish(dir, &self.verifying_key, &self.names())
    }

    /// The names alone.
    pub const fn names(&self) -> KeyNames {
        KeyNames {
            model: self.model,
            vk_id: self.vk_id,
            circuit_version: self.circuit_version,
            phase1_id: self.phase1_id,
            setup: self.setup,
            proving_key_hash: self.proving_key_hash,
        }
    }

    /// Reads and checks a folder: the verifying key and its name, hash and every point of the proving
    /// key, and that the two belong together. The proving key's file is read once, in pieces.
    ///
    /// What it cannot check is that the keys are those of the model's circuit. A prover that checks
    /// its proofs notices a key of another circuit on an input for which the circuits differ; a key
    /// that was made to deceive is noticed by who recomputes its set-up only.
    ///
    /// # Errors
    /// Every variant of [`SetupError`] but the generation's.
    pub fn read(dir: &Path) -> Result<Self, SetupError> {
        let path = dir.join(DESCRIPTION_FILE);
        let json = |reason: String| SetupError::Json {
            path: path.clone(),
            reason,
        };
        let text = read_limited(&path, MAX_DESCRIPTION)?;
        let description: Description =
            serde_json::from_slice(&text).map_err(|error| json(error.to_string()))?;
        let parse = |field: &str, value: &str| {
            from_hex(value).ok_or_else(|| json(format!("{field} is not 0x and 64 hex digits")))
        };
        let model = ModelId(parse("model", &description.model)?);
        let stated_id = parse("vk_id", &description.vk_id)?;
        let phase1_id = parse("phase1_id", &description.phase1_id)?;
        let stated_hash = parse("proving_key_hash", &description.proving_key_hash)?;

        // The longer of the two lengths; which of them it is, validation looks at.
        let verifying_key = read_limited(&dir.join(VERIFYING_KEY_FILE), COMMITTED_KEY_LEN as u64)?;
        let names = KeyNames {
            model,
            vk_id: stated_id,
            circuit_version: description.circuit_version,
            phase1_id,
            setup: description.setup,
            proving_key_hash: stated_hash,
        };
        Self::assemble(&dir.join(PROVING_KEY_FILE), verifying_key, &names)
    }

    /// Reads a proving key whose names and verifying key are known from elsewhere, such as the chain's
    /// registration, and checks all of it as [`KeyFiles::read`] does.
    ///
    /// # Errors
    /// Those of [`KeyFiles::read`].
    pub fn assemble(
        proving_key: &Path,
        verifying_key: Vec<u8>,
        names: &KeyNames,
    ) -> Result<Self, SetupError> {
        lattice_verifier::validate(&verifying_key).map_err(SetupError::VerifyingKey)?;
        let KeyNames {
            model,
            circuit_version,
            phase1_id,
            setup,
            ..
        } = *names;
        if circuit_version != CIRCUIT_VERSION {
            return Err(SetupError::CircuitVersion {
                found: circuit_version,
                supported: CIRCUIT_VERSION,
            });
        }
        let id = vk_id(&model, circuit_version, &phase1_id, &verifying_key);
        same("verifying key id", &names.vk_id, &id)?;
        let ReadKey { hash, key } = read_proving_key_file(proving_key)?;
        // Damage first: a file of other bytes has no point that is worth a word.
        same("proving key hash", &names.proving_key_hash, &hash)?;
        let proving_key = key?;
        if encode_verifying_key(&proving_key) != verifying_key {
            return Err(SetupError::ForeignVerifyingKey);
        }
        Ok(Self {
            model,
            vk_id: id,
            circuit_version,
            phase1_id,
            setup,
            proving_key_hash: hash,
            proving_key,
            verifying_key,
        })
    }
}

/// Makes a folder ready for keys: it is there, and holds none.
pub(crate) fn begin(dir: &Path) -> Result<(), SetupError> {
    create_folder(dir)?;
    let description = dir.join(DESCRIPTION_FILE);
    match fs::remove_file(&description) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(&description)(error)),
        _ => Ok(()),
    }
}

/// Makes a folder, unless it is there.
pub(crate) fn create_folder(dir: &Path) -> Result<(), SetupError> {
    fs::create_dir_all(dir).map_err(io(dir))
}

/// Writes what comes after the proving key.
pub(crate) fn finish(dir: &Path, verifying_key: &[u8], names: &KeyNames) -> Result<(), SetupError> {
    write_atomically(&dir.join(VERIFYING_KEY_FILE), verifying_key)?;
    let description = dir.join(DESCRIPTION_FILE);
    let text = serde_json::to_string_pretty(&Description {
        model: to_hex(&names.model.0),
        vk_id: to_hex(&names.vk_id),
        circuit_version: names.circuit_version,
        phase1_id: to_hex(&names.phase1_id),
        setup: names.setup,
        proving_key_hash: to_hex(&names.proving_key_hash),
    })
    .map_err(|error| SetupError::Json {
        path: description.clone(),
        reason: error.to_string(),
    })?;
    write_atomically(&description, format!("{text}\n").as_bytes())?;
    // The renames are in the folder, so the folder has to reach the disk too.
    File::open(dir)
        .and_then(|folder| folder.sync_all())
        .map_err(io(dir))
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> SetupError {
    let path: PathBuf = path.into();
    move |source| SetupError::Io {
        path: path.clone(),
        source,
    }
}

fn same(what: &'static str, expected: &[u8; 32], actual: &[u8; 32]) -> Result<(), SetupError> {
    if expected == actual {
        return Ok(());
    }
    Err(SetupError::Mismatch {
        what,
        expected: hex::encode(expected),
        actual: hex::encode(actual),
    })
}

fn to_hex(bytes: &[u8; 32]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    hex::decode(text.strip_prefix("0x")?).ok()?.try_into().ok()
}

fn read_proving_key_file(path: &Path) -> Result<ReadKey, SetupError> {
    let file = File::open(path).map_err(io(path))?;
    let len = file.metadata().map_err(io(path))?.len();
    if len > MAX_PROVING_KEY {
        return Err(SetupError::TooLong {
            path: path.into(),
            limit: MAX_PROVING_KEY,
        });
    }
    read_proving_key(file, len).map_err(io(path))
}

/// A file's bytes, unless it is longer than `limit`.
pub(crate) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, SetupError> {
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(io(path))?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(io(path))?;
    if bytes.len() as u64 > limit {
        return Err(SetupError::TooLong {
            path: path.into(),
            limit,
        });
    }
    Ok(bytes)
}

/// A new file beside the old one, on disk before it takes the old one's name.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), SetupError> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| {
        // The write's own error is the one to report.
        let _ = fs::remove_file(&temporary);
        io(path)(error)
    })
}
