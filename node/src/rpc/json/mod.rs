//! The shapes of the answers.
//!
//! Field names are camelCase. 64- and 128-bit integers are decimal strings,
//! bytes are 0x-hex, names are text, enumerations are the names of their
//! variants, or objects whose one field is the variant's name where it carries
//! something, accounts are SS58 addresses. `chain-specs/polkadot-js-rpc.json`
//! describes the same shapes to polkadot.js.

mod ceremony;
mod channel;
#[cfg(test)]
mod definitions;
mod direct;
mod dispute;
mod execution;
mod model;
mod optimistic;
mod private;
mod program;
mod provider;
mod replication;
mod selection;
mod subscription;

pub use ceremony::{Ceremony, Contribution};
pub use channel::Channel;
pub use direct::DirectRecord;
pub use dispute::Dispute;
pub use execution::{Assignment, ExecutionRecord, Quote};
pub use model::Model;
pub use optimistic::Optimistic;
pub use private::PrivateRequest;
pub use program::{
    read_request, DryRun, ErrorTexts, ModuleText, Program, ProgramRecord, ProgramTrace,
    RequestError,
};
pub use provider::Provider;
pub use replication::Replicated;
pub use selection::{Selection, SelectionError};
pub use subscription::{Plan, Subscription};

/// Bytes that should be UTF-8, as text; what is not is shown as �.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
