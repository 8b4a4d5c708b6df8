//! Requests that are still open, and of which there is something to tell: those of the tiers without
//! proof, and private ones.

mod private;

use super::super::private::progress as private_progress;
use super::super::tier;
use super::failed_as;
use crate::output::{fields, table};
use lattice_chain_client::{
    format_balance, Balance, Optimistic, OptimisticStatus, Private, Replica, ReplicaAppeal,
    ReplicaState, Replicated, ReplicatedPhase, RequestId, Result, Verification, View,
};
use lattice_importer::argmax;

/// An open request that takes more than one step.
pub enum Open {
    Private(Box<Private>),
    Optimistic(Box<Optimistic>),
    Replicated(Box<Replicated>),
}

impl Open {
    /// Looks a request up among all of these; `None` when it is none of them.
    pub async fn find(view: &View, request: RequestId) -> Result<Option<Self>> {
        if let Some(open) = view.optimistic(request).await? {
            return Ok(Some(Self::Optimistic(Box::new(open))));
        }
        if let Some(open) = view.replicated(request).await? {
            return Ok(Some(Self::Replicated(Box::new(open))));
        }
        let open = view.private_request(request).await?;
        Ok(open.map(|open| Self::Private(Box::new(open))))
    }

    /// Looks a request with public input up in its own tier; `None` for one that is settled on a proof.
    pub async fn of(
        view: &View,
        request: RequestId,
        verification: &Verification,
    ) -> Result<Option<Self>> {
        Ok(match verification {
            Verification::Optimistic { .. } => {
                let open = view.optimistic(request).await?;
                open.map(|open| Self::Optimistic(Box::new(open)))
            }
            Verification::Replicated { .. } => {
                let open = view.replicated(request).await?;
                open.map(|open| Self::Replicated(Box::new(open)))
            }
            Verification::Proven | Verification::ProvenByCeremony | Verification::Direct => None,
        })
    }

    /// The node's method that tells of it.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Optimistic(_) => "lattice_optimistic",
            Self::Replicated(_) => "lattice_replicated",
            Self::Private(_) => "lattice_privateRequest",
        }
    }

    /// How far it is.
    pub fn progress(&self) -> String {
        match self {
            Self::Optimistic(open) => optimistic_progress(open),
            Self::Replicated(open) => replicated_progress(open),
            Self::Private(open) => private_progress(open),
        }
    }

    /// Everything of it, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Optimistic(open) => describe_optimistic(self.progress(), open),
            Self::Replicated(open) => describe_replicated(self.progress(), open),
            Self::Private(open) => private::describe(self.progress(), open),
        }
    }
}

fn optimistic_progress(open: &Optimistic) -> String {
    match &open.status {
        OptimisticStatus::Assigned => {
            format!(
                "the provider owes the result, due in block {}",
                open.deadline
            )
        }
        OptimisticStatus::Posted {
            posted_at,
            final_at,
            challenges,
            ..
        } => match challenges.len() {
            0 => format!(
                "result posted in block {posted_at}, final after block {final_at} unless it is \
                 challenged"
            ),
            count => format!(
                "result posted in block {posted_at} and challenged; undecided disputes: {count}"
            ),
        },
        OptimisticStatus::Waiting { .. } => format!(
            "its provider failed, and the next block chooses another one; attempts left: {}",
            open.attempts_left
        ),
    }
}

fn replicated_progress(open: &Replicated) -> String {
    let count = |is: fn(&ReplicaState) -> bool| {
        open.replicas
            .iter()
            .filter(|replica| is(&replica.state))
            .count()
    };
    let shown = count(|state| matches!(state, ReplicaState::Revealed { .. }));
    let committed = count(|state| matches!(state, ReplicaState::Committed(_)));
    match &open.phase {
        ReplicatedPhase::Waiting { .. } => format!("the next block draws {} replicas", open.n),
        ReplicatedPhase::Committing { until } => format!(
            "{committed} of {} replicas have committed, the others may until block {until}",
            open.replicas.len()
        ),
        ReplicatedPhase::Revealing { until } => format!(
            "{shown} of {} replicas have shown their results, the others may until block {until}",
            committed.saturating_add(shown)
        ),
        ReplicatedPhase::Appealing { until, .. } => {
            let disputed = count(|state| {
                matches!(
                    state,
                    ReplicaState::Revealed {
                        appeal: ReplicaAppeal::Disputed(_),
                        ..
                    }
                )
            });
            match disputed {
                0 => format!("enough agree, those that differ may appeal until block {until}"),
                _ => format!("enough agree, {disputed} that differ dispute it"),
            }
        }
    }
}

fn describe_optimistic(progress: String, open: &Optimistic) -> String {
    let verification = Verification::Optimistic {
        window: open.window,
        bond: open.bond,
    };
    let price = &open.price;
    let mut rows = vec![
        ("request", open.request.to_string()),
        ("tier", tier::name(&verification)),
        ("open", progress),
        (
            "blocks",
            format!("requested {}, due {}", open.requested_at, open.deadline),
        ),
        ("requester", open.requester.to_string()),
        (
            "provider",
            match open.status {
                OptimisticStatus::Waiting { .. } => "none".to_owned(),
                _ => open.provider.to_string(),
            },
        ),
        ("model", format!("{} {:?}", open.model, open.model_hash)),
        (
            "price",
            format_balance(price.total().unwrap_or(Balance::MAX)),
        ),
        ("collateral", format_balance(open.collateral)),
        ("input", format!("{:?}", open.input_commitment)),
    ];
    for (provider, failure) in &open.failed {
        rows.push(("failed", format!("{provider}: {}", failed_as(*failure))));
    }
    if let OptimisticStatus::Posted {
        output,
        trace_root,
        challenges,
        ..
    } = &open.status
    {
        rows.push(("trace root", format!("{trace_root:?}")));
        rows.push(("logits", format!("{output:?}")));
        rows.push(("class", format!("{}, not final", argmax(output))));
        for (challenger, dispute) in challenges {
            rows.push((
                "challenged",
                format!(
                    "by {challenger} in dispute {dispute}; see `lattice disputes {challenger}`"
                ),
            ));
        }
    }
    fields(&rows)
}

fn describe_replicated(progress: String, open: &Replicated) -> String {
    let verification = Verification::Replicated {
        n: open.n,
        k: open.k,
    };
    let mut rows = vec![
        ("request", open.request.to_string()),
        ("tier", tier::name(&verification)),
        ("open", progress),
        ("requested", format!("block {}", open.requested_at)),
        ("requester", open.requester.to_string()),
        ("model", format!("{} {:?}", open.model, open.model_hash)),
        (
            "on hold",
            format!(
                "{}; those that agree are paid what they ask",
                format_balance(open.escrow)
            ),
        ),
        ("input", format!("{:?}", open.input_commitment)),
    ];
    if let ReplicatedPhase::Appealing { output, .. } = &open.phase {
        rows.push(("logits", format!("{output:?}")));
        rows.push(("class", format!("{}, not final", argmax(output))));
    }
    if open.replicas.is_empty() {
        return fields(&rows);
    }
    let header = ["replica", "asks", "collateral", "so far"];
    let replicas: Vec<Vec<String>> = open.replicas.iter().map(replica_row).collect();
    format!("{}\n{}", fields(&rows), table(&header, &replicas))
}

fn replica_row(replica: &Replica) -> Vec<String> {
    vec![
        replica.provider.to_string(),
        format_balance(replica.compute),
        format_balance(replica.collateral),
        match &replica.state {
            ReplicaState::Drawn => "drawn".to_owned(),
            ReplicaState::Committed(_) => "committed".to_owned(),
            ReplicaState::Revealed { output, appeal, .. } => {
                let shown = format!("class {}", argmax(output));
                match appeal {
                    ReplicaAppeal::None => shown,
                    ReplicaAppeal::Disputed(dispute) => format!("{shown}; dispute {dispute}"),
                    ReplicaAppeal::Lost => format!("{shown}; its dispute is lost"),
                }
            }
            ReplicaState::Late => "late".to_owned(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{AccountId, Failure, Price, H256};

    fn optimistic(status: OptimisticStatus<AccountId, u32>) -> Optimistic {
        Optimistic {
            request: 7,
            requester: AccountId([1; 32]),
            provider: AccountId([2; 32]),
            model: 3,
            model_hash: H256([3; 32]),
            input: vec![1],
            input_commitment: H256([4; 32]),
            content: H256([5; 32]),
            context: H256([6; 32]),
            price: Price::default(),
            collateral: 0,
            bond: 50,
            window: 100,
            requested_at: 10,
            deadline: 30,
            attempts_left: 0,
            failed: Vec::new(),
            status,
        }
    }

    fn posted(challenges: Vec<(AccountId, u64)>) -> Optimistic {
        optimistic(OptimisticStatus::Posted {
            output: vec![-3, 4],
            trace_root: H256([7; 32]),
            posted_at: 12,
            final_at: 112,
            challenges,
        })
    }

    fn replicated(
        phase: ReplicatedPhase<u32>,
        states: impl IntoIterator<Item = ReplicaState>,
    ) -> Replicated {
        let replica = |state| Replica {
            provider: AccountId([2; 32]),
            compute: 5,
            fee: 1,
            collateral: 9,
            state,
        };
        Replicated {
            request: 7,
            requester: AccountId([1; 32]),
            model: 3,
            model_hash: H256([3; 32]),
            vk_id: None,
            input: vec![1],
            input_commitment: H256([4; 32]),
            content: H256([5; 32]),
            n: 3,
            k: 2,
            deadline: 20,
            escrow: 90,
            royalty: 2,
            phase,
            replicas: states.into_iter().map(replica).collect(),
            requested_at: 10,
        }
    }

    fn revealed(appeal: ReplicaAppeal) -> ReplicaState {
        ReplicaState::Revealed {
            output: vec![1, 2],
            trace_root: H256([7; 32]),
            appeal,
        }
    }

    #[test]
    fn an_optimistic_request_says_what_is_still_to_come() {
        let assigned = optimistic(OptimisticStatus::Assigned);
        assert!(optimistic_progress(&assigned).contains("due in block 30"));
        let quiet = posted(Vec::new());
        assert!(optimistic_progress(&quiet).contains("final after block 112"));
        let challenger = AccountId([9; 32]);
        let open = Open::Optimistic(Box::new(posted(vec![(challenger, 5)])));
        let text = open.describe();
        for expected in [
            "undecided disputes: 1",
            "class",
            &format!("by {challenger} in dispute 5"),
        ] {
            assert!(text.contains(expected), "{expected} is missing:\n{text}");
        }
    }

    #[test]
    fn an_optimistic_request_that_waits_says_who_has_failed_it() {
        let provider = AccountId([2; 32]);
        let waiting = Optimistic {
            attempts_left: 2,
            failed: vec![(provider, Failure::Late)],
            ..optimistic(OptimisticStatus::Waiting { since: 31 })
        };
        let text = Open::Optimistic(Box::new(waiting)).describe();
        for expected in [
            "attempts left: 2",
            &format!("{provider}: its result was late"),
        ] {
            assert!(text.contains(expected), "{expected} is missing:\n{text}");
        }
    }

    #[test]
    fn a_replicated_request_counts_its_replicas() {
        let waiting = replicated(ReplicatedPhase::Waiting { since: 10 }, []);
        assert!(replicated_progress(&waiting).contains("draws 3 replicas"));
        let commitment = ReplicaState::Committed(H256([8; 32]));
        let committing = replicated(
            ReplicatedPhase::Committing { until: 31 },
            [commitment.clone(), ReplicaState::Drawn, ReplicaState::Drawn],
        );
        assert!(replicated_progress(&committing).contains("1 of 3 replicas have committed"));
        let revealing = replicated(
            ReplicatedPhase::Revealing { until: 41 },
            [
                commitment,
                revealed(ReplicaAppeal::None),
                ReplicaState::Late,
            ],
        );
        assert!(replicated_progress(&revealing).contains("1 of 2 replicas have shown"));
        let appealing = ReplicatedPhase::Appealing {
            until: 60,
            output: vec![2, 1],
            trace_root: H256([7; 32]),
        };
        let disputed = replicated(
            appealing,
            [
                revealed(ReplicaAppeal::None),
                revealed(ReplicaAppeal::None),
                revealed(ReplicaAppeal::Disputed(5)),
            ],
        );
        assert!(replicated_progress(&disputed).contains("1 that differ dispute it"));
        let text = Open::Replicated(Box::new(disputed)).describe();
        assert!(text.contains("class 1; dispute 5"), "{text}");
        assert!(text.contains("0, not final"), "{text}");
    }
}
