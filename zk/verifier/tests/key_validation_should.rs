//! Which verifying keys may be registered, and what is stored of them.
#![cfg(feature = "arkworks")]

mod support;

use ark_bn254::{Bn254, G2Affine};
use ark_ec::pairing::Pairing;
use ark_groth16::VerifyingKey;
use ark_serialize::CanonicalDeserialize;
use lattice_verifier::{
    validate, KeyError, KeyPoint, PointError, PreparedKey, PreparedKeyError, KEY_LEN,
    PREPARED_KEY_LEN,
};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::OnceLock;
use support::bytes;

fn key() -> &'static Vec<u8> {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    KEY.get_or_init(|| support::keys(1).verifying)
}

fn decode(bytes: &[u8]) -> VerifyingKey<Bn254> {
    VerifyingKey::deserialize_compressed(bytes).expect("a key")
}

const BETA: Range<usize> = 32..96;
const GAMMA: Range<usize> = 96..160;
const DELTA: Range<usize> = 160..224;
const COUNT: Range<usize> = 224..232;

#[test]
fn accept_an_honest_key_and_keep_it_whole() {
    let validated = validate(key()).expect("an honest key");
    assert_eq!(key().len(), KEY_LEN);
    assert_eq!(validated.prepared.len(), PREPARED_KEY_LEN);
    let prepared = PreparedKey::decode(&validated.prepared).expect("what validation gave");
    assert_eq!(&prepared.verifying_key().encode(), key());
    assert_eq!(prepared.encode(), validated.prepared);
}

#[test]
fn store_the_pairing_of_alpha_and_beta() {
    let validated = validate(key()).expect("an honest key");
    let key = decode(key());
    let pairing = Bn254::pairing(key.alpha_g1, key.beta_g2).0;
    let mut expected = Vec::new();
    ark_serialize::CanonicalSerialize::serialize_uncompressed(&pairing, &mut expected)
        .expect("to memory");
    assert_eq!(validated.prepared[PREPARED_KEY_LEN - 384..], expected);
}

#[test]
fn name_a_setup_by_its_delta_up_to_the_sign() {
    let first = validate(key()).expect("an honest key");
    let mut other_alpha = decode(key());
    other_alpha.alpha_g1 = -other_alpha.alpha_g1;
    let second = validate(&bytes(&other_alpha)).expect("well-formed");
    assert_ne!(first.prepared, second.prepared);
    assert_eq!(first.trapdoors, second.trapdoors);
    let mut negated = decode(key());
    negated.delta_g2 = -negated.delta_g2;
    let negated = validate(&bytes(&negated)).expect("well-formed");
    assert_eq!(first.trapdoors, negated.trapdoors);
    let third = validate(&support::keys(2).verifying).expect("an honest key");
    assert_ne!(first.trapdoors, third.trapdoors);
}

mod reject {
    use super::*;

    #[test]
    fn a_key_of_another_length() {
        let mut long = key().clone();
        long.push(0);
        for (bytes, found) in [(&key()[..0], 0), (&key()[..359], 359), (&long[..], 361)] {
            assert_eq!(validate(bytes), Err(KeyError::Length { found }));
        }
    }

    /// Also what a key for two inputs with a point of padding would say.
    #[test]
    fn a_key_for_another_number_of_inputs() {
        for found in [0, 1, 3, 5, 1 << 32, u64::MAX, 4 << 56] {
            let mut bytes = key().clone();
            bytes[COUNT].copy_from_slice(&u64::to_le_bytes(found));
            assert_eq!(
                validate(&bytes),
                Err(KeyError::Inputs { expected: 4, found })
            );
        }
        let mut short = decode(key());
        short.gamma_abc_g1.pop();
        assert_eq!(
            validate(&bytes(&short)),
            Err(KeyError::Length { found: 328 })
        );
    }

    #[test]
    fn a_malformed_point_wherever_it_is() {
        let mut places = vec![
            (KeyPoint::Alpha, 0),
            (KeyPoint::Beta, BETA.start),
            (KeyPoint::Gamma, GAMMA.start),
            (KeyPoint::Delta, DELTA.start),
        ];
        places.extend((0..4).map(|i| (KeyPoint::GammaAbc(i), COUNT.end + 32 * usize::from(i))));
        for (point, start) in places {
            let cases = match point {
                KeyPoint::Alpha | KeyPoint::GammaAbc(_) => support::malformed_g1(),
                _ => support::malformed_g2(),
            };
            for case in cases {
                let mut bytes = key().clone();
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

    /// Every pair of β, γ and δ, with both signs.
    #[test]
    fn a_key_with_two_related_points_of_the_second_group() {
        type Point = fn(&mut VerifyingKey<Bn254>) -> &mut G2Affine;
        let points: [(KeyPoint, Point); 3] = [
            (KeyPoint::Beta, |key| &mut key.beta_g2),
            (KeyPoint::Gamma, |key| &mut key.gamma_g2),
            (KeyPoint::Delta, |key| &mut key.delta_g2),
        ];
        for (left, right) in [(0, 1), (0, 2), (1, 2)] {
            let ((left, first), (right, second)) = (points[left], points[right]);
            for negate in [false, true] {
                let mut related = decode(key());
                let point = *first(&mut related);
                *second(&mut related) = if negate { -point } else { point };
                assert_eq!(
                    validate(&bytes(&related)),
                    Err(KeyError::Related { left, right }),
                    "negated: {negate}"
                );
            }
        }
    }

    /// Why: under such keys anyone proves anything from the key alone.
    #[test]
    fn keys_under_which_a_forgery_would_verify() {
        use ark_bn254::{Fr, G1Affine};
        use ark_groth16::{prepare_verifying_key, Groth16, Proof};
        type Forge =
            fn(&mut VerifyingKey<Bn254>, &dyn Fn(&VerifyingKey<Bn254>) -> G1Affine) -> Proof<Bn254>;
        let forgeries: [Forge; 3] = [
            |key, inputs| {
                key.gamma_g2 = key.delta_g2;
                Proof {
                    a: key.alpha_g1,
                    b: key.beta_g2,
                    c: -inputs(key),
                }
            },
            |key, inputs| {
                key.beta_g2 = key.gamma_g2;
                let a: G1Affine = (key.alpha_g1 + inputs(key)).into();
                Proof {
                    a,
                    b: (key.beta_g2 + key.delta_g2).into(),
                    c: a,
                }
            },
            |key, inputs| {
                key.beta_g2 = key.delta_g2;
                Proof {
                    a: inputs(key),
                    b: (key.gamma_g2 + key.delta_g2).into(),
                    c: (inputs(key) + (-key.alpha_g1)).into(),
                }
            },
        ];
        let inputs = [Fr::from(1), Fr::from(2), Fr::from(3)];
        let combined = |key: &VerifyingKey<Bn254>| {
            let prepared = prepare_verifying_key(key);
            let sum = Groth16::<Bn254>::prepare_inputs(&prepared, &inputs).expect("three inputs");
            G1Affine::from(sum)
        };
        for forge in forgeries {
            let mut key = decode(key());
            let forged = forge(&mut key, &combined);
            let verified =
                Groth16::<Bn254>::verify_proof(&prepare_verifying_key(&key), &forged, &inputs);
            assert_eq!(verified.ok(), Some(true), "the forgery does not work");
            assert!(matches!(
                validate(&bytes(&key)),
                Err(KeyError::Related { .. })
            ));
        }
    }
}

mod reject_a_damaged_prepared_key {
    use super::*;

    fn prepared() -> Vec<u8> {
        validate(key()).expect("an honest key").prepared
    }

    fn refusal(bytes: &[u8]) -> Option<PreparedKeyError> {
        PreparedKey::decode(bytes).err()
    }

    #[test]
    fn of_another_length() {
        let bytes = prepared();
        assert_eq!(
            refusal(&bytes[1..]),
            Some(PreparedKeyError::Length { found: 1087 })
        );
    }

    #[test]
    fn with_a_point_off_the_curve() {
        let mut bytes = prepared();
        bytes[0] ^= 1;
        assert_eq!(
            refusal(&bytes),
            Some(PreparedKeyError::Point {
                point: KeyPoint::Alpha,
                reason: PointError::NotOnCurve
            })
        );
    }

    #[test]
    fn with_coordinates_that_are_not_below_the_modulus() {
        let mut bytes = prepared();
        bytes[64..96].fill(0xff);
        assert_eq!(
            refusal(&bytes),
            Some(PreparedKeyError::Point {
                point: KeyPoint::Beta,
                reason: PointError::NotCanonical
            })
        );
        let mut bytes = prepared();
        bytes[PREPARED_KEY_LEN - 32..].fill(0xff);
        assert_eq!(refusal(&bytes), Some(PreparedKeyError::Pairing));
    }

    #[test]
    fn with_an_identity() {
        let mut bytes = prepared();
        bytes[320..448].fill(0);
        bytes[447] = 0x40;
        assert_eq!(
            refusal(&bytes),
            Some(PreparedKeyError::Point {
                point: KeyPoint::Delta,
                reason: PointError::Identity
            })
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// No two byte strings are one key: a changed key is refused, or is another key that has kept
    /// its bytes.
    #[test]
    fn never_take_a_second_encoding(position in 0..KEY_LEN, value in any::<u8>()) {
        let mut changed = key().clone();
        changed[position] = value;
        if let Ok(validated) = validate(&changed) {
            let prepared = PreparedKey::decode(&validated.prepared).expect("just validated");
            prop_assert_eq!(prepared.verifying_key().encode(), changed);
        }
    }

    #[test]
    fn never_panic_on_random_bytes(random in proptest::collection::vec(any::<u8>(), 0..2 * KEY_LEN)) {
        prop_assert!(validate(&random).is_err());
        prop_assert!(PreparedKey::decode(&random).is_err());
    }
}
