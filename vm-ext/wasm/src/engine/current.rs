//! How an import finds the call that it belongs to.
//!
//! wasmtime asks that what an instance carries borrows nothing, and a call
//! borrows the chain's state. So the call waits here, on the thread that runs it;
//! a call within a call would find its own.

use crate::{Import, ProgramTrap};
use lattice_isa::Gas;

/// What an import says to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It has no result.
    None,
    /// The result of an import that gives an `i32`.
    I32(i32),
    /// The result of an import that gives an `i64`.
    I64(i64),
    /// The call ends here, as if its entry had returned.
    End,
}

/// A call that takes imports.
pub trait HostCalls {
    /// Charges and does what a program asks for.
    ///
    /// `gas_left` is the program's counter, which this leaves as it then is. The
    /// operands are as many as the import has.
    ///
    /// # Errors
    /// Why the call ends here.
    fn import(
        &mut self,
        import: Import,
        operands: &[u32],
        memory: &mut [u8],
        gas_left: &mut Gas,
    ) -> Result<Answer, ProgramTrap>;
}

// The macro extends a lifetime for as long as the call below it lasts.
#[allow(unsafe_code)]
mod cell {
    use super::HostCalls;
    environmental::environmental!(current: trait HostCalls);

    pub fn set<R>(call: &mut dyn HostCalls, run: impl FnOnce() -> R) -> R {
        current::using(call, run)
    }

    pub fn get<R>(act: impl FnOnce(&mut dyn HostCalls) -> R) -> Option<R> {
        current::with(|call| act(call))
    }
}

/// Runs something that may reach the call through [`with`].
pub fn using<R>(call: &mut dyn HostCalls, run: impl FnOnce() -> R) -> R {
    cell::set(call, run)
}

/// Reaches the call, if there is one.
pub fn with<R>(act: impl FnOnce(&mut dyn HostCalls) -> R) -> Option<R> {
    cell::get(act)
}
