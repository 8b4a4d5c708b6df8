//! What the worker keeps on disk: a file for each purpose, and in it a table for each chain and
//! provider. Tables of others in the same file are left alone.

use lattice_chain_client::AccountId;
use redb::{Database, TableDefinition};
use std::path::{Path, PathBuf};

/// Why a table cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// Another process has the file.
    InUse(PathBuf),
    /// The folder cannot be made.
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    Storage(Box<redb::Error>),
}

impl<E: Into<redb::Error>> From<E> for OpenError {
    fn from(error: E) -> Self {
        OpenError::Storage(Box::new(error.into()))
    }
}

/// Rows of bytes by number, of one provider on one chain.
#[derive(Debug)]
pub struct Store {
    pub database: Database,
    table: String,
}

impl Store {
    /// Opens the table in a file of this folder, which is made when it is missing.
    pub fn open(
        folder: &Path,
        file_name: &str,
        genesis: &[u8; 32],
        provider: &AccountId,
    ) -> Result<Self, OpenError> {
        std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
            path: folder.to_owned(),
            source,
        })?;
        let path = folder.join(file_name);
        let database = match Database::create(&path) {
            Ok(database) => database,
            Err(redb::DatabaseError::DatabaseAlreadyOpen) => return Err(OpenError::InUse(path)),
            Err(error) => return Err(error.into()),
        };
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
