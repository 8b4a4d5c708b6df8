//! One worker for an account, and one for a data folder.
//!
//! Two workers of one account would both serve its assignments, and each would take the other's results
//! for its own lost ones. So a worker holds locks while it runs: one in its data folder, and one in a
//! folder of the user's, named after chain and account. The latter says who has it, but another user, or
//! one whose `XDG_RUNTIME_DIR` is another, does not see it; so the worker also has a socket of that name in
//! Linux' abstract namespace, which all of a machine share, except containers with a network of their own.
//! Such a name is anybody's to take, so another user of the machine can keep a worker from starting, and
//! that is all. The system frees all of them when the process is gone, however it went. Workers on other
//! machines are found in the peer-to-peer network, if at all.

use lattice_chain_client::AccountId;
use std::{
    fmt,
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{Error, ErrorKind, Read, Result as IoResult, Write},
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
        net::UnixDatagram,
    },
    path::{Path, PathBuf},
};

/// File name of the lock in a data folder.
const IN_DATA: &str = "worker.lock";
/// More of a lock's text is not read.
const MAX_TEXT: u64 = 4096;
/// Characters of a URL in a file name.
const MAX_URL: usize = 80;

/// Why a worker may not run.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another worker of {account} runs here: {holder}; stop it, or give this one a key of its own")]
    Account { account: AccountId, holder: Holder },
    #[error(
        "another worker of {account} runs on this machine, as another user or with another \
         XDG_RUNTIME_DIR: whoever has the socket @{socket} (`ss -xap` as root says who); stop it, or give \
         this one a key of its own"
    )]
    Machine { account: AccountId, socket: String },
    #[error("another worker uses the data folder {folder}: {holder}; stop it, or name another folder with --data")]
    Data { folder: PathBuf, holder: Holder },
    #[error("cannot lock {path}: {source}")]
    Io { path: PathBuf, source: Error },
}

/// Who has a lock, as far as it has said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pid: Option<u32>,
    data: Option<String>,
}

impl Holder {
    fn of(text: &str) -> Self {
        let mut lines = text.lines();
        Self {
            pid: lines.next().and_then(|pid| pid.parse().ok()),
            data: lines.next().map(str::to_owned),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid}")?,
            None => f.write_str("a process that is just starting")?,
        }
        match &self.data {
            Some(data) => write!(f, " with --data {data}"),
            None => Ok(()),
        }
    }
}

/// A lock, as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    /// The name in the machine's list; nobody talks to it.
    _socket: Option<UnixDatagram>,
}

impl Lock {
    /// Takes a data folder, which is made when it is missing.
    pub fn data(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join(IN_DATA);
        let taken = std::fs::create_dir_all(folder).and_then(|()| take(&path, folder));
        match taken {
            Ok(Ok(lock)) => Ok(lock),
            Ok(Err(holder)) => Err(LockError::Data {
                folder: folder.to_owned(),
                holder,
            }),
            Err(source) => Err(LockError::Io { path, source }),
        }
    }

    /// Takes an account on the chain with this genesis; `data` is told to whoever wants it next.
    ///
    /// All development chains have one genesis, so for a development account the node's URL tells
    /// them apart. Its key is everybody's: the machine's other users may have it in networks of their own.
    pub fn account(
        genesis: &[u8; 32],
        account: &AccountId,
        development_url: Option<&str>,
        data: &Path,
    ) -> Result<Self, LockError> {
        Self::account_in(&folders(), genesis, account, development_url, data)
    }

    fn account_in(
        folders: &[PathBuf],
        genesis: &[u8; 32],
        account: &AccountId,
        development_url: Option<&str>,
        data: &Path,
    ) -> Result<Self, LockError> {
        let mut name = format!(
            "worker-{}-{}",
            hex::encode(&genesis[..8]),
            hex::encode(account.0)
        );
        if let Some(url) = development_url {
            name.push('-');
            name.extend(url.chars().take(MAX_URL).map(|c| match c {
                c if c.is_ascii_alphanumeric() => c,
                _ => '-',
            }));
        }
        let file_name = format!("{name}.lock");
        let mut failure = None;
        for folder in folders {
            let path = folder.join(&file_name);
            match prepare(folder).and_then(|()| take(&path, data)) {
                Ok(Ok(lock)) => {
                    let socket = match development_url {
                        Some(_) => None,
                        None => machine_wide(account, format!("lattice-{name}"))?,
                    };
                    return Ok(Lock {
                        _socket: socket,
                        ..lock
                    });
                }
                Ok(Err(holder)) => {
                    return Err(LockError::Account {
                        account: *account,
                        holder,
                    })
                }
                Err(source) => failure = Some(LockError::Io { path, source }),
            }
        }
        Err(failure.unwrap_or_else(|| LockError::Io {
            path: PathBuf::from(file_name),
            source: ErrorKind::NotFound.into(),
        }))
    }
}

/// Takes the name of an account's lock for the whole machine.
fn machine_wide(account: &AccountId, name: String) -> Result<Option<UnixDatagram>, LockError> {
    match abstract_socket(&name) {
        Ok(socket) => Ok(socket),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(LockError::Machine {
            account: *account,
            socket: name,
        }),
        // A sandbox may allow none. The file is a lock among the user's own workers.
        Err(error) => {
            tracing::warn!(%error, socket = name, "workers of other users are not noticed");
            Ok(None)
        }
    }
}

/// A socket of this name, of which there is one in a network namespace; there are such names in Linux only.
#[cfg(target_os = "linux")]
fn abstract_socket(name: &str) -> IoResult<Option<UnixDatagram>> {
    use std::os::{linux::net::SocketAddrExt, unix::net::SocketAddr};
    let address = SocketAddr::from_abstract_name(name)?;
    UnixDatagram::bind_addr(&address).map(Some)
}

#[cfg(not(target_os = "linux"))]
fn abstract_socket(_name: &str) -> IoResult<Option<UnixDatagram>> {
    Ok(None)
}

/// Where locks of accounts are kept, in order of preference: the user's runtime folder if there is one.
fn folders() -> Vec<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| !folder.is_empty());
    let runtime = runtime.map(|folder| PathBuf::from(folder).join("lattice"));
    let name = own_user().map_or_else(|| "lattice".to_owned(), |user| format!("lattice-{user}"));
    let temporary = std::env::temp_dir().join(name);
    runtime.into_iter().chain([temporary]).collect()
}

/// Who runs this process; `None` where that cannot be read.
fn own_user() -> Option<u32> {
    let process = std::fs::metadata("/proc/self").ok()?;
    Some(process.uid())
}

/// Makes a folder in which nobody else can make a lock.
fn prepare(folder: &Path) -> IoResult<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let metadata = std::fs::symlink_metadata(folder)?;
    let foreign = own_user().is_some_and(|user| user != metadata.uid());
    if foreign || !metadata.is_dir() {
        return Err(Error::new(
            ErrorKind::PermissionDenied,
            "the folder is somebody else's; name one with XDG_RUNTIME_DIR",
        ));
    }
    Ok(())
}

/// Takes the lock of a file, or says who has it.
fn take(path: &Path, data: &Path) -> IoResult<Result<Lock, Holder>> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => {
            let data = std::path::absolute(data)?;
            file.set_len(0)?;
            file.write_all(format!("{}\n{}\n", std::process::id(), data.display()).as_bytes())?;
            Ok(Ok(Lock {
                _file: file,
                _socket: None,
            }))
        }
        Err(TryLockError::WouldBlock) => {
            let mut text = Vec::new();
            file.take(MAX_TEXT).read_to_end(&mut text)?;
            Ok(Err(Holder::of(&String::from_utf8_lossy(&text))))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const ALICE: AccountId = AccountId([1; 32]);
    const BOB: AccountId = AccountId([2; 32]);

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    /// The genesis of a chain that no other test has: all of them share the machine's names.
    fn chain() -> [u8; 32] {
        static CHAINS: AtomicU32 = AtomicU32::new(0);
        let mut genesis = [0; 32];
        genesis[..4].copy_from_slice(&std::process::id().to_be_bytes());
        let number = CHAINS.fetch_add(1, Ordering::Relaxed);
        genesis[4..8].copy_from_slice(&number.to_be_bytes());
        genesis
    }

    /// Takes an account in a folder for locks.
    fn lock(
        folder: &Path,
        genesis: &[u8; 32],
        account: &AccountId,
        url: Option<&str>,
    ) -> Result<Lock, LockError> {
        let folders = [folder.join("locks")];
        Lock::account_in(&folders, genesis, account, url, Path::new("/srv/data"))
    }

    #[test]
    fn the_second_worker_of_an_account_is_told_who_the_first_one_is() {
        let (folder, chain) = (folder(), chain());
        let first = lock(folder.path(), &chain, &ALICE, None).expect("free");
        let second = lock(folder.path(), &chain, &ALICE, None)
            .expect_err("taken")
            .to_string();
        let process = format!("process {} with --data /srv/data", std::process::id());
        assert!(second.contains(&process), "{second}");
        assert!(second.contains(&ALICE.to_string()), "{second}");
        drop(first);
        lock(folder.path(), &chain, &ALICE, None).expect("free again");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_worker_whose_locks_lie_elsewhere_is_found_on_the_same_machine() {
        let (one, other, chain) = (folder(), folder(), chain());
        let first = lock(one.path(), &chain, &ALICE, None).expect("free");
        let second = lock(other.path(), &chain, &ALICE, None).expect_err("taken");
        assert!(matches!(second, LockError::Machine { .. }), "{second}");
        let socket = format!(
            "@lattice-worker-{}-{}",
            hex::encode(&chain[..8]),
            "01".repeat(32)
        );
        assert!(second.to_string().contains(&socket), "{second}");
        lock(other.path(), &chain, &BOB, None).expect("another account");
        drop(first);
        // The one that was refused holds nothing.
        let _third = lock(other.path(), &chain, &ALICE, None).expect("free again");
    }

    #[test]
    fn another_account_and_another_chain_are_free() {
        let (folder, one) = (folder(), chain());
        let _alice = lock(folder.path(), &one, &ALICE, None).expect("free");
        let _bob = lock(folder.path(), &one, &BOB, None).expect("free");
        lock(folder.path(), &chain(), &ALICE, None).expect("free");
    }

    #[test]
    fn development_chains_are_told_apart_by_their_nodes() {
        let (folder, chain) = (folder(), chain());
        let [one, other] = ["ws://127.0.0.1:1", "ws://127.0.0.1:2"].map(Some);
        let _one = lock(folder.path(), &chain, &ALICE, one).expect("free");
        lock(folder.path(), &chain, &ALICE, other).expect("another chain");
        let again = lock(folder.path(), &chain, &ALICE, one);
        assert!(matches!(again, Err(LockError::Account { .. })));
    }

    #[test]
    fn a_data_folder_has_one_worker_and_is_free_when_it_is_gone() {
        let folder = folder();
        let data = folder.path().join("new");
        let first = Lock::data(&data).expect("made and free");
        let second = Lock::data(&data).expect_err("taken").to_string();
        assert!(second.contains("new: process "), "{second}");
        drop(first);
        Lock::data(&data).expect("free again");
    }

    #[test]
    fn a_folder_that_cannot_be_made_gives_way_to_the_next() {
        let (folder, chain) = (folder(), chain());
        let file = folder.path().join("file");
        std::fs::write(&file, "no folder").expect("written");
        let folders = [file.join("locks"), folder.path().join("locks")];
        let taken = Lock::account_in(&folders, &chain, &ALICE, None, Path::new("d"));
        taken.expect("taken in the second");
        let refused = Lock::account_in(&folders[..1], &chain, &ALICE, None, Path::new("d"));
        assert!(matches!(refused, Err(LockError::Io { .. })));
    }

    #[test]
    fn a_holder_that_has_said_nothing_yet_is_no_riddle() {
        assert_eq!(Holder::of(""), Holder::default());
        let starting = "a process that is just starting";
        assert_eq!(Holder::of("").to_string(), starting);
        assert_eq!(
            Holder::of("x\n/d").to_string(),
            format!("{starting} with --data /d")
        );
    }
}
