//! Contributions with planted points, false records, or in another order than the chain's.

use crate::support::*;
use ark_bn254::G1Affine;
use ark_ec::{AffineRepr, CurveGroup};
use lattice_setup::{
    phase2::{state_file, Entry},
    Phase2Error,
};
use lattice_verifier::ceremony::{check_challenge, testing::Factors, Query, Trapdoor};
use std::{fs, path::Path};

#[test]
fn planted_elements_with_a_challenge_that_the_chain_upholds() {
    for fixture in fixtures() {
        let folder = fixture.copy();
        for &query in fixture.queries() {
            let last = query.count(&fixture.start) as usize - 1;
            for index in [0, last] {
                let mut ceremony = fixture.ceremony(folder.path());
                let before = *ceremony.state();
                let (entry, path) = planted(&ceremony, folder.path(), ALICE, |other, points| {
                    if other == query {
                        points[index] = (points[index] + G1Affine::generator()).into_affine();
                    }
                });
                let after = entry.contribution.state();
                let error = ceremony
                    .accept(entry, &path, &mut rng(7))
                    .expect_err("planted");
                let Phase2Error::Planted {
                    index: 0,
                    challenge,
                } = error
                else {
                    panic!("{error}");
                };
                assert_eq!((challenge.query, challenge.index as usize), (query, index));
                let verdict = check_challenge(&fixture.start, &before, &after, &challenge);
                assert_eq!(verdict, Ok(true));
                // Nothing was accepted, and the next honest contribution is.
                assert_eq!(ceremony.next_index(), 0);
                contribute(&mut ceremony, BOB, folder.path());
            }
        }
    }
}

#[test]
fn the_first_of_many_planted_elements_and_two_that_cancel() {
    for fixture in fixtures() {
        let folder = fixture.copy();
        for &planted_in in fixture.queries() {
            let mut ceremony = fixture.ceremony(folder.path());
            let at = planted_in.count(&fixture.start) as usize / 2;
            let place = |query| fixture.queries().iter().position(|other| *other == query);
            let one = G1Affine::generator();
            let (entry, path) = planted(&ceremony, folder.path(), ALICE, |query, points| {
                if query == planted_in {
                    // Their plain sum is what it was.
                    points[at] = (points[at] + one).into_affine();
                    points[at + 1] = (points[at + 1] - one).into_affine();
                } else if place(query) > place(planted_in) {
                    points.swap(0, 1);
                }
            });
            let error = ceremony
                .accept(entry, &path, &mut rng(7))
                .expect_err("planted");
            let Phase2Error::Planted { challenge, .. } = error else {
                panic!("{error}");
            };
            assert_eq!(
                (challenge.query, challenge.index as usize),
                (planted_in, at)
            );
        }
    }
}

/// Two numbers, not one: K divided by δ's factor, L and H by that of ε.
#[test]
fn a_contribution_that_divides_by_the_wrong_factors() {
    let fixture = committed();
    let folder = fixture.copy();
    let mut ceremony = fixture.ceremony(folder.path());
    let Factors { x, e } = Factors::of(20);
    let ratio = |query: Query| match query.trapdoor() {
        Trapdoor::Delta => x / e,
        Trapdoor::Epsilon => e / x,
    };
    let (entry, path) = planted(&ceremony, folder.path(), ALICE, |query, points| {
        for point in points {
            *point = (*point * ratio(query)).into_affine();
        }
    });
    let refused = ceremony.accept(entry, &path, &mut rng(7));
    assert!(matches!(refused, Err(Phase2Error::Planted { .. })));
}

#[test]
fn a_contribution_whose_file_is_another_or_damaged() {
    let fixture = committed();
    let folder = fixture.copy();
    let entries = &fixture.entries;
    let path = state_file(folder.path(), 1);
    let honest = fs::read(&path).expect("a file");
    let mut ceremony = fixture.ceremony(folder.path());
    let mut refused = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("written");
        let result = ceremony.accept(entries[0].clone(), &path, &mut rng(8));
        result.expect_err("refused")
    };
    let other = fs::read(state_file(folder.path(), 2)).expect("a file");
    assert!(matches!(
        refused(&other),
        Phase2Error::Withheld { index: 0 }
    ));
    let length = honest.len();
    for bytes in [&honest[..length - 1], &[], &[&honest[..], &[0]].concat()] {
        assert!(matches!(refused(bytes), Phase2Error::Format { .. }));
    }
    let edit = |at: usize, mask: u8| {
        let mut bytes = honest.clone();
        bytes[at] ^= mask;
        bytes
    };
    // Tag, counts; then a point off the curve, an identity flag and a sign flag.
    assert!(matches!(refused(&edit(0, 1)), Phase2Error::Format { .. }));
    assert!(matches!(refused(&edit(16, 1)), Phase2Error::Format { .. }));
    let first = 16 + 4 * fixture.queries().len();
    for (at, mask) in [
        (first, 1),
        (first + 63, 0x40),
        (first + 63, 0x80),
        (length - 40, 4),
    ] {
        assert!(
            matches!(refused(&edit(at, mask)), Phase2Error::Point { .. }),
            "{at}"
        );
    }
    fs::write(&path, &honest).expect("written");
    ceremony
        .accept(entries[0].clone(), &path, &mut rng(8))
        .expect("honest");
}

#[test]
fn a_truncated_extended_or_reordered_transcript() {
    let fixture = committed();
    let folder = fixture.copy();
    let entries = &fixture.entries;
    let accept_all = |folder: &Path, entries: &[Entry]| fixture.accept_all(folder, entries);
    assert!(accept_all(folder.path(), entries).is_ok());
    for truncated in [&entries[..0], &entries[..1]] {
        let refused = accept_all(folder.path(), truncated).err();
        assert!(matches!(refused, Some(Phase2Error::Transcript)));
    }
    let [first, second] = [&entries[0], &entries[1]].map(Clone::clone);
    for (others, at) in [
        (vec![second.clone(), first.clone()], 0),
        (vec![second.clone()], 0),
        (vec![first.clone(), first.clone()], 1),
        (vec![first.clone(), second.clone(), second.clone()], 2),
    ] {
        let refused = accept_all(folder.path(), &others).err();
        assert!(
            matches!(refused, Some(Phase2Error::Record { index, .. }) if index == at),
            "{refused:?}"
        );
    }
    // A third one, honest, that the chain does not name.
    let mut ceremony = accept_all(folder.path(), entries).expect("honest");
    contribute(&mut ceremony, CAROL, folder.path());
    let refused = accept_all(folder.path(), ceremony.entries()).err();
    assert!(matches!(refused, Some(Phase2Error::Transcript)));
}

#[test]
fn a_contribution_under_another_account_or_in_another_ceremony() {
    let fixture = committed();
    let folder = fixture.copy();
    let mut entry = fixture.entries[0].clone();
    let path = state_file(folder.path(), 1);
    let elsewhere = [
        fixture
            .start(folder.path())
            .expect("honest")
            .ceremony([8; 32], NUMBER),
        fixture
            .start(folder.path())
            .expect("honest")
            .ceremony(GENESIS, NUMBER + 1),
    ];
    for mut ceremony in elsewhere {
        let refused = ceremony.accept(entry.clone(), &path, &mut rng(8)).err();
        assert!(matches!(
            refused,
            Some(Phase2Error::Record { index: 0, .. })
        ));
    }
    entry.account = BOB.to_vec();
    let refused = fixture
        .ceremony(folder.path())
        .accept(entry, &path, &mut rng(8))
        .err();
    assert!(matches!(
        refused,
        Some(Phase2Error::Record { index: 0, .. })
    ));
}

/// Bob builds on the start, with Alice's contribution already accepted.
#[test]
fn a_contribution_that_skips_its_predecessor() {
    let fixture = committed();
    let folder = fixture.copy();
    let alone = fixture.ceremony(folder.path());
    let path = folder.path().join("skips.points");
    let contribution = alone
        .contribute(BOB, &path, &mut rng(30), &[])
        .expect("made");
    let mut ceremony = fixture.ceremony(folder.path());
    contribute(&mut ceremony, ALICE, folder.path());
    let entry = Entry {
        account: BOB.to_vec(),
        contribution,
    };
    let refused = ceremony.accept(entry, &path, &mut rng(8)).err();
    assert!(matches!(
        refused,
        Some(Phase2Error::Record { index: 1, .. })
    ));
}
