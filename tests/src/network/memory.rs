//! What the members' processes have in memory.

use super::member::Member;
use super::{proc, Network};
use anyhow::{Context, Result};

/// What a process of a member runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `lattice-node`.
    Node,
    /// `lattice-worker`.
    Worker,
}

impl Program {
    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Worker => "worker",
        }
    }
}

/// Resident memory of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Whose process it is.
    pub member: String,
    pub program: Program,
    pub bytes: u64,
}

/// What every node and every worker has in memory now.
///
/// # Errors
/// One of them does not run.
pub fn resident(network: &Network) -> Result<Vec<Memory>> {
    let mut memory = Vec::new();
    for member in network.validators.iter().chain(&network.providers) {
        let node = member.process()?.id();
        memory.push(read(member, Program::Node, node)?);
    }
    for provider in &network.providers {
        let worker = provider.worker().context("its node has no worker");
        let worker = worker.with_context(|| provider.name().to_owned())?;
        memory.push(read(provider, Program::Worker, worker)?);
    }
    Ok(memory)
}

fn read(member: &Member, program: Program, process: u32) -> Result<Memory> {
    let bytes = proc::resident(process)
        .with_context(|| format!("the {} of {} has ended", program.name(), member.name()))?;
    Ok(Memory {
        member: member.name().to_owned(),
        program,
        bytes,
    })
}
