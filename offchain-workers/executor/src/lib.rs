//! Runs quantized models on burn, bit-identical to the reference executor.
//!
//! Dense layers and convolutions (gathered into patches, never by another
//! algorithm) go to the device as float32 matrix products, which are exact
//! because every sum stays under 2^24 in magnitude (layers that could go over
//! are cut into slices of columns that cannot); everything else is done here in
//! integers, by the reference's own operators. Before an executor answers for
//! the first time it runs golden vectors, and a device that misses a bit is
//! refused by name.
//!
//! | where | what |
//! |---|---|
//! | [`BurnExecutor`] | a model on a device |
//! | [`Device`] | the devices, by name |
//! | [`ExecutorError`] | what can go wrong |
//! | `multiply` | the only code that names burn |
//! | `graph` | layers on the device, the rest in integers |
//! | `self_test` | golden vectors |

#![warn(missing_docs)]

mod device;
mod error;
mod executor;
mod graph;
mod multiply;
mod self_test;

pub use device::{Device, UnknownDevice};
pub use error::ExecutorError;
pub use executor::BurnExecutor;
