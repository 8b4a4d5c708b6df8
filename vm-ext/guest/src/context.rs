//! What the running call is.

use crate::{abi, AccountId, Balance};

/// The account that calls: of a user, or the deployer while `instantiate` runs.
pub fn caller() -> AccountId {
    abi::caller()
}

/// The account of this instance.
pub fn address() -> AccountId {
    abi::address()
}

/// What the caller sent with this call, in planck. The instance has it already.
pub fn value() -> Balance {
    Balance::from_le_bytes(abi::value())
}

/// What this instance can spend, in planck: the value of this call is in, and
/// what the call has transferred so far is out.
pub fn balance() -> Balance {
    Balance::from_le_bytes(abi::balance())
}

/// The number of the block that runs the call.
pub fn block_number() -> u64 {
    abi::block_number()
}

/// Gas that the call may still use; 1 gas is 1 picosecond of reference time.
pub fn gas_left() -> u64 {
    abi::gas_left()
}
