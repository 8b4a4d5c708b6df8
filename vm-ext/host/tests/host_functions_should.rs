//! The host functions, as pallets call them, in externalities.

mod support;

use codec::Encode;
use lattice_host::{
    inspect_manifest, run_program, settlement_program, validate_key, GasSchedule, HostError,
    JournalEntry, ManifestFault, ProgramCall, ProgramOutcome, ProofFault, Trap, PREPARED_KEY_LEN,
};
use lattice_isa::{Instruction, Opcode, Program, ProofBytes};
use lattice_tensor::{testing, Model, Range};
use support::*;

fn model() -> Model {
    testing::random_mlp(1, &[6, 5, 3], Range { lo: 0, hi: 16 })
}

fn run(call: &ProgramCall) -> ProgramOutcome {
    fixture()
        .externalities()
        .execute_with(|| run_program(call))
        .expect("the call is well formed")
}

fn trap(call: &ProgramCall) -> Option<Trap> {
    let outcome = run(call);
    assert!(outcome.trap.is_none() || outcome.journal.is_empty());
    outcome.trap
}

#[test]
fn derive_a_models_interface_from_its_manifest() {
    let model = model();
    let summary = inspect_manifest(&model.manifest().encode());
    assert_eq!(summary, Ok(*model.summary()));
}

#[test]
fn prepare_a_key_and_name_its_delta() {
    let report = fixture().report();
    assert_eq!(report.prepared.len(), PREPARED_KEY_LEN);
    assert_eq!(report, fixture().report(), "the same again");
    assert_ne!(report.trapdoors, Fixture::new(2).report().trapdoors);
}

#[test]
fn commit_to_posted_values_as_the_verifier_does() {
    let values = [0i8, 3, 16, 7];
    let wide: Vec<i32> = values.iter().map(|value| i32::from(*value)).collect();
    let range = Range { lo: 0, hi: 16 };
    assert_eq!(
        lattice_host::commit_input(&values, 0, 16).ok(),
        lattice_verifier::commit_input(&wide, range, &[0; 32]).ok()
    );
    let logits = [i32::MIN, -1, 0, i32::MAX];
    assert_eq!(
        lattice_host::commit_output(&logits).ok(),
        lattice_verifier::commit_output(&logits, &[0; 32]).ok()
    );
    assert!(lattice_host::commit_output(&logits).is_ok());
}

#[test]
fn commit_under_a_blinding_as_the_verifier_does() {
    let values = [0i8, 3, 16, 7];
    let wide: Vec<i32> = values.iter().map(|value| i32::from(*value)).collect();
    let range = Range { lo: 0, hi: 16 };
    let logits = [i32::MIN, -1, 0, i32::MAX];
    for blinding in [[0; 32], [7; 32]] {
        let input = lattice_host::commit_input_with(&values, 0, 16, &blinding).ok();
        assert_eq!(
            input,
            lattice_verifier::commit_input(&wide, range, &blinding).ok()
        );
        let output = lattice_host::commit_output_with(&logits, &blinding).ok();
        assert_eq!(
            output,
            lattice_verifier::commit_output(&logits, &blinding).ok()
        );
        assert!(input.is_some() && output.is_some());
        // Without one it is that of zero, and of nothing else.
        let is_zero = blinding == lattice_host::NO_BLINDING;
        let plain = lattice_host::commit_input(&values, 0, 16).ok();
        assert_eq!(plain == input, is_zero);
        assert_eq!(lattice_host::commit_output(&logits).ok() == output, is_zero);
    }
}

#[test]
fn settle_a_true_proof() {
    let outcome = run(&fixture().settlement());
    assert_eq!(outcome.trap, None);
    let statement = fixture().statement;
    assert_eq!(
        outcome.journal,
        [JournalEntry::Committed {
            subject: statement.context,
            digest: statement.output_commitment
        }]
    );
    assert!(outcome.settles(&statement));
    assert_eq!(outcome.gas_used, GasSchedule::V1.settlement(false));
}

#[test]
fn settle_a_true_committed_proof() {
    let committed = Fixture::committed(8);
    let settle = |call: &ProgramCall| {
        let run = || run_program(call).expect("the call is well formed");
        committed.externalities().execute_with(run)
    };
    let outcome = settle(&committed.settlement());
    assert!(outcome.settles(&committed.statement));
    assert_eq!(outcome.gas_used, GasSchedule::V1.settlement(true));

    let mut other = committed.statement;
    other.output_commitment[0] ^= 1;
    let program = settlement_program(VK_ID, &other, &committed.proof);
    let rejected = settle(&call(program));
    assert_eq!(rejected.trap, Some(Trap::ProofRejected));
    let verification =
        GasSchedule::V1.settlement(true) - GasSchedule::V1.base(Opcode::CommitResult);
    assert_eq!(rejected.gas_used, verification);

    let program = settlement_program(VK_ID, &other, &fixture().proof);
    let malformed = Trap::InvalidProof(ProofFault::MalformedProof);
    assert_eq!(settle(&call(program)).trap, Some(malformed));
}

#[test]
fn use_the_same_gas_with_a_cold_and_a_warm_cache() {
    let fresh = Fixture::new(77);
    let run = || {
        fresh
            .externalities()
            .execute_with(|| run_program(&fresh.settlement()))
    };
    let cold = run();
    assert!(cold.is_ok());
    assert_eq!(cold, run());
}

#[test]
fn verify_under_the_key_that_is_stored_now_whatever_is_cached() {
    let (one, other) = (Fixture::new(5), Fixture::new(6));
    let mut externalities = one.externalities();
    externalities.execute_with(|| {
        assert_eq!(run_program(&one.settlement()).map(|o| o.trap), Ok(None));
        sp_io::storage::set(STORAGE_KEY, &other.report().prepared.encode());
        let rejected = Ok(Some(Trap::ProofRejected));
        assert_eq!(run_program(&one.settlement()).map(|o| o.trap), rejected);
        assert_eq!(run_program(&other.settlement()).map(|o| o.trap), Ok(None));
    });
}

#[test]
fn return_the_longest_journal_there_is() {
    let commit = Instruction::CommitResult {
        subject: [1; 32],
        digest: [2; 32],
    };
    let program = Program::encode(&vec![commit.clone(); 256]).expect("has an encoding");
    let outcome = run(&call(program));
    assert_eq!((outcome.trap, outcome.journal.len()), (None, 256));
    let program = Program::encode(&vec![commit; 257]).expect("has an encoding");
    assert_eq!(
        trap(&call(program)),
        Some(Trap::JournalLimit { limit: 256 })
    );
}

#[test]
fn stop_a_settlement_that_runs_out_of_gas() {
    for short in [1, 1_000_000_000] {
        let mut call = fixture().settlement();
        call.gas_limit = GasSchedule::V1.settlement(false) - short;
        let outcome = run(&call);
        assert!(matches!(outcome.trap, Some(Trap::OutOfGas { .. })));
        assert!(outcome.gas_used <= call.gas_limit);
        assert!(!outcome.settles(&fixture().statement));
    }
}

#[test]
fn export_their_names_to_the_executor() {
    use sp_runtime_interface::sp_wasm_interface::HostFunctions;
    let names: Vec<_> = lattice_host::LatticeHostFunctions::host_functions()
        .iter()
        .map(|function| function.name().to_string())
        .collect();
    for name in [
        "inspect_manifest",
        "validate_key",
        "commit_input",
        "commit_output",
        "check_model",
        "prepare_code",
        "run_program",
        "call_program",
        "settle_batch",
        "trace_layout",
        "check_step",
    ] {
        let name = format!("ext_lattice_vm_{name}_version_1");
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    // What is new beside a version, and the version stays.
    for name in ["commit_input", "commit_output"] {
        let name = format!("ext_lattice_vm_{name}_version_2");
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    for name in ["check_start", "check_contribution", "check_challenge"] {
        let name = format!("ext_lattice_ceremony_{name}_version_1");
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    assert_eq!(names.len(), 11 + 2 + 3);
}

mod reject {
    use super::*;
    use lattice_host::Statement;

    const REJECTED: Option<Trap> = Some(Trap::ProofRejected);

    fn settle(statement: &Statement, proof: &ProofBytes) -> Option<Trap> {
        trap(&call(settlement_program(VK_ID, statement, proof)))
    }

    #[test]
    fn a_proof_of_another_request() {
        let mut statement = fixture().statement;
        statement.context[0] ^= 1;
        assert_eq!(settle(&statement, &fixture().proof), REJECTED);
    }

    #[test]
    fn a_proof_with_one_output_changed() {
        let mut statement = fixture().statement;
        statement.output_commitment[0] ^= 1;
        assert_eq!(settle(&statement, &fixture().proof), REJECTED);
    }

    #[test]
    fn a_proof_of_another_input() {
        let mut statement = fixture().statement;
        statement.input_commitment[0] ^= 1;
        assert_eq!(settle(&statement, &fixture().proof), REJECTED);
    }

    #[test]
    fn a_proof_under_another_key() {
        let other = Fixture::new(2);
        assert_eq!(settle(&other.statement, &other.proof), REJECTED);
    }

    #[test]
    fn a_public_input_that_is_not_a_field_element() {
        let mut statement = fixture().statement;
        statement.context = [0xff; 32];
        assert!(!is_element(&statement.context));
        let fault = Trap::InvalidProof(ProofFault::NonCanonicalInput);
        assert_eq!(settle(&statement, &fixture().proof), Some(fault));
    }

    #[test]
    fn a_proof_that_is_not_three_points_or_has_a_fourth() {
        let proof = fixture().proof.as_slice();
        let fourth: [u8; 160] = [proof, &proof[..32]]
            .concat()
            .try_into()
            .expect("160 bytes");
        for proof in [[0xff; 128].into(), [0; 128].into(), fourth.into()] {
            let fault = Trap::InvalidProof(ProofFault::MalformedProof);
            assert_eq!(settle(&fixture().statement, &proof), Some(fault));
        }
    }

    #[test]
    fn a_number_of_inputs_that_the_key_does_not_take() {
        let program = [Instruction::VerifyProof {
            key: VK_ID,
            inputs: vec![[0; 32]; 2],
            proof: fixture().proof,
        }];
        let program = Program::encode(&program).expect("has an encoding");
        let fault = Trap::InvalidProof(ProofFault::InputCount);
        assert_eq!(trap(&call(program)), Some(fault));
    }

    #[test]
    fn a_key_that_the_call_does_not_name_or_storage_does_not_have() {
        let unknown = Some(Trap::UnknownKey { key: VK_ID });
        let mut unnamed = fixture().settlement();
        unnamed.keys.clear();
        assert_eq!(trap(&unnamed), unknown);
        let mut unstored = fixture().settlement();
        unstored.keys[0].1 = b"elsewhere".to_vec();
        assert_eq!(trap(&unstored), unknown);
    }

    #[test]
    fn a_stored_key_that_is_corrupt() {
        let corrupt = Ok(Some(Trap::InvalidProof(ProofFault::CorruptKey)));
        let mut externalities = fixture().externalities();
        externalities.execute_with(|| {
            sp_io::storage::set(STORAGE_KEY, &vec![0u8; 10].encode());
            let outcome = run_program(&fixture().settlement());
            assert_eq!(outcome.map(|outcome| outcome.trap), corrupt);
        });
    }

    #[test]
    fn bytes_that_are_no_program() {
        let result = fixture()
            .externalities()
            .execute_with(|| run_program(&call(vec![0])));
        assert!(matches!(result, Err(HostError::Program(error)) if error.offset == 0));
    }

    #[test]
    fn a_call_that_names_too_much() {
        let result = |call: ProgramCall| {
            fixture()
                .externalities()
                .execute_with(|| run_program(&call))
        };
        let mut many = fixture().settlement();
        many.keys = vec![many.keys[0].clone(); 17];
        assert_eq!(result(many), Err(HostError::CallTooLarge { limit: 16 }));
        let mut long = fixture().settlement();
        long.keys[0].1 = vec![0; 257];
        assert_eq!(result(long), Err(HostError::CallTooLarge { limit: 256 }));
    }

    #[test]
    fn manifests_that_are_truncated_padded_or_of_another_version() {
        let manifest = model().manifest().encode();
        let refused = |bytes: &[u8]| match inspect_manifest(bytes) {
            Err(HostError::Manifest(fault)) => fault,
            other => panic!("must be refused: {other:?}"),
        };
        assert_eq!(refused(&[]), ManifestFault::Encoding);
        assert_eq!(
            refused(&manifest[..manifest.len() - 1]),
            ManifestFault::Encoding
        );
        assert_eq!(
            refused(&[&manifest[..], &[0]].concat()),
            ManifestFault::Encoding
        );
        assert_eq!(refused(&vec![1; 100_000]), ManifestFault::TooLarge);
        let mut version = model().manifest().clone();
        version.spec_version = 2;
        assert_eq!(refused(&version.encode()), ManifestFault::Version(2));
    }

    #[test]
    fn keys_that_are_truncated_or_off_the_curve() {
        let key = &fixture().verifying_key;
        assert!(matches!(
            validate_key(&key[1..]),
            Err(HostError::Key(lattice_host::KeyError::Length { .. }))
        ));
        let mut off = key.clone();
        off[..32].fill(0xff);
        assert!(matches!(
            validate_key(&off),
            Err(HostError::Key(lattice_host::KeyError::Point { .. }))
        ));
    }

    #[test]
    fn inputs_out_of_range_and_outputs_without_values() {
        let input = lattice_host::commit_input(&[17], 0, 16);
        assert!(matches!(input, Err(HostError::Commit(_))));
        let output = lattice_host::commit_output(&[]);
        assert!(matches!(output, Err(HostError::Commit(_))));
    }

    #[test]
    fn blindings_that_are_no_field_elements() {
        let refused = Err(HostError::Commit(lattice_host::CommitError::Blinding));
        let input = lattice_host::commit_input_with(&[1], 0, 16, &[0xff; 32]);
        assert_eq!(input, refused);
        let output = lattice_host::commit_output_with(&[1], &[0xff; 32]);
        assert_eq!(output, refused);
    }
}
