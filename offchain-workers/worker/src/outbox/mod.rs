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

    /// Forgets all but the latest closed entries.
    pub fn prune(&self) -> Result<usize, OutboxError> {
        let transaction = self.store.database.begin_write()?;
        let mut removed = 0;
        {
            let mut table = transaction.open_table(self.store.definition())?;
            let mut closed = Vec::new();
            for row in table.iter()? {
                let (request, value) = row?;
                let entry = decode(request.value(), value.value())?;
                if matches!(entry.state, State::Closed { .. }) {
                    closed.push(request.value());
                }
            }
            let surplus = closed.len().saturating_sub(KEEP_CLOSED);
            for request in closed.into_iter().take(surplus) {
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
mod tests {
    use super::*;
    use crate::disk::Disk;
    use std::path::Path;

    const GENESIS: [u8; 32] = [7; 32];
    const BOB: AccountId = AccountId([2; 32]);

    fn entry(state: State) -> Entry {
        Entry {
            model: 3,
            context: [1; 32],
            output: vec![-5, 0, 12],
            proof: [9; 128].into(),
            state,
        }
    }

    fn submitted() -> State {
        State::Submitted(SignedExtrinsic {
            bytes: vec![1, 2, 3],
            hash: [4; 32],
            nonce: 11,
            signed_at: 40,
        })
    }

    fn authorized() -> State {
        State::Authorized(AuthorizedExtrinsic {
            bytes: vec![5, 6],
            hash: [7; 32],
            made_at: 41,
        })
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn database(folder: &Path) -> Database {
        Disk::default().open(folder, FILE_NAME).expect("opens")
    }

    fn open(folder: &Path) -> Outbox {
        Outbox::open(database(folder), &GENESIS, &BOB).expect("opens")
    }

    #[test]
    fn every_state_survives_a_restart() {
        let folder = folder();
        let closed = State::Closed {
            outcome: Outcome::Settled,
            block: 44,
        };
        for state in [State::Proven, submitted(), closed, authorized()] {
            {
                let outbox = open(folder.path());
                outbox.put(8, &entry(State::Proven)).expect("writes");
                outbox.advance(8, state.clone()).expect("writes");
            }
            let outbox = open(folder.path());
            assert_eq!(outbox.get(8).expect("reads"), Some(entry(state)));
        }
    }

    #[test]
    fn what_an_earlier_worker_wrote_is_read() {
        // The first byte is the state's, and stays what it was.
        let closed = State::Closed {
            outcome: Outcome::Settled,
            block: 44,
        };
        for (index, state, rest) in [
            (0u8, State::Proven, Vec::new()),
            (
                1,
                submitted(),
                (vec![1u8, 2, 3], [4u8; 32], 11u64, 40u32).encode(),
            ),
            (2, closed, (0u8, 44u32).encode()),
            (3, authorized(), (vec![5u8, 6], [7u8; 32], 41u32).encode()),
        ] {
            assert_eq!(state.encode(), [&[index][..], &rest].concat());
        }
    }

    #[test]
    fn what_was_sent_can_be_sent_again_until_the_request_is_closed() {
        let closed = State::Closed {
            outcome: Outcome::Settled,
            block: 44,
        };
        assert_eq!((State::Proven.sent(), closed.sent()), (None, None));
        let sent = |state: State| state.sent().map(|sent| (sent.bytes, sent.hash));
        assert_eq!(sent(submitted()), Some((vec![1, 2, 3], [4; 32])));
        assert_eq!(sent(authorized()), Some((vec![5, 6], [7; 32])));
    }

    #[test]
    fn a_process_killed_between_two_writes_leaves_the_first() {
        let folder = folder();
        let copy = self::folder();
        let outbox = open(folder.path());
        outbox.put(8, &entry(State::Proven)).expect("writes");
        // What a process leaves when it is killed now: the file as it is, not closed.
        std::fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("copies");
        outbox.advance(8, submitted()).expect("writes");

        let found = open(copy.path()).open_entries().expect("reads");
        assert_eq!(found, [(8, entry(State::Proven))]);
    }

    #[test]
    fn a_write_that_was_not_finished_is_as_if_it_never_began() {
        let folder = folder();
        let copy = self::folder();
        let outbox = open(folder.path());
        outbox.put(1, &entry(State::Proven)).expect("writes");
        let unfinished = outbox.store.database.begin_write().expect("begins");
        unfinished
            .open_table(outbox.store.definition())
            .expect("opens")
            .insert(2, entry(State::Proven).encode().as_slice())
            .expect("inserts");
        std::fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("copies");

        let found = open(copy.path()).open_entries().expect("reads");
        assert_eq!(found, [(1, entry(State::Proven))]);
    }

    #[test]
    fn closed_requests_are_not_taken_up_again() {
        let folder = folder();
        let outbox = open(folder.path());
        for request in [5, 3, 4] {
            outbox.put(request, &entry(submitted())).expect("writes");
        }
        let closed = State::Closed {
            outcome: Outcome::Expired,
            block: 50,
        };
        outbox.advance(4, closed).expect("writes");
        let open: Vec<_> = outbox
            .open_entries()
            .expect("reads")
            .into_iter()
            .map(|(request, _)| request)
            .collect();
        assert_eq!(open, [3, 5]);
    }

    #[test]
    fn another_chain_and_another_provider_see_none_of_it() {
        let folder = folder();
        open(folder.path())
            .put(8, &entry(State::Proven))
            .expect("writes");
        for (genesis, provider) in [([8; 32], BOB), (GENESIS, AccountId([3; 32]))] {
            let outbox = Outbox::open(database(folder.path()), &genesis, &provider).expect("opens");
            assert_eq!(outbox.get(8).expect("reads"), None);
        }
    }

    #[test]
    fn old_closed_entries_are_forgotten_and_open_ones_never() {
        let folder = folder();
        let outbox = open(folder.path());
        outbox.put(0, &entry(State::Proven)).expect("writes");
        let closed = entry(State::Closed {
            outcome: Outcome::Settled,
            block: 1,
        });
        let transaction = outbox.store.database.begin_write().expect("begins");
        {
            let mut table = transaction
                .open_table(outbox.store.definition())
                .expect("opens");
            for request in 1..=KEEP_CLOSED as u64 + 2 {
                table
                    .insert(request, closed.encode().as_slice())
                    .expect("inserts");
            }
        }
        transaction.commit().expect("commits");

        assert_eq!(outbox.prune().expect("prunes"), 2);
        assert!(outbox.get(0).expect("reads").is_some());
        assert_eq!(outbox.get(2).expect("reads"), None);
        assert!(outbox.get(3).expect("reads").is_some());
    }

    #[test]
    fn results_that_travel_together_are_advanced_together_or_not_at_all() {
        let folder = folder();
        let outbox = open(folder.path());
        for request in [1, 2] {
            outbox.put(request, &entry(State::Proven)).expect("writes");
        }
        let missing = outbox.advance_all(&[1, 9, 2], submitted());
        assert!(matches!(missing, Err(OutboxError::Missing(9))));
        let state = |request| outbox.get(request).expect("reads").map(|entry| entry.state);
        assert_eq!(state(1), Some(State::Proven));
        outbox.advance_all(&[1, 2], submitted()).expect("writes");
        assert_eq!((state(1), state(2)), (Some(submitted()), Some(submitted())));
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_damaged_entry() {
            let folder = folder();
            let outbox = open(folder.path());
            let transaction = outbox.store.database.begin_write().expect("begins");
            transaction
                .open_table(outbox.store.definition())
                .expect("opens")
                .insert(6, [0u8; 3].as_slice())
                .expect("inserts");
            transaction.commit().expect("commits");
            assert!(matches!(
                outbox.get(6),
                Err(OutboxError::Damaged { request: 6, .. })
            ));
        }

        #[test]
        fn to_advance_what_was_never_proven() {
            let folder = folder();
            assert!(matches!(
                open(folder.path()).advance(1, submitted()),
                Err(OutboxError::Missing(1))
            ));
        }
    }
}
