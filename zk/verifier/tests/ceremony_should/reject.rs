//! Starts and contributions that no chain takes.

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
