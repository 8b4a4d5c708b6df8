//! An optional record of each instruction, for dry runs and debugging.

use lattice_isa::{Gas, Handle, Opcode, Trap};

/// What one instruction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Position in the program, from zero.
    pub instruction: u32,
    /// What was run.
    pub opcode: Opcode,
    /// Gas that this instruction was charged.
    pub gas: Gas,
    /// Gas left after it.
    pub gas_left: Gas,
    /// Bytes of models and tensors live after it.
    pub memory_bytes: u64,
    /// The handle that it gave out, or how it trapped.
    pub result: Result<Option<Handle>, Trap>,
}
