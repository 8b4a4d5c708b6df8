//! `lattice-node`: a full node of a Lattice chain.
//!
//! * [`cli`] and [`command`]: what can be asked on the command line, and what is done;
//! * [`chain_spec`]: the chains that the node knows by name;
//! * [`host`]: what the runtime may call in the node, the Lattice VM among it;
//! * [`service`]: database, network, consensus;
//! * [`rpc`]: JSON-RPC, thin over the runtime APIs.

// The errors of `sc-cli` and `sc-service` are large, and what their functions must return.
#![allow(clippy::result_large_err)]

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod chain_spec;
mod cli;
mod command;
mod host;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
    command::run()
}
