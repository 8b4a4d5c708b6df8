//! A Lattice network made of real processes on this machine.
//!
//! * [`process`]: a child process with its log, killed when dropped;
//! * [`node`]: `lattice-node --dev` on free ports;
//! * [`worker`]: `lattice-worker` on a model folder;
//! * [`tool`]: the `lattice` command, run as a user runs it;
//! * [`script`]: a script for polkadot.js;
//! * [`accounts`]: what well-known accounts have, and what they paid;
//! * [`digits`]: the handwritten digits held out from training;
//! * [`network`]: several nodes, and what they survive;
//! * [`stage`]: all of it together: model registered, provider staked, worker serving.

pub mod accounts;
pub mod digits;
pub mod network;
pub mod node;
pub mod process;
pub mod script;
pub mod stage;
pub mod tool;
pub mod worker;
