//! What ties a peer id to an account: a record that the account has signed.
//!
//! A record is good for [`LIFETIME_MS`] from its signing, so that when it ends also says when it was
//! signed, by the signer's clock. It names the peer id that may show it: in another's hand it is
//! worth nothing.

use ::codec::{Decode, Encode};
use lattice_chain_client::{is_signed_by, AccountId, Signer};
use libp2p::{Multiaddr, PeerId};
use std::time::{SystemTime, UNIX_EPOCH};

/// For how long a record is good from its signing, in milliseconds: an hour.
pub const LIFETIME_MS: u64 = 60 * 60 * 1000;
/// How far another machine's clock may be from ours, in milliseconds: five minutes.
pub const MAX_SKEW_MS: u64 = 5 * 60 * 1000;
/// Most bytes of a peer id in a record.
pub const MAX_PEER_BYTES: usize = 64;
/// Most addresses in a record.
pub const MAX_ADDRESSES: usize = 8;
/// Most bytes of an address in a record.
pub const MAX_ADDRESS_BYTES: usize = 256;

/// What the signature of a record begins with.
const DOMAIN: &[u8] = b"lattice/peer-record/1";

/// "I am this account, at this peer id and these addresses."
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PeerRecord {
    /// Genesis hash of the chain that the account is on.
    pub genesis: [u8; 32],
    /// The account that speaks.
    pub account: [u8; 32],
    /// The peer id through which it speaks, as bytes; at most [`MAX_PEER_BYTES`].
    pub peer: Vec<u8>,
    /// Where the peer listens, as bytes of multiaddrs: at most [`MAX_ADDRESSES`] of at most
    /// [`MAX_ADDRESS_BYTES`]. Empty for one that only asks.
    pub addresses: Vec<Vec<u8>>,
    /// Since when the account speaks through this peer id: the start of the process, in Unix
    /// milliseconds. A renewal keeps it, so of two peers of one account it says which came first.
    pub issued_at: u64,
    /// Until when the record is good, in Unix milliseconds: [`LIFETIME_MS`] after its signing.
    pub expires_at: u64,
}

impl PeerRecord {
    /// When it was signed, by the signer's clock, in Unix milliseconds.
    pub fn signed_at(&self) -> u64 {
        self.expires_at.saturating_sub(LIFETIME_MS)
    }

    /// The bytes that are signed.
    fn message(&self) -> Vec<u8> {
        let mut message = DOMAIN.to_vec();
        self.encode_to(&mut message);
        message
    }
}

/// A record and the account's sr25519 signature of it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedRecord {
    /// What is said.
    pub record: PeerRecord,
    /// By the account, over `b"lattice/peer-record/1"` and the record's SCALE encoding.
    pub signature: [u8; 64],
}

/// What a record says, after it has been found to be good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The account that speaks.
    pub account: AccountId,
    /// Through this peer.
    pub peer: PeerId,
    /// Where it says that it listens.
    pub addresses: Vec<Multiaddr>,
    /// Since when, in Unix milliseconds.
    pub issued_at: u64,
    /// Until when the record is good, in Unix milliseconds.
    pub expires_at: u64,
}

impl Verified {
    /// Whether this record is to be believed rather than another of the same account.
    pub fn is_newer_than(&self, other: &Verified) -> bool {
        (self.issued_at, self.expires_at) > (other.issued_at, other.expires_at)
    }
}

/// Why a record is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error(
        "it is of the chain with genesis 0x{}, not of 0x{}",
        hex::encode(.theirs),
        hex::encode(.ours)
    )]
    WrongGenesis { ours: [u8; 32], theirs: [u8; 32] },
    #[error("it was shown by the peer {connection}, but is the record of {record}")]
    WrongPeer { record: String, connection: String },
    #[error("its signature is not one of the account {0}")]
    Signature(AccountId),
    #[error("it expired {} s ago; check the time of both machines", .by_ms / 1000)]
    Expired { by_ms: u64 },
    #[error(
        "its clock is {} s {direction} ours, more than {} s; check the time of both machines",
        .skew_ms / 1000,
        MAX_SKEW_MS / 1000
    )]
    ClockSkew {
        skew_ms: u64,
        /// `ahead of` or `behind`.
        direction: &'static str,
    },
    #[error("it was issued at {issued_at}, after its signing at {signed_at} (Unix ms)")]
    IssuedAfterSigning { issued_at: u64, signed_at: u64 },
    #[error("its peer id has {0} bytes, more than {MAX_PEER_BYTES}")]
    PeerTooLong(usize),
    #[error("its peer id is none: {0}")]
    MalformedPeer(String),
    #[error("it has {0} addresses, more than {MAX_ADDRESSES}")]
    TooManyAddresses(usize),
    #[error("its address {index} has {bytes} bytes, more than {MAX_ADDRESS_BYTES}")]
    AddressTooLong { index: usize, bytes: usize },
    #[error("its address {index} is no multiaddr: {reason}")]
    MalformedAddress { index: usize, reason: String },
}

impl SignedRecord {
    /// Signs a record.
    pub fn sign(record: PeerRecord, signer: &Signer) -> Self {
        let signature = signer.sign_bytes(&record.message());
        Self { record, signature }
    }

    /// Whether the record is good on a chain at a time (Unix milliseconds), whoever hands it on.
    ///
    /// # Errors
    /// [`RecordError`], with the value that is wrong.
    pub fn check(&self, genesis: &[u8; 32], now: u64) -> Result<Verified, RecordError> {
        let record = &self.record;
        // First, so that a peer of another chain is told that and nothing else.
        if record.genesis != *genesis {
            return Err(RecordError::WrongGenesis {
                ours: *genesis,
                theirs: record.genesis,
            });
        }
        let peer = peer_of(&record.peer)?;
        let addresses = addresses_of(&record.addresses)?;
        self.check_times(now)?;
        let account = AccountId(record.account);
        if !is_signed_by(&account, &record.message(), &self.signature) {
            return Err(RecordError::Signature(account));
        }
        Ok(Verified {
            account,
            peer,
            addresses,
            issued_at: record.issued_at,
            expires_at: record.expires_at,
        })
    }

    /// Whether the record is good when a peer shows it of itself: besides [`Self::check`], it is that
    /// peer's, and just signed by a clock like ours.
    ///
    /// # Errors
    /// [`RecordError`], with the value that is wrong.
    pub fn check_shown_by(
        &self,
        connection: &PeerId,
        genesis: &[u8; 32],
        now: u64,
    ) -> Result<Verified, RecordError> {
        let verified = self.check(genesis, now)?;
        if verified.peer != *connection {
            return Err(RecordError::WrongPeer {
                record: verified.peer.to_base58(),
                connection: connection.to_base58(),
            });
        }
        let behind = now.saturating_sub(self.record.signed_at());
        if behind > MAX_SKEW_MS {
            return Err(RecordError::ClockSkew {
                skew_ms: behind,
                direction: "behind",
            });
        }
        Ok(verified)
    }

    fn check_times(&self, now: u64) -> Result<(), RecordError> {
        let (issued_at, signed_at) = (self.record.issued_at, self.record.signed_at());
        if self.record.expires_at <= now {
            return Err(RecordError::Expired {
                by_ms: now - self.record.expires_at,
            });
        }
        // This also bounds for how long any record can be good.
        let ahead = signed_at.saturating_sub(now);
        if ahead > MAX_SKEW_MS {
            return Err(RecordError::ClockSkew {
                skew_ms: ahead,
                direction: "ahead of",
            });
        }
        if issued_at > signed_at {
            return Err(RecordError::IssuedAfterSigning {
                issued_at,
                signed_at,
            });
        }
        Ok(())
    }
}

fn peer_of(bytes: &[u8]) -> Result<PeerId, RecordError> {
    if bytes.len() > MAX_PEER_BYTES {
        return Err(RecordError::PeerTooLong(bytes.len()));
    }
    PeerId::from_bytes(bytes).map_err(|error| RecordError::MalformedPeer(error.to_string()))
}

fn addresses_of(addresses: &[Vec<u8>]) -> Result<Vec<Multiaddr>, RecordError> {
    if addresses.len() > MAX_ADDRESSES {
        return Err(RecordError::TooManyAddresses(addresses.len()));
    }
    addresses
        .iter()
        .enumerate()
        .map(|(index, bytes)| {
            if bytes.len() > MAX_ADDRESS_BYTES {
                return Err(RecordError::AddressTooLong {
                    index,
                    bytes: bytes.len(),
                });
            }
            Multiaddr::try_from(bytes.clone()).map_err(|error| RecordError::MalformedAddress {
                index,
                reason: error.to_string(),
            })
        })
        .collect()
}

/// The time by this machine's clock, in Unix milliseconds.
pub fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
