//! In which roles a worker acts, and what comes of it: the labels of a metric.

/// As whom a worker acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Optimist,
    Replica,
    Defender,
    Challenger,
    Watcher,
}

impl Role {
    /// Every role, for labels.
    pub const ALL: [Role; 5] = [
        Role::Optimist,
        Role::Replica,
        Role::Defender,
        Role::Challenger,
        Role::Watcher,
    ];

    /// The word for it in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Optimist => "optimist",
            Role::Replica => "replica",
            Role::Defender => "defender",
            Role::Challenger => "challenger",
            Role::Watcher => "watcher",
        }
    }
}

/// What came of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Its extrinsic is in a block.
    Included,
    /// Nothing, for now.
    Failed,
    /// A result of another provider is the model's.
    Agreed,
    /// A result of another provider is not the model's.
    Differed,
    /// The bond of a challenge is more than the account can spend.
    Unaffordable,
}

impl Deed {
    /// Every deed, for labels.
    pub const ALL: [Deed; 5] = [
        Deed::Included,
        Deed::Failed,
        Deed::Agreed,
        Deed::Differed,
        Deed::Unaffordable,
    ];

    /// The word for it in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Deed::Included => "included",
            Deed::Failed => "failed",
            Deed::Agreed => "agreed",
            Deed::Differed => "differed",
            Deed::Unaffordable => "unaffordable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn labels_are_different_words() {
        let roles: BTreeSet<_> = Role::ALL.map(Role::name).into();
        let deeds: BTreeSet<_> = Deed::ALL.map(Deed::name).into();
        assert_eq!((roles.len(), deeds.len()), (5, 5));
    }
}
