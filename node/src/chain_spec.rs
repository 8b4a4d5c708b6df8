//! The chains that the node knows by name.

use lattice_runtime::{SS58_PREFIX, TOKEN_DECIMALS, TOKEN_SYMBOL};
use sc_service::{ChainType, GenericChainSpec, Properties};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};

/// A chain specification without extensions.
pub type ChainSpec = GenericChainSpec;

/// A chain of one authority, Alice, for a single machine.
///
/// # Errors
/// When this build embeds no Wasm runtime.
pub fn development() -> Result<ChainSpec, String> {
    specification(
        "Lattice Development",
        "lattice_dev",
        ChainType::Development,
        DEV_RUNTIME_PRESET,
    )
}

/// A chain of three authorities, Alice, Bob and Charlie, for a network of one's own.
///
/// # Errors
/// When this build embeds no Wasm runtime.
pub fn local_testnet() -> Result<ChainSpec, String> {
    specification(
        "Lattice Local Testnet",
        "lattice_local",
        ChainType::Local,
        LOCAL_TESTNET_RUNTIME_PRESET,
    )
}

fn specification(
    name: &str,
    id: &str,
    chain_type: ChainType,
    preset: &str,
) -> Result<ChainSpec, String> {
    let wasm = lattice_runtime::wasm_binary()?;
    Ok(ChainSpec::builder(wasm, None)
        .with_name(name)
        .with_id(id)
        .with_chain_type(chain_type)
        .with_genesis_config_preset_name(preset)
        .with_properties(properties())
        .build())
}

/// What wallets need to show amounts and addresses.
fn properties() -> Properties {
    let mut properties = Properties::new();
    properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
    properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
    properties.insert("ss58Format".into(), SS58_PREFIX.into());
    properties
}

#[cfg(test)]
mod tests {
    use super::*;
    use sc_service::ChainSpec as _;

    #[test]
    fn wallets_learn_the_token_from_every_specification() {
        for spec in [development(), local_testnet()] {
            let properties = spec.expect("the tests embed a runtime").properties();
            assert_eq!(properties["tokenSymbol"], "LAT");
            assert_eq!(properties["tokenDecimals"], 12);
            assert_eq!(properties["ss58Format"], 42);
        }
    }

    #[test]
    fn every_specification_builds_a_genesis_with_the_embedded_runtime() {
        for spec in [development(), local_testnet()] {
            let spec = spec.expect("the tests embed a runtime");
            let storage = spec
                .as_storage_builder()
                .build_storage()
                .expect("the preset is valid");
            assert_eq!(
                storage
                    .top
                    .get(sp_core::storage::well_known_keys::CODE)
                    .map(Vec::as_slice),
                lattice_runtime::wasm_binary().ok(),
            );
        }
    }

    #[test]
    fn the_two_chains_cannot_be_confused() {
        let (development, local) = (
            development().expect("the tests embed a runtime"),
            local_testnet().expect("the tests embed a runtime"),
        );
        assert_ne!(development.id(), local.id());
        assert_ne!(development.chain_type(), local.chain_type());
    }
}
