//! Benchmarks of every call, and the model and key that other pallets' benchmarks use.

pub mod stored;

use crate::states::VERSION_TRIES;
use crate::*;
use alloc::{format, vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::traits::fungible::Unbalanced;
use frame::traits::tokens::Precision;
use lattice_host::{Handle, TrainedState};
use lattice_primitives::{ModelIndex, ModelState, Pricing, Requirements, Setup, CHUNK_BYTES};
use lattice_tensor::{
    Clamp, DType, InputDecl, Manifest, Op, Range, Scale, Shape, TensorDecl, ValueId,
};

/// A small model, and its key under a development setup. Written by the ignored test
/// `regenerate_the_benchmarks_data` of pallet-inference.
pub const MANIFEST: &[u8] = include_bytes!("benchmarking/manifest.scale");
/// See [`MANIFEST`].
pub const VERIFYING_KEY: &[u8] = include_bytes!("benchmarking/verifying-key.bin");

/// Royalty of the registrations that are made here: every payment of a settlement occurs.
const ROYALTY: u32 = 1_000;

/// The account of 32 equal bytes, or what this runtime's accounts take of them.
pub fn account_of<T: frame_system::Config>(byte: u8) -> T::AccountId {
    T::AccountId::decode(&mut TrailingZeroInput::new(&[byte; 32]))
        .expect("an account id decodes from any bytes")
}

/// The account of 32 equal bytes, rich.
pub fn funded<T: Config>(byte: u8) -> T::AccountId {
    let who = account_of::<T>(byte);
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

fn shape(dims: Vec<u32>) -> Shape {
    Shape::new(dims).expect("the shape is within the limits")
}

/// The manifest of one dense layer with any input and output length.
pub fn layer(input_len: u32, output_len: u32) -> Vec<u8> {
    manifest(input_len, output_len, 0)
}

/// `hidden` layers of one neuron behind `input_len` inputs, then `output_len` logits.
fn manifest(input_len: u32, output_len: u32, hidden: u32) -> Vec<u8> {
    let mut tensors = Vec::new();
    let mut ops = Vec::new();
    let mut columns = input_len;
    for layer in 0..=hidden {
        let last = layer == hidden;
        let rows = if last { output_len } else { 1 };
        let input = ValueId::try_from(ops.len()).expect("few ops");
        tensors.push(TensorDecl {
            name: format!("{layer:0>60}"),
            dtype: DType::I8,
            shape: shape(vec![rows, columns]),
        });
        ops.push(Op::Linear {
            input,
            weight: tensors.len().saturating_sub(1).saturated_into(),
            bias: None,
        });
        if !last {
            ops.push(Op::Requantize {
                input: input.saturating_add(1),
                shifts: vec![8],
                clamp: Clamp { lo: 0, hi: 127 },
            });
        }
        columns = rows;
    }
    Manifest {
        spec_version: 1,
        input: InputDecl {
            shape: shape(vec![input_len]),
            range: Range { lo: 0, hi: 16 },
            scale: Scale::ONE,
        },
        tensors,
        ops,
        output_scale: Scale::ONE,
        weight_root: [7; 32],
    }
    .encode()
}

/// A valid manifest of at most `bytes` bytes, and nearly as many.
fn manifest_of(bytes: u32) -> Vec<u8> {
    let empty = manifest(1, 1, 0).len();
    let per_layer = manifest(1, 1, 1)
        .len()
        .saturating_sub(empty)
        .saturating_add(2);
    let room = usize::try_from(bytes)
        .unwrap_or(usize::MAX)
        .saturating_sub(empty.saturating_add(8));
    let hidden = room.checked_div(per_layer).unwrap_or(0);
    manifest(1, 1, hidden.saturated_into())
}

/// Register a manifest; returns its index.
pub fn register_manifest<T: Config>(owner: &T::AccountId, manifest: Vec<u8>) -> ModelIndex {
    let index = NextIndex::<T>::get();
    Pallet::<T>::register(
        RawOrigin::Signed(owner.clone()).into(),
        BoundedVec::truncate_from(b"benchmark".to_vec()),
        index,
        BoundedVec::truncate_from(manifest),
        Requirements::default(),
        Pricing {
            royalty: ROYALTY.into(),
        },
        None,
    )
    .expect("the manifest registers");
    index
}

/// Give a registration the fixture's key.
pub fn register_fixture_key<T: Config>(owner: &T::AccountId, model: ModelIndex) {
    register_key::<T>(owner, model, VERIFYING_KEY.to_vec());
}

/// Give a registration a key of a development setup.
pub fn register_key<T: Config>(owner: &T::AccountId, model: ModelIndex, verifying_key: Vec<u8>) {
    Pallet::<T>::register_key(
        RawOrigin::Signed(owner.clone()).into(),
        model,
        BoundedVec::truncate_from(verifying_key),
        Setup::Dev,
        lattice_host::CIRCUIT_VERSION,
        H256::zero(),
        H256::zero(),
    )
    .expect("the key registers");
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register(n: Linear<1, 64>, m: Linear<256, 65_536>) {
        let owner = funded::<T>(1);
        let parent = register_manifest::<T>(&owner, MANIFEST.to_vec());
        let name = BoundedVec::truncate_from(vec![b'n'; n.saturated_into()]);
        let manifest = BoundedVec::truncate_from(manifest_of(m));

        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner),
            name,
            1,
            manifest,
            Requirements::default(),
            Pricing::default(),
            Some(parent),
        );

        assert_eq!(NextIndex::<T>::get(), parent.saturating_add(2));
    }

    #[benchmark]
    fn register_key() {
        let owner = funded::<T>(1);
        let model = register_manifest::<T>(&owner, MANIFEST.to_vec());

        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner),
            model,
            BoundedVec::truncate_from(VERIFYING_KEY.to_vec()),
            Setup::Dev,
            lattice_host::CIRCUIT_VERSION,
            H256::zero(),
            H256::zero(),
        );

        assert!(Keys::<T>::contains_key(model));
    }

    #[benchmark]
    fn update_pricing() {
        let owner = funded::<T>(1);
        let model = register_manifest::<T>(&owner, MANIFEST.to_vec());
        let royalty = 5u32.into();

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, Pricing { royalty });

        assert_eq!(
            Models::<T>::get(model).map(|model| model.pricing.royalty),
            Some(royalty)
        );
    }

    #[benchmark]
    fn deprecate() {
        let owner = funded::<T>(1);
        let model = register_manifest::<T>(&owner, MANIFEST.to_vec());

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);

        assert_eq!(
            <Pallet<T> as Registry<_, _>>::state(model),
            Some(ModelState::Deprecated)
        );
    }

    #[benchmark]
    fn transfer() {
        let owner = funded::<T>(1);
        let new_owner = funded::<T>(2);
        let model = stored::finalized::<T>(&owner, &stored::model(1, 0, 0));
        let target = T::Lookup::unlookup(new_owner.clone());

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, target);

        assert_eq!(
            Models::<T>::get(model).map(|model| model.owner),
            Some(new_owner)
        );
    }

    #[benchmark]
    fn upload_chunk(b: Linear<1, 65_536>) {
        let owner = funded::<T>(1);
        // One row of `b` weights.
        let manifest = layer(b, 1);
        let model = register_manifest::<T>(&owner, manifest);
        let bytes = BoundedVec::truncate_from(vec![0; b.saturated_into()]);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model, 0, bytes);

        assert!(Chunks::<T>::contains_key(model, 0));
    }

    #[benchmark]
    fn finalize(c: Linear<1, 16>, m: Linear<0, 5_000>, a: Linear<0, 1_000_000>) {
        let owner = funded::<T>(1);
        let model = stored::uploaded::<T>(&owner, &stored::model(c, m, a), c);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);

        let stored = Stores::<T>::get(model).expect("the model is stored");
        assert!(stored.finalized);
        assert_eq!(stored.byte_size, c.saturating_mul(CHUNK_BYTES));
    }

    #[benchmark]
    fn clear_chunks(c: Linear<1, 16>) {
        let owner = funded::<T>(1);
        let model = stored::uploaded::<T>(&owner, &stored::model(c, 0, 0), c);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);

        assert!(!Stores::<T>::contains_key(model));
    }

    #[benchmark]
    fn store_state(m: Linear<0, 10_000>, c: Linear<1, 16>) {
        let owner = funded::<T>(1);
        let parent = register_manifest::<T>(&owner, MANIFEST.to_vec());
        let trained = Models::<T>::get(parent).expect("the parent is registered");
        // All version numbers but the last one that is tried are taken.
        for step in 1..VERSION_TRIES {
            let version = trained.version.saturating_add(step);
            Names::<T>::insert((&owner, &trained.name, version), parent);
        }
        let state = TrainedState {
            handle: Handle(0),
            base: trained.model_hash.0,
            model: stored::model(c, m, 0).to_blob(),
            parameters: Vec::new(),
            state: [1; 32],
        };
        let model;

        #[block]
        {
            model = <Pallet<T> as ModelStore<_>>::store_state(&owner, parent, state);
        }

        let model = model.expect("the state is stored");
        assert!(<Pallet<T> as ModelStore<_>>::location(model).is_some());
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
