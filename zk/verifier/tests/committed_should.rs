//! What `verify` accepts of committed proofs, what it finds false, and what it refuses to look at.
//!
//! The proofs are simulated from known trapdoors: the equation is all that verification sees, and a
//! proof that is off by one thing is made as easily as a true one.
#![cfg(feature = "testing")]

mod support;

use ark_bn254::{Bn254, Fr, G1Affine};
use ark_ec::pairing::{Pairing, PairingOutput};
use ark_ec::AffineRepr;
use ark_ff::{Field, UniformRand};
use lattice_verifier::proof::decode_proof;
use lattice_verifier::testing::{g1_bytes, Trapdoors};
use lattice_verifier::{
    challenge, field, is_canonical, verify, FieldBytes, PreparedKey, ProofPoint, ProofVersion,
    Statement, VerifyError, COMMITTED_PROOF_LEN, PROOF_LEN,
};
use proptest::prelude::*;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::sync::OnceLock;

struct Fixture {
    trapdoors: Trapdoors,
    key: PreparedKey,
    statement: Statement,
    proof: [u8; COMMITTED_PROOF_LEN],
}

fn scalar(seed: u64) -> Fr {
    Fr::rand(&mut ChaCha20Rng::seed_from_u64(seed))
}

fn statement(seed: u64) -> Statement {
    let [context, input_commitment, output_commitment] =
        [1, 2, 3].map(|input| field::encode(&scalar(1000 * seed + input)));
    Statement {
        context,
        input_commitment,
        output_commitment,
    }
}

fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let trapdoors = Trapdoors::new(1);
        let statement = statement(7);
        Fixture {
            key: trapdoors.prepared(),
            proof: trapdoors.simulate(&statement, 2),
            trapdoors,
            statement,
        }
    })
}

fn check(proof: &[u8]) -> Result<bool, VerifyError> {
    verify(&fixture().key, &fixture().statement.inputs(), proof)
}

#[test]
fn accept_every_proof_of_a_statement() {
    let f = fixture();
    assert_eq!(check(&f.proof), Ok(true));
    for seed in 10..14 {
        let proof = f.trapdoors.simulate(&f.statement, seed);
        assert_ne!(proof, f.proof);
        assert_eq!(check(&proof), Ok(true));
    }
}

/// Nothing but the four arguments of the hash makes a challenge, and each of them does.
#[test]
fn give_another_challenge_for_another_key_statement_or_commitment() {
    let f = fixture();
    let inputs = f.statement.inputs();
    let own = challenge(&f.key, &inputs, &[1; 32]);
    assert!(is_canonical(&own));
    assert_eq!(own, challenge(&f.key.clone(), &inputs, &[1; 32]));
    let [context, input, output] = inputs;
    let others = [
        challenge(&Trapdoors::new(2).prepared(), &inputs, &[1; 32]),
        challenge(&f.key, &inputs, &[2; 32]),
        challenge(&f.key, &[input, context, output], &[1; 32]),
        challenge(&f.key, &[context, output, input], &[1; 32]),
        challenge(&f.key, &[context, input, [1; 32]], &output),
    ];
    assert!(!others.contains(&own));
}

mod find_false {
    use super::*;

    #[test]
    fn a_proof_for_another_key() {
        let other = Trapdoors::new(2).prepared();
        let f = fixture();
        assert_eq!(verify(&other, &f.statement.inputs(), &f.proof), Ok(false));
    }

    #[test]
    fn any_public_input_changed_by_one() {
        let f = fixture();
        for index in 0..3 {
            let mut inputs = f.statement.inputs();
            let value = field::decode(&inputs[index]).expect("canonical") + Fr::ONE;
            inputs[index] = field::encode(&value);
            assert_eq!(verify(&f.key, &inputs, &f.proof), Ok(false), "{index}");
        }
    }

    #[test]
    fn a_proof_with_a_point_of_another_proof_of_the_same_statement() {
        let f = fixture();
        let other = f.trapdoors.simulate(&f.statement, 3);
        for range in [0..32, 32..96, 96..128, 128..160] {
            let mut proof = f.proof;
            proof[range.clone()].copy_from_slice(&other[range]);
            assert_eq!(check(&proof), Ok(false));
        }
    }

    /// The prover has seen the challenge of one D and sends another that suits it better. All
    /// else in the proof fits the D that is sent.
    #[test]
    fn a_commitment_that_was_chosen_after_the_challenge() {
        let f = fixture();
        let inputs = f.statement.inputs();
        let [first, better] = [scalar(20), scalar(21)];
        let seen = challenge(&f.key, &inputs, &g1_bytes(first));
        let proof = f.trapdoors.simulate_for(&inputs, better, &seen, better, 2);
        assert_eq!(check(&proof), Ok(false));
    }

    /// The challenge follows from the D that is sent, but the equation was solved for another one:
    /// would hold if D were hashed and not in the equation as it is.
    #[test]
    fn a_commitment_that_is_hashed_but_not_used() {
        let f = fixture();
        let inputs = f.statement.inputs();
        let sent = scalar(20);
        let honest = challenge(&f.key, &inputs, &g1_bytes(sent));
        for used in [scalar(21), Fr::from(0), -sent, sent + Fr::ONE] {
            let proof = f.trapdoors.simulate_for(&inputs, sent, &honest, used, 2);
            assert_eq!(check(&proof), Ok(false));
        }
        let proof = f.trapdoors.simulate_for(&inputs, sent, &honest, sent, 2);
        assert_eq!(check(&proof), Ok(true));
    }

    #[test]
    fn a_challenge_of_another_statement_or_another_key_or_of_the_provers_choice() {
        let f = fixture();
        let inputs = f.statement.inputs();
        let d = scalar(20);
        let bytes = g1_bytes(d);
        let mut choices: Vec<FieldBytes> = (0..3)
            .map(|index| {
                let mut other = inputs;
                other[index] = field::encode(&scalar(30));
                challenge(&f.key, &other, &bytes)
            })
            .collect();
        choices.push(challenge(&Trapdoors::new(2).prepared(), &inputs, &bytes));
        choices.extend([[0; 32], field::encode(&Fr::ONE), inputs[0]]);
        for choice in choices {
            let proof = f.trapdoors.simulate_for(&inputs, d, &choice, d, 2);
            assert_eq!(check(&proof), Ok(false));
        }
    }
}

mod reject {
    use super::*;

    #[test]
    fn a_proof_of_the_other_version() {
        let f = fixture();
        let committed = u32::try_from(COMMITTED_PROOF_LEN).expect("small");
        let plain = u32::try_from(PROOF_LEN).expect("small");
        assert_eq!(
            check(&f.proof[..PROOF_LEN]),
            Err(VerifyError::Length {
                expected: committed,
                found: plain
            })
        );
        let keys = support::keys(1);
        let (statement, proof) = keys.prove(7, 11, 2);
        let longer = [&proof[..], &f.proof[PROOF_LEN..]].concat();
        assert_eq!(
            verify(&keys.prepared(), &statement.inputs(), &longer),
            Err(VerifyError::Length {
                expected: plain,
                found: committed
            })
        );
    }

    #[test]
    fn a_proof_of_any_other_length() {
        let f = fixture();
        let longer = [&f.proof[..], &[0]].concat();
        for (proof, found) in [(&f.proof[..0], 0), (&f.proof[..159], 159), (&longer, 161)] {
            let expected = 160;
            assert_eq!(check(proof), Err(VerifyError::Length { expected, found }));
        }
    }

    #[test]
    fn a_malformed_point_wherever_it_is() {
        let f = fixture();
        for (point, start) in [
            (ProofPoint::A, 0),
            (ProofPoint::B, 32),
            (ProofPoint::C, 96),
            (ProofPoint::D, 128),
        ] {
            let cases = match point {
                ProofPoint::B => support::malformed_g2(),
                _ => support::malformed_g1(),
            };
            for support::Malformed {
                name,
                bytes,
                reason,
            } in cases
            {
                let mut proof = f.proof;
                proof[start..start + bytes.len()].copy_from_slice(&bytes);
                let refused = Err(VerifyError::Point { point, reason });
                assert_eq!(check(&proof), refused, "{point} is {name}");
            }
        }
    }

    /// The challenge is never sent.
    #[test]
    fn a_challenge_among_the_public_inputs() {
        let f = fixture();
        let [context, input, output] = f.statement.inputs();
        let commitment = f.proof[128..].try_into().expect("32 bytes");
        let challenge = challenge(&f.key, &f.statement.inputs(), commitment);
        assert_eq!(
            verify(&f.key, &[context, input, output, challenge], &f.proof),
            Err(VerifyError::Inputs { found: 4 })
        );
    }
}

/// The equation as the crate's documentation has it, one pairing after another.
fn plain(key: &PreparedKey, inputs: &[FieldBytes; 3], bytes: &[u8]) -> bool {
    let proof = decode_proof(ProofVersion::Committed, bytes).expect("well-formed");
    let commitment = proof.commitment.expect("committed");
    let key_points = key.verifying_key();
    let vk = &key_points.groth16;
    let instance = inputs
        .iter()
        .chain([&challenge(key, inputs, &commitment.bytes)])
        .map(|bytes| field::decode(bytes).expect("canonical"))
        .zip(&vk.gamma_abc_g1[1..])
        .map(|(input, point)| point.into_group() * input)
        .fold(vk.gamma_abc_g1[0].into_group(), |sum, term| sum + term);
    let e = |left: G1Affine, right| -> PairingOutput<Bn254> { Bn254::pairing(left, right) };
    e(proof.groth16.a, proof.groth16.b)
        == e(vk.alpha_g1, vk.beta_g2)
            + e(instance.into(), vk.gamma_g2)
            + e(proof.groth16.c, vk.delta_g2)
            + e(commitment.point, key_points.epsilon_g2.expect("committed"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn agree_with_the_equation(seed in any::<u64>(), change in 0..6usize) {
        let f = fixture();
        let proof = f.trapdoors.simulate(&f.statement, seed);
        let mut inputs = f.statement.inputs();
        match change {
            0..3 => inputs[change] = field::encode(&scalar(seed)),
            3 => {
                let d = scalar(seed);
                let guess = field::encode(&scalar(seed ^ 1));
                let proof = f.trapdoors.simulate_for(&inputs, d, &guess, d, seed);
                prop_assert_eq!(verify(&f.key, &inputs, &proof), Ok(false));
                prop_assert!(!plain(&f.key, &inputs, &proof));
            }
            _ => {}
        }
        prop_assert_eq!(verify(&f.key, &inputs, &proof), Ok(change >= 3));
        prop_assert_eq!(plain(&f.key, &inputs, &proof), change >= 3);
    }

    #[test]
    fn never_accept_a_proof_with_one_bit_flipped(bit in 0..COMMITTED_PROOF_LEN * 8) {
        let mut proof = fixture().proof;
        proof[bit / 8] ^= 1 << (bit % 8);
        prop_assert_ne!(check(&proof), Ok(true));
    }

    #[test]
    fn never_accept_or_panic_on_random_bytes(
        proof in proptest::collection::vec(any::<u8>(), COMMITTED_PROOF_LEN),
    ) {
        prop_assert_ne!(check(&proof), Ok(true));
    }
}
