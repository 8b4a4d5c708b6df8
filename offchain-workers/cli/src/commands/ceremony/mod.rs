//! `lattice ceremony …`
//!
//! * [`records`]: what the chain, or a file, has of a ceremony;
//! * [`bulk`]: the folder with the ceremony's files, and the whole check of them;
//! * one file per command.

pub mod bulk;
mod challenge;
mod contribute;
pub mod finalize;
mod open;
mod phase1;
pub mod records;
mod verify;

use crate::args::ChainArgs;
use crate::output::Output;
use clap::{Args, Subcommand};
pub use finalize::RECORDS_FILE;
use lattice_chain_client::CeremonyId;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
A Groth16 key has a trapdoor, and that of a circuit with a commitment a second one. In a ceremony
each contributor multiplies a secret into each and forgets that; one who did suffices. The chain
keeps the records and their order and checks every contribution's proofs; the bulk (two queries of
points, or three) is in files, under Merkle roots that the
records carry. Files travel by whatever means the contributors like: put the whole folder where the
others find it. A state's name contains a hash of its roots, so that two contributions never share
a name and a file of another contribution is never mistaken for the right one.

With --records FILE in place of a ceremony's number, the records are in a file instead of on a
chain: nothing is submitted, and `open` and `contribute` write the file. That is a rehearsal.

  lattice ceremony phase1 pot.ptau --pin --key-file sudo                      (once per chain)
  lattice ceremony open m.lattice --ptau pot.ptau --dir f --key-file owner    (the model's owner)
  lattice ceremony contribute 0 --ptau pot.ptau --dir f --key-file mine       (three others)
  lattice ceremony verify 0 --ptau pot.ptau --dir f                           (anyone)
  lattice ceremony finalize 0 --ptau pot.ptau --dir f -o keys --key-file owner
  lattice verify-key m.lattice --keys keys --ceremony 0 --ptau pot.ptau --dir f";

/// Make a model's keys by several parties, of whom nobody has to be trusted.
#[derive(Debug, Subcommand)]
#[command(after_help = AFTER_HELP)]
pub enum CeremonyCommand {
    /// Check a phase 1 and say its identity, or have the chain pin it.
    Phase1(phase1::Phase1),
    /// Compute the start for a registered model and submit it.
    Open(open::Open),
    /// Check the start and every contribution so far, contribute and submit.
    Contribute(contribute::Contribute),
    /// Check the start and every contribution, records and files.
    Verify(verify::Verify),
    /// Assemble the keys, and let the chain assemble and register its own.
    Finalize(finalize::Finalize),
    /// Find a false leaf between two consecutive states and open it on the chain.
    Challenge(challenge::Challenge),
}

impl CeremonyCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            CeremonyCommand::Phase1(command) => command.run(output).await,
            CeremonyCommand::Open(command) => command.run(output).await,
            CeremonyCommand::Contribute(command) => command.run(output).await,
            CeremonyCommand::Verify(command) => command.run(output).await,
            CeremonyCommand::Finalize(command) => command.run(output).await,
            CeremonyCommand::Challenge(command) => command.run(output).await,
        }
    }
}

/// Whose records.
#[derive(Clone, Debug, Args)]
pub struct Which {
    /// Number of the ceremony on the chain.
    #[arg(value_name = "CEREMONY", required_unless_present = "records")]
    pub ceremony: Option<CeremonyId>,
    /// File with a ceremony's records, in place of a chain: nothing is submitted.
    #[arg(long, value_name = "FILE", conflicts_with = "ceremony")]
    pub records: Option<PathBuf>,
    #[command(flatten)]
    pub chain: ChainArgs,
}
