//! What a chain accepts of a ceremony's records.
#![cfg(feature = "arkworks")]

#[path = "support/ceremony.rs"]
mod ceremony;
mod support;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, One, UniformRand};
use ceremony::*;
use codec::{Decode, DecodeAll, Encode};
use lattice_verifier::ceremony::testing::{array, contribute, delta, g1, g2, rng, Bulk};
use lattice_verifier::ceremony::{
    check_contribution, check_start, merkle, next_transcript, start_transcript, Binding,
    CeremonyError, CeremonyPoint, Contribution, Delta, Opening, Query, Start, CONTRIBUTION_LEN,
};
use lattice_verifier::{field, validate, verify, KeyError, KeyPoint, PreparedKey};
use support::{bytes, malformed_g1, malformed_g2, scalar_alias};

#[test]
fn accept_a_chain_of_honest_contributions() {
    let start = start();
    assert_eq!(check_start(&start), Ok(()));
    let mut transcript = start_transcript(&GENESIS, CEREMONY, &start);
    let mut bulk = Bulk::start();
    let mut rng = rng(4);
    for (index, account) in [ALICE, BOB, ALICE].into_iter().enumerate() {
        let x = Fr::rand(&mut rng);
        let binding = Binding::new(GENESIS, CEREMONY, index as u32, transcript, account);
        let previous = delta(bulk.delta);
        bulk = bulk.after(x);
        let contribution = contribute(&previous, &bulk.state(), x, &binding);
        assert_eq!(
            check_contribution(&previous, &contribution, &binding),
            Ok(())
        );
        let next = next_transcript(&binding, &contribution);
        assert_ne!(next, transcript);
        transcript = next;
    }
}

#[test]
fn start_at_the_generators() {
    assert_eq!(Delta::START, delta(Fr::one()));
}

#[test]
fn encode_a_contribution_in_224_bytes_and_no_other_way() {
    let (contribution, _) = first();
    let encoded = contribution.encode();
    assert_eq!(encoded.len(), CONTRIBUTION_LEN);
    assert_eq!(
        Contribution::decode_all(&mut &encoded[..]),
        Ok(contribution)
    );
    assert!(Contribution::decode_all(&mut &[&encoded[..], &[0]].concat()[..]).is_err());
    assert!(Contribution::decode(&mut &encoded[1..]).is_err());
}

/// A proof that only the trapdoors of this start and this δ can give verifies under the key.
#[test]
fn assemble_a_key_that_validation_accepts() {
    let start = start();
    let (contribution, _) = first();
    let key = start.assemble_key(&contribution.delta);
    let validated = validate(&key).expect("a good key");
    let prepared = PreparedKey::decode(&validated.prepared).expect("just validated");
    let vk = &prepared.verifying_key().groth16;
    assert_eq!(vk.alpha_g1, g1(Fr::from(11u64)));
    assert_eq!(vk.beta_g2, g2(Fr::from(13u64)));
    assert_eq!(vk.gamma_g2, G2Affine::generator());
    assert_eq!(bytes(&vk.delta_g2), contribution.delta.g2);
    // With the trapdoors of this test, a proof of any statement: C = (a·b − α·β − I)/δ.
    let inputs = [1u64, 2, 3].map(Fr::from);
    let [a, b] = [Fr::from(19u64), Fr::from(23u64)];
    let ic = Fr::from(2u64)
        + inputs[0] * Fr::from(3u64)
        + inputs[1] * Fr::from(5u64)
        + inputs[2] * Fr::from(7u64);
    let x = Fr::rand(&mut rng(2));
    let c = (a * b - Fr::from(143u64) - ic) * x.inverse().expect("not zero");
    let proof = [bytes(&g1(a)), bytes(&g2(b)), bytes(&g1(c))].concat();
    assert_eq!(
        verify(&prepared, &inputs.map(|i| field::encode(&i)), &proof),
        Ok(true)
    );
}

#[test]
fn never_take_a_start_for_a_key() {
    let related = KeyError::Related {
        left: KeyPoint::Gamma,
        right: KeyPoint::Delta,
    };
    assert_eq!(validate(&start().assemble_key(&Delta::START)), Err(related));
    let negated = delta(-Fr::one());
    assert_eq!(validate(&start().assemble_key(&negated)), Err(related));
}

#[test]
fn bind_every_field_of_a_start_and_of_a_binding_into_the_transcript() {
    let honest = start();
    let edits: [fn(&mut Start); 10] = [
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
    let transcript = start_transcript(&GENESIS, CEREMONY, &honest);
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

mod reject {
    use super::*;

    #[test]
    fn every_malformed_point_of_a_contribution() {
        let (honest, binding) = first();
        let refused = |contribution: &Contribution, point, reason, name| {
            assert_eq!(
                check_contribution(&Delta::START, contribution, &binding),
                Err(CeremonyError::Point { point, reason }),
                "{name}"
            );
        };
        for case in malformed_g1() {
            let bytes: [u8; 32] = case.bytes.try_into().expect("32 bytes");
            let mut contribution = honest;
            contribution.delta.g1 = bytes;
            refused(
                &contribution,
                CeremonyPoint::DeltaG1,
                case.reason,
                case.name,
            );
            let mut contribution = honest;
            contribution.knowledge.commitment = bytes;
            refused(
                &contribution,
                CeremonyPoint::Commitment,
                case.reason,
                case.name,
            );
        }
        for case in malformed_g2() {
            let mut contribution = honest;
            contribution.delta.g2 = case.bytes.try_into().expect("64 bytes");
            refused(
                &contribution,
                CeremonyPoint::DeltaG2,
                case.reason,
                case.name,
            );
        }
    }

    #[test]
    fn every_malformed_point_of_a_start() {
        let refused = |start: &Start, point, reason, name| {
            let error = CeremonyError::Point { point, reason };
            assert_eq!(check_start(start), Err(error), "{name}");
        };
        for case in malformed_g1() {
            let bytes: [u8; 32] = case.bytes.try_into().expect("32 bytes");
            let mut edited = start();
            edited.phase1.alpha_g1 = bytes;
            refused(&edited, CeremonyPoint::AlphaG1, case.reason, case.name);
            let mut edited = start();
            edited.phase1.beta_g1 = bytes;
            refused(&edited, CeremonyPoint::BetaG1, case.reason, case.name);
            for index in 0..4 {
                let mut edited = start();
                edited.gamma_abc[usize::from(index)] = bytes;
                refused(
                    &edited,
                    CeremonyPoint::GammaAbc(index),
                    case.reason,
                    case.name,
                );
            }
        }
        for case in malformed_g2() {
            let mut edited = start();
            edited.phase1.beta_g2 = case.bytes.try_into().expect("64 bytes");
            refused(&edited, CeremonyPoint::BetaG2, case.reason, case.name);
        }
    }

    #[test]
    fn a_start_on_an_untouched_or_inconsistent_phase_1() {
        let mut edited = start();
        edited.phase1.beta_g2 = array(&g2(Fr::from(14u64)));
        assert_eq!(check_start(&edited), Err(CeremonyError::BetaInconsistent));
        for beta in [Fr::one(), -Fr::one()] {
            edited.phase1.beta_g1 = array(&g1(beta));
            edited.phase1.beta_g2 = array(&g2(beta));
            assert_eq!(check_start(&edited), Err(CeremonyError::UntouchedPhase1));
        }
    }

    #[test]
    fn a_start_whose_counts_no_circuit_has() {
        for (l, h) in [(0, 7), (8, 7), (5, 8), (5, 0), (1, 31), (5, u32::MAX)] {
            let mut edited = start();
            (edited.l_count, edited.h_count) = (l, h);
            assert_eq!(check_start(&edited), Err(CeremonyError::Counts { l, h }));
        }
    }

    #[test]
    fn a_contribution_that_contributes_nothing() {
        for x in [Fr::one(), -Fr::one()] {
            let binding = first_binding(ALICE);
            let contribution =
                contribute(&Delta::START, &Bulk::start().after(x).state(), x, &binding);
            assert_eq!(
                check_contribution(&Delta::START, &contribution, &binding),
                Err(CeremonyError::Unchanged)
            );
        }
    }

    #[test]
    fn a_delta_that_differs_between_the_groups() {
        let x = Fr::rand(&mut rng(2));
        let binding = first_binding(ALICE);
        for other in [x + Fr::one(), -x, x + x] {
            let mut state = Bulk::start().after(x).state();
            state.delta.g2 = array(&g2(other));
            // The proof of knowledge is honest about the first group.
            let contribution = contribute(&Delta::START, &state, x, &binding);
            assert_eq!(
                check_contribution(&Delta::START, &contribution, &binding),
                Err(CeremonyError::DeltaInconsistent)
            );
        }
    }

    /// Whoever does not know x cannot make a record: not with another's δ, nor for another place.
    #[test]
    fn a_record_of_another_account_place_ceremony_chain_or_transcript() {
        let (contribution, binding) = first();
        let edits: [fn(&mut Binding); 5] = [
            |b| b.account = Binding::new(GENESIS, CEREMONY, 0, b.previous, BOB).account,
            |b| b.index = 1,
            |b| b.ceremony += 1,
            |b| b.genesis[0] ^= 1,
            |b| b.previous[0] ^= 1,
        ];
        for edit in edits {
            let mut elsewhere = binding;
            edit(&mut elsewhere);
            assert_eq!(
                check_contribution(&Delta::START, &contribution, &elsewhere),
                Err(CeremonyError::Knowledge)
            );
            assert_ne!(
                next_transcript(&elsewhere, &contribution),
                next_transcript(&binding, &contribution)
            );
        }
    }

    #[test]
    fn a_contribution_that_skips_its_predecessor() {
        // Bob builds on the start although Alice came first.
        let (alice, alice_binding) = first();
        let x = Fr::rand(&mut rng(8));
        let binding = Binding::new(
            GENESIS,
            CEREMONY,
            1,
            next_transcript(&alice_binding, &alice),
            BOB,
        );
        let bob = contribute(&Delta::START, &Bulk::start().after(x).state(), x, &binding);
        assert_eq!(
            check_contribution(&alice.delta, &bob, &binding),
            Err(CeremonyError::Knowledge)
        );
    }

    #[test]
    fn other_roots_or_another_delta_under_a_proof_of_knowledge() {
        let (honest, binding) = first();
        let other = delta(Fr::from(99u64));
        let edits: [&dyn Fn(&mut Contribution); 4] = [
            &|c| c.roots.l[0] ^= 1,
            &|c| c.roots.h[31] ^= 1,
            &|c| c.delta = other,
            &|c| c.knowledge.commitment = other.g1,
        ];
        for edit in edits {
            let mut contribution = honest;
            edit(&mut contribution);
            assert_eq!(
                check_contribution(&Delta::START, &contribution, &binding),
                Err(CeremonyError::Knowledge)
            );
        }
    }

    #[test]
    fn a_response_that_is_not_canonical() {
        let (mut contribution, binding) = first();
        contribution.knowledge.response = scalar_alias(&contribution.knowledge.response);
        assert_eq!(
            check_contribution(&Delta::START, &contribution, &binding),
            Err(CeremonyError::Response)
        );
        contribution.knowledge.response = [0xff; 32];
        assert_eq!(
            check_contribution(&Delta::START, &contribution, &binding),
            Err(CeremonyError::Response)
        );
    }
}
