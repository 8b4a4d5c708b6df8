//! Proofs on their way to the chain, kept on disk.
//!
//! An entry is written before anything depends on it:
//!
//! ```text
//! (assigned) ─ proof made ─▶ Proven ─ results signed ─▶ Authorized ─ request closed ─▶ Closed
//!                               ▲                            │
//!                               └──── extrinsic is void ─────┘
//! ```
//!
//! A result that the chain takes only for a fee is `Submitted` in place of `Authorized`, with the nonce
//! of the signed extrinsic that carries it.
//!
//! Results that travel in one extrinsic change their state in one transaction, each
//! with the same bytes. Handing the same bytes to the pool any
//! number of times includes them at most once, so a worker that was killed at
//! any point goes on from the last state on disk and is paid once.
//!
//! Every write is a transaction that is on disk when the call returns. Entries
//! belong to a chain and a provider; others in the same file are left alone.

mod entry;

pub use entry::{AuthorizedExtrinsic, Entry, Outcome, Sent, SignedExtrinsic, State};

use crate::store::Store;
use codec::{DecodeAll, Encode};
use lattice_chain_client::{AccountId, RequestId};
use redb::{Database, ReadableDatabase, ReadableTable};

/// File name of the outbox in the worker's data folder.
pub const FILE_NAME: &str = "outbox.redb";
/// Closed entries that are kept for reference.
const KEEP_CLOSED: usize = 1_000;

/// Why the outbox cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    #[error("the outbox failed: {0}")]
    Storage(Box<redb::Error>),
    #[error("the outbox entry of request {request} is damaged: {source}")]
    Damaged {
        request: RequestId,
        source: codec::Error,
    },
    #[error("the outbox has no entry of request {0}")]
    Missing(RequestId),
}

impl<E: Into<redb::Error>> From<E> for OutboxError {
    fn from(error: E) -> Self {
        OutboxError::Storage(Box::new(error.into()))
    }
}

/// The outbox of one provider on one chain.
#[derive(Debug)]
pub struct Outbox {
    store: Store,
}

impl Outbox {
    /// The outbox in a database, where it is made when it is missing.
    pub fn open(
        database: Database,
        genesis: &[u8; 32],
        provider: &AccountId,
    ) -> Result<Self, OutboxError> {
        Ok(Self {
            store: Store::open(database, genesis, provider)?,
        })
    }

    /// The entry of a request.
    pub fn get(&self, request: RequestId) -> Result<Option<Entry>, OutboxError> {
        let table = self
            .store
            .database
            .begin_read()?
            .open_table(self.store.definition())?;
        let value = table.get(request)?;
        value
            .map(|value| decode(request, value.value()))
            .transpose()
    }

    /// All entries whose request is not known to be closed, oldest first.
    pub fn open_entries(&self) -> Result<Vec<(RequestId, Entry)>, OutboxError> {
        let table = self
            .store
            .database
            .begin_read()?
            .open_table(self.store.definition())?;
        let mut open = Vec::new();
        for row in table.iter()? {
            let (request, value) = row?;
            let entry = decode(request.value(), value.value())?;
            if !matches!(entry.state, State::Closed { .. }) {
                open.push((request.value(), entry));
            }
        }
        Ok(open)
    }

    /// Stores a proven result. It is on disk when this returns.
    pub fn put(&self, request: RequestId, entry: &Entry) -> Result<(), OutboxError> {
        Ok(self.store.put(request, &entry.encode())?)
    }

    /// Moves an entry to another state. It is on disk when this returns.
    pub fn advance(&self, request: RequestId, state: State) -> Result<(), OutboxError> {
        self.advance_all(&[request], state)
    }

    /// Moves entries to one state, all of them or none. They are on disk when this
    /// returns.
    pub fn advance_all(&self, requests: &[RequestId], state: State) -> Result<(), OutboxError> {
        let transaction = self.store.database.begin_write()?;
        {
            let mut table = transaction.open_table(self.store.definition())?;
            for &request in requests {
                let entry = table
                    .get(request)?
                    .map(|value| decode(request, value.value()))
                    .transpose()?;
                let mut entry = entry.ok_or(OutboxError::Missing(request))?;
                entry.state = state.clone();
                table.insert(request, entry.encode().as_slice())?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Forgets all but the entries that were closed last.
    pub fn prune(&self) -> Result<usize, OutboxError> {
        let transaction = self.store.database.begin_write()?;
        let mut removed = 0;
        {
            let mut table = transaction.open_table(self.store.definition())?;
            let mut closed = Vec::new();
            for row in table.iter()? {
                let (request, value) = row?;
                let entry = decode(request.value(), value.value())?;
                if let Some(block) = entry.closed_at() {
                    closed.push((block, request.value()));
                }
            }
            // A request with a late deadline may be closed after many that have higher numbers.
            closed.sort_unstable();
            let surplus = closed.len().saturating_sub(KEEP_CLOSED);
            for (_, request) in closed.into_iter().take(surplus) {
                table.remove(request)?;
                removed += 1;
            }
        }
        transaction.commit()?;
        Ok(removed)
    }
}

fn decode(request: RequestId, bytes: &[u8]) -> Result<Entry, OutboxError> {
    Entry::decode_all(&mut &*bytes).map_err(|source| OutboxError::Damaged { request, source })
}

#[cfg(test)]
mod tests;
