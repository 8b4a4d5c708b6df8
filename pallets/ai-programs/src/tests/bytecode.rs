//! Straight-line programs.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_isa::{Handle, Instruction, Opcode, Trap};
use lattice_primitives::ProgramFault;
use lattice_tensor::Shape;

fn tensor(dims: &[u32], elements: &[i32]) -> Instruction {
    Instruction::TensorNew {
        shape: Shape::new(dims.to_vec()).expect("the shape is within the limits"),
        elements: elements.to_vec(),
    }
}

fn load() -> Instruction {
    Instruction::LoadModel {
        model: model().id().0,
    }
}

/// One step of training of [`model`] towards an output, with the hash of the state.
fn training() -> Vec<Instruction> {
    vec![
        load(),
        tensor(&[1, 4], &[1, 2, 3, 4]),
        tensor(&[1, 3], &[4_000, -4_000, 4_000]),
        Instruction::TrainModel {
            model: Handle(0),
            batch: Handle(1),
            targets: Handle(2),
            rate_shift: 12,
        },
        Instruction::HashModel { model: Handle(0) },
    ]
}

#[test]
fn runs_a_model_and_hashes_its_state() {
    on_a_fresh_chain(|| {
        let index = store(&CAROL, model());
        let program = [
            load(),
            tensor(&[4], &[1, 2, 3, 4]),
            Instruction::ExecModel {
                model: Handle(0),
                input: Handle(1),
            },
            Instruction::HashModel { model: Handle(0) },
        ];
        assert_ok!(by(&ALICE).models(&[index]).execute(&program, false));
        let hash = H256(model().id().0);
        System::assert_has_event(
            Event::StateHashed {
                author: ALICE,
                model_hash: hash,
                state_hash: hash,
            }
            .into(),
        );
        let gas_used = ending().1;
        System::assert_last_event(
            Event::BytecodeExecuted {
                caller: ALICE,
                gas_used,
            }
            .into(),
        );
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn that_trapped_says_at_which_instruction_and_why() {
    on_a_fresh_chain(|| {
        let program = [
            tensor(&[2], &[1, 2]),
            Instruction::CommitResult {
                subject: [1; 32],
                digest: [2; 32],
            },
            Instruction::TensorAdd {
                left: Handle(0),
                right: Handle(7),
            },
        ];
        assert_ok!(by(&ALICE).execute(&program, false));
        assert_eq!(
            fault(),
            ProgramFault::Instruction {
                instruction: 2,
                trap: Trap::UnknownHandle(Handle(7)),
            }
        );
        assert!(AiPrograms::program_records(&ALICE).is_empty());
        assert!(ending().1 > 0);
    });
}

#[test]
fn that_is_none_says_where_it_stops_being_one() {
    on_a_fresh_chain(|| {
        for bytes in [vec![0xFF; 5], vec![0xA0; 12]] {
            assert_ok!(by(&ALICE).execute_bytes(bytes, false));
            assert!(matches!(fault(), ProgramFault::InvalidBytecode(_)));
            assert_eq!(ending().1, 0);
        }
        let whole = bytecode(&training());
        for length in 1..whole.len() {
            assert_ok!(by(&ALICE).execute_bytes(whole[..length].to_vec(), false));
            assert!(ending().0.is_err() || length > 33, "{length}");
        }
    });
}

#[test]
fn pays_for_what_the_chain_does_with_its_journal() {
    on_a_fresh_chain(|| {
        let commit = [Instruction::CommitResult {
            subject: [1; 32],
            digest: [2; 32],
        }];
        assert_ok!(by(&ALICE).execute(&commit, false));
        let needed = ending().1;
        let schedule = lattice_isa::GasSchedule::V1;
        let record = lattice_host::CallSchedule::V1.record;
        assert_eq!(needed, schedule.base(Opcode::CommitResult) + record);
        assert_ok!(by(&BOB).gas(needed - 1).execute(&commit, false));
        assert_eq!(
            fault(),
            ProgramFault::Instruction {
                instruction: 1,
                trap: Trap::OutOfGas {
                    needed: record,
                    left: record - 1
                },
            }
        );
        assert_ok!(by(&BOB).gas(needed).execute(&commit, false));
        assert!(ending().0.is_ok());
    });
}

mod that_trains {
    use super::*;

    #[test]
    fn leaves_a_new_version_of_its_owner_s_model() {
        on_a_fresh_chain(|| {
            let parent = store(&ALICE, model());
            let result = by(&ALICE)
                .models(&[parent])
                .execute(&training(), true)
                .unwrap();
            assert_eq!(ending().0, Ok(vec![]));
            let child = pallet_model_registry::NextIndex::<Test>::get() - 1;
            assert_ne!(child, parent);
            let info = ModelRegistry::model_info(child).unwrap();
            assert_eq!(info.parent, Some(parent));
            let state_hash = info.state_hash.expect("a trained version has a state");
            System::assert_has_event(
                Event::StateStored {
                    owner: ALICE,
                    parent,
                    model: child,
                    state_hash,
                }
                .into(),
            );
            System::assert_has_event(
                Event::StateHashed {
                    author: ALICE,
                    model_hash: H256(model().id().0),
                    state_hash,
                }
                .into(),
            );
            let (_, gas_used) = ending();
            let weight = result.actual_weight.unwrap().ref_time();
            assert!(weight > gas_used + 100_000_000, "the state was free");
        });
    }

    #[test]
    fn goes_on_from_a_stored_state() {
        on_a_fresh_chain(|| {
            let parent = store(&ALICE, model());
            assert_ok!(by(&ALICE).models(&[parent]).execute(&training(), true));
            let child = pallet_model_registry::NextIndex::<Test>::get() - 1;
            let info = ModelRegistry::model_info(child).unwrap();
            let program = [
                Instruction::LoadModel {
                    model: info.model_hash.0,
                },
                Instruction::HashModel { model: Handle(0) },
            ];
            assert_ok!(by(&ALICE).models(&[child]).execute(&program, false));
            System::assert_has_event(
                Event::StateHashed {
                    author: ALICE,
                    model_hash: info.model_hash,
                    state_hash: info.state_hash.unwrap(),
                }
                .into(),
            );
        });
    }

    #[test]
    fn leaves_nothing_unless_asked_to() {
        on_a_fresh_chain(|| {
            let parent = store(&ALICE, model());
            assert_ok!(by(&ALICE).models(&[parent]).execute(&training(), false));
            assert_eq!(ending().0, Ok(vec![]));
            assert_eq!(pallet_model_registry::NextIndex::<Test>::get(), 1);
        });
    }

    #[test]
    fn cannot_add_to_another_owner_s_model() {
        on_a_fresh_chain(|| {
            let parent = store(&CAROL, model());
            assert_ok!(by(&ALICE).models(&[parent]).execute(&training(), true));
            assert_eq!(
                fault(),
                ProgramFault::StateRefused {
                    model_hash: H256(model().id().0),
                    error: pallet_model_registry::Error::<Test>::ParentNotOwned.into(),
                }
            );
            assert_eq!(pallet_model_registry::NextIndex::<Test>::get(), 1);
        });
    }

    #[test]
    fn adds_to_the_owner_s_of_several_registrations_of_one_model() {
        on_a_fresh_chain(|| {
            let theirs = store(&CAROL, model());
            let own = store(&ALICE, model());
            assert_ok!(by(&ALICE).models(&[theirs, own]).execute(&training(), true));
            let child = pallet_model_registry::NextIndex::<Test>::get() - 1;
            assert_eq!(ModelRegistry::model_info(child).unwrap().parent, Some(own));
        });
    }
}
