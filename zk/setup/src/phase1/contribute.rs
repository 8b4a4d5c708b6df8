//! A phase 1 of one's own, for tests and for chains that want no other's.
//!
//! A contributor samples τ, α, β and multiplies: `τⁱ` by `τⁱ`, `α·τⁱ` by `α·τⁱ`, and so on. Its
//! record says what 1·τ, α and β became and proves by Schnorr proofs that the three factors are
//! known. The structure of the final file ([`super::check::verify`]) makes every other point a
//! function of those three, so of the files in between none is needed to check the contributors.
//!
//! ```text
//! h₀   = H(BEGIN ‖ power)           hᵢ₊₁ = H(NEXT ‖ hᵢ ‖ record)
//! c    = H(KNOWLEDGE ‖ hᵢ ‖ which (u8) ‖ the three points after ‖ R), top three bits cleared
//! ```

use ark_bn254::{g1, g2, Fr, G1Affine};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::One;
use ark_serialize::CanonicalDeserialize;
use ark_std::rand::{CryptoRng, RngCore};
use codec::{Decode, Encode};
use lattice_verifier::{
    ceremony::{record::G1Bytes, Knowledge},
    field, FieldBytes,
};
use std::{io::Write, path::Path};

use super::{
    check::{compressed, inspect, VerifiedPhase1},
    ptau::{encode, write, Ptau, Section},
};
use crate::{
    encoding::hash_bytes,
    error::Phase1Error,
    knowledge::{hedged, Secret},
    output::Output,
    points::Group,
    scale::multiply_each,
};

const BEGIN: &[u8] = b"lattice/phase1/1/begin";
const NEXT: &[u8] = b"lattice/phase1/1/next";
const KNOWLEDGE: &[u8] = b"lattice/phase1/1/knowledge";

/// Points in memory at a time.
const CHUNK: usize = 1 << 14;

/// What a contributor did: τ, α and β in the first group after it, and that the factors are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Phase1Contribution {
    /// τ, α, β.
    pub after: [G1Bytes; 3],
    /// A proof for each.
    pub knowledge: [Knowledge; 3],
}

/// Writes the file that a phase 1 begins with: τ = α = β = 1.
///
/// # Errors
/// [`Phase1Error::Io`].
pub fn begin(path: &Path, power: u8) -> Result<(), Phase1Error> {
    let mut out = Output::create(path).map_err(Phase1Error::io(path))?;
    let io = Phase1Error::io(path);
    let fill = |section: Section, out: &mut dyn Write| {
        let one = match section.point_len() {
            64 => encode::<g1::Config>(&[AffineRepr::generator()]),
            _ => encode::<g2::Config>(&[AffineRepr::generator()]),
        };
        (0..section.count(power)).try_for_each(|_| out.write_all(&one).map_err(&io))
    };
    write(&mut out, power, fill, &io)?;
    out.finish().map_err(&io)
}

/// Contributes: reads and checks a file, writes the next one, and returns the record to append to
/// `history`. `entropy` is mixed into the randomness; it may be empty.
///
/// # Errors
/// [`Phase1Error::Contributor`] if the history is not that of the file, and every error of
/// [`super::check::verify`] but [`Phase1Error::Untouched`].
pub fn contribute(
    from: Ptau,
    history: &[Phase1Contribution],
    to: &Path,
    rng: &mut (impl RngCore + CryptoRng),
    entropy: &[u8],
) -> Result<Phase1Contribution, Phase1Error> {
    let power = from.power();
    let (from, _) = inspect(from, rng)?;
    let hash = follow(history, &from)?;
    let before = points(&from)?;

    let mut rng = hedged(rng, entropy);
    let secrets = [(); 3].map(|()| Secret::sample(&mut rng));
    let [tau, alpha, beta] = [0, 1, 2].map(|index: usize| secrets[index].value());
    let mut out = Output::create(to).map_err(Phase1Error::io(to))?;
    let io = Phase1Error::io(to);
    let fill = |section: Section, out: &mut dyn Write| match section {
        Section::TauG1 => raise::<g1::Config>(&from, section, Fr::one(), tau, out, &io),
        Section::TauG2 => raise::<g2::Config>(&from, section, Fr::one(), tau, out, &io),
        Section::AlphaTauG1 => raise::<g1::Config>(&from, section, alpha, tau, out, &io),
        Section::BetaTauG1 => raise::<g1::Config>(&from, section, beta, tau, out, &io),
        Section::BetaG2 => raise::<g2::Config>(&from, section, beta, tau, out, &io),
    };
    write(&mut out, power, fill, &io)?;
    out.finish().map_err(&io)?;

    let mut after = [[0; 32]; 3];
    for ((after, before), secret) in after.iter_mut().zip(&before).zip(&secrets) {
        *after = compressed(&(before.into_group() * secret.value()).into_affine());
    }
    let mut knowledge = Vec::with_capacity(3);
    for (which, (before, secret)) in (0u8..).zip(before.iter().zip(&secrets)) {
        let proof = secret.prove(before, &mut rng, |proof| {
            challenge(&hash, which, &after, &proof.commitment)
        });
        knowledge.extend(proof);
    }
    let index = history.len();
    let knowledge = knowledge
        .try_into()
        .map_err(|_| Phase1Error::Contributor { index })?;
    Ok(Phase1Contribution { after, knowledge })
}

/// Checks that a file is what these contributors, in this order, made of τ = α = β = 1.
///
/// # Errors
/// [`Phase1Error::Contributor`] with the first one that is wrong.
pub fn verify_contributors(
    history: &[Phase1Contribution],
    phase1: &VerifiedPhase1,
) -> Result<(), Phase1Error> {
    follow(history, phase1).map(|_| ())
}

/// The hash of a history that leads to a file.
fn follow(history: &[Phase1Contribution], file: &VerifiedPhase1) -> Result<[u8; 32], Phase1Error> {
    let mut before = [G1Affine::generator(); 3];
    let mut hash = hash_bytes(&[BEGIN, &[file.power()]].concat());
    for (index, contribution) in history.iter().enumerate() {
        let wrong = || Phase1Error::Contributor { index };
        for (which, before) in (0u8..).zip(&mut before) {
            let slot = usize::from(which);
            let proof = &contribution.knowledge[slot];
            let [after, commitment] = [contribution.after[slot], proof.commitment].map(|bytes| {
                G1Affine::deserialize_compressed(&bytes[..])
                    .ok()
                    .filter(|point| compressed(point) == bytes && !point.is_zero())
            });
            let (after, commitment) = (after.ok_or_else(wrong)?, commitment.ok_or_else(wrong)?);
            let response = field::decode(&proof.response).ok_or_else(wrong)?;
            let c = challenge(&hash, which, &contribution.after, &proof.commitment);
            let c = field::decode(&c).ok_or_else(wrong)?;
            if *before * response != after * c + commitment || after == *before {
                return Err(wrong());
            }
            *before = after;
        }
        hash = hash_bytes(&[NEXT, &hash, &contribution.encode()].concat());
    }
    match before == points(file)? {
        true => Ok(hash),
        false => Err(Phase1Error::Contributor {
            index: history.len(),
        }),
    }
}

/// τ, α and β in the first group.
fn points(file: &VerifiedPhase1) -> Result<[G1Affine; 3], Phase1Error> {
    let point = |section, index| -> Result<G1Affine, Phase1Error> {
        let points = file.points::<g1::Config>(section, index, 1)?;
        Ok(points.first().copied().unwrap_or_default())
    };
    Ok([
        point(Section::TauG1, 1)?,
        point(Section::AlphaTauG1, 0)?,
        point(Section::BetaTauG1, 0)?,
    ])
}

/// Multiplies point i of a section by `factor·τⁱ` and writes it.
fn raise<C: Group + GLVConfig<ScalarField = Fr>>(
    from: &VerifiedPhase1,
    section: Section,
    factor: Fr,
    tau: Fr,
    out: &mut dyn Write,
    io: &impl Fn(std::io::Error) -> Phase1Error,
) -> Result<(), Phase1Error> {
    let count = section.count(from.power());
    let mut scalar = factor;
    let mut position = 0;
    while position < count {
        let len = usize::try_from(count - position).map_or(CHUNK, |rest| rest.min(CHUNK));
        let points = from.points::<C>(section, position, len)?;
        let scalars: Vec<Fr> = (0..len)
            .map(|_| {
                let this = scalar;
                scalar *= tau;
                this
            })
            .collect();
        out.write_all(&encode(&multiply_each(&points, &scalars)))
            .map_err(io)?;
        position += len as u64;
    }
    Ok(())
}

fn challenge(hash: &[u8; 32], which: u8, after: &[G1Bytes; 3], commitment: &G1Bytes) -> FieldBytes {
    let bytes = [
        KNOWLEDGE,
        hash,
        &[which],
        after.as_flattened(),
        commitment.as_slice(),
    ];
    let mut challenge = hash_bytes(&bytes.concat());
    challenge[31] &= 0x1f;
    challenge
}
