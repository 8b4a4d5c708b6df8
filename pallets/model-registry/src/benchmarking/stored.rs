//! Models whose bytes are on chain, for benchmarks.

use super::{register_manifest, shape};
use crate::*;
use alloc::{format, vec, vec::Vec};
use codec::Decode;
use frame::benchmarking::prelude::*;
use lattice_primitives::{ModelIndex, CHUNK_BYTES};
use lattice_tensor::{Model, ModelBuilder, Range, Scale};

/// Elements of a wide value.
const WIDE: u32 = 512;
/// Elements of every other value: 512 · 128 weights are one chunk.
const NARROW: u32 = 128;
/// Bytes of an operator that has no tensors.
const OPERATOR_BYTES: u32 = 3;

/// A model of exactly `chunks` full chunks of weights, all zero.
///
/// Before its layers it has `manifest_bytes` of operators on a single element, and
/// behind the first one operators on `activations` elements together.
pub fn model(chunks: u32, manifest_bytes: u32, activations: u32) -> Model {
    let range = Range { lo: 0, hi: 16 };
    let mut builder = ModelBuilder::new(shape(vec![1]), range, Scale::ONE);
    builder = relus(builder, manifest_bytes.div_ceil(OPERATOR_BYTES));
    // The layer to a wide value takes 512 bytes of the last chunk.
    builder = layer(builder, "wide", 1, WIDE);
    builder = relus(builder, activations.div_ceil(WIDE));
    let (mut columns, mut rows) = (WIDE, NARROW);
    for index in 0..chunks {
        if index.saturating_add(1) == chunks {
            let taken = WIDE.div_ceil(columns);
            rows = rows.saturating_sub(taken);
        }
        builder = layer(builder, &format!("{index}"), columns, rows);
        (columns, rows) = (rows, columns);
    }
    builder.build(Scale::ONE).expect("the model is valid")
}

fn relus(mut builder: ModelBuilder, count: u32) -> ModelBuilder {
    for _ in 0..count {
        builder = builder.relu().expect("there is room for an operator");
    }
    builder
}

fn layer(builder: ModelBuilder, name: &str, columns: u32, rows: u32) -> ModelBuilder {
    let weights = vec![0; columns.saturating_mul(rows).saturated_into()];
    builder
        .linear(name, weights, rows, None)
        .expect("there is room for a layer")
}

/// Register a model and upload its first `chunks` chunks; returns its index.
pub fn uploaded<T: Config>(owner: &T::AccountId, model: &Model, chunks: u32) -> ModelIndex {
    let index = register_manifest::<T>(owner, model.manifest().encode());
    for (chunk, bytes) in (0..chunks).zip(chunks_of(model)) {
        Pallet::<T>::upload_chunk(RawOrigin::Signed(owner.clone()).into(), index, chunk, bytes)
            .expect("the chunk is stored");
    }
    index
}

/// Register a model with all its bytes and make it final; returns its index.
pub fn finalized<T: Config>(owner: &T::AccountId, model: &Model) -> ModelIndex {
    let index = uploaded::<T>(owner, model, u32::MAX);
    Pallet::<T>::finalize(RawOrigin::Signed(owner.clone()).into(), index)
        .expect("the model is final");
    index
}

/// The bytes of a model's tensors, in chunks.
pub fn chunks_of(model: &Model) -> Vec<Chunk> {
    let blob = model.to_blob();
    let mut tensors = blob.as_slice();
    Vec::<u8>::decode(&mut tensors).expect("a blob begins with its manifest");
    tensors
        .chunks(CHUNK_BYTES.saturated_into())
        .map(|bytes| BoundedVec::truncate_from(bytes.to_vec()))
        .collect()
}
