//! An open replicated request, for people.

use crate::commands::tier;
use crate::output::{fields, table};
use lattice_chain_client::{
    format_balance, Replica, ReplicaAppeal, ReplicaState, Replicated, ReplicatedPhase, Verification,
};
use lattice_importer::argmax;

/// How far it is.
pub fn progress(open: &Replicated) -> String {
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

/// Everything that the chain has of a replicated request.
pub fn describe(progress: String, open: &Replicated) -> String {
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
    use super::super::Open;
    use super::*;
    use lattice_chain_client::{AccountId, H256};

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
    fn a_replicated_request_counts_its_replicas() {
        let waiting = replicated(ReplicatedPhase::Waiting { since: 10 }, []);
        assert!(progress(&waiting).contains("draws 3 replicas"));
        let commitment = ReplicaState::Committed(H256([8; 32]));
        let committing = replicated(
            ReplicatedPhase::Committing { until: 31 },
            [commitment.clone(), ReplicaState::Drawn, ReplicaState::Drawn],
        );
        assert!(progress(&committing).contains("1 of 3 replicas have committed"));
        let revealing = replicated(
            ReplicatedPhase::Revealing { until: 41 },
            [
                commitment,
                revealed(ReplicaAppeal::None),
                ReplicaState::Late,
            ],
        );
        assert!(progress(&revealing).contains("1 of 2 replicas have shown"));
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
        assert!(progress(&disputed).contains("1 that differ dispute it"));
        let text = Open::Replicated(Box::new(disputed)).describe();
        assert!(text.contains("class 1; dispute 5"), "{text}");
        assert!(text.contains("0, not final"), "{text}");
    }
}
