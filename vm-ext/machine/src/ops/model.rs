//! LOAD_MODEL, UNLOAD_MODEL, EXEC_MODEL and HASH_MODEL.

use crate::backend::TensorBackend;
use crate::environment::Environment;
use crate::loaded::Volume;
use crate::machine::Machine;
use crate::memory::{length, model_bytes, LoadedModel, Tensor};
use crate::training::{Parameters, PARAMETER_BYTES};
use alloc::vec::Vec;
use codec::DecodeAll;
use lattice_isa::{operand::element_count, Event, Handle, ModelHash, Trap, Work};
use lattice_tensor::{ExecError, Manifest, Model};

/// Loads a model whose bytes hash to `model`, piece by piece.
///
/// The manifest comes first, so the hash and the sizes that it declares are
/// checked and paid for before a weight is looked at; and each piece is paid for
/// before it is. Behind the tensors there may be the parameters of a trained
/// state, which must quantize to exactly these tensors.
pub fn load<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    model: &ModelHash,
) -> Result<Handle, Trap> {
    machine.memory.admits_handle()?;
    let chunk = machine
        .environment
        .model_chunk(model, 0)
        .ok_or(Trap::UnknownModel { model: *model })?;
    pay_for(machine, length(chunk.len()), length(chunk.len()))?;

    let invalid = Trap::InvalidModel { model: *model };
    let manifest = Vec::<u8>::decode_all(&mut chunk.as_slice()).map_err(|_| invalid)?;
    let manifest_bytes = length(manifest.len());
    machine.charge(Work::DecodeManifest {
        bytes: manifest_bytes,
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
    let without_parameters = length(chunk.len()).saturating_add(summary.weight_bytes);
    let limit = machine.limits.model_bytes;
    if without_parameters > limit {
        return Err(Trap::ModelLimit {
            bytes: without_parameters,
            limit,
        });
    }
    let resident = model_bytes(without_parameters, &summary);
    machine.memory.fits(resident)?;
    machine.charge(Work::BoundModel {
        activations: summary.activations,
    })?;
    let parameter_bytes = Parameters::count_of(&manifest).saturating_mul(PARAMETER_BYTES);
    let most = without_parameters.saturating_add(parameter_bytes);
    let bytes = rest(machine, model, chunk, most)?;

    let split = usize::try_from(without_parameters).map_err(|_| invalid)?;
    let (blob, parameters) = bytes.split_at_checked(split).ok_or(invalid)?;
    if !parameters.is_empty() {
        // They are there twice while they are decoded.
        machine
            .memory
            .fits(resident.saturating_add(parameter_bytes.saturating_mul(2)))?;
    }
    let loaded = Model::from_blob(blob).map_err(|_| invalid)?;
    let mut loaded = LoadedModel::new(loaded, manifest_bytes, resident);
    if !parameters.is_empty() {
        loaded = loaded.with_parameters(parameters).ok_or(invalid)?;
    }
    machine.memory.add_model(loaded)
}

/// The bytes of a model from its first piece to its last, of which there may be
/// `most`.
fn rest<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    model: &ModelHash,
    first: Vec<u8>,
    most: u64,
) -> Result<Vec<u8>, Trap> {
    let mut bytes = first;
    for index in 1..=u32::MAX {
        machine.charge(Work::LoadChunk)?;
        let Some(chunk) = machine.environment.model_chunk(model, index) else {
            break;
        };
        let total = length(bytes.len()).saturating_add(length(chunk.len()));
        pay_for(machine, length(chunk.len()), total)?;
        if total > most || chunk.is_empty() {
            return Err(Trap::InvalidModel { model: *model });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Charges for a piece of a model of which there are `total` bytes by now.
fn pay_for<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    bytes: u64,
    total: u64,
) -> Result<(), Trap> {
    let limit = machine.limits.model_bytes;
    if total > limit {
        return Err(Trap::ModelLimit {
            bytes: total,
            limit,
        });
    }
    machine.memory.fits(total)?;
    machine.charge(Work::LoadModel { bytes })
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
    let Volume {
        sums,
        window_sums,
        window_rows,
    } = machine.memory.loaded(model)?.volume();
    let work = Work::ExecModel {
        operators: length(loaded.ops().len()),
        multiply_accumulates: summary.multiply_accumulates,
        window_rows,
        window_elements: summary.window_elements,
        sums,
        window_sums,
        activations: summary
            .activations
            .saturating_sub(sums)
            .saturating_sub(window_sums),
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

/// Writes the hash of a model's state to the journal, and gives it.
///
/// As long as nothing trained it a model has no state beside its weights, and the
/// hash is its id, whose weight root loading has checked: nothing is hashed.
pub fn hash<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    model: Handle,
) -> Result<[u8; 32], Trap> {
    let loaded = machine.memory.loaded(model)?;
    let bytes = match loaded.parameters() {
        Some(_) => loaded.parameter_bytes(),
        None => 0,
    };
    machine.admits_entry()?;
    machine.charge(Work::HashModel { bytes })?;
    let loaded = machine.memory.loaded(model)?;
    let (base, state) = (loaded.base(), loaded.state_hash());
    machine.record(Event::ModelHashed { model: base, state })?;
    Ok(state)
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
