//! Which verifying keys of committed proofs may be registered, and what is stored of them.
#![cfg(feature = "testing")]

mod support;

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_serialize::CanonicalSerialize;
use lattice_verifier::testing::{g2, Trapdoors};
use lattice_verifier::{
    challenge, field, key, validate, KeyError, KeyPoint, PointError, PreparedKey, PreparedKeyError,
    ProofVersion, VerifyingKey, COMMITTED_KEY_LEN, COMMITTED_PREPARED_KEY_LEN, KEY_LEN,
    PREPARED_KEY_LEN,
};
use proptest::prelude::*;
use std::ops::Range;

const COUNT: Range<usize> = 224..232;
const EPSILON: Range<usize> = 392..456;

fn encoded() -> Vec<u8> {
    Trapdoors::new(1).key().encode()
}

#[test]
fn accept_an_honest_key_and_keep_it_whole() {
    let key = encoded();
    assert_eq!(key.len(), COMMITTED_KEY_LEN);
    let validated = validate(&key).expect("an honest key");
    assert_eq!(validated.version, ProofVersion::Committed);
    assert_eq!(validated.prepared.len(), COMMITTED_PREPARED_KEY_LEN);
    let prepared = PreparedKey::decode(&validated.prepared).expect("what validation gave");
    assert_eq!(prepared.version(), ProofVersion::Committed);
    assert_eq!(prepared.encode(), validated.prepared);
    assert_eq!(prepared.verifying_key(), &Trapdoors::new(1).key());
    assert_eq!(prepared.verifying_key().encode(), key);
    assert_eq!(key::parse(&key), Ok(Trapdoors::new(1).key()));
}

/// ε between the other points and the pairing, which is last as in a key without it.
#[test]
fn store_epsilon_before_the_pairing_of_alpha_and_beta() {
    let key = Trapdoors::new(1).key();
    let prepared = validate(&key.encode()).expect("an honest key").prepared;
    let mut end = Vec::new();
    let pairing = Bn254::pairing(key.groth16.alpha_g1, key.groth16.beta_g2).0;
    let epsilon = key.epsilon_g2.expect("committed");
    epsilon.serialize_uncompressed(&mut end).expect("to memory");
    pairing.serialize_uncompressed(&mut end).expect("to memory");
    assert_eq!(end.len(), 128 + 384);
    assert_eq!(prepared[COMMITTED_PREPARED_KEY_LEN - end.len()..], end);
}

#[test]
fn tell_the_version_of_a_key_by_its_length() {
    for version in ProofVersion::ALL {
        assert_eq!(ProofVersion::of_key_len(version.key_len()), Some(version));
        assert_eq!(
            ProofVersion::of_prepared_len(version.prepared_len()),
            Some(version)
        );
        assert_eq!(
            ProofVersion::of_proof_len(version.proof_len()),
            Some(version)
        );
    }
    assert_eq!(ProofVersion::of_key_len(KEY_LEN + 1), None);
    let plain = validate(&support::keys(1).verifying).expect("an honest key");
    assert_eq!(plain.version, ProofVersion::Groth16);
    assert_eq!(plain.prepared.len(), PREPARED_KEY_LEN);
}

/// In the mathematics of the key alone: D takes e(α, β) away, and nothing is left to prove.
#[test]
fn refuse_keys_under_which_anyone_can_prove_anything() {
    for negate in [false, true] {
        let mut key = Trapdoors::new(1).key();
        let beta = key.groth16.beta_g2;
        let epsilon = if negate { -beta } else { beta };
        key.epsilon_g2 = Some(epsilon);
        let vk = &key.groth16;
        let inputs = [[1; 32], [2; 32], [3; 32]];
        let d: G1Affine = if negate { vk.alpha_g1 } else { -vk.alpha_g1 };
        // The challenge of whichever key: the forgery takes any.
        let sent = support::bytes(&d).try_into().expect("32 bytes");
        let c = challenge(&Trapdoors::new(1).prepared(), &inputs, &sent);
        let scalars = [inputs[0], inputs[1], inputs[2], c];
        let statement = scalars
            .iter()
            .map(|bytes| field::decode(bytes).expect("canonical"))
            .zip(&vk.gamma_abc_g1[1..])
            .fold(vk.gamma_abc_g1[0].into_group(), |sum, (input, point)| {
                sum + point.into_group() * input
            })
            .into_affine();
        let t = Fr::from(5);
        let b = (vk.gamma_g2 + vk.delta_g2 * t).into_affine();
        let forged = (statement * t).into_affine();
        assert_eq!(
            Bn254::pairing(statement, b),
            Bn254::pairing(vk.alpha_g1, vk.beta_g2)
                + Bn254::pairing(statement, vk.gamma_g2)
                + Bn254::pairing(forged, vk.delta_g2)
                + Bn254::pairing(d, epsilon),
            "the forgery does not work"
        );
        assert_eq!(
            validate(&key.encode()),
            Err(KeyError::Related {
                left: KeyPoint::Beta,
                right: KeyPoint::Epsilon
            })
        );
    }
}

mod reject {
    use super::*;

    #[test]
    fn a_key_whose_epsilon_is_cut_or_followed_by_anything() {
        let key = encoded();
        let longer = [&key[..], &[0]].concat();
        for (bytes, found) in [
            (&key[..EPSILON.start], 392),
            (&key[..EPSILON.end - 1], 455),
            (&key[..361], 361),
            (&longer[..], 457),
        ] {
            assert_eq!(validate(bytes), Err(KeyError::Length { found }));
        }
    }

    #[test]
    fn a_key_whose_count_is_not_that_of_its_length() {
        for found in [0, 4, 6, 1 << 32, u64::MAX, 5 << 56] {
            let mut bytes = encoded();
            bytes[COUNT].copy_from_slice(&u64::to_le_bytes(found));
            let expected = 5;
            assert_eq!(validate(&bytes), Err(KeyError::Inputs { expected, found }));
        }
        let mut plain = support::keys(1).verifying;
        plain[COUNT].copy_from_slice(&u64::to_le_bytes(5));
        let (expected, found) = (4, 5);
        assert_eq!(validate(&plain), Err(KeyError::Inputs { expected, found }));
    }

    /// A key of three inputs that is as long as one of four, and the reverse.
    #[test]
    fn a_key_that_is_padded_or_cut_to_the_other_length() {
        let plain = support::keys(1).verifying;
        let padded = [&plain[..], &encoded()[KEY_LEN..]].concat();
        let (expected, found) = (5, 4);
        assert_eq!(validate(&padded), Err(KeyError::Inputs { expected, found }));
        let (expected, found) = (4, 5);
        assert_eq!(
            validate(&encoded()[..KEY_LEN]),
            Err(KeyError::Inputs { expected, found })
        );
    }

    #[test]
    fn a_malformed_epsilon_or_a_malformed_point_of_the_challenge() {
        for (point, start, cases) in [
            (KeyPoint::GammaAbc(4), 360, support::malformed_g1()),
            (KeyPoint::Epsilon, EPSILON.start, support::malformed_g2()),
        ] {
            for case in cases {
                let mut bytes = encoded();
                bytes[start..start + case.bytes.len()].copy_from_slice(&case.bytes);
                let reason = case.reason;
                assert_eq!(
                    validate(&bytes),
                    Err(KeyError::Point { point, reason }),
                    "{point} is {}",
                    case.name
                );
            }
        }
    }

    /// Every pair of β, γ, δ and ε, with both signs.
    #[test]
    fn a_key_with_two_related_points_of_the_second_group() {
        type Point = fn(&mut VerifyingKey) -> &mut G2Affine;
        let points: [(KeyPoint, Point); 4] = [
            (KeyPoint::Beta, |key| &mut key.groth16.beta_g2),
            (KeyPoint::Gamma, |key| &mut key.groth16.gamma_g2),
            (KeyPoint::Delta, |key| &mut key.groth16.delta_g2),
            (KeyPoint::Epsilon, |key| {
                key.epsilon_g2.as_mut().expect("committed")
            }),
        ];
        for (index, (left, first)) in points.into_iter().enumerate() {
            for (right, second) in points.into_iter().skip(index + 1) {
                for negate in [false, true] {
                    let mut key = Trapdoors::new(1).key();
                    let point = *first(&mut key);
                    *second(&mut key) = if negate { -point } else { point };
                    assert_eq!(
                        validate(&key.encode()),
                        Err(KeyError::Related { left, right }),
                        "negated: {negate}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_damaged_stored_key() {
        let stored = validate(&encoded()).expect("an honest key").prepared;
        for found in [PREPARED_KEY_LEN + 64, COMMITTED_PREPARED_KEY_LEN - 1] {
            assert_eq!(
                PreparedKey::decode(&stored[..found]).err(),
                Some(PreparedKeyError::Length {
                    found: u32::try_from(found).expect("small")
                })
            );
        }
        let epsilon = COMMITTED_PREPARED_KEY_LEN - 384 - 128;
        let point = KeyPoint::Epsilon;
        let refusal = |change: &dyn Fn(&mut [u8])| {
            let mut bytes = stored.clone();
            change(&mut bytes[epsilon..epsilon + 128]);
            PreparedKey::decode(&bytes).err()
        };
        for (change, reason) in [
            (
                (&|point: &mut [u8]| point[0] ^= 1) as &dyn Fn(&mut [u8]),
                PointError::NotOnCurve,
            ),
            (
                &|point: &mut [u8]| point[..32].fill(0xff),
                PointError::NotCanonical,
            ),
            (
                &|point: &mut [u8]| {
                    point.fill(0);
                    point[127] = 0x40;
                },
                PointError::Identity,
            ),
        ] {
            assert_eq!(
                refusal(change),
                Some(PreparedKeyError::Point { point, reason })
            );
        }
    }
}

/// One ε in two set-ups is as bad as one δ.
#[test]
fn be_named_by_delta_and_by_epsilon() {
    let first = validate(&encoded()).expect("a key").trapdoors;
    let mut other = Trapdoors::new(1);
    other.delta += Fr::from(1);
    let second = validate(&other.key().encode()).expect("a key").trapdoors;
    assert_eq!((first.len(), second.len()), (2, 2));
    assert_ne!(first[0], second[0]);
    assert_eq!(first[1], second[1]);
    // The place makes no difference: one ε that is the other's δ has its name.
    let mut swapped = Trapdoors::new(1);
    std::mem::swap(&mut swapped.delta, &mut swapped.epsilon);
    let swapped = validate(&swapped.key().encode()).expect("a key").trapdoors;
    assert_eq!(swapped, [first[1], first[0]]);
}

/// A stored key is named by its bytes: nothing of it can change without another challenge.
#[test]
fn have_another_hash_for_another_epsilon_alone() {
    let mut other = Trapdoors::new(1);
    other.epsilon += Fr::from(1);
    assert_eq!(other.key().epsilon_g2, Some(g2(other.epsilon)));
    let [first, second] = [Trapdoors::new(1).prepared(), other.prepared()];
    assert_ne!(first.hash(), second.hash());
    let again = PreparedKey::decode(&first.encode()).expect("encoded");
    assert_eq!(first.hash(), again.hash());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// No two byte strings are one key: a changed key is refused, or is another key that has kept
    /// its bytes.
    #[test]
    fn never_take_a_second_encoding(position in 0..COMMITTED_KEY_LEN, value in any::<u8>()) {
        let mut changed = encoded();
        changed[position] = value;
        if let Ok(validated) = validate(&changed) {
            let prepared = PreparedKey::decode(&validated.prepared).expect("just validated");
            prop_assert_eq!(prepared.verifying_key().encode(), changed);
        }
    }
}
