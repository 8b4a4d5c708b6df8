//! Providers and requesters find each other and talk, over libp2p 0.54: TCP, noise, yamux, Kademlia.
//!
//! * [`identity`]: the key of this peer, kept in a file, and the account that it speaks for;
//! * [`record`]: what ties a peer to an account, signed by the account, and why one is refused;
//! * [`network`]: the task that owns all connections, and the handle that others ask with;
//! * [`config`]: where to listen, whom to admit, how much and for how long;
//! * [`discovery`]: addresses from the chain and from Kademlia, and which are believed;
//! * [`limits`]: rates per peer, and who may come in;
//! * [`codec`]: messages in frames of bounded length;
//! * [`transfer`]: models and keys from several peers at once, verified before they are written;
//! * [`private`]: inputs and outputs that stay off the chain;
//! * [`metrics`]: numbers for Prometheus;
//! * [`error`]: what can go wrong, with the value that was wrong.
//!
//! # Protocols
//! | protocol | request | answer | most bytes |
//! |---|---|---|---|
//! | `/lattice/hello/1` | [`record::SignedRecord`] | [`record::SignedRecord`] | 4 KiB, 4 KiB |
//! | `/lattice/content/1` | [`transfer::wire::ContentRequest`] | [`transfer::wire::ContentResponse`] | 1 KiB, 2 MiB |
//! | `/lattice/private/1` | [`private::wire::PrivateRequest`] | [`private::wire::PrivateResponse`] | 128 KiB, 512 KiB |
//! | `/lattice/kad/<genesis>/1` | Kademlia, one network per chain | | |
//!
//! # Who is believed what
//! Noise proves that a connection's other end has the key of its peer id. The record that both ends
//! show first proves that an account speaks through this peer id, on this chain, now. Until then a
//! peer is asked nothing and given nothing. Nothing here reads the chain: what is on it is handed in.

mod behaviour;
pub mod codec;
pub mod config;
mod crowd;
pub mod discovery;
pub mod error;
pub mod identity;
pub mod limits;
pub mod metrics;
pub mod network;
pub mod private;
pub mod record;
pub mod transfer;

pub use config::NetworkConfig;
pub use error::NetworkError;
pub use identity::{Identity, IdentityError};
pub use metrics::Metrics;
pub use network::{ContentServer, Network, NetworkHandle, Peer, PrivateServer, Servers};
pub use record::{PeerRecord, RecordError, SignedRecord};
