//! Key folders: what is written is what is read, and nothing else is accepted.

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use lattice_circuit::{Circuit, CommitmentKey, ProvingKey};
use lattice_setup::{
    decode_proving_key, dev_setup, encode_proving_key, hash_bytes, KeyFiles, Keys, SetupError,
    SetupKind,
};
use lattice_tensor::{testing::random_mlp, Model, Range};
use lattice_verifier::{vk_id, CIRCUIT_VERSION, COMMITTED_KEY_LEN, KEY_LEN};
use rand::{rngs::StdRng, SeedableRng};
use std::{fs, path::Path, sync::OnceLock};

fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| random_mlp(1, &[3, 2, 2], Range { lo: 0, hi: 3 }))
}

fn keys(seed: u64) -> KeyFiles {
    let circuit = Circuit::build(model()).expect("supported");
    let keys = dev_setup(&circuit, &mut StdRng::seed_from_u64(seed)).expect("keys");
    KeyFiles::dev(model().id(), keys).expect("named")
}

/// One set of keys for all tests: making them takes a moment.
fn files() -> &'static KeyFiles {
    static FILES: OnceLock<KeyFiles> = OnceLock::new();
    FILES.get_or_init(|| keys(1))
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    files().write(dir.path()).expect("written");
    dir
}

fn edit_json(dir: &Path, from: &str, to: &str) {
    let path = dir.join("key.json");
    let text = fs::read_to_string(&path).expect("text");
    assert!(text.contains(from));
    fs::write(path, text.replacen(from, to, 1)).expect("written");
}

#[test]
fn a_folder_reads_back_as_it_was_written() {
    let dir = folder();
    let read = KeyFiles::read(dir.path()).expect("read");
    let written = files();
    assert_eq!(read.proving_key, written.proving_key);
    assert_eq!(read.verifying_key, written.verifying_key);
    assert_eq!(read.vk_id, written.vk_id);
    assert_eq!(read.model, model().id());
    assert_eq!(read.setup, SetupKind::Dev);
    assert_eq!(read.circuit_version, CIRCUIT_VERSION);
    assert_eq!(read.proving_key_hash, written.proving_key_hash);
    let names: Vec<_> = fs::read_dir(dir.path()).expect("a folder").collect();
    assert_eq!(names.len(), 3, "no temporary files are left");
}

#[test]
fn keys_of_other_circuit_rules_are_refused() {
    let dir = folder();
    let text = format!("\"circuit_version\": {CIRCUIT_VERSION}");
    edit_json(dir.path(), &text, "\"circuit_version\": 77");
    assert!(matches!(
        KeyFiles::read(dir.path()),
        Err(SetupError::CircuitVersion { found: 77, .. })
    ));
}

#[test]
fn a_proving_key_that_blinds_nothing_is_refused() {
    for (point, erase) in [
        (
            "delta_g1",
            (|key| key.groth16.delta_g1 = G1Affine::identity()) as fn(&mut ProvingKey),
        ),
        ("beta_g1", |key| key.groth16.beta_g1 = G1Affine::identity()),
        ("epsilon_g1", |key| {
            let commitment = key.commitment.as_mut().expect("committed");
            commitment.epsilon_g1 = G1Affine::identity();
        }),
    ] {
        // With a commitment, of no circuit: nothing but its points is looked at.
        let mut key = files().proving_key.clone();
        key.groth16.vk.gamma_abc_g1.push(G1Affine::generator());
        key.commitment = Some(CommitmentKey {
            query: vec![G1Affine::generator(); 3],
            epsilon_g1: G1Affine::generator(),
            epsilon_g2: G2Affine::generator(),
        });
        assert!(Keys::new(key.clone()).is_ok());
        erase(&mut key);
        let bytes = encode_proving_key(&key).expect("encodes");
        for refused in [decode_proving_key(&bytes).err(), Keys::new(key).err()] {
            assert!(matches!(refused, Some(SetupError::Unblinded { point: p }) if p == point));
        }
    }
}

#[test]
fn writing_again_replaces_the_keys() {
    let dir = folder();
    let other = keys(2);
    other.write(dir.path()).expect("written");
    let read = KeyFiles::read(dir.path()).expect("read");
    assert_eq!(read.vk_id, other.vk_id);
    assert_ne!(read.vk_id, files().vk_id);
}

#[test]
fn the_identities_are_those_of_the_verifier_and_of_the_bytes() {
    let keys = files();
    assert_eq!(keys.verifying_key.len(), KEY_LEN);
    let id = vk_id(
        &model().id(),
        CIRCUIT_VERSION,
        &[0; 32],
        &keys.verifying_key,
    );
    assert_eq!(keys.vk_id, id);
    let dir = folder();
    let bytes = fs::read(dir.path().join("proving.key")).expect("bytes");
    assert_eq!(keys.proving_key_hash, hash_bytes(&bytes));
}

mod reject {
    use super::*;

    fn read(dir: &Path) -> SetupError {
        KeyFiles::read(dir).expect_err("refused")
    }

    #[test]
    fn a_folder_without_a_description() {
        let dir = folder();
        fs::remove_file(dir.path().join("key.json")).expect("removed");
        assert!(matches!(read(dir.path()), SetupError::Io { .. }));
    }

    #[test]
    fn a_proving_key_of_other_bytes() {
        let dir = folder();
        let path = dir.path().join("proving.key");
        let mut bytes = fs::read(&path).expect("bytes");
        bytes[700] ^= 1;
        fs::write(&path, bytes).expect("written");
        let error = read(dir.path());
        assert!(matches!(
            error,
            SetupError::Mismatch {
                what: "proving key hash",
                ..
            }
        ));
    }

    #[test]
    fn a_verifying_key_of_another_setup() {
        let dir = folder();
        fs::write(dir.path().join("verifying.key"), keys(2).verifying_key).expect("written");
        let error = read(dir.path());
        assert!(matches!(
            error,
            SetupError::Mismatch {
                what: "verifying key id",
                ..
            }
        ));
        // With the name adapted, the two keys still do not belong together.
        let other = keys(2).vk_id;
        edit_json(dir.path(), &hex::encode(files().vk_id), &hex::encode(other));
        assert!(matches!(read(dir.path()), SetupError::ForeignVerifyingKey));
    }

    #[test]
    fn a_verifying_key_that_is_too_long_or_damaged() {
        let dir = folder();
        let path = dir.path().join("verifying.key");
        let mut bytes = files().verifying_key.clone();
        bytes.resize(COMMITTED_KEY_LEN + 1, 0);
        fs::write(&path, &bytes).expect("written");
        assert!(matches!(read(dir.path()), SetupError::TooLong { .. }));
        for len in [COMMITTED_KEY_LEN, KEY_LEN + 1, KEY_LEN - 1] {
            bytes.truncate(len);
            fs::write(&path, &bytes).expect("written");
            assert!(matches!(read(dir.path()), SetupError::VerifyingKey(_)));
        }
    }

    #[test]
    fn a_description_that_is_not_ours() {
        for (from, to) in [
            ("\"dev\"", "\"trusted\""),
            ("\"setup\"", "\"set_up\""),
            ("0x", ""),
            ("0x", "0xzz"),
            ("{", "{\"more\": 1,"),
        ] {
            let dir = folder();
            edit_json(dir.path(), from, to);
            assert!(
                matches!(read(dir.path()), SetupError::Json { .. }),
                "{from} {to}"
            );
        }
    }

    #[test]
    fn another_model_under_the_same_name() {
        let dir = folder();
        edit_json(dir.path(), &hex::encode(model().id().0), &"00".repeat(32));
        assert!(matches!(
            read(dir.path()),
            SetupError::Mismatch {
                what: "verifying key id",
                ..
            }
        ));
    }

    #[test]
    fn bytes_that_are_no_proving_key() {
        let bytes = encode_proving_key(&files().proving_key).expect("bytes");
        assert!(decode_proving_key(&bytes).is_ok());
        let refused =
            |bytes: &[u8]| matches!(decode_proving_key(bytes), Err(SetupError::ProvingKey(_)));
        assert!(refused(&[]));
        assert!(refused(&bytes[..bytes.len() - 1]));
        assert!(refused(&[&bytes[..], &[0]].concat()));
        // A length prefix that promises more than there is.
        let mut long = bytes.clone();
        long[448 + 7] = 0xff;
        assert!(refused(&long));
        // A point off its curve: the first coordinate of alpha.
        let mut off = bytes.clone();
        off[0] ^= 1;
        assert!(refused(&off));
    }
}
