//! The first contributions to the small ceremonies of [`lattice_verifier::ceremony::testing`].
//! Included by two tests and a benchmark; none uses all of it.
#![allow(dead_code)]

use lattice_tensor::ModelId;
use lattice_verifier::ceremony::testing::{self, contribute, Bulk, Factors};
use lattice_verifier::ceremony::{
    start_transcript, Binding, Contribution, Knowledge, Start, State, Trapdoor, TrapdoorPoints,
};
use lattice_verifier::ProofVersion;

pub const GENESIS: [u8; 32] = [7; 32];
pub const CEREMONY: u64 = 3;
pub const ALICE: &[u8] = &[0xa1; 32];
pub const BOB: &[u8] = &[0xb0; 32];

pub fn start(version: ProofVersion) -> Start {
    testing::start(ModelId([5; 32]), version)
}

/// Where a ceremony begins.
pub fn beginning(version: ProofVersion) -> State {
    start(version).state()
}

pub fn first_binding(version: ProofVersion, account: &[u8]) -> Binding {
    let transcript = start_transcript(&GENESIS, CEREMONY, &start(version));
    Binding::new(GENESIS, CEREMONY, 0, transcript, account)
}

/// The first contribution and what it was bound to.
pub fn first(version: ProofVersion) -> (Contribution, Binding) {
    let factors = Factors::of(2);
    let binding = first_binding(version, ALICE);
    let state = Bulk::start(version).after(factors).state();
    let contribution = contribute(&beginning(version), &state, factors, &binding);
    (contribution, binding)
}

/// Every trapdoor of every version.
pub fn trapdoors() -> impl Iterator<Item = (ProofVersion, Trapdoor)> {
    ProofVersion::ALL.into_iter().flat_map(|version| {
        let there = move |trapdoor: &Trapdoor| beginning(version).trapdoor(*trapdoor).is_some();
        let trapdoors = Trapdoor::ALL.into_iter().filter(there);
        trapdoors.map(move |trapdoor| (version, trapdoor))
    })
}

/// What a contribution says of a trapdoor.
pub fn part(
    contribution: &mut Contribution,
    trapdoor: Trapdoor,
) -> (&mut TrapdoorPoints, &mut Knowledge) {
    match trapdoor {
        Trapdoor::Delta => (&mut contribution.delta, &mut contribution.knowledge),
        Trapdoor::Epsilon => {
            let commitment = contribution.commitment.as_mut().expect("of this version");
            (&mut commitment.epsilon, &mut commitment.knowledge)
        }
    }
}

/// The factors with that of one trapdoor replaced.
pub fn with<T>(mut factors: Factors, trapdoor: Trapdoor, factor: T) -> Factors
where
    ark_bn254::Fr: From<T>,
{
    match trapdoor {
        Trapdoor::Delta => factors.x = factor.into(),
        Trapdoor::Epsilon => factors.e = factor.into(),
    }
    factors
}
