//! Types and runtime APIs shared by the pallets, the node's RPC and every client.
//!
//! * [`model`]: what the registry says of a model and its verifying key;
//! * [`provider`]: what the chain says of a provider and its offers;
//! * [`selection`]: which provider gets a request, and why the others do not;
//! * [`execution`]: requests, assignments, and the record that a settlement leaves;
//! * [`program`]: programs, dry runs and traces;
//! * [`ceremony`]: set-up ceremonies and their contributions;
//! * [`channel`]: payment channels, and the vouchers that their payers sign;
//! * [`submission`]: what providers sign in place of a transaction;
//! * [`subscription`]: requests that are paid in advance;
//! * [`replication`]: what replicas commit to, and replicated requests;
//! * [`optimistic`]: results that stand unless they are challenged;
//! * [`private`]: inputs and outputs that are on chain only as commitments;
//! * [`dispute`]: disputes about results;
//! * [`decimal`]: 128-bit integers in JSON;
//! * [`api`]: the runtime API over all of them.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod api;
pub mod ceremony;
pub mod channel;
pub mod decimal;
pub mod dispute;
pub mod execution;
pub mod model;
pub mod optimistic;
pub mod private;
pub mod program;
pub mod provider;
pub mod replication;
pub mod selection;
pub mod submission;
pub mod subscription;

pub use ceremony::*;
pub use channel::*;
pub use dispute::*;
pub use execution::*;
pub use model::*;
pub use optimistic::*;
pub use private::*;
pub use program::*;
pub use provider::*;
pub use replication::*;
pub use selection::*;
pub use submission::*;
pub use subscription::*;

/// Position of a registration in the registry.
///
/// A model hash names *content*; several accounts may register the same
/// content, so a registration is named by its index.
pub type ModelIndex = u32;

/// Number of an inference request, counted from zero on each chain.
pub type RequestId = u64;

/// Number of a subscription, counted from zero on each chain.
pub type SubscriptionId = u64;

/// Number of a provider's plan for subscriptions, counted from zero on each chain.
pub type PlanId = u64;

pub use lattice_isa::{Gas, ProofBytes, ProofLengthError};
pub use lattice_verifier::ProofVersion;
pub use lattice_wasm::{Effect, ImportStep, ProgramTrap, TerminationFault};
