//! Accounts, codes and runs that the benchmarks start from.

use super::modules::module;
use crate::journal::Author;
use crate::*;
use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::traits::fungible::Mutate;
use lattice_host::{ProgramCall, ProgramOutcome};
use lattice_isa::testing::Case;
use lattice_isa::{Gas, Instruction, Program as Bytecode};
use lattice_primitives::Effect;
use lattice_tensor::Shape;
use pallet_model_registry::ModelStore;

/// Suffices for a program that does nothing, compilation included.
pub(super) const GAS: Gas = 50_000_000_000;

/// Code of about this many bytes can just be compiled for what a call may pay.
pub(super) const LONGEST_CODE: u32 = 64 * 1024;

/// Entries of the storage of a program that is ended: the most that one call removes.
pub(super) const MOST_ITEMS: u32 = lattice_host::CallLimits::V1.removed_items;

/// Chunks of the models of an access list: the most that a model has.
pub(super) const CHUNKS: u32 = 16;

/// The account of 32 equal bytes, rich.
pub(super) fn funded<T: Config>(byte: u8) -> T::AccountId {
    let who = T::AccountId::from([byte; 32]);
    T::Currency::set_balance(&who, u64::MAX.saturated_into());
    who
}

pub(super) fn upload<T: Config>(owner: &T::AccountId, code: Vec<u8>) -> H256 {
    let code_hash = H256(blake2_256(&code));
    Pallet::<T>::do_upload(owner.clone(), &code).expect("the code is valid");
    code_hash
}

/// An instance of a program that does nothing.
pub(super) fn program<T: Config>(deployer: &T::AccountId) -> T::AccountId {
    instance::<T>(deployer, module(0))
}

pub(super) fn instance<T: Config>(deployer: &T::AccountId, code: Vec<u8>) -> T::AccountId {
    let code_hash = upload::<T>(deployer, code);
    Pallet::<T>::instantiate(
        RawOrigin::Signed(deployer.clone()).into(),
        code_hash,
        1_000_000_000u32.into(),
        Default::default(),
        GAS,
        H256::zero(),
        Default::default(),
        Default::default(),
    )
    .expect("the program is made");
    let program = Pallet::<T>::program_account(deployer, &code_hash, &H256::zero());
    assert!(Programs::<T>::contains_key(&program), "it trapped");
    program
}

/// Bytecode of nearly this many bytes that makes tensors of one element each.
pub(super) fn bytecode(bytes: u32) -> Vec<u8> {
    let tensor = Instruction::TensorNew {
        shape: Shape::new(vec![1]).expect("the shape is within the limits"),
        elements: vec![1],
    };
    let one = Bytecode::encode(&[tensor]).expect("the instruction has an encoding");
    // More live handles than this are a trap.
    let count = usize::try_from(bytes)
        .unwrap_or(usize::MAX)
        .checked_div(one.len())
        .unwrap_or(0)
        .min(256);
    let rest = usize::try_from(bytes)
        .unwrap_or(usize::MAX)
        .saturating_sub(one.len().saturating_mul(count));
    // What is left is the elements of one more tensor.
    let elements = rest.saturating_sub(64).checked_div(4).unwrap_or(0);
    let mut program = one.repeat(count.saturating_sub(1));
    if elements > 0 {
        let last = Instruction::TensorNew {
            shape: Shape::new(vec![elements.saturated_into()])
                .expect("the shape is within the limits"),
            elements: vec![1; elements],
        };
        program.extend(Bytecode::encode(&[last]).expect("the instruction has an encoding"));
    }
    program
}

/// A run of a case with this many repetitions, its model in storage.
pub(super) fn run_of<T: Config>(case: &Case, repetitions: u32) -> ProgramCall {
    let models = case.model.iter().map(|model| {
        let index = T::Registry::benchmark_stored_model(model);
        T::Registry::location(index).expect("the model is stored")
    });
    ProgramCall {
        models: models.collect(),
        program: case.program(repetitions.saturated_into()),
        gas_limit: Gas::MAX,
        ..Default::default()
    }
}

/// Runs a program whose bytes the machine takes.
pub(super) fn run_through(call: &ProgramCall) -> ProgramOutcome {
    lattice_host::run_program(call).expect("the program is well-formed")
}

/// Runs a program that must not trap.
pub(super) fn run_to_its_end(call: &ProgramCall) {
    assert_eq!(run_through(call).trap, None);
}

/// A value of this many bytes under a key of the greatest length.
pub(super) fn stored(key: u8, bytes: u32) -> Effect {
    Effect::StorageSet {
        key: vec![key; 64],
        value: Some(vec![2; bytes.saturated_into()]),
    }
}

pub(super) fn apply<T: Config>(caller: &T::AccountId, account: &T::AccountId, effects: &[Effect]) {
    let author = Author { caller, account };
    Pallet::<T>::apply(&author, effects).expect("the effects are applied");
}
