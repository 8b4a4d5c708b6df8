//! `lattice-node benchmark`: measures weights with the node's own VM extension.

use crate::{cli::Cli, service};
use frame_benchmarking_cli::{BenchmarkCmd, SUBSTRATE_REFERENCE_HARDWARE};
use lattice_host::LatticeHostFunctions;
use lattice_runtime::opaque::Block;
use sc_cli::SubstrateCli;
use sc_service::PartialComponents;
use sp_runtime::traits::HashingFor;

/// Runs one of the benchmark commands.
///
/// The commands bring Substrate's host functions themselves, so only Lattice's
/// are given to them.
///
/// # Errors
/// When a benchmark fails, and for `benchmark extrinsic` and `benchmark
/// storage`, which need builders that this node does not have.
pub fn run(cli: &Cli, cmd: &BenchmarkCmd) -> sc_cli::Result<()> {
    let runner = cli.create_runner(cmd)?;
    runner.sync_run(|config| match cmd {
        BenchmarkCmd::Pallet(cmd) => {
            cmd.run_with_spec::<HashingFor<Block>, LatticeHostFunctions>(Some(config.chain_spec))
        }
        BenchmarkCmd::Overhead(cmd) => cmd
            .run_with_default_builder_and_spec::<Block, LatticeHostFunctions>(Some(
                config.chain_spec,
            )),
        BenchmarkCmd::Block(cmd) => {
            let PartialComponents { client, .. } = service::new_partial(&config)?;
            cmd.run(client)
        }
        BenchmarkCmd::Machine(cmd) => cmd.run(&config, SUBSTRATE_REFERENCE_HARDWARE.clone()),
        BenchmarkCmd::Storage(_) | BenchmarkCmd::Extrinsic(_) => Err(
            "this node measures pallets, overhead, blocks and machines only; its database \
             weights are frame-support's ParityDbWeight"
                .into(),
        ),
    })
}
