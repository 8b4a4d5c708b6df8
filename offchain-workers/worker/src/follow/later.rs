//! When an assignment that failed is tried again.

use crate::{metrics::Stage, serve::ServeError};
use lattice_chain_client::BlockNumber;

/// Attempts at an assignment, two blocks apart, then four, eight and so on.
const MAX_ATTEMPTS: u32 = 6;

/// What the failures of an assignment leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Later {
    pub attempts: u32,
    /// Nothing is done about it before this block.
    pub not_before: BlockNumber,
    /// The last attempt failed because the model was not loaded, as any would before it is.
    pub lacks_model: bool,
}

impl Later {
    /// After another failure.
    pub fn after(self, error: &ServeError, now: BlockNumber) -> Self {
        let lacks_model = error.lacks_model();
        // A node that is away, or a model that is yet to come, says nothing about the assignment.
        let counts = error.stage() != Stage::Chain && !lacks_model;
        let attempts = self.attempts.saturating_add(u32::from(counts));
        let wait = match lacks_model {
            true => 0,
            false => 1 << attempts.min(MAX_ATTEMPTS),
        };
        Self {
            attempts,
            not_before: now.saturating_add(wait),
            lacks_model,
        }
    }

    /// Whether it is given up.
    pub fn is_over(&self) -> bool {
        self.attempts >= MAX_ATTEMPTS
    }

    /// Whether it is tried again in a block; `has_model` says whether its model is loaded by now.
    pub fn is_due(&self, block: BlockNumber, has_model: impl FnOnce() -> bool) -> bool {
        !self.is_over() && block >= self.not_before && (!self.lacks_model || has_model())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{models::Mismatch, submit::SubmitError};

    const NOW: BlockNumber = 100;

    fn no_model() -> ServeError {
        Mismatch::UnknownKey("0x01".to_owned()).into()
    }

    #[test]
    fn what_fails_is_tried_again_more_rarely_and_given_up_in_the_end() {
        let mut later = Later::default();
        for (number, wait) in [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 64)] {
            assert!(!later.is_over());
            // A panic is a failure like any other.
            later = later.after(&ServeError::Panicked, NOW);
            assert_eq!((later.attempts, later.not_before), (number, NOW + wait));
            assert!(!later.is_due(NOW + wait - 1, || true));
            assert_eq!(later.is_due(NOW + wait, || false), !later.is_over());
        }
        assert!(later.is_over());
    }

    #[test]
    fn what_lacks_its_model_is_tried_as_soon_as_that_is_there_and_is_never_given_up() {
        let mut later = Later::default();
        for _ in 0..100 {
            later = later.after(&no_model(), NOW);
        }
        assert_eq!((later.attempts, later.is_over()), (0, false));
        assert!(!later.is_due(NOW + 1_000, || false));
        assert!(later.is_due(NOW, || true));
        // What goes wrong after that counts.
        assert_eq!(later.after(&ServeError::Panicked, NOW).not_before, NOW + 2);
    }

    #[test]
    fn another_model_under_its_keys_will_not_change() {
        let other = Mismatch::OtherModel {
            vk_id: "0x01".to_owned(),
            loaded: "0x02".to_owned(),
            requested: "0x03".to_owned(),
        };
        let later = Later::default().after(&other.into(), NOW);
        assert_eq!((later.attempts, later.lacks_model), (1, false));
    }

    #[test]
    fn a_node_that_is_away_says_nothing_of_the_assignment() {
        let away = ServeError::Submit(SubmitError::Stopped);
        let later = Later::default().after(&away, NOW);
        assert_eq!((later.attempts, later.not_before), (0, NOW + 1));
    }
}
