//! The provider's side: takes inputs, gives receipts, and hands out outputs.
//!
//! A receipt is signed for an input that gives the commitment on the chain, fits the model and is on
//! disk. It and a complaint exclude each other: from the moment at which the provider decides to tell
//! the chain that there is no valid input, none is taken any more, since the receipt for it would
//! refute the claim. Nor is one taken that could not be answered before the deadline. An output is
//! handed out when the chain has its commitment.
//!
//! * `deliver`: taking an input, and signing for it;
//! * `collect`: handing out an output;
//! * `limits`: how much is kept.

mod collect;
mod deliver;
mod limits;

pub use limits::Limits;

use super::{
    kept::{Answer, Complaint, Kept, Payload, Sent},
    ledger::Ledger,
    store::{MailboxError, Name, Store},
    wire::{PrivateRequest, PrivateResponse, RefusalCode},
};
use crate::network::{Peer, PrivateServer};
use futures::future::BoxFuture;
use lattice_chain_client::{AccountId, BlockNumber, Signer};
use libp2p::PeerId;
use redb::Database;
use std::{collections::BTreeSet, fmt, sync::Arc};
use tokio::sync::{watch, Semaphore};

/// Requests of accounts with something open here that are answered at the same time; others are told
/// to come again.
const PLACES: usize = 8;
/// The same of accounts of which nothing is known: anyone can have many, and they shall not take the
/// places of those whose input is waited for.
const STRANGERS: usize = 8;
/// Blocks for which the output of an ended request is kept: a day.
const RETENTION: BlockNumber = 28_800;

/// What one provider keeps of private requests; cheap to clone.
#[derive(Clone)]
pub struct Mailbox {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    signer: Signer,
    genesis: [u8; 32],
    /// This node's own identity; without one nobody can ask.
    peer: Option<PeerId>,
    ledger: Arc<dyn Ledger>,
    limits: Limits,
    places: Semaphore,
    strangers: Semaphore,
    deliveries: watch::Sender<u64>,
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox({})", self.inner.signer.account())
    }
}

impl PrivateServer for Mailbox {
    fn answer(&self, from: &Peer, request: PrivateRequest) -> BoxFuture<'static, PrivateResponse> {
        let mailbox = self.clone();
        let (peer, account) = (from.id, from.account);
        Box::pin(async move { mailbox.serve(peer, account, request).await })
    }
}

impl Mailbox {
    /// Opens what a provider keeps in a database. `peer` is the identity under which the network knows
    /// this node.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub fn open(
        database: Database,
        signer: Signer,
        genesis: [u8; 32],
        peer: Option<PeerId>,
        ledger: Arc<dyn Ledger>,
        limits: Limits,
    ) -> Result<Self, MailboxError> {
        let store = Store::open(database, &genesis, &signer.account())?;
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                signer,
                genesis,
                peer,
                ledger,
                limits,
                places: Semaphore::new(PLACES),
                strangers: Semaphore::new(STRANGERS),
                deliveries: watch::channel(0).0,
            }),
        })
    }

    /// Answers a peer that has shown itself to be this account's.
    pub async fn serve(
        &self,
        peer: PeerId,
        account: AccountId,
        request: PrivateRequest,
    ) -> PrivateResponse {
        let inner = &self.inner;
        let places = match inner.knows(account).await {
            true => &inner.places,
            false => &inner.strangers,
        };
        let Ok(_place) = places.try_acquire() else {
            return PrivateResponse::Refused(RefusalCode::Busy);
        };
        let answer = match request {
            PrivateRequest::Deliver {
                request,
                input,
                blinding,
            } => {
                let payload = Payload { input, blinding };
                let receipt = inner.deliver(account, request, payload).await;
                receipt.map(|signature| PrivateResponse::Receipt { signature })
            }
            PrivateRequest::Collect { request, signature } => {
                inner.collect(peer, account, request, signature).await
            }
        };
        answer.unwrap_or_else(PrivateResponse::Refused)
    }

    /// Changes whenever an input was taken.
    pub fn deliveries(&self) -> watch::Receiver<u64> {
        self.inner.deliveries.subscribe()
    }

    /// What is kept of a request that is open in a block, which is remembered if it is the first.
    pub fn see(
        &self,
        name: &Name,
        requester: &AccountId,
        block: BlockNumber,
    ) -> Result<Kept, MailboxError> {
        self.inner.store.change(name, |kept, _| {
            let mut kept = kept.unwrap_or_else(|| Kept::new(requester));
            let is_known = kept.seen_at.is_some() && kept.ended_at.is_none();
            if is_known {
                return Ok((None, kept));
            }
            kept.seen_at.get_or_insert(block);
            // A reorganisation may have opened it again.
            kept.ended_at = None;
            Ok((Some(kept.clone()), kept))
        })
    }

    /// What is kept of a request.
    pub fn kept(&self, name: &Name) -> Result<Option<Kept>, MailboxError> {
        self.inner.store.get(name)
    }

    /// Decides that there is no valid input, and what the chain is told of it; `None` if there is one.
    /// After this none is taken.
    pub fn complain(&self, name: &Name) -> Result<Option<Complaint>, MailboxError> {
        self.change(name, |kept| {
            if kept.complaint.is_none() {
                kept.complaint = kept.due_complaint();
            }
            Ok(kept.complaint)
        })
    }

    /// Keeps an answer, before anything of it is sent.
    ///
    /// # Errors
    /// [`MailboxError::Answered`] if there is another one: its blinding may be on the chain.
    pub fn keep_answer(&self, name: &Name, answer: Answer) -> Result<(), MailboxError> {
        self.change(name, |kept| match &kept.answer {
            Some(known) if *known == answer => Ok(()),
            Some(_) => Err(MailboxError::Answered(name.request)),
            None => {
                kept.answer = Some(answer);
                Ok(())
            }
        })
    }

    /// Notes which extrinsic carries the answer; none if it is void.
    pub fn note_sent(&self, name: &Name, sent: Option<Sent>) -> Result<(), MailboxError> {
        self.change(name, |kept| {
            kept.sent = sent;
            Ok(())
        })
    }

    /// The chain has the answer: its requester may have the output.
    pub fn release(&self, name: &Name) -> Result<(), MailboxError> {
        self.change(name, |kept| {
            kept.released = true;
            Ok(())
        })
    }

    /// The requests that are kept as open and are not among these.
    pub fn gone(&self, open: &BTreeSet<Name>) -> Vec<Name> {
        let index = self.inner.store.index();
        let gone = index
            .iter()
            .filter(|(name, entry)| entry.ended_at.is_none() && !open.contains(name));
        gone.map(|(name, _)| *name).collect()
    }

    /// A request has ended, as of a block. Its output may be collected for a day if the provider was
    /// paid for it.
    pub fn end(&self, name: &Name, block: BlockNumber, paid: bool) -> Result<(), MailboxError> {
        self.change(name, |kept| {
            kept.end(block);
            kept.released |= paid;
            Ok(())
        })
    }

    /// Forgets requests that ended long before a block.
    pub fn prune(&self, now: BlockNumber) -> Result<(), MailboxError> {
        let old: Vec<Name> = {
            let index = self.inner.store.index();
            let is_old = |at: BlockNumber| at.saturating_add(RETENTION) < now;
            let old = index
                .iter()
                .filter(|(_, entry)| entry.ended_at.is_some_and(is_old));
            old.map(|(name, _)| *name).collect()
        };
        self.inner.store.remove(&old)
    }

    /// Changes what is there.
    fn change<T>(
        &self,
        name: &Name,
        change: impl FnOnce(&mut Kept) -> Result<T, MailboxError>,
    ) -> Result<T, MailboxError> {
        self.inner.store.change(name, |kept, _| {
            let before = kept.ok_or(MailboxError::Missing(name.request))?;
            let mut after = before.clone();
            let outcome = change(&mut after)?;
            Ok(((after != before).then_some(after), outcome))
        })
    }
}

impl Inner {
    /// Whether something of an account is kept here: the chain has assigned it.
    async fn knows(self: &Arc<Self>, account: AccountId) -> bool {
        let inner = self.clone();
        let known = blocking(move || {
            let index = inner.store.index();
            let known = index.values().any(|entry| entry.requester == account);
            Ok(known)
        });
        known.await.unwrap_or(false)
    }
}

/// Reads and writes where nothing waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RefusalCode> + Send + 'static,
) -> Result<T, RefusalCode> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or(Err(RefusalCode::Busy))
}

#[cfg(test)]
mod tests;
