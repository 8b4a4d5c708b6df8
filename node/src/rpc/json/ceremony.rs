//! Set-up ceremonies.

use crate::rpc::number::{U128, U64};
use lattice_host::ceremony;
use lattice_primitives::{CeremonyInfo, CeremonyOutcome, ContributionInfo, ModelIndex};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::{Bytes, H256};

/// A ceremony that is open or was finalized; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ceremony {
    pub ceremony: U64,
    pub model: ModelIndex,
    pub opener: AccountId,
    pub bond: U128,
    pub start: Start,
    pub phase1_id: H256,
    pub state: State,
    pub transcript: H256,
    pub contributions: u32,
    pub contributors: u32,
    pub required: u32,
    pub opened_at: BlockNumber,
    pub changed_at: BlockNumber,
    pub final_from: BlockNumber,
    pub closable_from: BlockNumber,
    /// `null` while the ceremony is open.
    pub outcome: Option<Outcome>,
}

/// What a ceremony starts from; points compressed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    pub model_hash: H256,
    pub circuit_version: u16,
    pub phase1: Phase1,
    /// Four points, with a commitment five.
    pub gamma_abc: Vec<Bytes>,
    pub l_count: u32,
    pub h_count: u32,
    /// `null` without a commitment, like all that is about K and ε.
    pub k_count: Option<u32>,
    pub l_root: H256,
    pub h_root: H256,
    pub k_root: Option<H256>,
}

/// A phase 1.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Phase1 {
    pub power: u8,
    pub alpha_g1: Bytes,
    pub beta_g1: Bytes,
    pub beta_g2: Bytes,
    pub points: H256,
}

/// The trapdoors and the queries' roots.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    pub delta_g1: Bytes,
    pub delta_g2: Bytes,
    pub epsilon_g1: Option<Bytes>,
    pub epsilon_g2: Option<Bytes>,
    pub l_root: H256,
    pub h_root: H256,
    pub k_root: Option<H256>,
}

/// What a finalized ceremony came to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub vk_id: H256,
    pub verifying_key: Bytes,
    pub proving_key_hash: H256,
    pub finalized_at: BlockNumber,
}

/// A contribution; the bond in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contribution {
    pub index: u32,
    pub contributor: AccountId,
    pub state: State,
    /// For δ.
    pub knowledge: Knowledge,
    /// For ε.
    pub epsilon_knowledge: Option<Knowledge>,
    pub transcript: H256,
    pub bond: U128,
    pub contributed_at: BlockNumber,
}

/// A proof that the contributor knows a secret.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Knowledge {
    pub commitment: Bytes,
    /// Little-endian.
    pub response: Bytes,
}

fn bytes(bytes: &[u8]) -> Bytes {
    Bytes(bytes.to_vec())
}

impl From<CeremonyInfo<AccountId, Balance, BlockNumber>> for Ceremony {
    fn from(info: CeremonyInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            ceremony: U64(info.ceremony),
            model: info.model,
            opener: info.opener,
            bond: U128(info.bond),
            start: info.start.into(),
            phase1_id: info.phase1_id,
            state: info.state.into(),
            transcript: info.transcript,
            contributions: info.contributions,
            contributors: info.contributors,
            required: info.required,
            opened_at: info.opened_at,
            changed_at: info.changed_at,
            final_from: info.final_from,
            closable_from: info.closable_from,
            outcome: info.outcome.map(Outcome::from),
        }
    }
}

impl From<ceremony::Start> for Start {
    fn from(start: ceremony::Start) -> Self {
        Self {
            model_hash: H256(start.model.0),
            circuit_version: start.circuit_version,
            phase1: Phase1 {
                power: start.phase1.power,
                alpha_g1: bytes(&start.phase1.alpha_g1),
                beta_g1: bytes(&start.phase1.beta_g1),
                beta_g2: bytes(&start.phase1.beta_g2),
                points: H256(start.phase1.points),
            },
            gamma_abc: start.gamma_abc().map(|point| bytes(point)).collect(),
            l_count: start.l_count,
            h_count: start.h_count,
            k_count: start.commitment.map(|commitment| commitment.count),
            l_root: H256(start.roots.l),
            h_root: H256(start.roots.h),
            k_root: start.commitment.map(|commitment| H256(commitment.root)),
        }
    }
}

impl From<ceremony::State> for State {
    fn from(state: ceremony::State) -> Self {
        Self {
            delta_g1: bytes(&state.delta.g1),
            delta_g2: bytes(&state.delta.g2),
            epsilon_g1: state.commitment.map(|c| bytes(&c.epsilon.g1)),
            epsilon_g2: state.commitment.map(|c| bytes(&c.epsilon.g2)),
            l_root: H256(state.roots.l),
            h_root: H256(state.roots.h),
            k_root: state.commitment.map(|c| H256(c.root)),
        }
    }
}

impl From<CeremonyOutcome<BlockNumber>> for Outcome {
    fn from(outcome: CeremonyOutcome<BlockNumber>) -> Self {
        Self {
            vk_id: outcome.vk_id,
            verifying_key: Bytes(outcome.verifying_key),
            proving_key_hash: outcome.proving_key_hash,
            finalized_at: outcome.finalized_at,
        }
    }
}

impl From<&ceremony::Knowledge> for Knowledge {
    fn from(knowledge: &ceremony::Knowledge) -> Self {
        Self {
            commitment: bytes(&knowledge.commitment),
            response: bytes(&knowledge.response),
        }
    }
}

impl From<ContributionInfo<AccountId, Balance, BlockNumber>> for Contribution {
    fn from(info: ContributionInfo<AccountId, Balance, BlockNumber>) -> Self {
        let epsilon = info.contribution.knowledge(ceremony::Trapdoor::Epsilon);
        Self {
            index: info.index,
            contributor: info.contributor,
            state: info.contribution.state().into(),
            knowledge: Knowledge::from(&info.contribution.knowledge),
            epsilon_knowledge: epsilon.map(Knowledge::from),
            transcript: info.transcript,
            bond: U128(info.bond),
            contributed_at: info.contributed_at,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use lattice_host::ModelId;
    use serde_json::{json, to_value, Value};
    use sp_keyring::Sr25519Keyring;

    fn roots() -> ceremony::Roots {
        ceremony::Roots {
            l: [0x11; 32],
            h: [0x22; 32],
        }
    }

    fn delta() -> ceremony::TrapdoorPoints {
        ceremony::TrapdoorPoints {
            g1: [0x33; 32],
            g2: [0x44; 64],
        }
    }

    fn epsilon() -> ceremony::TrapdoorPoints {
        ceremony::TrapdoorPoints {
            g1: [0x77; 32],
            g2: [0x88; 64],
        }
    }

    /// A ceremony with every field set.
    pub fn ceremony_info() -> CeremonyInfo<AccountId, Balance, BlockNumber> {
        CeremonyInfo {
            ceremony: 1 << 60,
            model: 3,
            opener: Sr25519Keyring::Alice.to_account_id(),
            bond: 100,
            start: ceremony::Start {
                model: ModelId([0xaa; 32]),
                circuit_version: 1,
                phase1: ceremony::Phase1 {
                    power: 12,
                    alpha_g1: [1; 32],
                    beta_g1: [2; 32],
                    beta_g2: [3; 64],
                    points: [4; 32],
                },
                gamma_abc: [[5; 32], [6; 32], [7; 32], [8; 32]],
                l_count: 1_900,
                h_count: 4_095,
                roots: roots(),
                commitment: Some(ceremony::CommitmentStart {
                    gamma_abc: [0x0a; 32],
                    count: 300,
                    root: [0x99; 32],
                }),
            },
            phase1_id: H256::repeat_byte(9),
            state: ceremony::State {
                delta: delta(),
                roots: roots(),
                commitment: Some(ceremony::CommitmentState {
                    epsilon: epsilon(),
                    root: [0x99; 32],
                }),
            },
            transcript: H256::repeat_byte(0xbb),
            contributions: 4,
            contributors: 3,
            required: 3,
            opened_at: 10,
            changed_at: 20,
            final_from: 30,
            closable_from: 40,
            outcome: Some(CeremonyOutcome {
                vk_id: H256::repeat_byte(0xcc),
                verifying_key: vec![0xab],
                proving_key_hash: H256::repeat_byte(0xdd),
                finalized_at: 35,
            }),
        }
    }

    /// A contribution with every field set.
    pub fn contribution() -> ContributionInfo<AccountId, Balance, BlockNumber> {
        ContributionInfo {
            index: 2,
            contributor: Sr25519Keyring::Bob.to_account_id(),
            contribution: ceremony::Contribution {
                delta: delta(),
                knowledge: ceremony::Knowledge {
                    commitment: [0x55; 32],
                    response: [0x66; 32],
                },
                roots: roots(),
                commitment: Some(ceremony::CommitmentContribution {
                    epsilon: epsilon(),
                    knowledge: ceremony::Knowledge {
                        commitment: [0xe5; 32],
                        response: [0xe6; 32],
                    },
                    root: [0x99; 32],
                }),
            },
            transcript: H256::repeat_byte(0xbb),
            bond: 100,
            contributed_at: 20,
        }
    }

    fn hex(byte: &str, count: usize) -> String {
        format!("0x{}", byte.repeat(count))
    }

    /// What both of the above say of where a ceremony stands.
    fn state() -> Value {
        json!({
            "deltaG1": hex("33", 32),
            "deltaG2": hex("44", 64),
            "epsilonG1": hex("77", 32),
            "epsilonG2": hex("88", 64),
            "lRoot": hex("11", 32),
            "hRoot": hex("22", 32),
            "kRoot": hex("99", 32),
        })
    }

    #[test]
    fn without_a_commitment_there_is_nothing_about_k_and_epsilon() {
        let mut info = ceremony_info();
        info.start.commitment = None;
        info.state.commitment = None;
        let json = to_value(Ceremony::from(info)).expect("serialises");
        assert_eq!(json["start"]["gammaAbc"].as_array().map(Vec::len), Some(4));
        for (part, field) in [
            ("start", "kCount"),
            ("start", "kRoot"),
            ("state", "epsilonG1"),
            ("state", "epsilonG2"),
            ("state", "kRoot"),
        ] {
            assert_eq!(json[part][field], Value::Null, "{part} {field}");
        }
        let mut info = contribution();
        info.contribution.commitment = None;
        let json = to_value(Contribution::from(info)).expect("serialises");
        assert_eq!(json["epsilonKnowledge"], Value::Null);
    }

    #[test]
    fn a_ceremony_reads_as_documented() {
        let expected = json!({
            "ceremony": "1152921504606846976",
            "model": 3,
            "opener": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "bond": "100",
            "start": {
                "modelHash": hex("aa", 32),
                "circuitVersion": 1,
                "phase1": {
                    "power": 12,
                    "alphaG1": hex("01", 32),
                    "betaG1": hex("02", 32),
                    "betaG2": hex("03", 64),
                    "points": hex("04", 32),
                },
                "gammaAbc": (["05", "06", "07", "08", "0a"].map(|byte| hex(byte, 32))),
                "lCount": 1_900,
                "hCount": 4_095,
                "kCount": 300,
                "lRoot": hex("11", 32),
                "hRoot": hex("22", 32),
                "kRoot": hex("99", 32),
            },
            "phase1Id": hex("09", 32),
            "state": state(),
            "transcript": hex("bb", 32),
            "contributions": 4,
            "contributors": 3,
            "required": 3,
            "openedAt": 10,
            "changedAt": 20,
            "finalFrom": 30,
            "closableFrom": 40,
            "outcome": {
                "vkId": hex("cc", 32),
                "verifyingKey": "0xab",
                "provingKeyHash": hex("dd", 32),
                "finalizedAt": 35,
            },
        });
        let ceremony = Ceremony::from(ceremony_info());
        assert_eq!(to_value(ceremony).expect("serialises"), expected);
    }

    #[test]
    fn a_contribution_reads_as_documented() {
        let expected = json!({
            "index": 2,
            "contributor": "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
            "state": state(),
            "knowledge": { "commitment": hex("55", 32), "response": hex("66", 32) },
            "epsilonKnowledge": { "commitment": hex("e5", 32), "response": hex("e6", 32) },
            "transcript": hex("bb", 32),
            "bond": "100",
            "contributedAt": 20,
        });
        let row = Contribution::from(contribution());
        assert_eq!(to_value(row).expect("serialises"), expected);
    }
}
