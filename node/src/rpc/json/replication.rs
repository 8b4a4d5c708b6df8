//! Replicated requests that are open.

use crate::rpc::number::{U128, U64};
use lattice_primitives::{self as primitives, ModelIndex, ReplicaInfo, ReplicatedInfo};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::H256;

/// An open replicated request; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replicated {
    pub request: U64,
    pub requester: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// The verifying key under which a replica may prove its result; `null`: there was none.
    pub vk_id: Option<H256>,
    pub input: Vec<i8>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for.
    pub content: H256,
    /// Replicas that run the model.
    pub n: u8,
    /// Equal results that settle.
    pub k: u8,
    /// Blocks in which the replicas are to commit, from the draw on.
    pub deadline: BlockNumber,
    /// On hold: most that the requester pays.
    pub escrow: U128,
    pub royalty: U128,
    pub phase: ReplicatedPhase,
    /// In the order of the lot; empty before it.
    pub replicas: Vec<Replica>,
    pub requested_at: BlockNumber,
}

/// How far an open replicated request is; `until` is the last block of a phase.
#[derive(Clone, Debug, Serialize)]
pub enum ReplicatedPhase {
    /// Not drawn yet.
    Waiting { since: BlockNumber },
    /// The replicas commit.
    Committing { until: BlockNumber },
    /// Those that have committed show their results.
    Revealing { until: BlockNumber },
    /// Enough agree, and the others may show that they are wrong.
    #[serde(rename_all = "camelCase")]
    Appealing {
        until: BlockNumber,
        output: Vec<i32>,
        trace_root: H256,
    },
}

/// One of the providers that were drawn.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replica {
    pub provider: AccountId,
    /// What it is paid if it is right.
    pub compute: U128,
    /// What the treasury account is paid then.
    pub fee: U128,
    /// Locked of its stake.
    pub collateral: U128,
    pub state: ReplicaState,
}

/// What a replica has done so far.
#[derive(Clone, Debug, Serialize)]
pub enum ReplicaState {
    /// Nothing yet.
    Drawn,
    /// Committed to a result.
    Committed(H256),
    /// Shown its result.
    Revealed(Revealed),
    /// Did not commit, or did not show, in time.
    Late,
}

/// A result that a replica has shown.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revealed {
    pub output: Vec<i32>,
    pub trace_root: H256,
    /// What it has done about being outvoted; `null`: nothing.
    pub appeal: Option<Appeal>,
}

/// What a replica that others outvote has done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Appeal {
    /// Disputes the others' trace.
    Disputed(U64),
    /// Lost its dispute.
    Lost,
}

impl From<ReplicatedInfo<AccountId, Balance, BlockNumber>> for Replicated {
    fn from(info: ReplicatedInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            request: U64(info.request),
            requester: info.requester,
            model: info.model,
            model_hash: info.model_hash,
            vk_id: info.vk_id,
            input: info.input,
            input_commitment: info.input_commitment,
            content: info.content,
            n: info.n,
            k: info.k,
            deadline: info.deadline,
            escrow: U128(info.escrow),
            royalty: U128(info.royalty),
            phase: info.phase.into(),
            replicas: info.replicas.into_iter().map(Replica::from).collect(),
            requested_at: info.requested_at,
        }
    }
}

impl From<primitives::ReplicatedPhase<BlockNumber>> for ReplicatedPhase {
    fn from(phase: primitives::ReplicatedPhase<BlockNumber>) -> Self {
        match phase {
            primitives::ReplicatedPhase::Waiting { since } => Self::Waiting { since },
            primitives::ReplicatedPhase::Committing { until } => Self::Committing { until },
            primitives::ReplicatedPhase::Revealing { until } => Self::Revealing { until },
            primitives::ReplicatedPhase::Appealing {
                until,
                output,
                trace_root,
            } => Self::Appealing {
                until,
                output,
                trace_root,
            },
        }
    }
}

impl From<ReplicaInfo<AccountId, Balance>> for Replica {
    fn from(info: ReplicaInfo<AccountId, Balance>) -> Self {
        Self {
            provider: info.provider,
            compute: U128(info.compute),
            fee: U128(info.fee),
            collateral: U128(info.collateral),
            state: info.state.into(),
        }
    }
}

impl From<primitives::ReplicaState> for ReplicaState {
    fn from(state: primitives::ReplicaState) -> Self {
        match state {
            primitives::ReplicaState::Drawn => Self::Drawn,
            primitives::ReplicaState::Committed(commitment) => Self::Committed(commitment),
            primitives::ReplicaState::Revealed {
                output,
                trace_root,
                appeal,
            } => Self::Revealed(Revealed {
                output,
                trace_root,
                appeal: Appeal::of(appeal),
            }),
            primitives::ReplicaState::Late => Self::Late,
        }
    }
}

impl Appeal {
    /// `None` where there is none.
    fn of(appeal: primitives::ReplicaAppeal) -> Option<Self> {
        match appeal {
            primitives::ReplicaAppeal::None => None,
            primitives::ReplicaAppeal::Disputed(dispute) => Some(Self::Disputed(U64(dispute))),
            primitives::ReplicaAppeal::Lost => Some(Self::Lost),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use lattice_primitives::ReplicaAppeal;
    use serde_json::{json, to_value, Value};
    use sp_keyring::Sr25519Keyring::{Alice, Bob};

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    fn replica(state: primitives::ReplicaState) -> ReplicaInfo<AccountId, Balance> {
        ReplicaInfo {
            provider: Bob.to_account_id(),
            compute: 1 << 80,
            fee: 3,
            collateral: 5,
            state,
        }
    }

    fn revealed(appeal: ReplicaAppeal) -> primitives::ReplicaState {
        primitives::ReplicaState::Revealed {
            output: vec![-7, i32::MAX],
            trace_root: H256::repeat_byte(5),
            appeal,
        }
    }

    /// A request of Alice's with a replica in every state.
    pub fn replicated() -> ReplicatedInfo<AccountId, Balance, BlockNumber> {
        let states = [
            primitives::ReplicaState::Drawn,
            primitives::ReplicaState::Committed(H256::repeat_byte(6)),
            revealed(ReplicaAppeal::None),
            revealed(ReplicaAppeal::Disputed(1 << 60)),
            revealed(ReplicaAppeal::Lost),
            primitives::ReplicaState::Late,
        ];
        ReplicatedInfo {
            request: u64::MAX,
            requester: Alice.to_account_id(),
            model: 3,
            model_hash: H256::repeat_byte(1),
            vk_id: Some(H256::repeat_byte(2)),
            input: vec![-128, 0, 127],
            input_commitment: H256::repeat_byte(4),
            content: H256::repeat_byte(8),
            n: 6,
            k: 4,
            deadline: 20,
            escrow: u128::MAX,
            royalty: 9,
            phase: primitives::ReplicatedPhase::Appealing {
                until: 60,
                output: vec![1, 2],
                trace_root: H256::repeat_byte(7),
            },
            replicas: states.into_iter().map(replica).collect(),
            requested_at: 10,
        }
    }

    /// Every phase.
    pub fn phases() -> [primitives::ReplicatedPhase<BlockNumber>; 4] {
        [
            primitives::ReplicatedPhase::Waiting { since: 10 },
            primitives::ReplicatedPhase::Committing { until: 30 },
            primitives::ReplicatedPhase::Revealing { until: 40 },
            replicated().phase,
        ]
    }

    #[test]
    fn a_replicated_request_reads_as_documented() {
        let hash = |byte: &str| format!("0x{}", byte.repeat(32));
        let replica = |state: Value| {
            json!({
                "provider": BOB,
                "compute": "1208925819614629174706176",
                "fee": "3",
                "collateral": "5",
                "state": state,
            })
        };
        let revealed = |appeal: Value| {
            json!({
                "Revealed": {
                    "output": [-7, i32::MAX],
                    "traceRoot": hash("05"),
                    "appeal": appeal,
                },
            })
        };
        let expected = json!({
            "request": "18446744073709551615",
            "requester": ALICE,
            "model": 3,
            "modelHash": hash("01"),
            "vkId": hash("02"),
            "input": [-128, 0, 127],
            "inputCommitment": hash("04"),
            "content": hash("08"),
            "n": 6,
            "k": 4,
            "deadline": 20,
            "escrow": "340282366920938463463374607431768211455",
            "royalty": "9",
            "phase": {
                "Appealing": { "until": 60, "output": [1, 2], "traceRoot": hash("07") },
            },
            "replicas": [
                replica(json!("Drawn")),
                replica(json!({ "Committed": hash("06") })),
                replica(revealed(Value::Null)),
                replica(revealed(json!({ "Disputed": "1152921504606846976" }))),
                replica(revealed(json!("Lost"))),
                replica(json!("Late")),
            ],
            "requestedAt": 10,
        });
        let json = to_value(Replicated::from(replicated())).expect("serialises");
        assert_eq!(json, expected);
    }

    #[test]
    fn phases_read_as_documented() {
        let json =
            phases().map(|phase| to_value(ReplicatedPhase::from(phase)).expect("serialises"));
        assert_eq!(json[0], json!({ "Waiting": { "since": 10 } }));
        assert_eq!(json[1], json!({ "Committing": { "until": 30 } }));
        assert_eq!(json[2], json!({ "Revealing": { "until": 40 } }));
        assert!(json[3].get("Appealing").is_some());
    }
}
