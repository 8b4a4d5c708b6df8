//! When something that failed is tried again.

use lattice_chain_client::BlockNumber;

/// Most blocks until a model is tried again that could not be fetched.
const MAX_WAIT: BlockNumber = 256;

/// When a model is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Later {
    failures: u32,
    pub not_before: BlockNumber,
}

impl Later {
    /// After one more failure, twice as many blocks later each time.
    pub fn after(previous: Option<Self>, block: BlockNumber) -> Self {
        let failures = previous.map_or(0, |later| later.failures).saturating_add(1);
        let wait = 1_u32.checked_shl(failures).unwrap_or(MAX_WAIT);
        Self {
            failures,
            not_before: block.saturating_add(wait.min(MAX_WAIT)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_tried_again_later_each_time_and_not_for_ever_later() {
        let mut later = None;
        let mut waits = Vec::new();
        for _ in 0..40 {
            let next = Later::after(later, 100);
            waits.push(next.not_before - 100);
            later = Some(next);
        }
        assert_eq!(waits[..4], [2, 4, 8, 16]);
        assert_eq!(waits[39], MAX_WAIT);
        assert!(waits.is_sorted());
    }
}
