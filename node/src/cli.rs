//! What can be asked on the command line.

use sc_cli::RunCmd;

/// The command line of `lattice-node`.
#[derive(Debug, clap::Parser)]
pub struct Cli {
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    #[command(flatten)]
    pub run: RunCmd,
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
    fn no_other_database_than_paritydb_can_be_asked_for() {
        let refused = Cli::try_parse_from(["lattice-node", "--dev", "--database", "rocksdb"]);
        assert!(refused.is_err());
    }
}
