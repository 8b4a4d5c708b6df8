//! What a machine has, as far as a provider of inferences cares.
//!
//! | module | what |
//! |---|---|
//! | [`machine`] | [`Machine`]: everything at once, and what of it is published on the chain |
//! | [`cpu`] | the processor, and how many threads this process may run on it |
//! | [`memory`] | memory, within what the process's control groups allow |
//! | [`disk`] | room on the disk of a folder |
//! | [`gpu`] | GPUs: through `nvidia-smi`, `vulkaninfo` and the kernel's list |
//! | [`process`] | the peak of this process's own memory |
//! | `command` | running a program that may hang or talk too much |
//!
//! Nothing here fails: what cannot be found out is left out. Nothing here says that a device computes
//! right, which only running it does; see `lattice-executor`.

#![warn(missing_docs)]

mod command;
pub mod cpu;
pub mod disk;
pub mod gpu;
pub mod machine;
pub mod memory;
pub mod process;

pub use cpu::Cpu;
pub use disk::Disk;
pub use gpu::{Api, Gpu, Kind};
pub use machine::Machine;
pub use memory::Memory;

/// Bytes as MiB, rounded down; more than 4 PiB count as that.
fn mib(bytes: u64) -> u32 {
    u32::try_from(bytes >> 20).unwrap_or(u32::MAX)
}
