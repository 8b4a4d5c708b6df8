//! Money, events, and the end of an instance.

use crate::{abi, AccountId, Balance};
use codec::Encode;

/// Sends an amount in planck from this instance to an account.
///
/// The transfer happens when the call has ended well. The chain ends the call if
/// the instance has less than the amount.
pub fn transfer(to: &AccountId, amount: Balance) {
    abi::transfer(to, &amount.to_le_bytes());
}

/// Ends the call, and this instance with it; the call's reply is empty.
///
/// All that the call did stays done. Then the instance's storage and committed results are
/// removed, their deposits go to the caller, and all that the instance has, in planck, goes
/// to the beneficiary, the existential deposit included. Nobody can call it any more. Its
/// code may be removed once no other instance runs it.
///
/// The chain ends the call with a trap instead, and nothing happens, while the instance is
/// being made; if the beneficiary is the instance itself; if its storage has more than 2,048
/// entries, some of which an earlier call can clear; or without gas for each entry.
pub fn terminate(beneficiary: &AccountId) -> ! {
    abi::terminate(beneficiary)
}

/// Emits an event of this instance, SCALE-encoded: at most 4 KiB.
pub fn emit(event: &impl Encode) {
    event.using_encoded(abi::event);
}
