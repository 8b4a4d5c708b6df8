//! What a call costs beside the instructions of the machine: 1 gas is 1
//! picosecond of reference time.
//!
//! Every charge is taken before what it pays for, and comes from lengths and
//! counts alone. Those of the machine's own instructions are in
//! [`lattice_isa::gas`]; those of plain WebAssembly instructions in
//! [`PlainSchedule`], which instrumentation writes into the code.
//!
//! The charge for an effect also pays for what its caller does to apply it after
//! the call, database included.

use crate::Import;
use lattice_isa::Gas;

/// The prices of one version of the call interface. They never change; a change
/// is a new version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallSchedule {
    /// Beginning a call: reading cold code, an instance, a stack, and their end.
    pub call_base: Gas,
    /// One byte of prepared code, read from the database.
    pub code_byte: Gas,
    /// One page of memory that a call begins with; as much as growing by it.
    pub memory_page: Gas,
    /// Beginning a compilation.
    pub compile_base: Gas,
    /// Compiling one byte of prepared code.
    pub compile_byte: Gas,
    /// Calling an import, whatever it does.
    pub import: Gas,
    /// Copying one byte into or out of the program's memory.
    pub copy_byte: Gas,
    /// Finding a key in the program's storage: a cold read of a trie.
    pub storage_get: Gas,
    /// One byte of a value that was found.
    pub storage_get_byte: Gas,
    /// Storing or removing a value, when the call's effects are applied; what is written
    /// once for all of them is in the weight of the call.
    pub storage_set: Gas,
    /// One byte of the key and of the value.
    pub storage_set_byte: Gas,
    /// Transferring an amount, when the call's effects are applied.
    pub transfer: Gas,
    /// Leaving an event.
    pub event: Gas,
    /// One byte of an event, of the output or of a reason to revert.
    pub event_byte: Gas,
    /// Applying an entry of the machine's journal, beside its instruction.
    pub record: Gas,
    /// Removing a program when the call's effects are applied, beside the transfer of what
    /// it has.
    pub terminate: Gas,
    /// Removing one entry of its storage with it.
    pub removed_item: Gas,
}

impl CallSchedule {
    /// The schedule of version 1; beside each constant its measurement, from
    /// `cargo bench -p lattice-wasm --bench programs` where nothing else is said.
    /// A constant is at least 1.3 times its figure.
    pub const V1: CallSchedule = CallSchedule {
        call_base: 150_000_000,      // a warm call of nothing: 20 us; a cold read
        code_byte: 1_000,            // not measured: a cold read and three copies
        memory_page: 40_000_000,     // 64 pages, each byte range touched: 30 us each
        compile_base: 1_500_000_000, // the smallest code with all imports: 1.05 ms
        compile_byte: 5_000_000,     // the dearest code that bench `bombs` finds: 3.84 us
        import: 250_000,             // input_len: 153 ns
        copy_byte: 500,              // caller, less input_len: 0.3 ns
        storage_get: 25_000_000,     // not measured: a cold read of a trie
        storage_get_byte: 2_000,     // not measured: as code_byte
        storage_set: 110_000_000,    // these pay for what the pallet does after
        storage_set_byte: 2_000,     // the call, and are compared with its
        transfer: 200_000_000,       // measured weights by a test of the pallet
        event: 30_000_000,
        event_byte: 2_000,
        record: 25_000_000,
        terminate: 620_000_000,
        removed_item: 90_000_000,
    };

    /// What a call costs before its first instruction, beside compilation and the
    /// pages of memory that it begins with.
    pub const fn begin(&self, prepared_bytes: u64, input_bytes: u64) -> Gas {
        self.call_base
            .saturating_add(self.code_byte.saturating_mul(prepared_bytes))
            .saturating_add(self.copy_byte.saturating_mul(input_bytes))
    }

    /// What compiling prepared code of this length costs.
    pub const fn compilation(&self, prepared_bytes: u64) -> Gas {
        self.compile_base
            .saturating_add(self.compile_byte.saturating_mul(prepared_bytes))
    }

    /// The part of an import's charge that is due before its operands are looked
    /// at. The base of a machine's instruction comes on top, from the machine.
    pub const fn base(&self, import: Import) -> Gas {
        let own = match import {
            Import::LoadModel
            | Import::UnloadModel
            | Import::ExecModel
            | Import::TrainModel
            | Import::TensorNew
            | Import::TensorAdd
            | Import::TensorMul
            | Import::TensorConv
            | Import::TensorPool
            | Import::TensorLen
            | Import::TensorRead
            | Import::VerifyProof
            | Import::InputLen
            | Import::InputRead
            | Import::Output
            | Import::Caller
            | Import::Address
            | Import::Value
            | Import::Balance
            | Import::BlockNumber
            | Import::GasLeft
            | Import::Revert => 0,
            Import::HashModel | Import::CommitResult => self.record,
            Import::StorageGet => self.storage_get,
            Import::StorageSet | Import::StorageClear => self.storage_set,
            Import::Transfer => self.transfer,
            Import::Event => self.event,
            Import::Terminate => self.transfer.saturating_add(self.terminate),
        };
        self.import.saturating_add(own)
    }
}

/// The prices of plain WebAssembly instructions, in gas, by class. Of one version
/// of the instrumentation, [`crate::CODE_VERSION`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainSchedule {
    /// Constants, locals, and arithmetic without division.
    pub simple: u32,
    /// Reading or writing a global.
    pub global: u32,
    /// Division and remainder.
    pub division: u32,
    /// Reading or writing memory, and its size.
    pub memory: u32,
    /// Branches, blocks and returns.
    pub branch: u32,
    /// A branch by table.
    pub branch_table: u32,
    /// A direct call.
    pub call: u32,
    /// A call through the table.
    pub call_indirect: u32,
    /// Each local of a function that is called.
    pub local: u32,
    /// Asking for memory, whatever the answer.
    pub grow: u32,
    /// Each page of 64 KiB that is asked for.
    pub grow_page: u32,
}

impl PlainSchedule {
    /// The schedule of version 1; beside each constant its measurement from
    /// `cargo bench -p lattice-wasm --bench programs`, group `plain`: the time of
    /// the whole pattern, of which the instruction is a part.
    pub const V1: PlainSchedule = PlainSchedule {
        simple: 500,           // get, const, mul, set: 1.3 ns
        global: 1_000,         // get, const, add, set: 0.4 ns
        division: 7_000,       // get, const, or, div, set: 5.4 ns
        memory: 3_000,         // get, wrap, const, and, load, set: 1.5 ns in cache
        branch: 1_000,         // and, if, set: 1.0 ns, the meter included
        branch_table: 3_000,   // two blocks, and, br_table, set: 2.9 ns, the meter included
        call: 3_000,           // 2.4 ns, meter and stack limit included
        call_indirect: 8_000,  // 9.5 ns, meter and stack limit, twice, included
        local: 1_000,          // a call with eight: 5.8 ns
        grow: 2_000_000,       // not measured alone: a system call
        grow_page: 40_000_000, // as CallSchedule::memory_page
    };
}

/// What compiling prepared code of this many bytes costs, in gas: a part of
/// each call that says that its code is to be compiled.
pub const fn compilation_gas(prepared_bytes: u64) -> Gas {
    CallSchedule::V1.compilation(prepared_bytes)
}
