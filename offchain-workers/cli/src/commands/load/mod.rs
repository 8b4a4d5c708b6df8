//! `lattice load`
//!
//! * [`run`]: requests are made at their time, and their ends waited for;
//! * [`schedule`]: when requests are due;
//! * [`inputs`]: what they ask about;
//! * [`accounts`]: who makes them, and with what funds;
//! * [`send`]: signing, and handing to the node;
//! * [`follow`]: the best chain, told to:
//! * [`ledger`]: what became of each request;
//! * [`report`]: percentiles and failures.

mod accounts;
mod follow;
mod inputs;
mod ledger;
mod report;
mod run;
mod schedule;
mod send;

use super::infer::manifest;
use super::quote;
use super::tier::{self, Evidence, TierArgs};
use crate::args::{ChainArgs, ModelRef, SignerArgs};
use crate::failure::Failure;
use crate::output::Output;
use crate::progress;
use anyhow::{anyhow, ensure};
use clap::Args;
use inputs::InputsArgs;
use lattice_chain_client::{
    parse_balance, Balance, BlockNumber, Client, Model, RequestOptions, Selection,
};
use ledger::lock;
use report::Report;
use run::{Pace, Run};
use schedule::{parse_duration, Schedule};
use send::Request;
use std::time::Duration;

const AFTER_HELP: &str = "\
Requests are made from accounts that are derived from the signer, //load//1 and so on, so that what is
in them is found again. Each is given what its requests cost at most, fees included; with --sweep what
is left goes back at the end.

With --rate each request is due at its own time, whatever became of those before, and times are counted
from then: a network that is slow cannot hide it. With --outstanding a request is made whenever fewer
than that many have no end; what was refused leaves its place empty for two blocks, so that a network
without a free provider is asked again and not flooded. A node that goes away is waited for; requests that were in its pool are
handed in again.

Ctrl-C ends the sending, a second one the waiting; the figures follow in any case. A request is lost
that has no end when the waiting is over, or whose extrinsic came into no block while it was valid. The
command ends with status 4 if one is lost, or none settled.

Examples:
  lattice load --rate 5 --duration 2m --dev-seed //Dave --sweep
  lattice load --outstanding 1000 --duration 30m --accounts 100 --attempts 3 --deadline 300 --key-file key
  lattice load --rate 2 --duration 60 --input test_images.npy --verification optimistic --window 10 …";

/// Time between blocks.
const BLOCK_TIME: Duration = Duration::from_secs(3);
/// What a request takes beside its deadline at most, unless the network is in trouble.
const GRACE: Duration = Duration::from_secs(60);

/// Make requests from many accounts, and measure how long they take to settle.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Load {
    /// Requests a second, each due at its own time.
    #[arg(
        long,
        value_name = "R",
        required_unless_present = "outstanding",
        conflicts_with = "outstanding"
    )]
    pub rate: Option<f64>,
    /// Requests to keep outstanding, in place of a rate.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub outstanding: Option<u32>,
    /// For how long requests are made: `90` seconds, `30m`, `2h`.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub duration: Duration,
    /// Accounts that make them in turn.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub accounts: u16,
    /// Index of the registration, or 0x model hash.
    #[arg(long, value_name = "ID", default_value = "0")]
    pub model: ModelRef,
    #[command(flatten)]
    pub inputs: InputsArgs,
    /// Most to pay for a request, in LAT [default: what the dearest eligible provider asks now].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub max_price: Option<Balance>,
    /// Blocks within which a result must be there, for every attempt.
    #[arg(long, value_name = "BLOCKS", default_value_t = 20)]
    pub deadline: BlockNumber,
    /// Providers that may try, one after the other; more than one for proven and optimistic requests.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub attempts: u32,
    #[command(flatten)]
    pub tier: TierArgs,
    /// For how long the last requests are waited for [default: as long as their deadlines and tier may
    /// take, and a minute more].
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub drain: Option<Duration>,
    /// What each account shall have, in LAT [default: what its requests cost at most].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub fund: Option<Balance>,
    /// Transfer what is left in the accounts back at the end.
    #[arg(long)]
    pub sweep: bool,
    #[command(flatten)]
    pub chain: ChainArgs,
    #[command(flatten)]
    pub signer: SignerArgs,
}

impl Load {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let pace = self.pace()?;
        let verification = self.tier.verification();
        ensure!(
            self.attempts == 1 || tier::fails_over(&verification),
            "--attempts is for requests that one provider serves at a time: proven and optimistic ones"
        );
        let funder = self.signer.signer()?;
        let client = self.chain.connect().await?;
        let model = self.model.find(&client).await?;
        let request = Request {
            model: model.index,
            inputs: self.inputs.load(&manifest(&model)?.input)?,
            max_price: self.price(&client, &model).await?,
            deadline: self.deadline,
            verification,
            options: RequestOptions {
                attempts: self.attempts,
                ..RequestOptions::default()
            },
        };

        let spinner = progress::spinner("looking at the accounts");
        let accounts = accounts::derive(&funder, usize::from(self.accounts));
        accounts::quiet(&client, &accounts, &spinner).await?;
        let fee = client.fee(&funder, &request.call(0)).await?;
        let each = pace.requests().div_ceil(accounts.len()).saturating_add(1);
        let needed = accounts::needed(each, request.max_price, fee);
        let needed = self.fund.unwrap_or(needed);
        let funded = accounts::fund(&client, &funder, &accounts, needed, &spinner).await?;

        let run = Run::start(&client, &accounts, request).await?;
        tracing::info!(accounts = accounts.len(), "making requests");
        let (ledger, trouble) = run.through(pace, self.drain(), &spinner).await;
        let mut report = Report::of(&lock(&ledger), model.index, accounts.len(), funded);
        let mut swept = None;
        if self.sweep {
            spinner.set_message("transferring back what is left");
            let (amount, failed) = accounts::sweep(&client, &funder, &accounts).await;
            report.swept = Some(amount.to_string());
            report.warnings.extend(failed);
            swept = Some(amount);
        }
        spinner.finish_and_clear();
        output.show(&report, || report.describe(funded, swept))?;
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        verdict(&report)
    }

    fn pace(&self) -> anyhow::Result<Pace> {
        match (self.rate, self.outstanding) {
            (Some(rate), _) => Ok(Pace::Rate(Schedule::new(rate, self.duration)?)),
            (None, Some(target)) => Ok(Pace::Outstanding {
                target: target as usize,
                duration: self.duration,
            }),
            (None, None) => Err(anyhow!(
                "say how many requests to make: --rate or --outstanding"
            )),
        }
    }

    async fn price(&self, client: &Client, model: &Model) -> anyhow::Result<Balance> {
        if let Some(max_price) = self.max_price {
            return Ok(max_price);
        }
        if self.tier.verification == Evidence::Direct {
            return Ok(model.pricing.royalty);
        }
        let verification = self.tier.verification();
        let view = client.best();
        let anyone = Selection::default();
        let quote = quote::ask(&view, model.index, self.deadline, verification, &anyone).await?;
        Ok(quote.upper_bound)
    }

    fn drain(&self) -> Duration {
        let blocks = self
            .deadline
            .saturating_add(self.tier.afterwards())
            .saturating_mul(self.attempts.max(1));
        self.drain
            .unwrap_or_else(|| BLOCK_TIME.saturating_mul(blocks).saturating_add(GRACE))
    }
}

/// Whether a run was what it should be.
fn verdict(report: &Report) -> anyhow::Result<()> {
    let Report {
        requests,
        settled,
        lost,
        ..
    } = report;
    if *lost > 0 {
        return Err(Failure::Evidence(format!("{lost} of {requests} requests are lost")).into());
    }
    if *settled == 0 {
        return Err(Failure::Evidence(format!("none of {requests} requests settled")).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::ledger::Ledger;
    use super::*;
    use crate::args::{Cli, Command};
    use clap::Parser;

    fn load(line: &str) -> Load {
        match Cli::try_parse_from(line.split(' ')) {
            Ok(Cli {
                command: Command::Load(load),
                ..
            }) => load,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn requests_are_made_at_a_rate_or_kept_outstanding() {
        let rated = load("lattice load --rate 2.5 --duration 10 --dev-seed //Dave");
        assert_eq!(rated.pace().expect("a pace").requests(), 25);
        assert_eq!(rated.model, ModelRef::Index(0));
        let kept = load("lattice load --outstanding 100 --duration 1m --dev-seed //Dave");
        // Ten rounds of two blocks, and those that are under way.
        assert_eq!(kept.pace().expect("a pace").requests(), 1_100);
        let wrong = load("lattice load --rate 0 --duration 10 --dev-seed //Dave");
        assert!(wrong.pace().is_err());
    }

    #[test]
    fn the_last_requests_are_waited_for_as_long_as_they_may_take() {
        let line = "lattice load --rate 1 --duration 1 --deadline 10 --attempts 2";
        assert_eq!(load(line).drain(), Duration::from_secs(120));
        let line = format!("{line} --drain 5m");
        assert_eq!(load(&line).drain(), Duration::from_secs(300));
    }

    #[test]
    fn a_run_that_lost_something_or_settled_nothing_failed() {
        let base = lattice_chain_client::Block {
            number: 1,
            hash: lattice_chain_client::H256([1; 32]),
        };
        let mut report = Report::of(&Ledger::new(&[], base), 0, 1, 0);
        report.requests = 3;
        report.settled = 3;
        assert!(verdict(&report).is_ok());
        report.lost = 1;
        let error = verdict(&report).expect_err("one is lost");
        assert_eq!(crate::failure::exit_code(&error), 4);
        (report.lost, report.settled) = (0, 0);
        assert!(verdict(&report).is_err());
    }
}
