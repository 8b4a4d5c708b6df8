//! What a run leaves.

use crate::memory::Tensor;
use crate::steps::Step;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use lattice_isa::{Event, Gas, Handle, ModelHash, Trap};
use scale_info::TypeInfo;

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Gas charged; never more than the gas limit, also when the run trapped.
    pub gas_used: Gas,
    /// Instructions that ran to their end. After a trap this is the position of
    /// the instruction that trapped.
    pub executed: u32,
    /// Whether the program ran to its end.
    pub result: Result<(), Trap>,
    /// Entries in program order; empty after a trap.
    pub journal: Vec<Event>,
    /// Tensors that are live at the end, in the order of their handles.
    pub tensors: Vec<(Handle, Tensor)>,
    /// The states of the models that the run trained and did not unload, in the
    /// order of their handles; empty after a trap.
    pub states: Vec<TrainedState>,
    /// One step per instruction that began; empty unless asked for.
    pub steps: Vec<Step>,
}

/// A model that `TRAIN_MODEL` trained, as it may be stored and loaded again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct TrainedState {
    /// The handle that the run knew it by.
    pub handle: Handle,
    /// The hash under which the handle's model was loaded.
    pub base: ModelHash,
    /// The quantized model, as [`lattice_tensor::Model::to_blob`] writes it.
    pub model: Vec<u8>,
    /// The parameters, as [`crate::training`] encodes them; behind the bytes of
    /// the model they are what `LOAD_MODEL` takes to train on.
    pub parameters: Vec<u8>,
    /// The hash of the state, as `HASH_MODEL` gives it.
    pub state: [u8; 32],
}
