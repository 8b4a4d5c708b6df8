//! What other implementations say: the files in `testdata`, whose README tells where they are from.
#![cfg(feature = "testing")]

mod support;

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use lattice_tensor::{ModelId, Range};
use lattice_verifier::field;
use lattice_verifier::poseidon::{permute, sponge, WIDTH};
use lattice_verifier::{
    challenge, commit_input, commit_output, context, testing::Trapdoors, validate, verify, vk_id,
    PreparedKey, Statement,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

fn array<const N: usize>(hex: &str) -> [u8; N] {
    hex::decode(hex).expect("hex").try_into().expect("length")
}

#[derive(Deserialize)]
struct Hashes {
    vectors: Vec<Hash>,
}

#[derive(Deserialize)]
struct Hash {
    inputs: Vec<String>,
    hash: String,
}

#[test]
fn poseidon_gives_what_circomlib_gives() {
    let file: Hashes =
        serde_json::from_str(include_str!("../testdata/poseidon16.json")).expect("json");
    assert!(file.vectors.len() >= 16);
    for Hash { inputs, hash } in file.vectors {
        let mut state = [Fr::ZERO; WIDTH];
        for (lane, input) in state.iter_mut().skip(1).zip(&inputs) {
            *lane = Fr::from_str(input).expect("decimal");
        }
        let elements = state[1..].to_vec();
        permute(&mut state);
        assert_eq!(state[0].to_string(), hash, "{inputs:?}");
        assert_eq!(sponge(0, 0, &elements), state[0]);
    }
}

/// The one that circomlib's own test has.
#[test]
fn poseidon_of_one_to_sixteen_is_the_published_number() {
    let mut state: [Fr; WIDTH] = core::array::from_fn(|lane| Fr::from(lane as u64));
    permute(&mut state);
    assert_eq!(
        state[0].to_string(),
        "9989051620750914585850546081941653841776809718687451684622678807385399211877"
    );
}

#[derive(Deserialize)]
struct Commitments {
    vectors: Vec<Commitment>,
}

#[derive(Deserialize)]
struct Commitment {
    kind: String,
    lo: i8,
    hi: i8,
    values: Vec<i32>,
    blinding: String,
    commitment: String,
}

#[test]
fn commitments_are_those_of_the_second_implementation() {
    let file: Commitments =
        serde_json::from_str(include_str!("../testdata/commitments.json")).expect("json");
    assert!(file.vectors.len() >= 16);
    for vector in file.vectors {
        let blinding = array(&vector.blinding);
        let (lo, hi) = (vector.lo, vector.hi);
        let commitment = match vector.kind.as_str() {
            "input" => commit_input(&vector.values, Range { lo, hi }, &blinding),
            _ => commit_output(&vector.values, &blinding),
        };
        assert_eq!(commitment, Ok(array(&vector.commitment)));
    }
}

#[derive(Deserialize)]
struct Statements {
    contexts: Vec<Context>,
    keys: Vec<KeyName>,
    challenges: Vec<Challenge>,
}

#[derive(Deserialize)]
struct Context {
    genesis: String,
    request: String,
    content: String,
    provider: String,
    model: String,
    context: String,
}

#[derive(Deserialize)]
struct KeyName {
    model: String,
    circuit_version: u16,
    phase1_id: String,
    key: String,
    vk_id: String,
}

#[derive(Deserialize)]
struct Challenge {
    prepared_key: String,
    inputs: [String; 3],
    commitment: String,
    challenge: String,
}

#[test]
fn challenges_are_those_of_the_second_implementation() {
    let file: Statements =
        serde_json::from_str(include_str!("../testdata/statement.json")).expect("json");
    assert!(file.challenges.len() >= 4);
    for vector in file.challenges {
        let key = PreparedKey::decode(&hex::decode(&vector.prepared_key).expect("hex"));
        let inputs = vector.inputs.each_ref().map(|input| array(input));
        let result = challenge(
            &key.expect("a stored key"),
            &inputs,
            &array(&vector.commitment),
        );
        assert_eq!(result, array(&vector.challenge));
    }
}

#[test]
fn contexts_and_key_names_are_those_of_the_second_implementation() {
    let file: Statements =
        serde_json::from_str(include_str!("../testdata/statement.json")).expect("json");
    assert!(!file.contexts.is_empty() && !file.keys.is_empty());
    for vector in file.contexts {
        let result = context(
            &array(&vector.genesis),
            vector.request.parse().expect("decimal"),
            &array(&vector.content),
            &hex::decode(&vector.provider).expect("hex"),
            &ModelId(array(&vector.model)),
        );
        assert_eq!(result, array(&vector.context));
    }
    for vector in file.keys {
        let result = vk_id(
            &ModelId(array(&vector.model)),
            vector.circuit_version,
            &array(&vector.phase1_id),
            &hex::decode(&vector.key).expect("hex"),
        );
        assert_eq!(result, array(&vector.vk_id));
    }
}

/// A key, a true proof and its statement, for whoever needs one without a prover.
#[derive(Deserialize, Serialize, PartialEq, Debug)]
struct Proven {
    verifying_key: String,
    prepared_key: String,
    trapdoors: Vec<String>,
    statement: [String; 3],
    proof: String,
}

impl Proven {
    fn new(key: &[u8], statement: &Statement, proof: &[u8]) -> Self {
        let validated = validate(key).expect("an honest key");
        Self {
            verifying_key: hex::encode(key),
            prepared_key: hex::encode(validated.prepared),
            trapdoors: validated.trapdoors.iter().map(hex::encode).collect(),
            statement: statement.inputs().map(hex::encode),
            proof: hex::encode(proof),
        }
    }
}

/// Of the toy circuit, in `groth16.json`.
fn plain() -> Proven {
    let keys = support::keys(1);
    let (statement, proof) = keys.prove(7, 11, 2);
    Proven::new(&keys.verifying, &statement, &proof)
}

/// Simulated, in `committed.json`.
fn committed() -> Proven {
    let trapdoors = Trapdoors::new(1);
    let [context, input_commitment, output_commitment] =
        [7, 11, 13u64].map(|input| field::encode(&Fr::from(input)));
    let statement = Statement {
        context,
        input_commitment,
        output_commitment,
    };
    let proof = trapdoors.simulate(&statement, 2);
    Proven::new(&trapdoors.key().encode(), &statement, &proof)
}

type Make = fn() -> Proven;

/// The files, and what makes them.
const PROVEN: [(&str, Make); 2] = [("groth16.json", plain), ("committed.json", committed)];

fn path(name: &str) -> String {
    format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> Proven {
    let text = std::fs::read_to_string(path(name)).expect("testdata is there");
    serde_json::from_str(&text).expect("json")
}

#[test]
fn the_proofs_on_file_verify() {
    for (name, _) in PROVEN {
        let file = read(name);
        let validated = validate(&hex::decode(&file.verifying_key).expect("hex")).expect("a key");
        assert_eq!(hex::encode(&validated.prepared), file.prepared_key);
        let trapdoors: Vec<String> = validated.trapdoors.iter().map(hex::encode).collect();
        assert_eq!(trapdoors, file.trapdoors);
        let key = PreparedKey::decode(&validated.prepared).expect("just validated");
        let inputs = file.statement.each_ref().map(|x| array(x));
        let proof = hex::decode(&file.proof).expect("hex");
        assert_eq!(verify(&key, &inputs, &proof), Ok(true), "{name}");
    }
}

/// `LATTICE_BLESS=1` writes the files anew.
#[test]
fn the_proofs_on_file_are_those_that_the_fixtures_make() {
    for (name, make) in PROVEN {
        let made = make();
        if std::env::var_os("LATTICE_BLESS").is_some() {
            let text = serde_json::to_string_pretty(&made).expect("json") + "\n";
            std::fs::write(path(name), text).expect("testdata is writable");
        }
        assert_eq!(read(name), made, "{name}");
    }
}
