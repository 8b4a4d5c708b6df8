//! One file per command group.

pub mod account;
pub mod asm;
pub mod ceremony;
pub mod challenge;
pub mod channel;
pub mod disasm;
pub mod disputes;
pub mod history;
pub mod infer;
pub mod model;
pub mod private;
pub mod program;
pub mod proof;
pub mod prove;
pub mod provider;
pub mod quote;
pub mod record;
pub mod run;
pub mod setup;
pub mod subscription;
pub mod tier;
pub mod top;
pub mod verify;
pub mod verify_key;
pub mod vm;
