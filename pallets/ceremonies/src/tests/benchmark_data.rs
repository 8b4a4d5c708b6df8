//! The data of the benchmarks is a ceremony that the host accepts: one of committed proofs,
//! whose records are the longest and take the host longest.

use crate::mock::*;
use ark_bn254::Fr;
use ark_ec::CurveGroup;
use ark_ff::Field;
use codec::{Decode, DecodeAll, Encode};
use lattice_host::ceremony::{
    check_challenge, check_contribution, check_start, start_transcript, Binding, Challenge,
    ChallengeCheck, CommitmentStart, CommitmentState, Contribution, ContributionCheck, Opening,
    Query, Roots, Start, State,
};
use lattice_tensor::Manifest;
use lattice_verifier::{
    ceremony::{merkle, testing},
    ProofVersion,
};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/benchmarking/ceremony.scale"
);
const GENESIS: [u8; 32] = [69; 32];
/// Of 2^28 − 1 points: the longest path of an opening.
const POWER: u8 = 28;

#[derive(Encode, Decode)]
struct Fixture {
    start: Start,
    contribution: Contribution,
    challenge: Challenge,
}

/// An opening of leaf 0 of `count`, whose neighbours are made up, and its root.
fn leaf(count: u32, point: [u8; 32]) -> (Opening, [u8; 32]) {
    let path: Vec<[u8; 32]> = (0..merkle::path_length(0, count))
        .map(|level| [level as u8; 32])
        .collect();
    let tree = path
        .iter()
        .fold(merkle::leaf_hash(&point), |hash, sibling| {
            merkle::node_hash(&hash, sibling)
        });
    let root = merkle::root_hash(Query::K, count, &tree);
    (Opening { point, path }, root)
}

fn binding(start: &Start) -> Binding {
    let transcript = start_transcript(&GENESIS, 0, start);
    Binding::new(GENESIS, 0, 0, transcript, &[2; 32])
}

fn make() -> Fixture {
    let manifest =
        include_bytes!("../../../model-registry/src/benchmarking/manifest.scale").as_slice();
    let manifest = Manifest::decode_strict(manifest).expect("the registry's own");
    let count = (1 << POWER) - 1;
    let factors = Factors::of(6);
    let point = g1(Fr::from(7u64));
    let honest = point * factors.e.inverse().expect("not zero");
    let (before, root_before) = leaf(count, array(&point));
    let (after, root_after) = leaf(count, array(&(honest + g1(Fr::from(1u64))).into_affine()));
    let model = manifest.summary().expect("it is valid").id;
    let mut start = testing::start(model, ProofVersion::Committed);
    start.phase1.power = POWER;
    (start.l_count, start.h_count) = (count, count);
    start.commitment = start.commitment.map(|commitment| CommitmentStart {
        count,
        root: root_before,
        ..commitment
    });
    let state = State {
        delta: trapdoor(factors.x),
        roots: Roots {
            l: [1; 32],
            h: [2; 32],
        },
        commitment: Some(CommitmentState {
            epsilon: trapdoor(factors.e),
            root: root_after,
        }),
    };
    Fixture {
        start,
        contribution: contribute(&start.state(), &state, factors, &binding(&start)),
        challenge: Challenge {
            query: Query::K,
            index: 0,
            before,
            after,
        },
    }
}

#[test]
fn is_a_ceremony_that_the_host_accepts_and_a_challenge_that_it_upholds() {
    let file = std::fs::read(FILE).expect("the data is there");
    let Fixture {
        start,
        contribution,
        challenge,
    } = Fixture::decode_all(&mut &file[..]).expect("the data is of this type");
    assert_eq!(check_start(&start), Ok(()));
    let check = ContributionCheck {
        previous: start.state(),
        contribution,
        binding: binding(&start),
    };
    assert_eq!(check_contribution(&check), Ok(()));
    let check = ChallengeCheck {
        start,
        before: start.state(),
        after: contribution.state(),
        challenge,
    };
    assert_eq!(check_challenge(&check), Ok(true));
}

#[test]
#[ignore = "writes the data of the benchmarks"]
fn regenerate_the_benchmarks_data() {
    std::fs::write(FILE, make().encode()).expect("the file can be written");
}

/// How long the host's checks take natively; the weights' estimates rest on it.
#[test]
#[ignore = "a measurement"]
fn measure_the_hosts_checks() {
    let Fixture {
        start,
        contribution,
        challenge,
    } = make();
    let contribution_check = ContributionCheck {
        previous: start.state(),
        contribution,
        binding: binding(&start),
    };
    let challenge_check = ChallengeCheck {
        start,
        before: start.state(),
        after: contribution.state(),
        challenge,
    };
    let time = |name: &str, check: &dyn Fn() -> bool| {
        let begin = std::time::Instant::now();
        for _ in 0..50 {
            assert!(check());
        }
        println!("{name}: {:?}", begin.elapsed() / 50);
    };
    time("start", &|| check_start(&start).is_ok());
    time("contribution", &|| {
        check_contribution(&contribution_check).is_ok()
    });
    time("challenge", &|| {
        check_challenge(&challenge_check) == Ok(true)
    });
}
