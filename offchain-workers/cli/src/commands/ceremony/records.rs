//! What a ceremony's records are and where they come from.

use super::Which;
use crate::failure::Failure;
use crate::output::hex;
use anyhow::{bail, Context};
use codec::{DecodeAll, Encode};
use lattice_chain_client::{AccountId, Ceremony as OnChain, CeremonyId, Client};
use lattice_setup::phase2::Entry;
use lattice_setup::Phase2Error;
use lattice_verifier::ceremony::{
    check_contribution, check_start, next_transcript, start_transcript, Binding, Start, State,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Longest file of records that is read, in bytes.
const MAX_LENGTH: u64 = 1 << 20;

/// Everything that a transcript is a hash of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// Hash of the chain's first block; zero for a rehearsal.
    pub genesis: [u8; 32],
    /// Number of the ceremony there.
    pub ceremony: CeremonyId,
    pub start: Start,
    pub entries: Vec<Entry>,
    /// What the chain names; zero while nobody has.
    pub transcript: [u8; 32],
}

/// The file of records. `start` and `contribution` are their SCALE encodings.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Described {
    genesis: String,
    ceremony: String,
    start: String,
    contributions: Vec<DescribedEntry>,
    transcript: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DescribedEntry {
    account: String,
    contribution: String,
}

/// Where a ceremony's records are kept.
pub enum Ledger {
    /// On a chain, with what else it says.
    Chain(Client, Box<OnChain>),
    /// In a file.
    File(PathBuf),
}

impl Which {
    /// Reads the records.
    pub async fn read(&self) -> anyhow::Result<(Ledger, Records)> {
        match (&self.records, self.ceremony) {
            (Some(path), _) => Ok((Ledger::File(path.clone()), Records::read(path)?)),
            (None, Some(ceremony)) => {
                let client = self.chain.connect().await?;
                let (on_chain, records) = Records::fetch(&client, ceremony).await?;
                Ok((Ledger::Chain(client, Box::new(on_chain)), records))
            }
            (None, None) => bail!("name a ceremony, or --records FILE"),
        }
    }
}

impl Records {
    /// The records of a ceremony that is on no chain.
    pub fn rehearsal(start: Start) -> Self {
        Records {
            genesis: [0; 32],
            ceremony: 0,
            start,
            entries: Vec::new(),
            transcript: start_transcript(&[0; 32], 0, &start),
        }
    }

    /// All records as they stand in one block.
    pub async fn fetch(
        client: &Client,
        ceremony: CeremonyId,
    ) -> anyhow::Result<(OnChain, Records)> {
        let view = client.at(client.best_block().await?.hash);
        let found = view.ceremony(ceremony).await?;
        let found = found.ok_or_else(|| Failure::NotFound {
            what: format!("ceremony {ceremony}"),
            hint: "it was never opened, or it was closed or aborted",
        })?;
        let contributions = view
            .all_contributions(ceremony, found.contributions)
            .await?;
        let records = Records {
            genesis: client.genesis(),
            ceremony,
            start: found.start,
            entries: contributions
                .into_iter()
                .map(|contributed| Entry {
                    account: contributed.contributor.encode(),
                    contribution: contributed.contribution,
                })
                .collect(),
            transcript: found.transcript.0,
        };
        Ok((found, records))
    }

    /// Reads a file of records. Nothing in it is checked but its form.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let read = || -> anyhow::Result<Self> {
            if std::fs::metadata(path)?.len() > MAX_LENGTH {
                bail!("longer than {MAX_LENGTH} bytes");
            }
            let described: Described = serde_json::from_slice(&std::fs::read(path)?)?;
            let entry = |entry: DescribedEntry| -> anyhow::Result<Entry> {
                Ok(Entry {
                    account: bytes("account", &entry.account)?,
                    contribution: scale("contribution", &entry.contribution)?,
                })
            };
            Ok(Records {
                genesis: scale("genesis", &described.genesis)?,
                ceremony: described.ceremony.parse().context("ceremony")?,
                start: scale("start", &described.start)?,
                entries: described
                    .contributions
                    .into_iter()
                    .map(entry)
                    .collect::<anyhow::Result<_>>()?,
                transcript: scale("transcript", &described.transcript)?,
            })
        };
        read().with_context(|| format!("cannot read records from {}", path.display()))
    }

    /// Writes a file of records, whole or not at all.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let described = Described {
            genesis: hex(self.genesis),
            ceremony: self.ceremony.to_string(),
            start: hex(self.start.encode()),
            contributions: self
                .entries
                .iter()
                .map(|entry| DescribedEntry {
                    account: hex(&entry.account),
                    contribution: hex(entry.contribution.encode()),
                })
                .collect(),
            transcript: hex(self.transcript),
        };
        let text = format!("{}\n", serde_json::to_string_pretty(&described)?);
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let write = || -> anyhow::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }

    /// Checks everything that the records show without the bulk: the start's form, every proof of
    /// knowledge at its place, and that they lead to the transcript.
    ///
    /// # Errors
    /// [`Phase2Error::Start`], [`Phase2Error::Record`], [`Phase2Error::Transcript`].
    pub fn check(&self) -> Result<(), Phase2Error> {
        check_start(&self.start).map_err(Phase2Error::Start)?;
        let mut transcript = start_transcript(&self.genesis, self.ceremony, &self.start);
        let mut previous = self.start.state();
        for (index, entry) in (0u32..).zip(&self.entries) {
            let binding = Binding::new(
                self.genesis,
                self.ceremony,
                index,
                transcript,
                &entry.account,
            );
            check_contribution(&previous, &entry.contribution, &binding)
                .map_err(|reason| Phase2Error::Record { index, reason })?;
            transcript = next_transcript(&binding, &entry.contribution);
            previous = entry.contribution.state();
        }
        match transcript == self.transcript {
            true => Ok(()),
            false => Err(Phase2Error::Transcript),
        }
    }

    /// Where the ceremony stood after its first `contributions` contributions.
    pub fn state(&self, contributions: usize) -> Option<State> {
        match contributions.checked_sub(1) {
            None => Some(self.start.state()),
            Some(last) => self
                .entries
                .get(last)
                .map(|entry| entry.contribution.state()),
        }
    }

    /// Whether an account contributed.
    pub fn has(&self, account: &AccountId) -> bool {
        self.entries.iter().any(|e| e.account == account.encode())
    }
}

/// An account as people write it, where it is one.
pub fn account_text(bytes: &[u8]) -> String {
    AccountId::decode_all(&mut &bytes[..]).map_or_else(|_| hex(bytes), |a| a.to_string())
}

fn bytes(field: &str, text: &str) -> anyhow::Result<Vec<u8>> {
    let digits = text.strip_prefix("0x");
    let digits = digits.with_context(|| format!("{field} does not begin with 0x"))?;
    hex::decode(digits).with_context(|| format!("{field} is not hexadecimal"))
}

fn scale<T: DecodeAll>(field: &str, text: &str) -> anyhow::Result<T> {
    T::decode_all(&mut &bytes(field, text)?[..])
        .map_err(|error| anyhow::anyhow!("{field}: {error}"))
}
