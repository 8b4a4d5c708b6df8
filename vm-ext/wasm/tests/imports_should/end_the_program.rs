//! `terminate`, which ends the call and the program with it.

use super::*;
use lattice_wasm::{CallLimits, CallSchedule, Entry, Invocation, Outcome, TerminationFault};

const SCHEDULE: CallSchedule = CallSchedule::V1;

/// Terminates in favour of the account at 256.
const TERMINATE: &str = "(call $terminate (i32.const 256))";

/// `storage_set` of an empty value under the byte at `key`.
fn set(key: u32) -> String {
    format!("(call $storage_set (i32.const {key}) (i32.const 1) (i32.const 0) (i32.const 0))")
}

fn ended() -> Effect {
    Effect::Terminated {
        beneficiary: [9; 32],
    }
}

/// Runs a body on a program that has so many entries, with so much gas.
fn with_items(stored_items: u32, gas_limit: u64, body: &str) -> Outcome {
    let text = module(&data(256, &[9; 32]), body);
    let code = prepared(&text).code;
    let call = Invocation {
        stored_items,
        gas_limit,
        ..invocation(&code)
    };
    run_in(&mut World::default(), &call)
}

/// What the last import of a call was charged.
fn charged(outcome: &Outcome) -> u64 {
    let last = outcome.trace.last().expect("an import was called");
    assert_eq!(last.import, Import::Terminate);
    last.gas
}

#[test]
fn ends_the_call_well_and_reverts_nothing() {
    let body = format!(
        "(call $output (i32.const 256) (i32.const 2))
         (call $event (i32.const 256) (i32.const 1))
         {TERMINATE} unreachable"
    );
    let outcome = with_items(0, PLENTY, &body);
    let event = Effect::Emitted { data: vec![9] };
    assert_eq!(outcome.effects, [event, ended()]);
    assert_eq!(outcome.result, Ok(vec![9, 9]));
    let last = outcome.trace.last().expect("a trace");
    assert!(!last.trapped);
    // What comes behind it in the same block was charged with the block.
    assert!(PLENTY - outcome.gas_used <= last.gas_left);
}

#[test]
fn ends_every_function_that_is_active() {
    let items = data(256, &[9; 32])
        + "(func $deep (param i32)
            (if (local.get 0)
                (then (call $deep (i32.sub (local.get 0) (i32.const 1))))
                (else (call $terminate (i32.const 256))))
            (call $event (i32.const 0) (i32.const 1)))";
    let outcome = call(&items, "(call $deep (i32.const 50))");
    assert_eq!(
        (outcome.result, &outcome.effects[..]),
        (Ok(vec![]), &[ended()][..])
    );
}

#[test]
fn keeps_models_that_the_call_trained() {
    let model = model();
    let items = [
        data(256, &[9; 32]),
        data(300, &model.id().0),
        data(340, &words(&[1, 6, 1, 2, 3, 4, 5, 6])),
        data(400, &words(&[1, 3, 100, 200, 300])),
    ]
    .concat();
    let body = format!(
        "(call $load_model (i32.const 300)) drop
         (call $tensor_new (i32.const 2) (i32.const 340) (i32.const 348)) drop
         (call $tensor_new (i32.const 2) (i32.const 400) (i32.const 408)) drop
         (call $train_model (i32.const 0) (i32.const 1) (i32.const 2) (i32.const 20))
         {TERMINATE}"
    );
    let mut world = World {
        models: vec![model],
        ..World::default()
    };
    let outcome = call_in(&mut world, &items, &body);
    assert_eq!((outcome.result, outcome.states.len()), (Ok(vec![]), 1));
}

#[test]
fn costs_a_transfer_a_removal_and_each_entry() {
    let base = SCHEDULE.import + SCHEDULE.transfer + SCHEDULE.terminate;
    assert_eq!(SCHEDULE.base(Import::Terminate), base);
    for items in [0, 1, 7, 2048] {
        let outcome = with_items(items, PLENTY, TERMINATE);
        assert_eq!(outcome.result, Ok(vec![]));
        assert_eq!(
            charged(&outcome),
            base + SCHEDULE.removed_item * u64::from(items)
        );
    }
}

#[test]
fn costs_entries_that_the_call_made_and_not_those_that_it_cleared() {
    let base = SCHEDULE.base(Import::Terminate);
    let clear = "(call $storage_clear (i32.const 257) (i32.const 1))";
    // Two keys, one of them the same byte, set twice.
    let body = format!("{} {} {} {TERMINATE}", set(255), set(256), set(257));
    let outcome = with_items(3, PLENTY, &body);
    assert_eq!(charged(&outcome), base + SCHEDULE.removed_item * 5);
    let outcome = with_items(3, PLENTY, &format!("{} {clear} {TERMINATE}", set(255)));
    assert_eq!(charged(&outcome), base + SCHEDULE.removed_item * 4);
    let stored = |key: u8, value| Effect::StorageSet {
        key: vec![key],
        value,
    };
    assert_eq!(
        outcome.effects,
        [stored(0, Some(vec![])), stored(9, None), ended()]
    );
}

#[test]
fn is_charged_for_all_entries_before_it_ends_anything() {
    let full = with_items(1_000, PLENTY, TERMINATE);
    assert_eq!(full.effects, [ended()]);
    let short = with_items(1_000, full.gas_used - 1, TERMINATE);
    assert_eq!(short.result, Err(ProgramTrap::OutOfGas));
    assert_eq!(short.effects, []);
    let exact = with_items(1_000, full.gas_used, TERMINATE);
    assert_eq!(
        (&exact.result, exact.gas_used),
        (&Ok(vec![]), full.gas_used)
    );
}

mod is_refused {
    use super::*;

    fn refused(outcome: Outcome, trap: ProgramTrap) {
        assert_eq!(outcome.trace.last().map(|step| step.trapped), Some(true));
        assert_eq!(trap_of(outcome), trap);
    }

    #[test]
    fn while_the_program_is_being_made() {
        let text = format!(
            "(module {} (memory (export \"memory\") 1)
             (func (export \"instantiate\") {TERMINATE}) (func (export \"call\")))",
            imports()
        );
        let code = prepared(&text).code;
        let making = Invocation {
            entry: Entry::Instantiate,
            ..invocation(&code)
        };
        refused(
            run_in(&mut World::default(), &making),
            ProgramTrap::Termination(TerminationFault::Instantiating),
        );
    }

    #[test]
    fn in_favour_of_the_program() {
        refused(
            call(&data(256, &[0xad; 32]), TERMINATE),
            ProgramTrap::Termination(TerminationFault::OwnBeneficiary),
        );
    }

    #[test]
    fn with_more_entries_than_one_call_removes() {
        let limit = CallLimits::V1.removed_items;
        let too_many = |given| ProgramTrap::TooLarge {
            what: Bounded::RemovedItems,
            given,
            limit,
        };
        refused(with_items(limit + 1, PLENTY, TERMINATE), too_many(2049));
        let body = format!("{} {TERMINATE}", set(255));
        refused(with_items(limit, PLENTY, &body), too_many(2049));
        let most = u64::from(u32::MAX);
        refused(with_items(u32::MAX, PLENTY, TERMINATE), too_many(most));
    }

    #[test]
    fn where_the_call_has_as_many_effects_as_it_may() {
        let body = format!(
            "(local $i i32) (loop (call $event (i32.const 0) (i32.const 0))
             (local.set $i (i32.add (local.get $i) (i32.const 1)))
             (br_if 0 (i32.lt_u (local.get $i) (i32.const 256)))) {TERMINATE}"
        );
        let trap = ProgramTrap::TooLarge {
            what: Bounded::Effects,
            given: 257,
            limit: 256,
        };
        refused(with_items(0, PLENTY, &body), trap);
    }
}
