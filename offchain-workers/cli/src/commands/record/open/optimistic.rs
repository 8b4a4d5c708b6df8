//! An open optimistic request, for people.

use crate::commands::{record::failed_as, tier};
use crate::output::fields;
use lattice_chain_client::{format_balance, Balance, Optimistic, OptimisticStatus, Verification};
use lattice_importer::argmax;

/// How far it is.
pub fn progress(open: &Optimistic) -> String {
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

/// Everything that the chain has of an optimistic request.
pub fn describe(progress: String, open: &Optimistic) -> String {
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

#[cfg(test)]
mod tests {
    use super::super::Open;
    use super::*;
    use lattice_chain_client::samples::optimistic;
    use lattice_chain_client::{AccountId, Failure, H256};

    fn posted(challenges: Vec<(AccountId, u64)>) -> Optimistic {
        optimistic(OptimisticStatus::Posted {
            output: vec![-3, 4],
            trace_root: H256([7; 32]),
            posted_at: 12,
            final_at: 112,
            challenges,
        })
    }

    #[test]
    fn an_optimistic_request_says_what_is_still_to_come() {
        let assigned = optimistic(OptimisticStatus::Assigned);
        assert!(progress(&assigned).contains("due in block 30"));
        let quiet = posted(Vec::new());
        assert!(progress(&quiet).contains("final after block 112"));
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
}
