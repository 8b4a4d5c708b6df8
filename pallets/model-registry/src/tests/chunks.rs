//! Models that tests upload, and how.

use crate::mock::*;
use crate::*;
use codec::{Decode, Encode};
use frame::testing_prelude::*;
use lattice_primitives::CHUNK_BYTES;
use lattice_tensor::{testing::random_mlp, Model, Range};
use std::sync::OnceLock;

/// A model of three chunks, the last of them not full.
pub fn large() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| random_mlp(5, &[512, 300, 3], Range { lo: 0, hi: 16 }))
}

/// The bytes of a model's tensors.
pub fn tensor_bytes(model: &Model) -> Vec<u8> {
    let blob = model.to_blob();
    let mut rest = blob.as_slice();
    Vec::<u8>::decode(&mut rest).expect("a blob begins with its manifest");
    rest.to_vec()
}

/// A model's bytes in chunks.
pub fn chunks_of(model: &Model) -> Vec<Vec<u8>> {
    tensor_bytes(model)
        .chunks(CHUNK_BYTES as usize)
        .map(<[u8]>::to_vec)
        .collect()
}

/// Register a model under a name.
pub fn register_model(who: AccountId, text: &str, model: &Model) -> DispatchResult {
    register_manifest(who, text, 1, model.manifest().encode(), None)
}

pub fn upload(who: AccountId, model: u32, index: u32, bytes: Vec<u8>) -> DispatchResult {
    let bytes = BoundedVec::try_from(bytes).expect("no longer than a chunk");
    ModelRegistry::upload_chunk(origin(who), model, index, bytes)
}

/// Upload all chunks of a model.
pub fn upload_all(who: AccountId, index: u32, model: &Model) {
    for (chunk, bytes) in (0..).zip(chunks_of(model)) {
        assert_ok!(upload(who, index, chunk, bytes));
    }
}

/// Register, upload and finalize a model.
pub fn store(who: AccountId, text: &str, model: &Model) -> u32 {
    let index = NextIndex::<Test>::get();
    assert_ok!(register_model(who, text, model));
    upload_all(who, index, model);
    assert_ok!(ModelRegistry::finalize(origin(who), index));
    index
}

/// What the host reads under a location: the raw values, one after another.
pub fn bytes_at(location: &lattice_host::ModelLocation) -> Vec<u8> {
    let read = |key: &[u8]| frame::deps::frame_support::storage::unhashed::get::<Vec<u8>>(key);
    let mut bytes = read(&location.manifest)
        .expect("a manifest lies there")
        .encode();
    for key in &location.chunks {
        bytes.extend(read(key).expect("a chunk lies there"));
    }
    bytes
}
