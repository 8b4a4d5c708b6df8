//! The shapes of the answers.
//!
//! Field names are camelCase. 64- and 128-bit integers are decimal strings,
//! bytes are 0x-hex, names are text, enumerations are the names of their
//! variants, accounts are SS58 addresses. `chain-specs/polkadot-js-rpc.json`
//! describes the same shapes to polkadot.js.

#[cfg(test)]
mod definitions;
mod execution;
mod model;
mod provider;

pub use execution::{Assignment, ExecutionRecord, Quote};
pub use model::Model;
pub use provider::Provider;

/// Bytes that should be UTF-8, as text; what is not is shown as �.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
