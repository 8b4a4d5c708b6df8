//! Registrations.

use super::text;
use crate::rpc::number::{U128, U64};
use lattice_primitives::{KeyInfo, ModelIndex, ModelInfo, ModelState, Setup, StoredInfo};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;
use sp_core::{Bytes, H256};

/// A registration.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    pub index: ModelIndex,
    pub owner: AccountId,
    pub name: String,
    pub version: u32,
    pub model_hash: H256,
    pub byte_size: U64,
    pub requirements: Requirements,
    pub pricing: Pricing,
    pub interface: Interface,
    /// Gas of one execution, by which prices per million gas are multiplied.
    pub execution_gas: U64,
    /// Absent in lists, where a hundred of them would not fit an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Bytes>,
    pub key: Option<Key>,
    /// What the chain holds of the weights; `null` before the first chunk.
    pub stored: Option<Stored>,
    /// Hash of the state that training on chain left, if it made this version.
    pub state_hash: Option<H256>,
    pub parent: Option<ModelIndex>,
    pub state: ModelState,
    pub providers: u32,
    pub created_at: BlockNumber,
    pub total_executions: U64,
}

/// What a provider needs to serve a model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requirements {
    pub memory_mib: u32,
    pub accelerator_memory_mib: u32,
}

/// What the owner asks, in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pricing {
    pub royalty: U128,
}

/// The integer interface of a model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interface {
    pub input_len: u32,
    pub input_lo: i8,
    pub input_hi: i8,
    pub output_len: u32,
}

/// What the chain holds of a model's weights.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// Bytes of all chunks together.
    pub byte_size: u32,
    /// Bytes of the chunks that are there.
    pub uploaded: u32,
    /// Chunks that are not there yet.
    pub missing: Vec<u32>,
    /// Whether they were checked and programs may load the model.
    pub finalized: bool,
}

/// The verifying key of a registration.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    pub vk_id: H256,
    pub setup: Setup,
    pub circuit_version: u16,
    pub phase1_id: H256,
    pub proving_key_hash: H256,
    pub verifying_key: Bytes,
    /// 1 for proofs of 128 bytes, 2 for committed ones of 160.
    pub proof_version: u8,
}

impl Model {
    /// A row of a list.
    pub fn without_manifest(info: ModelInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            manifest: None,
            ..info.into()
        }
    }
}

impl From<ModelInfo<AccountId, Balance, BlockNumber>> for Model {
    fn from(info: ModelInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            index: info.index,
            owner: info.owner,
            name: text(info.name),
            version: info.version,
            model_hash: info.model_hash,
            byte_size: U64(info.byte_size),
            requirements: Requirements {
                memory_mib: info.requirements.memory_mib,
                accelerator_memory_mib: info.requirements.accelerator_memory_mib,
            },
            pricing: Pricing {
                royalty: U128(info.pricing.royalty),
            },
            interface: Interface {
                input_len: info.interface.input_len,
                input_lo: info.interface.input_lo,
                input_hi: info.interface.input_hi,
                output_len: info.interface.output_len,
            },
            execution_gas: U64(info.execution_gas),
            manifest: Some(Bytes(info.manifest)),
            key: info.key.map(Key::from),
            stored: info.stored.map(Stored::from),
            state_hash: info.state_hash,
            parent: info.parent,
            state: info.state,
            providers: info.providers,
            created_at: info.created_at,
            total_executions: U64(info.total_executions),
        }
    }
}

impl From<StoredInfo> for Stored {
    fn from(stored: StoredInfo) -> Self {
        Self {
            byte_size: stored.byte_size,
            uploaded: stored.uploaded,
            missing: stored.missing,
            finalized: stored.finalized,
        }
    }
}

impl From<KeyInfo> for Key {
    fn from(key: KeyInfo) -> Self {
        Self {
            vk_id: key.vk_id,
            setup: key.setup,
            circuit_version: key.circuit_version,
            phase1_id: key.phase1_id,
            proving_key_hash: key.proving_key_hash,
            verifying_key: Bytes(key.verifying_key),
            proof_version: key.proof_version.number(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value};
    use sp_keyring::Sr25519Keyring;

    /// A registration with every field set.
    pub fn registration() -> ModelInfo<AccountId, Balance, BlockNumber> {
        ModelInfo {
            index: 3,
            owner: Sr25519Keyring::Alice.to_account_id(),
            name: b"digits".to_vec(),
            version: 2,
            model_hash: H256::repeat_byte(0xaa),
            byte_size: 1 << 60,
            requirements: lattice_primitives::Requirements {
                memory_mib: 64,
                accelerator_memory_mib: 0,
            },
            pricing: lattice_primitives::Pricing { royalty: u128::MAX },
            interface: lattice_primitives::Interface {
                input_len: 64,
                input_lo: 0,
                input_hi: 16,
                output_len: 10,
            },
            execution_gas: 1 << 60,
            manifest: vec![1, 2, 255],
            key: Some(KeyInfo {
                vk_id: H256::repeat_byte(1),
                setup: Setup::Dev,
                circuit_version: 1,
                phase1_id: H256::zero(),
                proving_key_hash: H256::repeat_byte(2),
                verifying_key: vec![0xab],
                proof_version: lattice_primitives::ProofVersion::Committed,
            }),
            stored: Some(StoredInfo {
                byte_size: 70_000,
                uploaded: 65_536,
                missing: vec![1],
                finalized: false,
            }),
            state_hash: Some(H256::repeat_byte(3)),
            parent: None,
            state: ModelState::Active,
            providers: 1,
            created_at: 12,
            total_executions: 9,
        }
    }

    #[test]
    fn a_registration_reads_as_documented() {
        let expected = json!({
            "index": 3,
            "owner": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "name": "digits",
            "version": 2,
            "modelHash": format!("0x{}", "aa".repeat(32)),
            "byteSize": "1152921504606846976",
            "requirements": { "memoryMib": 64, "acceleratorMemoryMib": 0 },
            "pricing": { "royalty": "340282366920938463463374607431768211455" },
            "interface": { "inputLen": 64, "inputLo": 0, "inputHi": 16, "outputLen": 10 },
            "executionGas": "1152921504606846976",
            "manifest": "0x0102ff",
            "key": {
                "vkId": format!("0x{}", "01".repeat(32)),
                "setup": "Dev",
                "circuitVersion": 1,
                "phase1Id": format!("0x{}", "00".repeat(32)),
                "provingKeyHash": format!("0x{}", "02".repeat(32)),
                "verifyingKey": "0xab",
                "proofVersion": 2,
            },
            "stored": {
                "byteSize": 70_000, "uploaded": 65_536, "missing": [1], "finalized": false,
            },
            "stateHash": format!("0x{}", "03".repeat(32)),
            "parent": null,
            "state": "Active",
            "providers": 1,
            "createdAt": 12,
            "totalExecutions": "9",
        });
        assert_eq!(
            to_value(Model::from(registration())).expect("serialises"),
            expected
        );
    }

    #[test]
    fn a_row_of_a_list_has_no_manifest() {
        let row = to_value(Model::without_manifest(registration())).expect("serialises");
        assert!(row.get("manifest").is_none());
        assert_eq!(row["index"], 3);
    }
}
