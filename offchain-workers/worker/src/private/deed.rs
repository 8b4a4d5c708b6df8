//! What comes of actions for private requests: the labels of a metric.

/// What came of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A result with its proof is in a block.
    Submitted,
    /// An output that was asked for is in a block.
    Posted,
    /// That there is no valid input is in a block.
    Claimed,
    /// Nothing, for now.
    Failed,
}

impl Deed {
    /// Every deed, for labels.
    pub const ALL: [Deed; 4] = [Deed::Submitted, Deed::Posted, Deed::Claimed, Deed::Failed];

    /// The word for it in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Deed::Submitted => "submitted",
            Deed::Posted => "posted",
            Deed::Claimed => "claimed",
            Deed::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn labels_are_different_words() {
        let deeds: BTreeSet<_> = Deed::ALL.map(Deed::name).into();
        assert_eq!(deeds.len(), Deed::ALL.len());
    }
}
