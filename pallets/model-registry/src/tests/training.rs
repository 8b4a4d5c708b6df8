//! States that the machine trained, from the chain and back to it.

use super::chunks::*;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::{Handle, JournalEntry, ProgramCall, ProgramOutcome};
use lattice_isa::{Instruction, Program};
use lattice_tensor::{Clamp, Model, ModelBuilder, Range, Scale, Shape};

/// A model that training changes.
fn pupil() -> Model {
    let hidden = vec![60, -20, 35, -40, 50, 10, 5, 90, -70, 25, -30, 45];
    let out = vec![70, -35, 20, 55, -60, 40, 30, -10];
    ModelBuilder::new(
        Shape::new([3]).unwrap(),
        Range { lo: 0, hi: 16 },
        Scale::ONE,
    )
    .linear("hidden", hidden, 4, Some(vec![100, -50, 7, 0]))
    .and_then(|builder| builder.requantize(vec![4, 5, 4, 5], Clamp::RELU))
    .and_then(|builder| builder.linear("out", out, 2, Some(vec![1000, -2000])))
    .and_then(|builder| builder.build(Scale::ONE))
    .unwrap()
}

fn tensor(dims: [u32; 2], elements: &[i32]) -> Instruction {
    Instruction::TensorNew {
        shape: Shape::new(dims).unwrap(),
        elements: elements.to_vec(),
    }
}

/// Load a registration's model, take some training steps, and hash the state.
fn train(model: u32, steps: usize) -> ProgramOutcome {
    let (hash, location) = <ModelRegistry as ModelStore<_>>::location(model).unwrap();
    let mut program = vec![
        Instruction::LoadModel { model: hash },
        tensor([2, 3], &[1, 5, 16, 9, 0, 3]),
        tensor([2, 2], &[4_000, -4_000, -4_000, 4_000]),
    ];
    let step = Instruction::TrainModel {
        model: Handle(0),
        batch: Handle(1),
        targets: Handle(2),
        rate_shift: 12,
    };
    program.extend(vec![step; steps]);
    program.push(Instruction::HashModel { model: Handle(0) });
    let outcome = lattice_host::run_program(&ProgramCall {
        program: Program::encode(&program).unwrap(),
        gas_limit: u64::MAX,
        models: vec![(hash, location)],
        keep_states: true,
        ..Default::default()
    })
    .unwrap();
    assert_eq!(outcome.trap, None);
    outcome
}

/// The hash of the state that a run left.
fn state_hash(outcome: &ProgramOutcome) -> H256 {
    match outcome.journal.as_slice() {
        [JournalEntry::ModelHashed { state, .. }] => H256(*state),
        other => panic!("the run hashed one model: {other:?}"),
    }
}

/// Store the only state that a run left.
fn store_state(parent: u32, outcome: ProgramOutcome) -> u32 {
    let state = outcome.states.into_iter().next().unwrap();
    <ModelRegistry as ModelStore<_>>::store_state(&ALICE, parent, state).unwrap()
}

#[test]
fn goes_on_from_a_stored_state_as_if_it_had_not_stopped() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "pupil", &pupil());
        let first = store_state(parent, train(parent, 1));
        let onward = train(first, 1);
        let at_once = train(parent, 2);
        assert_eq!(state_hash(&onward), state_hash(&at_once));
        assert_ne!(state_hash(&onward), state_hash(&train(parent, 1)));

        let second = store_state(first, onward);
        let info = ModelRegistry::model_info(second).unwrap();
        assert_eq!(info.state_hash, Some(state_hash(&at_once)));
        assert_eq!(info.parent, Some(first));
    });
}

#[test]
fn leaves_a_state_that_loads_again_under_the_hash_that_the_registry_tells() {
    on_a_fresh_chain(|| {
        let parent = store(ALICE, "pupil", &pupil());
        let outcome = train(parent, 3);
        let trained = state_hash(&outcome);
        let model = store_state(parent, outcome);
        let info = ModelRegistry::model_info(model).unwrap();
        assert_ne!(info.model_hash, H256(pupil().id().0));
        assert_eq!(info.state_hash, Some(trained));
        let loaded = train(model, 0);
        assert_eq!(state_hash(&loaded), trained);
    });
}
