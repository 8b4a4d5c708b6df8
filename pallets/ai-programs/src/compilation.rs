//! Cold and warm code.
//!
//! The first run of a code in a block pays for compiling it, whether a node has it in its
//! cache or not, and a block compiles no more than [`Config::MaxCompiledBytes`]. Later
//! runs in the same block get that part of their weight back.

use crate::*;
use frame::prelude::*;

impl<T: Config> Pallet<T> {
    /// Whether a run of this code would be the first one of the block.
    ///
    /// # Errors
    /// [`Error::CompilationLimit`] when it would, and the block has no room for it.
    pub(crate) fn is_cold(code: &Code<T>) -> Result<bool, Error<T>> {
        if code.compiled_at == Some(frame_system::Pallet::<T>::block_number()) {
            return Ok(false);
        }
        let total = Self::compiled_bytes().saturating_add(code.prepared_len);
        ensure!(total <= T::MaxCompiledBytes::get(), Error::CompilationLimit);
        Ok(true)
    }

    /// A run of this code was charged for its compilation.
    ///
    /// Not undone when the run traps: the node has compiled it all the same.
    pub(crate) fn note_compiled(code_hash: H256) {
        let now = frame_system::Pallet::<T>::block_number();
        let before = Self::compiled_bytes();
        Codes::<T>::mutate(code_hash, |slot| {
            if let Some(code) = slot {
                code.compiled_at = Some(now);
                CompiledBytes::<T>::put((now, before.saturating_add(code.prepared_len)));
            }
        });
    }

    /// Bytes compiled in this block so far.
    fn compiled_bytes() -> u32 {
        let (block, bytes) = CompiledBytes::<T>::get();
        if block == frame_system::Pallet::<T>::block_number() {
            bytes
        } else {
            0
        }
    }
}
