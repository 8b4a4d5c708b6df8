//! The functions of the SDK, each with what the chain makes of it.

mod support;

use codec::{DecodeAll, Encode};
use lattice_guest::Failure;
use lattice_guest_programs::TOUR;
use lattice_tensor::{testing, Range};
use lattice_wasm::{Entry, ProgramTrap, TerminationFault};
use support::{reason, Chain, OWNER, PLAYER, PROGRAM, WEALTH};
use tour::{Computed, Invoked, Message, Never, Trained};

fn open() -> Chain {
    let mut chain = Chain::with(TOUR);
    chain.instantiate(1_000, &()).expect("it refuses nothing");
    chain
}

fn visit<R: DecodeAll>(chain: &mut Chain, value: u128, message: &Message) -> R {
    let reply: Vec<u8> = chain.call(PLAYER, value, message).expect("a station");
    R::decode_all(&mut reply.as_slice()).expect("the reply that the message names")
}

#[test]
fn say_what_the_call_is() {
    let mut chain = open();
    let invoked: Invoked = visit(&mut chain, 30, &Message::Context);
    let (before, after) = invoked.gas_left;
    assert!(support::PLENTY > before && before > after && after > 0);
    let expected = Invoked {
        caller: PLAYER,
        address: PROGRAM,
        value: 30,
        balance: 1_030,
        block_number: chain.block_number(),
        gas_left: invoked.gas_left,
    };
    assert_eq!(invoked, expected);
    assert_eq!(chain.world.balances[&PLAYER], WEALTH - 30);
}

#[test]
fn compute_on_tensors() {
    let computed: Computed = visit(&mut open(), 0, &Message::Tensors);
    let product = (0..4)
        .flat_map(|row| (0..4).map(move |column| (row, column)))
        .map(|(row, column)| (0..4).map(|k| (4 * row + k) * (4 * k + column)).sum())
        .collect();
    let expected = Computed {
        sum: (0..16).map(|pixel| 2 * pixel).collect(),
        product,
        convolution: vec![10, 18, 42, 50],
        maxima: vec![5, 7, 13, 15],
        averages: vec![2, 4, 10, 12],
        part: [2, 3],
        refused: Some((4, 3)),
    };
    assert_eq!(computed, expected);
}

#[test]
fn train_a_model() {
    let mut chain = open();
    let model = testing::random_mlp(1, &[6, 4, 3], Range { lo: 0, hi: 16 });
    chain.world.add_model(&model);
    let input = testing::random_input(1, &model);
    let logits = lattice_tensor::execute(&model, &input).expect("the input is in range");
    let target: Vec<i32> = logits.iter().map(|logit| logit / 2 + 100).collect();
    let message = Message::Train {
        model: model.id().0,
        input,
        target: target.clone(),
        rate_shift: 4,
    };
    let trained: Trained = visit(&mut chain, 0, &message);
    assert_eq!(trained.before, (model.id().0, logits));
    assert_ne!(trained.after.0, trained.before.0);
    let error = |logits: &[i32]| -> i64 {
        logits
            .iter()
            .zip(&target)
            .map(|(logit, target)| i64::from(logit - target).pow(2))
            .sum()
    };
    let (before, after) = (error(&trained.before.1), error(&trained.after.1));
    assert!(after < before, "the error went from {before} to {after}");
}

#[test]
fn remember_short_and_long_values() {
    // Around the length that is read at once, and the longest that may be stored.
    for longest in [0, 253, 254, 255, 1_000, 16 * 1024 - 4] {
        let mut chain = open();
        let length: u32 = visit(&mut chain, 0, &Message::Storage { longest });
        assert_eq!(length, longest);
        let keys: Vec<&[u8]> = chain.world.storage.keys().map(Vec::as_slice).collect();
        assert_eq!(keys, [&b"long"[..], b"square/\x03\0\0\0"]);
    }
}

#[test]
fn end_an_instance_in_favour_of_an_account() {
    let mut chain = open();
    let _: u32 = visit(&mut chain, 5, &Message::Storage { longest: 9 });
    assert_eq!(chain.world.storage.len(), 2);
    let message = Message::Terminate { beneficiary: OWNER };
    let output = chain.run(Entry::Call, PLAYER, 7, &message.encode());
    assert_eq!(output, Ok(vec![]));
    assert!(chain.world.storage.is_empty());
    assert_eq!(chain.world.balances[&PROGRAM], 0);
    // It had what OWNER gave to it, and has given it back.
    assert_eq!(chain.world.balances[&OWNER], WEALTH + 12);
}

#[test]
fn not_end_an_instance_in_favour_of_itself() {
    let message = Message::Terminate {
        beneficiary: PROGRAM,
    };
    assert_eq!(
        open().stops(PLAYER, 5, &message.encode()),
        ProgramTrap::Termination(TerminationFault::OwnBeneficiary)
    );
}

#[test]
fn revert_with_the_message_of_a_panic() {
    let message = String::from("nobody is at home");
    let trap = open().stops(PLAYER, 5, &Message::Panic(message.clone()).encode());
    assert_eq!(reason::<Never>(trap), Failure::Panic(message));
}

#[test]
fn stop_where_stack_or_memory_end() {
    let stops = |message: Message| open().stops(PLAYER, 0, &message.encode());
    let recurse = |in_memory| stops(Message::Recurse { in_memory });
    assert_eq!(recurse(false), ProgramTrap::StackExhausted);
    // It lies below all data, so its end is the beginning of the memory.
    assert_eq!(recurse(true), ProgramTrap::OutOfBounds);
    assert_eq!(stops(Message::Allocate), ProgramTrap::MemoryLimit);
}
