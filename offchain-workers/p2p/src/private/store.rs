//! What a mailbox keeps, on disk: a row for each private request of one provider on one chain.
//!
//! An index in memory says whose rows there are, and how long they are, so that a bound is looked up
//! and not counted.

use super::kept::Kept;
use codec::{DecodeAll, Encode};
use lattice_chain_client::{AccountId, BlockNumber, RequestId, H256};
use lattice_verifier::FieldBytes;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// File name of the mailbox in the worker's data folder.
pub const FILE_NAME: &str = "private.redb";

/// Bytes of a row's key: the request's number and its context.
const KEY_LEN: usize = 40;

/// Why the mailbox cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    #[error("the mailbox failed: {0}")]
    Storage(Box<redb::Error>),
    #[error("what the mailbox keeps of request {request} is damaged: {source}")]
    Damaged {
        request: RequestId,
        source: codec::Error,
    },
    #[error("the mailbox keeps nothing of request {0}")]
    Missing(RequestId),
    #[error("request {0} has another answer already, which stays as it is")]
    Answered(RequestId),
}

impl<E: Into<redb::Error>> From<E> for MailboxError {
    fn from(error: E) -> Self {
        MailboxError::Storage(Box::new(error.into()))
    }
}

/// What a row is of. The number alone does not say: a reorganisation may give it to another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub request: RequestId,
    /// First public input of the request's proof.
    pub context: FieldBytes,
}

impl Name {
    fn key(&self) -> [u8; KEY_LEN] {
        let mut key = [0; KEY_LEN];
        let (number, context) = key.split_at_mut(8);
        number.copy_from_slice(&self.request.to_be_bytes());
        context.copy_from_slice(&self.context);
        key
    }

    fn of_key(key: &[u8; KEY_LEN]) -> Self {
        let (mut request, mut context) = ([0; 8], [0; 32]);
        let (number, rest) = key.split_at(8);
        request.copy_from_slice(number);
        context.copy_from_slice(rest);
        Self {
            request: RequestId::from_be_bytes(request),
            context,
        }
    }
}

/// What the index says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub requester: AccountId,
    pub bytes: usize,
    pub ended_at: Option<BlockNumber>,
    /// Whether it has an input or an output.
    pub is_full: bool,
}

impl Entry {
    fn of(kept: &Kept, bytes: usize) -> Self {
        Self {
            requester: kept.requester(),
            bytes,
            ended_at: kept.ended_at,
            is_full: kept.payload.is_some() || kept.answer.is_some(),
        }
    }
}

/// The rows of one provider on one chain.
pub(super) type Index = BTreeMap<Name, Entry>;

/// The table.
#[derive(Debug)]
pub(super) struct Store {
    database: Database,
    table: String,
    index: Mutex<Index>,
}

impl Store {
    /// Opens the rows in a database. A damaged row is told and left alone.
    pub fn open(
        database: Database,
        genesis: &[u8; 32],
        provider: &AccountId,
    ) -> Result<Self, MailboxError> {
        let store = Self {
            database,
            table: format!("{:?}/{:?}", H256(*genesis), H256(provider.0)),
            index: Mutex::default(),
        };
        let transaction = store.database.begin_write()?;
        transaction.open_table(store.definition())?;
        transaction.commit()?;
        store.read_index()?;
        Ok(store)
    }

    fn read_index(&self) -> Result<(), MailboxError> {
        let table = self.database.begin_read()?.open_table(self.definition())?;
        let mut index = self.index();
        for row in table.iter()? {
            let (key, value) = row?;
            let name = Name::of_key(key.value());
            match decode(&name, value.value()) {
                Ok(kept) => {
                    index.insert(name, Entry::of(&kept, value.value().len()));
                }
                Err(error) => tracing::error!(%error, "passed over"),
            }
        }
        Ok(())
    }

    fn definition(&self) -> TableDefinition<'_, &'static [u8; KEY_LEN], &'static [u8]> {
        TableDefinition::new(&self.table)
    }

    /// Whose rows there are. While it is held nothing is written.
    pub fn index(&self) -> MutexGuard<'_, Index> {
        // It is changed after the disk was, in one step.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names of all rows of a request: more than one after a reorganisation.
    pub fn names(&self, request: RequestId) -> Vec<Name> {
        let bound = |byte| Name {
            request,
            context: [byte; 32],
        };
        let index = self.index();
        let names = index.range(bound(0)..=bound(u8::MAX));
        names.map(|(name, _)| *name).collect()
    }

    /// What is kept under a name.
    pub fn get(&self, name: &Name) -> Result<Option<Kept>, MailboxError> {
        let table = self.database.begin_read()?.open_table(self.definition())?;
        let Some(value) = table.get(&name.key())? else {
            return Ok(None);
        };
        decode(name, value.value()).map(Some)
    }

    /// Changes what is kept under a name: on disk when this returns, unless `change` fails.
    ///
    /// `change` sees the index as it is, and gives the new row, or none to leave the old one.
    pub fn change<T, E: From<MailboxError>>(
        &self,
        name: &Name,
        change: impl FnOnce(Option<Kept>, &Index) -> Result<(Option<Kept>, T), E>,
    ) -> Result<T, E> {
        let mut index = self.index();
        let (row, outcome) = change(self.get(name)?, &index)?;
        if let Some(kept) = row {
            let bytes = kept.encode();
            self.put(name, &bytes)?;
            index.insert(*name, Entry::of(&kept, bytes.len()));
        }
        Ok(outcome)
    }

    fn put(&self, name: &Name, bytes: &[u8]) -> Result<(), MailboxError> {
        let transaction = self.database.begin_write()?;
        transaction
            .open_table(self.definition())?
            .insert(&name.key(), bytes)?;
        transaction.commit()?;
        Ok(())
    }

    /// Forgets rows.
    pub fn remove(&self, names: &[Name]) -> Result<(), MailboxError> {
        if names.is_empty() {
            return Ok(());
        }
        let mut index = self.index();
        let transaction = self.database.begin_write()?;
        {
            let mut table = transaction.open_table(self.definition())?;
            for name in names {
                table.remove(&name.key())?;
            }
        }
        transaction.commit()?;
        for name in names {
            index.remove(name);
        }
        Ok(())
    }
}

fn decode(name: &Name, bytes: &[u8]) -> Result<Kept, MailboxError> {
    Kept::decode_all(&mut &*bytes).map_err(|source| MailboxError::Damaged {
        request: name.request,
        source,
    })
}
