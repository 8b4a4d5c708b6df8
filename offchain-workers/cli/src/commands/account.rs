//! `lattice account …`

use super::provider::Signed;
use crate::output::{fields, Output};
use clap::{Args, Subcommand};
use lattice_chain_client::{format_balance, parse_balance, AccountId, Balance, Call};
use serde::Serialize;

/// Look at balances and transfer.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Show what an account has.
    Show(Show),
    /// Transfer LAT to another account.
    Transfer(Transfer),
}

/// Show what an account has.
#[derive(Debug, Args)]
pub struct Show {
    /// The account [default: that of --key-file or --dev-seed].
    #[arg(value_name = "ACCOUNT")]
    pub account: Option<AccountId>,
    #[command(flatten)]
    pub signed: Signed,
}

/// Transfer LAT to another account.
#[derive(Debug, Args)]
pub struct Transfer {
    /// Who receives.
    #[arg(long, value_name = "ACCOUNT")]
    pub to: AccountId,
    /// Amount, in LAT.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub amount: Balance,
    #[command(flatten)]
    pub signed: Signed,
}

/// All amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    account: String,
    free: String,
    held: String,
    transferable: String,
    total: String,
}

impl AccountCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            AccountCommand::Show(command) => command.run(output).await,
            AccountCommand::Transfer(Transfer { to, amount, signed }) => {
                let call = Call::TransferBalance { to, amount };
                signed.submit(output, &call).await
            }
        }
    }
}

impl Show {
    async fn run(self, output: &Output) -> anyhow::Result<()> {
        let account = match self.account {
            Some(account) => account,
            None => self.signed.signer.signer()?.account(),
        };
        let client = self.signed.chain.connect().await?;
        let balance = client.best().balance(&account).await?;
        let shown = Shown {
            account: account.to_string(),
            free: balance.free.to_string(),
            held: balance.held.to_string(),
            transferable: balance.transferable().to_string(),
            total: balance.total().to_string(),
        };
        output.show(&shown, || {
            fields(&[
                ("account", account.to_string()),
                ("transferable", format_balance(balance.transferable())),
                ("on hold", format_balance(balance.held)),
                ("total", format_balance(balance.total())),
            ])
        })
    }
}
