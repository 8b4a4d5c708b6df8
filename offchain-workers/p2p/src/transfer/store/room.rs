//! What is in a store, and who has to leave when room is needed.

use super::{
    files,
    names::{self, Part},
    Held,
};
use crate::transfer::{ContentId, Map, StoreError};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

/// How a content is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whole, and the store's own.
    Whole,
    /// Not whole.
    Partial,
    /// Whole, and the operator's: it is neither counted nor removed.
    Adopted,
}

/// A content in a store.
pub(super) struct Entry {
    pub path: PathBuf,
    pub kind: Kind,
    pub map: Arc<Map>,
    /// Bytes on disk, its map included.
    pub bytes: u64,
    /// When it became what it is, by [`State::tick`].
    pub generation: u64,
    /// When it was last used, by [`State::tick`].
    pub used: u64,
    /// The time of the last use that stands on disk.
    pub noted: SystemTime,
    /// Whoever reads or writes it has a clone.
    pub token: Arc<()>,
}

impl Entry {
    pub fn hold(&self) -> Held {
        Held {
            path: self.path.clone(),
            map: self.map.clone(),
            generation: self.generation,
            _token: self.token.clone(),
        }
    }

    fn is_in_use(&self) -> bool {
        // Clones are made under the store's lock only, so none can appear meanwhile.
        Arc::strong_count(&self.token) > 1
    }
}

/// What is in a store.
pub(super) struct State {
    pub entries: BTreeMap<ContentId, Entry>,
    pub pins: BTreeSet<ContentId>,
    ticks: u64,
}

impl State {
    /// These contents, of which those count as used last that were used last before.
    pub fn new(entries: BTreeMap<ContentId, Entry>) -> Self {
        let mut state = Self {
            entries,
            pins: BTreeSet::new(),
            ticks: 0,
        };
        let mut order: Vec<_> = state.entries.values_mut().collect();
        order.sort_by_key(|entry| entry.noted);
        for (entry, tick) in order.into_iter().zip(1u64..) {
            entry.used = tick;
            state.ticks = tick;
        }
        state
    }

    /// A number that is higher than all before.
    pub fn tick(&mut self) -> u64 {
        self.ticks += 1;
        self.ticks
    }

    /// Bytes of all contents that count.
    pub fn bytes(&self) -> u64 {
        let own = self
            .entries
            .values()
            .filter(|entry| entry.kind != Kind::Adopted);
        own.map(|entry| entry.bytes).sum()
    }

    /// Whether a content may be removed to make room for `other`.
    fn may_leave(&self, content: &ContentId, entry: &Entry, other: &ContentId) -> bool {
        content != other
            && entry.kind != Kind::Adopted
            && !entry.is_in_use()
            && !self.pins.contains(content)
    }

    /// Removes what has not been used for the longest time until this content has room; nothing
    /// if that would not be enough.
    pub fn make_room(&mut self, folder: &Path, quota: u64, map: &Map) -> Result<(), StoreError> {
        let (content, wanted) = (map.content(), map.footprint());
        let mut leave = Vec::new();
        let mut kept = 0u64;
        for (id, entry) in &self.entries {
            if self.may_leave(id, entry, &content) {
                leave.push((entry.used, *id, entry.bytes));
            } else if *id != content && entry.kind != Kind::Adopted {
                kept = kept.saturating_add(entry.bytes);
            }
        }
        if kept.saturating_add(wanted) > quota {
            return Err(StoreError::QuotaExceeded {
                content,
                wanted,
                quota,
                kept,
            });
        }
        leave.sort_unstable();
        let mut bytes = leave
            .iter()
            .fold(kept.saturating_add(wanted), |sum, (_, _, bytes)| {
                sum.saturating_add(*bytes)
            });
        for (_, id, freed) in leave {
            if bytes <= quota {
                break;
            }
            self.remove(folder, &id)?;
            bytes = bytes.saturating_sub(freed);
            tracing::info!(content = %id, bytes = freed, "removed to make room");
        }
        Ok(())
    }

    fn remove(&mut self, folder: &Path, content: &ContentId) -> Result<(), StoreError> {
        // The map last: without it the others are not taken for a content.
        for part in [Part::Whole, Part::Partial, Part::Verified, Part::Map] {
            files::remove(&names::path(folder, content, part))?;
        }
        self.entries.remove(content);
        Ok(())
    }
}
