//! Reading and writing a store's files, with errors that name them.

use super::names::BESIDE;
use crate::transfer::{
    hash::{self, Rolling},
    wire::ContentResponse,
    ContentId, Map, StoreError, CHUNK_BYTES, MAX_BLOB_BYTES,
};
use codec::{DecodeAll, Encode};
use lattice_tensor::file::Layout;
use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// What a file with a map begins with.
const MAP_MAGIC: &[u8] = b"lattice-map/1\n";

/// Longest file with a map.
const MAX_MAP_FILE: u64 = 1 << 20;

/// An error of the file system, of this file.
pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> StoreError + '_ {
    move |source| StoreError::Io {
        path: path.to_path_buf(),
        source,
    }
}

/// An error of the file system while this content is written; a full disk by its name.
pub(super) fn writing<'a>(
    path: &'a Path,
    map: &'a Map,
) -> impl Fn(io::Error) -> StoreError + Copy + 'a {
    move |source| match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::DiskFull {
            content: map.content(),
            wanted: map.footprint(),
            folder: path.parent().unwrap_or(path).to_path_buf(),
        },
        _ => StoreError::Io {
            path: path.to_path_buf(),
            source,
        },
    }
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

/// Removes a file that is of no use; if that fails it is in the way of nothing but room.
pub(super) fn try_remove(path: &Path) {
    if let Err(error) = remove(path) {
        tracing::warn!(%error, "a file that is not needed cannot be removed");
    }
}

/// Writes a file as a whole: beside, on disk, then renamed.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().inspect_err(|_| try_remove(&beside))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(BESIDE);
    PathBuf::from(name)
}

/// Makes renames in this folder last.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed(folder))
}

/// Writes a content's map.
pub(super) fn write_map(path: &Path, map: &Map) -> Result<(), StoreError> {
    let mut bytes = MAP_MAGIC.to_vec();
    map.describe().encode_to(&mut bytes);
    let checksum = hash::blake2_256(&bytes);
    bytes.extend(checksum);
    replace(path, &bytes).map_err(writing(path, map))
}

/// Reads a content's map; why not, if that cannot be done.
pub(super) fn read_map(path: &Path, content: ContentId) -> Result<Map, String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_MAP_FILE).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    let (bytes, checksum) = bytes.split_last_chunk::<32>().ok_or("it is too short")?;
    if *checksum != hash::blake2_256(bytes) {
        return Err("it is damaged".to_owned());
    }
    let described = bytes
        .strip_prefix(MAP_MAGIC)
        .ok_or("it is of another version")?;
    let answer =
        ContentResponse::decode_all(&mut &described[..]).map_err(|error| error.to_string())?;
    Map::of(content, answer).map_err(|error| error.to_string())
}

/// The bytes of a chunk, as the file has them.
pub(super) fn read_chunk(file: &File, map: &Map, index: u32) -> io::Result<Vec<u8>> {
    let chunk = map.chunk(index).ok_or(ErrorKind::InvalidInput)?;
    let mut bytes = vec![0; chunk.len];
    file.read_exact_at(&mut bytes, chunk.offset)?;
    Ok(bytes)
}

/// Makes the map of a model file.
pub(super) fn index_model(path: &Path) -> Result<Map, StoreError> {
    let (manifest, layout) = Layout::read(path).map_err(|source| StoreError::NoModel {
        path: path.to_path_buf(),
        source: Box::new(source),
    })?;
    let file = File::open(path).map_err(failed(path))?;
    let mut subtrees = Vec::new();
    let mut buffer = vec![0; CHUNK_BYTES];
    for (decl, start) in manifest.tensors.iter().zip(&layout.offsets) {
        let (mut offset, mut rest) = (*start, decl.byte_len());
        while rest > 0 {
            let len = usize::try_from(rest).map_or(CHUNK_BYTES, |rest| rest.min(CHUNK_BYTES));
            let chunk = &mut buffer[..len];
            file.read_exact_at(chunk, offset).map_err(failed(path))?;
            subtrees.push(hash::subtree(chunk));
            offset += len as u64;
            rest -= len as u64;
        }
    }
    let answer = ContentResponse::ModelMap {
        manifest: manifest.encode(),
        subtrees,
    };
    of_file(path, ContentId::Model(manifest.id()), answer)
}

/// Makes the map of any other file.
pub(super) fn index_blob(path: &Path) -> Result<Map, StoreError> {
    let file = File::open(path).map_err(failed(path))?;
    let len = file.metadata().map_err(failed(path))?.len();
    let mut rolling = Rolling::new();
    let mut hashes = Vec::new();
    let mut buffer = vec![0; CHUNK_BYTES];
    // A longer file is refused below, unread.
    let end = if len > MAX_BLOB_BYTES { 0 } else { len };
    let mut offset = 0;
    while offset < end {
        let rest = usize::try_from(end - offset).unwrap_or(CHUNK_BYTES);
        let chunk = &mut buffer[..rest.min(CHUNK_BYTES)];
        file.read_exact_at(chunk, offset).map_err(failed(path))?;
        hashes.push(hash::blake2_256(chunk));
        rolling.push(chunk);
        offset += chunk.len() as u64;
    }
    let content = ContentId::Blob(rolling.digest());
    of_file(path, content, ContentResponse::BlobMap { len, hashes })
}

fn of_file(path: &Path, content: ContentId, answer: ContentResponse) -> Result<Map, StoreError> {
    Map::of(content, answer).map_err(|source| StoreError::NoContent {
        path: path.to_path_buf(),
        source: Box::new(source),
    })
}
