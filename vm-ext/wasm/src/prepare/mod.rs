//! What happens to code once, at upload: validation and instrumentation.
//!
//! 1. [`limits`](self::limits) walks the module and refuses what is too large or
//!    not of a program's form, before anything grows with it;
//! 2. [`validate`] proves the module valid WebAssembly 1.0 with mutable globals
//!    and without floating point;
//! 3. [`instrument`] writes the stack limit and the gas meter into it;
//! 4. the result is validated again.
//!
//! All four take time and memory linear in the length of the code, with factors
//! that [`CodeLimits`] bounds. What they find follows from the code alone. That it
//! can be compiled, too, is for whoever stores it to try ([`crate::engine::compile`]);
//! where that fails it is no property of the code ([`crate::NoOutcome`]).

mod instrument;
mod limits;
mod rules;
mod validate;

pub use instrument::{GAS_EXPORT, MEMORY_EXPORT, STACK_EXPORT};

use crate::{CodeError, CodeLimits, Part, PreparedCode, CODE_VERSION};

/// Validates and instruments uploaded code under version 1 of all limits and
/// prices. The same bytes give the same result on every node.
///
/// # Errors
/// [`CodeError`].
pub fn prepare(code: &[u8]) -> Result<PreparedCode, CodeError> {
    let limits = CodeLimits::V1;
    let pages = limits::check(code, &limits)?;
    validate::check(code, &limits)?;
    let code = instrument::instrument(code, &limits, pages.maximum)?;
    within(Part::PreparedBytes, code.len(), limits.prepared_bytes)?;
    // Instrumentation adds some operands of its own.
    let instrumented = CodeLimits {
        operands: u32::MAX,
        ..limits
    };
    validate::check(&code, &instrumented).map_err(|_| CodeError::NotCompilable)?;
    Ok(PreparedCode {
        code,
        version: CODE_VERSION,
        initial_pages: pages.initial,
        max_pages: pages.maximum,
    })
}

/// Refuses a number over its limit.
fn within<T: TryInto<u32>>(part: Part, found: T, limit: u32) -> Result<(), CodeError> {
    let found = found.try_into().unwrap_or(u32::MAX);
    if found > limit {
        return Err(CodeError::TooMany { part, found, limit });
    }
    Ok(())
}
