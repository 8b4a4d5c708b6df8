//! The work behind the host functions. Not compiled into the runtime.

pub mod access;
pub mod call;
pub mod code;
pub mod commit;
pub mod inspect;
pub mod keys;
pub mod model;
pub mod pool;
pub mod program;
pub mod states;

/// Target of the host's log lines.
pub const LOG_TARGET: &str = "lattice::host";
