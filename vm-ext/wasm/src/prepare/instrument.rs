//! Writes the stack limit and the gas meter into a module.
//!
//! Both are counters in globals that the program cannot name: it was validated
//! before they exist. The engine reads them through exports whose names no
//! uploaded module may use.
//!
//! The stack limit goes in first, so its own instructions are metered like any
//! others. Its counter rises before a call by the callee's height and the call
//! traps if it is then over the limit; a trap with the counter over the limit is
//! [`crate::ProgramTrap::StackExhausted`]. The height of a function is
//!
//! ```text
//! 2 + locals + largest number of operands        (wasm-instrument)
//!   + 2 + parameters + instructions / 8          (added here)
//! ```
//!
//! The second line makes the limit hold for the native stack as well. Compiled
//! code keeps at most a few values per instruction, so 8 bytes of native stack
//! for each are at most [`crate::engine::NATIVE_BYTES_PER_VALUE`] for each unit of
//! height, however the compiler allots them.
//!
//! The gas meter charges a block of instructions before its first one runs. A
//! charge that does not fit leaves the counter as its bitwise complement, which
//! is negative, and traps: so the gas that was left is known after the trap.

use super::limits::LINKER_EXPORTS;
use super::rules::PlainRules;
use crate::{CodeError, CodeLimits, PlainSchedule};
use wasm_instrument::gas_metering::{self, Backend, GasMeter, Rules};
use wasm_instrument::parity_wasm::elements::{
    BlockType, ExportEntry, FuncBody, Instruction, Instructions, Internal, Local, MemoryType,
    Module, Section, Type, ValueType,
};
use wasm_instrument::parity_wasm::{deserialize_buffer, serialize};

/// Export of the global that holds the gas that is left, in version 1.
pub const GAS_EXPORT: &str = "lattice:gas:1";

/// Export of the global that holds the height of the stack, in version 1.
pub const STACK_EXPORT: &str = "lattice:stack:1";

/// Export of the memory, if the module has one, in version 1.
pub const MEMORY_EXPORT: &str = "lattice:memory:1";

/// Instructions that count as one value on the stack.
const INSTRUCTIONS_PER_VALUE: usize = 8;

/// Instruments a valid module.
///
/// # Errors
/// [`CodeError::NotCompilable`] for a module that the libraries cannot handle.
pub fn instrument(
    code: &[u8],
    limits: &CodeLimits,
    maximum_pages: u32,
) -> Result<Vec<u8>, CodeError> {
    let mut module: Module = deserialize_buffer(code).map_err(|_| CodeError::NotCompilable)?;
    tidy(&mut module, maximum_pages);
    let module = limit_stack(module, limits.stack_height)?;
    let module = gas_metering::inject(module, Meter, &PlainRules(PlainSchedule::V1))
        .map_err(|_| CodeError::NotCompilable)?;
    serialize(module).map_err(|_| CodeError::NotCompilable)
}

/// Drops what a program does not need, and states the largest memory.
fn tidy(module: &mut Module, maximum_pages: u32) {
    module.sections_mut().retain(|section| {
        !matches!(
            section,
            Section::Custom(_) | Section::Name(_) | Section::Reloc(_)
        )
    });
    let mut has_memory = false;
    if let Some(memories) = module.memory_section_mut() {
        for memory in memories.entries_mut() {
            has_memory = true;
            *memory = MemoryType::new(memory.limits().initial(), Some(maximum_pages));
        }
    }
    if let Some(exports) = module.export_section_mut() {
        exports
            .entries_mut()
            .retain(|export| match export.internal() {
                Internal::Global(_) => !LINKER_EXPORTS.contains(&export.field()),
                Internal::Memory(_) => false,
                _ => true,
            });
    }
    if has_memory {
        export(module, MEMORY_EXPORT, Internal::Memory(0));
    }
}

/// Adds an export. A module without the section has no entry and was refused.
fn export(module: &mut Module, name: &str, internal: Internal) {
    if let Some(exports) = module.export_section_mut() {
        exports
            .entries_mut()
            .push(ExportEntry::new(name.into(), internal));
    }
}

fn limit_stack(mut module: Module, limit: u32) -> Result<Module, CodeError> {
    let counter = u32::try_from(module.globals_space()).map_err(|_| CodeError::NotCompilable)?;
    let weights = weights(&module)?;
    // The library counts locals; these stand for what it does not count, and
    // are gone before anything compiles them.
    for (body, weight) in bodies(&mut module).iter_mut().zip(&weights) {
        body.locals_mut().push(Local::new(*weight, ValueType::I32));
    }
    let mut module = wasm_instrument::inject_stack_limiter(module, limit)
        .map_err(|_| CodeError::NotCompilable)?;
    for (body, _) in bodies(&mut module).iter_mut().zip(&weights) {
        body.locals_mut().pop();
    }
    export(&mut module, STACK_EXPORT, Internal::Global(counter));
    Ok(module)
}

fn bodies(module: &mut Module) -> &mut [FuncBody] {
    match module.code_section_mut() {
        Some(section) => section.bodies_mut(),
        None => &mut [],
    }
}

/// What each function weighs beside its locals and operands.
fn weights(module: &Module) -> Result<Vec<u32>, CodeError> {
    let types = module
        .type_section()
        .map_or(&[][..], |section| section.types());
    let functions = module
        .function_section()
        .map_or(&[][..], |section| section.entries());
    let bodies = module
        .code_section()
        .map_or(&[][..], |section| section.bodies());
    functions
        .iter()
        .zip(bodies)
        .map(|(function, body)| {
            let Type::Function(ty) = usize::try_from(function.type_ref())
                .ok()
                .and_then(|index| types.get(index))
                .ok_or(CodeError::NotCompilable)?;
            let instructions = body.code().elements().len();
            let weight = ty
                .params()
                .len()
                .saturating_add(instructions.div_ceil(INSTRUCTIONS_PER_VALUE))
                .saturating_add(2);
            u32::try_from(weight).map_err(|_| CodeError::NotCompilable)
        })
        .collect()
}

/// A function that takes gas from a global, or traps and leaves its complement.
struct Meter;

impl Backend for Meter {
    fn gas_meter<R: Rules>(self, module: &Module, rules: &R) -> GasMeter {
        let counter = u32::try_from(module.globals_space()).unwrap_or(u32::MAX);
        let taking = [
            Instruction::GetGlobal(counter),
            Instruction::GetLocal(0),
            Instruction::I64GeU,
            Instruction::If(BlockType::NoResult),
            Instruction::GetGlobal(counter),
            Instruction::GetLocal(0),
            Instruction::I64Sub,
            Instruction::SetGlobal(counter),
        ];
        let trapping = [
            Instruction::Else,
            Instruction::GetGlobal(counter),
            Instruction::I64Const(-1),
            Instruction::I64Xor,
            Instruction::SetGlobal(counter),
            Instruction::Unreachable,
            Instruction::End,
            Instruction::End,
        ];
        let cost = taking
            .iter()
            .filter_map(|instruction| rules.instruction_cost(instruction))
            .fold(0u64, |sum, cost| sum.saturating_add(cost.into()));
        let body = taking.into_iter().chain(trapping).collect();
        GasMeter::Internal {
            global: GAS_EXPORT,
            func_instructions: Instructions::new(body),
            cost,
        }
    }
}
