//! The largest code, memory, key, value, event and output.

/// What uploaded code may have; each excess is a [`crate::CodeError::TooMany`].
///
/// Every number that the time or memory of validation, instrumentation or
/// compilation grows with has its limit here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeLimits {
    /// Bytes of the module as it is uploaded.
    pub code_bytes: u32,
    /// Bytes of the module after instrumentation.
    pub prepared_bytes: u32,
    /// Function types.
    pub types: u32,
    /// Parameters of one function type; a result more is allowed by the format.
    pub parameters: u32,
    /// Imports.
    pub imports: u32,
    /// Functions that the module defines.
    pub functions: u32,
    /// Bytes of one function's body.
    pub body_bytes: u32,
    /// Locals of one function, without its parameters.
    pub locals: u32,
    /// Locals of all functions together.
    pub total_locals: u32,
    /// Blocks, loops, ifs, conditional branches and calls through the table of one
    /// function: where values may join.
    pub branches: u32,
    /// The product of locals, most parameters included, and branches of a function,
    /// each target of a `br_table` being one, summed over all functions: the values
    /// that joins may have.
    pub joined_values: u32,
    /// The product of locals and parameters of a function and its deepest nesting:
    /// the values that are alive around a join. Allocating registers takes more
    /// than linear time in them, one second for 6 KB of code without this limit.
    pub nested_values: u32,
    /// Operands on the stack of one function at a time.
    pub operands: u32,
    /// Targets of one `br_table`, the default included.
    pub branch_targets: u32,
    /// Targets of all `br_table`s together.
    pub total_branch_targets: u32,
    /// Blocks, loops and ifs within each other.
    pub nesting: u32,
    /// Entries of the table.
    pub table_entries: u32,
    /// Function references in all element segments together.
    pub elements: u32,
    /// Element segments, and data segments.
    pub segments: u32,
    /// Globals.
    pub globals: u32,
    /// Exports.
    pub exports: u32,
    /// Pages of 64 KiB of memory, initial and largest.
    pub memory_pages: u32,
    /// Height of the stack of a call: locals, parameters and operands of all
    /// functions that are active, and some for each activation.
    pub stack_height: u32,
}

impl CodeLimits {
    /// The limits of version 1. They never change; a change is a new version.
    pub const V1: CodeLimits = CodeLimits {
        code_bytes: 128 * 1024,
        prepared_bytes: 384 * 1024,
        types: 256,
        parameters: 16,
        imports: 64,
        functions: 2048,
        body_bytes: 16 * 1024,
        locals: 128,
        total_locals: 16 * 1024,
        branches: 1024,
        joined_values: 128 * 1024,
        nested_values: 512,
        operands: 128,
        branch_targets: 1024,
        total_branch_targets: 8 * 1024,
        nesting: 128,
        table_entries: 2048,
        elements: 2048,
        segments: 256,
        globals: 64,
        exports: 8,
        memory_pages: 64,
        stack_height: 64 * 1024,
    };
}

/// What one call may take and leave behind; each excess is a
/// [`crate::ProgramTrap::TooLarge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// Bytes of the call's input. More is refused before the program starts.
    pub input_bytes: u32,
    /// Bytes of the output.
    pub output_bytes: u32,
    /// Bytes of a storage key.
    pub key_bytes: u32,
    /// Bytes of a stored value.
    pub value_bytes: u32,
    /// Bytes of an event.
    pub event_bytes: u32,
    /// Bytes that a program may give as its reason to revert.
    pub revert_bytes: u32,
    /// Effects of a call.
    pub effects: u32,
    /// Bytes of all effects of a call, each in its encoding.
    pub effect_bytes: u32,
    /// Entries of storage that are removed with a program. One that has more clears some
    /// in calls before.
    pub removed_items: u32,
    /// Steps of a trace; a longer one is cut off there.
    pub trace_steps: u32,
}

impl CallLimits {
    /// The limits of version 1. They never change; a change is a new version.
    pub const V1: CallLimits = CallLimits {
        input_bytes: 64 * 1024,
        output_bytes: 64 * 1024,
        key_bytes: 64,
        value_bytes: 16 * 1024,
        event_bytes: 4 * 1024,
        revert_bytes: 4 * 1024,
        effects: 256,
        effect_bytes: 256 * 1024,
        removed_items: 2048,
        trace_steps: 4096,
    };
}
