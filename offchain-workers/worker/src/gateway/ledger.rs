//! What payers owe for inferences in channels, and the last answer that each got, on disk.
//!
//! An answer is stored together with the voucher that pays for it, in one transaction, before it
//! is given away: a worker that was killed at any point either never answered, and the client's
//! repeat is served anew, or has both, and the repeat gets the stored answer.
//!
//! Only the latest voucher and the last answer of a channel are kept: a voucher is for all that
//! went before, and a client asks for the next answer only after it has this one.

use crate::store::Store;
use codec::{Decode, DecodeAll, Encode};
use lattice_chain_client::{AccountId, Balance, BlockNumber, Channel, ChannelId, ProofBytes};
use redb::{Database, ReadableDatabase, ReadableTable};

/// File name of the ledger in the worker's data folder.
pub const FILE_NAME: &str = "channels.redb";

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("the ledger of channels failed: {0}")]
    Storage(Box<redb::Error>),
    #[error("the ledger's entry of channel {channel} is damaged: {source}")]
    Damaged {
        channel: ChannelId,
        source: codec::Error,
    },
}

impl<E: Into<redb::Error>> From<E> for LedgerError {
    fn from(error: E) -> Self {
        LedgerError::Storage(Box::new(error.into()))
    }
}

/// A result with its proof, and what it answers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Answer {
    /// Which inference of the channel, from 0.
    pub sequence: u64,
    pub input: Vec<i32>,
    pub output: Vec<i32>,
    pub proof: ProofBytes,
}

/// What the worker has of a channel in which it answered. The encoding is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Tab {
    pub payer: AccountId,
    /// With the channel's number, it tells the channel from one of a chain that began anew.
    pub opened_at: BlockNumber,
    /// What the latest voucher is for, in planck.
    pub cumulative: Balance,
    /// The payer's signature of that voucher.
    pub signature: [u8; 64],
    /// What the chain had paid out when it was last asked, in planck.
    pub redeemed: Balance,
    pub last: Answer,
}

impl Tab {
    /// Number of inferences that were answered.
    pub fn served(&self) -> u64 {
        self.last.sequence.saturating_add(1)
    }

    /// Whether the chain's channel of the same number is this one.
    pub fn is_of(&self, channel: &Channel) -> bool {
        self.payer == channel.payer && self.opened_at == channel.opened_at
    }

    /// What the latest voucher is worth, as far as this worker knows, in planck.
    pub fn outstanding(&self) -> Balance {
        self.cumulative.saturating_sub(self.redeemed)
    }
}

/// The tabs of one provider on one chain.
#[derive(Debug)]
pub struct Ledger {
    store: Store,
}

impl Ledger {
    /// The ledger in a database, where it is made when it is missing.
    pub fn open(
        database: Database,
        genesis: &[u8; 32],
        provider: &AccountId,
    ) -> Result<Self, LedgerError> {
        Ok(Self {
            store: Store::open(database, genesis, provider)?,
        })
    }

    /// The tab of a channel; `None` when nothing was answered in it.
    pub fn tab(&self, channel: ChannelId) -> Result<Option<Tab>, LedgerError> {
        let table = self
            .store
            .database
            .begin_read()?
            .open_table(self.store.definition())?;
        let value = table.get(channel)?;
        value
            .map(|value| decode(channel, value.value()))
            .transpose()
    }

    /// All tabs, by the number of the channel. A damaged one is told and left out: it is no reason to
    /// lose the others.
    pub fn tabs(&self) -> Result<Vec<(ChannelId, Tab)>, LedgerError> {
        let table = self
            .store
            .database
            .begin_read()?
            .open_table(self.store.definition())?;
        let mut tabs = Vec::new();
        for row in table.iter()? {
            let (channel, value) = row?;
            match decode(channel.value(), value.value()) {
                Ok(tab) => tabs.push((channel.value(), tab)),
                Err(error) => tracing::error!(%error, "passed over"),
            }
        }
        Ok(tabs)
    }

    /// Stores an answer with its voucher. They are on disk when this returns.
    pub fn record(&self, channel: ChannelId, tab: &Tab) -> Result<(), LedgerError> {
        Ok(self.store.put(channel, &tab.encode())?)
    }

    /// Remembers what the chain has paid out of a channel.
    pub fn note_redeemed(&self, channel: ChannelId, redeemed: Balance) -> Result<(), LedgerError> {
        let transaction = self.store.database.begin_write()?;
        {
            let mut table = transaction.open_table(self.store.definition())?;
            let tab = table
                .get(channel)?
                .map(|value| decode(channel, value.value()))
                .transpose()?;
            if let Some(mut tab) = tab {
                tab.redeemed = redeemed;
                table.insert(channel, tab.encode().as_slice())?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Forgets a channel that is closed for good.
    pub fn forget(&self, channel: ChannelId) -> Result<(), LedgerError> {
        let transaction = self.store.database.begin_write()?;
        transaction
            .open_table(self.store.definition())?
            .remove(channel)?;
        transaction.commit()?;
        Ok(())
    }
}

fn decode(channel: ChannelId, bytes: &[u8]) -> Result<Tab, LedgerError> {
    Tab::decode_all(&mut &*bytes).map_err(|source| LedgerError::Damaged { channel, source })
}

#[cfg(test)]
mod tests {
    use super::super::testing::tab;
    use super::*;
    use crate::disk::Disk;
    use std::path::Path;

    const GENESIS: [u8; 32] = [7; 32];
    const BOB: AccountId = AccountId([2; 32]);

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn database(folder: &Path) -> Database {
        Disk::default().open(folder, FILE_NAME).expect("opens")
    }

    fn open(folder: &Path) -> Ledger {
        Ledger::open(database(folder), &GENESIS, &BOB).expect("opens")
    }

    #[test]
    fn answer_and_voucher_survive_a_restart_together() {
        let folder = folder();
        open(folder.path()).record(8, &tab(3)).expect("writes");
        let ledger = open(folder.path());
        assert_eq!(ledger.tab(8).expect("reads"), Some(tab(3)));
        assert_eq!(ledger.tabs().expect("reads"), [(8, tab(3))]);
        assert_eq!(ledger.tab(9).expect("reads"), None);
    }

    #[test]
    fn a_process_killed_before_the_write_ends_has_the_answer_before() {
        let (folder, copy) = (folder(), folder());
        let ledger = open(folder.path());
        ledger.record(8, &tab(0)).expect("writes");
        let unfinished = ledger.store.database.begin_write().expect("begins");
        unfinished
            .open_table(ledger.store.definition())
            .expect("opens")
            .insert(8, tab(1).encode().as_slice())
            .expect("inserts");
        // What a process leaves when it is killed now: the file as it is, not closed.
        std::fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("copies");
        let found = open(copy.path()).tab(8).expect("reads");
        assert_eq!(found, Some(tab(0)));
    }

    #[test]
    fn what_was_redeemed_changes_nothing_else() {
        let folder = folder();
        let ledger = open(folder.path());
        ledger.record(8, &tab(1)).expect("writes");
        ledger.note_redeemed(8, 50).expect("writes");
        let mut expected = tab(1);
        expected.redeemed = 50;
        assert_eq!(ledger.tab(8).expect("reads"), Some(expected));
        // Nothing is known of the other one, and nothing is made up.
        ledger.note_redeemed(9, 50).expect("writes");
        assert_eq!(ledger.tab(9).expect("reads"), None);
    }

    #[test]
    fn a_channel_that_is_closed_is_forgotten_alone() {
        let folder = folder();
        let ledger = open(folder.path());
        for channel in [3, 4] {
            ledger.record(channel, &tab(0)).expect("writes");
        }
        ledger.forget(3).expect("writes");
        ledger.forget(3).expect("a second time does no harm");
        assert_eq!(ledger.tabs().expect("reads"), [(4, tab(0))]);
    }

    #[test]
    fn another_chain_and_another_provider_see_none_of_it() {
        let folder = folder();
        open(folder.path()).record(8, &tab(0)).expect("writes");
        for (genesis, provider) in [([8; 32], BOB), (GENESIS, AccountId([3; 32]))] {
            let ledger = Ledger::open(database(folder.path()), &genesis, &provider).expect("opens");
            assert_eq!(ledger.tab(8).expect("reads"), None);
        }
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_damaged_entry_by_its_number() {
            let folder = folder();
            let ledger = open(folder.path());
            let transaction = ledger.store.database.begin_write().expect("begins");
            transaction
                .open_table(ledger.store.definition())
                .expect("opens")
                .insert(5, [1u8, 2, 3].as_slice())
                .expect("inserts");
            transaction.commit().expect("commits");
            assert!(matches!(
                ledger.tab(5),
                Err(LedgerError::Damaged { channel: 5, .. })
            ));
        }
    }
}
