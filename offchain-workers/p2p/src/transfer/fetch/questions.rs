//! One question to a peer, and what its answer is worth.

use super::peers::Fault;
use crate::transfer::{
    store::{Partial, Written},
    wire::{ContentRequest, ContentResponse},
    Ask, ContentId, Map, Misbehaviour, StoreError,
};
use libp2p::PeerId;
use std::{
    io,
    ops::Range,
    path::PathBuf,
    sync::{atomic::AtomicU64, Arc},
    time::Duration,
};
use tokio::{task::spawn_blocking, time::timeout};

/// Why a question brought nothing.
pub(super) enum Trouble {
    /// It is the peer's doing.
    Peer(Fault),
    /// It is ours.
    Store(StoreError),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Peer(fault)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Asks a peer for its map of a content.
pub(super) async fn describe(
    asker: Arc<dyn Ask>,
    peer: PeerId,
    content: ContentId,
    patience: Duration,
) -> Result<Map, Trouble> {
    let answer = ask(&asker, peer, ContentRequest::Describe { content }, patience).await?;
    let map = blocking(move || Map::of(content, answer)).await?;
    map.map_err(|error| Fault::Misbehaved(Misbehaviour::WrongMap(error.to_string())).into())
}

/// Asks a peer for chunks, verifies them and writes them; the bytes that were written are added to
/// `received` before this returns, as others may find the content whole then.
pub(super) async fn chunks(
    asker: Arc<dyn Ask>,
    peer: PeerId,
    partial: Arc<Partial>,
    run: Range<u32>,
    patience: Duration,
    received: Arc<AtomicU64>,
) -> Result<(), Trouble> {
    let chunks = ask_for_chunks(asker, peer, &partial, &run, patience).await?;
    blocking(move || write(&partial, run.start, &chunks, &received)).await?
}

/// The chunks that a peer gives, of which there are some and not too many.
async fn ask_for_chunks(
    asker: Arc<dyn Ask>,
    peer: PeerId,
    partial: &Arc<Partial>,
    run: &Range<u32>,
    patience: Duration,
) -> Result<Vec<Vec<u8>>, Trouble> {
    // A run is no longer than an answer may be.
    let count = u8::try_from(run.len()).unwrap_or(u8::MAX);
    let request = ContentRequest::Chunks {
        content: partial.map().content(),
        first: run.start,
        count,
    };
    match ask(&asker, peer, request, patience).await? {
        ContentResponse::Chunks { chunks, .. } if chunks.is_empty() => {
            Err(Fault::Misbehaved(Misbehaviour::EmptyAnswer).into())
        }
        ContentResponse::Chunks { first, chunks } => {
            if first != run.start || chunks.len() > usize::from(count) {
                let misbehaviour = Misbehaviour::OtherChunks {
                    first: run.start,
                    asked: count,
                    found_first: first,
                    found: chunks.len(),
                };
                return Err(Fault::Misbehaved(misbehaviour).into());
            }
            Ok(chunks)
        }
        _ => Err(Fault::Misbehaved(Misbehaviour::OtherAnswer).into()),
    }
}

fn write(
    partial: &Partial,
    first: u32,
    chunks: &[Vec<u8>],
    received: &AtomicU64,
) -> Result<(), Trouble> {
    for (bytes, index) in chunks.iter().zip(first..) {
        match partial.write(index, bytes, received)? {
            Written::Yes | Written::Before => {}
            Written::Closed => break,
            Written::Wrong => {
                return Err(Fault::Misbehaved(Misbehaviour::WrongChunk(index)).into());
            }
        }
    }
    Ok(())
}

/// The answer of a peer that has the content and gives it.
async fn ask(
    asker: &Arc<dyn Ask>,
    peer: PeerId,
    request: ContentRequest,
    patience: Duration,
) -> Result<ContentResponse, Fault> {
    match timeout(patience, asker.ask(peer, request)).await {
        Err(_) => Err(Fault::Failed(format!("no answer within {patience:?}"))),
        Ok(Err(error)) => Err(Fault::Failed(error.to_string())),
        Ok(Ok(ContentResponse::Unknown)) => Err(Fault::Lacks),
        Ok(Ok(ContentResponse::Refused(why))) => Err(Fault::Failed(why.to_string())),
        Ok(Ok(answer)) => Ok(answer),
    }
}

/// Runs this on a thread for blocking work.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    spawn_blocking(work).await.map_err(|error| {
        // The runtime is being shut down, or a bug.
        StoreError::Io {
            path: PathBuf::from("a thread for blocking work"),
            source: io::Error::other(error),
        }
    })
}
