//! Proving keys from their bytes: as arkworks reads them, and every malformed encoding refused.

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInt, BigInteger, PrimeField, UniformRand};
use ark_groth16::{ProvingKey as Groth16Key, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use lattice_circuit::{CommitmentKey, ProvingKey};
use lattice_setup::{
    decode_proving_key, encode_proving_key, encoding::read_proving_key, hash_bytes, SetupError,
};
use proptest::prelude::*;
use rand::{rngs::StdRng, Rng, SeedableRng};

/// Points as in a key: many are the identity.
fn points<P: AffineRepr<ScalarField = Fr>>(rng: &mut StdRng, count: usize) -> Vec<P> {
    (0..count)
        .map(|_| match rng.gen_range(0..3) {
            0 => P::zero(),
            _ => (P::generator() * Fr::rand(rng)).into_affine(),
        })
        .collect()
}

/// A key of no circuit, with these numbers of points, and with a commitment if its query has points.
fn key(seed: u64, counts: [usize; 6]) -> ProvingKey {
    let rng = &mut StdRng::seed_from_u64(seed);
    let [a, b_g1, b_g2, h, l, committed] = counts;
    ProvingKey {
        groth16: Groth16Key {
            vk: VerifyingKey {
                alpha_g1: G1Affine::rand(rng),
                beta_g2: G2Affine::rand(rng),
                gamma_g2: G2Affine::rand(rng),
                delta_g2: G2Affine::rand(rng),
                gamma_abc_g1: points(rng, if committed > 0 { 5 } else { 4 }),
            },
            beta_g1: G1Affine::rand(rng),
            delta_g1: G1Affine::rand(rng),
            a_query: points(rng, a),
            b_g1_query: points(rng, b_g1),
            b_g2_query: points(rng, b_g2),
            h_query: points(rng, h),
            l_query: points(rng, l),
        },
        commitment: (committed > 0).then(|| CommitmentKey {
            query: points(rng, committed),
            epsilon_g1: G1Affine::rand(rng),
            epsilon_g2: G2Affine::rand(rng),
        }),
    }
}

/// Where something is in a key's bytes.
struct Place {
    name: &'static str,
    /// Of its number of points, if that is written.
    prefix: Option<usize>,
    /// Of its first point.
    start: usize,
    count: usize,
    point_len: usize,
}

fn places(key: &ProvingKey) -> Vec<Place> {
    let ProvingKey {
        groth16: key,
        commitment,
    } = key;
    let mut position = 0;
    let mut arrays = vec![
        ("alpha_g1", None, 64),
        ("beta_g2", None, 128),
        ("gamma_g2", None, 128),
        ("delta_g2", None, 128),
        ("gamma_abc_g1", Some(key.vk.gamma_abc_g1.len()), 64),
        ("beta_g1", None, 64),
        ("delta_g1", None, 64),
        ("a_query", Some(key.a_query.len()), 64),
        ("b_g1_query", Some(key.b_g1_query.len()), 64),
        ("b_g2_query", Some(key.b_g2_query.len()), 128),
        ("h_query", Some(key.h_query.len()), 64),
        ("l_query", Some(key.l_query.len()), 64),
    ];
    if let Some(commitment) = commitment {
        arrays.extend([
            ("commitment_query", Some(commitment.query.len()), 64),
            ("epsilon_g1", None, 64),
            ("epsilon_g2", None, 128),
        ]);
    }
    let places = arrays.into_iter().map(|(name, count, point_len)| {
        let prefix = count.map(|_| position);
        let start = position + if count.is_some() { 8 } else { 0 };
        let count = count.unwrap_or(1);
        position = start + count * point_len;
        Place {
            name,
            prefix,
            start,
            count,
            point_len,
        }
    });
    places.collect()
}

fn refusal(bytes: &[u8]) -> String {
    match decode_proving_key(bytes) {
        Err(SetupError::ProvingKey(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// arkworks' validation, and nothing that it would write differently.
fn strict(bytes: &[u8]) -> Option<ProvingKey> {
    type Commitment = (Vec<G1Affine>, (G1Affine, G2Affine));
    let mut rest = bytes;
    let groth16 = Groth16Key::<Bn254>::deserialize_uncompressed(&mut rest).ok()?;
    let commitment = match groth16.vk.gamma_abc_g1.len() {
        4 => None,
        5 => {
            let (query, (epsilon_g1, epsilon_g2)) =
                Commitment::deserialize_uncompressed(&mut rest).ok()?;
            Some(CommitmentKey {
                query,
                epsilon_g1,
                epsilon_g2,
            })
        }
        _ => return None,
    };
    let key = ProvingKey {
        groth16,
        commitment,
    };
    (encode_proving_key(&key).ok()? == bytes).then_some(key)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn decoding_agrees_with_arkworks(
        seed: u64,
        counts in prop::array::uniform5(0usize..90),
        committed in prop_oneof![Just(0), 1usize..90],
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0u8..8), 0..2),
    ) {
        let [a, b_g1, b_g2, h, l] = counts;
        let key = key(seed, [a, b_g1, b_g2, h, l, committed]);
        let mut bytes = encode_proving_key(&key).expect("encodes");
        prop_assert_eq!(decode_proving_key(&bytes).expect("a key"), key);
        for (at, bit) in edits {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(decode_proving_key(&bytes).ok(), strict(&bytes));
        }
    }
}

/// Both the head's points and the arrays', at the beginning and at the end of each.
fn each_point(key: &ProvingKey, test: impl Fn(&Place, usize, usize)) {
    for place in places(key) {
        for index in [0, place.count - 1] {
            test(&place, index, place.start + index * place.point_len);
        }
    }
}

mod reject {
    use super::*;

    const COUNTS: [usize; 6] = [70, 71, 72, 73, 74, 75];

    fn planted(bytes: &[u8], at: usize, planted: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes[at..at + planted.len()].copy_from_slice(planted);
        bytes
    }

    fn uncompressed(point: &impl CanonicalSerialize) -> Vec<u8> {
        let mut bytes = Vec::new();
        point.serialize_uncompressed(&mut bytes).expect("to memory");
        bytes
    }

    /// The generator of a place's group, which every edit begins with.
    fn generator(place: &Place) -> Vec<u8> {
        match place.point_len {
            64 => uncompressed(&G1Affine::generator()),
            _ => uncompressed(&G2Affine::generator()),
        }
    }

    fn names(reason: &str, place: &Place, index: usize) {
        let expected = format!("{}, point {index}: ", place.name);
        assert!(reason.starts_with(&expected), "{reason}, not {expected}");
    }

    #[test]
    fn a_point_off_its_curve_in_any_place() {
        let key = key(1, COUNTS);
        let bytes = encode_proving_key(&key).expect("encodes");
        each_point(&key, |place, index, at| {
            let mut point = generator(place);
            point[1] ^= 1;
            names(&refusal(&planted(&bytes, at, &point)), place, index);
        });
    }

    #[test]
    fn a_point_of_the_second_curve_outside_of_its_subgroup_in_any_place() {
        let rng = &mut StdRng::seed_from_u64(2);
        let outside = loop {
            let point = G2Affine::get_point_from_x_unchecked(Fq2::rand(rng), false);
            if let Some(point) = point {
                break point;
            }
        };
        assert!(!outside.is_in_correct_subgroup_assuming_on_curve());
        let key = key(2, COUNTS);
        let bytes = encode_proving_key(&key).expect("encodes");
        let outside = uncompressed(&outside);
        each_point(&key, |place, index, at| {
            if place.point_len == outside.len() {
                let reason = refusal(&planted(&bytes, at, &outside));
                names(&reason, place, index);
                assert!(reason.contains("subgroup"), "{reason}");
            }
        });
    }

    #[test]
    fn a_coordinate_at_or_above_the_modulus_in_any_place() {
        let key = key(3, COUNTS);
        let bytes = encode_proving_key(&key).expect("encodes");
        each_point(&key, |place, index, at| {
            let point = generator(place);
            for start in (0..point.len()).step_by(32) {
                let mut again = point.clone();
                let flags = again[start + 31] & 0xc0;
                again[start + 31] ^= flags;
                let limbs: Vec<u64> = again[start..start + 32]
                    .chunks(8)
                    .map(|limb| u64::from_le_bytes(limb.try_into().expect("8")))
                    .collect();
                let mut sum = BigInt::<4>::new(limbs.try_into().expect("4"));
                sum.add_with_carry(&Fq::MODULUS);
                again[start..start + 32].copy_from_slice(&sum.to_bytes_le());
                again[start + 31] |= flags;
                names(&refusal(&planted(&bytes, at, &again)), place, index);
            }
        });
    }

    #[test]
    fn flags_that_are_not_the_points_in_any_place() {
        let key = key(4, COUNTS);
        let bytes = encode_proving_key(&key).expect("encodes");
        each_point(&key, |place, index, at| {
            let last = place.point_len - 1;
            // The other sign, the identity's flag on another point, both flags.
            for mask in [0x80, 0x40, 0xc0] {
                let mut point = generator(place);
                point[last] ^= mask;
                names(&refusal(&planted(&bytes, at, &point)), place, index);
            }
            // The identity without its flag, and with more than it.
            for (flags, first) in [(0, 0), (0x80, 0), (0xc0, 0), (0x40, 1)] {
                let mut point = vec![0; place.point_len];
                (point[0], point[last]) = (first, flags);
                names(&refusal(&planted(&bytes, at, &point)), place, index);
            }
        });
    }

    #[test]
    fn bytes_that_end_in_any_place() {
        let key = key(5, COUNTS);
        let bytes = encode_proving_key(&key).expect("encodes");
        each_point(&key, |place, _, at| {
            for end in [at, at + 1, at + place.point_len - 1] {
                let reason = refusal(&bytes[..end]);
                assert!(reason.contains(place.name), "{reason}");
            }
            if let Some(prefix) = place.prefix {
                for end in [prefix, prefix + 7] {
                    let reason = refusal(&bytes[..end]);
                    assert!(reason.contains(place.name), "{reason}");
                }
            }
        });
        assert_eq!(
            refusal(&[&bytes[..], &[0]].concat()),
            "1 bytes after its end"
        );
    }

    #[test]
    fn numbers_of_points_that_are_not_there() {
        let key = key(6, COUNTS);
        let bytes = encode_proving_key(&key).expect("encodes");
        for place in places(&key) {
            let Some(prefix) = place.prefix else { continue };
            let count = place.count as u64;
            // Some of the products with a point's length overflow.
            for lie in [
                0,
                1,
                count - 1,
                count + 1,
                count + 1000,
                1 << 57,
                1 << 58,
                u64::MAX,
            ] {
                refusal(&planted(&bytes, prefix, &lie.to_le_bytes()));
            }
            let reason = refusal(&planted(&bytes, prefix, &u64::MAX.to_le_bytes()));
            assert!(reason.contains(place.name), "{reason}");
        }
    }

    #[test]
    fn a_number_of_instances_that_says_something_else_than_the_rest() {
        let wrong = |key: &ProvingKey| match encode_proving_key(key) {
            Err(SetupError::ProvingKey(reason)) => reason,
            other => panic!("{other:?}"),
        };
        let with = key(9, COUNTS);
        let mut edited = with.clone();
        edited.commitment = None;
        assert!(wrong(&edited).starts_with("gamma_abc_g1 has 5 points"));
        let bytes = encode_proving_key(&with).expect("encodes");
        let places = places(&with);
        let query = places.iter().find(|place| place.name == "commitment_query");
        let query = query.and_then(|place| place.prefix).expect("an array");
        // Without its end, and a key without a commitment with that end.
        assert!(refusal(&bytes[..query]).contains("commitment_query"));
        edited.groth16.vk.gamma_abc_g1.pop();
        let without = encode_proving_key(&edited).expect("encodes");
        let more = [&without, &bytes[query..]].concat();
        assert!(refusal(&more).contains("after its end"));
        for count in [0, 3, 6] {
            let point = with.groth16.vk.gamma_abc_g1[0];
            let mut edited = with.clone();
            edited.groth16.vk.gamma_abc_g1 = vec![point; count];
            assert!(wrong(&edited).contains(&format!("{count} points")));
            let mut bytes = Vec::new();
            let written = edited.groth16.serialize_uncompressed(&mut bytes);
            written.expect("to memory");
            let reason = refusal(&bytes);
            assert!(
                reason.starts_with(&format!("gamma_abc_g1 has {count} points")),
                "{reason}"
            );
        }
    }

    #[test]
    fn a_point_behind_the_first_piece_of_a_large_array() {
        let mut key = key(7, [0, 2, 2, 2, 2, 2]);
        key.groth16.a_query = vec![G1Affine::generator(); 140_000];
        let mut bytes = encode_proving_key(&key).expect("encodes");
        assert_eq!(decode_proving_key(&bytes).expect("a key"), key);
        let places = places(&key);
        let place = places.iter().find(|place| place.name == "a_query");
        let place = place.expect("an array");
        bytes[place.start + 135_000 * 64] ^= 1;
        names(&refusal(&bytes), place, 135_000);
    }
}

#[test]
fn a_file_is_hashed_to_its_end_whatever_is_in_it() {
    let key = key(8, [70, 70, 70, 70, 70, 70]);
    let bytes = encode_proving_key(&key).expect("encodes");
    let len = bytes.len() as u64;
    let read = read_proving_key(&bytes[..], len).expect("read");
    assert_eq!(read.hash, hash_bytes(&bytes));
    assert_eq!(read.key.expect("a key"), key);
    for at in [0, 448 + 7, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        let read = read_proving_key(&damaged[..], len).expect("read");
        assert_eq!(read.hash, hash_bytes(&damaged));
        assert!(read.key.is_err());
    }
    // Shorter than was said: no key, and no hash either.
    assert!(read_proving_key(&bytes[..bytes.len() - 1], len).is_err());
}
