//! The work behind the host functions. Not compiled into the runtime.

pub mod commit;
pub mod inspect;
pub mod keys;
pub mod pool;
pub mod program;

/// Target of the host's log lines.
pub const LOG_TARGET: &str = "lattice::host";
