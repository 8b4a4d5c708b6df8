//! The ways in which a program ends before its end.

use crate::{Gas, Handle, KeyId, ModelHash, Opcode};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use lattice_tensor::WindowError;
use scale_info::TypeInfo;

/// Why a program stopped.
///
/// The gas that was charged stays charged, and the journal is dropped.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    thiserror::Error,
)]
pub enum Trap {
    /// The next action costs more than is left. It was not begun.
    #[error("out of gas: {needed} gas needed, {left} left")]
    OutOfGas { needed: Gas, left: Gas },

    /// No such handle was given out, or it was freed.
    #[error("{0} is no live handle")]
    UnknownHandle(Handle),
    /// The handle is a tensor.
    #[error("{0} is a tensor where a model is needed")]
    NotAModel(Handle),
    /// The handle is a model.
    #[error("{0} is a model where a tensor is needed")]
    NotATensor(Handle),

    /// The program's environment has no such model.
    #[error("the model is not available to this program")]
    UnknownModel { model: ModelHash },
    /// The bytes are not a valid model.
    #[error("the bytes of the model are not a valid model")]
    InvalidModel { model: ModelHash },
    /// The bytes are another model.
    #[error("the bytes hash to another model")]
    ModelMismatch { model: ModelHash, found: ModelHash },
    /// An input of the wrong shape for the model.
    #[error("the model takes {expected} elements and the tensor has {given}, or another shape")]
    InputShape { expected: u64, given: u64 },
    /// An input element outside the model's declared range.
    #[error("input element {element} is {value}, outside the declared range")]
    InputRange { element: u32, value: i32 },
    /// The model stopped with an error of its own.
    #[error("the model cannot be executed")]
    Execution { model: ModelHash },

    /// `TENSOR_NEW` with more or fewer elements than its shape has.
    #[error("the shape has {expected} elements and {given} are given")]
    ElementCount { expected: u64, given: u64 },
    /// Shapes that the instruction cannot combine.
    #[error("{opcode} cannot combine the shapes of {left} and {right}")]
    ShapeMismatch {
        opcode: Opcode,
        left: Handle,
        right: Handle,
    },
    /// An element of the result does not fit 32 bits; it is the first such.
    #[error("element {element} of the result leaves 32 bits")]
    Overflow { element: u32 },
    /// Windows that do not lie on the image as they must.
    #[error("{opcode}: {fault}")]
    Window { opcode: Opcode, fault: WindowFault },

    /// The graph holds an operator that training does not know, or knows only in
    /// another place.
    #[error("op {op} of the model cannot be trained")]
    NotTrainable { model: ModelHash, op: u16 },
    /// A batch without one whole input per row.
    #[error("a batch of {rows} rows has {expected} elements, and {given} are given")]
    BatchShape {
        rows: u64,
        expected: u64,
        given: u64,
    },
    /// Targets without one whole output per row of the batch.
    #[error("targets for {rows} rows have {expected} elements, and {given} are given, or another number of rows")]
    TargetShape {
        rows: u64,
        expected: u64,
        given: u64,
    },
    /// A rate shift that no step may have.
    #[error("the rate shift is {given}; it must be from {least} to {most}")]
    RateShift { given: u8, least: u8, most: u8 },
    /// The activations of a row, or the errors of a batch, at this operator are
    /// too large to be summed exactly. The state is as it was.
    #[error("op {op}: activations or errors are too large to be trained on")]
    TrainingOverflow { op: u16 },
    /// A parameter, counted through all tensors, leaves 32 bits. The state is as
    /// it was.
    #[error("parameter {parameter} of the state leaves 32 bits")]
    StateOverflow { parameter: u32 },
    /// The state that the step leads to is no valid model any more: an
    /// accumulator may become too large. The state is as it was.
    #[error("the trained weights are no valid model")]
    StateRefused { model: ModelHash },

    /// The program's environment has no such verifying key.
    #[error("the verifying key is not available to this program")]
    UnknownKey { key: KeyId },
    /// The proof cannot be judged.
    #[error("the proof cannot be verified: {0}")]
    InvalidProof(ProofFault),
    /// The proof is well formed and false.
    #[error("the proof is false")]
    ProofRejected,

    /// More instructions than [`crate::Limits::instructions`].
    #[error("{given} instructions, of which {limit} are allowed")]
    InstructionLimit { given: u64, limit: u32 },
    /// More live handles than [`crate::Limits::live_handles`].
    #[error("more than {limit} live handles")]
    HandleLimit { limit: u16 },
    /// More memory than [`crate::Limits::memory_bytes`].
    #[error("{needed} bytes of memory needed, {limit} allowed")]
    MemoryLimit { needed: u64, limit: u64 },
    /// A tensor with more elements than [`crate::Limits::tensor_elements`].
    #[error("a tensor of {elements} elements, {limit} allowed")]
    TensorLimit { elements: u64, limit: u64 },
    /// A model with more bytes than [`crate::Limits::model_bytes`].
    #[error("a model of {bytes} bytes, {limit} allowed")]
    ModelLimit { bytes: u64, limit: u64 },
    /// More public inputs than [`crate::Limits::public_inputs`].
    #[error("{given} public inputs, {limit} allowed")]
    PublicInputLimit { given: u64, limit: u8 },
    /// More journal entries than [`crate::Limits::journal_entries`].
    #[error("more than {limit} journal entries")]
    JournalLimit { limit: u32 },
}

/// Why a proof cannot be judged.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    thiserror::Error,
)]
pub enum ProofFault {
    /// The stored key does not decode.
    #[error("the stored verifying key is corrupt")]
    CorruptKey,
    /// The key takes another number of public inputs.
    #[error("wrong number of public inputs")]
    InputCount,
    /// A public input that is not below the field's modulus.
    #[error("a public input is not a canonical field element")]
    NonCanonicalInput,
    /// The proof's bytes are not the points that the key's proofs have, three or with a
    /// commitment four, of the right groups.
    #[error("the proof is not as many points of the right groups as its key's proofs have")]
    MalformedProof,
}

/// How the windows of a convolution or pooling are wrong.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    thiserror::Error,
)]
pub enum WindowFault {
    /// The input is not `[channels, height, width]`.
    #[error("an image of rank 3 is needed, the tensor has rank {rank}")]
    NotAnImage { rank: u8 },
    /// A step of zero.
    #[error("the stride is zero")]
    ZeroStride,
    /// A window without elements.
    #[error("the kernel is zero")]
    ZeroKernel,
    /// No groups at all.
    #[error("the number of groups is zero")]
    ZeroGroups,
    /// Groups into which the channels cannot be divided.
    #[error("{channels} channels cannot be divided into {groups} groups")]
    UnevenGroups { channels: u32, groups: u16 },
    /// The window does not fit the image with its border.
    #[error("a window of {kernel} does not fit {padded} elements, the border included")]
    LargerThanInput { kernel: u32, padded: u32 },
    /// A window of a maximum that holds nothing but border.
    #[error("a window holds nothing but border, which has no maximum")]
    OnlyPadding,
}

impl From<WindowError> for WindowFault {
    fn from(error: WindowError) -> Self {
        match error {
            WindowError::ZeroStride { .. } => WindowFault::ZeroStride,
            WindowError::ZeroKernel { .. } => WindowFault::ZeroKernel,
            WindowError::KernelTooLarge { kernel, padded, .. } => {
                WindowFault::LargerThanInput { kernel, padded }
            }
            WindowError::PaddingTooLarge { .. } => WindowFault::OnlyPadding,
        }
    }
}
