//! A folder of contents.
//!
//! ```text
//! FOLDER/lock                          one process at a time
//! FOLDER/content/model-HASH.lattice    a model, as `lattice_tensor::file` reads it
//! FOLDER/content/blob-HASH.blob        any other file
//! FOLDER/content/…-HASH.map            how it is cut into chunks; its time is that of the last use
//! FOLDER/content/…-HASH.partial        what has come of a content, and
//! FOLDER/content/…-HASH.verified       which chunks that is
//! FOLDER/aside/                        what else was found in FOLDER/content
//! ```
//!
//! A content appears under its name once it is whole, verified and on disk. The quota counts a
//! content in full from the moment its fetch begins, and of the disk some is left free for others,
//! whatever the quota says. Room is made by removing what has not been used for the longest time,
//! never what is pinned, being read or being fetched.

mod adopt;
mod files;
mod gauges;
mod names;
mod partial;
mod room;
mod scan;
mod serve;

pub(crate) use partial::{Completion, Partial, Written};

use super::{ContentId, Map, StoreError};
use files::failed;
use lattice_hardware::Disk;
use names::Part;
use prometheus::Registry;
use room::{Entry, Kind, State};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::sync::{Notify, OwnedMutexGuard};

/// The right to fetch a content, of one fetch at a time.
pub(crate) type Turn = Arc<OwnedMutexGuard<()>>;

/// How exactly the time of the last use is kept on disk.
const USE_NOTED: Duration = Duration::from_secs(60);

/// A folder of contents, each named by what it holds, of at most so many bytes.
pub struct Store {
    /// Where the contents are.
    folder: PathBuf,
    quota: u64,
    state: Mutex<State>,
    turns: Mutex<BTreeMap<ContentId, Arc<tokio::sync::Mutex<()>>>>,
    damaged: Mutex<BTreeSet<ContentId>>,
    damage: Notify,
    /// Held as long as the store is.
    _lock: File,
}

/// How full a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of all contents, those included that are not whole yet.
    pub bytes: u64,
    /// Most bytes that there may be.
    pub quota: u64,
    /// Whole contents, adopted ones included.
    pub contents: usize,
}

/// A content that is there, and stays as long as this does.
#[derive(Clone, Debug)]
pub struct Held {
    path: PathBuf,
    map: Arc<Map>,
    generation: u64,
    _token: Arc<()>,
}

impl Held {
    /// What it is.
    pub fn content(&self) -> ContentId {
        self.map.content()
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of its file.
    pub fn len(&self) -> u64 {
        self.map.len()
    }

    /// Whether the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.folder.display())
    }
}

impl Store {
    /// Opens the store in this folder, which is made when it is missing, for at most `quota` bytes.
    ///
    /// A file that is not the store's is moved to `aside`; one that is damaged is removed. If there
    /// is more than the quota allows, it stays until room is needed.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Io`].
    pub fn open(folder: impl AsRef<Path>, quota: u64) -> Result<Self, StoreError> {
        let root = folder.as_ref();
        let folder = root.join("content");
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
        let lock = root.join("lock");
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock)
            .map_err(failed(&lock))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(root.to_path_buf())),
            Err(TryLockError::Error(error)) => return Err(failed(&lock)(error)),
        }
        let entries = scan::scan(&folder, &root.join("aside"))?;
        Ok(Self {
            state: Mutex::new(State::new(entries)),
            folder,
            quota,
            turns: Mutex::default(),
            damaged: Mutex::default(),
            damage: Notify::new(),
            _lock: file,
        })
    }

    /// A content that is whole, counted as used now. It is not removed while it is held.
    pub fn hold(&self, content: &ContentId) -> Option<Held> {
        let mut state = locked(&self.state);
        let tick = state.tick();
        let entry = state.entries.get_mut(content)?;
        if entry.kind == Kind::Partial {
            return None;
        }
        entry.used = tick;
        if entry.kind == Kind::Whole && entry.noted.elapsed().is_ok_and(|age| age > USE_NOTED) {
            entry.noted = SystemTime::now();
            let map = names::path(&self.folder, content, Part::Map);
            let noted = File::options()
                .write(true)
                .open(&map)
                .and_then(|file| file.set_modified(entry.noted));
            if let Err(error) = noted {
                tracing::debug!(path = %map.display(), %error, "the last use cannot be noted");
            }
        }
        Some(entry.hold())
    }

    /// The whole contents, adopted ones included.
    pub fn contents(&self) -> Vec<ContentId> {
        let state = locked(&self.state);
        let whole = state.entries.iter();
        whole
            .filter(|(_, entry)| entry.kind != Kind::Partial)
            .map(|(content, _)| *content)
            .collect()
    }

    /// How full the store is.
    pub fn usage(&self) -> Usage {
        let contents = self.contents().len();
        let bytes = locked(&self.state).bytes();
        Usage {
            bytes,
            quota: self.quota,
            contents,
        }
    }

    /// Counts for Prometheus how full the store is, as long as there is one.
    ///
    /// # Errors
    /// If the registry has metrics of these names already.
    pub fn register(self: &Arc<Self>, registry: &Registry) -> Result<(), prometheus::Error> {
        gauges::register(Arc::downgrade(self), registry)
    }

    /// Keeps a content from being removed, also one that is not there yet. Pins are not kept on
    /// disk: whoever needs a content pins it after each start.
    pub fn pin(&self, content: ContentId) {
        locked(&self.state).pins.insert(content);
    }

    /// Takes back [`Store::pin`].
    pub fn unpin(&self, content: &ContentId) {
        locked(&self.state).pins.remove(content);
    }

    /// Whether a content is pinned.
    pub fn is_pinned(&self, content: &ContentId) -> bool {
        locked(&self.state).pins.contains(content)
    }

    /// Waits for a content to be found damaged while it was read; it is not there any more and
    /// should be fetched again, which takes no more than the damaged chunks. Nothing is lost if
    /// this is cancelled.
    pub async fn next_damaged(&self) -> ContentId {
        loop {
            let noticed = self.damage.notified();
            if let Some(content) = locked(&self.damaged).pop_first() {
                return content;
            }
            noticed.await;
        }
    }

    /// Compares all bytes of a content with its map; whether it is there and as it should be.
    ///
    /// A damaged one is not there any more afterwards, as if a peer had asked for the damaged
    /// chunk. Reads the whole file.
    pub fn verify(&self, content: &ContentId) -> bool {
        self.hold(content).is_some_and(|held| self.check(&held))
    }

    /// The map of a content, as far as it is known here.
    pub(crate) fn map(&self, content: &ContentId) -> Option<Arc<Map>> {
        let state = locked(&self.state);
        state.entries.get(content).map(|entry| entry.map.clone())
    }

    /// Waits until nobody else fetches this content.
    pub(crate) async fn turn(&self, content: &ContentId) -> Turn {
        let turn = {
            let mut turns = locked(&self.turns);
            // Those that nobody has or waits for.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            turns.entry(*content).or_default().clone()
        };
        Arc::new(turn.lock_owned().await)
    }

    /// Makes room for a content and goes on with what there is of it.
    pub(crate) fn begin(&self, map: &Arc<Map>, turn: Turn) -> Result<Partial, StoreError> {
        let content = map.content();
        let disk = Disk::of(&self.folder);
        let token = {
            let mut state = locked(&self.state);
            state.make_room(&self.folder, self.quota, disk.as_ref(), map)?;
            let tick = state.tick();
            // Whoever still holds the content of before, now damaged, goes on holding this.
            let before = state.entries.get(&content);
            let token = before.map_or_else(Arc::default, |entry| entry.token.clone());
            let entry = Entry {
                path: names::path(&self.folder, &content, Part::Partial),
                kind: Kind::Partial,
                bytes: map.footprint(),
                map: map.clone(),
                generation: tick,
                used: tick,
                noted: SystemTime::now(),
                token: token.clone(),
            };
            state.entries.insert(content, entry);
            token
        };
        files::write_map(&names::path(&self.folder, &content, Part::Map), map)?;
        Partial::open(&self.folder, map.clone(), token, turn)
    }

    /// Gives a content its name, if it is what that says.
    pub(crate) fn finish(&self, partial: &Partial) -> Result<Completion, StoreError> {
        let completion = partial.complete()?;
        if completion != Completion::Whole {
            return Ok(completion);
        }
        let content = partial.map().content();
        let from = names::path(&self.folder, &content, Part::Partial);
        let path = names::path(&self.folder, &content, Part::Whole);
        let mut state = locked(&self.state);
        fs::rename(&from, &path).map_err(failed(&from))?;
        files::sync_folder(&self.folder)?;
        files::try_remove(&names::path(&self.folder, &content, Part::Verified));
        let tick = state.tick();
        if let Some(entry) = state.entries.get_mut(&content) {
            entry.kind = Kind::Whole;
            entry.path = path;
            entry.generation = tick;
            entry.used = tick;
        }
        Ok(completion)
    }

    /// Takes a content out of those that are there, because this chunk of it, or its header, is
    /// damaged. What else there is of it is kept for the next fetch.
    fn drop_damaged(&self, held: &Held, chunk: Option<u32>) {
        let content = held.content();
        let mut state = locked(&self.state);
        let Some(entry) = state.entries.get_mut(&content) else {
            return;
        };
        // Another reader has seen it, and perhaps it is already mended.
        if entry.generation != held.generation || entry.kind == Kind::Partial {
            return;
        }
        tracing::error!(
            %content,
            path = %held.path.display(),
            chunk,
            "a file on disk is damaged; it is not served until it has been fetched again"
        );
        if entry.kind == Kind::Whole {
            let partial = names::path(&self.folder, &content, Part::Partial);
            let mut there = vec![true; entry.map.count() as usize];
            if let Some(there) = chunk.and_then(|chunk| there.get_mut(chunk as usize)) {
                *there = false;
            }
            let note = names::path(&self.folder, &content, Part::Verified);
            let kept =
                fs::rename(&entry.path, &partial).and_then(|()| partial::write_note(&note, &there));
            if let Err(error) = kept {
                tracing::warn!(%content, %error, "nothing of the damaged file can be kept");
            }
            entry.kind = Kind::Partial;
            entry.path = partial;
        } else {
            state.entries.remove(&content);
        }
        drop(state);
        locked(&self.damaged).insert(content);
        self.damage.notify_one();
    }
}

/// The value behind a lock, also after a panic of another thread: nothing here is left half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(recovered)
}

fn recovered<T>(poisoned: PoisonError<T>) -> T {
    poisoned.into_inner()
}
