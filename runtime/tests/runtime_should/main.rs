//! What the composition must be, whatever the pallets do.
//!
//! * [`wiring`]: every pallet is there under its name, with its own weights;
//! * [`limits`]: time and weight of a block, and what failures may cost;
//! * [`genesis`]: the presets build, and say what they should;
//! * [`authorized`]: transactions that nobody signs are taken, free, and once;
//! * [`metadata`]: the checked-in metadata is this runtime's;
//! * [`migrations`]: the state of the version before becomes one of this version;
//! * [`random_histories`]: every pallet's invariants hold, whatever is called.

mod authorized;
#[path = "../fixture/mod.rs"]
mod fixture;
mod genesis;
mod limits;
mod metadata;
mod migrations;
mod random_histories;
mod wiring;
