//! `lattice`: import models, make keys, register, serve, infer, verify.
//!
//! * [`args`]: the command line, and what several commands share;
//! * [`commands`]: one file per command group;
//! * [`input`]: model inputs from `.npy` and JSON files;
//! * [`program`]: programs from assembly text, bytecode, hexadecimal text and WebAssembly modules;
//! * [`output`]: for people, or one JSON object;
//! * [`progress`]: progress bars in a terminal, silence in a pipe;
//! * [`failure`]: errors that have an exit code of their own.

mod args;
mod commands;
mod failure;
mod input;
mod output;
mod program;
mod progress;

use args::{Cli, Command};
use clap::Parser;
use output::Output;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let output = Output::new(cli.json);
    match dispatch(cli.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = failure::exit_code(&error);
            output.error(&error, code);
            ExitCode::from(code)
        }
    }
}

fn dispatch(command: Command, output: &Output) -> anyhow::Result<()> {
    match command {
        Command::Model(command) => command.run(output),
        Command::Setup(command) => command.run(output),
        Command::Proof(command) => command.run(output),
        Command::Run(command) => command.run(output),
        Command::Prove(command) => command.run(output),
        Command::Asm(command) => command.run(output),
        Command::Disasm(command) => command.run(output),
        Command::Vm(command) => command.run(output),
        Command::Hardware(command) => command.run(output),
        Command::Ceremony(command) => block_on(command.run(output)),
        Command::VerifyKey(command) => block_on(command.run(output)),
        Command::Program(command) => block_on(command.run(output)),
        Command::Provider(command) => block_on(command.run(output)),
        Command::Account(command) => block_on(command.run(output)),
        Command::Quote(command) => block_on(command.run(output)),
        Command::Channel(command) => block_on(command.run(output)),
        Command::Subscribe(command) => block_on(command.run(output)),
        Command::Subscription(command) => block_on(command.run(output)),
        Command::Private(command) => block_on(command.run(output)),
        Command::Cancel(command) => block_on(command.run(output)),
        Command::Disputes(command) => block_on(command.run(output)),
        Command::Challenge(command) => block_on(command.run(output)),
        Command::Infer(command) => block_on(command.run(output)),
        Command::Load(command) => block_on(command.run(output)),
        Command::Record(command) => block_on(command.run(output)),
        Command::History(command) => block_on(command.run(output)),
        Command::Top(command) => block_on(command.run(output)),
        Command::Verify(command) => block_on(command.run(output)),
    }
}

/// Runs a command that talks to the chain.
pub(crate) fn block_on<T>(
    work: impl std::future::Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(work)
}
