//! The names of files in a store.

use crate::transfer::ContentId;
use std::path::{Path, PathBuf};

/// What a file holds of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The chunks that have come so far, each in its place.
    Partial,
    /// Which chunks those are.
    Verified,
    /// Its map.
    Map,
}

impl Part {
    const ALL: [Self; 4] = [Self::Whole, Self::Partial, Self::Verified, Self::Map];

    fn ending(self, content: &ContentId) -> &'static str {
        match (self, content) {
            (Self::Whole, ContentId::Model(_)) => "lattice",
            (Self::Whole, ContentId::Blob(_)) => "blob",
            (Self::Partial, _) => "partial",
            (Self::Verified, _) => "verified",
            (Self::Map, _) => "map",
        }
    }
}

/// The path of a part of a content.
pub(super) fn path(folder: &Path, content: &ContentId, part: Part) -> PathBuf {
    let (kind, hash) = (content.kind(), hex::encode(content.bytes()));
    folder.join(format!("{kind}-{hash}.{}", part.ending(content)))
}

/// What the file with this name is, unless it is none of a store's.
pub(super) fn parse(name: &str) -> Option<(ContentId, Part)> {
    let (stem, ending) = name.split_once('.')?;
    let (kind, hash) = stem.split_once('-')?;
    let content = ContentId::of(kind, hash)?;
    // The one spelling of the hash that `path` has.
    if hash != hex::encode(content.bytes()) {
        return None;
    }
    let part = Part::ALL
        .into_iter()
        .find(|part| part.ending(&content) == ending)?;
    Some((content, part))
}

/// The ending of files that are being written, to be renamed.
pub(super) const BESIDE: &str = "tmp";

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_tensor::ModelId;

    #[test]
    fn names_come_back() {
        for content in [
            ContentId::Model(ModelId([0xab; 32])),
            ContentId::Blob([1; 32]),
        ] {
            for part in Part::ALL {
                let path = path(Path::new("store"), &content, part);
                let name = path.file_name().and_then(|name| name.to_str());
                assert_eq!(name.and_then(parse), Some((content, part)));
            }
        }
    }

    #[test]
    fn other_names_are_nobodys() {
        let hash = "ab".repeat(32);
        for name in [
            "notes.txt".to_owned(),
            format!("model-{hash}"),
            format!("model-{hash}.blob"),
            format!("blob-{hash}.lattice"),
            format!("key-{hash}.map"),
            format!("model-{}.map", hash.to_uppercase()),
            format!("model-{hash}.map.tmp"),
        ] {
            assert_eq!(parse(&name), None, "{name}");
        }
    }
}
