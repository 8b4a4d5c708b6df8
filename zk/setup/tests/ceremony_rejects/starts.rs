//! Starts that phase 1 and the model do not give.

use crate::support::*;
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_serialize::CanonicalSerialize;
use lattice_circuit::RangeChecks;
use lattice_setup::{
    phase2::{start::QUERIES_FILE, state_file, StateFile, VerifiedStart},
    Phase2Error,
};
use lattice_tensor::{testing::random_mlp, Range};
use lattice_verifier::ceremony::{CommitmentStart, Query, Start};
use std::{fs, path::Path};

/// Rewrites one array of uncompressed points in a file of points.
fn plant(path: &Path, at: usize, point: &[u8]) {
    let mut bytes = fs::read(path).expect("a file");
    bytes[at..at + point.len()].copy_from_slice(point);
    fs::write(path, bytes).expect("written");
}

fn uncompressed(point: &impl CanonicalSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    point.serialize_uncompressed(&mut bytes).expect("to memory");
    bytes
}

#[test]
fn a_start_with_planted_points_in_its_fixed_queries() {
    let g1 = uncompressed(&G1Affine::generator());
    let g2 = uncompressed(&G2Affine::generator());
    let head = 16 + 3 * 4;
    for fixture in fixtures() {
        let folder = fixture.copy();
        let columns = fixture.circuit.r1cs().columns();
        for (what, at, point) in [
            ("the A query", head, &g1),
            ("the A query", head + (columns - 1) * 64, &g1),
            ("the B query in the first group", head + columns * 64, &g1),
            ("the B query in the second group", head + columns * 128, &g2),
            (
                "the B query in the second group",
                head + columns * 256 - 128,
                &g2,
            ),
        ] {
            let path = folder.path().join(QUERIES_FILE);
            let honest = fs::read(&path).expect("a file");
            plant(&path, at, point);
            let refused = fixture.start(folder.path());
            assert!(
                matches!(refused, Err(Phase2Error::ForeignStart(found)) if found == what),
                "{what} {at}"
            );
            fs::write(&path, honest).expect("written");
        }
    }
}

/// A record of what is in a file, whatever that is.
fn adapt(record: &mut Start, file: &Path) {
    let file = StateFile::open(file, record).expect("a file");
    let (roots, _) = file.digest(&[0; 32]).expect("read");
    (record.roots.l, record.roots.h) = (roots.l, roots.h);
    if let (Some(commitment), Some(root)) = (&mut record.commitment, roots.k) {
        commitment.root = root;
    }
}

#[test]
fn a_start_with_planted_points_in_a_states_queries_or_ic() {
    for fixture in fixtures() {
        let folder = fixture.copy();
        let path = state_file(folder.path(), 0);
        let honest = fs::read(&path).expect("a file");
        let mut before = 16 + 4 * fixture.queries().len();
        for &query in fixture.queries() {
            let what = match query {
                Query::H => "H",
                Query::L | Query::K => "IC, L or K",
            };
            let count = query.count(&fixture.start) as usize;
            for at in [before, before + (count - 1) * 64] {
                plant(&path, at, &uncompressed(&G1Affine::generator()));
                // Unless the record is changed too, the roots show it.
                assert!(matches!(
                    fixture.start(folder.path()),
                    Err(Phase2Error::ForeignStart("the file of the state"))
                ));
                let mut record = fixture.start;
                adapt(&mut record, &path);
                let refused = fixture.check(&record, folder.path());
                assert!(
                    matches!(refused, Err(Phase2Error::ForeignStart(found)) if found == what),
                    "{query:?} {at}"
                );
                fs::write(&path, &honest).expect("written");
            }
            before += count * 64;
        }
        for index in 0..fixture.start.version().instances() {
            let mut record = fixture.start;
            let point = match (record.gamma_abc.get_mut(index), &mut record.commitment) {
                (Some(point), _) => point,
                (None, commitment) => &mut commitment.as_mut().expect("a fifth").gamma_abc,
            };
            *point = bytes(&G1Affine::generator());
            let refused = fixture.check(&record, folder.path());
            assert!(matches!(
                refused,
                Err(Phase2Error::ForeignStart("IC, L or K"))
            ));
        }
    }
}

/// The points of L and of K are the same kind of thing at the start, where δ and ε are one.
#[test]
fn a_start_with_a_point_of_k_in_l_and_the_reverse() {
    let fixture = committed();
    let folder = fixture.copy();
    let path = state_file(folder.path(), 0);
    let [l, h] = [Query::L, Query::H].map(|query| query.count(&fixture.start) as usize);
    let head = 16 + 4 * fixture.queries().len();
    let mut bytes = fs::read(&path).expect("a file");
    let (front, k) = bytes.split_at_mut(head + (l + h) * 64);
    front[head..head + 64].swap_with_slice(&mut k[..64]);
    fs::write(&path, bytes).expect("written");
    let mut record = fixture.start;
    adapt(&mut record, &path);
    let refused = fixture.check(&record, folder.path());
    assert!(matches!(
        refused,
        Err(Phase2Error::ForeignStart("IC, L or K"))
    ));
}

/// A start of either version for a circuit of the other one.
#[test]
fn a_start_of_the_other_version() {
    for fixture in fixtures() {
        let folder = fixture.copy();
        let mut record = fixture.start;
        record.commitment = match record.commitment {
            Some(_) => None,
            None => Some(CommitmentStart {
                gamma_abc: record.gamma_abc[1],
                count: 1,
                root: [0; 32],
            }),
        };
        let refused = fixture.check(&record, folder.path());
        assert!(matches!(
            refused,
            Err(Phase2Error::ForeignStart("whether there is a commitment"))
        ));
    }
}

/// Same shape, other weights: the model's name does not save a start of another circuit.
#[test]
fn a_start_of_another_model() {
    let fixture = fixture(RangeChecks::Bits);
    let folder = fixture.copy();
    let other = (2..)
        .map(model)
        .find(|other| {
            let circuit = lattice_circuit::Circuit::build(other).expect("supported");
            circuit.r1cs().witnesses() == fixture.start.l_count as usize
        })
        .expect("some have the same shape");
    let check = |record: &Start| {
        VerifiedStart::check(record, &other, phase1(), folder.path(), &mut rng(4)).err()
    };
    let mut record = fixture.start;
    assert!(matches!(
        check(&record),
        Some(Phase2Error::ForeignStart("the model"))
    ));
    record.model = other.id();
    assert!(matches!(check(&record), Some(Phase2Error::ForeignStart(_))));
}

#[test]
fn a_start_on_another_phase_1_or_for_other_sizes() {
    type Edit = (fn(&mut Start), &'static str);
    let edits: [Edit; 4] = [
        (|s| s.phase1.points[0] ^= 1, "phase 1"),
        (|s| s.phase1.power = 12, "phase 1"),
        (|s| s.circuit_version += 1, "the circuit version"),
        (|s| s.l_count -= 1, "the number of points"),
    ];
    for fixture in fixtures() {
        let folder = fixture.copy();
        for (edit, what) in edits {
            let mut record = fixture.start;
            edit(&mut record);
            let refused = fixture.check(&record, folder.path());
            assert!(
                matches!(refused, Err(Phase2Error::ForeignStart(found)) if found == what),
                "{what}"
            );
        }
        let mut record = fixture.start;
        if let Some(commitment) = &mut record.commitment {
            commitment.count -= 1;
            let refused = fixture.check(&record, folder.path());
            assert!(matches!(
                refused,
                Err(Phase2Error::ForeignStart("the number of points"))
            ));
        }
        record.gamma_abc[0] = [0xff; 32];
        let refused = fixture.check(&record, folder.path());
        assert!(matches!(refused, Err(Phase2Error::Start(_))));
    }
}

#[test]
fn a_model_that_is_too_large_for_phase_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = random_mlp(1, &[64, 128, 4], Range { lo: 0, hi: 16 });
    let circuit = lattice_circuit::Circuit::build(&model).expect("supported");
    assert!(circuit.r1cs().constraints() > 1 << phase1().power());
    let refused = VerifiedStart::compute(&model, phase1(), folder.path(), &mut rng(2));
    assert!(matches!(refused, Err(Phase2Error::Phase1(_))));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
