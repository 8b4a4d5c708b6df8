//! How much a mailbox keeps, and whether there is room for more.

use crate::private::store::Index;
use lattice_chain_client::AccountId;

/// How much a mailbox keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most requests with an input or an output.
    pub rows: usize,
    /// Most bytes of all of them.
    pub bytes: usize,
    /// Most of them by one requester.
    pub per_account: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 1_024,
            bytes: 64 * 1024 * 1024,
            per_account: 64,
        }
    }
}

impl Limits {
    /// Whether an account may leave another input of so many elements.
    pub(super) fn have_room(&self, index: &Index, account: &AccountId, elements: usize) -> bool {
        let (rows, bytes) = used(index);
        let full = index.values().filter(|entry| entry.is_full);
        let theirs = full.filter(|entry| entry.requester == *account && entry.ended_at.is_none());
        rows < self.rows
            && bytes.saturating_add(elements) <= self.bytes
            && theirs.count() < self.per_account
    }
}

/// Requests with an input or an output, and the bytes of all.
pub(super) fn used(index: &Index) -> (usize, usize) {
    let full = index.values().filter(|entry| entry.is_full).count();
    (full, index.values().map(|entry| entry.bytes).sum())
}
