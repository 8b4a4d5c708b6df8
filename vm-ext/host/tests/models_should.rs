//! Models in storage: checked once, loaded and run by straight-line programs.

mod support;

use codec::Encode;
use lattice_host::{
    check_model, inspect_manifest, run_program, Handle, HostError, JournalEntry, ModelFault,
    ModelLocation, ProgramCall, Trap,
};
use lattice_isa::{Instruction, Program};
use lattice_tensor::{testing, Model, Range, Shape};
use sp_io::TestExternalities;
use support::PLENTY;

fn model() -> Model {
    testing::random_mlp(1, &[6, 5, 3], Range { lo: 0, hi: 16 })
}

/// The bytes of a model behind its manifest.
fn weights(model: &Model) -> Vec<u8> {
    let manifest = model.manifest().encode().encode();
    model.to_blob()[manifest.len()..].to_vec()
}

/// Stores a model in chunks of a length and says where.
fn store(manifest: &[u8], weights: &[u8], chunk: usize) -> ModelLocation {
    sp_io::storage::set(b"manifest", &manifest.encode());
    let chunks = weights
        .chunks(chunk)
        .enumerate()
        .map(|(index, bytes)| {
            let key = format!("chunk {index}").into_bytes();
            sp_io::storage::set(&key, &bytes.encode());
            key
        })
        .collect();
    ModelLocation {
        manifest: b"manifest".to_vec(),
        chunks,
    }
}

fn call(program: &[Instruction], location: ModelLocation) -> ProgramCall {
    ProgramCall {
        program: Program::encode(program).expect("the program has an encoding"),
        gas_limit: PLENTY,
        models: vec![(model().id().0, location)],
        ..ProgramCall::default()
    }
}

fn load() -> Instruction {
    Instruction::LoadModel {
        model: model().id().0,
    }
}

#[test]
fn be_checked_completely() {
    TestExternalities::default().execute_with(|| {
        let model = model();
        let manifest = model.manifest().encode();
        let weights = weights(&model);
        for chunk in [1000, 7, weights.len()] {
            let location = store(&manifest, &weights, chunk);
            assert_eq!(check_model(&location), inspect_manifest(&manifest));
        }
        let check = |weights: &[u8]| check_model(&store(&manifest, weights, 16));
        let expected = weights.len() as u64;
        for found in [expected - 1, expected + 1] {
            let mut wrong = weights.clone();
            wrong.resize(found as usize, 0);
            let fault = ModelFault::Length { expected, found };
            assert_eq!(check(&wrong), Err(HostError::Model(fault)));
        }
        let mut changed = weights.clone();
        changed[3] ^= 1;
        let fault = ModelFault::WeightRoot;
        assert_eq!(check(&changed), Err(HostError::Model(fault)));

        let location = store(&manifest, &weights, 16);
        sp_io::storage::clear(b"chunk 1");
        let fault = ModelFault::MissingChunk { index: 1 };
        assert_eq!(check_model(&location), Err(HostError::Model(fault)));
        sp_io::storage::clear(b"manifest");
        let fault = ModelFault::MissingManifest;
        assert_eq!(check_model(&location), Err(HostError::Model(fault)));
        store(&manifest[1..], &weights, 16);
        assert!(matches!(
            check_model(&location),
            Err(HostError::Manifest(_))
        ));
        let many = ModelLocation {
            chunks: vec![vec![]; 257],
            ..location
        };
        assert_eq!(
            check_model(&many),
            Err(HostError::CallTooLarge { limit: 256 })
        );
    });
}

#[test]
fn be_loaded_and_run_with_the_output_that_is_asked_for() {
    TestExternalities::default().execute_with(|| {
        let model = model();
        let id = model.id().0;
        let input = vec![1, 2, 3, 4, 5, 6];
        let program = [
            load(),
            Instruction::TensorNew {
                shape: Shape::new(vec![6]).expect("a shape"),
                elements: input.clone(),
            },
            Instruction::ExecModel {
                model: Handle(0),
                input: Handle(1),
            },
            Instruction::HashModel { model: Handle(0) },
        ];
        let location = store(&model.manifest().encode(), &weights(&model), 10);
        let mut call = call(&program, location);
        let silent = run_program(&call).expect("the call is well formed");
        assert_eq!((silent.trap, silent.executed), (None, 4));
        assert!(silent.output.is_empty() && silent.steps.is_empty());
        let hashed = JournalEntry::ModelHashed {
            model: id,
            state: id,
        };
        assert_eq!(silent.journal, [hashed]);

        call.output = Some(Handle(2));
        call.trace = true;
        let outcome = run_program(&call).expect("the call is well formed");
        assert_eq!(Ok(outcome.output), lattice_tensor::execute(&model, &input));
        assert_eq!(outcome.gas_used, silent.gas_used);
        let gas: u64 = outcome.steps.iter().map(|step| step.gas).sum();
        assert_eq!((outcome.steps.len(), gas), (4, outcome.gas_used));
        assert_eq!(outcome.steps[2].result, Ok(Some(Handle(2))));

        for nothing in [Handle(0), Handle(3)] {
            call.output = Some(nothing);
            let outcome = run_program(&call).expect("the call is well formed");
            assert_eq!((outcome.trap, outcome.output), (None, vec![]));
        }
    });
}

#[test]
fn be_trained_and_kept() {
    TestExternalities::default().execute_with(|| {
        let tensor = |dims: &[u32], elements: &[i32]| Instruction::TensorNew {
            shape: Shape::new(dims.to_vec()).expect("a shape"),
            elements: elements.to_vec(),
        };
        let program = [
            load(),
            tensor(&[1, 6], &[1, 2, 3, 4, 5, 6]),
            tensor(&[1, 3], &[100, 200, 300]),
            Instruction::TrainModel {
                model: Handle(0),
                batch: Handle(1),
                targets: Handle(2),
                rate_shift: 20,
            },
        ];
        let model = model();
        let location = store(&model.manifest().encode(), &weights(&model), 10);
        let mut call = call(&program, location);
        let dropped = run_program(&call).expect("the call is well formed");
        assert_eq!((dropped.trap, dropped.states), (None, vec![]));
        call.keep_states = true;
        let kept = run_program(&call).expect("the call is well formed");
        assert_eq!(kept.states.len(), 1);
        assert_eq!(kept.states[0].base, model.id().0);
        assert_eq!(kept.gas_used, dropped.gas_used);
    });
}

#[test]
fn be_unknown_where_nothing_is_stored() {
    TestExternalities::default().execute_with(|| {
        let id = model().id().0;
        let outcome = run_program(&call(&[load()], ModelLocation::default()));
        let trap = outcome.expect("the call is well formed").trap;
        assert_eq!(trap, Some(Trap::UnknownModel { model: id }));
    });
}

#[test]
fn not_give_out_more_elements_than_a_reply_may_have() {
    TestExternalities::default().execute_with(|| {
        let big = |elements: u32| {
            let mut call = call(
                &[Instruction::TensorNew {
                    shape: Shape::new(vec![elements]).expect("a shape"),
                    elements: vec![7; elements as usize],
                }],
                ModelLocation::default(),
            );
            call.output = Some(Handle(0));
            run_program(&call).expect("the call is well formed")
        };
        assert_eq!(big(16_384).output.len(), 16_384);
        let trap = Trap::TensorLimit {
            elements: 16_385,
            limit: 16_384,
        };
        let outcome = big(16_385);
        assert_eq!((outcome.trap, outcome.output), (Some(trap), vec![]));
    });
}
