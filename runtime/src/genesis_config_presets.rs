//! The genesis states that a chain specification can name.
//!
//! Both are for machines of one's own: their keys are the published ones of
//! `//Alice` and friends. `development` has one authority and so runs alone;
//! `local_testnet` has three, and needs all of them to finalise. They are development chains:
//! they take keys whose maker could forge proofs, and a ceremony on them can be
//! finalized half a minute after its last contribution. A chain whose genesis says
//! nothing does neither.

use crate::{
    configs::lattice::TreasuryAccount, AccountId, Balance, BalancesConfig, BlockNumber,
    CeremoniesConfig, RuntimeGenesisConfig, SudoConfig, EXISTENTIAL_DEPOSIT, UNIT,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// What each well-known account owns at genesis, in planck.
pub const ENDOWMENT: Balance = 1_000_000 * UNIT;

/// Blocks in which a contribution to a ceremony may be challenged, on both.
pub const CHALLENGE_WINDOW: BlockNumber = 10;

/// The preset named `id`, as JSON; `None` when there is none of that name.
#[must_use]
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_ref() {
        DEV_RUNTIME_PRESET => development(),
        LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
        _ => return None,
    };
    serde_json::to_vec(&patch).ok()
}

/// The names that [`get_preset`] knows.
#[must_use]
pub fn preset_names() -> Vec<PresetId> {
    vec![
        PresetId::from(DEV_RUNTIME_PRESET),
        PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET),
    ]
}

/// One authority, Alice.
fn development() -> Value {
    genesis(vec![authority(
        Sr25519Keyring::Alice,
        Ed25519Keyring::Alice,
    )])
}

/// Three authorities, Alice, Bob and Charlie.
fn local_testnet() -> Value {
    genesis(vec![
        authority(Sr25519Keyring::Alice, Ed25519Keyring::Alice),
        authority(Sr25519Keyring::Bob, Ed25519Keyring::Bob),
        authority(Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
    ])
}

/// The consensus keys of a well-known account.
fn authority(aura: Sr25519Keyring, grandpa: Ed25519Keyring) -> (AuraId, GrandpaId) {
    (aura.public().into(), grandpa.public().into())
}

/// A genesis with these authorities, well-known accounts with money, a treasury,
/// and Alice as sudo.
fn genesis(authorities: Vec<(AuraId, GrandpaId)>) -> Value {
    let mut endowed: Vec<(AccountId, Balance)> = Sr25519Keyring::well_known()
        .map(|account| (account.to_account_id(), ENDOWMENT))
        .collect();
    // An account that exists can be credited with less than the existential deposit.
    endowed.push((TreasuryAccount::get(), EXISTENTIAL_DEPOSIT));
    build_struct_json_patch!(RuntimeGenesisConfig {
        balances: BalancesConfig { balances: endowed },
        aura: pallet_aura::GenesisConfig {
            authorities: authorities.iter().map(|(aura, _)| aura.clone()).collect(),
        },
        grandpa: pallet_grandpa::GenesisConfig {
            authorities: authorities
                .into_iter()
                .map(|(_, grandpa)| (grandpa, 1))
                .collect(),
        },
        sudo: SudoConfig {
            key: Some(Sr25519Keyring::Alice.to_account_id()),
        },
        ceremonies: CeremoniesConfig {
            allow_dev_setup: true,
            phase1_id: None,
            challenge_window: Some(CHALLENGE_WINDOW),
        },
    })
}
