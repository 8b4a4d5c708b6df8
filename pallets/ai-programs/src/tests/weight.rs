//! What calls weigh: the gas limit before, the gas used after, cold and warm.

use crate::mock::*;
use crate::weights::SubstrateWeight;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::{compilation_gas, CallLimits, CallSchedule, Import, PlainSchedule, ProgramCall};
use lattice_isa::testing::{case, Case};
use lattice_isa::{GasSchedule, Opcode};
use pallet_model_registry::ModelStore;

fn base() -> Weight {
    base_of(0)
}

fn call_of(program: &AccountId, gas_limit: u64) -> crate::Call<Test> {
    crate::Call::call {
        program: program.clone(),
        value: 0,
        input: Default::default(),
        gas_limit,
        models: Default::default(),
        verifying_keys: Default::default(),
    }
}

/// A call with an input of this many bytes, and what is written once for its effects.
pub fn base_of(input: u32) -> Weight {
    type Weights = SubstrateWeight<Test>;
    Weights::call(input) + Weights::apply_storage(0) + Weights::apply_commit(0)
}

fn gas(gas: u64) -> Weight {
    Weight::from_parts(gas, 0)
}

#[test]
fn before_a_call_is_its_base_and_its_gas_limit() {
    let weight = |limit| call_of(&BOB, limit).get_dispatch_info().call_weight;
    assert_eq!(weight(0), base());
    assert_eq!(weight(GAS), base() + gas(GAS));
    // The call itself says that this limit is too high.
    assert_eq!(weight(u64::MAX), base() + gas(MAX_GAS));
}

#[test]
fn of_warm_code_is_without_its_compilation() {
    on_a_fresh_chain(|| {
        let program = instance();
        let code_hash = H256(blake2_256(everything()));
        let compilation =
            compilation_gas(Codes::<Test>::get(code_hash).unwrap().prepared_len.into());
        let weight = || by(&BOB).call(&program).unwrap().actual_weight.unwrap();
        // The instantiation in this block has compiled it.
        let warm = weight();
        let gas_used = ending().1;
        assert_eq!(warm, base() + gas(gas_used - compilation));
        next_block();
        assert_eq!(weight(), base() + gas(gas_used));
        assert_eq!(ending().1, gas_used, "the program could see the cache");
        assert_eq!(weight(), warm);
    });
}

#[test]
fn of_a_call_that_could_not_pay_for_compilation_leaves_the_code_cold() {
    on_a_fresh_chain(|| {
        let program = instance();
        next_block();
        assert_ok!(by(&BOB).gas(1).call(&program));
        assert!(ending().0.is_err());
        let (block, _) = CompiledBytes::<Test>::get();
        assert_eq!(block, 1);
        let weight = by(&BOB).call(&program).unwrap().actual_weight.unwrap();
        assert_eq!(weight, base() + gas(ending().1));
    });
}

#[test]
fn of_compilation_is_paid_by_a_call_that_traps_and_only_once() {
    on_a_fresh_chain(|| {
        let program = instance();
        next_block();
        assert_ok!(by(&BOB).input([10]).call(&program));
        let (_, trapped) = ending();
        let weight = by(&BOB).call(&program).unwrap().actual_weight.unwrap();
        assert!(weight.ref_time() < base().ref_time() + trapped);
    });
}

#[test]
fn a_block_compiles_no_more_than_its_cap() {
    on_a_fresh_chain(|| {
        let program = instance();
        let other = compile(
            r#"(module (func (export "instantiate")) (func (export "call"))
                (func (drop (i32.const 7))))"#,
        );
        let code_hash = upload(&other);
        let length = |hash| Codes::<Test>::get(hash).unwrap().prepared_len;
        let first = length(H256(blake2_256(everything())));
        MaxCompiledBytes::set(first + length(code_hash) - 1);
        next_block();
        assert_ok!(by(&BOB).call(&program));
        assert_eq!(CompiledBytes::<Test>::get(), (2, first));
        let refused = by(&BOB).instantiate(code_hash, 1).unwrap_err();
        assert_eq!(refused.error, Error::<Test>::CompilationLimit.into());
        assert_ok!(by(&BOB).call(&program));
        assert!(ending().0.is_ok());
        next_block();
        assert_ok!(by(&BOB).instantiate(code_hash, 1));
        assert!(ending().0.is_ok());
        MaxCompiledBytes::set(1_048_576);
    });
}

#[test]
fn of_an_effect_is_within_the_gas_that_the_program_paid_for_it() {
    type Weights = SubstrateWeight<Test>;
    let schedule = CallSchedule::V1;
    let within = |weight: Weight, paid: u64| assert!(weight.ref_time() <= paid, "{weight} {paid}");
    within(Weights::apply_transfer(), schedule.transfer);
    within(slope(Weights::apply_commit), schedule.record);
    let ending = schedule.base(Import::Terminate);
    within(Weights::apply_terminate(0), ending);
    within(slope(Weights::apply_terminate), schedule.removed_item);
    let items = CallLimits::V1.removed_items;
    let paid = schedule.removed_item * u64::from(items);
    within(Weights::apply_terminate(items), ending + paid);
    // Of a single value less than what is written once for all of them.
    let once = Weights::apply_storage(0);
    for bytes in [0, 64, 1_000, 16_384] {
        let paid = schedule.storage_set_byte * u64::from(bytes);
        let weight = Weights::apply_value(bytes) - once;
        within(weight, schedule.storage_set + paid);
    }
    let paid = schedule.storage_set_byte * 64;
    within(slope(Weights::apply_storage), schedule.storage_set + paid);
    for bytes in [0, 64, 4_096] {
        let paid = schedule.event_byte * u64::from(bytes);
        within(Weights::apply_event(bytes), schedule.event + paid);
    }
}

/// The weight of one more.
fn slope(weight: fn(u32) -> Weight) -> Weight {
    weight(2) - weight(1)
}

/// Gas of one more repetition of a case.
fn gas_of(case: &Case) -> u64 {
    let used = |repetitions| {
        let models: Vec<_> = case
            .model
            .iter()
            .map(|model| store(&CAROL, model))
            .collect();
        let models = models
            .iter()
            .filter_map(|index| ModelRegistry::location(*index));
        let call = ProgramCall {
            models: models.collect(),
            program: case.program(repetitions),
            gas_limit: u64::MAX,
            ..Default::default()
        };
        let outcome = lattice_host::run_program(&call).unwrap();
        assert_eq!(outcome.trap, None);
        outcome.gas_used
    };
    used(2) - used(1)
}

/// What the host takes for an instruction, called by the runtime, is what is charged for
/// it, the bytes of its encoding included: never less, and not much more.
#[test]
fn of_an_instruction_is_its_gas() {
    type Weights = SubstrateWeight<Test>;
    // `LOAD_MODEL` also pays for cold reads, and training for errors none of which is masked.
    type Measured = (Opcode, fn(u32) -> Weight, f64);
    let measured: [Measured; 10] = [
        (Opcode::LoadModel, Weights::opcode_load_model, 2.0),
        (Opcode::ExecModel, Weights::opcode_exec_model, 1.25),
        (Opcode::TrainModel, Weights::opcode_train_model, 1.6),
        (Opcode::TensorNew, Weights::opcode_tensor_new, 1.5),
        (Opcode::TensorAdd, Weights::opcode_tensor_add, 1.5),
        (Opcode::TensorMul, Weights::opcode_tensor_mul, 1.25),
        (Opcode::TensorConv, Weights::opcode_tensor_conv, 1.25),
        (Opcode::TensorPool, Weights::opcode_tensor_pool, 1.5),
        (Opcode::HashModel, Weights::opcode_hash_model, 1.25),
        (Opcode::CommitResult, Weights::opcode_commit_result, 3.0),
    ];
    on_a_fresh_chain(|| {
        for (opcode, weight, most) in measured {
            let case = case(opcode);
            let bytes = case.program(2).len() - case.program(1).len();
            let encoding = Weights::execute(bytes.try_into().unwrap()) - Weights::execute(0);
            let charged = gas_of(&case) + encoding.ref_time();
            let ratio = charged as f64 / slope(weight).ref_time() as f64;
            println!("{}: {ratio:.2}", opcode.mnemonic());
            assert!(ratio > 0.95, "{} is too cheap: {ratio}", opcode.mnemonic());
            assert!(ratio < most, "{} is too dear: {ratio}", opcode.mnemonic());
        }
    });
    let proof = GasSchedule::V1.settlement(false) as f64;
    let ratio = proof / Weights::opcode_verify_proof().ref_time() as f64;
    assert!((0.95..1.25).contains(&ratio), "VERIFY_PROOF: {ratio}");
}

/// A plain instruction of WebAssembly is charged at least what it takes.
#[test]
fn of_plain_instructions_is_within_their_gas() {
    let thousand = slope(SubstrateWeight::<Test>::wasm_instructions).ref_time();
    let paid = u64::from(PlainSchedule::V1.simple) * 4_000;
    assert!(
        (paid / 3..=paid).contains(&thousand),
        "{thousand} of {paid}"
    );
}
