//! Money and events.

use crate::{abi, AccountId, Balance};
use codec::Encode;

/// Sends an amount in planck from this instance to an account.
///
/// The transfer happens when the call has ended well. The chain ends the call if
/// the instance has less than the amount.
pub fn transfer(to: &AccountId, amount: Balance) {
    abi::transfer(to, &amount.to_le_bytes());
}

/// Emits an event of this instance, SCALE-encoded: at most 4 KiB.
pub fn emit(event: &impl Encode) {
    event.using_encoded(abi::event);
}
