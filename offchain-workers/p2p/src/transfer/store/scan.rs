//! What is in a store's folder when it is opened.

use super::{
    files::{self, failed},
    names::{self, Part, BESIDE},
    room::{Entry, Kind},
};
use crate::transfer::{ContentId, Map, StoreError};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    path::Path,
    sync::Arc,
    time::SystemTime,
};

/// The contents in this folder. What is damaged is removed, what is foreign goes `aside`.
pub(super) fn scan(folder: &Path, aside: &Path) -> Result<BTreeMap<ContentId, Entry>, StoreError> {
    let mut found: BTreeMap<ContentId, BTreeSet<Part>> = BTreeMap::new();
    for item in fs::read_dir(folder).map_err(failed(folder))? {
        let item = item.map_err(failed(folder))?;
        let path = item.path();
        // Of the entry itself: a link to elsewhere is nothing of ours.
        let is_file = item.file_type().map_err(failed(&path))?.is_file();
        let name = item.file_name();
        match name.to_str().and_then(names::parse) {
            Some((content, part)) if is_file => {
                found.entry(content).or_default().insert(part);
            }
            _ if is_file && path.extension() == Some(OsStr::new(BESIDE)) => {
                files::try_remove(&path)
            }
            _ => set_aside(&path, &name, aside),
        }
    }
    let mut entries = BTreeMap::new();
    for (content, parts) in found {
        match entry(folder, content, &parts) {
            Ok(entry) => {
                entries.insert(content, entry);
            }
            Err(reason) => {
                tracing::warn!(%content, reason, "removed from the store, it has to be fetched again");
                for part in &parts {
                    files::try_remove(&names::path(folder, &content, *part));
                }
            }
        }
    }
    Ok(entries)
}

/// What cannot be moved stays where it is: it is never taken for a content.
fn set_aside(path: &Path, name: &OsStr, aside: &Path) {
    let moved = fs::create_dir_all(aside).and_then(|()| fs::rename(path, aside.join(name)));
    match moved {
        Ok(()) => {
            tracing::warn!(path = %path.display(), aside = %aside.display(), "not a file of this store; moved aside");
        }
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "not a file of this store, and cannot be moved aside");
        }
    }
}

/// A content of which these parts are there; why it is of no use, if so.
fn entry(folder: &Path, content: ContentId, parts: &BTreeSet<Part>) -> Result<Entry, String> {
    let at = |part| names::path(folder, &content, part);
    let map = files::read_map(&at(Part::Map), content);
    let (map, kind) = if parts.contains(&Part::Whole) {
        (whole(folder, content, map)?, Kind::Whole)
    } else if parts.contains(&Part::Partial) {
        let map = map.map_err(|reason| format!("its map cannot be used: {reason}"))?;
        (map, Kind::Partial)
    } else {
        return Err("nothing is left of it but notes".to_owned());
    };
    let path = if kind == Kind::Whole {
        for part in [Part::Partial, Part::Verified] {
            if parts.contains(&part) {
                files::try_remove(&at(part));
            }
        }
        at(Part::Whole)
    } else {
        at(Part::Partial)
    };
    let noted = fs::metadata(at(Part::Map)).and_then(|metadata| metadata.modified());
    Ok(Entry {
        path,
        kind,
        bytes: map.footprint(),
        map: Arc::new(map),
        generation: 0,
        used: 0,
        noted: noted.unwrap_or(SystemTime::UNIX_EPOCH),
        token: Arc::default(),
    })
}

/// The map of a whole content; made anew from its bytes if the one on disk cannot be used.
fn whole(folder: &Path, content: ContentId, map: Result<Map, String>) -> Result<Map, String> {
    let path = names::path(folder, &content, Part::Whole);
    let map = match map {
        Ok(map) => map,
        Err(reason) => {
            tracing::warn!(%content, reason, "its map cannot be used and is made anew");
            let map = match content {
                ContentId::Model(_) => files::index_model(&path),
                ContentId::Blob(_) => files::index_blob(&path),
            }
            .map_err(|error| error.to_string())?;
            if map.content() != content {
                return Err(format!("it is {}", map.content()));
            }
            files::write_map(&names::path(folder, &content, Part::Map), &map)
                .map_err(|error| error.to_string())?;
            map
        }
    };
    let len = fs::metadata(&path)
        .map_err(|error| error.to_string())?
        .len();
    if len != map.len() {
        return Err(format!("it has {len} bytes and not {}", map.len()));
    }
    Ok(map)
}
