//! What the commands that run a program have in common.

use crate::args::ModelRef;
use crate::commands::provider::Signed;
use crate::program::decode_hex;
use anyhow::Context;
use clap::Args;
use lattice_chain_client::{parse_balance, Balance, Client, Gas, ModelIndex, H256};
use std::str::FromStr;

/// What a run may use, and how far to go.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Registration whose model the program may load, by index or 0x model hash; may be repeated.
    #[arg(long = "model", value_name = "ID")]
    pub models: Vec<ModelRef>,
    /// Registration under whose verifying key the program may verify proofs; may be repeated.
    #[arg(long = "key", value_name = "ID")]
    pub keys: Vec<ModelRef>,
    /// Most gas that the run may use; 1 gas is 1 picosecond of reference time [default: what a dry
    /// run needs].
    #[arg(long, value_name = "GAS")]
    pub gas: Option<Gas>,
    /// Try the run and show what it would do and cost; nothing is submitted.
    #[arg(long)]
    pub dry_run: bool,
    /// As --dry-run, with the gas of each instruction.
    #[arg(long)]
    pub trace: bool,
    #[command(flatten)]
    pub signed: Signed,
}

/// What goes into a program.
#[derive(Debug, Args)]
pub struct EntryArgs {
    /// Input: 0x and digits, or a file of bytes [default: nothing].
    #[arg(long, value_name = "0xHEX|@FILE")]
    pub input: Option<String>,
    /// Amount that the program gets, in LAT.
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = parse_balance)]
    pub value: Balance,
}

impl EntryArgs {
    /// The bytes of the input.
    pub fn input(&self) -> anyhow::Result<Vec<u8>> {
        self.input.as_deref().map_or(Ok(Vec::new()), bytes)
    }
}

impl RunArgs {
    /// The indices of the registrations that the run may use: models, then keys.
    pub async fn access(
        &self,
        client: &Client,
    ) -> anyhow::Result<(Vec<ModelIndex>, Vec<ModelIndex>)> {
        Ok((
            indices(client, &self.models).await?,
            indices(client, &self.keys).await?,
        ))
    }
}

async fn indices(client: &Client, named: &[ModelRef]) -> anyhow::Result<Vec<ModelIndex>> {
    let mut indices = Vec::with_capacity(named.len());
    for name in named {
        indices.push(match name {
            // The chain says what is wrong with an index, if anything.
            ModelRef::Index(index) => *index,
            ModelRef::Hash(_) => name.find(client).await?.index,
        });
    }
    Ok(indices)
}

/// Bytes from `0x…` or from a file.
pub fn bytes(argument: &str) -> anyhow::Result<Vec<u8>> {
    match argument.strip_prefix("0x") {
        Some(digits) => decode_hex(digits).with_context(|| format!("cannot use {argument}")),
        None => {
            let path = argument.strip_prefix('@').unwrap_or(argument);
            std::fs::read(path).with_context(|| format!("cannot read {path}"))
        }
    }
}

/// 32 bytes, as `0x` and 64 digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hash(pub H256);

impl FromStr for Hash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut bytes = [0; 32];
        let digits = text.strip_prefix("0x").unwrap_or(text);
        hex::decode_to_slice(digits, &mut bytes)
            .map_err(|error| format!("a hash is 0x and 64 hexadecimal digits: {error}"))?;
        Ok(Hash(H256(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_digits_or_a_file() {
        assert_eq!(bytes("0x00ff").unwrap(), [0, 255]);
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("input.bin");
        std::fs::write(&path, [1, 2]).unwrap();
        assert_eq!(bytes(&format!("@{}", path.display())).unwrap(), [1, 2]);
        assert_eq!(bytes(&path.to_string_lossy()).unwrap(), [1, 2]);
        for text in ["0x0", "0xzz", "@nowhere"] {
            let error = format!("{:#}", bytes(text).unwrap_err());
            assert!(error.contains(text.trim_start_matches('@')), "{error}");
        }
    }

    #[test]
    fn a_hash_has_64_digits() {
        assert_eq!(
            format!("0x{}", "05".repeat(32)).parse(),
            Ok(Hash(H256([5; 32])))
        );
        assert!("0x05".parse::<Hash>().is_err());
    }
}
