//! Providers.

use super::text;
use crate::rpc::number::{U128, U64};
use lattice_primitives::{ModelIndex, ProviderInfo};
use lattice_runtime::{AccountId, Balance, BlockNumber};
use serde::Serialize;

/// A provider; amounts in planck.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    pub account: AccountId,
    pub stake: U128,
    pub locked: U128,
    /// What slashes will take unless they are vetoed.
    pub pending: U128,
    pub unbonding: Vec<Unbonding>,
    pub hardware: Hardware,
    pub endpoints: Vec<String>,
    pub capacity: u32,
    /// Assignments it is given at the same time: its capacity, or less while it is new.
    pub slots: u32,
    pub paused: bool,
    pub running: u32,
    pub offers: Vec<Offer>,
    pub settled: U64,
    pub late: U64,
    pub rejected: U64,
    pub not_accepted: U64,
    pub disputed: U64,
    /// In parts per million.
    pub reputation: u32,
    pub registered_at: BlockNumber,
    pub last_heartbeat: BlockNumber,
}

/// An amount on its way out of the stake.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unbonding {
    pub amount: U128,
    /// The block from which it may be withdrawn.
    pub available_at: BlockNumber,
}

/// What a provider says of its machine.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hardware {
    pub cpu_cores: u16,
    pub memory_mib: u32,
    pub accelerators: u16,
    pub accelerator_memory_mib: u32,
}

/// What a provider asks for one model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    pub model: ModelIndex,
    pub price: U128,
    /// Added for every million gas of one execution of the model.
    pub per_million_gas: U128,
    pub min_deadline: BlockNumber,
    /// Assignments of this model at the same time; `null`: as many as there are slots.
    pub capacity: Option<u32>,
    /// Whether the model is in memory, as the provider says.
    pub resident: bool,
    /// For optimistic requests; `null`: it takes none.
    pub optimistic: Option<OptimisticOffer>,
    /// Price as one of several replicas; `null`: it is none.
    pub replicated: Option<U128>,
}

/// What a provider asks for results that may be challenged.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OptimisticOffer {
    pub price: U128,
    /// In blocks.
    pub max_window: BlockNumber,
    pub max_bond: U128,
}

impl From<ProviderInfo<AccountId, Balance, BlockNumber>> for Provider {
    fn from(info: ProviderInfo<AccountId, Balance, BlockNumber>) -> Self {
        Self {
            account: info.account,
            stake: U128(info.stake),
            locked: U128(info.locked),
            pending: U128(info.pending),
            unbonding: info
                .unbonding
                .into_iter()
                .map(|(amount, available_at)| Unbonding {
                    amount: U128(amount),
                    available_at,
                })
                .collect(),
            hardware: Hardware {
                cpu_cores: info.hardware.cpu_cores,
                memory_mib: info.hardware.memory_mib,
                accelerators: info.hardware.accelerators,
                accelerator_memory_mib: info.hardware.accelerator_memory_mib,
            },
            endpoints: info.endpoints.into_iter().map(text).collect(),
            capacity: info.capacity,
            slots: info.slots,
            paused: info.paused,
            running: info.running,
            offers: info
                .offers
                .into_iter()
                .map(|(model, offer)| Offer {
                    model,
                    price: U128(offer.price),
                    per_million_gas: U128(offer.per_million_gas),
                    min_deadline: offer.min_deadline,
                    capacity: offer.capacity,
                    resident: offer.resident,
                    optimistic: offer.optimistic.map(|terms| OptimisticOffer {
                        price: U128(terms.price),
                        max_window: terms.max_window,
                        max_bond: U128(terms.max_bond),
                    }),
                    replicated: offer.replicated.map(U128),
                })
                .collect(),
            settled: U64(info.settled),
            late: U64(info.late),
            rejected: U64(info.rejected),
            not_accepted: U64(info.not_accepted),
            disputed: U64(info.disputed),
            reputation: info.reputation,
            registered_at: info.registered_at,
            last_heartbeat: info.last_heartbeat,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{json, to_value};
    use sp_keyring::Sr25519Keyring;

    /// A provider with every field set.
    pub fn provider() -> ProviderInfo<AccountId, Balance, BlockNumber> {
        ProviderInfo {
            account: Sr25519Keyring::Bob.to_account_id(),
            stake: 100_000_000_000_000,
            locked: 10,
            pending: 11,
            unbonding: vec![(5, 99)],
            hardware: lattice_primitives::Hardware {
                cpu_cores: 2,
                memory_mib: 512,
                accelerators: 0,
                accelerator_memory_mib: 0,
            },
            endpoints: vec![b"https://bob.example".to_vec()],
            capacity: 4,
            slots: 3,
            paused: true,
            running: 1,
            offers: vec![(
                3,
                lattice_primitives::Offer {
                    price: 7,
                    per_million_gas: 8,
                    min_deadline: 20,
                    capacity: Some(9),
                    resident: true,
                    optimistic: Some(lattice_primitives::OptimisticOffer {
                        price: 10,
                        max_window: 11,
                        max_bond: 12,
                    }),
                    replicated: Some(13),
                },
            )],
            settled: 1,
            late: 2,
            rejected: 3,
            not_accepted: 6,
            disputed: 7,
            reputation: 500_000,
            registered_at: 4,
            last_heartbeat: 5,
        }
    }

    #[test]
    fn a_provider_reads_as_documented() {
        let expected = json!({
            "account": "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
            "stake": "100000000000000",
            "locked": "10",
            "pending": "11",
            "unbonding": [{ "amount": "5", "availableAt": 99 }],
            "hardware": {
                "cpuCores": 2, "memoryMib": 512, "accelerators": 0, "acceleratorMemoryMib": 0,
            },
            "endpoints": ["https://bob.example"],
            "capacity": 4,
            "slots": 3,
            "paused": true,
            "running": 1,
            "offers": [{
                "model": 3, "price": "7", "perMillionGas": "8", "minDeadline": 20, "capacity": 9,
                "resident": true,
                "optimistic": { "price": "10", "maxWindow": 11, "maxBond": "12" },
                "replicated": "13",
            }],
            "settled": "1",
            "late": "2",
            "rejected": "3",
            "notAccepted": "6",
            "disputed": "7",
            "reputation": 500_000,
            "registeredAt": 4,
            "lastHeartbeat": 5,
        });
        assert_eq!(
            to_value(Provider::from(provider())).expect("serialises"),
            expected
        );
    }
}
