//! The work behind the host functions. Not compiled into the runtime.

pub mod access;
pub mod batch;
pub mod call;
pub mod ceremony;
pub mod code;
pub mod commit;
pub mod dispute;
pub mod inspect;
pub mod keys;
pub mod model;
pub mod pool;
pub mod program;
pub mod states;

use lattice_wasm::NoOutcome;

/// Target of the host's log lines.
pub const LOG_TARGET: &str = "lattice::host";

/// Ends the execution of the runtime, since this node cannot know what a program
/// comes to.
///
/// An error in the reply would become a part of the state, and other nodes, which
/// had the memory, would have another one. The executor catches the panic: the block
/// or the extrinsic at hand is not executed. So an author leaves the extrinsic out,
/// an importing node does not take the block, and neither disagrees with anyone.
#[allow(clippy::panic)] // The only way of a host function to have no reply.
pub fn without_outcome(why: &NoOutcome) -> ! {
    log::error!(target: LOG_TARGET, "this node cannot execute a program: {why}");
    panic!("this node cannot execute a program: {why}")
}
