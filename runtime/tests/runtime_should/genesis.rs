//! The presets build, and say what they should.

use frame_support::{
    genesis_builder_helper::build_state, sp_runtime::BuildStorage, traits::fungible::Inspect,
};
use lattice_runtime::{
    configs::lattice::TreasuryAccount,
    genesis_config_presets::{get_preset, preset_names, CHALLENGE_WINDOW, ENDOWMENT},
    Aura, Balances, Grandpa, Runtime, RuntimeGenesisConfig, DAYS, EXISTENTIAL_DEPOSIT, MINUTES,
};
use sp_genesis_builder::PresetId;
use sp_io::TestExternalities;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// The state that a node builds from a preset: the defaults, patched by it.
fn genesis_of(preset: &str) -> TestExternalities {
    let patch = get_preset(&PresetId::from(preset)).expect("the preset has a name");
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("serialises");
    merge(
        &mut config,
        serde_json::from_slice(&patch).expect("a preset is JSON"),
    );
    let mut state = TestExternalities::default();
    state.execute_with(|| {
        build_state::<RuntimeGenesisConfig>(config.to_string().into_bytes())
            .expect("the preset is valid");
    });
    state
}

/// JSON merge patch, of objects.
fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
    match (into, patch) {
        (serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (into, value) => *into = value,
    }
}

#[test]
fn the_default_genesis_builds() {
    assert!(RuntimeGenesisConfig::default().build_storage().is_ok());
}

#[test]
fn both_presets_are_named() {
    let names = preset_names();
    assert_eq!(
        names,
        [
            PresetId::from("development"),
            PresetId::from("local_testnet")
        ]
    );
    assert!(get_preset(&PresetId::from("mainnet")).is_none());
}

#[test]
fn development_needs_alice_alone() {
    genesis_of("development").execute_with(|| {
        assert_eq!(
            pallet_aura::Authorities::<Runtime>::get().into_inner(),
            [Sr25519Keyring::Alice.public().into()]
        );
        assert_eq!(
            Grandpa::grandpa_authorities(),
            [(Ed25519Keyring::Alice.public().into(), 1)]
        );
    });
}

#[test]
fn a_local_testnet_needs_alice_bob_and_charlie() {
    genesis_of("local_testnet").execute_with(|| {
        assert_eq!(Aura::authorities_len(), 3);
        assert_eq!(Grandpa::grandpa_authorities().len(), 3);
    });
}

#[test]
fn well_known_accounts_have_money_and_alice_is_sudo() {
    for preset in ["development", "local_testnet"] {
        genesis_of(preset).execute_with(|| {
            for account in Sr25519Keyring::well_known() {
                assert_eq!(Balances::balance(&account.to_account_id()), ENDOWMENT);
            }
            assert_eq!(
                pallet_sudo::Key::<Runtime>::get(),
                Some(Sr25519Keyring::Alice.to_account_id())
            );
        });
    }
}

#[test]
fn only_a_genesis_that_says_so_takes_development_keys() {
    use frame_support::traits::Get;
    type Allowed = <Runtime as pallet_model_registry::Config>::AllowDevSetup;
    for preset in ["development", "local_testnet"] {
        genesis_of(preset).execute_with(|| assert!(Allowed::get(), "{preset}"));
    }
    let default = RuntimeGenesisConfig::default();
    TestExternalities::new(default.build_storage().expect("builds")).execute_with(|| {
        assert!(!Allowed::get());
    });
}

#[test]
fn ceremonies_on_development_chains_end_in_a_minute_and_elsewhere_in_a_day() {
    for preset in ["development", "local_testnet"] {
        genesis_of(preset).execute_with(|| {
            assert_eq!(
                pallet_ceremonies::Window::<Runtime>::get(),
                CHALLENGE_WINDOW
            );
            const { assert!(CHALLENGE_WINDOW < MINUTES) };
        });
    }
    let default = RuntimeGenesisConfig::default();
    TestExternalities::new(default.build_storage().expect("builds")).execute_with(|| {
        assert_eq!(pallet_ceremonies::Window::<Runtime>::get(), DAYS);
    });
}

#[test]
fn the_treasury_exists_and_so_can_take_small_payments() {
    for preset in ["development", "local_testnet"] {
        genesis_of(preset).execute_with(|| {
            assert_eq!(
                Balances::balance(&TreasuryAccount::get()),
                EXISTENTIAL_DEPOSIT
            );
        });
    }
}
