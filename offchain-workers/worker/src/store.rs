//! Rows of bytes in a database: a table for each chain and provider. Tables of others are left alone.

use lattice_chain_client::AccountId;
use redb::{Database, TableDefinition};

/// Rows of bytes by number, of one provider on one chain.
#[derive(Debug)]
pub struct Store {
    pub database: Database,
    table: String,
}

impl Store {
    /// Opens the table.
    pub fn open(
        database: Database,
        genesis: &[u8; 32],
        provider: &AccountId,
    ) -> Result<Self, redb::Error> {
        let table = format!("{}/{}", hex::encode(genesis), hex::encode(provider.0));
        let store = Self { database, table };
        // A table exists once it was opened for writing; readers rely on it.
        let transaction = store.database.begin_write()?;
        transaction.open_table(store.definition())?;
        transaction.commit()?;
        Ok(store)
    }

    /// The table, for a transaction.
    pub fn definition(&self) -> TableDefinition<'_, u64, &'static [u8]> {
        TableDefinition::new(&self.table)
    }

    /// Writes a row. It is on disk when this returns.
    pub fn put(&self, number: u64, bytes: &[u8]) -> Result<(), redb::Error> {
        let transaction = self.database.begin_write()?;
        transaction
            .open_table(self.definition())?
            .insert(number, bytes)?;
        transaction.commit()?;
        Ok(())
    }
}
