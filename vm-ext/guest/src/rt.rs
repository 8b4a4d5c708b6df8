//! What the standard library gives elsewhere: an allocator, and an end for panics.

/// Frees and reuses memory; the standard library's own choice for WebAssembly.
#[cfg(all(target_arch = "wasm32", feature = "allocator"))]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[cfg(all(target_arch = "wasm32", feature = "panic-handler"))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    crate::abi::revert(message::failure(&info.message()).as_bytes())
}

#[cfg(any(test, all(target_arch = "wasm32", feature = "panic-handler")))]
mod message {
    use codec::{Encode, Output};
    use core::fmt;

    /// Bytes of a panic's message that are kept.
    const MESSAGE: usize = 200;

    /// The message with the variant and the length before it.
    const FAILURE: usize = MESSAGE + 3;

    /// [`crate::Failure::Panic`], encoded without allocating: the panic may come
    /// from the allocator.
    pub fn failure(message: &dyn fmt::Display) -> Buffer<FAILURE> {
        let mut text = Buffer::<MESSAGE>::new();
        // The only error is that the rest does not fit.
        let _ = fmt::write(&mut text, format_args!("{message}"));
        let mut encoded = Buffer::new();
        (2u8, text.as_str()).encode_to(&mut encoded);
        encoded
    }

    /// Bytes without an allocation.
    pub struct Buffer<const CAPACITY: usize> {
        bytes: [u8; CAPACITY],
        length: usize,
    }

    impl<const CAPACITY: usize> Buffer<CAPACITY> {
        const fn new() -> Self {
            Buffer {
                bytes: [0; CAPACITY],
                length: 0,
            }
        }

        pub fn as_bytes(&self) -> &[u8] {
            self.bytes.get(..self.length).unwrap_or_default()
        }

        /// What was written as text, without a character that is there in part.
        fn as_str(&self) -> &str {
            let bytes = self.as_bytes();
            match core::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => bytes
                    .get(..error.valid_up_to())
                    .and_then(|bytes| core::str::from_utf8(bytes).ok())
                    .unwrap_or_default(),
            }
        }

        /// Appends what fits; whether it was all.
        fn append(&mut self, bytes: &[u8]) -> bool {
            let room = self.bytes.get_mut(self.length..).unwrap_or_default();
            let copied = bytes.len().min(room.len());
            for (place, byte) in room.iter_mut().zip(bytes) {
                *place = *byte;
            }
            self.length = self.length.saturating_add(copied);
            copied == bytes.len()
        }
    }

    impl<const CAPACITY: usize> fmt::Write for Buffer<CAPACITY> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            if self.append(text.as_bytes()) {
                Ok(())
            } else {
                Err(fmt::Error)
            }
        }
    }

    impl<const CAPACITY: usize> Output for Buffer<CAPACITY> {
        fn write(&mut self, bytes: &[u8]) {
            self.append(bytes);
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::Failure;
        use alloc::string::{String, ToString};

        #[test]
        fn a_panic_is_encoded_as_the_failure_that_it_is() {
            let longest = "x".repeat(MESSAGE);
            for message in ["", "no such digit", longest.as_str()] {
                let expected = Failure::<()>::Panic(message.to_string()).encode();
                assert_eq!(failure(&message).as_bytes(), expected);
            }
        }

        #[test]
        fn a_long_message_is_cut_between_characters() {
            // The last character of two bytes begins in the last byte.
            let message = String::from("x") + &"é".repeat(MESSAGE);
            let kept = String::from("x") + &"é".repeat((MESSAGE - 1) / 2);
            let expected = Failure::<()>::Panic(kept).encode();
            assert_eq!(failure(&message).as_bytes(), expected);
        }
    }
}
