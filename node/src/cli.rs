//! What can be asked on the command line.

use crate::service::{ProviderError, Provision};
use sc_cli::RunCmd;
use std::path::PathBuf;

/// The command line of `lattice-node`.
#[derive(Debug, clap::Parser)]
pub struct Cli {
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    #[command(flatten)]
    pub run: RunCmd,

    #[command(flatten)]
    pub provider: ProviderArgs,
}

/// A provider's worker beside the node.
#[derive(Clone, Debug, clap::Args)]
pub struct ProviderArgs {
    /// Run a provider's worker as a child process, with this configuration file (TOML).
    ///
    /// `lattice-worker --print-config` prints one with every key. Its `chain` is replaced by this node's
    /// own RPC address. The worker is started again when it ends or falls silent. When the node is told
    /// to stop, it first lets the worker hand in what it has, for 15 seconds at most.
    #[arg(long = "provider", value_name = "CONFIG")]
    pub configuration: Option<PathBuf>,

    /// The worker's program; without this, `lattice-worker` in the folder of the node's program.
    #[arg(
        long = "provider-worker",
        value_name = "PATH",
        requires = "configuration"
    )]
    pub worker: Option<PathBuf>,
}

impl ProviderArgs {
    /// The worker that is asked for.
    ///
    /// # Errors
    /// When its configuration or its program is not there.
    pub fn provision(&self) -> Result<Option<Provision>, ProviderError> {
        let configuration = self.configuration.clone();
        configuration
            .map(|configuration| Provision::new(configuration, self.worker.clone()))
            .transpose()
    }
}

/// Everything but running the node.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
    /// Generate, inspect and insert keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Print a chain specification; `export-chain-spec` is its successor.
    BuildSpec(sc_cli::BuildSpecCmd),

    /// Write the specification of a chain: `--chain dev`, `--chain local`, or a file.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Validate a block again.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Write the state of a block into a chain specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Read blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Delete the database of a chain.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Undo the newest blocks that are not final.
    Revert(sc_cli::RevertCmd),

    /// Print what the database knows of the chain.
    ChainInfo(sc_cli::ChainInfoCmd),

    /// Measure weights.
    #[cfg(feature = "runtime-benchmarks")]
    #[command(subcommand)]
    Benchmark(frame_benchmarking_cli::BenchmarkCmd),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn dev_needs_nothing_else() {
        let cli = Cli::try_parse_from(["lattice-node", "--dev"]).expect("--dev is enough");
        assert!(cli.subcommand.is_none());
    }

    #[test]
    fn a_worker_needs_a_configuration_and_nothing_else() {
        let parse = |more: &[&str]| Cli::try_parse_from([&["lattice-node"], more].concat());
        let cli = parse(&["--provider", "provider.toml"]).expect("complete");
        assert_eq!(cli.provider.configuration, Some("provider.toml".into()));
        assert!(parse(&["--provider-worker", "lattice-worker"]).is_err());
        let none = parse(&["--dev"]).expect("no worker");
        assert!(matches!(none.provider.provision(), Ok(None)));
        // Before the node starts, and by name.
        let missing = parse(&["--provider", "/nonexistent/provider.toml"]).expect("parses");
        let error = missing.provider.provision().expect_err("not there");
        assert!(
            error.to_string().contains("/nonexistent/provider.toml"),
            "{error}"
        );
    }

    #[test]
    fn no_other_database_than_paritydb_can_be_asked_for() {
        let refused = Cli::try_parse_from(["lattice-node", "--dev", "--database", "rocksdb"]);
        assert!(refused.is_err());
    }
}
