//! One call of a program, from its gas to its outcome.
//!
//! Each call has an instance of its own, on a stack of its own, and nothing of
//! it outlives the call but the outcome.

use super::compile::{compiled, is_valid};
use super::state::{self, State};
use super::{current, IMPORT_STACK, LOG_TARGET, PROGRAM_STACK};
use crate::prepare::{GAS_EXPORT, MEMORY_EXPORT, STACK_EXPORT};
use crate::session::Session;
use crate::{Bounded, CallLimits, CodeLimits, Effect, Entry, ImportStep, ProgramTrap};
use lattice_isa::{Gas, GasSchedule, Limits};
use lattice_machine::{Environment, Machine, ReferenceBackend, TrainedState};
use wasmtime::{Error, ExternType, Global, Instance, Store, Trap};

/// What a program may reach outside the engine.
pub trait ProgramEnvironment: Environment {
    /// The value that the chain has under a key of the program's storage. What
    /// this call has written is not in it.
    fn storage(&mut self, key: &[u8]) -> Option<Vec<u8>>;
}

/// A call of a program.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'a> {
    /// Code from [`crate::prepare`].
    pub code: &'a [u8],
    /// The hash that the chain knows the code by.
    pub code_hash: [u8; 32],
    /// The function that is called.
    pub entry: Entry,
    /// The call's input.
    pub input: &'a [u8],
    /// The account that calls.
    pub caller: [u8; 32],
    /// The account of the program.
    pub address: [u8; 32],
    /// What came with the call, in planck.
    pub value: u128,
    /// What the program may spend, the value included, in planck.
    pub balance: u128,
    /// Entries of the program's storage before the call: what ending the program is charged by.
    pub stored_items: u32,
    /// The number of the block.
    pub block_number: u64,
    /// Most gas that the call may use; above 2^63 - 1 it is that.
    pub gas_limit: Gas,
    /// Whether the call pays for compiling the code.
    pub charge_compilation: bool,
    /// Whether each import is to be recorded.
    pub trace: bool,
}

/// What a call left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Gas that was charged; never more than the limit.
    pub gas_used: Gas,
    /// The part of it that paid for compiling the code.
    pub compilation_gas: Gas,
    /// The output, or why the program stopped.
    pub result: Result<Vec<u8>, ProgramTrap>,
    /// What it did, in order; empty after a trap.
    pub effects: Vec<Effect>,
    /// The models that it trained; empty after a trap.
    pub states: Vec<TrainedState>,
    /// What each import did; empty unless asked for.
    pub trace: Vec<ImportStep>,
}

/// Why a call has no outcome on this node.
///
/// What happened depends on the node and not on the program, so it must never
/// become a result of the chain, not even an error of it: the nodes that had what
/// this one lacked would have another state. Whoever asked has to stop.
#[derive(Debug, thiserror::Error)]
pub enum NoOutcome {
    /// The operating system refused memory.
    #[error("the operating system refused memory for a program: {0:#}")]
    Memory(Error),
    /// Valid code within the limits, which every node can compile, could not be.
    #[error("code that is valid cannot be compiled on this machine: {0:#}")]
    Compilation(Error),
    /// The native stack ended before the limit that instrumentation counts to.
    /// No prepared code can do that while [`crate::engine::NATIVE_BYTES_PER_VALUE`]
    /// holds, which the tests measure.
    #[error("a program filled the native stack before its limit, which is a fault of the engine")]
    NativeStack,
    /// A trap that the language has no instruction for.
    #[error("a program ended by a trap that no program has: {0}")]
    UnknownTrap(Trap),
}

/// Calls a program.
///
/// # Errors
/// [`NoOutcome`]. A trap is no error: it is in the outcome.
pub fn invoke<E: ProgramEnvironment>(
    invocation: &Invocation<'_>,
    environment: &mut E,
) -> Result<Outcome, NoOutcome> {
    let machine = Machine::new(
        GasSchedule::V1,
        Limits::V1,
        invocation.gas_limit.min(i64::MAX.cast_unsigned()),
        environment,
        &ReferenceBackend,
    );
    let mut session = Session::new(invocation, machine);
    let result = match run(invocation, &mut session) {
        Ok(()) => Ok(()),
        Err(End::Trap(trap)) => Err(trap),
        Err(End::NoOutcome(why)) => return Err(why),
    };
    if let Err(trap) = &result {
        log::debug!(target: LOG_TARGET, "{} trapped: {trap}", invocation.entry);
    }
    Ok(session.finish(result))
}

/// Why a run did not come to its end.
enum End {
    Trap(ProgramTrap),
    NoOutcome(NoOutcome),
}

impl From<ProgramTrap> for End {
    fn from(trap: ProgramTrap) -> Self {
        End::Trap(trap)
    }
}

fn run<E: ProgramEnvironment>(
    invocation: &Invocation<'_>,
    session: &mut Session<'_, '_, E>,
) -> Result<(), End> {
    let limit = CallLimits::V1.input_bytes;
    if u32::try_from(invocation.input.len()).map_or(true, |length| length > limit) {
        let given = u64::try_from(invocation.input.len()).unwrap_or(u64::MAX);
        let what = Bounded::Input;
        return Err(ProgramTrap::TooLarge { what, given, limit }.into());
    }
    session.begin()?;
    let compiled = compiled(&invocation.code_hash, invocation.code).map_err(|error| {
        if is_valid(invocation.code) {
            return End::NoOutcome(NoOutcome::Compilation(error));
        }
        log::warn!(target: LOG_TARGET, "stored code is no module: {error:#}");
        End::Trap(ProgramTrap::InvalidCode)
    })?;
    let pages = compiled.module().get_export(MEMORY_EXPORT);
    let pages = match pages {
        Some(ExternType::Memory(memory)) => memory.minimum(),
        _ => 0,
    };
    session.charge_pages(pages)?;

    let mut store = Store::new(compiled.module().engine(), State::default());
    store.limiter(|state| state);
    let instance = compiled
        .instantiate(&mut store)
        .map_err(|error| ended(&mut store, error, None))?;
    let counters = Counters::of(&instance, &mut store).ok_or(ProgramTrap::InvalidCode)?;
    store.data_mut().gas = Some(counters.gas);
    store.data_mut().memory = instance.get_memory(&mut store, MEMORY_EXPORT);
    state::write(counters.gas, &mut store, session.gas_left())
        .map_err(|_| ProgramTrap::InvalidCode)?;
    let entry = instance
        .get_typed_func::<(), ()>(&mut store, invocation.entry.name())
        .map_err(|_| ProgramTrap::InvalidCode)?;

    let stack = PROGRAM_STACK.saturating_add(IMPORT_STACK);
    let result = stacker::grow(stack, || {
        current::using(session, || entry.call(&mut store, ()))
    });
    session.settle(state::read(counters.gas, &mut store));
    if store.data().ending == Some(Ok(())) {
        return Ok(());
    }
    result.map_err(|error| ended(&mut store, error, Some(counters)))
}

/// The counters that instrumentation put into the code.
#[derive(Clone, Copy)]
struct Counters {
    gas: Global,
    stack: Global,
}

impl Counters {
    fn of(instance: &Instance, store: &mut Store<State>) -> Option<Self> {
        Some(Counters {
            gas: instance.get_global(&mut *store, GAS_EXPORT)?,
            stack: instance.get_global(&mut *store, STACK_EXPORT)?,
        })
    }
}

/// Why an instance ended with an error.
fn ended(store: &mut Store<State>, error: Error, counters: Option<Counters>) -> End {
    if let Some(Err(trap)) = store.data_mut().ending.take() {
        return End::Trap(trap);
    }
    let Some(trap) = error.downcast_ref::<Trap>() else {
        return End::NoOutcome(NoOutcome::Memory(error));
    };
    End::Trap(match trap {
        Trap::UnreachableCodeReached => match counters {
            Some(counters) => unreachable_reached(store, counters),
            None => ProgramTrap::Unreachable,
        },
        Trap::MemoryOutOfBounds => ProgramTrap::OutOfBounds,
        Trap::TableOutOfBounds => ProgramTrap::TableOutOfBounds,
        Trap::IndirectCallToNull => ProgramTrap::IndirectCallToNull,
        Trap::BadSignature => ProgramTrap::IndirectCallType,
        Trap::IntegerOverflow => ProgramTrap::IntegerOverflow,
        Trap::IntegerDivisionByZero => ProgramTrap::DivisionByZero,
        Trap::StackOverflow => return End::NoOutcome(NoOutcome::NativeStack),
        other => return End::NoOutcome(NoOutcome::UnknownTrap(*other)),
    })
}

/// Instrumentation ends a call with an `unreachable` as well; its counters tell
/// which one it was.
fn unreachable_reached(store: &mut Store<State>, counters: Counters) -> ProgramTrap {
    if counters
        .gas
        .get(&mut *store)
        .i64()
        .is_some_and(i64::is_negative)
    {
        return ProgramTrap::OutOfGas;
    }
    let height = counters.stack.get(&mut *store).i32().unwrap_or(0);
    if height.cast_unsigned() > CodeLimits::V1.stack_height {
        return ProgramTrap::StackExhausted;
    }
    ProgramTrap::Unreachable
}
