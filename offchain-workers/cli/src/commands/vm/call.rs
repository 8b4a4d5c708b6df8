//! The options of a call of a WebAssembly program.

use crate::program::decode_hex;
use anyhow::Context;
use clap::{Args, ValueEnum};
use lattice_chain_client::{parse_balance, AccountId, Balance};
use lattice_wasm::Entry;
use std::path::PathBuf;

/// A call of a WebAssembly program.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "WebAssembly programs")]
pub struct CallArgs {
    /// Function that is called [default: call].
    #[arg(long, value_enum, value_name = "ENTRY")]
    pub entry: Option<EntryName>,
    /// Input of the call: 0x and digits, or a file of bytes.
    #[arg(long, value_name = "0xHEX|FILE")]
    pub input: Option<String>,
    /// File that holds the program's storage and balance; `run` creates it, and writes back what
    /// the call changed. Without it the call begins with nothing and keeps nothing.
    #[arg(long, value_name = "STATE.json")]
    pub storage: Option<PathBuf>,
    /// Account that calls [default: of 32 zero bytes].
    #[arg(long, value_name = "ACCOUNT")]
    pub caller: Option<AccountId>,
    /// Account of the program [default: of 32 bytes 0x01].
    #[arg(long, value_name = "ACCOUNT")]
    pub address: Option<AccountId>,
    /// Amount that comes with the call, in LAT [default: 0].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub value: Option<Balance>,
    /// Number of the block that the call believes to be in [default: 1].
    #[arg(long, value_name = "NUMBER")]
    pub block: Option<u64>,
}

/// The two functions of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EntryName {
    /// When an instance is made.
    Instantiate,
    /// Whenever the instance is called.
    Call,
}

impl CallArgs {
    /// No option was given.
    pub fn is_empty(&self) -> bool {
        let CallArgs {
            entry,
            input,
            storage,
            caller,
            address,
            value,
            block,
        } = self;
        entry.is_none()
            && input.is_none()
            && storage.is_none()
            && caller.is_none()
            && address.is_none()
            && value.is_none()
            && block.is_none()
    }

    /// The function that is called.
    pub fn entry(&self) -> Entry {
        match self.entry {
            Some(EntryName::Instantiate) => Entry::Instantiate,
            Some(EntryName::Call) | None => Entry::Call,
        }
    }

    /// The bytes of the input.
    pub fn input(&self) -> anyhow::Result<Vec<u8>> {
        match &self.input {
            None => Ok(Vec::new()),
            Some(input) => match input.strip_prefix("0x") {
                Some(digits) => decode_hex(digits).with_context(|| format!("--input {input}")),
                None => std::fs::read(input).with_context(|| format!("cannot read {input}")),
            },
        }
    }
}
