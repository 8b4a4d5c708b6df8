//! How a host function hands its reply to the runtime.
//!
//! The runtime passes a buffer and gets the reply's length. A reply that does
//! not fit is not written, and its length, larger than the buffer, says so.

use crate::HostError;
use alloc::{vec, vec::Vec};
use codec::{Decode, DecodeAll, Encode};

/// Makes a call with a buffer of `capacity` bytes and reads the reply from it.
///
/// # Errors
/// What the host answered, or [`HostError::Protocol`] if it is no reply.
pub fn receive<T: Decode>(
    capacity: usize,
    call: impl FnOnce(&mut [u8]) -> u32,
) -> Result<T, HostError> {
    let mut buffer: Vec<u8> = vec![0; capacity];
    let length = call(&mut buffer);
    usize::try_from(length)
        .ok()
        .and_then(|length| buffer.get(..length))
        .and_then(|mut reply| Result::<T, HostError>::decode_all(&mut reply).ok())
        .unwrap_or(Err(HostError::Protocol))
}

/// Writes a reply into the runtime's buffer, if it fits, and returns its length.
#[cfg_attr(substrate_runtime, allow(dead_code))]
pub fn send<T: Encode>(reply: Result<T, HostError>, buffer: &mut [u8]) -> u32 {
    let bytes = reply.encode();
    if let Some(place) = buffer.get_mut(..bytes.len()) {
        place.copy_from_slice(&bytes);
    }
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}
