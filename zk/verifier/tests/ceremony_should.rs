//! What a chain accepts of a ceremony's records.
#![cfg(feature = "arkworks")]

#[path = "support/ceremony.rs"]
mod ceremony;
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

mod reject {
    use super::*;

    /// What the check says of a contribution that was edited after it was made.
    fn refused(
        version: ProofVersion,
        edit: impl Fn(&mut Contribution),
        expected: CeremonyError,
        name: &str,
    ) {
        let (mut contribution, binding) = first(version);
        edit(&mut contribution);
        assert_eq!(
            check_contribution(&beginning(version), &contribution, &binding),
            Err(expected),
            "{version:?} {name}"
        );
    }

    #[test]
    fn every_malformed_point_of_a_contribution() {
        for (version, trapdoor) in trapdoors() {
            for case in malformed_g1() {
                let bytes: [u8; 32] = case.bytes.try_into().expect("32 bytes");
                let malformed = |point| CeremonyError::Point {
                    point,
                    reason: case.reason,
                };
                refused(
                    version,
                    |c| part(c, trapdoor).0.g1 = bytes,
                    malformed(CeremonyPoint::NextG1(trapdoor)),
                    case.name,
                );
                refused(
                    version,
                    |c| part(c, trapdoor).1.commitment = bytes,
                    malformed(CeremonyPoint::Commitment(trapdoor)),
                    case.name,
                );
            }
            for case in malformed_g2() {
                let bytes: [u8; 64] = case.bytes.try_into().expect("64 bytes");
                refused(
                    version,
                    |c| part(c, trapdoor).0.g2 = bytes,
                    CeremonyError::Point {
                        point: CeremonyPoint::NextG2(trapdoor),
                        reason: case.reason,
                    },
                    case.name,
                );
            }
        }
    }

    #[test]
    fn every_malformed_point_of_a_start() {
        let start = || start(ProofVersion::Committed);
        let refused = |start: &Start, point, reason, name| {
            let error = CeremonyError::Point { point, reason };
            assert_eq!(check_start(start), Err(error), "{name}");
        };
        type Edit = fn(&mut Start, [u8; 32]);
        let edits: [(CeremonyPoint, Edit); 7] = [
            (CeremonyPoint::AlphaG1, |s, b| s.phase1.alpha_g1 = b),
            (CeremonyPoint::BetaG1, |s, b| s.phase1.beta_g1 = b),
            (CeremonyPoint::GammaAbc(0), |s, b| s.gamma_abc[0] = b),
            (CeremonyPoint::GammaAbc(1), |s, b| s.gamma_abc[1] = b),
            (CeremonyPoint::GammaAbc(2), |s, b| s.gamma_abc[2] = b),
            (CeremonyPoint::GammaAbc(3), |s, b| s.gamma_abc[3] = b),
            (CeremonyPoint::GammaAbc(4), |s, b| {
                s.commitment.as_mut().expect("committed").gamma_abc = b;
            }),
        ];
        for case in malformed_g1() {
            let bytes: [u8; 32] = case.bytes.try_into().expect("32 bytes");
            for (point, edit) in edits {
                let mut edited = start();
                edit(&mut edited, bytes);
                refused(&edited, point, case.reason, case.name);
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
        let mut edited = start(ProofVersion::Groth16);
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
            for version in ProofVersion::ALL {
                let mut edited = start(version);
                (edited.l_count, edited.h_count) = (l, h);
                let k = edited.commitment.map(|commitment| commitment.count);
                assert_eq!(check_start(&edited), Err(CeremonyError::Counts { l, h, k }));
            }
        }
        for k in [0, 8, u32::MAX] {
            let mut edited = start(ProofVersion::Committed);
            edited.commitment.as_mut().expect("committed").count = k;
            let (l, h, k) = (5, 7, Some(k));
            assert_eq!(check_start(&edited), Err(CeremonyError::Counts { l, h, k }));
        }
    }

    #[test]
    fn a_contribution_of_the_other_version() {
        let [groth16, committed] = ProofVersion::ALL;
        for (expected, found) in [(groth16, committed), (committed, groth16)] {
            // Made as if the ceremony were of its version, and as well as that goes.
            let factors = Factors::of(2);
            let binding = first_binding(expected, ALICE);
            let state = Bulk::start(found).after(factors).state();
            let contribution = contribute(&beginning(expected), &state, factors, &binding);
            assert_eq!(
                check_contribution(&beginning(expected), &contribution, &binding),
                Err(CeremonyError::Version { expected, found })
            );
        }
    }

    #[test]
    fn a_contribution_that_contributes_nothing_to_a_trapdoor() {
        for (version, trapdoor) in trapdoors() {
            for factor in [Fr::one(), -Fr::one()] {
                let factors = with(Factors::of(2), trapdoor, factor);
                let binding = first_binding(version, ALICE);
                let state = Bulk::start(version).after(factors).state();
                let contribution = contribute(&beginning(version), &state, factors, &binding);
                assert_eq!(
                    check_contribution(&beginning(version), &contribution, &binding),
                    Err(CeremonyError::Unchanged { trapdoor })
                );
            }
        }
    }

    #[test]
    fn a_trapdoor_that_differs_between_the_groups() {
        for (version, trapdoor) in trapdoors() {
            let factors = Factors::of(2);
            let Factors { x, e } = factors;
            let own = if trapdoor == Trapdoor::Delta { x } else { e };
            // The other trapdoor's number is no better than any.
            for other in [own + Fr::one(), -own, own + own, x + e - own] {
                let binding = first_binding(version, ALICE);
                let mut state = Bulk::start(version).after(factors).state();
                let points = match (trapdoor, &mut state.commitment) {
                    (Trapdoor::Epsilon, Some(commitment)) => &mut commitment.epsilon,
                    _ => &mut state.delta,
                };
                points.g2 = array(&g2(other));
                // The proof of knowledge is honest about the first group.
                let contribution = contribute(&beginning(version), &state, factors, &binding);
                assert_eq!(
                    check_contribution(&beginning(version), &contribution, &binding),
                    Err(CeremonyError::Inconsistent { trapdoor })
                );
            }
        }
    }

    /// Whoever does not know x and e cannot make a record: not with another's points, nor for
    /// another place.
    #[test]
    fn a_record_of_another_account_place_ceremony_chain_or_transcript() {
        let edits: [fn(&mut Binding); 5] = [
            |b| b.account = Binding::new(GENESIS, CEREMONY, 0, b.previous, BOB).account,
            |b| b.index = 1,
            |b| b.ceremony += 1,
            |b| b.genesis[0] ^= 1,
            |b| b.previous[0] ^= 1,
        ];
        for version in ProofVersion::ALL {
            let (contribution, binding) = first(version);
            for edit in edits {
                let mut elsewhere = binding;
                edit(&mut elsewhere);
                let trapdoor = Trapdoor::Delta;
                assert_eq!(
                    check_contribution(&beginning(version), &contribution, &elsewhere),
                    Err(CeremonyError::Knowledge { trapdoor })
                );
                assert_ne!(
                    next_transcript(&elsewhere, &contribution),
                    next_transcript(&binding, &contribution)
                );
            }
        }
    }

    #[test]
    fn a_contribution_that_skips_its_predecessor() {
        for version in ProofVersion::ALL {
            // Bob builds on the start although Alice came first.
            let (alice, alice_binding) = first(version);
            let factors = Factors::of(8);
            let binding = Binding::new(
                GENESIS,
                CEREMONY,
                1,
                next_transcript(&alice_binding, &alice),
                BOB,
            );
            let state = Bulk::start(version).after(factors).state();
            let bob = contribute(&beginning(version), &state, factors, &binding);
            let trapdoor = Trapdoor::Delta;
            assert_eq!(
                check_contribution(&alice.state(), &bob, &binding),
                Err(CeremonyError::Knowledge { trapdoor })
            );
        }
    }

    /// One who knows a factor of one trapdoor alone, the other's being somebody else's.
    #[test]
    fn a_proof_of_knowledge_with_another_factor() {
        for (version, trapdoor) in trapdoors() {
            let factors = Factors::of(2);
            let binding = first_binding(version, ALICE);
            let state = Bulk::start(version).after(factors).state();
            let claimed = with(factors, trapdoor, Fr::from(5u64));
            let contribution = contribute(&beginning(version), &state, claimed, &binding);
            assert_eq!(
                check_contribution(&beginning(version), &contribution, &binding),
                Err(CeremonyError::Knowledge { trapdoor })
            );
        }
    }

    #[test]
    fn other_roots_or_other_points_under_a_proof_of_knowledge() {
        let other = multiple(Fr::from(99u64));
        let roots: [fn(&mut Contribution); 2] = [|c| c.roots.l[0] ^= 1, |c| c.roots.h[31] ^= 1];
        let false_proof = |trapdoor| CeremonyError::Knowledge { trapdoor };
        for version in ProofVersion::ALL {
            for edit in roots {
                refused(version, edit, false_proof(Trapdoor::Delta), "a root");
            }
        }
        // Both proofs answer for everything, and that for δ is looked at first.
        let k = |c: &mut Contribution| {
            c.commitment.as_mut().expect("committed").root[0] ^= 1;
        };
        let expected = false_proof(Trapdoor::Delta);
        refused(ProofVersion::Committed, k, expected, "the root of K");
        for (version, trapdoor) in trapdoors() {
            refused(
                version,
                |c| *part(c, trapdoor).0 = other,
                expected,
                "points",
            );
            let edit = |c: &mut Contribution| part(c, trapdoor).1.commitment = other.g1;
            refused(version, edit, expected, "a commitment");
            let edit = |c: &mut Contribution| part(c, trapdoor).1.response[0] ^= 1;
            refused(version, edit, false_proof(trapdoor), "a response");
        }
    }

    /// Halves of two contributions by the same account at the same place.
    #[test]
    fn a_half_that_was_made_for_another_contribution() {
        let version = ProofVersion::Committed;
        let (one, binding) = first(version);
        let factors = Factors::of(9);
        let state = Bulk::start(version).after(factors).state();
        let other = contribute(&beginning(version), &state, factors, &binding);
        assert_eq!(
            check_contribution(&beginning(version), &other, &binding),
            Ok(())
        );
        let mixed = Contribution {
            commitment: other.commitment,
            ..one
        };
        let trapdoor = Trapdoor::Delta;
        assert_eq!(
            check_contribution(&beginning(version), &mixed, &binding),
            Err(CeremonyError::Knowledge { trapdoor })
        );
    }

    #[test]
    fn a_response_that_is_not_canonical() {
        for (version, trapdoor) in trapdoors() {
            let expected = CeremonyError::Response { trapdoor };
            let alias = |c: &mut Contribution| {
                let response = &mut part(c, trapdoor).1.response;
                *response = scalar_alias(response);
            };
            refused(version, alias, expected, "r more");
            let edit = |c: &mut Contribution| part(c, trapdoor).1.response = [0xff; 32];
            refused(version, edit, expected, "the largest");
        }
    }
}
