//! What a running instance carries, and the imports that it is linked to.

use super::current::{self, Answer};
use crate::import::{Word, MODULE};
use crate::{Import, ProgramTrap};
use core::fmt;
use lattice_isa::Gas;
use wasmtime::{
    Caller, Engine, Error, FuncType, Global, Linker, Memory, ResourceLimiter, Result, Val, ValType,
};

/// What an instance carries beside its globals and memory.
#[derive(Default)]
pub struct State {
    /// The gas that is left.
    pub gas: Option<Global>,
    /// The memory, if the program has one.
    pub memory: Option<Memory>,
    /// How the call ends, if an import or the memory says so.
    pub ending: Option<Result<(), ProgramTrap>>,
}

/// Ends an instance whose state says why.
#[derive(Debug)]
struct Ended;

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call has ended")
    }
}

impl std::error::Error for Ended {}

impl State {
    fn end(&mut self, ending: Result<(), ProgramTrap>) -> Error {
        self.ending = Some(ending);
        Error::new(Ended)
    }
}

impl ResourceLimiter for State {
    /// Growing beyond the maximum ends the call, where the format would let it
    /// go on with an error value.
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        if maximum.is_some_and(|maximum| desired <= maximum) {
            return Ok(true);
        }
        Err(self.end(Err(ProgramTrap::MemoryLimit)))
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }
}

/// All imports, for an engine.
///
/// # Errors
/// None that a table of distinct names can have.
pub fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    for import in Import::ALL {
        let ty = FuncType::new(
            engine,
            import.operands().iter().map(value_type),
            import.result().iter().map(value_type),
        );
        linker.func_new(MODULE, import.name(), ty, |caller, operands, results| {
            relay(*import, caller, operands, results)
        })?;
    }
    Ok(linker)
}

fn value_type(word: &Word) -> ValType {
    match word {
        Word::I32 => ValType::I32,
        Word::I64 => ValType::I64,
    }
}

/// Most operands that an import has.
const MOST_OPERANDS: usize = {
    let mut most = 0;
    let mut all = Import::ALL;
    while let [import, rest @ ..] = all {
        let own = import.operands().len();
        most = if own > most { own } else { most };
        all = rest;
    }
    most
};

/// Brings an import to the call that it belongs to and its answer back.
fn relay(
    import: Import,
    mut caller: Caller<'_, State>,
    operands: &[Val],
    results: &mut [Val],
) -> Result<()> {
    let mut words = [0u32; MOST_OPERANDS];
    for (word, operand) in words.iter_mut().zip(operands) {
        *word = operand.i32().map_or(0, i32::cast_unsigned);
    }
    let words = words.get(..operands.len()).unwrap_or(&words);

    let (gas, memory) = (caller.data().gas, caller.data().memory);
    let mut left = gas.map_or(0, |gas| read(gas, &mut caller));
    let bytes = memory.map_or(&mut [][..], |memory| memory.data_mut(&mut caller));
    let answer = current::with(|call| call.import(import, words, bytes, &mut left))
        .unwrap_or(Err(ProgramTrap::InvalidCode));
    if let Some(gas) = gas {
        write(gas, &mut caller, left)?;
    }
    let value = match answer {
        Ok(Answer::None) => return Ok(()),
        Ok(Answer::I32(value)) => Val::I32(value),
        Ok(Answer::I64(value)) => Val::I64(value),
        Ok(Answer::End) => return Err(caller.data_mut().end(Ok(()))),
        Err(trap) => return Err(caller.data_mut().end(Err(trap))),
    };
    if let Some(result) = results.first_mut() {
        *result = value;
    }
    Ok(())
}

/// The gas in a counter. A block that could not be paid left its complement.
pub fn read(gas: Global, store: impl wasmtime::AsContextMut) -> Gas {
    let counter = gas.get(store).i64().unwrap_or(0);
    let left = if counter < 0 { !counter } else { counter };
    left.cast_unsigned()
}

/// Sets a counter.
///
/// # Errors
/// If the global is not such a counter.
pub fn write(gas: Global, store: impl wasmtime::AsContextMut, left: Gas) -> Result<()> {
    gas.set(store, Val::I64(i64::try_from(left).unwrap_or(i64::MAX)))
}
