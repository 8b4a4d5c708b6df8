//! Programs: what a client may ask of one, and what a run says.

use crate::ModelIndex;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use lattice_isa::{DecodeError, Gas, Handle, Opcode, Trap};
use lattice_wasm::{Effect, ImportStep, ProgramTrap};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::DispatchError;

/// Most registrations that each part of an access list names.
pub const MAX_ACCESS: u32 = 16;

/// A run that a client wants to try before it pays for it. The fields are those of the
/// extrinsics of pallet `ai-programs`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ProgramRequest<AccountId, Balance> {
    /// Make an instance of uploaded code.
    Instantiate {
        code_hash: H256,
        value: Balance,
        input: Vec<u8>,
        salt: H256,
        models: Vec<ModelIndex>,
        verifying_keys: Vec<ModelIndex>,
    },
    /// Call an instance.
    Call {
        program: AccountId,
        value: Balance,
        input: Vec<u8>,
        models: Vec<ModelIndex>,
        verifying_keys: Vec<ModelIndex>,
    },
    /// Execute straight-line bytecode.
    Execute {
        bytecode: Vec<u8>,
        models: Vec<ModelIndex>,
        verifying_keys: Vec<ModelIndex>,
        keep_states: bool,
    },
}

/// Why a run that was begun left nothing in the state but its fee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum ProgramFault {
    /// The program of an instance stopped.
    #[codec(index = 0)]
    Trap(ProgramTrap),
    /// An instruction of bytecode stopped, counted from zero.
    #[codec(index = 1)]
    Instruction { instruction: u32, trap: Trap },
    /// The bytes are no bytecode.
    #[codec(index = 2)]
    InvalidBytecode(DecodeError),
    /// The program ended well, and an effect of it, counted from zero, cannot be applied:
    /// a transfer that leaves its receiver under the existential deposit, say.
    #[codec(index = 3)]
    EffectRefused { effect: u32, error: DispatchError },
    /// The caller cannot pay the deposit for what the program stored.
    #[codec(index = 4)]
    DepositRefused(DispatchError),
    /// A trained state cannot be stored as a new version of the model that it began as.
    #[codec(index = 5)]
    StateRefused {
        model_hash: H256,
        error: DispatchError,
    },
    /// Storing all trained states weighs more than storing one of the largest size.
    #[codec(index = 6)]
    StatesTooLarge { bytes: u32 },
}

/// How the deposits for stored bytes changed, in planck, from the caller's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum DepositChange<Balance> {
    /// The caller paid this much, or nothing changed.
    Charged(Balance),
    /// The caller got this much.
    Refunded(Balance),
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProgramOutput<AccountId> {
    /// The instance that ran; `None` for bytecode.
    pub program: Option<AccountId>,
    /// The output that the program set.
    pub output: Vec<u8>,
    /// Registrations that trained states would be stored as.
    pub states: Vec<ModelIndex>,
}

/// Why a run gave no output.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum DryRunError {
    /// The call would be refused before anything runs.
    Refused(DispatchError),
    /// The run would begin, and end without output.
    Failed(ProgramFault),
}

/// What an extrinsic would do now.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DryRun<AccountId, Balance> {
    pub result: Result<ProgramOutput<AccountId>, DryRunError>,
    /// Gas that the run was charged, with compilation as for a cold cache.
    pub gas_used: Gas,
    /// A gas limit with which the same run, on the same state, ends in the same way.
    pub gas_required: Gas,
    /// Reference time of the call with `gas_required`, in picoseconds: what its fee is
    /// made of, beside length and tip.
    pub ref_time: u64,
    pub deposit: DepositChange<Balance>,
    /// What the program asked for, in order: transfers, stored values, events, commitments.
    pub events: Vec<Effect>,
}

/// A dry run, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProgramTrace<AccountId, Balance> {
    pub run: DryRun<AccountId, Balance>,
    /// One per instruction of bytecode, or per import that a program called; a very long
    /// trace is cut.
    pub steps: Vec<ProgramStep>,
}

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ProgramStep {
    Instruction(InstructionStep),
    Import(ImportStep),
}

/// What one instruction of bytecode did.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct InstructionStep {
    /// Position in the program, from zero.
    pub instruction: u32,
    pub opcode: Opcode,
    /// Gas that it was charged.
    pub gas: Gas,
    /// Gas left after it.
    pub gas_left: Gas,
    /// Bytes of models and tensors live after it.
    pub memory_bytes: u64,
    /// The handle that it gave out, or how it trapped.
    pub result: Result<Option<Handle>, Trap>,
}

/// An instance, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProgramInfo<AccountId, Balance, BlockNumber> {
    pub program: AccountId,
    pub code_hash: H256,
    /// Who instantiated it.
    pub deployer: AccountId,
    /// What it may spend, in planck.
    pub balance: Balance,
    /// Entries of its storage.
    pub items: u32,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// On hold for them.
    pub deposit: Balance,
    pub created_at: BlockNumber,
}

/// A result that a program, or an account by bytecode, committed. It settles nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProgramRecord<AccountId, BlockNumber> {
    pub subject: H256,
    pub digest: H256,
    /// Who called the program, or executed the bytecode.
    pub caller: AccountId,
    pub at: BlockNumber,
}
