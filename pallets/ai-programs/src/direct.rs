//! Inference on chain, for pallets that answer a request themselves.
//!
//! It is bytecode from a template that this pallet owns: LOAD_MODEL, TENSOR_NEW,
//! EXEC_MODEL.

use crate::*;
use alloc::{vec, vec::Vec};
use codec::Decode;
use frame::deps::frame_support::storage::unhashed;
use frame::prelude::*;
use lattice_host::{ModelLocation, ProgramCall, Trap};
use lattice_isa::{
    operand::element_count, Gas, Handle, Instruction, ModelHash, Program as Bytecode,
};
use lattice_primitives::ModelIndex;
use lattice_tensor::{InputDecl, Shape};
use pallet_model_registry::ModelStore;

/// The handle of the template's EXEC_MODEL: the model's and the input's come before it.
const OUTPUT: Handle = Handle(2);

/// Why the chain could not answer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectFault {
    /// The registration's model is not on chain.
    ModelNotStored,
    /// The input has another number of elements than the model's.
    InputLength { expected: u64, given: u64 },
    /// The node could not run the template; its log says why.
    HostFailed,
    /// The template stopped after this much gas.
    Trapped { trap: Trap, gas_used: Gas },
}

/// Runs a model on chain.
pub trait DirectExecution {
    /// The output of a registration's model for an input, and the gas that it took.
    ///
    /// # Errors
    /// [`DirectFault`]. Nothing is written, whatever the answer.
    fn infer(
        model: ModelIndex,
        input: &[i8],
        gas_limit: Gas,
    ) -> Result<(Vec<i32>, Gas), DirectFault>;
}

impl<T: Config> DirectExecution for Pallet<T> {
    fn infer(
        model: ModelIndex,
        input: &[i8],
        gas_limit: Gas,
    ) -> Result<(Vec<i32>, Gas), DirectFault> {
        let (model_hash, location) =
            T::Registry::location(model).ok_or(DirectFault::ModelNotStored)?;
        let shape = input_shape(&location).ok_or(DirectFault::ModelNotStored)?;
        let (expected, given) = (element_count(&shape), input.len().saturated_into());
        if expected != given {
            return Err(DirectFault::InputLength { expected, given });
        }
        let outcome = lattice_host::run_program(&ProgramCall {
            program: template(model_hash, shape, input),
            gas_limit,
            models: vec![(model_hash, location)],
            output: Some(OUTPUT),
            ..Default::default()
        })
        .map_err(|error| {
            log::error!(target: "runtime::ai-programs", "direct inference failed: {error:?}");
            DirectFault::HostFailed
        })?;
        match outcome.trap {
            None => Ok((outcome.output, outcome.gas_used)),
            Some(trap) => Err(DirectFault::Trapped {
                trap,
                gas_used: outcome.gas_used,
            }),
        }
    }
}

/// The bytes of the template for a model and an input.
fn template(model: ModelHash, shape: Shape, input: &[i8]) -> Vec<u8> {
    let program = [
        Instruction::LoadModel { model },
        Instruction::TensorNew {
            shape,
            elements: input.iter().copied().map(i32::from).collect(),
        },
        Instruction::ExecModel {
            model: Handle(0),
            input: Handle(1),
        },
    ];
    // An input of this shape always has an encoding. Were it not to, these bytes are no
    // program.
    Bytecode::encode(&program).unwrap_or_else(|_| vec![0])
}

/// The shape of a stored model's input: behind the version, a manifest begins with it.
fn input_shape(location: &ModelLocation) -> Option<Shape> {
    let manifest = unhashed::get::<Vec<u8>>(&location.manifest)?;
    let (_version, input) = <(u16, InputDecl)>::decode(&mut manifest.as_slice()).ok()?;
    Some(input.shape)
}
