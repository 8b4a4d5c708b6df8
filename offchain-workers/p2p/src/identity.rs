//! The key of this peer, and the account that it speaks for.

use crate::record::{
    now_ms, PeerRecord, SignedRecord, LIFETIME_MS, MAX_ADDRESSES, MAX_ADDRESS_BYTES,
};
use lattice_chain_client::{AccountId, Signer};
use libp2p::{identity::Keypair, Multiaddr, PeerId};
use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
};
use zeroize::Zeroizing;

/// The name of the key's file in a data folder.
pub const KEY_FILE: &str = "p2p.key";
/// A key that is being written.
const NEW_KEY_FILE: &str = "p2p.key.new";
/// A key has some seventy bytes; anything longer is some other file.
const MAX_KEY_FILE: u64 = 4096;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("cannot read or write the key file {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("the key file {0} is larger than {MAX_KEY_FILE} bytes")]
    TooLarge(PathBuf),
    #[error("the key file {path} holds no key: {reason}; move it away to have a new one made")]
    Malformed { path: PathBuf, reason: String },
}

/// Who this peer is: an ed25519 key, which its peer id is made of, and an account of a chain.
#[derive(Clone)]
pub struct Identity {
    keypair: Keypair,
    signer: Signer,
    genesis: [u8; 32],
    /// Unix milliseconds; earlier once the clock has been set back.
    started_at: Arc<AtomicU64>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} for {})", self.peer(), self.account())
    }
}

impl Identity {
    /// The key in `p2p.key` of a data folder, which is made if it is not there.
    ///
    /// A file that others may read is used, with a warning.
    ///
    /// # Errors
    /// [`IdentityError`] if the file cannot be read or made, or holds no key.
    pub fn load(folder: &Path, signer: Signer, genesis: [u8; 32]) -> Result<Self, IdentityError> {
        let path = folder.join(KEY_FILE);
        let keypair = if path.exists() {
            read(&path)?
        } else {
            let keypair = Keypair::generate_ed25519();
            fs::create_dir_all(folder)
                .and_then(|()| write(&path, &keypair))
                .map_err(|source| IdentityError::Io { path, source })?;
            keypair
        };
        Ok(Self::new(keypair, signer, genesis))
    }

    /// A key that is forgotten at the end of the process: for one that only asks.
    pub fn ephemeral(signer: Signer, genesis: [u8; 32]) -> Self {
        Self::new(Keypair::generate_ed25519(), signer, genesis)
    }

    /// An identity of its parts. Its account speaks through this key from now on.
    pub fn new(keypair: Keypair, signer: Signer, genesis: [u8; 32]) -> Self {
        Self {
            keypair,
            signer,
            genesis,
            started_at: Arc::new(AtomicU64::new(now_ms())),
        }
    }

    /// The peer id.
    pub fn peer(&self) -> PeerId {
        self.keypair.public().to_peer_id()
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.signer.account()
    }

    /// Genesis hash of the chain.
    pub fn genesis(&self) -> [u8; 32] {
        self.genesis
    }

    /// Since when the account speaks through this peer, in Unix milliseconds.
    pub fn started_at(&self) -> u64 {
        self.started_at.load(Ordering::Relaxed)
    }

    /// What a record says of that which is signed at a time: never later than the signing, and once
    /// said never later than that, whatever becomes of the clock.
    pub(crate) fn issued_at(&self, now: u64) -> u64 {
        self.started_at.fetch_min(now, Ordering::Relaxed).min(now)
    }

    pub(crate) fn keypair(&self) -> &Keypair {
        &self.keypair
    }

    /// A record of this peer with the first of these addresses, signed at a time (Unix milliseconds).
    pub fn record(&self, addresses: &[Multiaddr], now: u64) -> SignedRecord {
        let addresses = addresses
            .iter()
            .map(Multiaddr::to_vec)
            .filter(|address| address.len() <= MAX_ADDRESS_BYTES)
            .take(MAX_ADDRESSES)
            .collect();
        let record = PeerRecord {
            genesis: self.genesis,
            account: self.account().0,
            peer: self.peer().to_bytes(),
            addresses,
            // A clock that was set back since the start must not make the record a contradiction.
            issued_at: self.issued_at(now),
            expires_at: now.saturating_add(LIFETIME_MS),
        };
        SignedRecord::sign(record, &self.signer)
    }
}

fn read(path: &Path) -> Result<Keypair, IdentityError> {
    let io = |source| IdentityError::Io {
        path: path.to_owned(),
        source,
    };
    let metadata = fs::metadata(path).map_err(io)?;
    if metadata.len() > MAX_KEY_FILE {
        return Err(IdentityError::TooLarge(path.to_owned()));
    }
    if let Some(mode) = loose_mode(&metadata) {
        tracing::warn!(
            path = %path.display(),
            mode = format!("{mode:03o}"),
            "key file can be read by others; run `chmod 600` on it"
        );
    }
    let bytes = Zeroizing::new(fs::read(path).map_err(io)?);
    Keypair::from_protobuf_encoding(&bytes).map_err(|error| IdentityError::Malformed {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Writes a new file that only its owner can read: there is all of it or nothing, also after a crash.
fn write(path: &Path, keypair: &Keypair) -> io::Result<()> {
    let bytes = keypair
        .to_protobuf_encoding()
        .map(Zeroizing::new)
        .map_err(io::Error::other)?;
    let beside = path.with_file_name(NEW_KEY_FILE);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// The permission bits of a file that others than its owner can use.
#[cfg(unix)]
fn loose_mode(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn loose_mode(_metadata: &fs::Metadata) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> Signer {
        Signer::from_dev_seed("//Alice").expect("a development account")
    }

    #[test]
    fn a_key_is_made_once_and_then_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let first = Identity::load(&data, alice(), [1; 32]).expect("a new key");
        let again = Identity::load(&data, alice(), [1; 32]).expect("the same key");
        assert_eq!(first.peer(), again.peer());
        assert_ne!(first.peer(), Identity::ephemeral(alice(), [1; 32]).peer());
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        Identity::load(folder.path(), alice(), [1; 32]).expect("a new key");
        let metadata = fs::metadata(folder.path().join(KEY_FILE)).expect("the file");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn its_own_record_is_good() {
        let identity = Identity::ephemeral(alice(), [1; 32]);
        let addresses: Vec<Multiaddr> = (1..=MAX_ADDRESSES + 1)
            .map(|port| format!("/ip4/127.0.0.1/tcp/{port}"))
            .map(|address| address.parse().expect("a multiaddr"))
            .collect();
        let now = now_ms();
        let record = identity.record(&addresses, now);
        let verified = record
            .check_shown_by(&identity.peer(), &[1; 32], now)
            .expect("a good record");
        assert_eq!(verified.addresses.len(), MAX_ADDRESSES);
        assert_eq!(verified.issued_at, identity.started_at());
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_spoil_the_record() {
        let identity = Identity::ephemeral(alice(), [1; 32]);
        let now = identity.started_at() - 60_000;
        let record = identity.record(&[], now);
        assert!(record.check(&[1; 32], now).is_ok());
        // When the clock has caught up, it is still the same peer as before.
        let later = identity.record(&[], now + 120_000);
        assert_eq!(later.record.issued_at, record.record.issued_at);
        assert_eq!(identity.started_at(), now);
    }

    #[test]
    fn a_key_that_was_being_written_at_a_crash_is_no_obstacle() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(NEW_KEY_FILE), b"hal").expect("write");
        let first = Identity::load(folder.path(), alice(), [1; 32]).expect("a new key");
        assert!(!folder.path().join(NEW_KEY_FILE).exists());
        let again = Identity::load(folder.path(), alice(), [1; 32]).expect("the same key");
        assert_eq!(first.peer(), again.peer());
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_file_that_holds_no_key() {
            let folder = tempfile::tempdir().expect("a folder");
            fs::write(folder.path().join(KEY_FILE), b"not a key").expect("write");
            assert!(matches!(
                Identity::load(folder.path(), alice(), [1; 32]),
                Err(IdentityError::Malformed { .. })
            ));
        }

        #[test]
        fn a_file_that_is_far_too_long_for_a_key() {
            let folder = tempfile::tempdir().expect("a folder");
            fs::write(folder.path().join(KEY_FILE), vec![0; 5000]).expect("write");
            assert!(matches!(
                Identity::load(folder.path(), alice(), [1; 32]),
                Err(IdentityError::TooLarge(_))
            ));
        }
    }
}
