//! Benchmarks of every call, of what other pallets call, and of the deadline work; and models with
//! their traces, for other pallets' benchmarks.
//!
//! Weights are zero, so that any number of them makes a valid model: what is read, hashed and
//! multiplied is the same. `layout` has nearly as many operators, and as long a manifest, as there
//! may be, and so have the walks; `defend` has a short manifest, and grows with the opening.

use crate::*;
use alloc::{format, vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use lattice_host::trace::{Commitment, Position};
use lattice_primitives::{DisputeId, ModelIndex, MAX_REPLICAS};
use lattice_tensor::{Model, ModelBuilder, Range, Scale, Shape};
use pallet_inference::OrderedId;
use pallet_model_registry::benchmarking as registry;

const OWNER: u8 = 1;
/// Operators of [`long`] without tensors.
const RELUS: u32 = 3_400;
/// Operators of [`long`] with a tensor that has a long name.
const LAYERS: u32 = 600;
/// Of 1,024 bytes, how many operands there are with a weight each: five bytes.
const OPERANDS_PER_KIB: u32 = 204;

/// Models begin with this many elements.
fn builder(inputs: u32) -> ModelBuilder {
    let shape = Shape::new([inputs]).expect("the shape is within the limits");
    ModelBuilder::new(shape, Range { lo: 0, hi: 16 }, Scale::ONE)
}

fn layer(builder: ModelBuilder, name: &str, inputs: u32, outputs: u32) -> ModelBuilder {
    let weights = vec![0; inputs.saturating_mul(outputs).saturated_into()];
    builder
        .linear(name, weights, outputs, None)
        .expect("there is room for a layer")
}

fn build(builder: ModelBuilder) -> Model {
    builder.build(Scale::ONE).expect("the model is valid")
}

/// One layer.
pub fn dense(inputs: u32, outputs: u32) -> Model {
    build(layer(builder(inputs), "dense", inputs, outputs))
}

/// Two layers, the last element of which is made of so many operands and as many weights.
fn wide(operands: u32) -> Model {
    let builder = layer(builder(1), "wide", 1, operands);
    build(layer(builder, "narrow", operands, 1))
}

/// Nearly as many operators, and as long a manifest, as there may be.
fn long() -> Model {
    let mut builder = builder(1);
    for _ in 0..RELUS {
        builder = builder.relu().expect("there is room for an operator");
    }
    for index in 0..LAYERS {
        builder = layer(builder, &format!("{index:0>57}"), 1, 1);
    }
    build(builder)
}

/// The honest trace of a model on an input of ones.
pub fn commitment(model: &Model) -> Commitment {
    let input = vec![1; model.input_len()];
    let trace = lattice_tensor::trace(model, &input).expect("the model takes the input");
    Commitment::new(model, trace).expect("the trace is the model's")
}

/// Register a model; returns its index.
pub fn registered<T: pallet_model_registry::Config>(model: &Model) -> ModelIndex {
    let owner = registry::funded::<T>(OWNER);
    registry::register_manifest::<T>(&owner, model.manifest().encode())
}

/// A dispute about the honest trace of a model, with as many defenders as there may be.
fn opened<T>(model: &Model, commitment: &Commitment) -> DisputeId
where
    T: Config + pallet_model_registry::Config,
{
    System::<T>::set_block_number(1u32.into());
    let claim = claim::<T>(registered::<T>(model), model, commitment);
    <Pallet<T> as Court<T::AccountId>>::open(claim).expect("the claim is in order")
}

fn claim<T: Config>(
    index: ModelIndex,
    model: &Model,
    commitment: &Commitment,
) -> Claim<T::AccountId> {
    let defenders: Vec<T::AccountId> = (0..MAX_REPLICAS)
        .map(|index| account("defender", index, 0))
        .collect();
    Claim {
        request: 0,
        model: index,
        input: vec![1; model.input_len()],
        trace_root: H256(commitment.root()),
        defenders: BoundedVec::truncate_from(defenders),
        challenger: account("challenger", 0, 0),
    }
}

fn open_dispute<T: Config>(id: DisputeId) -> Dispute<T> {
    Disputes::<T>::get(id).expect("the dispute is open")
}

fn last_defender<T: Config>(dispute: &Dispute<T>) -> RawOrigin<T::AccountId> {
    let last = dispute.defenders.last();
    RawOrigin::Signed(last.cloned().expect("there are defenders"))
}

/// The node that is to be revealed.
fn next_node<T: Config>(dispute: &Dispute<T>, commitment: &Commitment) -> Node {
    let Turn::Reveal { walk } = dispute.turn else {
        panic!("it is a defender's turn to reveal");
    };
    commitment.reveal(&walk).expect("the tree has the place")
}

fn revealed<T: Config>(id: DisputeId, commitment: &Commitment) {
    let open = open_dispute::<T>(id);
    let node = next_node::<T>(&open, commitment);
    Pallet::<T>::reveal(last_defender::<T>(&open).into(), id, node).expect("the node fits");
}

/// Walk to the last element of the last result.
fn walked<T: Config>(id: DisputeId, commitment: &Commitment) -> Position {
    loop {
        let open = open_dispute::<T>(id);
        match &open.turn {
            Turn::Reveal { .. } => revealed::<T>(id, commitment),
            Turn::Choose { node, .. } => {
                let challenger = RawOrigin::Signed(open.challenger.clone());
                Pallet::<T>::choose(challenger.into(), id, last_child(node))
                    .expect("the node has a last child");
            }
            Turn::Defend { position, .. } => return *position,
        }
    }
}

fn last_child(node: &Node) -> u8 {
    let count = match node {
        Node::Branch(children) => children.len(),
        Node::Leaf(elements) => elements.len(),
    };
    count.saturating_sub(1).saturated_into()
}

#[benchmarks(where T: pallet_model_registry::Config)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn layout() {
        let model = long();
        let index = registered::<T>(&model);
        let commitment = commitment(&model);
        let found;

        #[block]
        {
            found = <Pallet<T> as Court<T::AccountId>>::layout(index);
        }

        assert_eq!(found.as_ref(), Ok(commitment.layout()));
    }

    #[benchmark]
    fn is_last_value(o: Linear<1, 1_024>) {
        let model = dense(1, o);
        let index = registered::<T>(&model);
        let commitment = commitment(&model);
        let output = commitment.trace().output().to_vec();
        let (root, link) = (H256(commitment.root()), commitment.output_link());
        let found;

        #[block]
        {
            found = <Pallet<T> as Court<T::AccountId>>::is_last_value(index, root, &output, &link);
        }

        assert_eq!(found, Ok(true));
    }

    #[benchmark]
    fn open() {
        let model = long();
        let commitment = commitment(&model);
        let claim = claim::<T>(registered::<T>(&model), &model, &commitment);
        let opened;

        #[block]
        {
            opened = <Pallet<T> as Court<T::AccountId>>::open(claim);
        }

        assert!(opened.is_ok());
    }

    #[benchmark]
    fn close() {
        let model = long();
        let id = opened::<T>(&model, &commitment(&model));

        #[block]
        {
            <Pallet<T> as Court<T::AccountId>>::close(id);
        }

        assert!(!Disputes::<T>::contains_key(id));
    }

    #[benchmark]
    fn reveal() {
        let model = long();
        let commitment = commitment(&model);
        let id = opened::<T>(&model, &commitment);
        let dispute = open_dispute::<T>(id);
        let node = next_node::<T>(&dispute, &commitment);

        #[extrinsic_call]
        _(last_defender::<T>(&dispute), id, node);

        assert!(matches!(open_dispute::<T>(id).turn, Turn::Choose { .. }));
    }

    #[benchmark]
    fn choose() {
        let model = long();
        let commitment = commitment(&model);
        let id = opened::<T>(&model, &commitment);
        revealed::<T>(id, &commitment);
        let challenger = open_dispute::<T>(id).challenger;

        #[extrinsic_call]
        _(RawOrigin::Signed(challenger), id, 0);

        assert!(matches!(open_dispute::<T>(id).turn, Turn::Reveal { .. }));
    }

    #[benchmark]
    fn defend(k: Linear<1, 250>) {
        let model = wide(k.saturating_mul(OPERANDS_PER_KIB));
        let commitment = commitment(&model);
        let id = opened::<T>(&model, &commitment);
        let position = walked::<T>(id, &commitment);
        let opening = commitment
            .open(&model, position)
            .expect("the tree has the element");
        let opening = OpeningBytes::try_from(opening.encode()).expect("it is short enough");
        let dispute = open_dispute::<T>(id);

        #[extrinsic_call]
        _(last_defender::<T>(&dispute), id, opening);

        assert!(!Disputes::<T>::contains_key(id));
    }

    #[benchmark]
    fn expire() {
        let model = long();
        let id = opened::<T>(&model, &commitment(&model));
        let dispute = open_dispute::<T>(id);
        System::<T>::set_block_number(dispute.due.saturating_add(One::one()));

        #[extrinsic_call]
        _(RawOrigin::Signed(dispute.challenger), id);

        assert!(!Disputes::<T>::contains_key(id));
    }

    #[benchmark]
    fn on_poll_base() {
        NextDue::<T>::put(BlockNumberFor::<T>::from(5u32));

        #[block]
        {
            lattice_deadlines::work_off::<Pallet<T>>(5u32.into(), &mut WeightMeter::new());
        }
    }

    #[benchmark]
    fn on_poll_step() {
        let model = long();
        let id = opened::<T>(&model, &commitment(&model));
        let due = open_dispute::<T>(id).due;
        let mut entries = Due::<T>::iter_key_prefix(due);
        let found;

        #[block]
        {
            found = lattice_deadlines::look::<Pallet<T>>(due, &mut entries);
        }

        assert!(found.is_some_and(|(_, work)| work.is_some()));
        assert!(Due::<T>::contains_key(due, OrderedId::from(id)));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
