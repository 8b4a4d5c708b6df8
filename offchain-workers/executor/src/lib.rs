//! Runs quantized models on burn, bit-identical to the reference executor.
//!
//! Dense layers and convolutions (gathered into patches, never by another
//! algorithm) go to the device as float32 matrix products, which are exact
//! because every sum stays under 2^24 in magnitude (layers that could go over
//! are cut into slices of columns that cannot); everything else is done here in
//! integers, by the reference's own operators. Before an executor answers for
//! the first time it runs golden vectors, and a device that misses a bit is
//! refused by name. While it serves, each product of an accelerator is checked,
//! and one that is wrong or does not come sends the work to the processor.
//!
//! | where | what |
//! |---|---|
//! | [`BurnExecutor`] | a model on a device |
//! | [`Device`], [`DeviceChoice`] | the devices, by name, or the best |
//! | [`available`] | the devices of this machine |
//! | [`ExecutorError`] | what can go wrong |
//! | `multiply` | burn's tensors; `multiply::remote`: a model on an accelerator and its thread; `multiply::accelerator`: one that hangs is given up |
//! | `graph` | layers on the device, the rest in integers |
//! | `self_test` | golden vectors, before a device serves |
//! | `check` | each product, while an accelerator serves |

#![warn(missing_docs)]

mod check;
mod device;
mod error;
mod executor;
mod graph;
mod multiply;
mod self_test;

pub use device::{
    available, Adapter, Backend, Device, DeviceChoice, DeviceInfo, DeviceKind, UnknownChoice,
    UnknownDevice,
};
pub use error::ExecutorError;
pub use executor::{BurnExecutor, Chosen, Skipped};
