//! Private requests of this provider: their inputs come over the network, and are answered here.
//!
//! ```text
//! network ─▶ mailbox (on disk) ─┐
//! best block ─▶ what is open ───┴▶ what is due ─▶ execute, prove, keep ─▶ submit the commitment
//!               (the chain)        (pure)                                 post, claim
//! ```
//!
//! * [`assignments`]: what the mailbox asks of the chain;
//! * [`step`]: what is due, from the chain at a block and from what is kept;
//! * `act`: doing it.
//!
//! The proof, the output and its blinding are on disk before anything of them is sent, and so are the
//! bytes of the extrinsic: a worker that was killed sends the same again. As in [`crate::tiers`], one
//! action of a request is under way at a time, and one that failed is tried again some blocks later.
//!
//! It works without a network: then nothing comes, which is claimed on the chain, and what is opened
//! there is answered.

mod act;
pub mod assignments;
mod deed;
mod error;
pub mod step;
#[cfg(test)]
mod testing;

pub use assignments::Assignments;
pub use deed::Deed;
pub use error::PrivateError;

use crate::{
    metrics::{Metrics, Stage},
    models::Library,
    pipeline::Pipeline,
    stop::stopped,
    tasks::{Counted, Ended, Tasks},
    tiers::Pause,
};
use act::Done;
use lattice_chain_client::{
    AccountId, Block, BlockNumber, Client, Ending, Private as Open, PrivateStatus, Signer,
};
use lattice_p2p::private::{Limits, Mailbox, MailboxError, Name, PeerId};
use redb::Database;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use step::{name, next_action};
use tokio::{sync::watch::Receiver, task::JoinHandle};
use tracing::Instrument;

/// How often ended requests are looked for, in blocks.
const HOUSEKEEPING: BlockNumber = 10;

/// What every action needs.
#[derive(Debug)]
struct Hands {
    client: Client,
    signer: Signer,
    account: AccountId,
    /// Hash of the chain's first block.
    genesis: [u8; 32],
    library: Library,
    pipeline: Pipeline,
    mailbox: Mailbox,
    assignments: Arc<Assignments>,
}

/// Serves private requests as blocks and inputs come in.
#[derive(Debug)]
pub struct Private {
    hands: Arc<Hands>,
    metrics: Metrics,
    /// Requests with an action under way.
    tasks: Tasks<Name, (), Result<Done, PrivateError>>,
    pauses: BTreeMap<Name, Pause>,
    now: BlockNumber,
}

impl Private {
    /// Opens the mailbox in a database. `peer` is this node's identity in the network, if it is in one:
    /// [`Private::mailbox`] answers there.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub fn open(
        database: Database,
        client: Client,
        signer: Signer,
        library: Library,
        pipeline: Pipeline,
        metrics: Metrics,
        peer: Option<PeerId>,
    ) -> Result<Self, MailboxError> {
        let (account, genesis) = (signer.account(), client.genesis());
        let assignments = Assignments::new(client.clone(), account, library.clone());
        let assignments = Arc::new(assignments);
        let mailbox = Mailbox::open(
            database,
            signer.clone(),
            genesis,
            peer,
            assignments.clone(),
            Limits::default(),
        )?;
        Ok(Self {
            hands: Arc::new(Hands {
                client,
                signer,
                account,
                genesis,
                library,
                pipeline,
                mailbox,
                assignments,
            }),
            metrics,
            tasks: Tasks::default(),
            pauses: BTreeMap::new(),
            now: 0,
        })
    }

    /// What answers requesters in the network.
    pub fn mailbox(&self) -> Mailbox {
        self.hands.mailbox.clone()
    }

    /// Follows best blocks until nobody announces them any more. After the signal to stop nothing is
    /// begun, and the task ends with the last action.
    pub fn start(self, best: Receiver<Option<Block>>, stop: Receiver<bool>) -> JoinHandle<()> {
        tokio::spawn(self.follow(best, stop))
    }

    async fn follow(mut self, mut best: Receiver<Option<Block>>, mut stop: Receiver<bool>) {
        let mut deliveries = self.hands.mailbox.deliveries();
        loop {
            let block = tokio::select! {
                () = stopped(&mut stop) => break,
                Some(ended) = self.tasks.next() => {
                    self.finish(ended);
                    continue;
                }
                changed = best.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    *best.borrow_and_update()
                }
                // An input need not wait for the next block.
                Ok(()) = deliveries.changed() => *best.borrow(),
            };
            let Some(block) = block else { continue };
            let looked = tokio::select! {
                // A read may wait for the node; the signal to stop does not.
                () = stopped(&mut stop) => break,
                looked = self.look(block) => looked,
            };
            if let Err(error) = looked {
                self.metrics.error(error.stage());
                tracing::warn!(%error, "cannot look after private requests");
            }
        }
        while let Some(ended) = self.tasks.next().await {
            self.finish(ended);
        }
    }

    /// Compares with the chain at a block, and starts what is due.
    async fn look(&mut self, block: Block) -> Result<(), PrivateError> {
        self.now = block.number;
        let account = self.hands.account;
        let view = self.hands.client.at(block.hash);
        let all = view.all_private_assignments(&account).await?;
        let offers = match all.is_empty() {
            true => Vec::new(),
            false => assignments::offers(&view, &account).await?,
        };
        self.hands.assignments.update(&all, &offers);
        let names: BTreeSet<Name> = all.iter().map(name).collect();
        self.pauses.retain(|name, _| names.contains(name));
        for open in all {
            if let Err(error) = self.take_up(&open) {
                // One that is damaged does not keep the others from theirs.
                self.metrics.error(Stage::Outbox);
                tracing::error!(request = open.request, %error, "cannot use the mailbox");
            }
        }
        if self.now.is_multiple_of(HOUSEKEEPING) {
            self.hands.tidy(&names, self.now).await?;
        }
        Ok(())
    }

    fn take_up(&mut self, open: &Open) -> Result<(), MailboxError> {
        let name = name(open);
        let pause = self.pauses.get(&name);
        if self.tasks.has(&name) || pause.is_some_and(|pause| self.now < pause.not_before) {
            return Ok(());
        }
        let mailbox = &self.hands.mailbox;
        let kept = mailbox.see(&name, &open.requester, self.now)?;
        let is_delivered = match open.status {
            PrivateStatus::Delivered { .. } | PrivateStatus::Forced { .. } => true,
            PrivateStatus::Assigned | PrivateStatus::Claimed { .. } => false,
        };
        if is_delivered && !kept.released {
            mailbox.release(&name)?;
        }
        let demanded = self.hands.assignments.demanded(open.model);
        let Some(action) = next_action(open, &self.hands.account, self.now, demanded, &kept) else {
            return Ok(());
        };
        let (hands, open) = (self.hands.clone(), open.clone());
        let counted = Counted::new(&self.metrics.in_hand);
        let task = async move {
            let _counted = counted;
            hands.act(&open, action, kept).await
        };
        // Whatever is logged on the way carries the request.
        let span = tracing::error_span!("private", request = name.request);
        self.tasks.start(name, (), task.instrument(span));
        Ok(())
    }

    fn finish(&mut self, ended: Ended<Name, (), Result<Done, PrivateError>>) {
        let name = ended.key;
        match ended.result.unwrap_or(Err(PrivateError::Panicked)) {
            Ok(done) => {
                let pause = Pause {
                    failures: 0,
                    not_before: done.look_again_at,
                };
                self.pauses.insert(name, pause);
                if let Some(deed) = done.deed {
                    self.metrics.private(deed);
                }
            }
            Err(error) => {
                let stage = error.stage();
                let pause = self.pauses.entry(name).or_default();
                *pause = pause.after(stage != Stage::Chain, self.now);
                self.metrics.error(stage);
                self.metrics.private(Deed::Failed);
                tracing::warn!(
                    request = name.request,
                    failures = pause.failures,
                    %error,
                    "an action failed; trying again later"
                );
            }
        }
    }
}

impl Hands {
    /// Notes which requests have ended, by a finalized block that is not older than they, and forgets
    /// those that ended long ago.
    async fn tidy(&self, open: &BTreeSet<Name>, now: BlockNumber) -> Result<(), PrivateError> {
        let gone = self.mailbox.gone(open);
        if !gone.is_empty() {
            let finalized = self.client.finalized_block().await?;
            let view = self.client.at(finalized.hash);
            for name in gone {
                let seen_at = self.mailbox.kept(&name)?.and_then(|kept| kept.seen_at);
                let still = view.private_request(name.request).await?;
                let is_open = still.is_some_and(|open| open.context.0 == name.context);
                if is_open || seen_at.unwrap_or(0) > finalized.number {
                    continue;
                }
                let record = view.record(name.request).await?;
                let paid = record.is_some_and(|record| {
                    record.context.0 == name.context && record.ending == Ending::Settled
                });
                self.mailbox.end(&name, finalized.number, paid)?;
                tracing::info!(request = name.request, paid, "private request ended");
            }
        }
        Ok(self.mailbox.prune(now)?)
    }
}
