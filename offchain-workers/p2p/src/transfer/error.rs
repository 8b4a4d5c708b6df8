//! What can go wrong with a store and with a fetch.

use super::{wire::MAX_RUN_CHUNKS, ContentId, MapError};
use lattice_tensor::file::FileError;
use libp2p::PeerId;
use std::{io, path::PathBuf};

/// Why a peer gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AskError(pub String);

/// Why a store cannot do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refuses.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has the store.
    #[error("{0} is in use by another process; give each its own folder")]
    InUse(PathBuf),
    /// The quota does not leave enough room.
    #[error(
        "no room for {content}: it takes {wanted} bytes, the quota is {quota} and {kept} of it are \
         pinned or in use; raise the quota or unpin something"
    )]
    QuotaExceeded {
        /// What there is no room for.
        content: ContentId,
        /// Its bytes on disk.
        wanted: u64,
        /// Most bytes of the store.
        quota: u64,
        /// Bytes of contents that may not be removed.
        kept: u64,
    },
    /// The disk does not have enough room beside what is left for others on it.
    #[error(
        "no room for {content}: it takes {wanted} bytes, and of the disk of {folder} it can have \
         {left}, because {reserve} stay free for what else is written there; free some space"
    )]
    DiskReserved {
        /// What there is no room for.
        content: ContentId,
        /// Its bytes on disk.
        wanted: u64,
        /// Bytes that it could have, what may be removed included.
        left: u64,
        /// Bytes that stay free.
        reserve: u64,
        /// Where the store is.
        folder: PathBuf,
    },
    /// The disk is full.
    #[error(
        "the disk of {folder} is full: {content} takes {wanted} bytes; free some space, what has \
         arrived is kept"
    )]
    DiskFull {
        /// What there is no room for.
        content: ContentId,
        /// Its bytes on disk.
        wanted: u64,
        /// Where the store is.
        folder: PathBuf,
    },
    /// A file that is to be adopted is no model.
    #[error("cannot serve {path}: {source}")]
    NoModel {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<FileError>,
    },
    /// A file that is to be adopted is not what it says.
    #[error("cannot serve {path}: {source}")]
    NoContent {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<MapError>,
    },
    /// A disk that gives back other bytes than were written.
    #[error("{path} does not hold what was written to it; check the disk")]
    Faulty {
        /// The file.
        path: PathBuf,
    },
}

/// What a peer did that no honest peer does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misbehaviour {
    /// Its answer about the content is no map of it.
    #[error("its map is false: {0}")]
    WrongMap(String),
    /// A chunk does not have the hash that the peer's own map names.
    #[error("its chunk {0} is false")]
    WrongChunk(u32),
    /// An answer to a question about chunks that has none.
    #[error("its answer has no chunks")]
    EmptyAnswer,
    /// An answer with other chunks than were asked for, or more of them.
    #[error(
        "it was asked for {asked} chunks from {first} on, of at most {MAX_RUN_CHUNKS}, and gave \
         {found} from {found_first} on"
    )]
    OtherChunks {
        /// First that was asked for.
        first: u32,
        /// How many were.
        asked: u8,
        /// First that came.
        found_first: u32,
        /// How many did.
        found: usize,
    },
    /// An answer to another question.
    #[error("its answer is to another question")]
    OtherAnswer,
    /// Chunks that fit the list that it gave, and a whole that does not fit the name.
    #[error("its list of chunks is false: the whole has another hash")]
    FalseList,
}

/// Why a content could not be fetched. What has been verified is kept, and the next fetch goes on
/// from there.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No peer is left to ask.
    #[error(
        "cannot fetch {content}, {done} of {total} bytes are there: {}",
        reasons_of(.reasons)
    )]
    NoPeers {
        /// The content.
        content: ContentId,
        /// Bytes that are there and verified.
        done: u64,
        /// Bytes of the whole, 0 if no peer could say.
        total: u64,
        /// For each peer why it is not asked any more.
        reasons: Vec<(PeerId, String)>,
        /// Peers that should be banned.
        misbehaved: Vec<(PeerId, Misbehaviour)>,
    },
    /// The store cannot take it.
    #[error("{source}")]
    Store {
        /// Why not.
        source: StoreError,
        /// Peers that should be banned.
        misbehaved: Vec<(PeerId, Misbehaviour)>,
    },
}

impl FetchError {
    /// Peers that should be banned, with what they did.
    pub fn misbehaved(&self) -> &[(PeerId, Misbehaviour)] {
        match self {
            Self::NoPeers { misbehaved, .. } | Self::Store { misbehaved, .. } => misbehaved,
        }
    }
}

fn reasons_of(reasons: &[(PeerId, String)]) -> String {
    if reasons.is_empty() {
        return "no peer is known that has it".to_owned();
    }
    let reasons = reasons.iter().map(|(peer, why)| format!("{peer}: {why}"));
    reasons.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_fetch_names_each_peer_and_its_reason() {
        let peers = [PeerId::random(), PeerId::random()];
        let error = FetchError::NoPeers {
            content: ContentId::Blob([0; 32]),
            done: 5,
            total: 9,
            reasons: vec![
                (peers[0], "no answer".to_owned()),
                (peers[1], Misbehaviour::WrongChunk(3).to_string()),
            ],
            misbehaved: vec![(peers[1], Misbehaviour::WrongChunk(3))],
        };
        let text = error.to_string();
        assert!(text.contains("5 of 9 bytes"), "{text}");
        assert!(text.contains(&format!("{}: no answer", peers[0])), "{text}");
        assert!(
            text.contains(&format!("{}: its chunk 3 is false", peers[1])),
            "{text}"
        );
        assert_eq!(error.misbehaved().len(), 1);
    }

    #[test]
    fn a_disk_that_is_kept_free_for_others_is_said_with_every_figure() {
        let error = StoreError::DiskReserved {
            content: ContentId::Blob([0; 32]),
            wanted: 11,
            left: 22,
            reserve: 33,
            folder: PathBuf::from("/data/store"),
        };
        let text = error.to_string();
        for part in ["blob:0x00", "11 bytes", "have 22", "33 stay", "/data/store"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn too_little_room_is_said_with_every_figure_and_what_to_do() {
        let error = StoreError::QuotaExceeded {
            content: ContentId::Blob([0; 32]),
            wanted: 11,
            quota: 22,
            kept: 33,
        };
        let text = error.to_string();
        for part in ["blob:0x00", "11 bytes", "quota is 22", "33 of it", "unpin"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
