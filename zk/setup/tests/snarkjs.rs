//! Keys, proofs and public inputs to and from snarkjs.

#[path = "snarkjs/refuses.rs"]
mod refuses;

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, PrimeField, UniformRand};
use ark_groth16::VerifyingKey;
use ark_serialize::CanonicalSerialize;
use lattice_circuit::Circuit;
use lattice_prover::Prover;
use lattice_setup::{
    dev_setup,
    snarkjs::{Evidence, SnarkjsError, PROOF_FILE, PUBLIC_FILE, VERIFICATION_KEY_FILE as KEY_FILE},
    SetupError,
};
use lattice_tensor::{
    testing::{random_input, random_mlp},
    trace, Range,
};
use lattice_verifier::{field, KeyError, PointError, Statement};
use proptest::prelude::*;
use rand::{rngs::StdRng, SeedableRng};
use serde_json::{json, Value};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    str::FromStr,
    sync::Arc,
};
use tempfile::TempDir;

/// Made by snarkjs; see the README there.
fn theirs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/snarkjs")
}

fn json_of(folder: &Path, file: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(file)).expect("a file")).expect("JSON")
}

fn bytes(value: &impl CanonicalSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.serialize_compressed(&mut bytes).expect("to memory");
    bytes
}

/// Well-formed, and nothing else: random points and numbers.
fn random_evidence(seed: u64) -> Evidence {
    let rng = &mut StdRng::seed_from_u64(seed);
    let key = VerifyingKey::<Bn254> {
        alpha_g1: G1Projective::rand(rng).into_affine(),
        beta_g2: G2Projective::rand(rng).into_affine(),
        gamma_g2: G2Projective::rand(rng).into_affine(),
        delta_g2: G2Projective::rand(rng).into_affine(),
        gamma_abc_g1: (0..4)
            .map(|_| G1Projective::rand(rng).into_affine())
            .collect(),
    };
    let proof = [
        bytes(&G1Projective::rand(rng)),
        bytes(&G2Projective::rand(rng)),
        bytes(&G1Projective::rand(rng)),
    ];
    let [context, input_commitment, output_commitment] =
        [(); 3].map(|()| field::encode(&Fr::rand(rng)));
    Evidence {
        verifying_key: bytes(&key),
        proof: proof.concat().try_into().expect("the length of a proof"),
        statement: Statement {
            context,
            input_commitment,
            output_commitment,
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_exported_is_imported_as_it_was(seed in any::<u64>()) {
        let folder = tempfile::tempdir().expect("a folder");
        let evidence = random_evidence(seed);
        evidence.write(folder.path()).expect("well-formed");
        prop_assert_eq!(Evidence::read(folder.path()).expect("the same"), evidence);
    }
}

#[test]
fn the_ends_of_the_field_have_a_text_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut evidence = random_evidence(1);
    evidence.statement.context = field::encode(&Fr::ZERO);
    evidence.statement.output_commitment = field::encode(&-Fr::from(1));
    evidence.write(folder.path()).expect("well-formed");
    let public = json_of(folder.path(), PUBLIC_FILE);
    assert_eq!(public[0], "0");
    assert_eq!(
        public[2],
        "21888242871839275222246405745257275088548364400416034343698204186575808495616"
    );
    assert_eq!(Evidence::read(folder.path()).expect("the same"), evidence);
}

#[test]
fn snarkjs_accepts_a_proof_of_a_model_and_no_other_public_input() {
    let model = random_mlp(1, &[3, 2, 2], Range { lo: 0, hi: 3 });
    let rng = &mut StdRng::seed_from_u64(2);
    let keys = dev_setup(&Circuit::build(&model).expect("supported"), rng).expect("keys");
    let execution = trace(&model, &random_input(3, &model)).expect("in range");
    let prover = Prover::new(Arc::new(model), keys.proving_key).expect("the key fits");
    let [context, blinding] = [1, 0].map(|number| field::encode(&Fr::from(number)));
    let proof = prover
        .prove(&execution, &context, &blinding, &blinding, rng)
        .expect("a proof");
    let evidence = Evidence {
        verifying_key: keys.verifying_key,
        proof: proof.bytes.try_into().expect("without a commitment"),
        statement: proof.statement,
    };
    assert!(evidence.holds().expect("well-formed"));

    let folder = tempfile::tempdir().expect("a folder");
    evidence.write(folder.path()).expect("well-formed");
    let script = "../../tests/polkadot-js/snarkjs.mjs";
    let output = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script))
        .arg(folder.path())
        .output()
        .expect("node (scripts/setup.sh --tests)");
    assert!(
        output.status.success(),
        "npm packages: scripts/setup.sh --tests\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let verdict: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        verdict,
        json!({ "valid": true, "changed": [false, false, false] })
    );
}

#[test]
fn a_proof_that_snarkjs_made_is_accepted_and_with_no_other_public_input() {
    let mut evidence = Evidence::read(&theirs()).expect("well-formed");
    assert!(evidence.holds().expect("well-formed"));
    evidence.statement.context[0] ^= 1;
    assert!(!evidence.holds().expect("well-formed"));
}

#[test]
fn the_files_are_those_that_snarkjs_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let evidence = Evidence::read(&theirs()).expect("well-formed");
    evidence.write(folder.path()).expect("well-formed");
    for file in [PROOF_FILE, PUBLIC_FILE] {
        assert_eq!(json_of(folder.path(), file), json_of(&theirs(), file));
    }
    let mut key = json_of(&theirs(), KEY_FILE);
    let redundant = key
        .as_object_mut()
        .expect("an object")
        .remove("vk_alphabeta_12");
    assert!(redundant.is_some());
    assert_eq!(json_of(folder.path(), KEY_FILE), key);
}
