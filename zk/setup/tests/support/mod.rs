//! Starts and two contributions each on snarkjs' phase 1, and a dishonest contributor.
//! Included by several tests; none uses all of it.
#![allow(dead_code)]

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::Field;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use lattice_circuit::{Circuit, RangeChecks};
use lattice_setup::{
    phase1::{self, Ptau, VerifiedPhase1},
    phase2::{
        state_file, transform::multiply_state, Ceremony, Entry, StateFile, StateWriter,
        VerifiedStart,
    },
    Phase2Error,
};
use lattice_tensor::{testing::random_mlp, Model, Range};
use lattice_verifier::ceremony::{
    testing::{self, Factors},
    CommitmentState, Query, Roots, Start, State, Trapdoor, TrapdoorPoints,
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

/// One circuit of a model per version of the proofs.
pub const KINDS: [RangeChecks; 2] = [RangeChecks::Bits, RangeChecks::Lookups];

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
    pub model: Model,
    pub circuit: Circuit,
    pub folder: tempfile::TempDir,
    pub start: Start,
    pub entries: Vec<Entry>,
    pub transcript: [u8; 32],
}

/// For each of [`KINDS`].
pub fn fixtures() -> impl Iterator<Item = &'static Fixture> {
    KINDS.into_iter().map(fixture)
}

/// Of the version with the longer records, for tests to which it makes no difference.
pub fn committed() -> &'static Fixture {
    fixture(RangeChecks::Lookups)
}

pub fn fixture(checks: RangeChecks) -> &'static Fixture {
    static FIXTURES: [OnceLock<Fixture>; 2] = [const { OnceLock::new() }; 2];
    let place = match checks {
        RangeChecks::Bits => 0,
        RangeChecks::Lookups => 1,
    };
    FIXTURES[place].get_or_init(|| {
        let model = model(1);
        let circuit = Circuit::with_range_checks(&model, checks).expect("supported");
        let folder = tempfile::tempdir().expect("a folder");
        let start = VerifiedStart::compute_of_circuit(
            &model,
            &circuit,
            phase1(),
            folder.path(),
            &mut rng(2),
        );
        let start = start.expect("a start");
        let record = *start.record();
        let mut ceremony = start.ceremony(GENESIS, NUMBER);
        for account in [ALICE, BOB] {
            contribute(&mut ceremony, account, folder.path());
        }
        Fixture {
            model,
            circuit,
            start: record,
            entries: ceremony.entries().to_vec(),
            transcript: *ceremony.transcript(),
            folder,
        }
    })
}

impl Fixture {
    /// A copy of the files.
    pub fn copy(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for entry in fs::read_dir(self.folder.path()).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a file");
            fs::copy(&path, folder.path().join(name)).expect("copied");
        }
        folder
    }

    /// What somebody who did not make it says to a start of the model.
    pub fn check(&self, record: &Start, folder: &Path) -> Result<VerifiedStart, Phase2Error> {
        let (model, circuit) = (&self.model, &self.circuit);
        VerifiedStart::check_of_circuit(record, model, circuit, phase1(), folder, &mut rng(4))
    }

    /// The start, checked as by somebody who did not make it.
    pub fn start(&self, folder: &Path) -> Result<VerifiedStart, Phase2Error> {
        self.check(&self.start, folder)
    }

    pub fn ceremony(&self, folder: &Path) -> Ceremony {
        self.start(folder)
            .expect("honest")
            .ceremony(GENESIS, NUMBER)
    }

    pub fn accept_all(&self, folder: &Path, entries: &[Entry]) -> Result<Ceremony, Phase2Error> {
        let ceremony = self.ceremony(folder);
        ceremony.accept_all(entries.to_vec(), &self.transcript, folder, &mut rng(5))
    }

    /// What its states have.
    pub fn queries(&self) -> &'static [Query] {
        Query::of(self.start.version())
    }
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

pub fn point<P: CanonicalDeserialize>(bytes: &[u8]) -> P {
    P::deserialize_compressed(bytes).expect("a point")
}

pub fn bytes<const N: usize>(point: &impl CanonicalSerialize) -> [u8; N] {
    let mut bytes = Vec::new();
    point.serialize_compressed(&mut bytes).expect("to memory");
    bytes.try_into().expect("the length of its group")
}

/// What a dishonest contributor publishes: right in the trapdoors and in the proofs of knowledge, with
/// the bulk edited.
pub fn planted(
    ceremony: &Ceremony,
    folder: &Path,
    account: &[u8],
    edit: impl Fn(Query, &mut Vec<G1Affine>),
) -> (Entry, PathBuf) {
    let factors = Factors::of(20);
    let number = ceremony.entries().len();
    let honest = folder.join("honest.points");
    let from = StateFile::open(&state_file(folder, number), ceremony.start()).expect("a state");
    let inverse = |trapdoor| {
        let factor = match trapdoor {
            Trapdoor::Delta => factors.x,
            Trapdoor::Epsilon => factors.e,
        };
        factor.inverse().expect("not zero")
    };
    let (file, _) = multiply_state(&from, &honest, inverse).expect("written");
    let path = state_file(folder, number + 1);
    let mut out = StateWriter::create(&path, file.counts()).expect("a file");
    for &query in file.queries() {
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

    let previous = ceremony.state();
    let times = |points: &TrapdoorPoints, factor: Fr| {
        let g1: ark_bn254::G1Affine = point(&points.g1);
        let g2: ark_bn254::G2Affine = point(&points.g2);
        TrapdoorPoints {
            g1: bytes(&(g1 * factor).into_affine()),
            g2: bytes(&(g2 * factor).into_affine()),
        }
    };
    let state = State {
        delta: times(&previous.delta, factors.x),
        roots: Roots {
            l: roots.l,
            h: roots.h,
        },
        commitment: previous.commitment.map(|before| CommitmentState {
            epsilon: times(&before.epsilon, factors.e),
            root: roots.k.expect("of this version"),
        }),
    };
    let entry = Entry {
        account: account.to_vec(),
        contribution: testing::contribute(previous, &state, factors, &ceremony.binding(account)),
    };
    (entry, path)
}
