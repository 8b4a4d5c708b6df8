//! `lattice private …`, and what `lattice infer --private` is made of.
//!
//! * [`ask`]: a request, from its blinding to its number;
//! * [`session`]: from the number to the end: deliver, answer claims, collect, acknowledge;
//! * [`plan`]: what a requester is to do next;
//! * [`line`]: the provider's node, over the network;
//! * [`report`]: what is shown in the end;
//! * [`resume`]: going on after a crash;
//! * [`list`]: which requests there are on this disk;
//! * [`state`]: what must not be lost, on disk.

mod ask;
mod line;
mod list;
mod plan;
mod report;
mod resume;
mod session;
mod state;

pub use ask::ask;
pub use plan::progress;
pub use state::State;

use crate::output::Output;
use clap::{Args, Subcommand};
use lattice_p2p::private::Multiaddr;
use lattice_verifier::FieldBytes;
use std::path::{Path, PathBuf};

/// Look after requests whose input is not on the chain.
#[derive(Debug, Subcommand)]
pub enum PrivateCommand {
    /// Go on with a private request: deliver, answer a claim, collect, acknowledge.
    Resume(resume::Resume),
    /// List the private requests that this disk knows of.
    List(list::List),
}

impl PrivateCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            PrivateCommand::Resume(command) => command.run(output).await,
            PrivateCommand::List(command) => command.run(output),
        }
    }
}

/// How a requester deals with its provider.
#[derive(Clone, Debug, Default, Args)]
pub struct DealArgs {
    /// Address of the provider's node, or of another one from which it is found; may be given
    /// several times [default: the provider's endpoints on the chain].
    #[arg(long = "peer", value_name = "MULTIADDR")]
    pub peers: Vec<Multiaddr>,
    /// Put the input on the chain, for everybody to see, if the provider says that it has none and
    /// has given no receipt for it [default: ask].
    #[arg(long)]
    pub open: bool,
}

/// An inference whose input, and perhaps output, is not on the chain.
#[derive(Clone, Debug, Args)]
pub struct PrivateArgs {
    /// Keep the input off the chain: only its commitment is there, and the provider gets it over an
    /// encrypted connection. Ends when the request has ended.
    #[arg(
        long,
        conflicts_with_all = ["channel", "subscription", "attempts", "accept_within"]
    )]
    pub private: bool,
    /// With --private: keep the output off the chain as well.
    // A requirement is not looked at where it conflicts with what is given.
    #[arg(long, requires = "private", conflicts_with_all = ["channel", "subscription"])]
    pub private_output: bool,
    /// With --private: address of the provider's node, or of another one from which it is found; may
    /// be given several times [default: the provider's endpoints on the chain].
    #[arg(
        long = "peer",
        value_name = "MULTIADDR",
        requires = "private",
        conflicts_with_all = ["channel", "subscription"]
    )]
    pub peers: Vec<Multiaddr>,
    /// With --private: put the input on the chain, for everybody to see, if the provider says that it
    /// has none and has given no receipt for it [default: ask].
    #[arg(long, requires = "private", conflicts_with_all = ["channel", "subscription"])]
    pub open: bool,
}

impl PrivateArgs {
    /// The same as a resumed request takes it.
    fn deal(&self) -> DealArgs {
        DealArgs {
            peers: self.peers.clone(),
            open: self.open,
        }
    }
}

/// Where private requests are kept.
fn folder(named: &Option<PathBuf>) -> anyhow::Result<PathBuf> {
    match named {
        Some(folder) => Ok(folder.clone()),
        None => super::channel::default_folder(),
    }
}

/// What this disk knows of the request with this input commitment: in the folder that is named, or where
/// private requests are kept unless one is.
pub fn known(named: Option<&Path>, commitment: &FieldBytes) -> anyhow::Result<Option<State>> {
    match named {
        Some(folder) => state::find(folder, commitment),
        None => match super::channel::default_folder() {
            Ok(folder) => state::find(&folder, commitment),
            // Without a home there is nothing in it.
            Err(_) => Ok(None),
        },
    }
}
