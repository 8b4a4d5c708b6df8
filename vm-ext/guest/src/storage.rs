//! What an instance remembers between calls.
//!
//! A key has at most 64 bytes and a value at most 16 KiB; the chain ends the call
//! beyond that. The caller pays a deposit for what grows and gets it back for what
//! shrinks.

use crate::abi;
use crate::entry::{revert, Failure};
use alloc::vec;
use alloc::vec::Vec;
use codec::{Decode, DecodeAll, Encode};
use core::marker::PhantomData;

/// Bytes that are read at once; a longer value takes a second reading.
const FIRST_READING: usize = 256;

/// The bytes under a key.
pub fn get(key: &[u8]) -> Option<Vec<u8>> {
    let mut value = vec![0; FIRST_READING];
    let length = abi::storage_get(key, &mut value)?;
    let complete = length <= value.len();
    value.resize(length, 0);
    if !complete {
        abi::storage_get(key, &mut value)?;
    }
    Some(value)
}

/// Whether there is a value under a key.
pub fn contains(key: &[u8]) -> bool {
    abi::storage_get(key, &mut []).is_some()
}

/// Puts bytes under a key, in the place of what was there.
pub fn set(key: &[u8], value: &[u8]) {
    abi::storage_set(key, value);
}

/// Removes what is under a key.
pub fn clear(key: &[u8]) {
    abi::storage_clear(key);
}

/// One value, SCALE-encoded under a key of its own.
pub struct Value<T> {
    key: &'static [u8],
    value: PhantomData<fn() -> T>,
}

impl<T: Encode + Decode> Value<T> {
    /// The value under a key. No other value or map may have a key that begins
    /// with this one.
    pub const fn new(key: &'static [u8]) -> Self {
        Value {
            key,
            value: PhantomData,
        }
    }

    /// The value, if there is one.
    ///
    /// The call reverts with [`Failure::Storage`] if another type is stored.
    pub fn get(&self) -> Option<T> {
        decode(get(self.key)?)
    }

    /// Stores a value.
    pub fn set(&self, value: &T) {
        value.using_encoded(|bytes| set(self.key, bytes));
    }

    /// Removes the value.
    pub fn clear(&self) {
        clear(self.key);
    }
}

/// Values by SCALE-encoded keys that share a prefix.
pub struct Map<K, V> {
    prefix: &'static [u8],
    entry: PhantomData<fn(K) -> V>,
}

impl<K: Encode, V: Encode + Decode> Map<K, V> {
    /// The values under a prefix. No other value or map may have a key that
    /// begins with it; prefix and encoded key together have at most 64 bytes.
    pub const fn new(prefix: &'static [u8]) -> Self {
        Map {
            prefix,
            entry: PhantomData,
        }
    }

    /// The value of a key, if there is one.
    ///
    /// The call reverts with [`Failure::Storage`] if another type is stored.
    pub fn get(&self, key: &K) -> Option<V> {
        decode(get(&self.key(key))?)
    }

    /// Whether the key has a value.
    pub fn contains(&self, key: &K) -> bool {
        contains(&self.key(key))
    }

    /// Stores the value of a key.
    pub fn set(&self, key: &K, value: &V) {
        value.using_encoded(|bytes| set(&self.key(key), bytes));
    }

    /// Removes the value of a key.
    pub fn clear(&self, key: &K) {
        clear(&self.key(key));
    }

    fn key(&self, key: &K) -> Vec<u8> {
        let mut bytes = self.prefix.to_vec();
        key.encode_to(&mut bytes);
        bytes
    }
}

fn decode<T: Decode>(bytes: Vec<u8>) -> Option<T> {
    match T::decode_all(&mut bytes.as_slice()) {
        Ok(value) => Some(value),
        Err(_) => revert(&Failure::<()>::Storage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_map_is_the_prefix_and_the_encoded_key() {
        let map = Map::<(u8, u16), ()>::new(b"pairs/");
        assert_eq!(map.key(&(1, 0x0203)), b"pairs/\x01\x03\x02");
    }
}
