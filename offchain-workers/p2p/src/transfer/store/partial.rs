//! A content that is being written.
//!
//! Which chunks are there is noted in a file of its own, from time to time and after the chunks
//! themselves have reached the disk. Even so the note is only a hint: whoever goes on with the
//! content hashes every chunk that is noted once more. A crash, a bad disk or a stranger's hand
//! cannot make a chunk count that is not there.

use super::{
    files::{self, failed, writing},
    locked,
    names::{self, Part},
    recovered, Turn,
};
use crate::transfer::{hash::Rolling, ContentId, Map, StoreError};
use std::{
    fs::File,
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc, Mutex, RwLock, TryLockError,
    },
};

/// What the note of verified chunks begins with; after it one byte for each chunk, 1 if verified.
const NOTE_MAGIC: &[u8] = b"lattice-verified/1\n";

/// Bytes after which what has come is brought to the disk.
const CHECKPOINT_BYTES: u64 = 64 << 20;

/// How far a content is.
struct Verified {
    chunks: Vec<bool>,
    bytes: u64,
    /// Bytes since they were last brought to the disk.
    since: u64,
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is there.
    Yes,
    /// It was there before.
    Before,
    /// It is not the chunk of this number.
    Wrong,
    /// Nothing is written here any more.
    Closed,
}

/// What became of a content of which each chunk is there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Completion {
    /// It is what its name says.
    Whole,
    /// Each chunk is what the list says, and the whole is not what its name says.
    FalseList,
    /// The disk gave back something else than was written; those chunks are missing again.
    Lost,
}

/// A content that is being written, by one fetch at a time.
pub(crate) struct Partial {
    map: Arc<Map>,
    file: File,
    path: PathBuf,
    note: PathBuf,
    verified: Mutex<Verified>,
    rolling: Mutex<Rolling>,
    /// False once the file is finished or another map is taken. Writers hold it for reading.
    open: RwLock<bool>,
    /// Keeps the store from evicting it.
    _token: Arc<()>,
    /// Keeps another fetch from beginning before the last writer of this one is done.
    _turn: Turn,
}

impl Partial {
    /// Opens what is there, and verifies the chunks that are noted.
    pub fn open(
        folder: &Path,
        map: Arc<Map>,
        token: Arc<()>,
        turn: Turn,
    ) -> Result<Self, StoreError> {
        let content = map.content();
        let path = names::path(folder, &content, Part::Partial);
        let note = names::path(folder, &content, Part::Verified);
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(writing(&path, &map))?;
        file.set_len(map.len()).map_err(writing(&path, &map))?;
        file.write_all_at(map.header(), 0)
            .map_err(writing(&path, &map))?;
        let count = map.count() as usize;
        let partial = Self {
            file,
            verified: Mutex::new(Verified {
                chunks: vec![false; count],
                bytes: 0,
                since: 0,
            }),
            rolling: Mutex::new(Rolling::new()),
            open: RwLock::new(true),
            _token: token,
            _turn: turn,
            map,
            path,
            note,
        };
        partial.resume();
        Ok(partial)
    }

    /// Marks those of the noted chunks that are there.
    fn resume(&self) {
        let Ok(note) = std::fs::read(&self.note) else {
            return;
        };
        let Some(noted) = note.strip_prefix(NOTE_MAGIC) else {
            tracing::warn!(path = %self.note.display(), "not a note of verified chunks; all are fetched");
            return;
        };
        let mut lost = 0u32;
        for (index, _) in (0..self.map.count())
            .zip(noted)
            .filter(|(_, flag)| **flag == 1)
        {
            match files::read_chunk(&self.file, &self.map, index) {
                Ok(bytes) if self.map.holds(index, &bytes) => self.mark(index, &bytes),
                _ => lost += 1,
            }
        }
        if lost > 0 {
            tracing::warn!(
                content = %self.map.content(),
                chunks = lost,
                "chunks that were kept are not those of the map; they are fetched again"
            );
        }
    }

    /// Its map.
    pub fn map(&self) -> &Arc<Map> {
        &self.map
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file that are there: those before the first chunk, and the verified chunks.
    pub fn done(&self) -> u64 {
        self.map.header().len() as u64 + locked(&self.verified).bytes
    }

    /// Whether each chunk is there.
    pub fn is_complete(&self) -> bool {
        locked(&self.verified).chunks.iter().all(|there| *there)
    }

    /// The chunks in this range that are not there, as runs of one answer each.
    pub fn missing(&self, range: Range<u32>) -> Vec<Range<u32>> {
        let verified = locked(&self.verified);
        let there = |index: u32| {
            let flag = verified.chunks.get(index as usize);
            flag.copied().unwrap_or(true)
        };
        let mut runs = Vec::new();
        let mut at = range.start;
        while at < range.end {
            if there(at) {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end < range.end && !there(end) {
                end += 1;
            }
            let run = self.map.run(at..end);
            // A chunk alone always fits; a run is never empty.
            at = run.end.max(at + 1);
            runs.push(run);
        }
        runs
    }

    /// Verifies a chunk and, if it is the right one, writes it to its place. What was written is added to
    /// `received` before it counts as there.
    pub fn write(
        &self,
        index: u32,
        bytes: &[u8],
        received: &AtomicU64,
    ) -> Result<Written, StoreError> {
        if self.has(index) {
            return Ok(Written::Before);
        }
        let Some(chunk) = self.map.chunk(index) else {
            return Ok(Written::Wrong);
        };
        if !self.map.holds(index, bytes) {
            return Ok(Written::Wrong);
        }
        // Held while writing, so that nothing is written after `close` has returned.
        let open = self.open.read().unwrap_or_else(recovered);
        if !*open {
            return Ok(Written::Closed);
        }
        self.file
            .write_all_at(bytes, chunk.offset)
            .map_err(writing(&self.path, &self.map))?;
        received.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.mark(index, bytes);
        Ok(Written::Yes)
    }

    fn has(&self, index: u32) -> bool {
        let verified = locked(&self.verified);
        verified
            .chunks
            .get(index as usize)
            .is_some_and(|there| *there)
    }

    fn mark(&self, index: u32, bytes: &[u8]) {
        {
            let mut verified = locked(&self.verified);
            match verified.chunks.get_mut(index as usize) {
                Some(there) if !*there => *there = true,
                _ => return,
            }
            verified.bytes += bytes.len() as u64;
            verified.since += bytes.len() as u64;
        }
        self.roll(index, bytes);
    }

    /// Goes on with the hash of the whole, unless another thread is at it: it will do this too.
    fn roll(&self, index: u32, bytes: &[u8]) {
        if matches!(self.map.content(), ContentId::Model(_)) {
            return;
        }
        let mut rolling = match self.rolling.try_lock() {
            Ok(rolling) => rolling,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if rolling.next == index {
            rolling.push(bytes);
        }
        // What came early, from the disk's cache. An error shows again in `complete`.
        while self.has(rolling.next) {
            match files::read_chunk(&self.file, &self.map, rolling.next) {
                Ok(bytes) => rolling.push(&bytes),
                Err(_) => return,
            }
        }
    }

    /// Whether enough has come since the last [`Partial::checkpoint`].
    pub fn checkpoint_due(&self) -> bool {
        let mut verified = locked(&self.verified);
        let due = verified.since >= CHECKPOINT_BYTES;
        if due {
            verified.since = 0;
        }
        due
    }

    /// Brings what has come to the disk, and then notes it.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        let chunks = locked(&self.verified).chunks.clone();
        self.file
            .sync_data()
            .map_err(writing(&self.path, &self.map))?;
        // Not after the file was finished, which has no note.
        let open = self.open.read().unwrap_or_else(recovered);
        if *open {
            write_note(&self.note, &chunks).map_err(writing(&self.note, &self.map))?;
        }
        Ok(())
    }

    /// From here on nothing is written any more. What is there is noted.
    pub fn close(&self) {
        let was_open = std::mem::take(&mut *self.open.write().unwrap_or_else(recovered));
        let chunks = locked(&self.verified).chunks.clone();
        if was_open && chunks.contains(&true) {
            self.note(&chunks);
        }
    }

    fn note(&self, chunks: &[bool]) {
        if let Err(error) = write_note(&self.note, chunks) {
            tracing::warn!(
                path = %self.note.display(),
                %error,
                "verified chunks cannot be noted; they may be fetched again"
            );
        }
    }

    /// Says what the complete content is worth, and brings it to the disk. Closed, unless chunks
    /// are missing again.
    pub fn complete(&self) -> Result<Completion, StoreError> {
        self.close();
        if !self.is_whole()? {
            if self.drop_lost() > 0 {
                *self.open.write().unwrap_or_else(recovered) = true;
                return Ok(Completion::Lost);
            }
            // A chunk may have been read wrongly when it was hashed as it came. Before anyone is
            // accused of a false list the whole is hashed once more, from the disk.
            if !self.is_whole()? {
                return Ok(Completion::FalseList);
            }
        }
        self.file
            .sync_all()
            .map_err(writing(&self.path, &self.map))?;
        Ok(Completion::Whole)
    }

    /// Whether the whole has the hash that it is named by. That of a model is in each chunk's.
    fn is_whole(&self) -> Result<bool, StoreError> {
        let ContentId::Blob(expected) = self.map.content() else {
            return Ok(true);
        };
        let mut rolling = locked(&self.rolling);
        while rolling.next < self.map.count() {
            let bytes = files::read_chunk(&self.file, &self.map, rolling.next)
                .map_err(failed(&self.path))?;
            rolling.push(&bytes);
        }
        let found = rolling.digest();
        if found != expected {
            *rolling = Rolling::new();
        }
        Ok(found == expected)
    }

    /// Compares what the disk holds with the map; how many chunks are not there any more.
    fn drop_lost(&self) -> u32 {
        let mut lost = 0;
        for index in 0..self.map.count() {
            let read = files::read_chunk(&self.file, &self.map, index);
            if read.is_ok_and(|bytes| self.map.holds(index, &bytes)) {
                continue;
            }
            lost += 1;
            let len = self.map.chunk(index).map_or(0, |chunk| chunk.len as u64);
            let mut verified = locked(&self.verified);
            if let Some(there) = verified.chunks.get_mut(index as usize) {
                *there = false;
            }
            verified.bytes = verified.bytes.saturating_sub(len);
        }
        lost
    }
}

/// Notes which chunks are there.
pub(super) fn write_note(path: &Path, chunks: &[bool]) -> std::io::Result<()> {
    let mut note = NOTE_MAGIC.to_vec();
    note.extend(chunks.iter().map(|there| u8::from(*there)));
    files::replace(path, &note)
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.close();
    }
}
