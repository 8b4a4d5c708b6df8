//! Prepared verifying keys, decoded.
//!
//! Decoding prepares the pairing's lines for γ, δ and a committed key's ε, a tenth of a verification.
//! The cache saves it for keys that are used again. An entry is found by the bytes
//! themselves, so none can be stale, and gas is that of a cold cache.

use lattice_verifier::{PreparedKey, PreparedKeyError};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Keys that are kept; each takes about 40 KiB.
const CAPACITY: usize = 64;

/// The bytes as stored on chain, and the key decoded from them.
type Entry = (Vec<u8>, Arc<PreparedKey>);

static RECENT: Mutex<VecDeque<Entry>> = Mutex::new(VecDeque::new());

/// Decodes a prepared key, or finds it decoded.
pub fn decode(prepared: &[u8]) -> Result<Arc<PreparedKey>, PreparedKeyError> {
    if let Some(key) = find(prepared) {
        return Ok(key);
    }
    let key = Arc::new(PreparedKey::decode(prepared)?);
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    recent.retain(|(other, _)| other != prepared);
    recent.push_front((prepared.to_vec(), key.clone()));
    recent.truncate(CAPACITY);
    Ok(key)
}

/// Finds a key and moves it to the front, where it is forgotten last.
fn find(prepared: &[u8]) -> Option<Arc<PreparedKey>> {
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let position = recent.iter().position(|(other, _)| other == prepared)?;
    let entry = recent.remove(position)?;
    let key = entry.1.clone();
    recent.push_front(entry);
    Some(key)
}
