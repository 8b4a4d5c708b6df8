//! Tour: every function of the SDK that the other examples do not call, once, for
//! its tests and to look things up.

#![cfg_attr(target_arch = "wasm32", no_std)]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use lattice_guest::storage::{Map, Value};
use lattice_guest::tensor::{ElementCount, Pooling, Window};
use lattice_guest::{account, context, AccountId, Balance, Model, ModelHash, Tensor};

/// The stations of the tour.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// Gives an [`Invoked`].
    #[codec(index = 0)]
    Context,
    /// Gives [`Computed`] tensors.
    #[codec(index = 1)]
    Tensors,
    /// Trains a model on one example and gives a [`Trained`].
    #[codec(index = 2)]
    Train {
        model: ModelHash,
        input: Vec<i32>,
        target: Vec<i32>,
        rate_shift: u8,
    },
    /// Writes, reads and removes values, and gives how long the longest was.
    #[codec(index = 3)]
    Storage { longest: u32 },
    /// Panics with a message.
    #[codec(index = 4)]
    Panic(String),
    /// Calls itself until the stack is exhausted.
    #[codec(index = 5)]
    Recurse { in_memory: bool },
    /// Takes memory until there is no more.
    #[codec(index = 6)]
    Allocate,
    /// Ends the instance.
    #[codec(index = 7)]
    Terminate { beneficiary: AccountId },
}

/// What the chain says of a call.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Invoked {
    pub caller: AccountId,
    pub address: AccountId,
    pub value: Balance,
    pub balance: Balance,
    pub block_number: u64,
    /// Before and after the questions above.
    pub gas_left: (u64, u64),
}

/// Tensors of [`Message::Tensors`], of the image `0, 1, …, 15` in four rows.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Computed {
    /// The image twice.
    pub sum: Vec<i32>,
    /// The image as a matrix times itself.
    pub product: Vec<i32>,
    /// Sums of windows of 2 × 2 that touch, by a convolution with ones.
    pub convolution: Vec<i32>,
    /// The largest of the same windows.
    pub maxima: Vec<i32>,
    /// The averages of the same windows.
    pub averages: Vec<i32>,
    /// The third and fourth element.
    pub part: [i32; 2],
    /// Elements that a shape had, and those that were given.
    pub refused: Option<(u64, u64)>,
}

/// A model before and after one step of training.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Trained {
    pub before: (ModelHash, Vec<i32>),
    pub after: ([u8; 32], Vec<i32>),
}

/// The program refuses nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Never {}

/// Makes nothing.
fn open(_: ()) -> Result<(), Never> {
    Ok(())
}

/// The reply is the encoded type that the message names.
fn handle(message: Message) -> Result<Vec<u8>, Never> {
    Ok(match message {
        Message::Context => invoked().encode(),
        Message::Tensors => computed().encode(),
        Message::Train {
            model,
            input,
            target,
            rate_shift,
        } => trained(&model, &input, &target, rate_shift).encode(),
        Message::Storage { longest } => stored(longest).encode(),
        Message::Panic(message) => panic!("{message}"),
        Message::Recurse { in_memory: false } => recurse(0).encode(),
        Message::Recurse { in_memory: true } => recurse_in_memory(0).encode(),
        Message::Allocate => allocate(),
        Message::Terminate { beneficiary } => account::terminate(&beneficiary),
    })
}

fn invoked() -> Invoked {
    let before = context::gas_left();
    Invoked {
        caller: context::caller(),
        address: context::address(),
        value: context::value(),
        balance: context::balance(),
        block_number: context::block_number(),
        gas_left: (before, context::gas_left()),
    }
}

fn computed() -> Computed {
    let pixels: Vec<i32> = (0..16).collect();
    let tensor = |dims: &[u32], elements: &[i32]| {
        Tensor::new(dims, elements).expect("the elements fill the shape")
    };
    let image = tensor(&[1, 4, 4], &pixels);
    let matrix = tensor(&[4, 4], &pixels);
    let ones = tensor(&[1, 1, 2, 2], &[1; 4]);
    let window = Window {
        stride: [2, 2],
        padding: [0; 4],
    };
    let average = Pooling::Average {
        multiplier: 1,
        shift: 2,
    };
    let mut part = [0; 2];
    image.read(2, &mut part);
    Computed {
        sum: image.add(&image).to_vec(),
        product: matrix.matmul(&matrix).to_vec(),
        convolution: image.conv(&ones, window, 1).to_vec(),
        maxima: image.pool(Pooling::Max, [2, 2], window).to_vec(),
        averages: image.pool(average, [2, 2], window).to_vec(),
        part,
        refused: Tensor::new(&[2, 2], &[0; 3])
            .err()
            .map(|ElementCount { expected, given }| (expected, given)),
    }
}

fn trained(model: &ModelHash, input: &[i32], target: &[i32], rate_shift: u8) -> Trained {
    let mut model = Model::load(model);
    let example = Tensor::vector(input);
    let before = (model.hash(), model.execute(&example).to_vec());
    let row = |elements: &[i32]| {
        let length = u32::try_from(elements.len()).unwrap_or(0);
        Tensor::new(&[1, length], elements).expect("the elements fill the row")
    };
    model.train(&row(input), &row(target), rate_shift);
    let after = (model.hash(), model.execute(&example).to_vec());
    model.keep();
    Trained { before, after }
}

const NAME: Value<String> = Value::new(b"name");
const SQUARES: Map<u32, u64> = Map::new(b"square/");
const LONG: Value<Vec<u8>> = Value::new(b"long");

fn stored(longest: u32) -> u32 {
    assert_eq!(NAME.get(), None);
    NAME.set(&String::from("tour"));
    assert_eq!(NAME.get().as_deref(), Some("tour"));
    NAME.clear();
    assert_eq!(NAME.get(), None);

    for root in [2u32, 3] {
        SQUARES.set(&root, &u64::from(root).saturating_mul(root.into()));
    }
    assert_eq!((SQUARES.get(&2), SQUARES.get(&3)), (Some(4), Some(9)));
    SQUARES.clear(&2);
    assert!(!SQUARES.contains(&2) && SQUARES.contains(&3));

    let value: Vec<u8> = (0..longest).map(|byte| byte.to_le_bytes()[0]).collect();
    LONG.set(&value);
    assert_eq!(LONG.get(), Some(value));
    LONG.get()
        .map_or(0, |value| u32::try_from(value.len()).unwrap_or(u32::MAX))
}

/// Needs a place on the stack in each activation, of which there are too many.
fn recurse(depth: u64) -> u64 {
    if depth == u64::MAX {
        return depth;
    }
    recurse(depth.wrapping_add(1)).rotate_left(1) ^ depth
}

/// The same with a part of the stack that the compiler keeps in the memory.
fn recurse_in_memory(depth: u64) -> u64 {
    if depth == u64::MAX {
        return depth;
    }
    let part = core::hint::black_box([depth; 4]);
    recurse_in_memory(depth.wrapping_add(1)).rotate_left(1) ^ part[1]
}

fn allocate() -> Vec<u8> {
    let mut kept = Vec::new();
    loop {
        kept.push(vec![1u8; 64 * 1024]);
        core::hint::black_box(&kept);
    }
}

lattice_guest::entry!(instantiate: open, call: handle);
