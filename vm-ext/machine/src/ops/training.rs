//! TRAIN_MODEL.

use crate::backend::TensorBackend;
use crate::environment::Environment;
use crate::machine::Machine;
use crate::memory::{length, LoadedModel};
use crate::training::{step, working_bytes, Batch, Parameters, Plan, RATE_SHIFTS};
use lattice_isa::{operand::element_count, Handle, Trap, Work};

/// One step of gradient descent on the state of a model's handle; see
/// [`crate::training`]. A trap leaves the state as it was.
pub fn train<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    model: Handle,
    batch: Handle,
    targets: Handle,
    rate_shift: u8,
) -> Result<(), Trap> {
    if !RATE_SHIFTS.contains(&rate_shift) {
        return Err(Trap::RateShift {
            given: rate_shift,
            least: *RATE_SHIFTS.start(),
            most: *RATE_SHIFTS.end(),
        });
    }
    let rows = check_shapes(machine, model, batch, targets)?;
    let loaded = machine.memory.loaded(model)?;
    let summary = *loaded.model().summary();
    let parameters = Parameters::count(loaded.model());
    // The old model and state are there until the new ones are.
    let working = working_bytes(summary.activations, parameters);
    let resident = loaded.bytes().saturating_add(loaded.parameter_bytes());
    let work = [
        Work::TrainModel {
            rows,
            operators: length(loaded.model().ops().len()),
            multiply_accumulates: summary.multiply_accumulates,
            activations: summary.activations,
            parameters,
        },
        Work::DecodeManifest {
            bytes: loaded.manifest_bytes(),
        },
        Work::BoundModel {
            activations: summary.activations,
        },
    ];
    machine.memory.fits(working.saturating_add(resident))?;
    work.into_iter().try_for_each(|work| machine.charge(work))?;

    let loaded = machine.memory.loaded(model)?;
    let range = loaded.model().input_range();
    let inputs = machine.memory.tensor(batch)?.elements();
    if let Some((value, element)) = inputs
        .iter()
        .zip(0u32..)
        .find(|(x, _)| !range.contains(**x))
    {
        return Err(Trap::InputRange {
            element,
            value: *value,
        });
    }
    let batch = Batch {
        inputs,
        input_len: loaded.model().input_len(),
        targets: machine.memory.tensor(targets)?.elements(),
        output_len: loaded.model().output_len(),
        rate_shift,
    };
    let (next, parameters) = advance(loaded, &batch)?;
    machine.memory.replace_state(model, next, parameters)
}

/// The next model and its parameters.
fn advance(
    loaded: &LoadedModel,
    batch: &Batch<'_>,
) -> Result<(lattice_tensor::Model, Parameters), Trap> {
    let model = loaded.model();
    let next = || {
        let plan = Plan::new(model)?;
        let parameters = match loaded.parameters() {
            Some(parameters) => step(&plan, parameters, batch),
            None => step(&plan, &Parameters::of(model, &plan)?, batch),
        }?;
        let model = parameters.quantize(model, &plan)?;
        Ok((model, parameters))
    };
    next().map_err(|fault: crate::training::TrainingFault| fault.trap(loaded.base()))
}

/// The rows of a batch that has one whole input per row and targets to match.
fn check_shapes<E: Environment, B: TensorBackend>(
    machine: &Machine<'_, E, B>,
    model: Handle,
    batch: Handle,
    targets: Handle,
) -> Result<u64, Trap> {
    let model = machine.memory.model(model)?;
    let batch = machine.memory.tensor(batch)?.shape();
    let targets = machine.memory.tensor(targets)?.shape();
    let rows = |shape: &lattice_tensor::Shape| shape.dims().first().copied().map_or(0, u64::from);
    let expected = rows(batch).saturating_mul(length(model.input_len()));
    let given = element_count(batch);
    if given != expected {
        return Err(Trap::BatchShape {
            rows: rows(batch),
            expected,
            given,
        });
    }
    let expected = rows(batch).saturating_mul(length(model.output_len()));
    let given = element_count(targets);
    if given != expected || rows(targets) != rows(batch) {
        return Err(Trap::TargetShape {
            rows: rows(batch),
            expected,
            given,
        });
    }
    Ok(rows(batch))
}
