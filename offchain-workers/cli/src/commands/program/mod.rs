//! `lattice program …`

pub(super) mod args;
mod code;
mod query;
mod report;
mod run;

use crate::output::Output;
use clap::Subcommand;

/// Upload, instantiate, call and look at programs on the chain.
#[derive(Debug, Subcommand)]
pub enum ProgramCommand {
    /// Put the code of a WebAssembly program on the chain.
    Upload(code::Upload),
    /// Remove code that no program runs; its deposit comes back.
    Remove(code::Remove),
    /// Make a program of uploaded code.
    Instantiate(run::Instantiate),
    /// Call a program.
    Call(run::CallProgram),
    /// Execute a straight-line program once.
    Execute(run::Execute),
    /// Show a program, or a value that it stores.
    Show(query::Show),
    /// List the results that a program, or an account by bytecode, committed.
    Records(query::Records),
}

impl ProgramCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            ProgramCommand::Upload(command) => command.run(output).await,
            ProgramCommand::Remove(command) => command.run(output).await,
            ProgramCommand::Instantiate(command) => command.run(output).await,
            ProgramCommand::Call(command) => command.run(output).await,
            ProgramCommand::Execute(command) => command.run(output).await,
            ProgramCommand::Show(command) => command.run(output).await,
            ProgramCommand::Records(command) => command.run(output).await,
        }
    }
}
