//! What each plain instruction costs.

use crate::PlainSchedule;
use core::num::NonZeroU32;
use wasm_instrument::gas_metering::{MemoryGrowCost, Rules};
use wasm_instrument::parity_wasm::elements::Instruction::{self, *};

/// The prices of one version, as instrumentation asks for them.
pub struct PlainRules(pub PlainSchedule);

impl Rules for PlainRules {
    /// `None` for floating point, which makes instrumentation fail: validation
    /// has refused it already.
    fn instruction_cost(&self, instruction: &Instruction) -> Option<u32> {
        let prices = &self.0;
        Some(match instruction {
            // They mark places, or end the run.
            Nop | End | Else | Unreachable => 0,

            Drop | Select | GetLocal(_) | SetLocal(_) | TeeLocal(_) | I32Const(_) | I64Const(_) => {
                prices.simple
            }
            I32Eqz | I32Eq | I32Ne | I32LtS | I32LtU | I32GtS | I32GtU | I32LeS | I32LeU
            | I32GeS | I32GeU | I64Eqz | I64Eq | I64Ne | I64LtS | I64LtU | I64GtS | I64GtU
            | I64LeS | I64LeU | I64GeS | I64GeU => prices.simple,
            I32Clz | I32Ctz | I32Popcnt | I32Add | I32Sub | I32Mul | I32And | I32Or | I32Xor
            | I32Shl | I32ShrS | I32ShrU | I32Rotl | I32Rotr => prices.simple,
            I64Clz | I64Ctz | I64Popcnt | I64Add | I64Sub | I64Mul | I64And | I64Or | I64Xor
            | I64Shl | I64ShrS | I64ShrU | I64Rotl | I64Rotr => prices.simple,
            I32WrapI64 | I64ExtendSI32 | I64ExtendUI32 => prices.simple,

            I32DivS | I32DivU | I32RemS | I32RemU | I64DivS | I64DivU | I64RemS | I64RemU => {
                prices.division
            }

            GetGlobal(_) | SetGlobal(_) => prices.global,

            I32Load(..) | I64Load(..) | I32Load8S(..) | I32Load8U(..) | I32Load16S(..)
            | I32Load16U(..) | I64Load8S(..) | I64Load8U(..) | I64Load16S(..) | I64Load16U(..)
            | I64Load32S(..) | I64Load32U(..) | I32Store(..) | I64Store(..) | I32Store8(..)
            | I32Store16(..) | I64Store8(..) | I64Store16(..) | I64Store32(..)
            | CurrentMemory(_) => prices.memory,

            Block(_) | Loop(_) | If(_) | Br(_) | BrIf(_) | Return => prices.branch,
            BrTable(_) => prices.branch_table,
            Call(_) => prices.call,
            CallIndirect(..) => prices.call_indirect,
            GrowMemory(_) => prices.grow,

            _ => return None,
        })
    }

    fn memory_grow_cost(&self) -> MemoryGrowCost {
        NonZeroU32::new(self.0.grow_page).map_or(MemoryGrowCost::Free, MemoryGrowCost::Linear)
    }

    fn call_per_local_cost(&self) -> u32 {
        self.0.local
    }
}
