//! The messages of `/lattice/content/1`.
//!
//! Everything is bounded while it is decoded: no length is believed before it has been compared
//! with its limit and with the bytes that are there.

use super::{ContentId, CHUNK_BYTES, MAX_BLOB_BYTES};
use codec::{Compact, Decode, Encode, Error, Input};
use lattice_tensor::limits::{MAX_MANIFEST_BYTES, MAX_TENSORS, MAX_WEIGHT_BYTES};

/// Most bytes of all chunks in one answer.
pub const MAX_RUN_BYTES: usize = CHUNK_BYTES;

/// Most chunks in one answer.
pub const MAX_RUN_CHUNKS: usize = u8::MAX as usize;

/// Most chunks of a model: each tensor may end with a short one.
pub const MAX_MODEL_CHUNKS: usize = MAX_WEIGHT_BYTES as usize / CHUNK_BYTES + MAX_TENSORS;

/// Most chunks of a file.
pub const MAX_BLOB_CHUNKS: usize = MAX_BLOB_BYTES as usize / CHUNK_BYTES;

/// What one peer asks of another.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ContentRequest {
    /// How a content is cut into chunks.
    #[codec(index = 0)]
    Describe {
        /// The content.
        content: ContentId,
    },
    /// Chunks that follow each other; the answer has as many of them as fit, at most
    /// [`MAX_RUN_BYTES`] together.
    #[codec(index = 1)]
    Chunks {
        /// The content.
        content: ContentId,
        /// Number of the first chunk, from 0.
        first: u32,
        /// How many, at least 1.
        count: u8,
    },
}

impl ContentRequest {
    /// The content that is asked for.
    pub fn content(&self) -> ContentId {
        match self {
            Self::Describe { content } | Self::Chunks { content, .. } => *content,
        }
    }
}

/// Why a peer has a content and does not give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
pub enum Refusal {
    /// The content has no such chunks.
    #[error("the content has no such chunks")]
    #[codec(index = 0)]
    Range,
    /// The peer's own copy is damaged; it fetches it anew.
    #[error("its own copy is damaged")]
    #[codec(index = 1)]
    Damaged,
    /// The peer cannot read its copy.
    #[error("it cannot read its copy")]
    #[codec(index = 2)]
    Unreadable,
    /// The peer has too much to do.
    #[error("it has too much to do")]
    #[codec(index = 3)]
    Busy,
}

/// The answer to a [`ContentRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub enum ContentResponse {
    /// The peer does not have the content, or not all of it.
    #[codec(index = 0)]
    Unknown,
    /// A model.
    #[codec(index = 1)]
    ModelMap {
        /// The canonical encoding of the manifest.
        manifest: Vec<u8>,
        /// For each tensor, in order, the trees over each run of 256 leaves (1 MiB).
        subtrees: Vec<[u8; 32]>,
    },
    /// A file.
    #[codec(index = 2)]
    BlobMap {
        /// Bytes of the file.
        len: u64,
        /// Blake2-256 of each chunk.
        hashes: Vec<[u8; 32]>,
    },
    /// Chunks that follow each other.
    #[codec(index = 3)]
    Chunks {
        /// Number of the first.
        first: u32,
        /// Their bytes.
        chunks: Vec<Vec<u8>>,
    },
    /// The peer has the content and does not give it.
    #[codec(index = 4)]
    Refused(Refusal),
}

impl Decode for ContentResponse {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        match input.read_byte()? {
            0 => Ok(Self::Unknown),
            1 => Ok(Self::ModelMap {
                manifest: bytes(input, MAX_MANIFEST_BYTES)?,
                subtrees: hashes(input, MAX_MODEL_CHUNKS)?,
            }),
            2 => Ok(Self::BlobMap {
                len: u64::decode(input)?,
                hashes: hashes(input, MAX_BLOB_CHUNKS)?,
            }),
            3 => Ok(Self::Chunks {
                first: u32::decode(input)?,
                chunks: chunks(input)?,
            }),
            4 => Refusal::decode(input).map(Self::Refused),
            _ => Err("no such answer about a content".into()),
        }
    }
}

/// A length of at most `limit`.
fn length<I: Input>(input: &mut I, limit: usize) -> Result<usize, Error> {
    let Compact(len) = Compact::<u32>::decode(input)?;
    match usize::try_from(len) {
        Ok(len) if len <= limit => Ok(len),
        _ => Err("a list is longer than its limit".into()),
    }
}

/// Whether `len` bytes can still come.
fn expect<I: Input>(input: &mut I, len: usize) -> Result<(), Error> {
    match input.remaining_len()? {
        Some(rest) if rest < len => Err("a list is longer than the message".into()),
        _ => Ok(()),
    }
}

fn bytes<I: Input>(input: &mut I, limit: usize) -> Result<Vec<u8>, Error> {
    let len = length(input, limit)?;
    expect(input, len)?;
    let mut bytes = vec![0; len];
    input.read(&mut bytes)?;
    Ok(bytes)
}

fn hashes<I: Input>(input: &mut I, limit: usize) -> Result<Vec<[u8; 32]>, Error> {
    let len = length(input, limit)?;
    expect(input, len.saturating_mul(32))?;
    (0..len).map(|_| <[u8; 32]>::decode(input)).collect()
}

fn chunks<I: Input>(input: &mut I) -> Result<Vec<Vec<u8>>, Error> {
    let count = length(input, MAX_RUN_CHUNKS)?;
    let mut room = MAX_RUN_BYTES;
    let mut chunks = Vec::with_capacity(count);
    for _ in 0..count {
        let chunk = bytes(input, room)?;
        room -= chunk.len();
        chunks.push(chunk);
    }
    Ok(chunks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_tensor::ModelId;
    use proptest::prelude::*;

    fn decode(bytes: &[u8]) -> Result<ContentResponse, Error> {
        let mut rest = bytes;
        let response = ContentResponse::decode(&mut rest)?;
        assert!(rest.is_empty());
        Ok(response)
    }

    #[test]
    fn answers_come_back_from_their_encoding() {
        for response in [
            ContentResponse::Unknown,
            ContentResponse::ModelMap {
                manifest: vec![7; 300],
                subtrees: vec![[1; 32], [2; 32]],
            },
            ContentResponse::BlobMap {
                len: 1 << 33,
                hashes: vec![[3; 32]; MAX_BLOB_CHUNKS],
            },
            ContentResponse::Chunks {
                first: 9,
                chunks: vec![vec![1; 5], vec![], vec![2; MAX_RUN_BYTES - 5]],
            },
            ContentResponse::Refused(Refusal::Damaged),
        ] {
            assert_eq!(decode(&response.encode()), Ok(response));
        }
    }

    #[test]
    fn the_largest_answers_fit_into_the_frame() {
        let model = ContentResponse::ModelMap {
            manifest: vec![0; MAX_MANIFEST_BYTES],
            subtrees: vec![[0; 32]; MAX_MODEL_CHUNKS],
        };
        let chunks = ContentResponse::Chunks {
            first: u32::MAX,
            chunks: vec![vec![0; MAX_RUN_BYTES / MAX_RUN_CHUNKS]; MAX_RUN_CHUNKS],
        };
        for response in [model, chunks] {
            assert!(response.encoded_size() < 2 << 20);
        }
        let request = ContentRequest::Chunks {
            content: ContentId::Model(ModelId([0; 32])),
            first: u32::MAX,
            count: 255,
        };
        assert!(request.encoded_size() < 1 << 10);
    }

    mod refuse {
        use super::*;

        #[test]
        fn lists_that_are_longer_than_their_limits() {
            let hashes = |kind: u8, before: &[u8], count: usize| {
                let mut bytes = vec![kind];
                bytes.extend(before);
                bytes.extend(Compact(count as u32).encode());
                bytes.extend(vec![0; 32 * count]);
                bytes
            };
            assert!(decode(&hashes(1, &[0], MAX_MODEL_CHUNKS)).is_ok());
            assert!(decode(&hashes(1, &[0], MAX_MODEL_CHUNKS + 1)).is_err());
            assert!(decode(&hashes(2, &[0; 8], MAX_BLOB_CHUNKS)).is_ok());
            assert!(decode(&hashes(2, &[0; 8], MAX_BLOB_CHUNKS + 1)).is_err());
            for chunks in [
                vec![vec![]; MAX_RUN_CHUNKS + 1],
                vec![vec![0; MAX_RUN_BYTES + 1]],
                vec![vec![0; MAX_RUN_BYTES], vec![0]],
            ] {
                let answer = ContentResponse::Chunks { first: 0, chunks };
                assert!(decode(&answer.encode()).is_err());
            }
        }

        #[test]
        fn lengths_that_promise_more_than_the_message_holds() {
            for kind in 1..=3u8 {
                let mut bytes = vec![kind];
                bytes.extend([0xfe, 0xff, 0xff, 0xff]);
                assert!(decode(&bytes).is_err());
            }
        }

        #[test]
        fn answers_of_another_kind() {
            assert!(decode(&[5]).is_err());
            assert!(decode(&[4, 4]).is_err());
            assert!(decode(&[]).is_err());
        }
    }

    proptest! {
        #[test]
        fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut rest = &bytes[..];
            if let Ok(response) = ContentResponse::decode(&mut rest) {
                let taken = bytes.len() - rest.len();
                // Lengths may be written longer than they need to be.
                prop_assert!(response.encoded_size() <= taken);
            }
            let _ = ContentRequest::decode(&mut &bytes[..]);
        }
    }
}
