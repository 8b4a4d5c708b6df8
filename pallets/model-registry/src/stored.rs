//! What is stored of a model whose bytes are on chain.

use crate::{BalanceOf, Config};
use core::marker::PhantomData;
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::{StoredInfo, CHUNK_BYTES};

/// Most elements of all values of a model whose bytes are on chain.
///
/// The check at finalization bounds each element by interval arithmetic, so this limits
/// the weight of `finalize`, as [`Config::MaxModelBytes`] does. The machine's memory
/// admits no more than four times as many.
pub const MAX_STORED_ACTIVATIONS: u64 = 1 << 20;

/// A piece of a model's bytes.
pub type Chunk = BoundedVec<u8, ConstU32<CHUNK_BYTES>>;

/// Most chunks of a model: those of [`Config::MaxModelBytes`].
pub struct MaxChunks<T>(PhantomData<T>);

impl<T: Config> Get<u32> for MaxChunks<T> {
    fn get() -> u32 {
        T::MaxModelBytes::get().div_ceil(CHUNK_BYTES)
    }
}

/// What is on chain of a model's bytes, apart from the chunks themselves.
#[stored]
pub struct StoredModel<T: Config> {
    /// Bytes that all chunks have together: those of the tensors, and behind them those
    /// of a trained state's parameters.
    pub byte_size: u32,
    /// The chunks that are there.
    pub present: BoundedBTreeSet<u32, MaxChunks<T>>,
    /// What the owner has on hold for the chunks that are there.
    pub deposit: BalanceOf<T>,
    /// Whether the bytes were checked. They never change afterwards.
    pub finalized: bool,
    /// The state's hash, as `HASH_MODEL` gives it, if training made this model.
    pub state_hash: Option<H256>,
}

impl<T: Config> StoredModel<T> {
    /// A model of this many bytes, none of which is there. `None` if they are more than
    /// the chain stores.
    pub fn awaiting(byte_size: u64) -> Option<Self> {
        let byte_size = u32::try_from(byte_size).ok()?;
        (byte_size <= T::MaxModelBytes::get()).then(|| Self {
            byte_size,
            present: BoundedBTreeSet::new(),
            deposit: Zero::zero(),
            finalized: false,
            state_hash: None,
        })
    }

    /// Number of chunks, there or not.
    pub fn chunk_count(&self) -> u32 {
        self.byte_size.div_ceil(CHUNK_BYTES)
    }

    /// Bytes that a chunk must have; `None` if the model has no such chunk.
    pub fn chunk_len(&self, index: u32) -> Option<u32> {
        let start = index.checked_mul(CHUNK_BYTES)?;
        match self.byte_size.checked_sub(start)? {
            0 => None,
            rest => Some(rest.min(CHUNK_BYTES)),
        }
    }

    /// The chunks that are not there, ascending.
    pub fn missing(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.chunk_count()).filter(|index| !self.present.contains(index))
    }

    /// What clients see.
    pub fn info(&self) -> StoredInfo {
        StoredInfo {
            byte_size: self.byte_size,
            uploaded: self
                .present
                .iter()
                .filter_map(|index| self.chunk_len(*index))
                .fold(0, u32::saturating_add),
            missing: self.missing().collect(),
            finalized: self.finalized,
        }
    }
}
