//! Blake2-256 and hexadecimal text.

use blake2::{
    digest::{consts::U32, Digest},
    Blake2b,
};

/// Blake2b with 32 bytes of output, over the concatenation of `parts`.
pub(crate) fn blake2_256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Blake2b::<U32>::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Lower-case hexadecimal text of `bytes`, without prefix.
pub(crate) fn hex(bytes: &[u8; 32]) -> alloc::string::String {
    use core::fmt::Write;
    let mut text = alloc::string::String::with_capacity(64);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blake2_256_is_the_hash_that_substrate_uses() {
        // Blake2b-256 of the empty string, as `sp_core::blake2_256(b"")`.
        assert_eq!(
            hex(&blake2_256(&[])),
            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
        );
    }

    #[test]
    fn parts_are_concatenated() {
        assert_eq!(blake2_256(&[b"ab", b"c"]), blake2_256(&[b"abc"]));
    }
}
