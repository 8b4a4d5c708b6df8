//! Arrays of bytes in NumPy's format.

use std::path::Path;

/// The elements of an array of u8.
///
/// The format is a magic number of 6 bytes, a version of 2, the length of the
/// header as u16 (version 1), the header, and the elements.
pub fn read(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/digits");
    let path = folder.join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(bytes[..8], *b"\x93NUMPY\x01\x00", "{name}");
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let text = String::from_utf8_lossy(&bytes[10..10 + header]);
    assert!(text.contains("'descr': '|u1'") && text.contains("'fortran_order': False"));
    bytes[10 + header..].to_vec()
}
