//! A store's answers to peers.
//!
//! Each chunk is hashed once more before it is sent. That costs about as much as its encryption
//! does, and is how a bad disk is noticed by its owner before it is by those who would then ban
//! him.

use super::{files, Held, Store};
use crate::{
    network::ContentServer,
    transfer::wire::{ContentRequest, ContentResponse, Refusal},
};
use libp2p::PeerId;
use std::{
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt,
};

impl ContentServer for Store {
    fn answer(&self, _peer: PeerId, request: ContentRequest) -> ContentResponse {
        Store::answer(self, request)
    }
}

impl Store {
    /// The answer to a peer. Reads the disk and hashes up to 1 MiB.
    pub fn answer(&self, request: ContentRequest) -> ContentResponse {
        let Some(held) = self.hold(&request.content()) else {
            return ContentResponse::Unknown;
        };
        match request {
            ContentRequest::Describe { .. } => held.map.describe(),
            ContentRequest::Chunks { first, count, .. } => self.chunks(&held, first, count),
        }
    }

    fn chunks(&self, held: &Held, first: u32, count: u8) -> ContentResponse {
        let run = held.map.run(first..first.saturating_add(u32::from(count)));
        if run.is_empty() {
            return ContentResponse::Refused(Refusal::Range);
        }
        let mut chunks = Vec::with_capacity(run.len());
        let file = match File::open(&held.path) {
            Ok(file) => file,
            Err(error) => return self.unreadable(held, run.start, &error),
        };
        for index in run {
            match files::read_chunk(&file, &held.map, index) {
                Ok(bytes) if held.map.holds(index, &bytes) => chunks.push(bytes),
                Ok(_) => {
                    self.drop_damaged(held, Some(index));
                    return ContentResponse::Refused(Refusal::Damaged);
                }
                Err(error) => return self.unreadable(held, index, &error),
            }
        }
        ContentResponse::Chunks { first, chunks }
    }

    fn unreadable(&self, held: &Held, chunk: u32, error: &io::Error) -> ContentResponse {
        // A file that is shorter or gone will not come back by itself.
        if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) {
            self.drop_damaged(held, Some(chunk));
            return ContentResponse::Refused(Refusal::Damaged);
        }
        tracing::warn!(content = %held.content(), path = %held.path.display(), %error, "cannot read");
        ContentResponse::Refused(Refusal::Unreadable)
    }

    /// Compares a file with its map; a damaged one is dropped.
    pub(super) fn check(&self, held: &Held) -> bool {
        let Ok(file) = File::open(&held.path) else {
            self.drop_damaged(held, None);
            return false;
        };
        let mut header = vec![0; held.map.header().len()];
        let len = file.metadata().map(|metadata| metadata.len());
        if file.read_exact_at(&mut header, 0).is_err()
            || header != held.map.header()
            || len.ok() != Some(held.map.len())
        {
            self.drop_damaged(held, None);
            return false;
        }
        for index in 0..held.map.count() {
            let read = files::read_chunk(&file, &held.map, index);
            if !read.is_ok_and(|bytes| held.map.holds(index, &bytes)) {
                self.drop_damaged(held, Some(index));
                return false;
            }
        }
        true
    }
}
