//! Following the chain and handing out work.
//!
//! * `relevance`: which work is still wanted;
//! * `later`: when what failed is tried again.

mod later;
mod relevance;

use crate::{
    heartbeat::Heartbeat,
    http::Pulse,
    metrics::Stage,
    recall::{recallable, Recall},
    serve::{ServeError, Server},
    service::ServiceError,
    stop::{ends_within, stopped, turns},
    tasks::{Counted, Ended, Tasks},
};
use futures::future::join_all;
use later::Later;
use lattice_chain_client::{Assignment, Block, BlockNumber, Client, Error, RequestId, H256};
use relevance::is_old_news;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle};
use tracing::Instrument;

/// How long work under way may go on after the signal to stop, unless it is said.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// How often closed entries of the outbox are forgotten, in blocks.
const HOUSEKEEPING: BlockNumber = 300;

/// A task that serves an assignment, and how to call it off.
struct Serving {
    context: H256,
    recall: Recall,
}

/// Follows the best chain and hands out work.
pub struct Follower {
    client: Client,
    server: Arc<Server>,
    heartbeat: Heartbeat,
    pulse: Pulse,
    best: watch::Sender<Option<Block>>,
    /// Requests in hand, and how to call off what serves them; `None` where a task only brings a result
    /// to the chain.
    tasks: Tasks<RequestId, Option<Serving>, Result<(), ServeError>>,
    /// Requests whose last attempt failed.
    later: BTreeMap<RequestId, Later>,
    /// What else acts for the provider, and ends by the same signal.
    beside: Vec<JoinHandle<()>>,
    stop_patience: Duration,
}

impl Follower {
    /// A follower with nothing in hand; it announces best blocks on `best`.
    pub fn new(
        client: Client,
        server: Arc<Server>,
        heartbeat: Heartbeat,
        pulse: Pulse,
        best: watch::Sender<Option<Block>>,
    ) -> Self {
        Self {
            client,
            server,
            heartbeat,
            pulse,
            best,
            tasks: Tasks::default(),
            later: BTreeMap::new(),
            beside: Vec::new(),
            stop_patience: STOP_PATIENCE,
        }
    }

    /// Work under way may go on for so long after the signal to stop.
    pub fn stopping_within(mut self, patience: Duration) -> Self {
        self.stop_patience = patience;
        self
    }

    /// When it stops it waits for these as well, which have the signal.
    pub fn stopping_with(mut self, beside: Vec<JoinHandle<()>>) -> Self {
        self.beside = beside;
        self
    }

    /// Follows the chain until `stop` turns true.
    pub async fn follow(mut self, mut stop: watch::Receiver<bool>) -> Result<(), ServiceError> {
        self.resume()?;
        let mut blocks = self.client.best_blocks();
        let mut turns = turns();
        loop {
            tokio::select! {
                () = stopped(&mut stop) => break,
                _ = turns.tick() => self.pulse.turn(),
                Some(ended) = self.tasks.next() => self.finish(ended),
                block = blocks.next() => match block {
                    // A read may wait for the node; the signal to stop does not.
                    Some(Ok(block)) => tokio::select! {
                        () = stopped(&mut stop) => break,
                        () = self.see(block) => {}
                    },
                    Some(Err(error)) if error.is_fatal() => return Err(error.into()),
                    Some(Err(error)) => self.complain(&error),
                    None => break,
                },
            }
        }
        self.stop().await;
        Ok(())
    }

    /// Takes up what a previous run left behind.
    fn resume(&mut self) -> Result<(), ServiceError> {
        for (request, entry) in self.server.outbox.open_entries()? {
            let state = entry.state.name();
            tracing::info!(request, state, "resuming from outbox");
            self.take_up_again(request);
        }
        Ok(())
    }

    /// Brings what is in the outbox to the chain, or closes it.
    fn take_up_again(&mut self, request: RequestId) {
        let server = self.server.clone();
        self.start(request, None, async move { server.resume(request).await });
    }

    async fn see(&mut self, block: Block) {
        // Reading may take as long as a node that is slow; nobody turns meanwhile.
        self.pulse.turn();
        self.pulse.beat();
        self.server.metrics.best_block.set(block.number.into());
        self.heartbeat.at(block.number);
        let seen = Instant::now();
        let view = self.client.at(block.hash);
        let assignments = view.all_assignments(&self.server.account).await;
        // Others ask the node as soon as they hear of a block, and answers wait for one another: first the
        // one for which somebody pays.
        self.best.send_replace(Some(block));
        match assignments {
            Ok(assignments) => {
                self.recall(&assignments, block.number);
                self.wind_up(&assignments, block.number);
                for assignment in assignments {
                    self.take_up(assignment, block, seen);
                }
            }
            Err(error) => self.complain(&error),
        }
        if block.number.is_multiple_of(HOUSEKEEPING) {
            self.tidy();
        }
    }

    /// Keeps the outbox from growing.
    fn tidy(&self) {
        match self.server.outbox.prune() {
            Ok(0) => {}
            Ok(forgotten) => tracing::debug!(forgotten, "closed entries left the outbox"),
            Err(error) => {
                self.server.metrics.error(Stage::Outbox);
                tracing::error!(%error, "cannot tidy the outbox");
            }
        }
    }

    /// Calls off what was passed on to another provider, or has expired: nothing is begun for it then.
    /// What has a result goes on, until its entry is closed.
    fn recall(&self, open: &[Assignment], block: BlockNumber) {
        for (request, serving) in self.tasks.iter() {
            if let Some(serving) = serving {
                if !serving.is_of_use(*request, open, block) {
                    serving.recall.call_off();
                }
            }
        }
    }

    /// Looks after what failed and is assigned no more: its entry in the outbox can be closed.
    fn wind_up(&mut self, open: &[Assignment], block: BlockNumber) {
        let over: Vec<RequestId> = self
            .later
            .iter()
            .filter(|(_, later)| later.not_before <= block)
            .map(|(request, _)| *request)
            .filter(|request| open.iter().all(|a| a.request != *request))
            .collect();
        for request in over {
            self.later.remove(&request);
            if self.tasks.has(&request) {
                continue;
            }
            match self.server.outbox.get(request) {
                Ok(Some(entry)) if entry.closed_at().is_none() => {
                    let state = entry.state.name();
                    tracing::info!(request, state, "no longer assigned, closing");
                    self.take_up_again(request);
                }
                Ok(_) => {}
                Err(error) => {
                    self.server.metrics.error(Stage::Outbox);
                    tracing::error!(request, %error, "cannot read the outbox");
                }
            }
        }
    }

    fn take_up(&mut self, assignment: Assignment, block: Block, seen: Instant) {
        let request = assignment.request;
        // What is due in this block cannot be in time in the next: a result would be read for nothing.
        if self.tasks.has(&request) || assignment.deadline <= block.number {
            return;
        }
        if let Some(later) = self.later.get(&request) {
            let library = &self.server.library;
            if !later.is_due(block.number, || library.has(&assignment.vk_id.0)) {
                return;
            }
        }
        match self.server.outbox.get(request) {
            Ok(Some(entry)) if is_old_news(&entry, &assignment, block.number) => {}
            Ok(known) => {
                if known.is_none() && !self.later.contains_key(&request) {
                    self.server.metrics.assignments.inc();
                    let (model, deadline) = (assignment.model, assignment.deadline);
                    tracing::info!(request, model, deadline, "assignment seen");
                }
                let server = self.server.clone();
                let (recall, wanted) = recallable();
                let context = assignment.context;
                let serving = Serving { context, recall };
                self.start(request, Some(serving), async move {
                    server.serve(assignment, block.number, seen, wanted).await
                });
            }
            Err(error) => {
                self.server.metrics.error(Stage::Outbox);
                tracing::error!(request, %error, "cannot read the outbox");
            }
        }
    }

    fn start<F>(&mut self, request: RequestId, serving: Option<Serving>, work: F)
    where
        F: std::future::Future<Output = Result<(), ServeError>> + Send + 'static,
    {
        let counted = Counted::new(&self.server.metrics.in_hand);
        let task = async move {
            let _counted = counted;
            work.await
        };
        // Whatever is logged on the way carries the request.
        let span = tracing::error_span!("serving", request);
        self.tasks.start(request, serving, task.instrument(span));
    }

    fn finish(&mut self, ended: Ended<RequestId, Option<Serving>, Result<(), ServeError>>) {
        let request = ended.key;
        let Err(error) = ended.result.unwrap_or(Err(ServeError::Panicked)) else {
            self.later.remove(&request);
            return;
        };
        if error.is_recall() {
            tracing::info!(request, "no longer assigned, dropped");
            return;
        }
        let stage = error.stage();
        self.server.metrics.error(stage);
        let now = self.best.borrow().map_or(0, |block| block.number);
        let later = self.later.entry(request).or_default();
        *later = later.after(&error, now);
        let (stage, attempts) = (stage.name(), later.attempts);
        if later.lacks_model {
            tracing::warn!(request, %error, "its model is not there, waiting for it");
        } else if later.is_over() {
            tracing::error!(request, stage, %error, "giving up");
        } else {
            tracing::error!(request, stage, attempts, %error, "assignment failed");
        }
    }

    fn complain(&self, error: &Error) {
        self.server.metrics.error(Stage::Chain);
        tracing::warn!(%error, "cannot read the chain");
    }

    /// Lets work under way end, for a while, and what else acts for the provider. What has a result is
    /// kept on disk for the next start.
    /// What was offered and not accepted binds nobody: the chain gives it to another provider when the
    /// time to accept it is over.
    async fn stop(mut self) {
        let in_hand = self.server.metrics.in_hand.clone();
        tracing::info!(in_hand = in_hand.get(), "stopping");
        // Best blocks are announced no more, but the channel stays open: some wait on it.
        let (pulse, beside) = (self.pulse.clone(), std::mem::take(&mut self.beside));
        let patience = self.stop_patience;
        let work = async move {
            while let Some(ended) = self.tasks.next().await {
                self.finish(ended);
            }
            join_all(beside).await;
        };
        if !ends_within(patience, &pulse, work).await {
            let left = in_hand.get();
            tracing::warn!(
                left,
                "stopped before all had ended; what has a result is kept on disk"
            );
        }
    }
}
