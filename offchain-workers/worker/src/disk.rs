//! The databases of a worker, and the end of it when the disk fails one of them.
//!
//! After an error of the disk redb takes no more of a file until it is opened anew, so a worker whose
//! disk was full for a moment would never serve again. Opening the file is what a start does, and what
//! a start finds is what was committed; so the worker ends, and whoever supervises it starts it again.

use redb::{backends::FileBackend, BackendError, Database, StorageBackend};
use std::{
    fs::{OpenOptions, Permissions},
    io,
    ops::Bound,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::watch;

/// Read and written by its owner, and by nobody else.
const OWNER_ONLY: u32 = 0o600;

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("another worker uses {0}")]
    InUse(PathBuf),
    #[error("cannot create or open {path}: {source}")]
    Create { path: PathBuf, source: io::Error },
    #[error("cannot open {path}: {source}")]
    Open {
        path: PathBuf,
        source: Box<redb::Error>,
    },
}

/// An error of the disk under an open database.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the disk failed {path}: {source}; it is opened anew with the next start", path = path.display())]
pub struct DiskFailure {
    pub path: PathBuf,
    pub source: Arc<io::Error>,
}

/// Opens databases, and tells when the disk failed one of them.
#[derive(Clone, Debug)]
pub struct Disk {
    failed: watch::Sender<Option<DiskFailure>>,
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            failed: watch::channel(None).0,
        }
    }
}

impl Disk {
    /// Opens a database in a folder. Both are made when they are missing, and nobody but its owner can
    /// read the file from then on.
    ///
    /// # Errors
    /// The file is another process's, cannot be made, or is no database.
    pub fn open(&self, folder: &Path, file_name: &str) -> Result<Database, OpenError> {
        let path = folder.join(file_name);
        let create = || {
            std::fs::create_dir_all(folder)?;
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(OWNER_ONLY)
                .open(&path)?;
            // It may have been there, made by an earlier worker or out of a backup.
            file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
            Ok(file)
        };
        let file = create().map_err(|source| OpenError::Create {
            path: path.clone(),
            source,
        })?;
        let opened = FileBackend::new(file).and_then(|file| {
            Database::builder().create_with_backend(Watched {
                file,
                path: path.clone(),
                failed: self.failed.clone(),
            })
        });
        opened.map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => OpenError::InUse(path),
            error => OpenError::Open {
                path,
                source: Box::new(error.into()),
            },
        })
    }

    /// The first failure, if there was one.
    pub fn failed(&self) -> Option<DiskFailure> {
        self.failed.borrow().clone()
    }

    /// Waits for the first failure.
    pub async fn failure(&self) -> DiskFailure {
        let mut failed = self.failed.subscribe();
        let failure = failed.wait_for(Option::is_some).await;
        match failure.ok().and_then(|failure| failure.clone()) {
            Some(failure) => failure,
            // It has a sender as long as this is here.
            None => std::future::pending().await,
        }
    }
}

/// A database's file whose errors are told.
#[derive(Debug)]
struct Watched<B> {
    file: B,
    path: PathBuf,
    failed: watch::Sender<Option<DiskFailure>>,
}

impl<B> Watched<B> {
    fn tell<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            self.failed.send_if_modified(|failed| {
                let is_first = failed.is_none();
                failed.get_or_insert_with(|| DiskFailure {
                    path: self.path.clone(),
                    source: Arc::new(copy_of(error)),
                });
                is_first
            });
        })
    }
}

/// An error that says the same; the original is redb's.
fn copy_of(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

impl<B: StorageBackend> StorageBackend for Watched<B> {
    fn len(&self) -> io::Result<u64> {
        self.tell(self.file.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.tell(self.file.read(offset, out))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.tell(self.file.set_len(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.tell(self.file.sync_data())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.tell(self.file.write(offset, data))
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use lattice_chain_client::AccountId;
    use redb::{backends::InMemoryBackend, ReadableDatabase};
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        time::Duration,
    };

    /// A disk on which nothing can be written while it is full.
    #[derive(Debug, Default)]
    struct Full {
        memory: InMemoryBackend,
        is_full: Arc<AtomicBool>,
    }

    impl StorageBackend for Full {
        fn len(&self) -> io::Result<u64> {
            self.memory.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.memory.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.memory.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.memory.sync_data()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            match self.is_full.load(Ordering::Relaxed) {
                true => Err(io::ErrorKind::StorageFull.into()),
                false => self.memory.write(offset, data),
            }
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_told_once_and_its_database_takes_no_more() {
        let disk = Disk::default();
        let full = Full::default();
        let is_full = full.is_full.clone();
        let path = PathBuf::from("outbox.redb");
        let watched = Watched {
            file: full,
            path: path.clone(),
            failed: disk.failed.clone(),
        };
        let database = Database::builder().create_with_backend(watched);
        let store = Store::open(database.expect("opens"), &[1; 32], &AccountId([2; 32]));
        let store = store.expect("opens");
        store.put(1, b"before").expect("there is room");
        assert!(disk.failed().is_none());

        is_full.store(true, Ordering::Relaxed);
        assert!(store.put(2, b"while it is full").is_err());
        let failure = disk.failed().expect("is told");
        assert_eq!(failure.path, path);
        assert_eq!(failure.source.kind(), io::ErrorKind::StorageFull);

        // This is why the worker ends: there is room again, and redb does not take it.
        is_full.store(false, Ordering::Relaxed);
        assert!(store.put(2, b"after").is_err());
        // Whoever asks later is told as well.
        let told = tokio::time::timeout(Duration::from_secs(60), disk.failure()).await;
        assert!(told.is_ok());
    }

    #[tokio::test]
    async fn what_was_committed_before_is_there_when_it_is_opened_anew() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (genesis, account) = ([1; 32], AccountId([2; 32]));
        let disk = Disk::default();
        let open = || {
            let database = disk.open(&folder.path().join("made"), "rows.redb");
            Store::open(database.expect("opens"), &genesis, &account).expect("opens")
        };
        open().put(7, b"row").expect("writes");
        let store = open();
        let reading = store.database.begin_read().expect("begins");
        let table = reading.open_table(store.definition()).expect("opens");
        let row = table.get(7).expect("reads").expect("is there");
        assert_eq!(row.value(), b"row");
        assert!(disk.failed().is_none());
        let file = std::fs::metadata(folder.path().join("made/rows.redb")).expect("is there");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_others_could_read_is_its_owners_from_then_on() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("rows.redb");
        std::fs::write(&path, b"").expect("writes");
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("is ours");
        let _database = Disk::default().open(folder.path(), "rows.redb");
        let mode = std::fs::metadata(&path).expect("is there").permissions();
        assert_eq!(mode.mode() & 0o777, OWNER_ONLY);
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_second_worker_on_the_same_file() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let _first = Disk::default()
                .open(folder.path(), "rows.redb")
                .expect("opens");
            let second = Disk::default().open(folder.path(), "rows.redb");
            let path = folder.path().join("rows.redb");
            assert!(matches!(second, Err(OpenError::InUse(used)) if used == path));
        }

        #[test]
        fn a_folder_that_cannot_be_made_and_a_file_that_is_no_database() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(folder.path().join("file"), b"no database").expect("writes");
            let below = Disk::default().open(&folder.path().join("file"), "rows.redb");
            assert!(matches!(below, Err(OpenError::Create { .. })));
            let other = Disk::default().open(folder.path(), "file");
            assert!(matches!(other, Err(OpenError::Open { .. })));
        }
    }
}
