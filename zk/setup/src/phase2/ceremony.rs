//! A ceremony as far as this process has checked it.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_serialize::CanonicalDeserialize;
use ark_std::rand::{CryptoRng, RngCore};
use codec::{Decode, Encode};
use lattice_verifier::ceremony::{
    check::same_ratio, check_contribution, next_transcript, start_transcript,
    transcript::knowledge_challenge, Binding, CommitmentContribution, Contribution, Knowledge,
    Roots, Start, State, Trapdoor, TrapdoorPoints,
};
use rand_chacha::ChaCha20Rng;
use std::path::{Path, PathBuf};

use super::{
    dispute,
    files::{StateFile, StateRoots, Sums},
    points::PointFile,
    start::VerifiedStart,
    transform::multiply_state,
};
use crate::{
    error::{Phase2Error, SetupError},
    knowledge::{hedged, Secret, Statement},
    phase1::check::compressed,
};

/// A contribution and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
    /// SCALE encoding of the contributor's account.
    pub account: Vec<u8>,
    /// What it published.
    pub contribution: Contribution,
}

/// Where the file of state `number` is in a folder: 0 is the start, i + 1 follows contribution i.
pub fn state_file(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("state-{number:04}.points"))
}

/// A ceremony: its start and every contribution so far are right.
///
/// The checks of the bulk are `e(Σ ρᵢ·X′ᵢ, δ′) = e(Σ ρᵢ·Xᵢ, δ)` over L and H together, and where
/// there is a commitment the same over K with ε in place of δ. The coefficients ρ come from a seed of this process, the same for every state, so that each file is
/// read and summed once. Contributors never learn it; what one learns from an accepted file is
/// that its sum was right.
#[derive(Debug)]
pub struct Ceremony {
    genesis: [u8; 32],
    number: u64,
    pub(super) start: Start,
    pub(super) queries: PointFile,
    pub(super) state: State,
    pub(super) file: StateFile,
    sums: Sums,
    seed: [u8; 32],
    transcript: [u8; 32],
    entries: Vec<Entry>,
}

impl Ceremony {
    pub(super) fn new(start: VerifiedStart, genesis: [u8; 32], number: u64) -> Self {
        Self {
            transcript: start_transcript(&genesis, number, &start.record),
            state: start.record.state(),
            start: start.record,
            queries: start.queries,
            file: start.state,
            sums: start.sums,
            seed: start.seed,
            genesis,
            number,
            entries: Vec::new(),
        }
    }

    /// Accepts a whole transcript, with the files in a folder under the names of [`state_file`].
    ///
    /// # Errors
    /// As [`Ceremony::accept`]; [`Phase2Error::Transcript`] if it does not end in `expected`, which
    /// is what the chain names.
    pub fn accept_all(
        mut self,
        entries: Vec<Entry>,
        expected: &[u8; 32],
        folder: &Path,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, Phase2Error> {
        for entry in entries {
            let file = state_file(folder, self.entries.len() + 1);
            self.accept(entry, &file, rng)?;
        }
        match self.transcript == *expected {
            true => Ok(self),
            false => Err(Phase2Error::Transcript),
        }
    }

    /// Checks the next contribution, record and file, and moves on to it. After an error the
    /// ceremony is where it was.
    ///
    /// # Errors
    /// [`Phase2Error::Record`], [`Phase2Error::Withheld`], [`Phase2Error::Planted`] with what to
    /// submit to the chain, and whatever is wrong with the file.
    pub fn accept(
        &mut self,
        entry: Entry,
        file: &Path,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), Phase2Error> {
        let index = self.next_index();
        let binding = self.binding(&entry.account);
        let contribution = &entry.contribution;
        check_contribution(&self.state, contribution, &binding)
            .map_err(|reason| Phase2Error::Record { index, reason })?;
        let state = contribution.state();
        let file = StateFile::open(file, &self.start)?;
        let (roots, sums) = file.digest(&self.seed)?;
        if roots != StateRoots::of(&state) {
            return Err(Phase2Error::Withheld { index });
        }
        if !self.leads_to(&state, &sums)? {
            let challenge = dispute::find((&self.file, &self.state), (&file, &state), rng)?
                .ok_or(Phase2Error::Transcript)?;
            return Err(Phase2Error::Planted {
                index,
                challenge: Box::new(challenge),
            });
        }
        self.transcript = next_transcript(&binding, contribution);
        (self.state, self.file, self.sums) = (state, file, sums);
        self.entries.push(entry);
        Ok(())
    }

    /// Whether everything in the bulk of `next` is what it was, divided by what its trapdoor was
    /// multiplied with.
    fn leads_to(&self, next: &State, sums: &Sums) -> Result<bool, Phase2Error> {
        for trapdoor in Trapdoor::ALL {
            if self.state.trapdoor(trapdoor).is_none() {
                continue;
            }
            let before = trapdoor_g2(&self.state, trapdoor)?;
            let after = trapdoor_g2(next, trapdoor)?;
            let [sum, sum_after] = [&self.sums, sums].map(|s| s.of(trapdoor).into_affine());
            if !same_ratio((sum_after, after), (sum, before)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Contributes: samples x and, where there is a commitment, e, writes L/x, H/x and K/e to a new
    /// file, and returns the record to submit. x and e are gone when this returns. `entropy`, whatever
    /// the contributor typed, is mixed into the randomness. The ceremony does not move on: whose
    /// contribution is next, the chain decides.
    ///
    /// # Errors
    /// [`Phase2Error::Io`], [`Phase2Error::Point`] if the state's file was changed meanwhile.
    pub fn contribute(
        &self,
        account: &[u8],
        to: &Path,
        rng: &mut (impl RngCore + CryptoRng),
        entropy: &[u8],
    ) -> Result<Contribution, Phase2Error> {
        let mut rng = hedged(rng, entropy);
        let previous = &self.state;
        let delta = Factor::new(&previous.delta, &mut rng)?;
        let epsilon = previous
            .commitment
            .map(|commitment| Factor::new(&commitment.epsilon, &mut rng))
            .transpose()?;
        let inverse = |trapdoor| match (trapdoor, &epsilon) {
            (Trapdoor::Epsilon, Some(epsilon)) => epsilon.inverse(),
            _ => delta.inverse(),
        };
        let (_, roots) = multiply_state(&self.file, to, inverse)?;
        let mut contribution = Contribution {
            delta: delta.after,
            knowledge: delta.statement.opening(),
            roots: Roots {
                l: roots.l,
                h: roots.h,
            },
            commitment: match (&epsilon, roots.k) {
                (Some(epsilon), Some(root)) => Some(CommitmentContribution {
                    epsilon: epsilon.after,
                    knowledge: epsilon.statement.opening(),
                    root,
                }),
                _ => None,
            },
        };
        let challenge = knowledge_challenge(&self.binding(account), previous, &contribution);
        let prove = |factor: Factor| -> Result<Knowledge, Phase2Error> {
            let proof = factor.statement.prove(&factor.secret, &challenge);
            // The challenge is canonical.
            proof.ok_or(Phase2Error::Transcript)
        };
        contribution.knowledge = prove(delta)?;
        if let (Some(epsilon), Some(commitment)) = (epsilon, &mut contribution.commitment) {
            commitment.knowledge = prove(epsilon)?;
        }
        Ok(contribution)
    }

    /// What the next contribution of an account is bound to.
    pub fn binding(&self, account: &[u8]) -> Binding {
        Binding::new(
            self.genesis,
            self.number,
            self.next_index(),
            self.transcript,
            account,
        )
    }

    /// The start.
    pub const fn start(&self) -> &Start {
        &self.start
    }

    /// The trapdoors and the roots after the last contribution.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Hash of everything so far.
    pub const fn transcript(&self) -> &[u8; 32] {
        &self.transcript
    }

    /// The contributions so far.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Position of the next contribution.
    pub fn next_index(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }
}

/// A point that was checked when its record was accepted.
pub(super) fn point<P: CanonicalDeserialize>(bytes: &[u8]) -> Result<P, Phase2Error> {
    P::deserialize_compressed(bytes)
        .map_err(|error| SetupError::ProvingKey(error.to_string()).into())
}

/// A trapdoor of a state that has it, in the second group.
pub(super) fn trapdoor_g2(state: &State, trapdoor: Trapdoor) -> Result<G2Affine, Phase2Error> {
    let points = state.trapdoor(trapdoor).ok_or(Phase2Error::Transcript)?;
    point(&points.g2)
}

/// What a contributor multiplies into a trapdoor.
struct Factor {
    secret: Secret,
    /// The trapdoor with it.
    after: TrapdoorPoints,
    /// That the factor is known, begun.
    statement: Statement,
}

impl Factor {
    fn new(before: &TrapdoorPoints, rng: &mut ChaCha20Rng) -> Result<Self, Phase2Error> {
        let secret = Secret::sample(rng);
        let base: G1Affine = point(&before.g1)?;
        let base_g2: G2Affine = point(&before.g2)?;
        Ok(Self {
            after: TrapdoorPoints {
                g1: compressed(&(base.into_group() * secret.value()).into_affine()),
                g2: compressed(&(base_g2.into_group() * secret.value()).into_affine()),
            },
            statement: Statement::begin(&base, rng),
            secret,
        })
    }

    fn inverse(&self) -> Fr {
        self.secret.inverse().value()
    }
}
