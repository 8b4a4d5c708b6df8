//! Phase 1: snarkjs' files, contributions of one's own, and everything that is refused.

use ark_bn254::{Fq, Fq2, G2Affine};
use ark_ff::{BigInteger, PrimeField, Zero};
use lattice_setup::{
    phase1::{
        begin, contribute, verify, verify_contributors, Phase1Contribution, Ptau, Section,
        VerifiedPhase1,
    },
    Phase1Error,
};
use rand::{rngs::StdRng, SeedableRng};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

fn check(path: &Path) -> Result<VerifiedPhase1, Phase1Error> {
    verify(Ptau::open(path)?, &mut rng(1))
}

/// A file of power 4 by two contributors, and their records.
fn own(folder: &Path) -> (PathBuf, Vec<Phase1Contribution>) {
    let mut history = Vec::new();
    let mut path = folder.join("0.ptau");
    begin(&path, 4).expect("written");
    for seed in 1..3u64 {
        let next = folder.join(format!("{seed}.ptau"));
        let from = Ptau::open(&path).expect("a file");
        let record = contribute(from, &history, &next, &mut rng(seed), b"typed");
        history.push(record.expect("a contribution"));
        path = next;
    }
    (path, history)
}

#[test]
fn snarkjs_files_have_the_names_that_another_implementation_gives_them() {
    for (file, power, id) in [
        (
            "snarkjs-11.ptau",
            11,
            "eb4ecb4eb1bb38a9040f8432951cfa8939711d9b2480b1db09df540b82af2204",
        ),
        (
            "snarkjs-4.ptau",
            4,
            "93100823a94ef414ad856c222c08a541751bb19e86e4d0eab4fa6ef9499a6035",
        ),
        // The same with Lagrange bases, which are passed over.
        (
            "snarkjs-4-prepared.ptau",
            4,
            "93100823a94ef414ad856c222c08a541751bb19e86e4d0eab4fa6ef9499a6035",
        ),
    ] {
        let phase1 = check(&data(file)).expect("a good file");
        assert_eq!(phase1.power(), power);
        assert_eq!(hex::encode(phase1.id()), id, "{file}");
    }
}

#[test]
fn contributions_of_ones_own_lead_to_a_file_that_is_checked_like_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, history) = own(folder.path());
    let phase1 = check(&path).expect("a good file");
    verify_contributors(&history, &phase1).expect("their records");
    assert_ne!(
        phase1.id(),
        check(&folder.path().join("1.ptau")).expect("good").id()
    );
}

mod reject {
    use super::*;

    /// What is done to a file.
    type Edit<'a> = &'a dyn Fn(&mut Vec<u8>);

    fn edited(name: &str, edit: impl FnOnce(&mut Vec<u8>)) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut bytes = fs::read(data(name)).expect("data");
        edit(&mut bytes);
        let path = folder.path().join("edited.ptau");
        fs::write(&path, bytes).expect("written");
        (folder, path)
    }

    /// Offset of a section's content in the file of power 4.
    fn offset(section: Section) -> usize {
        let bytes = fs::read(data("snarkjs-4.ptau")).expect("data");
        let tag = 2 + Section::ALL
            .iter()
            .position(|s| *s == section)
            .expect("one") as u32;
        let mut position = 12;
        loop {
            let len =
                u64::from_le_bytes(bytes[position + 4..][..8].try_into().expect("8")) as usize;
            if bytes[position..][..4] == tag.to_le_bytes() {
                return position + 12;
            }
            position += 12 + len;
        }
    }

    fn refusal(edit: impl FnOnce(&mut Vec<u8>)) -> Phase1Error {
        let (_folder, path) = edited("snarkjs-4.ptau", edit);
        check(&path).expect_err("refused")
    }

    #[test]
    fn every_malformed_point_of_every_section() {
        for section in Section::ALL {
            let (len, start) = (section.point_len(), offset(section));
            let last = section.count(4) as usize - 1;
            for index in [0, last / 2, last] {
                let at = start + index * len;
                let edits: [Edit; 5] = [
                    // Off the curve.
                    &|bytes| bytes[at] ^= 1,
                    // A coordinate at p, and one above it.
                    &|bytes| bytes[at..at + 32].copy_from_slice(&Fq::MODULUS.to_bytes_le()),
                    &|bytes| bytes[at + len - 32..at + len].fill(0xff),
                    // snarkjs' identity.
                    &|bytes| bytes[at..at + len].fill(0),
                    // x + p, where it fits 32 bytes.
                    &|bytes| {
                        let mut x = <Fq as PrimeField>::BigInt::default();
                        for (limb, chunk) in x.0.iter_mut().zip(bytes[at..].chunks(8)) {
                            *limb = u64::from_le_bytes(chunk.try_into().expect("8 bytes"));
                        }
                        x.add_with_carry(&Fq::MODULUS);
                        bytes[at..at + 32].copy_from_slice(&x.to_bytes_le());
                    },
                ];
                for (number, edit) in edits.into_iter().enumerate() {
                    let error = refusal(edit);
                    assert!(
                        matches!(
                            error,
                            Phase1Error::Point { section: s, index: i, .. }
                                if s == section && i == index as u64
                        ),
                        "{section:?} {index} {number}: {error}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_point_outside_the_subgroup() {
        let point = (1u64..)
            .filter_map(|n| {
                G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(n), Fq::zero()), false)
            })
            .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
            .expect("most points are");
        let bytes: Vec<u8> = [point.x.c0, point.x.c1, point.y.c0, point.y.c1]
            .iter()
            // Montgomery form, as in the file.
            .flat_map(|coordinate| coordinate.0.to_bytes_le())
            .collect();
        for (section, index) in [(Section::TauG2, 5), (Section::BetaG2, 0)] {
            let at = offset(section) + index * 128;
            let error = refusal(|file| file[at..at + 128].copy_from_slice(&bytes));
            assert!(
                matches!(error, Phase1Error::Point { section: s, reason, .. }
                    if s == section && reason.contains("subgroup")),
                "{error}"
            );
        }
    }

    #[test]
    fn points_that_do_not_belong_together() {
        for section in Section::ALL {
            let (len, start) = (section.point_len(), offset(section));
            let count = section.count(4) as usize;
            // Two points swapped, one repeated, one from elsewhere, and the last one.
            let swap = |bytes: &mut Vec<u8>, a: usize, b: usize| {
                let copy = bytes[start + a * len..][..len].to_vec();
                bytes.copy_within(start + b * len..start + b * len + len, start + a * len);
                bytes[start + b * len..][..len].copy_from_slice(&copy);
            };
            let copy_generator = |bytes: &mut Vec<u8>, to: usize| {
                let from = match len {
                    64 => offset(Section::TauG1),
                    _ => offset(Section::TauG2),
                };
                // The second power, which is neither the generator nor what belongs there.
                bytes.copy_within(from + 2 * len..from + 3 * len, start + to * len);
            };
            let mut errors = vec![refusal(|bytes| copy_generator(bytes, count - 1))];
            if count > 1 {
                errors.push(refusal(|bytes| swap(bytes, 3, 4)));
                errors.push(refusal(|bytes| copy_generator(bytes, 0)));
                errors.push(refusal(|bytes| copy_generator(bytes, 1)));
            }
            for error in errors {
                assert!(
                    matches!(error, Phase1Error::Relation(_)),
                    "{section:?}: {error}"
                );
            }
        }
    }

    #[test]
    fn a_phase_1_that_nobody_contributed_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("0.ptau");
        begin(&path, 4).expect("written");
        assert!(matches!(check(&path), Err(Phase1Error::Untouched("tau"))));
    }

    #[test]
    fn files_that_are_no_ptau_of_bn254() {
        let format = |edit: fn(&mut Vec<u8>)| {
            let (_folder, path) = edited("snarkjs-4.ptau", edit);
            let error = Ptau::open(&path).expect_err("refused");
            assert!(
                matches!(error, Phase1Error::Format { .. } | Phase1Error::Io { .. }),
                "{error}"
            );
        };
        format(|bytes| bytes[0] = b'q');
        format(|bytes| bytes[4] = 2);
        format(|bytes| bytes[8..12].fill(0xff));
        format(|bytes| bytes.truncate(0));
        format(|bytes| bytes.truncate(500));
        format(|bytes| bytes.truncate(bytes.len() - 1));
        format(|bytes| bytes.push(0));
        // The header: the field, and powers that are not those of the sections or of any file.
        format(|bytes| bytes[28] ^= 1);
        for power in [0u8, 3, 5, 29, 255] {
            let (_folder, path) = edited("snarkjs-4.ptau", |bytes| bytes[60] = power);
            assert!(
                matches!(Ptau::open(&path), Err(Phase1Error::Format { .. })),
                "{power}"
            );
        }
        // A section's length beyond the file, one less, and a section twice.
        format(|bytes| bytes[72..80].fill(0xff));
        format(|bytes| bytes[72] -= 1);
        format(|bytes| bytes[68] = 1);
        format(|bytes| bytes[68] = 9);
    }

    #[test]
    fn a_history_that_is_not_the_file_s() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, history) = own(folder.path());
        let phase1 = check(&path).expect("a good file");
        let wrong = |history: &[Phase1Contribution], at: usize| {
            assert!(matches!(
                verify_contributors(history, &phase1),
                Err(Phase1Error::Contributor { index }) if index == at
            ));
        };
        wrong(&history[..1], 1);
        wrong(&history[1..], 0);
        wrong(&[], 0);
        wrong(&[history[1], history[0]], 0);
        wrong(&[history[0], history[1], history[1]], 2);
        for which in 0..3 {
            let mut edited = history.clone();
            edited[1].knowledge[which].response[0] ^= 1;
            wrong(&edited, 1);
            let mut edited = history.clone();
            edited[0].after[which] = history[1].after[which];
            wrong(&edited, 0);
            let mut edited = history.clone();
            edited[0].knowledge[which].commitment = [0xff; 32];
            wrong(&edited, 0);
        }
        // Who contributes on top of it with another history is refused as well.
        let from = Ptau::open(&path).expect("a file");
        let next = folder.path().join("next.ptau");
        let refused = contribute(from, &history[..1], &next, &mut rng(9), &[]);
        assert!(matches!(
            refused,
            Err(Phase1Error::Contributor { index: 1 })
        ));
        assert!(!next.exists());
    }
}
