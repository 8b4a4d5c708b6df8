//! Prepared code as machine code, and the cache of it.
//!
//! The settings are fixed here and by nothing else. Whatever they are, a valid
//! program computes the same: the language has no floats, no threads and no
//! reading of the host, and integer instructions have one result. So machine
//! code may differ between processors, and results may not.

use super::state::{linker, State};
use super::{LOG_TARGET, PROGRAM_STACK};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use wasmtime::{
    Config, Engine, Error, InstancePre, Linker, Module, OptLevel, Result, Strategy,
    WasmBacktraceDetails,
};

/// Bytes of prepared code of which the machine code is kept, about ten times as
/// large.
const CAPACITY: usize = 8 * 1024 * 1024;

/// Code, compiled and linked.
pub type Compiled = InstancePre<State>;

struct Entry {
    code_hash: [u8; 32],
    code: Vec<u8>,
    compiled: Arc<Compiled>,
}

static RECENT: Mutex<VecDeque<Entry>> = Mutex::new(VecDeque::new());

static ENGINE: OnceLock<Option<(Engine, Linker<State>)>> = OnceLock::new();

fn engine() -> Result<&'static (Engine, Linker<State>)> {
    let engine = ENGINE.get_or_init(|| {
        let made = Engine::new(&config()).and_then(|engine| {
            let linker = linker(&engine)?;
            Ok((engine, linker))
        });
        made.inspect_err(|error| log::error!(target: LOG_TARGET, "no engine: {error:#}"))
            .ok()
    });
    engine
        .as_ref()
        .ok_or_else(|| Error::msg("programs cannot run on this machine"))
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        // Compilation must be linear in the length of the code, since that is
        // what it is paid by. Without optimization it is, within the limits; with
        // it 100 KB of multiplications in a loop took 37 s.
        .cranelift_opt_level(OptLevel::None)
        .cranelift_debug_verifier(false)
        .max_wasm_stack(PROGRAM_STACK)
        .consume_fuel(false)
        .epoch_interruption(false)
        .wasm_backtrace(false)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .generate_address_map(false)
        // The language, once more.
        .wasm_threads(false)
        .wasm_reference_types(false)
        .wasm_function_references(false)
        .wasm_gc(false)
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_bulk_memory(false)
        .wasm_multi_value(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false);
    config
}

/// Compiles prepared code.
///
/// # Errors
/// If it is no valid module, or imports what no node offers.
pub fn compile(code: &[u8]) -> Result<Compiled> {
    let (engine, linker) = engine()?;
    linker.instantiate_pre(&Module::from_binary(engine, code)?)
}

/// Whether these bytes are a module of the language, whatever this machine can do
/// with it; `true` where that cannot be known.
pub fn is_valid(code: &[u8]) -> bool {
    engine().map_or(true, |(engine, _)| Module::validate(engine, code).is_ok())
}

/// Compiles prepared code, or finds it compiled.
///
/// # Errors
/// As [`compile`].
pub fn compiled(code_hash: &[u8; 32], code: &[u8]) -> Result<Arc<Compiled>> {
    if let Some(compiled) = find(code_hash, code) {
        return Ok(compiled);
    }
    let compiled = Arc::new(compile(code)?);
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    recent.retain(|entry| entry.code != code);
    recent.push_front(Entry {
        code_hash: *code_hash,
        code: code.to_vec(),
        compiled: compiled.clone(),
    });
    let mut bytes = 0usize;
    recent.retain(|entry| {
        bytes = bytes.saturating_add(entry.code.len());
        bytes <= CAPACITY
    });
    Ok(compiled)
}

/// Finds code and moves it to the front, where it is forgotten last. The code
/// itself is compared, so no entry can be stale.
fn find(code_hash: &[u8; 32], code: &[u8]) -> Option<Arc<Compiled>> {
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let position = recent
        .iter()
        .position(|entry| entry.code_hash == *code_hash && entry.code == code)?;
    let entry = recent.remove(position)?;
    let compiled = entry.compiled.clone();
    recent.push_front(entry);
    Some(compiled)
}

/// Forgets all compiled code: what a node has after a restart.
pub fn forget() {
    RECENT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clear();
}
