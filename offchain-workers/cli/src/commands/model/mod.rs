//! `lattice model …`

pub mod fetch;
mod import;
mod inspect;
mod query;
pub mod register;
mod store;

use crate::output::Output;
use clap::Subcommand;

/// Import, inspect, register and list models.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Turn an ONNX file into a quantized model file.
    Import(import::Import),
    /// Show what a model file holds.
    Inspect(inspect::Inspect),
    /// Register a model, and its verifying key, on the chain.
    Register(register::Register),
    /// Register the verifying key of a model that is registered already.
    AddKey(register::AddKey),
    /// Put the weights of a registered model on the chain, for programs to load.
    Store(store::Store),
    /// Remove weights that are not final yet; the deposit comes back.
    Clear(store::Clear),
    /// List the models on the chain.
    List(query::List),
    /// Show one model on the chain.
    Show(query::Show),
}

impl ModelCommand {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            ModelCommand::Import(command) => command.run(output),
            ModelCommand::Inspect(command) => command.run(output),
            ModelCommand::Register(command) => crate::block_on(command.run(output)),
            ModelCommand::AddKey(command) => crate::block_on(command.run(output)),
            ModelCommand::Store(command) => crate::block_on(command.run(output)),
            ModelCommand::Clear(command) => crate::block_on(command.run(output)),
            ModelCommand::List(command) => crate::block_on(command.run(output)),
            ModelCommand::Show(command) => crate::block_on(command.run(output)),
        }
    }
}
