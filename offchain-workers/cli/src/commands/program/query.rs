//! `lattice program show` and `lattice program records`

use super::args::bytes;
use crate::args::ChainArgs;
use crate::failure::Failure;
use crate::output::{fields, hex, table, Output};
use clap::Args;
use lattice_chain_client::{format_balance, AccountId, Program, ProgramRecord};
use serde_json::json;

/// Show a program, or a value that it stores.
#[derive(Debug, Args)]
pub struct Show {
    /// Account of the program.
    #[arg(value_name = "PROGRAM")]
    pub program: AccountId,
    /// Show the value that the program stores under this key.
    #[arg(long, value_name = "0xHEX|@FILE")]
    pub key: Option<String>,
    #[command(flatten)]
    pub chain: ChainArgs,
}

/// List the results that a program, or an account by bytecode, committed.
#[derive(Debug, Args)]
pub struct Records {
    /// Account of the program, or of who executed the bytecode.
    #[arg(value_name = "AUTHOR")]
    pub author: AccountId,
    #[command(flatten)]
    pub chain: ChainArgs,
}

impl Show {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        let program =
            client
                .best()
                .program(&self.program)
                .await?
                .ok_or_else(|| Failure::NotFound {
                    what: format!("program {}", self.program),
                    hint: "`lattice program instantiate` makes one",
                })?;
        if let Some(key) = &self.key {
            let value = client
                .best()
                .program_storage(&self.program, &bytes(key)?)
                .await?
                .ok_or_else(|| Failure::NotFound {
                    what: format!("a value under {key}"),
                    hint: "the program stores none",
                })?;
            let value = hex(value);
            return output.show(&json!({ "value": value }), || value.clone());
        }
        if output.is_json() {
            let shown = client
                .rpc("lattice_program", vec![json!(self.program.to_string())])
                .await?;
            return output.show(&shown, String::new);
        }
        output.show(&(), || describe(&program))
    }
}

impl Records {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        if output.is_json() {
            let records = client
                .rpc(
                    "lattice_programRecords",
                    vec![json!(self.author.to_string())],
                )
                .await?;
            return output.show(&json!({ "records": records }), String::new);
        }
        let records = client.best().program_records(&self.author).await?;
        output.show(&(), || list(&records))
    }
}

fn describe(program: &Program) -> String {
    fields(&[
        ("program", program.program.to_string()),
        ("code hash", format!("{:?}", program.code_hash)),
        ("deployer", program.deployer.to_string()),
        ("balance", format_balance(program.balance)),
        (
            "storage",
            format!("{} entries, {} bytes", program.items, program.bytes),
        ),
        ("deposit", format_balance(program.deposit)),
        ("created", format!("block {}", program.created_at)),
    ])
}

fn list(records: &[ProgramRecord]) -> String {
    if records.is_empty() {
        return "no records".into();
    }
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            vec![
                record.at.to_string(),
                format!("{:?}", record.subject),
                format!("{:?}", record.digest),
                record.caller.to_string(),
            ]
        })
        .collect();
    table(&["block", "subject", "digest", "caller"], &rows)
}
