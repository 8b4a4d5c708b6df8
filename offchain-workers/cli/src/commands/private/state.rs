//! What a requester must not lose of a private request, on disk: without input and blinding a claim
//! cannot be answered, and without the receipt it can be answered by opening the input alone.
//!
//! The file is written before the request is sent, and named by the commitment, since the request has
//! no number then. Only its owner can read it. It stays when the request has ended: with it everybody
//! can be shown what the record on the chain is about.

use crate::output::hex;
use anyhow::{bail, ensure, Context};
use lattice_chain_client::{AccountId, BlockNumber, ModelIndex, RequestId};
use lattice_verifier::FieldBytes;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Version of the file.
const VERSION: u32 = 1;
/// What the files' names begin with.
const PREFIX: &str = "private-";

/// An output that was collected and gives the commitment on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Collected {
    pub output: Vec<i32>,
    pub blinding: String,
}

/// What a requester knows of a private request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    pub(super) version: u32,
    /// Hash of the chain's first block.
    pub genesis: String,
    pub requester: String,
    pub model: ModelIndex,
    pub input_commitment: String,
    /// In the model's integer steps.
    pub input: Vec<i8>,
    /// Of the input's commitment.
    pub blinding: String,
    pub output_private: bool,
    /// Best block before the request was sent.
    pub sent_after: BlockNumber,
    /// Number of the request, once it is known.
    pub request: Option<String>,
    pub provider: Option<String>,
    /// The provider's signature that it has the input.
    pub receipt: Option<String>,
    pub collected: Option<Collected>,
}

/// What a request is begun with.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    pub genesis: &'a [u8; 32],
    pub requester: &'a AccountId,
    pub model: ModelIndex,
    pub input: &'a [i8],
    pub blinding: &'a FieldBytes,
    pub commitment: &'a FieldBytes,
    pub output_private: bool,
    pub sent_after: BlockNumber,
}

impl State {
    /// Of a request that is not sent yet.
    pub fn new(of: &Beginning<'_>) -> Self {
        Self {
            version: VERSION,
            genesis: hex(of.genesis),
            requester: of.requester.to_string(),
            model: of.model,
            input_commitment: hex(of.commitment),
            input: of.input.to_vec(),
            blinding: hex(of.blinding),
            output_private: of.output_private,
            sent_after: of.sent_after,
            request: None,
            provider: None,
            receipt: None,
            collected: None,
        }
    }

    /// The blinding of the input's commitment.
    pub fn blinding(&self) -> anyhow::Result<FieldBytes> {
        bytes("blinding", &self.blinding)
    }

    /// The input's commitment.
    pub fn commitment(&self) -> anyhow::Result<FieldBytes> {
        bytes("input commitment", &self.input_commitment)
    }

    /// The provider's receipt, if there is one.
    pub fn receipt(&self) -> anyhow::Result<Option<[u8; 64]>> {
        let receipt = self.receipt.as_deref();
        receipt.map(|text| bytes("receipt", text)).transpose()
    }

    /// The output that was collected, with the blinding of its commitment.
    pub fn output(&self) -> anyhow::Result<Option<(Vec<i32>, FieldBytes)>> {
        let Some(collected) = &self.collected else {
            return Ok(None);
        };
        let blinding = bytes("output's blinding", &collected.blinding)?;
        Ok(Some((collected.output.clone(), blinding)))
    }

    /// The request's number, if it is known.
    pub fn request(&self) -> anyhow::Result<Option<RequestId>> {
        let Some(text) = &self.request else {
            return Ok(None);
        };
        let number = text.parse();
        number
            .map(Some)
            .with_context(|| format!("`{text}` in the state is no number of a request"))
    }

    /// How far it is, in words.
    pub fn stage(&self) -> &'static str {
        match (&self.request, &self.receipt, &self.collected) {
            (None, _, _) => "perhaps never made",
            (Some(_), _, Some(_)) => "output collected",
            (Some(_), Some(_), None) => "input delivered",
            (Some(_), None, None) => "made",
        }
    }
}

/// Bytes that the file has as `0x` and digits.
fn bytes<const N: usize>(what: &str, text: &str) -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    let digits = text.strip_prefix("0x").unwrap_or_default();
    hex::decode_to_slice(digits, &mut bytes)
        .with_context(|| format!("the {what} in the state is not 0x and {} digits", 2 * N))?;
    Ok(bytes)
}

/// The state of one private request on disk, for one process at a time.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    folder: PathBuf,
    /// Locked until it is dropped.
    _lock: File,
}

impl Store {
    /// Opens the state of the request with this input commitment in a folder, which is made when it is
    /// missing.
    ///
    /// # Errors
    /// Another process goes on with this request now.
    pub fn open(folder: &Path, commitment: &FieldBytes) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the state folder {}", folder.display()))?;
        let lock = folder.join(name(commitment, "lock"));
        let file =
            File::create(&lock).with_context(|| format!("cannot create {}", lock.display()))?;
        ensure!(
            file.try_lock().is_ok(),
            "another process goes on with this request: it has {} locked",
            lock.display()
        );
        Ok(Self {
            path: folder.join(name(commitment, "json")),
            folder: folder.to_owned(),
            _lock: file,
        })
    }

    /// Where the state is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is on disk; `None` if there is no such request.
    pub fn read(&self) -> anyhow::Result<Option<State>> {
        read(&self.path)
    }

    /// Replaces what is on disk, as a whole. It is there when this returns.
    pub fn save(&self, state: &State) -> anyhow::Result<()> {
        let write = || -> anyhow::Result<()> {
            // Nobody else can read a temporary file, nor what it is renamed to.
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(serde_json::to_string_pretty(state)?.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&self.path)?;
            // The new name is on disk only when its folder is.
            File::open(&self.folder)?.sync_all()?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Forgets a request that was never made.
    pub fn remove(&self) -> anyhow::Result<()> {
        std::fs::remove_file(&self.path)
            .with_context(|| format!("cannot remove {}", self.path.display()))
    }
}

/// The name of a file about the request with this input commitment.
fn name(commitment: &FieldBytes, ending: &str) -> String {
    format!("{PREFIX}{}.{ending}", hex::encode(commitment))
}

/// What a folder knows of the request with this input commitment, to be looked at alone.
pub fn find(folder: &Path, commitment: &FieldBytes) -> anyhow::Result<Option<State>> {
    read(&folder.join(name(commitment, "json")))
}

/// Every request that a folder knows of.
pub fn all(folder: &Path) -> anyhow::Result<Vec<State>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", folder.display()))
        }
    };
    let mut states = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy());
        let is_state = name.is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(".json"));
        if is_state {
            states.extend(read(&path)?);
        }
    }
    states.sort_by(|a, b| (a.sent_after, &a.request).cmp(&(b.sent_after, &b.request)));
    Ok(states)
}

fn read(path: &Path) -> anyhow::Result<Option<State>> {
    let shown = path.display();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {shown}")),
    };
    let state: State = serde_json::from_str(&text)
        .with_context(|| format!("{shown} is not the state of a private request"))?;
    if state.version != VERSION {
        bail!(
            "{shown} has version {}, and this program reads {VERSION}",
            state.version
        );
    }
    Ok(Some(state))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub const COMMITMENT: FieldBytes = [3; 32];

    /// Of a request that is not sent yet.
    pub fn state() -> State {
        State::new(&Beginning {
            genesis: &[7; 32],
            requester: &AccountId([1; 32]),
            model: 2,
            input: &[0, 16, -3],
            blinding: &[5; 32],
            commitment: &COMMITMENT,
            output_private: true,
            sent_after: 40,
        })
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    #[test]
    fn what_was_saved_is_read_again() {
        let folder = folder();
        let store = Store::open(folder.path(), &COMMITMENT).expect("opens");
        assert_eq!(store.read().expect("reads"), None);
        let mut state = state();
        store.save(&state).expect("writes");
        state.request = Some("7".into());
        state.receipt = Some(hex([9u8; 64]));
        state.collected = Some(Collected {
            output: vec![i32::MIN, 4],
            blinding: hex([6u8; 32]),
        });
        store.save(&state).expect("writes");
        drop(store);
        let store = Store::open(folder.path(), &COMMITMENT).expect("opens");
        let read = store.read().expect("reads").expect("is there");
        assert_eq!(read, state);
        assert_eq!(read.request().expect("a number"), Some(7));
        assert_eq!(read.receipt().expect("a signature"), Some([9; 64]));
        assert_eq!(read.blinding().expect("bytes"), [5; 32]);
        assert_eq!(read.commitment().expect("bytes"), COMMITMENT);
        let output = (vec![i32::MIN, 4], [6; 32]);
        assert_eq!(read.output().expect("bytes"), Some(output));
        assert_eq!(all(folder.path()).expect("reads"), [state]);
        // A reader needs no lock, and makes no folder.
        let found = find(folder.path(), &COMMITMENT).expect("reads");
        assert_eq!(found, Some(read));
        let missing = folder.path().join("missing");
        assert_eq!(find(&missing, &COMMITMENT).expect("nothing"), None);
        assert!(!missing.exists());
        store.remove().expect("removes");
        assert!(all(folder.path()).expect("reads").is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let store = Store::open(folder.path(), &COMMITMENT).expect("opens");
        store.save(&state()).expect("writes");
        let mode = std::fs::metadata(store.path()).expect("is there");
        assert_eq!(mode.permissions().mode() & 0o077, 0);
    }

    #[test]
    fn a_folder_that_is_not_there_knows_of_nothing() {
        let folder = folder();
        let missing = all(&folder.path().join("missing"));
        assert!(missing.expect("nothing is there").is_empty());
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_second_process_with_the_same_request() {
            let folder = folder();
            let _first = Store::open(folder.path(), &COMMITMENT).expect("opens");
            let second = Store::open(folder.path(), &COMMITMENT);
            let error = second.expect_err("it is locked").to_string();
            assert!(error.contains("another process"), "{error}");
            assert!(Store::open(folder.path(), &[4; 32]).is_ok());
        }

        #[test]
        fn a_file_that_is_something_else() {
            let folder = folder();
            let store = Store::open(folder.path(), &COMMITMENT).expect("opens");
            let newer = serde_json::to_string(&state()).expect("encodes");
            let newer = newer.replace("\"version\":1", "\"version\":2");
            for (text, reason) in [("{}", "not the state"), (newer.as_str(), "version 2")] {
                std::fs::write(store.path(), text).expect("writes");
                let error = store.read().expect_err("not a state");
                assert!(format!("{error:#}").contains(reason), "{error:#}");
            }
        }

        #[test]
        fn bytes_that_are_none() {
            let mut state = state();
            for text in ["", "0x", "0x00", "zz"] {
                state.receipt = Some(text.into());
                let error = state.receipt().expect_err("no signature").to_string();
                assert!(error.contains("128 digits"), "{error}");
            }
            state.request = Some("seven".into());
            assert!(state.request().is_err());
        }
    }
}
