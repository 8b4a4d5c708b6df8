//! A run: requests are made at their time, and their ends waited for.

use super::ledger::{lock, Ledger, Shared};
use super::report::Standing;
use super::schedule::{Schedule, MAX_REQUESTS};
use super::send::{self, Context, Request, Sender};
use super::{follow, BLOCK_TIME};
use anyhow::anyhow;
use indicatif::ProgressBar;
use lattice_chain_client::{Client, Signer};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, Semaphore};
use tokio::task::JoinHandle;

/// How often the line of progress is written anew.
const PROGRESS: Duration = Duration::from_millis(500);
/// How often it is looked whether requests are missing, or whether all have ended.
const LOOK: Duration = Duration::from_millis(200);
/// For how long the place of a request that was refused stays empty.
const EMPTY: Duration = BLOCK_TIME.saturating_mul(2);
/// Blocks that a request takes at least: one to be made in, one to settle in.
const SHORTEST: u64 = 2;

/// When requests are made.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    Rate(Schedule),
    Outstanding { target: usize, duration: Duration },
}

/// Why a part of a run ended.
enum Stop {
    Done,
    Interrupted,
    Broken(anyhow::Error),
}

impl Pace {
    /// How many requests there will be at most, as far as that can be known.
    pub fn requests(&self) -> usize {
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
pub struct Run {
    context: Arc<Context>,
    /// Of each account, in the order of the ledger.
    queues: Vec<mpsc::UnboundedSender<usize>>,
    /// The account whose turn it is.
    turn: usize,
    follower: JoinHandle<anyhow::Result<()>>,
}

impl Run {
    pub async fn start(
        client: &Client,
        accounts: &[Signer],
        request: Request,
    ) -> anyhow::Result<Self> {
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
    pub async fn through(
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
            let (known, taken) = {
                let mut ledger = lock(&self.context.ledger);
                let since = self.context.started.elapsed().saturating_sub(EMPTY);
                let taken = ledger.outstanding() + ledger.refused_since(since);
                (ledger.samples().len(), taken)
            };
            let missing = target.saturating_sub(taken);
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
