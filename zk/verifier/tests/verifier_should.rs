//! What `verify` accepts, what it finds false, and what it refuses to look at.
#![cfg(feature = "arkworks")]

mod support;

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ff::{Field, UniformRand};
use ark_groth16::{prepare_verifying_key, Groth16, Proof, VerifyingKey};
use ark_serialize::CanonicalDeserialize;
use lattice_verifier::{
    field, validate, verify, PreparedKey, ProofPoint, Statement, VerifyError, PROOF_LEN,
};
use proptest::prelude::*;
use std::sync::OnceLock;
use support::{bytes, Keys};

struct Fixture {
    keys: Keys,
    key: PreparedKey,
    statement: Statement,
    proof: [u8; PROOF_LEN],
}

fn prepared(verifying: &[u8]) -> PreparedKey {
    let validated = validate(verifying).expect("an honest key");
    PreparedKey::decode(&validated.prepared).expect("what validation gave")
}

fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let keys = support::keys(1);
        let key = prepared(&keys.verifying);
        let (statement, proof) = keys.prove(7, 11, 2);
        Fixture {
            keys,
            key,
            statement,
            proof,
        }
    })
}

fn decode(proof: &[u8]) -> Proof<Bn254> {
    Proof::deserialize_compressed(proof).expect("a proof")
}

mod accept {
    use super::*;

    #[test]
    fn a_proof_of_its_statement() {
        let f = fixture();
        assert_eq!(verify(&f.key, &f.statement.inputs(), &f.proof), Ok(true));
    }

    #[test]
    fn every_proof_of_one_statement() {
        let f = fixture();
        for seed in 10..14 {
            let (statement, proof) = f.keys.prove(7, 11, seed);
            assert_eq!(statement, f.statement);
            assert_ne!(proof, f.proof);
            assert_eq!(verify(&f.key, &statement.inputs(), &proof), Ok(true));
        }
    }

    /// Groth16 is malleable: so a proof is no identifier, and the context is what stops a replay.
    #[test]
    fn a_proof_that_someone_else_has_negated_twice() {
        let f = fixture();
        let Proof { a, b, c } = decode(&f.proof);
        let (a, b): (G1Affine, G2Affine) = (-a, -b);
        let other = bytes(&Proof::<Bn254> { a, b, c });
        assert_ne!(other, f.proof);
        assert_eq!(verify(&f.key, &f.statement.inputs(), &other), Ok(true));
    }
}

mod find_false {
    use super::*;

    #[test]
    fn a_proof_for_another_key() {
        let f = fixture();
        let other = prepared(&support::keys(2).verifying);
        assert_eq!(verify(&other, &f.statement.inputs(), &f.proof), Ok(false));
    }

    #[test]
    fn a_proof_for_another_context() {
        let f = fixture();
        let mut statement = f.statement;
        statement.context = field::encode(&Fr::from(8));
        assert_eq!(verify(&f.key, &statement.inputs(), &f.proof), Ok(false));
    }

    #[test]
    fn any_public_input_changed_by_one() {
        let f = fixture();
        for index in 0..3 {
            let mut inputs = f.statement.inputs();
            let value = field::decode(&inputs[index]).expect("canonical") + Fr::ONE;
            inputs[index] = field::encode(&value);
            assert_eq!(
                verify(&f.key, &inputs, &f.proof),
                Ok(false),
                "input {index}"
            );
        }
    }

    #[test]
    fn public_inputs_in_another_order() {
        let f = fixture();
        let [context, input, output] = f.statement.inputs();
        for inputs in [[context, output, input], [input, context, output]] {
            assert_eq!(verify(&f.key, &inputs, &f.proof), Ok(false));
        }
    }

    #[test]
    fn a_proof_with_one_point_negated_or_from_another_proof() {
        let f = fixture();
        let good = decode(&f.proof);
        let other = decode(&f.keys.prove(7, 11, 3).1);
        let (a, b, c): (G1Affine, G2Affine, G1Affine) = (-good.a, -good.b, -good.c);
        let Proof {
            a: a2,
            b: b2,
            c: c2,
        } = other;
        for (a, b, c) in [
            (a, good.b, good.c),
            (good.a, b, good.c),
            (good.a, good.b, c),
            (a2, good.b, good.c),
            (good.a, b2, good.c),
            (good.a, good.b, c2),
        ] {
            let proof = bytes(&Proof::<Bn254> { a, b, c });
            assert_eq!(verify(&f.key, &f.statement.inputs(), &proof), Ok(false));
        }
    }
}

mod reject {
    use super::*;

    #[test]
    fn another_number_of_public_inputs() {
        let f = fixture();
        let inputs = f.statement.inputs();
        let four = [inputs[0], inputs[1], inputs[2], [0; 32]];
        for (inputs, found) in [(&inputs[..0], 0), (&inputs[..2], 2), (&four[..], 4)] {
            assert_eq!(
                verify(&f.key, inputs, &f.proof),
                Err(VerifyError::Inputs { found })
            );
        }
    }

    #[test]
    fn a_public_input_with_the_order_added() {
        let f = fixture();
        for index in [0, 1, 2u8] {
            let mut inputs = f.statement.inputs();
            let input = &mut inputs[usize::from(index)];
            *input = support::scalar_alias(input);
            assert_eq!(
                verify(&f.key, &inputs, &f.proof),
                Err(VerifyError::Input { index })
            );
        }
    }

    #[test]
    fn a_proof_of_another_length() {
        let f = fixture();
        let mut long = f.proof.to_vec();
        long.push(0);
        for (proof, found) in [(&f.proof[..0], 0), (&f.proof[..127], 127), (&long[..], 129)] {
            assert_eq!(
                verify(&f.key, &f.statement.inputs(), proof),
                Err(VerifyError::Length {
                    expected: 128,
                    found
                })
            );
        }
    }

    fn every_malformed_point(point: ProofPoint, start: usize, cases: Vec<support::Malformed>) {
        let f = fixture();
        for case in cases {
            let mut proof = f.proof;
            proof[start..start + case.bytes.len()].copy_from_slice(&case.bytes);
            assert_eq!(
                verify(&f.key, &f.statement.inputs(), &proof),
                Err(VerifyError::Point {
                    point,
                    reason: case.reason
                }),
                "{point} is {}",
                case.name
            );
        }
    }

    #[test]
    fn a_malformed_a() {
        every_malformed_point(ProofPoint::A, 0, support::malformed_g1());
    }

    #[test]
    fn a_malformed_b() {
        every_malformed_point(ProofPoint::B, 32, support::malformed_g2());
    }

    #[test]
    fn a_malformed_c() {
        every_malformed_point(ProofPoint::C, 96, support::malformed_g1());
    }

    /// The same points, another encoding: p added to the x coordinate of a true proof's A.
    #[test]
    fn a_true_proof_in_a_second_encoding() {
        use ark_ff::{BigInteger, PrimeField};
        let f = fixture();
        let (proof, alias) = (20..)
            .find_map(|seed| {
                let proof = f.keys.prove(7, 11, seed).1;
                let mut x = decode(&proof).a.x.into_bigint();
                let carry = x.add_with_carry(&ark_bn254::Fq::MODULUS);
                (!carry && x.num_bits() <= 254).then(|| {
                    let mut alias = proof;
                    let sign = alias[31] & 0x80;
                    alias[..32].copy_from_slice(&x.to_bytes_le());
                    alias[31] |= sign;
                    (proof, alias)
                })
            })
            .expect("one proof in three has such an x");
        let inputs = f.statement.inputs();
        assert_eq!(verify(&f.key, &inputs, &proof), Ok(true));
        assert_eq!(
            verify(&f.key, &inputs, &alias),
            Err(VerifyError::Point {
                point: ProofPoint::A,
                reason: lattice_verifier::PointError::NotCanonical
            })
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every bit of a proof matters.
    #[test]
    fn never_accept_a_proof_with_one_bit_flipped(bit in 0..PROOF_LEN * 8) {
        let f = fixture();
        let mut proof = f.proof;
        proof[bit / 8] ^= 1 << (bit % 8);
        prop_assert_ne!(verify(&f.key, &f.statement.inputs(), &proof), Ok(true));
    }

    #[test]
    fn never_accept_or_panic_on_random_bytes(
        proof in proptest::collection::vec(any::<u8>(), PROOF_LEN),
        inputs in proptest::collection::vec(any::<[u8; 32]>(), 3),
    ) {
        let f = fixture();
        prop_assert_ne!(verify(&f.key, &f.statement.inputs(), &proof), Ok(true));
        prop_assert_ne!(verify(&f.key, &inputs, &f.proof), Ok(true));
    }

    /// arkworks' own path: key decoded and prepared by it, inputs combined by it.
    #[test]
    fn agree_with_arkworks(context in any::<u64>(), witness in any::<u64>(), change in 0..4usize) {
        let f = fixture();
        let (statement, proof) = f.keys.prove(context, witness, 5);
        let mut inputs = statement.inputs();
        if change < 3 {
            inputs[change] = field::encode(&Fr::rand(&mut ark_std::test_rng()));
        }
        let key = VerifyingKey::deserialize_compressed(&f.keys.verifying[..]).expect("a key");
        let scalars = inputs.map(|input| field::decode(&input).expect("canonical"));
        let theirs = Groth16::<Bn254>::verify_proof(
            &prepare_verifying_key(&key),
            &decode(&proof),
            &scalars,
        );
        prop_assert_eq!(theirs.ok(), verify(&f.key, &inputs, &proof).ok());
        prop_assert_eq!(verify(&f.key, &inputs, &proof), Ok(change == 3));
    }
}
