//! LOAD_MODEL, UNLOAD_MODEL, EXEC_MODEL and HASH_MODEL.

use crate::backend::TensorBackend;
use crate::environment::Environment;
use crate::machine::Machine;
use crate::memory::{length, model_bytes, Tensor};
use alloc::vec::Vec;
use codec::Decode;
use lattice_isa::{operand::element_count, Event, Handle, ModelHash, Trap, Work};
use lattice_tensor::{ExecError, Manifest, Model};

/// Loads a model whose bytes hash to `model`.
///
/// The manifest comes first in the encoding, so the hash and the sizes that it
/// declares are checked and paid for before a weight is looked at.
pub fn load<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    model: &ModelHash,
) -> Result<Handle, Trap> {
    machine.memory.admits_handle()?;
    let blob = machine
        .environment
        .model_blob(model)
        .ok_or(Trap::UnknownModel { model: *model })?;
    let bytes = length(blob.len());
    let limit = machine.limits.model_bytes;
    if bytes > limit {
        return Err(Trap::ModelLimit { bytes, limit });
    }
    machine.memory.fits(bytes)?;
    machine.charge(Work::LoadModel { bytes })?;

    let invalid = Trap::InvalidModel { model: *model };
    let manifest = Vec::<u8>::decode(&mut blob.as_slice()).map_err(|_| invalid)?;
    machine.charge(Work::DecodeManifest {
        bytes: length(manifest.len()),
    })?;
    let manifest = Manifest::decode_strict(&manifest).map_err(|_| invalid)?;
    let found = manifest.id().0;
    if found != *model {
        return Err(Trap::ModelMismatch {
            model: *model,
            found,
        });
    }
    let summary = manifest.summary().map_err(|_| invalid)?;
    let resident = model_bytes(bytes, &summary);
    machine.memory.fits(resident)?;
    machine.charge(Work::BoundModel {
        activations: summary.activations,
    })?;
    let loaded = Model::from_blob(&blob).map_err(|_| invalid)?;
    machine.memory.add_model(loaded, resident)
}

/// Frees a model.
pub fn unload<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    model: Handle,
) -> Result<(), Trap> {
    machine.memory.free_model(model)
}

/// Runs a model on an input tensor.
pub fn execute<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    model: Handle,
    input: Handle,
) -> Result<Handle, Trap> {
    let loaded = machine.memory.model(model)?;
    let tensor = machine.memory.tensor(input)?;
    let expected = &loaded.manifest().input.shape;
    if tensor.shape() != expected {
        return Err(Trap::InputShape {
            expected: element_count(expected),
            given: element_count(tensor.shape()),
        });
    }
    let output_shape = loaded.shape(loaded.output()).clone();
    let summary = loaded.summary();
    let work = Work::ExecModel {
        operators: length(loaded.ops().len()),
        multiply_accumulates: summary.multiply_accumulates,
        activations: summary.activations,
    };
    let working = Tensor::bytes(summary.activations);
    machine
        .memory
        .admits_tensor(element_count(&output_shape), working)?;
    machine.charge(work)?;

    let loaded = machine.memory.model(model)?;
    let tensor = machine.memory.tensor(input)?;
    let output = machine
        .backend
        .execute(loaded, tensor.elements())
        .map_err(|error| refused(loaded, error))?;
    machine
        .memory
        .add_tensor(Tensor::new(output_shape, output)?)
}

/// Writes the hash of a model's state to the journal.
///
/// The hash of a state is the id of the manifest whose weight root is that of
/// the state's weights. Nothing changes weights in this version, and loading has
/// checked that root, so it is the id itself; the charge per byte is that of
/// hashing all weights, as a trained state will need.
pub fn hash<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    model: Handle,
) -> Result<(), Trap> {
    let bytes = machine.memory.model(model)?.summary().weight_bytes;
    machine.admits_entry()?;
    machine.charge(Work::HashModel { bytes })?;
    let id = machine.memory.model(model)?.id().0;
    machine.record(Event::ModelHashed {
        model: id,
        state: id,
    })
}

fn refused(model: &Model, error: ExecError) -> Trap {
    match error {
        ExecError::InputRange { index, value, .. } => Trap::InputRange {
            element: u32::try_from(index).unwrap_or(u32::MAX),
            value,
        },
        ExecError::InputLength { expected, found } => Trap::InputShape {
            expected: length(expected),
            given: length(found),
        },
        ExecError::Inconsistent { .. } => Trap::Execution {
            model: model.id().0,
        },
    }
}
