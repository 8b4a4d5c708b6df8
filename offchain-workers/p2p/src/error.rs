//! What can go wrong between peers.

use crate::{limits::AccessError, record::RecordError};
use lattice_chain_client::AccountId;
use libp2p::{Multiaddr, PeerId};
use std::time::Duration;

/// Why the network does not start, or a peer was not found, not believed or did not answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NetworkError {
    #[error("cannot listen on {address}: {reason}")]
    Listen { address: Multiaddr, reason: String },
    #[error("cannot set up encrypted connections: {0}")]
    Encryption(String),
    #[error("cannot set up the metrics of the network: {0}")]
    Metrics(String),
    #[error("cannot connect to {target}: {reason}")]
    Dial { target: String, reason: String },
    #[error(
        "the peer is on the chain with genesis 0x{}, we are on 0x{}; check which chain both are given",
        hex::encode(.theirs),
        hex::encode(.ours)
    )]
    WrongGenesis { ours: [u8; 32], theirs: [u8; 32] },
    #[error("the record that {peer} shows is refused: {reason}")]
    Record {
        peer: PeerId,
        reason: Box<RecordError>,
    },
    #[error("{peer} is not admitted: {reason}")]
    NotAdmitted { peer: PeerId, reason: AccessError },
    #[error("{peer} did not show who it is: {reason}")]
    NoHello { peer: PeerId, reason: String },
    #[error("the peer speaks for the account {shown}, not for {wanted}")]
    WrongAccount { wanted: AccountId, shown: AccountId },
    #[error("no peer of the account {account} was found: {reason}")]
    NotFound { account: AccountId, reason: String },
    #[error("{0} is not connected, or has not shown who it is")]
    NotConnected(PeerId),
    #[error("{peer} gave no answer: {reason}")]
    NoAnswer { peer: PeerId, reason: String },
    #[error("{what} took longer than {after:?}")]
    Timeout { what: &'static str, after: Duration },
    #[error("there are too many {0} at once; try again later")]
    Busy(&'static str),
    #[error("the network has been shut down")]
    Stopped,
}
