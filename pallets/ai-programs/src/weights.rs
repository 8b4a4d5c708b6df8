//! Weights of `pallet_ai_programs`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-21, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

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
    fn apply_terminate(n: u32) -> Weight;
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
    /// The range of component `c` is `[64, 65536]`.
    fn upload_code(c: u32) -> Weight {
        // Minimum execution time: 562_445_000 picoseconds.
        Weight::from_parts(1_180_606_206, 3676)
            // Standard error: 1_849
            .saturating_add(Weight::from_parts(216_938, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn remove_code() -> Weight {
        // Minimum execution time: 80_400_000 picoseconds.
        Weight::from_parts(90_044_000, 3676)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `i` is `[0, 65536]`.
    fn instantiate(i: u32) -> Weight {
        // Minimum execution time: 242_090_000 picoseconds.
        Weight::from_parts(288_667_064, 83201)
            // Standard error: 25
            .saturating_add(Weight::from_parts(1_521, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// The range of component `i` is `[0, 65536]`.
    fn call(i: u32) -> Weight {
        // Minimum execution time: 163_342_000 picoseconds.
        Weight::from_parts(206_238_991, 83201)
            // Standard error: 23
            .saturating_add(Weight::from_parts(1_521, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `b` is `[0, 262144]`.
    fn execute(b: u32) -> Weight {
        // Minimum execution time: 13_290_000 picoseconds.
        Weight::from_parts(59_776_957, 3609)
            // Standard error: 6
            .saturating_add(Weight::from_parts(1_083, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// The range of component `n` is `[0, 16]`.
    fn access(n: u32) -> Weight {
        // Minimum execution time: 2_214_000 picoseconds.
        Weight::from_parts(14_363_642, 990)
            // Standard error: 315_561
            .saturating_add(Weight::from_parts(33_893_424, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2689).saturating_mul(n.into()))
    }
    fn clear_records() -> Weight {
        // Minimum execution time: 60_200_000 picoseconds.
        Weight::from_parts(67_621_000, 6730)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// The range of component `n` is `[1, 64]`.
    fn apply_storage(n: u32) -> Weight {
        // Minimum execution time: 71_206_000 picoseconds.
        Weight::from_parts(72_067_466, 6196)
            // Standard error: 1_782
            .saturating_add(Weight::from_parts(2_342_265, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
    }
    /// The range of component `b` is `[0, 16384]`.
    fn apply_value(b: u32) -> Weight {
        // Minimum execution time: 70_645_000 picoseconds.
        Weight::from_parts(74_371_345, 6196)
            // Standard error: 3
            .saturating_add(Weight::from_parts(114, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    fn apply_transfer() -> Weight {
        // Minimum execution time: 59_458_000 picoseconds.
        Weight::from_parts(62_463_000, 6196)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// The range of component `b` is `[0, 4096]`.
    fn apply_event(b: u32) -> Weight {
        // Minimum execution time: 13_570_000 picoseconds.
        Weight::from_parts(15_189_812, 3609)
            // Standard error: 18
            .saturating_add(Weight::from_parts(667, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// The range of component `n` is `[1, 32]`.
    fn apply_commit(n: u32) -> Weight {
        // Minimum execution time: 33_530_000 picoseconds.
        Weight::from_parts(35_370_015, 6730)
            // Standard error: 4_937
            .saturating_add(Weight::from_parts(3_569_717, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// The range of component `n` is `[0, 2048]`.
    fn apply_terminate(n: u32) -> Weight {
        // Minimum execution time: 140_819_000 picoseconds.
        Weight::from_parts(177_987_279, 8799)
            // Standard error: 17_868
            .saturating_add(Weight::from_parts(1_464_890, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 121).saturating_mul(n.into()))
    }
    /// The range of component `r` is `[1, 100]`.
    fn opcode_load_model(r: u32) -> Weight {
        // Minimum execution time: 210_793_000 picoseconds.
        Weight::from_parts(79_427_933, 69029)
            // Standard error: 116_271
            .saturating_add(Weight::from_parts(184_141_780, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_exec_model(r: u32) -> Weight {
        // Minimum execution time: 306_094_000 picoseconds.
        Weight::from_parts(311_188_551, 137068)
            // Standard error: 8_506
            .saturating_add(Weight::from_parts(15_776_876, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
    }
    /// The range of component `r` is `[1, 32]`.
    fn opcode_train_model(r: u32) -> Weight {
        // Minimum execution time: 163_242_000 picoseconds.
        Weight::from_parts(75_551_771, 69029)
            // Standard error: 30_515
            .saturating_add(Weight::from_parts(100_524_138, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_new(r: u32) -> Weight {
        // Minimum execution time: 2_714_000 picoseconds.
        Weight::from_parts(4_456_541, 0)
            // Standard error: 155
            .saturating_add(Weight::from_parts(277_713, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_add(r: u32) -> Weight {
        // Minimum execution time: 6_690_000 picoseconds.
        Weight::from_parts(5_257_003, 0)
            // Standard error: 442
            .saturating_add(Weight::from_parts(1_366_029, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_mul(r: u32) -> Weight {
        // Minimum execution time: 174_739_000 picoseconds.
        Weight::from_parts(52_356_532, 0)
            // Standard error: 230_847
            .saturating_add(Weight::from_parts(171_044_428, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_conv(r: u32) -> Weight {
        // Minimum execution time: 381_887_000 picoseconds.
        Weight::from_parts(95_024_636, 0)
            // Standard error: 385_174
            .saturating_add(Weight::from_parts(376_912_031, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_tensor_pool(r: u32) -> Weight {
        // Minimum execution time: 42_093_000 picoseconds.
        Weight::from_parts(11_625_296, 0)
            // Standard error: 11_194
            .saturating_add(Weight::from_parts(22_051_841, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_hash_model(r: u32) -> Weight {
        // Minimum execution time: 174_228_000 picoseconds.
        Weight::from_parts(167_101_782, 69029)
            // Standard error: 3_486
            .saturating_add(Weight::from_parts(11_255_719, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_commit_result(r: u32) -> Weight {
        // Minimum execution time: 2_033_000 picoseconds.
        Weight::from_parts(3_856_145, 0)
            // Standard error: 69
            .saturating_add(Weight::from_parts(76_777, 0).saturating_mul(r.into()))
    }
    /// The range of component `r` is `[1, 200]`.
    fn opcode_exec_model_windows(r: u32) -> Weight {
        // Minimum execution time: 326_565_000 picoseconds.
        Weight::from_parts(233_287_456, 69029)
            // Standard error: 15_767
            .saturating_add(Weight::from_parts(108_673_864, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
    }
    fn opcode_verify_proof() -> Weight {
        // Minimum execution time: 1_461_781_000 picoseconds.
        Weight::from_parts(1_519_125_000, 7595).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// The range of component `r` is `[1, 1000]`.
    fn wasm_instructions(r: u32) -> Weight {
        // Minimum execution time: 117_805_000 picoseconds.
        Weight::from_parts(144_899_963, 83201)
            // Standard error: 1_129
            .saturating_add(Weight::from_parts(831_746, 0).saturating_mul(r.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
}
