//! The node's parts and how they are joined.
//!
//! * [`partial`]: client, database, import queue, transaction pool: what the
//!   offline commands need, too;
//! * [`full`]: network, RPC, and the tasks that run until the node stops;
//! * [`consensus`]: authoring with Aura, finality with GRANDPA;
//! * [`provider`]: a provider's worker as a child process;
//! * [`shutdown`]: which stops before the node does.

mod consensus;
mod full;
mod partial;
mod provider;
mod shutdown;

pub use full::new_full;
pub use partial::{new_partial, FullClient, Pool};
pub use provider::{ProviderError, Provision};
