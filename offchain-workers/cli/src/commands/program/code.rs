//! `lattice program upload` and `lattice program remove`

use super::args::Hash;
use crate::commands::provider::Signed;
use crate::output::{fields, Output};
use crate::program::{Program, Source};
use crate::progress;
use anyhow::{bail, Context};
use clap::Args;
use lattice_chain_client::{format_balance, Call, Event, ProgramEvent};
use serde::Serialize;

const UPLOAD_HELP: &str = "\
The chain validates the code, adds the metering of gas, and keeps a deposit for its bytes. Anyone
may then make programs of it.

Example:
  lattice program upload lottery.wasm --dev-seed //Alice";

/// Put the code of a WebAssembly program on the chain.
#[derive(Debug, Args)]
#[command(after_help = UPLOAD_HELP)]
pub struct Upload {
    /// WebAssembly module.
    #[arg(value_name = "CODE.wasm")]
    pub code: String,
    #[command(flatten)]
    pub signed: Signed,
}

/// Remove code that no program runs; its deposit comes back.
#[derive(Debug, Args)]
pub struct Remove {
    /// Hash of the code, as `lattice program upload` shows it.
    #[arg(value_name = "CODE_HASH")]
    pub code_hash: Hash,
    #[command(flatten)]
    pub signed: Signed,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Uploaded {
    code_hash: String,
    /// On hold, in planck.
    deposit: String,
    block: u32,
    /// In planck.
    fee: Option<String>,
}

impl Upload {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let Program::Wasm(code) = Source::from(self.code.as_str()).program()? else {
            bail!(
                "{} is a straight-line program, which is not uploaded; see `lattice program \
                 execute`",
                self.code
            );
        };
        let signer = self.signed.signer.signer()?;
        let client = self.signed.chain.connect().await?;
        let spinner = progress::spinner("uploading the code");
        let included = client
            .submit_and_wait(&signer, &Call::UploadCode { code })
            .await?;
        spinner.finish_and_clear();
        let (code_hash, deposit) = included
            .events
            .iter()
            .find_map(|event| match event {
                Event::Program(ProgramEvent::CodeUploaded {
                    code_hash, deposit, ..
                }) => Some((*code_hash, *deposit)),
                _ => None,
            })
            .context("the extrinsic succeeded, but the chain reports no code")?;
        let uploaded = Uploaded {
            code_hash: format!("{code_hash:?}"),
            deposit: deposit.to_string(),
            block: included.block.number,
            fee: included.fee().map(|fee| fee.to_string()),
        };
        output.show(&uploaded, || {
            let mut rows = vec![
                ("code hash", uploaded.code_hash.clone()),
                ("deposit", format_balance(deposit)),
                ("block", uploaded.block.to_string()),
            ];
            if let Some(fee) = included.fee() {
                rows.push(("fee", format_balance(fee)));
            }
            fields(&rows)
        })
    }
}

impl Remove {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let code_hash = self.code_hash.0;
        self.signed
            .submit(output, &Call::RemoveCode { code_hash })
            .await
    }
}
