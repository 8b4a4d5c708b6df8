//! Straight-line programs, executed once.

use crate::access::Access;
use crate::journal::{Author, Stop};
use crate::types::{Allowance, Run};
use crate::*;
use alloc::vec::Vec;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::prelude::*;
use lattice_host::{CallSchedule, HostError, ProgramCall, Step, TrainedState, Trap};
use lattice_isa::Gas;
use lattice_primitives::{Effect, InstructionStep, ModelIndex, ProgramFault, ProgramStep};
use pallet_model_registry::ModelStore;

impl<T: Config> Pallet<T> {
    /// Execute bytecode and apply what it asks for, or nothing.
    ///
    /// # Errors
    /// Refusals before the first instruction. A run that ends early is no error.
    pub(crate) fn run_bytecode(
        caller: &T::AccountId,
        bytecode: &[u8],
        (models, verifying_keys): (&[ModelIndex], &[ModelIndex]),
        keep_states: bool,
        allowance: Allowance,
    ) -> Result<Run<T>, DispatchError> {
        Self::ensure_gas(allowance.gas_limit)?;
        let access = Access::resolve::<T>(models, verifying_keys)?;
        let call = ProgramCall {
            program: bytecode.to_vec(),
            gas_limit: allowance.gas_limit,
            keys: access.keys,
            models: access.models,
            trace: allowance.trace,
            keep_states,
            output: None,
        };
        let mut run = Run::begin(None);
        let ended = with_storage_layer(|| Self::execute_layer(caller, &call, models, &mut run));
        run.end(ended, |trap, gas_used| Event::BytecodeTrapped {
            caller: caller.clone(),
            trap,
            gas_used,
        })
    }

    fn execute_layer(
        caller: &T::AccountId,
        call: &ProgramCall,
        models: &[ModelIndex],
        run: &mut Run<T>,
    ) -> Result<Vec<u8>, Stop> {
        let outcome = lattice_host::run_program(call).map_err(|error| match error {
            HostError::Program(error) => Stop::Fault(ProgramFault::InvalidBytecode(error)),
            other => Self::host_failed("run_program", &other).into(),
        })?;
        run.gas_used = outcome.gas_used;
        run.steps = outcome.steps.iter().map(step).collect();
        let stopped = |trap| ProgramFault::Instruction {
            instruction: outcome.executed,
            trap,
        };
        if let Some(trap) = outcome.trap {
            return Err(stopped(trap).into());
        }
        let applying = journal_gas(outcome.journal.len());
        let left = call.gas_limit.saturating_sub(run.gas_used);
        if applying > left {
            let needed = applying;
            return Err(stopped(Trap::OutOfGas { needed, left }).into());
        }
        run.gas_used = run.gas_used.saturating_add(applying);
        run.effects = outcome.journal.into_iter().map(Effect::Machine).collect();
        let author = Author {
            caller,
            account: caller,
        };
        run.deposit = Self::apply(&author, &run.effects)?;
        Self::keep(caller, models, outcome.states, run)?;
        Self::deposit_event(Event::BytecodeExecuted {
            caller: caller.clone(),
            gas_used: run.gas_used,
        });
        Ok(Vec::new())
    }

    /// Store trained states as new versions of the models that they began as.
    ///
    /// Their weight is allowed for before the run, once for the largest state there can
    /// be; more than that together is refused.
    fn keep(
        caller: &T::AccountId,
        models: &[ModelIndex],
        states: Vec<TrainedState>,
        run: &mut Run<T>,
    ) -> Result<(), ProgramFault> {
        let sizes = states
            .iter()
            .map(|state| state.model.len().saturating_add(state.parameters.len()));
        let bytes: u32 = sizes
            .clone()
            .fold(0, usize::saturating_add)
            .saturated_into();
        let weight = sizes
            .map(|size| T::Registry::store_state_weight(size.saturated_into()))
            .fold(Weight::zero(), Weight::saturating_add);
        if !weight.all_lte(Self::states_allowance(true)) {
            return Err(ProgramFault::StatesTooLarge { bytes });
        }
        for state in states {
            let (base, hash) = (state.base, state.state);
            let refused = |error| ProgramFault::StateRefused {
                model_hash: H256(base),
                error,
            };
            let parent = Self::parent_of(&base, models, caller)
                .ok_or_else(|| refused(Error::<T>::ModelNotStored.into()))?;
            let model = T::Registry::store_state(caller, parent, state).map_err(refused)?;
            run.states.push(model);
            Self::deposit_event(Event::StateStored {
                owner: caller.clone(),
                parent,
                model,
                state_hash: H256(hash),
            });
        }
        run.states_weight = weight;
        Ok(())
    }
}

/// Gas for applying a journal, which the instructions of bytecode do not pay for: those of
/// the settlement's template are applied by nobody. An import of an instance does, at the
/// same price.
fn journal_gas(entries: usize) -> Gas {
    CallSchedule::V1
        .record
        .saturating_mul(entries.saturated_into())
}

fn step(step: &Step) -> ProgramStep {
    ProgramStep::Instruction(InstructionStep {
        instruction: step.instruction,
        opcode: step.opcode,
        gas: step.gas,
        gas_left: step.gas_left,
        memory_bytes: step.memory_bytes,
        result: step.result,
    })
}
