//! `lattice load`
//!
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
use indicatif::ProgressBar;
use inputs::InputsArgs;
use lattice_chain_client::{
    parse_balance, Balance, BlockNumber, Client, Model, RequestOptions, Selection, Signer,
};
use ledger::{lock, Ledger, Shared};
use report::{Report, Standing};
use schedule::{parse_duration, Schedule, MAX_REQUESTS};
use send::{Context, Request, Sender};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, Semaphore};
use tokio::task::JoinHandle;

const AFTER_HELP: &str = "\
Requests are made from accounts that are derived from the signer, //load//1 and so on, so that what is
in them is found again. Each is given what its requests cost at most, fees included; with --sweep what
is left goes back at the end.

With --rate each request is due at its own time, whatever became of those before, and times are counted
from then: a network that is slow cannot hide it. With --outstanding a request is made whenever fewer
than that many have no end. A node that goes away is waited for; requests that were in its pool are
handed in again.

Ctrl-C ends the sending, a second one the waiting; the figures follow in any case. A request is lost
that has no end when the waiting is over, or whose extrinsic came into no block while it was valid. The
command ends with status 4 if one is lost, or none settled.

Examples:
  lattice load --rate 5 --duration 2m --dev-seed //Dave --sweep
  lattice load --outstanding 1000 --duration 30m --accounts 100 --attempts 3 --deadline 300 --key-file key
  lattice load --rate 2 --duration 60 --input test_images.npy --verification optimistic --window 10 …";

/// How often the line of progress is written anew.
const PROGRESS: Duration = Duration::from_millis(500);
/// How often it is looked whether requests are missing, or whether all have ended.
const LOOK: Duration = Duration::from_millis(200);
/// Time between blocks.
const BLOCK_TIME: Duration = Duration::from_secs(3);
/// What a request takes beside its deadline at most, unless the network is in trouble.
const GRACE: Duration = Duration::from_secs(60);
/// Blocks that a request takes at least: one to be made in, one to settle in.
const SHORTEST: u64 = 2;

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

/// When requests are made.
#[derive(Clone, Copy, Debug)]
enum Pace {
    Rate(Schedule),
    Outstanding { target: usize, duration: Duration },
}

/// Why a part of a run ended.
enum Stop {
    Done,
    Interrupted,
    Broken(anyhow::Error),
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
        let fee = client.fee(&funder, &request.call(0)).await?;
        let each = pace.requests().div_ceil(accounts.len()).saturating_add(1);
        let needed = accounts::needed(each, request.max_price, fee);
        let needed = self.fund.unwrap_or(needed);
        let funded = accounts::fund(&client, &funder, &accounts, needed, &spinner).await?;

        let run = Run::start(&client, &accounts, request).await?;
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

impl Pace {
    /// How many requests there will be at most, as far as that can be known.
    fn requests(&self) -> usize {
        match self {
            Pace::Rate(schedule) => schedule.count(),
            Pace::Outstanding { target, duration } => {
                let rounds = duration.as_secs() / (SHORTEST * BLOCK_TIME.as_secs());
                let rounds = usize::try_from(rounds).unwrap_or(usize::MAX);
                target
                    .saturating_mul(rounds.saturating_add(1))
                    .min(MAX_REQUESTS)
            }
        }
    }
}

/// A run whose tasks are at work.
struct Run {
    context: Arc<Context>,
    /// Of each account, in the order of the ledger.
    queues: Vec<mpsc::UnboundedSender<usize>>,
    /// The account whose turn it is.
    turn: usize,
    follower: JoinHandle<anyhow::Result<()>>,
}

impl Run {
    async fn start(client: &Client, accounts: &[Signer], request: Request) -> anyhow::Result<Self> {
        let names: Vec<_> = accounts.iter().map(Signer::account).collect();
        let base = client.best_block().await?;
        let ledger: Shared = Arc::new(Mutex::new(Ledger::new(&names, base)));
        let started = Instant::now();
        let follower = tokio::spawn(follow::follow(client.clone(), Arc::clone(&ledger), started));
        let context = Arc::new(Context {
            client: client.clone(),
            ledger,
            request,
            started,
            permits: Semaphore::new(send::AT_ONCE),
            over: AtomicBool::new(false),
        });
        let queue = |(account, signer): (usize, &Signer)| {
            let (queue, due) = mpsc::unbounded_channel();
            let sender = Sender {
                context: Arc::clone(&context),
                signer: signer.clone(),
                account,
                nonce: None,
            };
            tokio::spawn(sender.run(due));
            queue
        };
        let queues = accounts.iter().enumerate().map(queue).collect();
        Ok(Self {
            context,
            queues,
            turn: 0,
            follower,
        })
    }

    /// Makes the requests and waits for their ends. What is known of them comes back in any case.
    async fn through(
        mut self,
        pace: Pace,
        drain: Duration,
        spinner: &ProgressBar,
    ) -> (Shared, Option<anyhow::Error>) {
        let context = Arc::clone(&self.context);
        let Self {
            queues,
            turn,
            follower,
            ..
        } = &mut self;
        let mut turns = Turns {
            context: &context,
            queues,
            turn,
            spinner,
            told: Instant::now(),
        };
        let mut stop = until(turns.make(pace), follower).await;
        if !matches!(stop, Stop::Broken(_)) {
            let deadline = Instant::now() + drain;
            stop = until(wait(&context, deadline, spinner), follower).await;
        }
        context.over.store(true, Ordering::Relaxed);
        follower.abort();
        let trouble = match stop {
            Stop::Broken(error) => Some(error),
            Stop::Done | Stop::Interrupted => None,
        };
        (Arc::clone(&context.ledger), trouble)
    }
}

/// Gives each account its turn.
struct Turns<'a> {
    context: &'a Context,
    queues: &'a [mpsc::UnboundedSender<usize>],
    turn: &'a mut usize,
    spinner: &'a ProgressBar,
    told: Instant,
}

impl Turns<'_> {
    async fn make(&mut self, pace: Pace) {
        match pace {
            Pace::Rate(schedule) => self.at_rate(schedule).await,
            Pace::Outstanding { target, duration } => self.outstanding(target, duration).await,
        }
    }

    async fn at_rate(&mut self, schedule: Schedule) {
        for request in 0.. {
            let Some(due) = schedule.due(request) else {
                return;
            };
            let at = self.context.started + due;
            tokio::time::sleep_until(at.into()).await;
            if !self.next(due) || self.is_hopeless() {
                return;
            }
        }
    }

    async fn outstanding(&mut self, target: usize, duration: Duration) {
        while self.context.started.elapsed() < duration {
            let (known, outstanding) = {
                let ledger = lock(&self.context.ledger);
                (ledger.samples().len(), ledger.outstanding())
            };
            let missing = target.saturating_sub(outstanding);
            for _ in 0..missing.min(MAX_REQUESTS.saturating_sub(known)) {
                if !self.next(self.context.started.elapsed()) {
                    return;
                }
            }
            if self.is_hopeless() || known >= MAX_REQUESTS {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// A request is due. Says whether there is an account left that can make it.
    fn next(&mut self, due: Duration) -> bool {
        let mut ledger = lock(&self.context.ledger);
        for _ in 0..self.queues.len() {
            let account = *self.turn % self.queues.len();
            *self.turn = account + 1;
            if ledger.is_retired(account) {
                continue;
            }
            let sample = ledger.add(due);
            // The task listens for as long as its queue is there.
            let _ = self.queues[account].send(sample);
            return true;
        }
        false
    }

    /// Tells how far the run is, now and then, and whether it is pointless to go on.
    fn is_hopeless(&mut self) -> bool {
        if self.told.elapsed() < PROGRESS {
            return false;
        }
        self.told = Instant::now();
        tell(self.context, self.spinner).is_hopeless()
    }
}

fn tell(context: &Context, spinner: &ProgressBar) -> Standing {
    let standing = Standing::of(&lock(&context.ledger));
    spinner.set_message(standing.to_string());
    standing
}

/// Waits until everything has ended, or until so long.
async fn wait(context: &Context, deadline: Instant, spinner: &ProgressBar) {
    while Instant::now() < deadline && tell(context, spinner).outstanding > 0 {
        tokio::time::sleep(LOOK).await;
    }
}

/// Does something until it is done, Ctrl-C is pressed, or the chain cannot be followed any longer.
async fn until(
    work: impl Future<Output = ()>,
    follower: &mut JoinHandle<anyhow::Result<()>>,
) -> Stop {
    tokio::select! {
        () = work => Stop::Done,
        _ = tokio::signal::ctrl_c() => Stop::Interrupted,
        ended = follower => Stop::Broken(match ended {
            Ok(Ok(())) => anyhow!("the chain is not followed any longer"),
            Ok(Err(error)) => error,
            Err(error) => error.into(),
        }),
    }
}

#[cfg(test)]
mod tests {
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
