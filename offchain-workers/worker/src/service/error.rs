//! Why the worker does not run.

use crate::{
    disk::{DiskFailure, OpenError},
    gateway::LedgerError,
    lock::LockError,
    models::ModelError,
    outbox::OutboxError,
    peers::PeersError,
    tiers::SealError,
};
use lattice_chain_client::{AccountId, Error, SignerError};
use lattice_p2p::{private::MailboxError, transfer::StoreError, IdentityError};
use libp2p::PeerId;
use std::{io::ErrorKind, net::SocketAddr};

/// The exit status where another start fails in the same way; clap's for a wrong command line, too.
const MISCONFIGURED: u8 = 2;
/// The exit status where the disk fails: `EX_IOERR` of BSD's sysexits.
const DISK_FAILS: u8 = 74;
/// The exit status for everything else.
const FAILED: u8 = 1;

/// Why the worker does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Signer(#[from] SignerError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Models(#[from] ModelError),
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error(transparent)]
    Disk(#[from] DiskFailure),
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Seals(#[from] SealError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Chain(#[from] Error),
    #[error(transparent)]
    Peers(#[from] PeersError),
    #[error("another worker of {account} runs elsewhere, as peer {peer}: stop one of them")]
    Twin { account: AccountId, peer: PeerId },
    #[error("cannot set up the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    #[error("cannot serve the metrics on {address}: {source}")]
    Http {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("cannot serve channels on {address}: {source}")]
    Gateway {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("cannot start the proving pool: {0}")]
    Pool(#[from] rayon::ThreadPoolBuildError),
    #[error("loading the models was interrupted")]
    Interrupted,
}

impl ServiceError {
    /// What the process ends with, by which whoever started it tells what it has to do.
    pub fn exit_status(&self) -> u8 {
        match self {
            ServiceError::Signer(_) => MISCONFIGURED,
            ServiceError::Disk(_) | ServiceError::Database(OpenError::Open { .. }) => DISK_FAILS,
            ServiceError::Database(OpenError::Create { source, .. })
            | ServiceError::Lock(LockError::Io { source, .. })
            | ServiceError::Peers(
                PeersError::Identity(IdentityError::Io { source, .. })
                | PeersError::Store(StoreError::Io { source, .. }),
            ) if !is_named_wrongly(source.kind()) => DISK_FAILS,
            _ => FAILED,
        }
    }
}

/// Whether a folder that cannot be used is the wrong one, or somebody else's, on a disk that works.
fn is_named_wrongly(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::PermissionDenied | ErrorKind::NotADirectory | ErrorKind::AlreadyExists
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{disk::Disk, lock::Lock};
    use redb::Database;
    use std::{
        path::{Path, PathBuf},
        sync::Arc,
    };

    fn open(folder: &Path, name: &str) -> Result<Database, OpenError> {
        Disk::default().open(folder, name)
    }

    fn status(error: impl Into<ServiceError>) -> u8 {
        error.into().exit_status()
    }

    #[test]
    fn a_wrong_key_is_told_from_a_disk_that_fails_and_that_from_the_rest() {
        assert_eq!(status(SignerError::Malformed), 2);
        let failure = DiskFailure {
            path: PathBuf::from("outbox.redb"),
            source: Arc::new(ErrorKind::StorageFull.into()),
        };
        assert_eq!(status(failure), 74);
        let store = StoreError::Io {
            path: PathBuf::from("store"),
            source: ErrorKind::StorageFull.into(),
        };
        assert_eq!(status(PeersError::from(store)), 74);
        assert_eq!(status(Error::NotAWebSocketUrl("a node".to_owned())), 1);
    }

    #[test]
    fn what_cannot_be_read_is_the_disks_and_what_is_no_folder_or_another_workers_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, b"no database").expect("written");
        let garbled = open(folder.path(), "file");
        assert_eq!(status(garbled.expect_err("is refused")), 74);
        let no_folder = open(&file, "rows.redb");
        assert_eq!(status(no_folder.expect_err("is refused")), 1);
        assert_eq!(status(Lock::data(&file).expect_err("is no folder")), 1);

        let _database = open(folder.path(), "rows.redb").expect("opens");
        let second = open(folder.path(), "rows.redb");
        assert_eq!(status(second.expect_err("is in use")), 1);
        let _lock = Lock::data(folder.path()).expect("is free");
        let second = Lock::data(folder.path());
        assert_eq!(status(second.expect_err("is taken")), 1);
    }
}
