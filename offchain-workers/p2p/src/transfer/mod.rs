//! Models and keys from other peers, named by their content.
//!
//! | module | what |
//! |---|---|
//! | [`ContentId`] | what is asked for: a model, or a file by its hash |
//! | [`wire`] | the messages of `/lattice/content/1`, bounded when they are decoded |
//! | [`Map`] | how a content is cut into chunks of at most 1 MiB, and the hash of each |
//! | [`Store`] | a folder of contents: quota, pins, least recently used out first, crash-safe |
//! | [`fetch()`] | a content from several peers at once, each chunk verified before it is written |
//! | [`Progress`], [`Bar`] | how far a fetch is |
//!
//! # Who is believed what
//! The map of a model proves itself: the manifest hashes to the id, and the hashes of the chunks
//! give the weight root in the manifest. The list of a file's chunks proves nothing before the
//! whole file is there. So each peer's chunks are held against a list that this peer has given
//! itself: a chunk that does not fit convicts its sender, and a whole that does not fit convicts
//! all who gave the list.
//!
//! What a peer can win with lies is time and bandwidth; no byte of a finished content is its.

mod error;
mod fetch;
mod hash;
mod id;
mod map;
mod progress;
mod store;
pub mod wire;

pub use error::{AskError, FetchError, Misbehaviour, StoreError};
pub use fetch::{fetch, FetchOptions, Fetched, MAX_PEERS};
pub use id::{ContentId, ParseContentIdError};
pub use map::{Chunk, Map, MapError};
pub use progress::{Bar, Progress, Silent};
pub use store::{Held, Store, Usage};

use futures::future::BoxFuture;
use libp2p::PeerId;
use wire::{ContentRequest, ContentResponse};

/// Bytes of a chunk; the last of a tensor and of a file is shorter.
pub const CHUNK_BYTES: usize = 1 << 20;

/// Most bytes of a file that is named by its hash: those of the largest proving key.
pub const MAX_BLOB_BYTES: u64 = 4 << 30;

/// Asks peers, as `NetworkHandle` does.
pub trait Ask: Send + Sync {
    /// One question and its answer.
    ///
    /// # Errors
    /// [`AskError`] if there is no answer.
    fn ask(
        &self,
        peer: PeerId,
        request: ContentRequest,
    ) -> BoxFuture<'_, Result<ContentResponse, AskError>>;
}
