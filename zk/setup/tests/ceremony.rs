//! Ceremonies: from snarkjs' phase 1 to a proof.

mod support;

use ark_bn254::Fr;
use lattice_circuit::RangeChecks;
use lattice_prover::Prover;
use lattice_setup::{
    phase2::{dispute, start::QUERIES_FILE, state_file, StateFile, VerifiedStart},
    KeyFiles, Phase2Error, SetupError, SetupKind,
};
use lattice_tensor::{testing::random_input, trace};
use lattice_verifier::{
    ceremony::check_challenge, field, verify, vk_id, KeyError, KeyPoint, PreparedKey,
    CIRCUIT_VERSION,
};
use std::{fs, sync::Arc};
use support::*;

/// The whole way: snarkjs' phase 1, a start that others check, three contributors who each checked
/// all before, keys, a proof, the chain's verifier.
#[test]
fn a_model_is_proven_with_a_key_that_no_party_could_forge_alone() {
    for fixture in fixtures() {
        let folder = fixture.copy();
        let accepted = fixture.accept_all(folder.path(), &fixture.entries);
        let mut ceremony = accepted.expect("honest");
        contribute(&mut ceremony, CAROL, folder.path());
        let files = ceremony.key_files().expect("keys");
        assert_eq!(files.setup, SetupKind::Ceremony);
        assert_eq!(files.phase1_id, phase1().id());

        // The chain's own key, from the start and the last state.
        let key = fixture.start.assemble_key(ceremony.state());
        assert_eq!(files.verifying_key, key);
        assert_eq!(key.len(), fixture.start.version().key_len());
        let model = &fixture.model;
        assert_eq!(
            files.vk_id,
            vk_id(&model.id(), CIRCUIT_VERSION, &phase1().id(), &key)
        );
        let keys = folder.path().join("keys");
        files.write(&keys).expect("written");
        // From file to file, the same bytes.
        let streamed = folder.path().join("streamed");
        assert_eq!(
            ceremony.write_keys(&streamed).expect("written"),
            files.names()
        );
        for name in ["proving.key", "verifying.key", "key.json"] {
            let [one, other] =
                [&keys, &streamed].map(|folder| fs::read(folder.join(name)).expect("read"));
            assert_eq!(one, other, "{name}");
        }
        let read = KeyFiles::read(&keys).expect("read");
        assert_eq!(read.proving_key, files.proving_key);
        assert_eq!(read.setup, SetupKind::Ceremony);

        let prepared = lattice_verifier::validate(&key).expect("accepted").prepared;
        let prepared = PreparedKey::decode(&prepared).expect("decodes");
        let circuit = fixture.circuit.clone();
        let prover = Prover::of_circuit(Arc::new(model.clone()), circuit, read.proving_key);
        let prover = prover.expect("the key fits");
        for seed in 0..3 {
            let trace = trace(model, &random_input(seed, model)).expect("in range");
            let context = field::encode(&Fr::from(seed));
            let proof = prover
                .prove(&trace, &context, &[0; 32], &[0; 32], &mut rng(seed))
                .expect("a proof");
            let inputs = proof.statement.inputs();
            assert_eq!(proof.bytes.len(), fixture.start.version().proof_len());
            assert_eq!(verify(&prepared, &inputs, &proof.bytes), Ok(true));
        }
    }
}

#[test]
fn a_start_is_no_key() {
    let related = KeyError::Related {
        left: KeyPoint::Gamma,
        right: KeyPoint::Delta,
    };
    for fixture in fixtures() {
        let folder = fixture.copy();
        let ceremony = fixture.ceremony(folder.path());
        let keys = folder.path().join("keys");
        for refused in [ceremony.keys().err(), ceremony.write_keys(&keys).err()] {
            assert!(matches!(
                refused,
                Some(Phase2Error::Key(SetupError::VerifyingKey(error))) if error == related
            ));
        }
        assert!(!keys.exists());
    }
}

#[test]
fn computing_a_start_again_gives_the_same_files() {
    // Of bits, since this is the circuit that anyone builds for so small a model.
    let fixture = fixture(RangeChecks::Bits);
    let folder = tempfile::tempdir().expect("a folder");
    let start = VerifiedStart::compute(&fixture.model, phase1(), folder.path(), &mut rng(99));
    assert_eq!(start.expect("a start").record(), &fixture.start);
    for name in [QUERIES_FILE, "state-0000.points"] {
        let [one, other] = [folder.path(), fixture.folder.path()]
            .map(|folder| fs::read(folder.join(name)).expect("a file"));
        assert_eq!(one, other, "{name}");
    }
}

#[test]
fn an_honest_contribution_survives_every_challenge() {
    for fixture in fixtures() {
        let Fixture {
            folder,
            start,
            entries,
            ..
        } = fixture;
        let open = |number| StateFile::open(&state_file(folder.path(), number), start);
        let [before, after] = [1, 2].map(|number| open(number).expect("open"));
        let states = [&entries[0], &entries[1]].map(|entry| entry.contribution.state());
        for &query in fixture.queries() {
            for index in [0, 1, query.count(start) / 2, query.count(start) - 1] {
                let challenge = dispute::open(&before, &after, query, index).expect("a leaf");
                let verdict = check_challenge(start, &states[0], &states[1], &challenge);
                assert_eq!(verdict, Ok(false), "{query:?} {index}");
            }
        }
        let found = dispute::find((&before, &states[0]), (&after, &states[1]), &mut rng(6));
        assert_eq!(found.expect("read"), None);
    }
}
