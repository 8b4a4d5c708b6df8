//! The Lattice runtime.
//!
//! * [`constants`]: time, money, and what a block may cost;
//! * [`types`]: account, block and extrinsic types, and the transaction extensions;
//! * [`configs`]: what each pallet is given, one file per family;
//! * [`apis`]: the runtime APIs, over which every client reads the chain;
//! * [`migrations`]: from the storage of one version to that of the next;
//! * [`genesis_config_presets`]: `development` and `local_testnet`.
//!
//! The composition itself is the module `runtime` below: its order is the
//! order of the pallets' hooks, its indices and names are what clients encode.

#![cfg_attr(not(feature = "std"), no_std)]
// The pallet composition nests types more deeply than the default allows.
#![recursion_limit = "512"]

extern crate alloc;

use alloc::vec::Vec;

// The macro puts the version into a section of the Wasm, which is a link attribute.
#[allow(unsafe_code)]
mod version;

// The exported functions of a runtime are `#[no_mangle]`; the macro writes them.
#[allow(unsafe_code)]
pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod constants;
pub mod genesis_config_presets;
pub mod migrations;
pub mod types;

pub use constants::*;
pub use types::*;
pub use version::VERSION;

// The generated file also names paths that only other tools use.
#[cfg(feature = "std")]
#[allow(dead_code)]
mod wasm {
    include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}
#[cfg(feature = "std")]
pub use wasm::{WASM_BINARY, WASM_BINARY_BLOATY};

/// The Wasm runtime that this build embeds.
///
/// # Errors
/// When the build was made with `SKIP_WASM_BUILD` and embeds none.
#[cfg(feature = "std")]
pub fn wasm_binary() -> Result<&'static [u8], &'static str> {
    WASM_BINARY.ok_or(
        "this build embeds no Wasm runtime, because SKIP_WASM_BUILD was set when it was compiled; \
         build again without it",
    )
}

/// The pallets, in the order in which their hooks run.
#[frame_support::runtime]
mod runtime {
    /// The type to which all pallet configurations are attached.
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(2)]
    pub type Aura = pallet_aura;
    #[runtime::pallet_index(3)]
    pub type Grandpa = pallet_grandpa;
    #[runtime::pallet_index(4)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(5)]
    pub type TransactionPayment = pallet_transaction_payment;
    #[runtime::pallet_index(6)]
    pub type Sudo = pallet_sudo;

    #[runtime::pallet_index(10)]
    pub type ModelRegistry = pallet_model_registry;
    #[runtime::pallet_index(11)]
    pub type ComputeProviders = pallet_compute_providers;
    #[runtime::pallet_index(12)]
    pub type Inference = pallet_inference;
    #[runtime::pallet_index(13)]
    pub type AiPrograms = pallet_ai_programs;
    #[runtime::pallet_index(14)]
    pub type Ceremonies = pallet_ceremonies;
    #[runtime::pallet_index(15)]
    pub type PaymentChannels = pallet_payment_channels;

    #[runtime::pallet_index(19)]
    pub type Subscriptions = pallet_subscriptions;

    #[runtime::pallet_index(16)]
    pub type Disputes = pallet_disputes;

    #[runtime::pallet_index(17)]
    pub type Optimistic = pallet_optimistic;

    #[runtime::pallet_index(18)]
    pub type Replication = pallet_replication;

    #[runtime::pallet_index(20)]
    pub type PrivateRequests = pallet_private_requests;
}
