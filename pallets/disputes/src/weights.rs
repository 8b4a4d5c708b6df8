//! Weights of `pallet_disputes`: upper bounds derived by hand, not measured;
//! `scripts/benchmark.sh` measures them.
//!
//! Derived from measured calls of the same work: a manifest of 64 KiB is read and validated in 0.6
//! ms (`register` of `pallet_model_registry`), and each of its 4,096 operators is looked at once
//! more, for half a microsecond; a layout of 16 KiB is read, decoded and written as a chunk of that
//! length is; hashing takes a microsecond per KiB in the node and ten in Wasm. The rest is the
//! storage that each call touches at most, with [`lattice_primitives::MAX_REPLICAS`] defenders.

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_disputes`.
pub trait WeightInfo {
    fn layout() -> Weight;
    fn is_last_value(o: u32) -> Weight;
    fn open() -> Weight;
    fn close() -> Weight;
    fn reveal() -> Weight;
    fn choose() -> Weight;
    fn defend(k: u32) -> Weight;
    fn expire() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
}

/// Weights for `pallet_disputes` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Reads the longest manifest.
    fn layout() -> Weight {
        Weight::from_parts(3_500_000_000, 68_039).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// A layout, and an output of `o` elements that is hashed in Wasm.
    ///
    /// The range of component `o` is `[1, 1024]`.
    fn is_last_value(o: u32) -> Weight {
        Weight::from_parts(3_800_000_000, 68_039)
            .saturating_add(Weight::from_parts(150_000, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// Beside the layout: reads the number; writes it, the dispute, layout, input, an entry of what
    /// is due and one for each party.
    fn open() -> Weight {
        Weight::from_parts(250_000_000, 1_493)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    /// Reads the dispute; writes all that `open` wrote but the number.
    fn close() -> Weight {
        Weight::from_parts(120_000_000, 4_500)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    /// Reads dispute and layout; writes the dispute and two entries of what is due.
    fn reveal() -> Weight {
        Weight::from_parts(250_000_000, 24_000)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// As `reveal`.
    fn choose() -> Weight {
        Weight::from_parts(250_000_000, 24_000)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Beside a long manifest and what the verdict takes: reads dispute, input and manifest; writes
    /// what `close` does.
    ///
    /// The range of component `k` is `[1, 256]`.
    fn defend(k: u32) -> Weight {
        Weight::from_parts(600_000_000, 76_000)
            .saturating_add(Weight::from_parts(30_000_000, 0).saturating_mul(k.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    /// Beside what the verdict takes, as `close`.
    fn expire() -> Weight {
        Weight::from_parts(120_000_000, 4_500)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn on_poll_base() -> Weight {
        Weight::from_parts(3_385_000, 1_489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// Reads the next entry of what is due, and its dispute.
    fn on_poll_step() -> Weight {
        Weight::from_parts(12_000_000, 6_807).saturating_add(T::DbWeight::get().reads(2_u64))
    }
}
