//! Disputes about results.

use crate::rpc::number::U64;
use lattice_primitives::{self as primitives, DisputeInfo, DisputePlace, ModelIndex};
use lattice_runtime::{AccountId, BlockNumber};
use serde::Serialize;
use sp_core::{Bytes, H256};

/// An open dispute.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dispute {
    pub dispute: U64,
    pub request: U64,
    pub model: ModelIndex,
    pub challenger: AccountId,
    /// Any of them may answer for the result.
    pub defenders: Vec<AccountId>,
    /// Root of the tree that is disputed.
    pub trace_root: H256,
    pub turn: DisputeTurn,
    /// The last block in which whoever's turn it is may answer.
    pub due: BlockNumber,
    pub opened_at: BlockNumber,
}

/// What is to be done next, and by whom.
#[derive(Clone, Debug, Serialize)]
pub enum DisputeTurn {
    /// A defender reveals the node at `place`.
    Reveal {
        place: DisputePlace,
        /// In SCALE.
        walk: Bytes,
    },
    /// The challenger names the first child of the node at `place` that differs.
    Choose {
        place: DisputePlace,
        /// In SCALE.
        walk: Bytes,
        /// The node that was revealed, in SCALE.
        node: Bytes,
    },
    /// A defender opens what an element is made of.
    Defend {
        /// Index of the operator.
        op: u32,
        /// Index of the element in its result, row-major.
        element: u32,
        /// What the tree says that it is.
        value: i32,
    },
}

impl From<DisputeInfo<AccountId, BlockNumber>> for Dispute {
    fn from(info: DisputeInfo<AccountId, BlockNumber>) -> Self {
        Self {
            dispute: U64(info.dispute),
            request: U64(info.request),
            model: info.model,
            challenger: info.challenger,
            defenders: info.defenders,
            trace_root: info.trace_root,
            turn: info.turn.into(),
            due: info.due,
            opened_at: info.opened_at,
        }
    }
}

impl From<primitives::DisputeTurn> for DisputeTurn {
    fn from(turn: primitives::DisputeTurn) -> Self {
        match turn {
            primitives::DisputeTurn::Reveal { place, walk } => Self::Reveal {
                place,
                walk: Bytes(walk),
            },
            primitives::DisputeTurn::Choose { place, walk, node } => Self::Choose {
                place,
                walk: Bytes(walk),
                node: Bytes(node),
            },
            primitives::DisputeTurn::Defend { op, element, value } => {
                Self::Defend { op, element, value }
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};

    /// A dispute of Alice's about a result of Bob's.
    pub fn dispute(turn: primitives::DisputeTurn) -> DisputeInfo<AccountId, BlockNumber> {
        DisputeInfo {
            dispute: 1 << 60,
            request: u64::MAX,
            model: 3,
            challenger: Alice.to_account_id(),
            defenders: vec![Bob.to_account_id()],
            trace_root: H256::repeat_byte(5),
            turn,
            due: 40,
            opened_at: 20,
        }
    }

    /// Every place of a tree.
    pub const PLACES: [DisputePlace; 4] = [
        DisputePlace::Trace,
        DisputePlace::Values { level: 1, index: 2 },
        DisputePlace::Value { op: 3 },
        DisputePlace::Elements {
            op: 3,
            level: 0,
            index: 4,
        },
    ];

    /// Every turn, at a place of a tree.
    pub fn turns(place: DisputePlace) -> [primitives::DisputeTurn; 3] {
        [
            primitives::DisputeTurn::Reveal {
                place,
                walk: vec![0xab],
            },
            primitives::DisputeTurn::Choose {
                place,
                walk: vec![0xab],
                node: vec![0xcd, 0xef],
            },
            primitives::DisputeTurn::Defend {
                op: 3,
                element: 260,
                value: -7,
            },
        ]
    }

    #[test]
    fn a_dispute_reads_as_documented() {
        let [_, place, _, _] = PLACES;
        let json =
            turns(place).map(|turn| to_value(Dispute::from(dispute(turn))).expect("serialises"));
        let place = json!({ "Values": { "level": 1, "index": 2 } });
        let choose = json!({
            "dispute": "1152921504606846976",
            "request": "18446744073709551615",
            "model": 3,
            "challenger": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "defenders": ["5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"],
            "traceRoot": format!("0x{}", "05".repeat(32)),
            "turn": { "Choose": { "place": place, "walk": "0xab", "node": "0xcdef" } },
            "due": 40,
            "openedAt": 20,
        });
        assert_eq!(json[1], choose);
        let reveal = json!({ "Reveal": { "place": place, "walk": "0xab" } });
        assert_eq!(json[0]["turn"], reveal);
        let defend = json!({ "Defend": { "op": 3, "element": 260, "value": -7 } });
        assert_eq!(json[2]["turn"], defend);
    }

    #[test]
    fn places_read_as_documented() {
        let json = PLACES.map(|place| to_value(place).expect("serialises"));
        let expected = [
            json!("Trace"),
            json!({ "Values": { "level": 1, "index": 2 } }),
            json!({ "Value": { "op": 3 } }),
            json!({ "Elements": { "op": 3, "level": 0, "index": 4 } }),
        ];
        assert_eq!(json, expected);
    }
}
