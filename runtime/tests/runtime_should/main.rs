//! What the composition must be, whatever the pallets do.
//!
//! * [`wiring`]: every pallet is there under its name, with its own weights;
//! * [`limits`]: time and weight of a block;
//! * [`genesis`]: the presets build, and say what they should;
//! * [`metadata`]: the checked-in metadata is this runtime's.

mod genesis;
mod limits;
mod metadata;
mod wiring;
