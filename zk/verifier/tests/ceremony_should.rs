//! What a chain accepts of a ceremony's records.
#![cfg(feature = "arkworks")]

#[path = "support/ceremony.rs"]
mod ceremony;
#[path = "ceremony_should/reject.rs"]
mod reject;
mod support;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, One};
use ceremony::*;
use codec::{DecodeAll, Encode, MaxEncodedLen};
use lattice_verifier::ceremony::testing::{
    array, contribute, g1, g2, trapdoor as multiple, Bulk, Factors,
};
use lattice_verifier::ceremony::{
    check_contribution, check_start, merkle, next_transcript, start_transcript, Binding,
    CeremonyError, CeremonyPoint, CommitmentStart, Contribution, Opening, Query, Start, State,
    Trapdoor, TrapdoorPoints, COMMITTED_CONTRIBUTION_LEN, CONTRIBUTION_LEN,
};
use lattice_verifier::{
    challenge, field, validate, verify, KeyError, KeyPoint, PreparedKey, ProofVersion,
};
use support::{bytes, malformed_g1, malformed_g2, scalar_alias};

#[test]
fn accept_a_chain_of_honest_contributions() {
    for version in ProofVersion::ALL {
        let start = start(version);
        assert_eq!(check_start(&start), Ok(()));
        let mut transcript = start_transcript(&GENESIS, CEREMONY, &start);
        let mut bulk = Bulk::start(version);
        for (index, account) in [ALICE, BOB, ALICE].into_iter().enumerate() {
            let factors = Factors::of(4 + index as u64);
            let binding = Binding::new(GENESIS, CEREMONY, index as u32, transcript, account);
            let previous = bulk.state();
            bulk = bulk.after(factors);
            let contribution = contribute(&previous, &bulk.state(), factors, &binding);
            assert_eq!(
                check_contribution(&previous, &contribution, &binding),
                Ok(())
            );
            let next = next_transcript(&binding, &contribution);
            assert_ne!(next, transcript);
            transcript = next;
        }
    }
}

#[test]
fn start_at_the_generators() {
    assert_eq!(TrapdoorPoints::START, multiple(Fr::one()));
}

#[test]
fn encode_a_contribution_in_as_many_bytes_as_its_version_has_and_no_other_way() {
    let lengths = [CONTRIBUTION_LEN, COMMITTED_CONTRIBUTION_LEN];
    for (version, len) in ProofVersion::ALL.into_iter().zip(lengths) {
        let (contribution, _) = first(version);
        assert_eq!(contribution.version(), version);
        let encoded = contribution.encode();
        assert_eq!(encoded.len(), len);
        assert_eq!(
            Contribution::decode_all(&mut &encoded[..]),
            Ok(contribution)
        );
        assert!(Contribution::decode_all(&mut &[&encoded[..], &[0]].concat()[..]).is_err());
        assert!(Contribution::decode_all(&mut &encoded[..len - 1]).is_err());
    }
    assert_eq!(Contribution::max_encoded_len(), COMMITTED_CONTRIBUTION_LEN);
}

/// A proof that only the trapdoors of this start and this state can give verifies under the key.
#[test]
fn assemble_a_key_that_validation_accepts() {
    for version in ProofVersion::ALL {
        let start = start(version);
        let (contribution, _) = first(version);
        let key = start.assemble_key(&contribution.state());
        assert_eq!(key.len(), version.key_len());
        let validated = validate(&key).expect("a good key");
        let prepared = PreparedKey::decode(&validated.prepared).expect("just validated");
        let vk = prepared.verifying_key();
        assert_eq!(vk.groth16.alpha_g1, g1(Fr::from(11u64)));
        assert_eq!(vk.groth16.beta_g2, g2(Fr::from(13u64)));
        assert_eq!(vk.groth16.gamma_g2, G2Affine::generator());
        assert_eq!(bytes(&vk.groth16.delta_g2), contribution.delta.g2);
        let epsilon = contribution.commitment.map(|c| c.epsilon.g2.to_vec());
        assert_eq!(vk.epsilon_g2.map(|point| bytes(&point).to_vec()), epsilon);
        // With the trapdoors of this test, a proof of any statement: D is anything, and
        // C = (a·b − α·β − I − ε·D)/δ.
        let inputs = [1u64, 2, 3].map(Fr::from);
        let encoded = inputs.map(|input| field::encode(&input));
        let [a, b, d] = [19u64, 23, 29].map(Fr::from);
        let mut ic = Fr::from(2u64)
            + inputs[0] * Fr::from(3u64)
            + inputs[1] * Fr::from(5u64)
            + inputs[2] * Fr::from(7u64);
        let factors = Factors::of(2);
        if version == ProofVersion::Committed {
            let challenge = challenge(&prepared, &encoded, &array(&g1(d)));
            ic += field::decode(&challenge).expect("canonical") * Fr::from(17u64);
            ic += factors.e * d;
        }
        let c = (a * b - Fr::from(143u64) - ic) * factors.x.inverse().expect("not zero");
        let proof = [bytes(&g1(a)), bytes(&g2(b)), bytes(&g1(c)), bytes(&g1(d))].concat();
        let proof = &proof[..version.proof_len()];
        assert_eq!(verify(&prepared, &encoded, proof), Ok(true), "{version:?}");
    }
}

/// A state whose trapdoors have these discrete logarithms, in a ceremony of committed proofs.
fn state_of(x: Fr, e: Fr) -> State {
    let mut bulk = Bulk::start(ProofVersion::Committed);
    bulk.trapdoors = Factors { x, e };
    bulk.state()
}

#[test]
fn never_take_a_start_for_a_key() {
    for version in ProofVersion::ALL {
        let start = start(version);
        let related = KeyError::Related {
            left: KeyPoint::Gamma,
            right: KeyPoint::Delta,
        };
        assert_eq!(validate(&start.assemble_key(&start.state())), Err(related));
        let mut negated = start.state();
        negated.delta = multiple(-Fr::one());
        assert_eq!(validate(&start.assemble_key(&negated)), Err(related));
    }
}

#[test]
fn assemble_no_key_that_validation_accepts_if_an_epsilon_is_another_trapdoor() {
    let start = start(ProofVersion::Committed);
    let [one, beta, x] = [1u64, 13, 99].map(Fr::from);
    for (left, other) in [
        (KeyPoint::Beta, beta),
        (KeyPoint::Gamma, one),
        (KeyPoint::Delta, x),
    ] {
        for e in [other, -other] {
            let right = KeyPoint::Epsilon;
            assert_eq!(
                validate(&start.assemble_key(&state_of(x, e))),
                Err(KeyError::Related { left, right })
            );
        }
    }
}

#[test]
fn bind_every_field_of_a_start_and_of_a_binding_into_the_transcript() {
    let honest = start(ProofVersion::Committed);
    let commitment: [fn(&mut CommitmentStart); 3] = [
        |c| c.gamma_abc[0] ^= 1,
        |c| c.count += 1,
        |c| c.root[0] ^= 1,
    ];
    let transcript = start_transcript(&GENESIS, CEREMONY, &honest);
    for edit in commitment {
        let mut start = honest;
        edit(start.commitment.as_mut().expect("committed"));
        assert_ne!(start_transcript(&GENESIS, CEREMONY, &start), transcript);
    }
    let edits: [fn(&mut Start); 11] = [
        |s| s.commitment = None,
        |s| s.model.0[0] ^= 1,
        |s| s.circuit_version += 1,
        |s| s.phase1.power += 1,
        |s| s.phase1.alpha_g1[0] ^= 1,
        |s| s.phase1.points[0] ^= 1,
        |s| s.gamma_abc[3][0] ^= 1,
        |s| s.l_count += 1,
        |s| s.h_count += 1,
        |s| s.roots.l[0] ^= 1,
        |s| s.roots.h[0] ^= 1,
    ];
    for edit in edits {
        let mut start = honest;
        edit(&mut start);
        assert_ne!(start_transcript(&GENESIS, CEREMONY, &start), transcript);
    }
    assert_ne!(
        start_transcript(&GENESIS, CEREMONY + 1, &honest),
        transcript
    );
    assert_ne!(start_transcript(&[8; 32], CEREMONY, &honest), transcript);
}

#[test]
fn open_every_leaf_of_trees_of_every_shape() {
    for count in 1..40u32 {
        let points: Vec<G1Affine> = (1..=u64::from(count)).map(|n| g1(Fr::from(n))).collect();
        let leaves: Vec<_> = points
            .iter()
            .map(|p| merkle::leaf_hash(&array(p)))
            .collect();
        let mut tree = merkle::Tree::new(Query::H);
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        let root = tree.root();
        assert_eq!(
            root,
            merkle::root_hash(Query::H, count, &by_recursion(leaves.clone()))
        );
        for index in 0..count {
            let opening = Opening {
                point: array(&points[index as usize]),
                path: merkle::path(leaves.clone(), index).expect("a leaf"),
            };
            let check = |index| merkle::check_opening(&root, Query::H, count, index, &opening);
            assert_eq!(check(index), Ok(()), "{index} of {count}");
            let elsewhere = (0..count).filter(|other| *other != index);
            assert!(elsewhere.map(check).all(|result| result.is_err()));
        }
    }
}

/// RFC 6962, section 2.1, as it is written there: split at the largest power of two below the
/// number of leaves.
fn by_recursion(leaves: Vec<[u8; 32]>) -> [u8; 32] {
    match leaves.len() {
        1 => leaves[0],
        count => {
            let split = count.next_power_of_two() / 2;
            merkle::node_hash(
                &by_recursion(leaves[..split].to_vec()),
                &by_recursion(leaves[split..].to_vec()),
            )
        }
    }
}
