//! The largest program, tensor, model and memory.

/// What one run of a program may use; each excess is a typed trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an encoded program.
    pub program_bytes: u32,
    /// Instructions of a program.
    pub instructions: u32,
    /// Handles that are live at the same time.
    pub live_handles: u16,
    /// Bytes of models, tensors and working space that are live at the same time.
    pub memory_bytes: u64,
    /// Elements of one tensor.
    pub tensor_elements: u64,
    /// Bytes of one encoded model.
    pub model_bytes: u64,
    /// Public inputs of one proof.
    pub public_inputs: u8,
    /// Entries of the journal.
    pub journal_entries: u32,
}

impl Limits {
    /// The limits of version 1. They never change; a change is a new version.
    pub const V1: Limits = Limits {
        program_bytes: 256 * 1024,
        instructions: 1024,
        live_handles: 256,
        memory_bytes: 64 * 1024 * 1024,
        tensor_elements: 1024 * 1024,
        model_bytes: 16 * 1024 * 1024,
        public_inputs: 16,
        journal_entries: 256,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::V1
    }
}
