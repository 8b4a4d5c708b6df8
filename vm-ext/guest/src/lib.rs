//! SDK for WebAssembly programs that run on a Lattice chain.
//!
//! A program is a crate of kind `cdylib`, compiled for `wasm32v1-none`, with two
//! exports that [`entry!`] makes: `instantiate`, run once when an instance is
//! made, and `call`. Each takes a SCALE-encoded message as its input and gives a
//! SCALE-encoded reply as its output, so polkadot.js encodes and decodes both. The
//! program depends on `parity-scale-codec` (without `std`) for its messages.
//!
//! * [`mod@entry`]: from messages to functions and back, [`Failure`];
//! * [`model`], [`tensor`]: the instructions on models and tensors;
//! * [`proof`]: execution proofs and committed results;
//! * [`context`]: who calls, with what value, in which block, with how much gas;
//! * [`account`]: money, events, and the end of an instance;
//! * [`storage`]: what an instance remembers;
//! * [`hash`]: the hash function of the chain, Blake2-256.
//!
//! ```
//! use codec::Encode;
//! use lattice_guest::{account, context, storage::Value};
//!
//! /// How often the instance was greeted.
//! const GREETINGS: Value<u64> = Value::new(b"greetings");
//!
//! #[derive(Encode)]
//! enum Error {
//!     Overflow,
//! }
//!
//! fn instantiate(_: ()) -> Result<(), Error> {
//!     GREETINGS.set(&0);
//!     Ok(())
//! }
//!
//! fn call(_: ()) -> Result<u64, Error> {
//!     let greetings = GREETINGS.get().unwrap_or(0).checked_add(1).ok_or(Error::Overflow)?;
//!     GREETINGS.set(&greetings);
//!     account::emit(&(context::caller(), greetings));
//!     Ok(greetings)
//! }
//!
//! lattice_guest::entry!(instantiate: instantiate, call: call);
//! ```
//!
//! An operation that the chain refuses ends the call with a typed trap and does
//! not return: nothing that the call did remains, and its gas is paid. So the
//! functions here give no errors for what the chain refuses.
//!
//! Programs may not use floating-point numbers. Off WebAssembly the crate
//! compiles, so that what a program computes by itself can be tested, but every
//! function that needs the chain panics.

#![no_std]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

mod abi;
pub mod account;
pub mod context;
pub mod entry;
pub mod hash;
pub mod model;
pub mod proof;
mod rt;
pub mod storage;
pub mod tensor;

pub use entry::Failure;
pub use model::Model;
pub use tensor::Tensor;

/// The 32 bytes of an account.
pub type AccountId = [u8; 32];

/// An amount in planck.
pub type Balance = u128;

/// Identity of a model: Blake2-256 of its manifest.
pub type ModelHash = [u8; 32];

/// Identity of a verifying key, as the registry computes it.
pub type KeyId = [u8; 32];

/// A canonical little-endian element of the BN254 scalar field.
pub type PublicInput = [u8; 32];

/// A Groth16 proof: A, B and C, and D if it has a commitment, in arkworks' compressed form. It has
/// 128 bytes, or 160; the chain ends a call that asks about any other number.
pub type ProofBytes = alloc::vec::Vec<u8>;
