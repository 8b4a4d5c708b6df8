//! The checked-in metadata is this runtime's.
//!
//! Clients are compiled against `offchain-workers/chain-client/metadata.scale`.

use lattice_runtime::Runtime;
use std::{fs, path::PathBuf};

/// Version of the metadata that clients are compiled against.
const VERSION: u32 = 16;

/// Set to `1`, it makes the test write the file instead of comparing it.
const UPDATE: &str = "LATTICE_UPDATE_METADATA";

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../offchain-workers/chain-client/metadata.scale")
}

/// The metadata of this runtime: a SCALE `RuntimeMetadataPrefixed`, as subxt reads it.
fn metadata() -> Vec<u8> {
    Runtime::metadata_at_version(VERSION)
        .expect("the runtime knows this version of metadata")
        .to_vec()
}

#[test]
fn the_checked_in_metadata_is_that_of_this_runtime() {
    let metadata = metadata();
    let file = file();
    if std::env::var(UPDATE).is_ok_and(|value| value == "1") {
        fs::write(&file, &metadata).expect("the file can be written");
        return;
    }
    let checked_in = fs::read(&file).unwrap_or_default();
    assert!(
        checked_in == metadata,
        "{} is not the metadata of this runtime ({} bytes there, {} expected). Write it anew with\n\n    \
         {UPDATE}=1 cargo test --release -p lattice-runtime --test runtime_should metadata\n\n\
         and build the clients again.",
        file.display(),
        checked_in.len(),
        metadata.len(),
    );
}

#[test]
fn wallets_find_the_versions_that_they_know() {
    assert_eq!(Runtime::metadata_versions(), [14, 15, 16]);
}
