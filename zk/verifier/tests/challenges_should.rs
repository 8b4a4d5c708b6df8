//! Challenges: upheld at a false leaf, and nowhere else.
#![cfg(feature = "arkworks")]

#[path = "support/ceremony.rs"]
mod ceremony;
mod support;

use ark_bn254::{Fr, G1Affine};
use ark_ec::AffineRepr;
use ceremony::*;
use lattice_verifier::ceremony::testing::{g1, Bulk, Factors};
use lattice_verifier::ceremony::{
    check_challenge, merkle, CeremonyError, Challenge, Opening, OpeningError, Query, Side, State,
};
use lattice_verifier::{PointError, ProofVersion};
use support::malformed_g1;

/// With a commitment, which all but K is the same without.
const VERSION: ProofVersion = ProofVersion::Committed;

fn bulks(version: ProofVersion) -> (Bulk, Bulk) {
    let start = Bulk::start(version);
    let after = start.after(Factors::of(2));
    (start, after)
}

fn judge(before: &Bulk, after: &Bulk, query: Query, index: u32) -> Result<bool, CeremonyError> {
    let challenge = Challenge {
        query,
        index,
        before: before.opening(query, index),
        after: after.opening(query, index),
    };
    let start = start(before.version);
    check_challenge(&start, &before.state(), &after.state(), &challenge)
}

#[test]
fn fail_against_an_honest_contribution_at_every_leaf() {
    for version in ProofVersion::ALL {
        let (before, after) = bulks(version);
        for &query in Query::of(version) {
            for index in 0..query.count(&start(version)) {
                assert_eq!(judge(&before, &after, query, index), Ok(false));
            }
        }
    }
}

#[test]
fn be_upheld_at_a_planted_leaf_and_there_alone() {
    let (before, honest) = bulks(VERSION);
    for planted in [
        g1(Fr::from(3u64)),
        -honest.l[2],
        before.l[2],
        G1Affine::zero(),
    ] {
        let mut after = honest.clone();
        after.l[2] = planted;
        assert_eq!(judge(&before, &after, Query::L, 2), Ok(true));
        assert_eq!(judge(&before, &after, Query::L, 1), Ok(false));
        assert_eq!(judge(&before, &after, Query::H, 2), Ok(false));
        assert_eq!(judge(&before, &after, Query::K, 2), Ok(false));
    }
    let mut after = honest.clone();
    after.h[6] = after.h[5];
    assert_eq!(judge(&before, &after, Query::H, 6), Ok(true));
}

/// δ and ε are two numbers: what was divided by the wrong one is planted.
#[test]
fn be_upheld_at_a_leaf_that_was_divided_by_the_other_trapdoor() {
    let (before, honest) = bulks(VERSION);
    let Factors { x, e } = Factors::of(2);
    let mut swapped = before.after(Factors { x: e, e: x });
    swapped.trapdoors = honest.trapdoors;
    for &query in Query::of(VERSION) {
        assert_eq!(judge(&before, &swapped, query, 1), Ok(true), "{query:?}");
    }
    for planted in [before.k[2], -honest.k[2], honest.l[2], G1Affine::zero()] {
        let mut after = honest.clone();
        after.k[2] = planted;
        assert_eq!(judge(&before, &after, Query::K, 2), Ok(true));
        assert_eq!(judge(&before, &after, Query::K, 1), Ok(false));
        assert_eq!(judge(&before, &after, Query::L, 2), Ok(false));
    }
}

#[test]
fn show_nothing_about_a_query_that_a_ceremony_does_not_have() {
    let [(before, after), (other, _)] = ProofVersion::ALL.map(bulks);
    let challenge = Challenge {
        query: Query::K,
        index: 0,
        before: other.opening(Query::K, 0),
        after: other.opening(Query::K, 0),
    };
    let start = start(ProofVersion::Groth16);
    assert_eq!(
        check_challenge(&start, &before.state(), &after.state(), &challenge),
        Err(CeremonyError::Opening {
            side: Side::Before,
            reason: OpeningError::Index { index: 0, count: 0 },
        })
    );
}

#[test]
fn fail_at_an_identity_that_was_one_before() {
    let (mut before, mut after) = bulks(VERSION);
    (before.l[0], after.l[0]) = (G1Affine::zero(), G1Affine::zero());
    assert_eq!(judge(&before, &after, Query::L, 0), Ok(false));
    after.l[0] = after.l[1];
    assert_eq!(judge(&before, &after, Query::L, 0), Ok(true));
}

/// A state whose tree has these bytes for a leaf.
fn with_bytes(bulk: &Bulk, index: u32, bytes: [u8; 32]) -> (State, Opening) {
    let mut leaves = bulk.leaves(Query::L);
    leaves[index as usize] = merkle::leaf_hash(&bytes);
    let mut tree = merkle::Tree::new(Query::L);
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    let mut state = bulk.state();
    state.roots.l = tree.root();
    let path = merkle::path(leaves, index).expect("a leaf");
    (state, Opening { point: bytes, path })
}

#[test]
fn be_upheld_at_a_leaf_that_is_no_point_against_its_author() {
    let (before, after) = bulks(VERSION);
    for case in malformed_g1() {
        let bytes: [u8; 32] = case.bytes.try_into().expect("32 bytes");
        let (state, opening) = with_bytes(&after, 3, bytes);
        let challenge = Challenge {
            query: Query::L,
            index: 3,
            before: before.opening(Query::L, 3),
            after: opening,
        };
        let verdict = check_challenge(&start(VERSION), &before.state(), &state, &challenge);
        assert_eq!(verdict, Ok(true), "{}", case.name);
        if case.reason == PointError::Identity {
            continue;
        }
        // The same leaf handed on: its author is to blame, not who came after.
        let (state, opening) = with_bytes(&before, 3, bytes);
        let challenge = Challenge {
            query: Query::L,
            index: 3,
            before: opening,
            after: after.opening(Query::L, 3),
        };
        assert_eq!(
            check_challenge(&start(VERSION), &state, &after.state(), &challenge),
            Err(CeremonyError::PreviousMalformed {
                reason: case.reason
            }),
            "{}",
            case.name
        );
    }
}

#[test]
fn show_nothing_if_they_open_something_else() {
    let (before, after) = bulks(VERSION);
    let honest = Challenge {
        query: Query::L,
        index: 2,
        before: before.opening(Query::L, 2),
        after: after.opening(Query::L, 2),
    };
    type Edit = (fn(&mut Challenge), Side, OpeningError);
    let edits: [Edit; 8] = [
        (|c| c.before.point[0] ^= 1, Side::Before, OpeningError::Root),
        (|c| c.after.point[0] ^= 1, Side::After, OpeningError::Root),
        (
            |c| c.before.path[1][0] ^= 1,
            Side::Before,
            OpeningError::Root,
        ),
        (|c| c.index = 3, Side::Before, OpeningError::Root),
        (|c| c.after.path.swap(0, 1), Side::After, OpeningError::Root),
        (
            |c| c.index = 5,
            Side::Before,
            OpeningError::Index { index: 5, count: 5 },
        ),
        (
            |c| c.after.path.push([0; 32]),
            Side::After,
            OpeningError::PathLength {
                expected: 3,
                found: 4,
            },
        ),
        (
            |c| c.before.path.clear(),
            Side::Before,
            OpeningError::PathLength {
                expected: 3,
                found: 0,
            },
        ),
    ];
    for (edit, side, reason) in edits {
        let mut challenge = honest.clone();
        edit(&mut challenge);
        assert_eq!(
            check_challenge(&start(VERSION), &before.state(), &after.state(), &challenge),
            Err(CeremonyError::Opening { side, reason })
        );
    }
    // A leaf of the other query.
    let mut challenge = honest;
    challenge.query = Query::H;
    let verdict = check_challenge(&start(VERSION), &before.state(), &after.state(), &challenge);
    assert!(matches!(verdict, Err(CeremonyError::Opening { .. })));
}
