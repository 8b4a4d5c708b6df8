//! `lattice vm …`

mod call;
mod environment;
mod instance;
mod report;
mod straight_line;
mod wasm;

use crate::output::Output;
use crate::program::{Program, Source};
use anyhow::bail;
use call::CallArgs;
use clap::{Args, Subcommand};
use environment::Local;
use lattice_isa::Gas;
use std::path::PathBuf;

/// Gas that a block of the chain has for ordinary extrinsics: 0.75 s of reference time.
const BLOCK_GAS: Gas = 750_000_000_000;

const RUN_HELP: &str = "\
The program is a file, 0x and digits, or `-` for standard input: a WebAssembly module, bytecode
(bytes or hexadecimal text), or the text of a straight-line program (see `lattice asm --help`). It
runs here, under the chain's gas schedule and limits, and may use the models and keys that are given
and no others.

Examples:
  lattice vm run prog.lat --model digits.lattice
  lattice vm run 0xb001010000000100000007000000 --json
  lattice vm run gate.lat --key digits.keys
  lattice vm run lottery.wasm --entry instantiate --storage lottery.json --value 10
  lattice vm run lottery.wasm --input image.bin --storage lottery.json --model digits.lattice";

const DRY_RUN_HELP: &str = "\
`gas required` is a limit that suffices for the same program on the same state, be its code known in
the block or not.

Examples:
  lattice vm dry-run prog.lat --model digits.lattice
  lattice vm dry-run lottery.wasm --input image.bin --storage lottery.json --model digits.lattice";

const TRACE_HELP: &str = "\
A straight-line program has one line per instruction. A WebAssembly program has one per import, with
the gas of its own instructions before it.

Examples:
  lattice vm trace prog.lat --model digits.lattice
  lattice vm trace lottery.wasm --input image.bin --storage lottery.json --model digits.lattice";

/// Run programs of the AI virtual machine locally.
#[derive(Debug, Subcommand)]
pub enum VmCommand {
    /// Run a program and show what it leaves behind.
    #[command(after_help = RUN_HELP)]
    Run(Execution),
    /// Run a program, keep nothing, and show the gas limit that it needs.
    #[command(after_help = DRY_RUN_HELP)]
    DryRun(Execution),
    /// Run a program, keep nothing, and show the gas of each instruction.
    #[command(after_help = TRACE_HELP)]
    Trace(Execution),
}

/// A program and what it may use.
#[derive(Debug, Args)]
pub struct Execution {
    /// The program.
    #[arg(value_name = "PROGRAM")]
    pub program: String,
    /// Model file that the program may load; may be repeated.
    #[arg(long = "model", value_name = "M.lattice")]
    pub models: Vec<PathBuf>,
    /// Folder of keys, as `lattice setup dev` makes it, under which the program may verify proofs;
    /// may be repeated.
    #[arg(long = "key", value_name = "DIR")]
    pub keys: Vec<PathBuf>,
    /// Most gas that the program may use; 1 gas is 1 picosecond of reference time. The default is
    /// what a block has for ordinary extrinsics.
    #[arg(long, value_name = "GAS", default_value_t = BLOCK_GAS)]
    pub gas: Gas,
    #[command(flatten)]
    pub call: CallArgs,
}

/// Which of the commands was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Run,
    DryRun,
    Trace,
}

impl VmCommand {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let (mode, execution) = match self {
            VmCommand::Run(execution) => (Mode::Run, execution),
            VmCommand::DryRun(execution) => (Mode::DryRun, execution),
            VmCommand::Trace(execution) => (Mode::Trace, execution),
        };
        let program = Source::from(execution.program.as_str()).program()?;
        let mut local = Local::load(&execution.models, &execution.keys)?;
        match program {
            Program::StraightLine(_) if !execution.call.is_empty() => bail!(
                "{} is a straight-line program; it has no entry, input, storage or caller",
                execution.program
            ),
            Program::StraightLine(program) => {
                straight_line::run(&program, mode, execution.gas, &mut local, output)
            }
            Program::Wasm(code) => wasm::run(
                &code,
                &execution.call,
                mode,
                execution.gas,
                &mut local,
                output,
            ),
        }
    }
}
