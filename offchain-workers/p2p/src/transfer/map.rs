//! How a content is cut into chunks.

use super::{
    hash,
    wire::{ContentResponse, MAX_BLOB_CHUNKS, MAX_RUN_BYTES, MAX_RUN_CHUNKS},
    ContentId, CHUNK_BYTES, MAX_BLOB_BYTES,
};
use codec::Encode;
use lattice_tensor::{
    file::{FileError, Layout},
    weights::{root_over, tensor_over, tree},
    Manifest, ModelError, ModelId,
};
use std::ops::Range;

/// Why an answer to [`super::wire::ContentRequest::Describe`] is no map of the content.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// An answer of another kind.
    #[error("the answer describes no {0}")]
    Kind(&'static str),
    /// A manifest of another model.
    #[error("the manifest is that of {0}")]
    OtherModel(ModelId),
    /// The manifest is none.
    #[error("the manifest: {0}")]
    Manifest(#[from] ModelError),
    /// The file of the model cannot be laid out.
    #[error("the file of the model: {0}")]
    Layout(#[from] FileError),
    /// Too few or too many hashes.
    #[error("{found} hashes for {expected} chunks")]
    Count {
        /// As many as the content has chunks.
        expected: u64,
        /// As many as there are.
        found: usize,
    },
    /// The hashes do not give the manifest's weight root.
    #[error("the hashes do not give the weight root of the manifest")]
    WeightRoot,
    /// A file over the limit.
    #[error("a file of {found} bytes; at most {MAX_BLOB_BYTES} are allowed")]
    TooLarge {
        /// Its bytes.
        found: u64,
    },
}

/// A piece of a content's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Its bytes, at most 1 MiB.
    pub len: usize,
    /// Its hash: of a model the tree over its leaves, of another file Blake2-256.
    pub hash: [u8; 32],
}

/// The chunks of a content, in the order of their numbers.
///
/// Of a model that is the order of the tensors in the manifest, which is not that in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    content: ContentId,
    /// Of a model.
    manifest: Vec<u8>,
    header: Vec<u8>,
    chunks: Vec<Chunk>,
    len: u64,
}

impl Map {
    /// The map in a peer's answer.
    ///
    /// That of a model is proven by it. That of another file is what the peer says, and proven
    /// only by the hash of the whole file.
    ///
    /// # Errors
    /// Any [`MapError`].
    pub fn of(content: ContentId, answer: ContentResponse) -> Result<Self, MapError> {
        match (content, answer) {
            (ContentId::Model(id), ContentResponse::ModelMap { manifest, subtrees }) => {
                Self::of_model(id, manifest, &subtrees)
            }
            (ContentId::Blob(_), ContentResponse::BlobMap { len, hashes }) => {
                Self::of_blob(content, len, &hashes)
            }
            _ => Err(MapError::Kind(content.kind())),
        }
    }

    fn of_model(id: ModelId, manifest: Vec<u8>, subtrees: &[[u8; 32]]) -> Result<Self, MapError> {
        let found = ModelId(hash::blake2_256(&manifest));
        if found != id {
            return Err(MapError::OtherModel(found));
        }
        let decoded = Manifest::decode_strict(&manifest)?;
        let layout = Layout::of(&decoded)?;
        let expected = decoded
            .tensors
            .iter()
            .map(|decl| decl.byte_len().div_ceil(CHUNK_BYTES as u64))
            .sum::<u64>();
        if expected != subtrees.len() as u64 {
            return Err(MapError::Count {
                expected,
                found: subtrees.len(),
            });
        }
        let mut chunks = Vec::with_capacity(subtrees.len());
        let mut tensors = Vec::with_capacity(decoded.tensors.len());
        for (decl, start) in decoded.tensors.iter().zip(&layout.offsets) {
            let first = chunks.len();
            chunks.extend(cut(*start, decl.byte_len(), &subtrees[first..]));
            let whole = tree(subtrees[first..chunks.len()].to_vec());
            tensors.push(tensor_over(decl.dtype, decl.byte_len(), &whole));
        }
        let count = u32::try_from(tensors.len()).unwrap_or(u32::MAX);
        if root_over(count, &tree(tensors)) != decoded.weight_root {
            return Err(MapError::WeightRoot);
        }
        Ok(Self {
            content: ContentId::Model(id),
            manifest,
            header: layout.header,
            chunks,
            len: layout.len,
        })
    }

    fn of_blob(content: ContentId, len: u64, hashes: &[[u8; 32]]) -> Result<Self, MapError> {
        if len > MAX_BLOB_BYTES || hashes.len() > MAX_BLOB_CHUNKS {
            return Err(MapError::TooLarge { found: len });
        }
        let expected = len.div_ceil(CHUNK_BYTES as u64);
        if expected != hashes.len() as u64 {
            return Err(MapError::Count {
                expected,
                found: hashes.len(),
            });
        }
        Ok(Self {
            content,
            manifest: Vec::new(),
            header: Vec::new(),
            chunks: cut(0, len, hashes).collect(),
            len,
        })
    }

    /// What a peer is told who asks for the map.
    pub fn describe(&self) -> ContentResponse {
        let hashes = self.chunks.iter().map(|chunk| chunk.hash).collect();
        match self.content {
            ContentId::Model(_) => ContentResponse::ModelMap {
                manifest: self.manifest.clone(),
                subtrees: hashes,
            },
            ContentId::Blob(_) => ContentResponse::BlobMap {
                len: self.len,
                hashes,
            },
        }
    }

    /// Whose map this is.
    pub fn content(&self) -> ContentId {
        self.content
    }

    /// The bytes of the file before the first chunk.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Bytes of the file.
    #[allow(clippy::len_without_is_empty)] // Nobody asks whether a file is empty.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Number of chunks.
    pub fn count(&self) -> u32 {
        // At most 5,120.
        u32::try_from(self.chunks.len()).unwrap_or(u32::MAX)
    }

    /// A chunk by its number.
    pub fn chunk(&self, index: u32) -> Option<&Chunk> {
        self.chunks.get(usize::try_from(index).ok()?)
    }

    /// Whether `bytes` are the chunk with this number.
    pub fn holds(&self, index: u32, bytes: &[u8]) -> bool {
        self.chunk(index)
            .is_some_and(|chunk| chunk.len == bytes.len() && chunk.hash == self.hash(bytes))
    }

    /// The hash of a chunk of this kind of content.
    pub(super) fn hash(&self, bytes: &[u8]) -> [u8; 32] {
        match self.content {
            ContentId::Model(_) => hash::subtree(bytes),
            ContentId::Blob(_) => hash::blake2_256(bytes),
        }
    }

    /// The chunks from `range.start` on that one answer can have, none from `range.end` on.
    pub(super) fn run(&self, range: Range<u32>) -> Range<u32> {
        let mut bytes = 0usize;
        let fits = (range.start..range.end.min(self.count()))
            .take(MAX_RUN_CHUNKS)
            .take_while(|index| {
                bytes += self.chunk(*index).map_or(0, |chunk| chunk.len);
                bytes <= MAX_RUN_BYTES
            })
            .count();
        range.start..range.start + u32::try_from(fits).unwrap_or(0)
    }

    /// Bytes that the content takes on disk, its map included.
    pub(super) fn footprint(&self) -> u64 {
        self.len + self.describe().encoded_size() as u64
    }
}

/// The chunks of `len` bytes that begin at `start`, as far as there are hashes.
fn cut(start: u64, len: u64, hashes: &[[u8; 32]]) -> impl Iterator<Item = Chunk> + '_ {
    (0..len)
        .step_by(CHUNK_BYTES)
        .zip(hashes)
        .map(move |(begin, hash)| Chunk {
            offset: start + begin,
            len: usize::try_from(len - begin).map_or(CHUNK_BYTES, |rest| rest.min(CHUNK_BYTES)),
            hash: *hash,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_tensor::{file, testing};

    /// The true answer about a model, made by cutting its file.
    fn described(seed: u64) -> (ContentId, ContentResponse) {
        let model = testing::random_graph(seed);
        let mut subtrees = Vec::new();
        for tensor in model.tensors() {
            let mut bytes = Vec::new();
            tensor.extend_bytes(&mut bytes);
            subtrees.extend(bytes.chunks(CHUNK_BYTES).map(hash::subtree));
        }
        let answer = ContentResponse::ModelMap {
            manifest: model.manifest().encode(),
            subtrees,
        };
        (ContentId::Model(model.id()), answer)
    }

    fn blob(bytes: &[u8]) -> (ContentId, ContentResponse) {
        let answer = ContentResponse::BlobMap {
            len: bytes.len() as u64,
            hashes: bytes.chunks(CHUNK_BYTES).map(hash::blake2_256).collect(),
        };
        (ContentId::Blob(hash::blake2_256(bytes)), answer)
    }

    #[test]
    fn header_and_chunks_of_a_model_are_its_file() {
        for seed in 0..20 {
            let model = testing::random_graph(seed);
            let bytes = file::to_bytes(&model).expect("writes");
            let (content, answer) = described(seed);
            let map = Map::of(content, answer.clone()).expect("a map");
            assert_eq!(map.describe(), answer);
            assert_eq!(map.len(), bytes.len() as u64);
            assert!(bytes.starts_with(map.header()));
            let mut covered = map.header().len();
            for index in 0..map.count() {
                let chunk = map.chunk(index).expect("a chunk");
                let start = chunk.offset as usize;
                assert!(map.holds(index, &bytes[start..start + chunk.len]));
                covered += chunk.len;
            }
            assert_eq!(covered, bytes.len());
        }
    }

    #[test]
    fn a_run_ends_where_an_answer_is_full() {
        let bytes = vec![3; 2 * CHUNK_BYTES + 5];
        let (content, answer) = blob(&bytes);
        let map = Map::of(content, answer).expect("a map");
        assert_eq!(map.count(), 3);
        assert_eq!(map.chunk(2).map(|chunk| chunk.len), Some(5));
        assert_eq!(map.run(0..3), 0..1);
        assert_eq!(map.run(2..9), 2..3);
        assert_eq!(map.run(3..9), 3..3);
        let (content, answer) = described(0);
        let map = Map::of(content, answer).expect("a map");
        assert_eq!(map.run(0..map.count()), 0..map.count());
        assert_eq!(map.run(1..2), 1..2);
    }

    #[test]
    fn a_file_without_bytes_has_no_chunks() {
        let (content, answer) = blob(&[]);
        let map = Map::of(content, answer).expect("a map");
        assert_eq!((map.count(), map.len()), (0, 0));
    }

    mod refuse {
        use super::*;

        #[test]
        fn the_map_of_another_model_or_kind() {
            let (first, answer) = described(1);
            let (second, _) = described(2);
            assert!(matches!(
                Map::of(second, answer.clone()),
                Err(MapError::OtherModel(id)) if ContentId::Model(id) == first
            ));
            assert!(matches!(
                Map::of(ContentId::Blob([0; 32]), answer),
                Err(MapError::Kind("blob"))
            ));
            let unknown = ContentResponse::Unknown;
            assert!(matches!(
                Map::of(first, unknown),
                Err(MapError::Kind("model"))
            ));
        }

        #[test]
        fn a_changed_missing_or_additional_hash_of_a_model() {
            let (content, answer) = described(3);
            let ContentResponse::ModelMap { manifest, subtrees } = answer else {
                panic!("described as a model");
            };
            let of = |subtrees: Vec<[u8; 32]>| {
                let manifest = manifest.clone();
                Map::of(content, ContentResponse::ModelMap { manifest, subtrees })
            };
            for index in 0..subtrees.len() {
                let mut changed = subtrees.clone();
                changed[index][31] ^= 1;
                assert!(matches!(of(changed), Err(MapError::WeightRoot)));
            }
            let fewer = subtrees[1..].to_vec();
            assert!(matches!(of(fewer), Err(MapError::Count { .. })));
            let more = [&subtrees[..], &[[0; 32]]].concat();
            assert!(matches!(of(more), Err(MapError::Count { .. })));
            assert!(of(subtrees).is_ok());
        }

        #[test]
        fn a_list_that_does_not_fit_its_length() {
            let of = |len, count| {
                let hashes = vec![[0; 32]; count];
                Map::of(
                    ContentId::Blob([0; 32]),
                    ContentResponse::BlobMap { len, hashes },
                )
            };
            assert!(of(MAX_BLOB_BYTES, MAX_BLOB_CHUNKS).is_ok());
            assert!(matches!(
                of(MAX_BLOB_BYTES + 1, MAX_BLOB_CHUNKS + 1),
                Err(MapError::TooLarge { found }) if found == MAX_BLOB_BYTES + 1
            ));
            assert!(matches!(
                of(CHUNK_BYTES as u64 + 1, 1),
                Err(MapError::Count {
                    expected: 2,
                    found: 1
                })
            ));
            assert!(matches!(of(0, 1), Err(MapError::Count { .. })));
        }
    }
}
