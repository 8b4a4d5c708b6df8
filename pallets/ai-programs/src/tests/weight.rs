//! What calls weigh: the gas limit before, the gas used after, cold and warm.

use crate::mock::*;
use crate::weights::SubstrateWeight;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::{compilation_gas, CallSchedule};

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

fn base() -> Weight {
    SubstrateWeight::<Test>::call(0)
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
    within(Weights::apply_commit(), schedule.record);
    for bytes in [0, 64, 1_000, 16_384] {
        let paid = schedule.storage_set_byte * u64::from(bytes);
        within(Weights::apply_storage(bytes), schedule.storage_set + paid);
    }
    for bytes in [0, 64, 4_096] {
        let paid = schedule.event_byte * u64::from(bytes);
        within(Weights::apply_event(bytes), schedule.event + paid);
    }
}
