//! What the host says of a ceremony's records. What is checked of them is the verifier's
//! to test; here it is that the host hands on what it is given, and what it is told.

use codec::{Decode, Encode};
use lattice_host::ceremony::{
    check_challenge, check_contribution, check_start, interface::lattice_ceremony, Binding,
    CeremonyError, CeremonyPoint, Challenge, ChallengeCheck, CommitmentContribution,
    CommitmentStart, Contribution, ContributionCheck, Knowledge, Opening, OpeningError, Phase1,
    Query, Roots, Side, Start, Trapdoor, TrapdoorPoints,
};
use lattice_host::{HostError, ModelId, CIRCUIT_VERSION};

const ONE: TrapdoorPoints = TrapdoorPoints::START;

const ROOTS: Roots = Roots {
    l: [1; 32],
    h: [2; 32],
};

/// Nothing but generators: phase 1 is untouched.
fn start() -> Start {
    let one = ONE;
    Start {
        model: ModelId([5; 32]),
        circuit_version: CIRCUIT_VERSION,
        phase1: Phase1 {
            power: 4,
            alpha_g1: one.g1,
            beta_g1: one.g1,
            beta_g2: one.g2,
            points: [9; 32],
        },
        gamma_abc: [one.g1; 4],
        l_count: 5,
        h_count: 7,
        roots: ROOTS,
        commitment: None,
    }
}

fn contribution() -> Contribution {
    Contribution {
        delta: ONE,
        knowledge: Knowledge {
            commitment: ONE.g1,
            response: [0; 32],
        },
        roots: ROOTS,
        commitment: None,
    }
}

/// The same with a commitment.
fn committed() -> (Start, Contribution) {
    let (mut start, mut contribution) = (start(), contribution());
    start.commitment = Some(CommitmentStart {
        gamma_abc: ONE.g1,
        count: 3,
        root: [3; 32],
    });
    contribution.commitment = Some(CommitmentContribution {
        epsilon: ONE,
        knowledge: contribution.knowledge,
        root: [3; 32],
    });
    (start, contribution)
}

#[test]
fn say_what_is_wrong_with_a_start() {
    let mut edited = start();
    assert_eq!(
        check_start(&edited),
        Err(HostError::Ceremony(CeremonyError::UntouchedPhase1))
    );
    edited.gamma_abc[2] = [0xff; 32];
    let Err(HostError::Ceremony(CeremonyError::Point { point, .. })) = check_start(&edited) else {
        panic!("no curve has this point");
    };
    assert_eq!(point, CeremonyPoint::GammaAbc(2));
}

#[test]
fn say_what_is_wrong_with_a_contribution() {
    let (committed_start, committed) = committed();
    let check = |start: &Start, contribution| {
        check_contribution(&ContributionCheck {
            previous: start.state(),
            contribution,
            binding: Binding::new([7; 32], 0, 0, [0; 32], &[1; 32]),
        })
    };
    let refused = |error| Err(HostError::Ceremony(error));
    let trapdoor = Trapdoor::Delta;
    assert_eq!(
        check(&start(), contribution()),
        refused(CeremonyError::Unchanged { trapdoor })
    );
    let [expected, found] = [start().version(), committed.version()];
    assert_eq!(
        check(&start(), committed),
        refused(CeremonyError::Version { expected, found })
    );
    assert_eq!(
        check(&committed_start, committed),
        refused(CeremonyError::Unchanged { trapdoor })
    );
}

#[test]
fn say_what_is_wrong_with_a_challenge() {
    let opening = Opening {
        point: ONE.g1,
        path: vec![[0; 32]; 3],
    };
    let check = ChallengeCheck {
        start: start(),
        before: start().state(),
        after: contribution().state(),
        challenge: Challenge {
            query: Query::L,
            index: 2,
            before: opening.clone(),
            after: opening,
        },
    };
    assert_eq!(
        check_challenge(&check),
        Err(HostError::Ceremony(CeremonyError::Opening {
            side: Side::Before,
            reason: OpeningError::Root,
        }))
    );
}

#[test]
fn refuse_what_is_no_record() {
    let reply = |call: &dyn Fn(&mut [u8]) -> u32| {
        let mut reply = vec![0; 64];
        let length = call(&mut reply);
        reply.truncate(usize::try_from(length).expect("short"));
        Result::<(), HostError>::decode(&mut &reply[..]).expect("a reply")
    };
    let long = [start().encode(), vec![0]].concat();
    for bytes in [&[][..], &[1, 2, 3], &long] {
        assert_eq!(
            reply(&|buffer| lattice_ceremony::check_start(bytes, buffer)),
            Err(HostError::Protocol)
        );
        assert_eq!(
            reply(&|buffer| lattice_ceremony::check_contribution(bytes, buffer)),
            Err(HostError::Protocol)
        );
        assert_eq!(
            reply(&|buffer| lattice_ceremony::check_challenge(bytes, buffer)),
            Err(HostError::Protocol)
        );
    }
}
