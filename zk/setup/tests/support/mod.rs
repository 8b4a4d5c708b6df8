//! A start and two contributions on snarkjs' phase 1, and a dishonest contributor.
//! Included by several tests; none uses all of it.
#![allow(dead_code)]

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::{Field, UniformRand};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use lattice_setup::{
    phase1::{self, Ptau, VerifiedPhase1},
    phase2::{
        state_file, transform::multiply_state, Ceremony, Entry, StateFile, StateWriter,
        VerifiedStart,
    },
    Phase2Error,
};
use lattice_tensor::{testing::random_mlp, Model, Range};
use lattice_verifier::{
    ceremony::{transcript::knowledge_challenge, Contribution, Delta, Knowledge, Query, Start},
    field,
};
use rand::{rngs::StdRng, SeedableRng};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

pub const GENESIS: [u8; 32] = [7; 32];
pub const NUMBER: u64 = 3;
pub const ALICE: &[u8] = &[0xa1; 32];
pub const BOB: &[u8] = &[0xb0; 32];
pub const CAROL: &[u8] = &[0xca; 32];

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub fn model(seed: u64) -> Model {
    random_mlp(seed, &[3, 2, 2], Range { lo: 0, hi: 3 })
}

/// snarkjs' file of power 11, checked once per thread: a phase 1 reads through one file handle, which
/// threads must not share.
pub fn phase1() -> &'static VerifiedPhase1 {
    thread_local! {
        static PHASE1: &'static VerifiedPhase1 = {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/snarkjs-11.ptau");
            let ptau = Ptau::open(&path).expect("a file");
            Box::leak(Box::new(phase1::verify(ptau, &mut rng(1)).expect("a good file")))
        };
    }
    PHASE1.with(|phase1| *phase1)
}

/// A start and two contributions, made once. Tests copy the folder.
pub struct Fixture {
    pub folder: tempfile::TempDir,
    pub start: Start,
    pub entries: Vec<Entry>,
    pub transcript: [u8; 32],
}

pub fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let start = VerifiedStart::compute(&model(1), phase1(), folder.path(), &mut rng(2));
        let start = start.expect("a start");
        let record = *start.record();
        let mut ceremony = start.ceremony(GENESIS, NUMBER);
        for account in [ALICE, BOB] {
            contribute(&mut ceremony, account, folder.path());
        }
        Fixture {
            start: record,
            entries: ceremony.entries().to_vec(),
            transcript: *ceremony.transcript(),
            folder,
        }
    })
}

/// An honest contribution, accepted.
pub fn contribute(ceremony: &mut Ceremony, account: &[u8], folder: &Path) {
    let path = state_file(folder, ceremony.entries().len() + 1);
    let seed = u64::from(ceremony.next_index()) + 10;
    let contribution = ceremony
        .contribute(account, &path, &mut rng(seed), b"typed")
        .expect("a contribution");
    let entry = Entry {
        account: account.to_vec(),
        contribution,
    };
    ceremony.accept(entry, &path, &mut rng(3)).expect("honest");
}

/// A copy of the fixture's files.
pub fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(fixture().folder.path()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file");
        fs::copy(&path, folder.path().join(name)).expect("copied");
    }
    folder
}

/// The fixture's start, checked as by somebody who did not make it.
pub fn start(folder: &Path) -> Result<VerifiedStart, Phase2Error> {
    let start = &fixture().start;
    VerifiedStart::check(start, &model(1), phase1(), folder, &mut rng(4))
}

pub fn ceremony(folder: &Path) -> Ceremony {
    start(folder).expect("honest").ceremony(GENESIS, NUMBER)
}

pub fn accept_all(folder: &Path, entries: &[Entry]) -> Result<Ceremony, Phase2Error> {
    let transcript = &fixture().transcript;
    ceremony(folder).accept_all(entries.to_vec(), transcript, folder, &mut rng(5))
}

pub fn point<P: CanonicalDeserialize>(bytes: &[u8]) -> P {
    P::deserialize_compressed(bytes).expect("a point")
}

pub fn bytes<const N: usize>(point: &impl CanonicalSerialize) -> [u8; N] {
    let mut bytes = Vec::new();
    point.serialize_compressed(&mut bytes).expect("to memory");
    bytes.try_into().expect("the length of its group")
}

/// What a dishonest contributor publishes: right in δ and in the proof of knowledge, with the bulk
/// edited.
pub fn planted(
    ceremony: &Ceremony,
    folder: &Path,
    account: &[u8],
    edit: impl Fn(Query, &mut Vec<G1Affine>),
) -> (Entry, PathBuf) {
    let x = Fr::rand(&mut rng(20));
    let number = ceremony.entries().len();
    let honest = folder.join("honest.points");
    let from = StateFile::open(&state_file(folder, number), ceremony.start()).expect("a state");
    let (file, _) =
        multiply_state(&from, &honest, x.inverse().expect("not zero")).expect("written");
    let path = state_file(folder, number + 1);
    let [l, h] = Query::ALL.map(|query| file.count(query));
    let mut out = StateWriter::create(&path, l, h).expect("a file");
    for query in Query::ALL {
        let mut all = Vec::new();
        file.each(query, |_, points| {
            all.extend(points);
            Ok(())
        })
        .expect("read");
        edit(query, &mut all);
        out.write(query, &all).expect("written");
    }
    let (_, roots) = out.finish().expect("written");

    let previous = ceremony.state().delta;
    let base: G1Affine = point(&previous.g1);
    let base_g2: G2Affine = point(&previous.g2);
    let nonce = Fr::rand(&mut rng(21));
    let mut contribution = Contribution {
        delta: Delta {
            g1: bytes(&(base * x).into_affine()),
            g2: bytes(&(base_g2 * x).into_affine()),
        },
        knowledge: Knowledge {
            commitment: bytes(&(base * nonce).into_affine()),
            response: [0; 32],
        },
        roots,
    };
    let challenge = knowledge_challenge(&ceremony.binding(account), &previous, &contribution);
    let challenge = field::decode(&challenge).expect("canonical");
    contribution.knowledge.response = field::encode(&(nonce + challenge * x));
    let entry = Entry {
        account: account.to_vec(),
        contribution,
    };
    (entry, path)
}
