//! The network's client: `lattice load`, which keeps so many requests outstanding, whatever happens to
//! the rest.

use super::{Network, PATIENCE};
use crate::digits;
use crate::process::{binary, Process};
use crate::tool::Commands;
use anyhow::{ensure, Context, Result};
use lattice_chain_client::{submit::MORTALITY, AccountId, Signer};
use serde_json::{Deserializer, Value};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Whose derived accounts make the requests.
const PAYER: &str = "//Dave";
/// Who lends to that one, and how much, in LAT: half an hour of requests costs more than one account has.
const LENDER: &str = "//Ferdie";
const LOAN: &str = "900000";
/// What all derived accounts are given together, in LAT.
const ALLOWANCE: usize = 1_700_000;
/// What each has at least when it is gone on with, in LAT: it lives on what it was given first.
const LEFT: usize = 1;
/// Most of them.
const MAX_ACCOUNTS: usize = 120;
/// Requests of an account that are outstanding at a time, if there are not too many.
const EACH: usize = 8;
/// How long it asks, unless it is told to stop before.
const DURATION: &str = "24h";
/// Blocks that every attempt has.
const DEADLINE: &str = "300";
/// Providers that may try one request.
const ATTEMPTS: &str = "3";
/// After so long without more outstanding requests than before, there will not be more.
const GROWTH: Duration = Duration::from_secs(45);
/// For how long it may wait for what an earlier run has left in the pool: until that is void, in blocks of
/// three seconds.
const QUIET: Duration = Duration::from_secs(3 * MORTALITY as u64);
/// What it logs when it begins to make requests.
const ASKS: &str = "making requests";
/// How often they are counted.
const POLL: Duration = Duration::from_millis(500);
/// How long all outstanding requests may take to end, once no more are made.
const DRAIN: Duration = Duration::from_secs(900);

/// The client's process, and how it is started again.
pub struct Load {
    process: Process,
    url: String,
    model: String,
    outstanding: usize,
    log: PathBuf,
    /// How often it was started.
    starts: usize,
}

/// What the client has seen of its requests since it was last started.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Requests without an end, or never in a block.
    pub lost: u64,
    /// Seconds from a block to the result, of which half were not longer, and 99 of 100; none if nothing
    /// settled.
    pub p50: Option<f64>,
    pub p99: Option<f64>,
}

impl Load {
    /// Keeps so many requests outstanding from now on.
    ///
    /// # Errors
    /// The command cannot be started.
    pub async fn start(network: &Network, outstanding: usize) -> Result<Self> {
        let (url, model) = (network.client.url().to_owned(), network.model.to_string());
        let log = network.folder.join("client.log");
        let payer = Signer::from_dev_seed(PAYER)?.account().to_string();
        let lend = ["account", "transfer", "--to", &payer, "--amount", LOAN];
        Commands::on(&url).signed(LENDER, &lend)?;
        let fund = ALLOWANCE / accounts(outstanding);
        let mut load = Self {
            process: launch(&url, &model, outstanding, fund, &log)?,
            url,
            model,
            outstanding,
            log,
            starts: 1,
        };
        load.wait_until_it_asks().await?;
        Ok(load)
    }

    /// Kills it, as a power cut would.
    ///
    /// # Errors
    /// There is no process.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// Starts it again, with the same accounts.
    ///
    /// # Errors
    /// The command cannot be started.
    pub async fn start_again(&mut self) -> Result<()> {
        self.process = launch(&self.url, &self.model, self.outstanding, LEFT, &self.log)?;
        self.starts += 1;
        self.wait_until_it_asks().await
    }

    /// Its accounts have money, and nothing of an earlier run is on its way any more.
    async fn wait_until_it_asks(&mut self) -> Result<()> {
        let limit = Instant::now() + QUIET + PATIENCE;
        while self.process.text()?.matches(ASKS).count() < self.starts {
            self.process.ensure_running()?;
            ensure!(
                Instant::now() < limit,
                "the client makes no requests; see {}",
                self.log.display()
            );
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Waits until as many are with providers as it keeps outstanding, or their number grows no more: what
    /// a provider is trusted with grows with what it has earned. Returns the most there were.
    ///
    /// # Errors
    /// It ends, or the chain cannot be read.
    pub async fn reach(&mut self, network: &Network) -> Result<usize> {
        let (mut most, mut grown) = (0, Instant::now());
        while most < self.outstanding && grown.elapsed() < GROWTH {
            self.process.ensure_running()?;
            tokio::time::sleep(POLL).await;
            let now = network.outstanding().await?;
            if now > most {
                (most, grown) = (now, Instant::now());
            }
        }
        ensure!(most > 0, "the client makes no requests");
        Ok(most)
    }

    /// Lets it ask no more, and wait for what is outstanding.
    ///
    /// # Errors
    /// It does not end, or prints no figures.
    pub async fn finish(mut self) -> Result<Figures> {
        self.process.interrupt()?;
        let limit = Instant::now() + DRAIN + PATIENCE;
        // No thread is blocked: it would have to be waited for when all this is stopped.
        while self.process.ensure_running().is_ok() {
            ensure!(
                Instant::now() < limit,
                "the client has not ended; see {}",
                self.log.display()
            );
            tokio::time::sleep(POLL).await;
        }
        figures(&self.process.text()?)
    }

    /// The accounts that make the requests.
    ///
    /// # Errors
    /// The payer is no well-known account.
    pub fn accounts(&self) -> Result<Vec<AccountId>> {
        let payer = Signer::from_dev_seed(PAYER)?;
        let derive = |number: usize| payer.derive_hard(&["load", &number.to_string()]).account();
        Ok((1..=accounts(self.outstanding)).map(derive).collect())
    }
}

fn accounts(outstanding: usize) -> usize {
    (outstanding / EACH).clamp(2, MAX_ACCOUNTS)
}

fn launch(url: &str, model: &str, outstanding: usize, fund: usize, log: &Path) -> Result<Process> {
    let accounts = accounts(outstanding);
    let mut command = Command::new(binary("lattice")?);
    command
        .env("RUST_LOG", "error,lattice=info")
        .args(["load", "--outstanding", &outstanding.to_string()])
        .args([
            "--duration",
            DURATION,
            "--drain",
            &DRAIN.as_secs().to_string(),
        ])
        .args(["--accounts", &accounts.to_string()])
        .args(["--fund", &fund.to_string()])
        .args([
            "--model",
            model,
            "--deadline",
            DEADLINE,
            "--attempts",
            ATTEMPTS,
        ])
        .arg("--input")
        .arg(digits::folder().join("test_images.npy"))
        .args(["--dev-seed", PAYER, "--chain", url, "--json"]);
    Process::start("client", command, log)
}

/// The last object in a log of the `lattice` command, printed by the run that was started last.
pub(super) fn last_object(log: &str) -> Result<Value> {
    let start = log.rfind("\n{\n").map_or(0, |at| at + 1);
    let mut values = Deserializer::from_str(&log[start..]).into_iter::<Value>();
    let object = values.next().context("the client printed nothing")?;
    object.context("the client printed no object")
}

/// The figures of the run that was started last.
fn figures(log: &str) -> Result<Figures> {
    let report = last_object(log)?;
    let lost = report["lost"].as_u64();
    let seconds = |part: &str| Some(report["blockToSettled"][part].as_f64()? / 1e3);
    Ok(Figures {
        lost: lost.with_context(|| format!("the client printed {report}"))?,
        p50: seconds("p50"),
        p99: seconds("p99"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_last_run() {
        let log = "{\n  \"lost\": 7\n}\n2026 WARN cannot read a block yet\n{\n  \"lost\": 0,\n  \
                   \"blockToSettled\": {\n    \"p50\": 2500.0,\n    \"p99\": 9000.0\n  }\n}\nerror: x\n";
        let figures = figures(log).expect("they are there");
        assert_eq!(
            (figures.lost, figures.p50, figures.p99),
            (0, Some(2.5), Some(9.0))
        );
    }

    #[test]
    fn a_run_that_settled_nothing_has_no_times() {
        let figures = figures("{\n  \"lost\": 3,\n  \"blockToSettled\": null\n}\n");
        let figures = figures.expect("they are there");
        assert_eq!((figures.lost, figures.p50), (3, None));
        assert!(super::figures("error: no node\n").is_err());
    }
}
