//! Weights of `pallet_ai_programs`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-21, steps: 12, repeats: 8, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_ai_programs`.
pub trait WeightInfo {
    fn upload_code(c: u32) -> Weight;
    fn remove_code() -> Weight;
    fn instantiate(i: u32) -> Weight;
    fn call(i: u32) -> Weight;
    fn execute(b: u32) -> Weight;
    fn access(n: u32) -> Weight;
    fn clear_records() -> Weight;
    fn apply_storage(n: u32) -> Weight;
    fn apply_value(b: u32) -> Weight;
    fn apply_transfer() -> Weight;
    fn apply_event(b: u32) -> Weight;
    fn apply_commit(n: u32) -> Weight;
    fn opcode_load_model(r: u32) -> Weight;
    fn opcode_exec_model(r: u32) -> Weight;
    fn opcode_train_model(r: u32) -> Weight;
    fn opcode_tensor_new(r: u32) -> Weight;
    fn opcode_tensor_add(r: u32) -> Weight;
    fn opcode_tensor_mul(r: u32) -> Weight;
    fn opcode_tensor_conv(r: u32) -> Weight;
    fn opcode_tensor_pool(r: u32) -> Weight;
    fn opcode_hash_model(r: u32) -> Weight;
    fn opcode_commit_result(r: u32) -> Weight;
    fn opcode_exec_model_windows(r: u32) -> Weight;
    fn opcode_verify_proof() -> Weight;
    fn wasm_instructions(r: u32) -> Weight;
}

/// Weights for `pallet_ai_programs` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `c` is `[64, 81920]`.
    fn upload_code(c: u32) -> Weight {
        // Minimum execution time: 537_278_000 picoseconds.
        Weight::from_parts(861_802_648, 3622)
            // Standard error: 1_832
            .saturating_add(Weight::from_parts(186_400, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn remove_code() -> Weight {
        // Minimum execution time: 77_104_000 picoseconds.
        Weight::from_parts(92_337_000, 3622)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `i` is `[0, 65536]`.
    fn instantiate(i: u32) -> Weight {
        // Minimum execution time: 228_479_000 picoseconds.
        Weight::from_parts(296_507_448, 103126)
            // Standard error: 32
            .saturating_add(Weight::from_parts(1_724, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// The range of component `i` is `[0, 65536]`.
    fn call(i: u32) -> Weight {
        // Minimum execution time: 166_478_000 picoseconds.
        Weight::from_parts(232_474_165, 103126)
            // Standard error: 31
            .saturating_add(Weight::from_parts(1_429, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `b` is `[0, 262144]`.
    fn execute(b: u32) -> Weight {
        // Minimum execution time: 13_289_000 picoseconds.
        Weight::from_parts(59_358_124, 3609)
            // Standard error: 3
            .saturating_add(Weight::from_parts(1_015, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// The range of component `n` is `[0, 16]`.
    fn access(n: u32) -> Weight {
        // Minimum execution time: 1_192_000 picoseconds.
        Weight::from_parts(16_117_859, 990)
            // Standard error: 298_680
            .saturating_add(Weight::from_parts(33_701_757, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2689).saturating_mul(n.into()))
    }
    fn clear_records() -> Weight {
        // Minimum execution time: 60_379_000 picoseconds.
        Weight::from_parts(69_403_000, 6730)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// The range of component `n` is `[1, 64]`.
    fn apply_storage(n: u32) -> Weight {
        Weight::from_parts(35_000_000, 6196)
            .saturating_add(Weight::from_parts(40_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
    }
    /// The range of component `b` is `[0, 16384]`.
    fn apply_value(b: u32) -> Weight {
        // Minimum execution time: 71_396_000 picoseconds.
        Weight::from_parts(74_550_559, 6196)
            // Standard error: 2
            .saturating_add(Weight::from_parts(108, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    fn apply_transfer() -> Weight {
        // Minimum execution time: 60_159_000 picoseconds.
        Weight::from_parts(65_297_000, 6196)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// The range of component `b` is `[0, 4096]`.
    fn apply_event(b: u32) -> Weight {
        // Minimum execution time: 13_720_000 picoseconds.
        Weight::from_parts(15_549_322, 3609)
            // Standard error: 32
            .saturating_add(Weight::from_parts(894, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// The range of component `n` is `[1, 32]`.
    fn apply_commit(n: u32) -> Weight {
        Weight::from_parts(22_000_000, 6730)
            .saturating_add(Weight::from_parts(15_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// The range of component `r` is `[1, 100]`.
    fn opcode_load_model(r: u32) -> Weight {
        // Minimum execution time: 228_579_000 picoseconds.
        Weight::from_parts(233_477_000, 69029)
            // Standard error: 882_891
            .saturating_add(Weight::from_parts(208_025_417, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_exec_model(r: u32) -> Weight {
        // Minimum execution time: 329_258_000 picoseconds.
        Weight::from_parts(344_841_834, 137068)
            // Standard error: 12_297
            .saturating_add(Weight::from_parts(15_955_403, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
    }
    /// The range of component `r` is `[1, 32]`.
    fn opcode_train_model(r: u32) -> Weight {
        // Minimum execution time: 164_304_000 picoseconds.
        Weight::from_parts(75_018_192, 69029)
            // Standard error: 34_657
            .saturating_add(Weight::from_parts(102_027_500, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_new(r: u32) -> Weight {
        // Minimum execution time: 2_504_000 picoseconds.
        Weight::from_parts(4_591_817, 0)
            // Standard error: 335
            .saturating_add(Weight::from_parts(282_114, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_add(r: u32) -> Weight {
        // Minimum execution time: 6_380_000 picoseconds.
        Weight::from_parts(4_459_341, 0)
            // Standard error: 563
            .saturating_add(Weight::from_parts(1_401_170, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_mul(r: u32) -> Weight {
        // Minimum execution time: 174_730_000 picoseconds.
        Weight::from_parts(175_972_000, 0)
            // Standard error: 475_060
            .saturating_add(Weight::from_parts(174_042_092, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_conv(r: u32) -> Weight {
        // Minimum execution time: 382_608_000 picoseconds.
        Weight::from_parts(385_232_000, 0)
            // Standard error: 549_404
            .saturating_add(Weight::from_parts(383_969_808, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_pool(r: u32) -> Weight {
        // Minimum execution time: 41_491_000 picoseconds.
        Weight::from_parts(13_604_844, 0)
            // Standard error: 15_584
            .saturating_add(Weight::from_parts(22_214_762, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_hash_model(r: u32) -> Weight {
        // Minimum execution time: 175_130_000 picoseconds.
        Weight::from_parts(167_435_241, 69029)
            // Standard error: 3_666
            .saturating_add(Weight::from_parts(11_284_264, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_commit_result(r: u32) -> Weight {
        // Minimum execution time: 1_952_000 picoseconds.
        Weight::from_parts(3_644_291, 0)
            // Standard error: 57
            .saturating_add(Weight::from_parts(75_839, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_exec_model_windows(r: u32) -> Weight {
        // Minimum execution time: 342_458_000 picoseconds.
        Weight::from_parts(216_311_232, 69029)
            // Standard error: 154_065
            .saturating_add(Weight::from_parts(111_216_037, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
    }
    fn opcode_verify_proof() -> Weight {
        // Minimum execution time: 1_456_943_000 picoseconds.
        Weight::from_parts(1_540_517_000, 7595).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// The range of component `r` is `[1, 1000]`.
    fn wasm_instructions(r: u32) -> Weight {
        // Minimum execution time: 116_393_000 picoseconds.
        Weight::from_parts(167_123_193, 103126)
            // Standard error: 1_173
            .saturating_add(Weight::from_parts(281_422, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
}
