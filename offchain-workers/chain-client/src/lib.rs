//! A typed client of the Lattice chain, over subxt.
//!
//! * [`client`]: the connection, which comes back by itself; blocks and raw JSON-RPC;
//! * [`view`]: reads at a block, over the runtime API;
//! * [`calls`]: every call of the chain's own pallets as plain data;
//! * [`submit`]: signing, nonces, submission and what became of it; calls without a signed
//!   transaction, and so without nonce and fee;
//! * [`events`]: the events of the chain's own pallets;
//! * [`signer`]: key pairs from files and development seeds;
//! * [`amount`]: amounts as people write them; [`constants`]: numbers of the runtime, and
//!   [`stake`]: what they demand of a provider;
//! * [`error`]: what can go wrong, with dispatch errors by name and text.
//!
//! The code for calls and events is generated from `metadata.scale`, which a
//! test of the runtime compares with the runtime itself; those of programs, of
//! ceremonies, of channels, of batches, of models on chain, of the tiers that other
//! pallets settle, of disputes, of subscriptions and of private requests go by the names of pallets and
//! fields instead. Reads decode the runtime API's answers straight into the types of
//! `lattice-primitives`.

pub mod amount;
pub mod blocks;
pub mod calls;
pub mod client;
pub mod constants;
pub mod error;
pub mod events;
pub mod signer;
pub mod stake;
pub mod submit;
pub mod types;
pub mod view;

// The macro below reads the file unseen by cargo; this makes cargo watch it.
const _: &[u8] = include_bytes!("../metadata.scale");

#[allow(missing_docs, clippy::all)]
#[subxt::subxt(
    runtime_metadata_path = "metadata.scale",
    substitute_type(
        path = "lattice_primitives::model::Requirements",
        with = "::subxt::utils::Static<::lattice_primitives::Requirements>"
    ),
    substitute_type(
        path = "lattice_primitives::model::Setup",
        with = "::subxt::utils::Static<::lattice_primitives::Setup>"
    ),
    substitute_type(
        path = "lattice_primitives::provider::Hardware",
        with = "::subxt::utils::Static<::lattice_primitives::Hardware>"
    ),
    substitute_type(
        path = "lattice_primitives::provider::Failure",
        with = "::subxt::utils::Static<::lattice_primitives::Failure>"
    ),
    substitute_type(
        path = "lattice_primitives::execution::Verification",
        with = "::subxt::utils::Static<::lattice_primitives::Verification>"
    )
)]
mod generated {}

pub use amount::{format_balance, parse_balance, BalanceParseError, DECIMALS, SYMBOL, UNIT};
pub use blocks::{BestBlocks, Head, Heads, Sighting};
pub use calls::{AuthorizedCall, Call, PrivateCall, PrivateOutput, ResultSubmission};
pub use client::Client;
pub use error::{DispatchFailure, Error, PoolRejection, Result};
pub use events::{Event, ProgramEvent};
pub use signer::{is_signed_by, Signer, SignerError};
pub use submit::{Authorized, Included, Prepared, Submission};
pub use types::*;
pub use view::{request_json, View};

/// How subxt is to talk to this chain.
pub type Config = subxt::SubstrateConfig;

#[cfg(any(test, feature = "testing"))]
pub mod samples;
#[cfg(test)]
mod testing;
