//! `LOAD_MODEL`: what it takes, refuses and charges.

mod support;

use lattice_isa::{Event, GasSchedule, Handle, Limits, Opcode, Trap, Work};
use lattice_machine::TrainedState;
use lattice_tensor::{testing, Model, Range};
use support::*;

/// What loading a model from these pieces comes to.
fn load_pieces(model: &Model, pieces: Vec<Vec<u8>>) -> lattice_machine::Outcome {
    let mut world = World {
        models: vec![(model.id().0, pieces)],
        verified: 0,
    };
    run_in(&mut world, Limits::V1, PLENTY, &[load(model), hash(0)])
}

/// The state of [`pupil`] after one step, as a run leaves it.
fn trained() -> TrainedState {
    let program = [
        load(&pupil()),
        new(&[1, 3], vec![3, 8, 16]),
        new(&[1, 2], vec![16_384, 0]),
        train(0, 1, 2, 4),
    ];
    let mut outcome = run_in(&mut World::with(&pupil()), Limits::V1, PLENTY, &program);
    assert_eq!(outcome.result, Ok(()));
    outcome.states.remove(0)
}

#[test]
fn take_a_model_in_pieces_of_any_length() {
    for length in [1, 7, 4096] {
        let outcome = load_pieces(&model(), pieces(&model(), &[], length));
        assert_eq!(outcome.result, Ok(()), "pieces of {length}");
    }
}

#[test]
fn charge_for_each_piece_and_for_each_byte() {
    let schedule = GasSchedule::V1;
    let model = model();
    for length in [1, 7, 4096] {
        let pieces = pieces(&model, &[], length);
        let asked = pieces.len() as u64;
        let manifest = codec::Encode::encode(model.manifest()).len() as u64;
        let gas = load_pieces(&model, pieces).steps[0].gas;
        // One question more than there are pieces after the first: the last says none.
        let expected = schedule.base(Opcode::LoadModel)
            + asked * schedule.work(Work::LoadChunk)
            + schedule.work(Work::LoadModel {
                bytes: model.to_blob().len() as u64,
            })
            + schedule.work(Work::DecodeManifest { bytes: manifest })
            + schedule.work(Work::BoundModel {
                activations: model.summary().activations,
            });
        assert_eq!(gas, expected, "pieces of {length}");
    }
}

#[test]
fn take_up_a_stored_state_where_it_was_left() {
    let state = trained();
    let model = Model::from_blob(&state.model).expect("a trained model is a model");
    let again = [
        load(&model),
        hash(0),
        new(&[1, 3], vec![3, 8, 16]),
        new(&[1, 2], vec![16_384, 0]),
        train(0, 1, 2, 4),
        hash(0),
    ];
    let mut world = World::with_state(&state);
    let outcome = run_in(&mut world, Limits::V1, PLENTY, &again);
    assert_eq!(outcome.result, Ok(()));
    let base = model.id().0;
    let taken_up = Event::ModelHashed {
        model: base,
        state: state.state,
    };
    assert_eq!(outcome.journal[0], taken_up);

    // Two steps in one run lead to the same parameters.
    let both = [
        load(&pupil()),
        new(&[1, 3], vec![3, 8, 16]),
        new(&[1, 2], vec![16_384, 0]),
        train(0, 1, 2, 4),
        train(0, 1, 2, 4),
    ];
    let at_once = run_in(&mut World::with(&pupil()), Limits::V1, PLENTY, &both);
    assert_eq!(outcome.states[0].parameters, at_once.states[0].parameters);
    assert_eq!(outcome.states[0].model, at_once.states[0].model);
    assert_eq!(outcome.states[0].state, at_once.states[0].state);
    assert_eq!(
        (outcome.states[0].base, at_once.states[0].base),
        (base, pupil().id().0)
    );
}

#[test]
fn leave_no_state_of_a_model_that_is_only_loaded() {
    let state = trained();
    let model = Model::from_blob(&state.model).expect("a trained model is a model");
    let mut world = World::with_state(&state);
    let outcome = run_in(&mut world, Limits::V1, PLENTY, &[load(&model), hash(0)]);
    assert_eq!(outcome.result, Ok(()));
    assert!(outcome.states.is_empty());
}

mod refuse {
    use super::*;

    fn invalid(model: &Model) -> Result<(), Trap> {
        let model = model.id().0;
        Err(Trap::InvalidModel { model })
    }

    #[test]
    fn a_model_that_is_missing_or_another() {
        let model = model();
        let id = model.id().0;
        let outcome = run(&[load(&model)]);
        assert_eq!(outcome.result, Err(Trap::UnknownModel { model: id }));
        let other = testing::random_mlp(2, &[6, 5, 3], Range { lo: 0, hi: 16 });
        let mismatch = Trap::ModelMismatch {
            model: id,
            found: other.id().0,
        };
        let outcome = load_pieces(&model, pieces(&other, &[], 64));
        assert_eq!(outcome.result, Err(mismatch));
    }

    #[test]
    fn bytes_that_are_missing_left_over_or_changed() {
        let model = model();
        let whole = pieces(&model, &[], 16);
        let with = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
            let mut pieces = whole.clone();
            change(&mut pieces);
            load_pieces(&model, pieces).result
        };
        assert_eq!(with(&|_| ()), Ok(()));
        let last = whole.len() - 1;
        assert_eq!(with(&|pieces| pieces[0].clear()), invalid(&model));
        assert_eq!(with(&|pieces| pieces[0].push(0)), invalid(&model));
        assert_eq!(with(&|pieces| pieces[0].truncate(5)), invalid(&model));
        assert_eq!(with(&|pieces| drop(pieces.pop())), invalid(&model));
        assert_eq!(with(&|pieces| pieces[last].truncate(1)), invalid(&model));
        assert_eq!(with(&|pieces| pieces[last].push(0)), invalid(&model));
        assert_eq!(with(&|pieces| pieces[1][3] ^= 1), invalid(&model));
        assert_eq!(with(&|pieces| pieces.swap(1, 2)), invalid(&model));
        // No pieces without bytes: else there would be two ways to store a model.
        assert_eq!(with(&|pieces| pieces.insert(1, vec![])), invalid(&model));
        assert_eq!(with(&|pieces| pieces.push(vec![])), invalid(&model));
    }

    #[test]
    fn parameters_that_are_not_those_of_the_weights() {
        let state = trained();
        let model = Model::from_blob(&state.model).expect("a trained model is a model");
        let with = |parameters: &[u8]| load_pieces(&model, pieces(&model, parameters, 50)).result;
        assert_eq!(with(&state.parameters), Ok(()));
        assert_eq!(
            with(&[]),
            Ok(()),
            "a trained model without its state is a model"
        );
        assert_eq!(with(&state.parameters[4..]), invalid(&model));
        assert_eq!(
            with(&[&state.parameters[..], &[0; 4]].concat()),
            invalid(&model)
        );
        // The low bits are the state's own; the high ones are the weight.
        let mut other = state.parameters.clone();
        other[2] ^= 0x10;
        assert_eq!(with(&other), invalid(&model));
    }

    #[test]
    fn parameters_of_a_model_that_cannot_be_trained() {
        let model = testing::random_residual(1);
        let count: usize = model.tensors().iter().map(|tensor| tensor.len()).sum();
        let outcome = load_pieces(&model, pieces(&model, &vec![0; 4 * count], 4096));
        assert_eq!(outcome.result, invalid(&model));
    }

    #[test]
    fn more_pieces_than_are_paid_for() {
        let model = model();
        let whole = load_pieces(&model, pieces(&model, &[], 1)).steps[0].gas;
        for limit in (0..whole).step_by(977_777_777) {
            let mut world = World {
                models: vec![(model.id().0, pieces(&model, &[], 1))],
                verified: 0,
            };
            let outcome = run_in(&mut world, Limits::V1, limit, &[load(&model)]);
            assert!(matches!(outcome.result, Err(Trap::OutOfGas { .. })));
            assert!(outcome.gas_used <= limit && outcome.executed == 0);
        }
    }

    #[test]
    fn a_state_over_the_limit_of_a_model() {
        let state = trained();
        let bytes = (state.model.len() + state.parameters.len()) as u64;
        let with = |model_bytes| {
            let limits = Limits {
                model_bytes,
                ..Limits::V1
            };
            let model = Model::from_blob(&state.model).expect("a trained model is a model");
            run_in(
                &mut World::with_state(&state),
                limits,
                PLENTY,
                &[load(&model)],
            )
            .result
        };
        assert_eq!(with(bytes), Ok(()));
        let limit = bytes - 1;
        assert_eq!(with(limit), Err(Trap::ModelLimit { bytes, limit }));
    }
}

#[test]
fn give_the_memory_of_a_state_back_with_its_handle() {
    let state = trained();
    let model = Model::from_blob(&state.model).expect("a trained model is a model");
    let mut world = World::with_state(&state);
    let program = [load(&model), unload(0), hash(0)];
    let outcome = run_in(&mut world, Limits::V1, PLENTY, &program);
    let memory: Vec<u64> = outcome.steps.iter().map(|step| step.memory_bytes).collect();
    let plain = load_pieces(&model, pieces(&model, &[], 4096)).steps[0].memory_bytes;
    assert_eq!(memory, [plain + state.parameters.len() as u64, 0, 0]);
    assert_eq!(outcome.result, Err(Trap::UnknownHandle(Handle(0))));
}
