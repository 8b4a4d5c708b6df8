//! What this client signed and verified in a channel, on disk: the reason for which it signs the
//! next voucher, or does not.
//!
//! ```text
//! verified n ─ voucher n+1 signed ─▶ pending ─ answer verified ─▶ verified n+1
//!                                       │  └─ answer lost ─▶ the same request again
//!                                       └──── answer false ─▶ refuted: nothing more is signed
//! ```
//!
//! A voucher is written down before it is sent, and a result after it was verified, so that a
//! process that was killed at any point never signs for more than one result that it has not seen.

use crate::output::hex;
use anyhow::{bail, Context};
use lattice_chain_client::{Balance, Channel, ChannelId};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Version of the file.
const VERSION: u32 = 1;

/// Which channel a state is of. The number alone does not say: each chain counts from zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    pub genesis: String,
    pub channel: String,
    pub payer: String,
    pub provider: String,
    /// Block that opened it.
    pub opened_at: u32,
}

impl Identity {
    /// Of a channel on the chain with this genesis.
    pub fn of(genesis: &[u8; 32], channel: &Channel) -> Self {
        Self {
            genesis: hex(genesis),
            channel: channel.channel.to_string(),
            payer: channel.payer.to_string(),
            provider: channel.provider.to_string(),
            opened_at: channel.opened_at,
        }
    }
}

/// A voucher that was signed, and whose result was not verified yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    #[serde(with = "decimal")]
    pub sequence: u64,
    /// What the voucher is for, in planck.
    #[serde(with = "decimal")]
    pub cumulative: Balance,
    /// What was asked with it. A gateway answers one of them: another is asked only while it says
    /// that it answered none, and then it may have the first under way.
    pub inputs: Vec<Vec<i32>>,
}

/// A result that was false.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refuted {
    #[serde(with = "decimal")]
    pub sequence: u64,
    pub reason: String,
}

/// What this client knows of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    version: u32,
    pub of: Identity,
    /// Results that were verified: all before this number.
    #[serde(with = "decimal")]
    pub verified: u64,
    pub pending: Option<Pending>,
    pub refuted: Option<Refuted>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Sign for this number.
    Ask(u64),
    /// The answer to this one was lost: ask for it again, which costs nothing.
    Repeat(Pending),
}

/// Why no voucher is signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    #[error(
        "result {sequence} of channel {channel} was false ({reason}); nothing more is signed for \
         its provider. Close it with `lattice channel close {channel}`"
    )]
    Refuted {
        channel: String,
        sequence: u64,
        reason: String,
    },
    #[error(
        "the gateway of channel {channel} says that it served {served} inferences, and this client \
         has verified {verified}: the next voucher would pay for what was not verified. Use the \
         --state folder in which the earlier ones were made, or close the channel with `lattice \
         channel close {channel}`"
    )]
    Disagree {
        channel: String,
        served: u64,
        verified: u64,
    },
}

impl State {
    /// Of a channel in which nothing was signed.
    pub fn new(of: Identity) -> Self {
        Self {
            version: VERSION,
            of,
            verified: 0,
            pending: None,
            refuted: None,
        }
    }

    /// An error if a result was false.
    pub fn refuse_if_refuted(&self) -> Result<(), Unsigned> {
        match &self.refuted {
            None => Ok(()),
            Some(refuted) => Err(Unsigned::Refuted {
                channel: self.of.channel.clone(),
                sequence: refuted.sequence,
                reason: refuted.reason.clone(),
            }),
        }
    }

    /// What to do next, with a gateway that says that it served so many.
    ///
    /// # Errors
    /// A result was false, or the gateway's number is not this client's.
    pub fn step(&self, served: u64) -> Result<Step, Unsigned> {
        self.refuse_if_refuted()?;
        match &self.pending {
            // What is pending was not answered, and its voucher is for the same amount.
            _ if served == self.verified => Ok(Step::Ask(self.verified)),
            Some(pending) if served.checked_sub(1) == Some(pending.sequence) => {
                Ok(Step::Repeat(pending.clone()))
            }
            _ => Err(Unsigned::Disagree {
                channel: self.of.channel.clone(),
                served,
                verified: self.verified,
            }),
        }
    }

    /// A voucher for this number is signed, and this is asked with it.
    pub fn sign(&mut self, sequence: u64, cumulative: Balance, input: &[i32]) {
        let same = self.pending.take().filter(|p| p.sequence == sequence);
        let mut pending = same.unwrap_or(Pending {
            sequence,
            cumulative,
            inputs: Vec::new(),
        });
        if !pending.inputs.iter().any(|known| known == input) {
            pending.inputs.push(input.to_vec());
        }
        self.pending = Some(pending);
    }

    /// The pending result is proven.
    pub fn verify(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.verified = pending.sequence.saturating_add(1);
        }
    }

    /// The pending result is false.
    pub fn refute(&mut self, reason: String) {
        let sequence = self.pending.as_ref().map_or(self.verified, |p| p.sequence);
        self.refuted = Some(Refuted { sequence, reason });
    }
}

/// The state of one channel on disk, for one process at a time.
pub struct Store {
    path: PathBuf,
    folder: PathBuf,
    /// Locked until it is dropped.
    _lock: File,
}

impl Store {
    /// Opens the state of a channel in a folder, which is made when it is missing. Waits while
    /// another process uses it.
    pub fn open(folder: &Path, channel: ChannelId) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the state folder {}", folder.display()))?;
        let lock = folder.join(format!("channel-{channel}.lock"));
        let cannot_lock = || format!("cannot lock {}", lock.display());
        let file = File::create(&lock).with_context(cannot_lock)?;
        file.lock().with_context(cannot_lock)?;
        Ok(Self {
            path: folder.join(format!("channel-{channel}.json")),
            folder: folder.to_owned(),
            _lock: file,
        })
    }

    /// What is on disk; `None` when nothing was signed.
    pub fn read(&self) -> anyhow::Result<Option<State>> {
        let shown = self.path.display();
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {shown}")),
        };
        let state: State = serde_json::from_str(&text)
            .with_context(|| format!("{shown} is not the state of a channel"))?;
        if state.version != VERSION {
            bail!(
                "{shown} has version {}, and this program reads {VERSION}",
                state.version
            );
        }
        Ok(Some(state))
    }

    /// What is on disk of this very channel, or that nothing was signed in it.
    pub fn state_of(&self, of: Identity) -> anyhow::Result<State> {
        match self.read()? {
            None => Ok(State::new(of)),
            Some(state) if state.of == of => Ok(state),
            Some(state) => bail!(
                "{} is of channel {} that was opened in block {} of the chain {}, and this one was \
                 opened in block {} of {}. Name another folder with --state, or move the file away \
                 if that chain is no more",
                self.path.display(),
                state.of.channel,
                state.of.opened_at,
                state.of.genesis,
                of.opened_at,
                of.genesis,
            ),
        }
    }

    /// Replaces what is on disk, as a whole. It is there when this returns.
    pub fn save(&self, state: &State) -> anyhow::Result<()> {
        let write = || -> anyhow::Result<()> {
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
}

/// Where states are kept unless the command line says so: `$XDG_STATE_HOME/lattice`, or
/// `~/.local/state/lattice`.
pub fn default_folder() -> anyhow::Result<PathBuf> {
    let absolute = |name: &str| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".local/state")))
        .map(|folder| folder.join("lattice"))
        .context("neither XDG_STATE_HOME nor HOME names a folder; name one with --state")
}

/// Numbers as decimal strings, which every reader of JSON reads exactly.
mod decimal {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};
    use std::{fmt::Display, str::FromStr};

    pub fn serialize<S: Serializer>(number: &impl Display, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, N: FromStr>(from: D) -> Result<N, D::Error> {
        let text = String::deserialize(from)?;
        let number = text.parse::<N>();
        number.map_err(|_| D::Error::custom(format!("`{text}` is not a decimal number in range")))
    }
}

#[cfg(test)]
mod tests;
