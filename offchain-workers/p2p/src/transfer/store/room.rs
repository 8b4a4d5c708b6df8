//! What is in a store, and who has to leave when room is needed.

use super::{
    files,
    names::{self, Part},
    Held,
};
use crate::transfer::{ContentId, Map, StoreError};
use lattice_hardware::Disk;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

/// Bytes in a mebibyte.
const MIB: u64 = 1 << 20;
/// Most bytes that are left free on a disk: results of work and other databases are on it as well.
const MAX_RESERVE: u64 = 1024 * MIB;
/// Of a smaller disk this part is left free.
const RESERVED_PART: u64 = 10;
/// Bytes of a block, as files count theirs.
const BLOCK: u64 = 512;

/// Bytes of a disk that a store leaves free.
fn reserve(disk: &Disk) -> u64 {
    let total = u64::from(disk.total_mib) * MIB;
    (total / RESERVED_PART).min(MAX_RESERVE)
}

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

    /// Bytes that its file takes on the disk, which a file system that compresses makes less than its
    /// length. Of a content that is not whole most may still have to be written.
    fn on_disk(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |file| file.blocks().saturating_mul(BLOCK))
    }

    /// Most bytes that may still be written of it.
    fn to_come(&self) -> u64 {
        match self.kind {
            Kind::Partial => self.bytes.saturating_sub(self.on_disk()),
            Kind::Whole | Kind::Adopted => 0,
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
    ///
    /// The store may have its quota, and of its disk what is free beside the reserve. There counts what
    /// is still to be written, of this content and of others that stay. A disk of which nothing is known
    /// is taken to have room.
    ///
    /// # Errors
    /// [`StoreError::QuotaExceeded`], [`StoreError::DiskReserved`], [`StoreError::Io`].
    pub fn make_room(
        &mut self,
        folder: &Path,
        quota: u64,
        disk: Option<&Disk>,
        map: &Map,
    ) -> Result<(), StoreError> {
        let (content, wanted) = (map.content(), map.footprint());
        let mut leave = Vec::new();
        let (mut kept, mut others) = (0u64, 0u64);
        for (id, entry) in &self.entries {
            if self.may_leave(id, entry, &content) {
                leave.push((entry.used, *id, entry.bytes, entry.on_disk()));
            } else if *id != content && entry.kind != Kind::Adopted {
                kept = kept.saturating_add(entry.bytes);
                others = others.saturating_add(entry.to_come());
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
        let (mut free, mut to_come, mut taken) = (0u64, 0, 0);
        if let Some(disk) = disk {
            let reserve = reserve(disk);
            free = u64::from(disk.available_mib).saturating_mul(MIB);
            taken = reserve.saturating_add(others);
            let begun = self.entries.get(&content);
            let begun = begun.filter(|entry| entry.kind == Kind::Partial);
            to_come = wanted.saturating_sub(begun.map_or(0, Entry::on_disk));
            let most = leave
                .iter()
                .fold(free, |sum, (_, _, _, freed)| sum.saturating_add(*freed));
            let left = most.saturating_sub(taken);
            if to_come > left {
                return Err(StoreError::DiskReserved {
                    content,
                    wanted,
                    // With what it has already.
                    left: left.saturating_add(wanted.saturating_sub(to_come)),
                    reserve,
                    folder: folder.to_path_buf(),
                });
            }
        }
        leave.sort_unstable();
        let mut bytes = leave
            .iter()
            .fold(kept.saturating_add(wanted), |sum, (_, _, bytes, _)| {
                sum.saturating_add(*bytes)
            });
        for (_, id, of_quota, of_disk) in leave {
            if bytes <= quota && to_come <= free.saturating_sub(taken) {
                break;
            }
            self.remove(folder, &id)?;
            bytes = bytes.saturating_sub(of_quota);
            free = free.saturating_add(of_disk);
            tracing::info!(content = %id, bytes = of_quota, "removed to make room");
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

#[cfg(test)]
mod tests;
