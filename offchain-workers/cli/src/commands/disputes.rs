//! `lattice disputes`

use super::provider::Signed;
use crate::output::{fields, table, Output};
use clap::Args;
use lattice_chain_client::{
    format_balance, AccountId, BlockNumber, Client, Dispute, DisputePlace, DisputeTurn, Optimistic,
    OptimisticStatus,
};
use serde::Serialize;
use serde_json::{json, Value};

const AFTER_HELP: &str = "\
A dispute walks down the tree over the results of all operators that the defender has committed to:
a defender reveals a node, the challenger names its first child that differs, and so on down to one
element, which the chain computes. Who does not answer in time has lost.

Of an account all its disputes are listed, about optimistic and about replicated requests. With --all,
or without an account, all optimistic results are that are not final yet, with the disputes about them.

Examples:
  lattice disputes
  lattice disputes --all
  lattice disputes --key-file key";

/// List disputes: who challenges whom, where in the tree, whose turn it is, and until when.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Disputes {
    /// Disputes in which this account is challenger or defender [default: that of --key-file or
    /// --dev-seed, if given].
    #[arg(value_name = "ACCOUNT")]
    pub account: Option<AccountId>,
    /// All results that are not final, and the disputes about them.
    #[arg(long, conflicts_with = "account")]
    pub all: bool,
    #[command(flatten)]
    pub signed: Signed,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    /// Whose disputes these are; absent with all results.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// Results that are not final; absent with the disputes of an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<Vec<ShownResult>>,
    disputes: Vec<ShownDispute>,
}

/// A result that may be challenged; the bond in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownResult {
    request: String,
    model: u32,
    provider: String,
    bond: String,
    output: Vec<i32>,
    posted_at: BlockNumber,
    final_at: BlockNumber,
    /// Numbers of the disputes about it.
    disputes: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownDispute {
    dispute: String,
    request: String,
    model: u32,
    challenger: String,
    defenders: Vec<String>,
    /// Where in the tree it is, as the node's RPC says it, or the element at the bottom.
    place: Value,
    /// What is to be done next: `reveal`, `choose` or `defend`.
    turn: &'static str,
    /// By whom: `challenger` or `defender`.
    whose: &'static str,
    /// The last block to do it in.
    due: BlockNumber,
    opened_at: BlockNumber,
}

impl Disputes {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let account = self.account_asked()?;
        let client = self.signed.chain.connect().await?;
        let Some(account) = account else {
            return all(&client, output).await;
        };
        let disputes = client.best().all_disputes_of(&account).await?;
        let shown = Shown {
            account: Some(account.to_string()),
            results: None,
            disputes: disputes.iter().map(shown).collect(),
        };
        output.show(&shown, || match disputes.is_empty() {
            true => format!("{account} has no open disputes"),
            false => list(&disputes),
        })
    }

    /// The account whose disputes are wanted; `None` for all results.
    fn account_asked(&self) -> anyhow::Result<Option<AccountId>> {
        let signer = &self.signed.signer;
        let nobody_signs = signer.key_file.is_none() && signer.dev_seed.is_none();
        match self.account {
            Some(account) => Ok(Some(account)),
            None if self.all || nobody_signs => Ok(None),
            None => Ok(Some(signer.signer()?.account())),
        }
    }
}

/// Shows all results that are not final, and the disputes about them.
async fn all(client: &Client, output: &Output) -> anyhow::Result<()> {
    let view = client.best();
    let posted = view.all_posted().await?;
    let mut disputes = Vec::new();
    for open in &posted {
        for (_, dispute) in challenges(open) {
            // One that is gone was decided between two reads.
            disputes.extend(view.dispute(*dispute).await?);
        }
    }
    let shown = Shown {
        account: None,
        results: Some(posted.iter().filter_map(shown_result).collect()),
        disputes: disputes.iter().map(shown).collect(),
    };
    output.show(&shown, || {
        if posted.is_empty() {
            return "no optimistic result waits to become final".to_owned();
        }
        let mut text = results(&posted);
        if !disputes.is_empty() {
            text += &format!("\n{}", list(&disputes));
        }
        text
    })
}

/// The undecided challenges of a request's result.
fn challenges(open: &Optimistic) -> &[(AccountId, u64)] {
    match &open.status {
        OptimisticStatus::Assigned | OptimisticStatus::Waiting { .. } => &[],
        OptimisticStatus::Posted { challenges, .. } => challenges,
    }
}

fn shown_result(open: &Optimistic) -> Option<ShownResult> {
    let OptimisticStatus::Posted {
        output,
        posted_at,
        final_at,
        challenges,
        ..
    } = &open.status
    else {
        return None;
    };
    let disputes = challenges.iter();
    Some(ShownResult {
        request: open.request.to_string(),
        model: open.model,
        provider: open.provider.to_string(),
        bond: open.bond.to_string(),
        output: output.clone(),
        posted_at: *posted_at,
        final_at: *final_at,
        disputes: disputes.map(|(_, dispute)| dispute.to_string()).collect(),
    })
}

fn shown(dispute: &Dispute) -> ShownDispute {
    let defenders = dispute.defenders.iter();
    ShownDispute {
        dispute: dispute.dispute.to_string(),
        request: dispute.request.to_string(),
        model: dispute.model,
        challenger: dispute.challenger.to_string(),
        defenders: defenders.map(AccountId::to_string).collect(),
        place: match &dispute.turn {
            DisputeTurn::Reveal { place, .. } | DisputeTurn::Choose { place, .. } => json!(place),
            DisputeTurn::Defend { op, element, value } => {
                json!({ "Element": { "op": op, "element": element, "value": value } })
            }
        },
        turn: match &dispute.turn {
            DisputeTurn::Reveal { .. } => "reveal",
            DisputeTurn::Choose { .. } => "choose",
            DisputeTurn::Defend { .. } => "defend",
        },
        whose: match dispute.turn.is_challengers() {
            true => "challenger",
            false => "defender",
        },
        due: dispute.due,
        opened_at: dispute.opened_at,
    }
}

/// Results that are not final as a table.
fn results(posted: &[Optimistic]) -> String {
    let header = [
        "request",
        "model",
        "provider",
        "bond",
        "final after block",
        "disputes",
    ];
    let row = |open: &Optimistic| {
        let shown = shown_result(open)?;
        Some(vec![
            shown.request,
            shown.model.to_string(),
            shown.provider,
            format_balance(open.bond),
            shown.final_at.to_string(),
            match shown.disputes.is_empty() {
                true => "-".to_owned(),
                false => shown.disputes.join(", "),
            },
        ])
    };
    let rows: Vec<Vec<String>> = posted.iter().filter_map(row).collect();
    table(&header, &rows)
}

/// Disputes, one after the other.
fn list(disputes: &[Dispute]) -> String {
    let blocks: Vec<String> = disputes.iter().map(describe).collect();
    blocks.join("\n")
}

fn describe(dispute: &Dispute) -> String {
    let defenders: Vec<String> = dispute.defenders.iter().map(AccountId::to_string).collect();
    fields(&[
        (
            "dispute",
            format!(
                "{}, about request {} of model {}",
                dispute.dispute, dispute.request, dispute.model
            ),
        ),
        ("challenger", dispute.challenger.to_string()),
        ("defender", defenders.join(", ")),
        ("at", place(&dispute.turn)),
        ("turn", turn(&dispute.turn).to_owned()),
        ("until", format!("block {}", dispute.due)),
    ])
}

/// Where in the tree a dispute is, in words.
fn place(turn: &DisputeTurn) -> String {
    match turn {
        DisputeTurn::Reveal { place, .. } | DisputeTurn::Choose { place, .. } => match place {
            DisputePlace::Trace => "the whole trace".to_owned(),
            DisputePlace::Values { level, index } => {
                format!("results of several operators: node {index} of level {level}")
            }
            DisputePlace::Value { op } => format!("the result of operator {op}"),
            DisputePlace::Elements { op, level, index } => {
                format!("the result of operator {op}: node {index} of level {level}")
            }
        },
        DisputeTurn::Defend { op, element, value } => {
            format!("element {element} of the result of operator {op}, which is said to be {value}")
        }
    }
}

/// Whose turn it is, and to do what.
const fn turn(turn: &DisputeTurn) -> &'static str {
    match turn {
        DisputeTurn::Reveal { .. } => "a defender's, to reveal the node",
        DisputeTurn::Choose { .. } => "the challenger's, to name the first child that differs",
        DisputeTurn::Defend { .. } => "a defender's, to open what the element is made of",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::H256;

    fn dispute(turn: DisputeTurn) -> Dispute {
        Dispute {
            dispute: 5,
            request: 7,
            model: 3,
            challenger: AccountId([1; 32]),
            defenders: vec![AccountId([2; 32]), AccountId([4; 32])],
            trace_root: H256([3; 32]),
            turn,
            due: 40,
            opened_at: 20,
        }
    }

    #[test]
    fn a_dispute_says_where_it_is_and_whose_turn() {
        let choose = dispute(DisputeTurn::Choose {
            place: DisputePlace::Elements {
                op: 2,
                level: 1,
                index: 6,
            },
            walk: Vec::new(),
            node: Vec::new(),
        });
        let text = describe(&choose);
        for expected in [
            "5, about request 7 of model 3",
            "the result of operator 2: node 6 of level 1",
            "the challenger's",
            "block 40",
            &format!("{}, {}", AccountId([2; 32]), AccountId([4; 32])),
        ] {
            assert!(text.contains(expected), "{expected} is missing:\n{text}");
        }
        let object = serde_json::to_value(shown(&choose)).expect("serialises");
        assert_eq!(
            (&object["turn"], &object["whose"]),
            (&json!("choose"), &json!("challenger"))
        );
        let elements = json!({ "Elements": { "op": 2, "level": 1, "index": 6 } });
        assert_eq!(object["place"], elements);
    }

    #[test]
    fn at_the_bottom_is_one_element() {
        let defend = dispute(DisputeTurn::Defend {
            op: 2,
            element: 99,
            value: -7,
        });
        let text = describe(&defend);
        assert!(
            text.contains("element 99 of the result of operator 2"),
            "{text}"
        );
        let object = serde_json::to_value(shown(&defend)).expect("serialises");
        assert_eq!(object["place"]["Element"]["value"], -7);
        assert_eq!(object["whose"], "defender");
    }
}
