//! What the chain keeps of an instance of a program between calls, in a file.

use crate::output::hex;
use crate::program::decode_hex;
use anyhow::Context;
use lattice_wasm::Effect;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Storage and balance of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    pub storage: BTreeMap<Vec<u8>, Vec<u8>>,
    /// In planck.
    pub balance: u128,
    /// Whether the program ended itself. Nobody can call it any more.
    pub ended: bool,
}

/// The file: keys and values in hexadecimal, the balance in decimal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(default)]
    storage: BTreeMap<String, String>,
    #[serde(default)]
    balance: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    ended: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Instance {
    /// Reads an instance; one that has no file yet is empty.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Instance::default()),
            other => other.with_context(|| format!("cannot read {}", path.display()))?,
        };
        Self::parse(&text).with_context(|| format!("{} is no storage of a program", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let stored: Stored = serde_json::from_str(text)?;
        let bytes = |text: &String| {
            let digits = text
                .strip_prefix("0x")
                .context("keys and values begin with 0x");
            digits
                .and_then(decode_hex)
                .with_context(|| format!("cannot read `{text}`"))
        };
        let storage = stored
            .storage
            .iter()
            .map(|(key, value)| Ok((bytes(key)?, bytes(value)?)))
            .collect::<anyhow::Result<_>>()?;
        let balance = match &stored.balance {
            None => 0,
            Some(planck) => planck
                .parse()
                .with_context(|| format!("balance `{planck}` is no amount of planck"))?,
        };
        Ok(Instance {
            storage,
            balance,
            ended: stored.ended,
        })
    }

    /// Writes an instance; the file appears whole or not at all.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let stored = Stored {
            storage: self
                .storage
                .iter()
                .map(|(key, value)| (hex(key), hex(value)))
                .collect(),
            balance: Some(self.balance.to_string()),
            ended: self.ended,
        };
        let text = serde_json::to_string_pretty(&stored)?;
        let write = || -> anyhow::Result<()> {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
            writeln!(file, "{text}")?;
            file.persist(path)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }

    /// Applies what a call did, as the chain does: in order, all of it. A transfer to the program
    /// itself moves nothing.
    pub fn apply(&mut self, effects: &[Effect], address: &[u8; 32]) {
        for effect in effects {
            match effect {
                Effect::StorageSet {
                    key,
                    value: Some(value),
                } => {
                    self.storage.insert(key.clone(), value.clone());
                }
                Effect::StorageSet { key, value: None } => {
                    self.storage.remove(key);
                }
                Effect::Transfer { to, amount } if to != address => {
                    self.balance = self.balance.saturating_sub(*amount);
                }
                Effect::Transfer { .. } | Effect::Machine(_) | Effect::Emitted { .. } => {}
                Effect::Terminated { .. } => {
                    *self = Instance {
                        ended: true,
                        ..Instance::default()
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_written_and_read_again() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("state.json");
        assert_eq!(Instance::read(&path).unwrap(), Instance::default());
        let mut instance = Instance {
            balance: 10,
            ..Instance::default()
        };
        let set = |key: u8, value| Effect::StorageSet {
            key: vec![key],
            value,
        };
        let transfer = |to| Effect::Transfer { to, amount: 3 };
        instance.apply(
            &[
                set(1, Some(vec![7])),
                set(2, Some(vec![])),
                set(1, None),
                transfer([1; 32]),
                transfer([2; 32]),
            ],
            &[2; 32],
        );
        instance.write(&path).unwrap();
        let read = Instance::read(&path).unwrap();
        assert_eq!(read.storage, BTreeMap::from([(vec![2], vec![])]));
        assert_eq!(read.balance, 7);
        assert_eq!(read, instance);
    }

    #[test]
    fn an_instance_that_ended_has_nothing_and_is_known_to_have_ended() {
        let mut instance = Instance {
            storage: BTreeMap::from([(vec![1], vec![2])]),
            balance: 10,
            ended: false,
        };
        let beneficiary = [1; 32];
        instance.apply(&[Effect::Terminated { beneficiary }], &[2; 32]);
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("state.json");
        instance.write(&path).unwrap();
        let expected = Instance {
            ended: true,
            ..Instance::default()
        };
        assert_eq!(Instance::read(&path).unwrap(), expected);
    }

    #[test]
    fn anything_else_is_refused_with_what_was_found() {
        for (text, reason) in [
            ("7", "invalid type"),
            (r#"{"storage":{"6b":"0x"}}"#, "`6b`"),
            (r#"{"storage":{"0x6":"0x"}}"#, "`0x6`"),
            (r#"{"balance":"-1"}"#, "`-1`"),
            (r#"{"stores":{}}"#, "stores"),
        ] {
            let error = format!("{:#}", Instance::parse(text).unwrap_err());
            assert!(error.contains(reason), "{error}");
        }
    }
}
