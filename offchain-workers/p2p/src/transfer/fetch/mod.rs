//! A content from several peers at once.
//!
//! Each peer says first how the content is cut (its *map*); peers with one map work together.
//! Chunks are asked for in runs of up to 1 MiB, a few at a time of each peer, so a fast peer gets
//! more of them than a slow one. What a peer fails to give goes to another; at the end, runs that
//! are long under way are asked for twice. Chunks are verified and written on threads for blocking
//! work.
//!
//! Dropping the future stops the fetch and loses nothing that was verified.

mod peers;
mod questions;
mod session;
mod work;

use super::{Ask, ContentId, FetchError, Held, Misbehaviour, Progress, Store, MAX_BLOB_BYTES};
use libp2p::PeerId;
use session::Session;
use std::{sync::Arc, time::Duration};

/// How a fetch goes about it.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// Most questions under way to one peer.
    pub per_peer: usize,
    /// Most questions under way to all of them.
    pub in_flight: usize,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How long to wait, after the first list of a file's chunks, for those of other peers.
    pub patience: Duration,
    /// How long a run may be under way before another peer with nothing to do is asked for it.
    pub endgame: Duration,
    /// Failures in a row after which a peer is given up.
    pub attempts: u32,
    /// How long a peer is left alone after its first failure; twice as long after each further one.
    pub backoff: Duration,
    /// Most bytes of the content: for a file whose length is known, no peer can make room for
    /// more.
    pub max_bytes: u64,
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            per_peer: 4,
            in_flight: 16,
            timeout: Duration::from_secs(20),
            patience: Duration::from_millis(500),
            endgame: Duration::from_secs(1),
            attempts: 5,
            backoff: Duration::from_millis(200),
            max_bytes: MAX_BLOB_BYTES,
        }
    }
}

/// A content that is there.
#[derive(Debug)]
pub struct Fetched {
    /// The content; it stays as long as this is held.
    pub held: Held,
    /// Bytes that were fetched now.
    pub received: u64,
    /// Peers that should be banned, with what they did.
    pub misbehaved: Vec<(PeerId, Misbehaviour)>,
}

/// Most peers of one fetch; more do not make it faster.
pub const MAX_PEERS: usize = 64;

/// Brings a content into the store, from the first [`MAX_PEERS`] of these peers.
///
/// What is there already is not asked for. If another fetch of the same content is under way,
/// this one waits for its end.
///
/// # Errors
/// [`FetchError::NoPeers`] once no peer is left that might give more, with the reason of each;
/// [`FetchError::Store`] if the store cannot take it.
pub async fn fetch(
    store: &Arc<Store>,
    asker: Arc<dyn Ask>,
    content: ContentId,
    peers: Vec<PeerId>,
    options: FetchOptions,
    progress: &dyn Progress,
) -> Result<Fetched, FetchError> {
    let turn = store.turn(&content).await;
    if let Some(held) = store.hold(&content) {
        return Ok(Fetched {
            held,
            received: 0,
            misbehaved: Vec::new(),
        });
    }
    Session::new(store.clone(), asker, turn, content, peers, options)
        .run(progress)
        .await
}
