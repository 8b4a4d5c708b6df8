//! The whole check of a phase 1.
//!
//! For random `rᵢ` of 128 bits that nobody knew when the file was made,
//!
//! * `e(Σ rᵢ·Pᵢ₊₁, 1) = e(Σ rᵢ·Pᵢ, τ)` for the powers in the first group, those times α and those
//!   times β,
//! * `e(1, Σ rᵢ·Qᵢ₊₁) = e(τ, Σ rᵢ·Qᵢ)` for the second group,
//!
//! with the first points `1`, `1`, α, β, and `e(β, 1) = e(1, β)`. All points are in groups of prime
//! order r > 2¹²⁸, so a false relation passes with a probability of 2⁻¹²⁸ at most.

use ark_bn254::{g1, g2, Fr, G1Affine, G2Affine};
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::Zero;
use ark_serialize::CanonicalSerialize;
use ark_std::rand::{CryptoRng, RngCore};
use blake2::{digest::consts::U32, Blake2b, Digest};
use lattice_verifier::ceremony::{check::same_ratio, Phase1};

use super::ptau::{refused, Ptau, Section};
use crate::{
    error::Phase1Error,
    points::{decode, format::Montgomery, Group},
};

/// Points in memory at a time.
const CHUNK: usize = 1 << 14;

/// A phase 1 of which every point and every relation was checked.
///
/// What no check can show is that the secrets are forgotten: that is the contributors' to promise,
/// and whoever pins [`VerifiedPhase1::record`] decides whom to believe.
#[derive(Debug)]
pub struct VerifiedPhase1 {
    ptau: Ptau,
    record: Phase1,
}

impl VerifiedPhase1 {
    /// As a chain pins it.
    pub const fn record(&self) -> &Phase1 {
        &self.record
    }

    /// Its name.
    pub fn id(&self) -> [u8; 32] {
        self.record.id()
    }

    /// Domains of up to 2^power rows.
    pub const fn power(&self) -> u8 {
        self.ptau.power()
    }

    /// `count` points of a section, from `first`.
    ///
    /// # Errors
    /// [`Phase1Error::TooSmall`] if there are not as many, [`Phase1Error::Io`],
    /// [`Phase1Error::Point`] if the file was changed meanwhile.
    pub fn points<C: Group>(
        &self,
        section: Section,
        first: u64,
        count: usize,
    ) -> Result<Vec<Affine<C>>, Phase1Error> {
        self.ptau.read(section, first, count)
    }
}

/// Checks a file completely. Memory stays at some megabytes; most of the time goes into the sums.
///
/// `rng` must be unpredictable to whoever made the file.
///
/// # Errors
/// Every variant of [`Phase1Error`] but the contributors'.
pub fn verify(
    ptau: Ptau,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<VerifiedPhase1, Phase1Error> {
    match inspect(ptau, rng)? {
        (_, Some(untouched)) => Err(Phase1Error::Untouched(untouched)),
        (phase1, None) => Ok(phase1),
    }
}

/// [`verify`], and which of τ, α and β is ±1, if one is: what a contributor may start from.
pub(super) fn inspect(
    ptau: Ptau,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<(VerifiedPhase1, Option<&'static str>), Phase1Error> {
    let mut hasher = Blake2b::<U32>::new();
    let mut check = Check {
        ptau: &ptau,
        hasher: &mut hasher,
        rng,
    };
    let tau_g1 = check.powers::<g1::Config>(Section::TauG1)?;
    let tau_g2 = check.powers::<g2::Config>(Section::TauG2)?;
    let alpha = check.powers::<g1::Config>(Section::AlphaTauG1)?;
    let beta = check.powers::<g1::Config>(Section::BetaTauG1)?;
    let beta_g2 = check.powers::<g2::Config>(Section::BetaG2)?.first;

    let (one_g1, one_g2) = (G1Affine::generator(), G2Affine::generator());
    if tau_g1.first != one_g1 || tau_g2.first != one_g2 {
        return Err(Phase1Error::Relation("the generators"));
    }
    // All three are 1 in a phase 1 that nobody contributed to.
    let untouched = [
        ("tau", tau_g1.second),
        ("alpha", alpha.first),
        ("beta", beta.first),
    ]
    .into_iter()
    .find(|(_, point)| *point == one_g1 || *point == -one_g1)
    .map(|(name, _)| name);
    for (name, powers) in [
        ("the powers of tau in the first group", &tau_g1),
        ("alpha times the powers of tau", &alpha),
        ("beta times the powers of tau", &beta),
    ] {
        if !same_ratio((powers.shifted, one_g2), (powers.sum, tau_g2.second)) {
            return Err(Phase1Error::Relation(name));
        }
    }
    if !same_ratio((one_g1, tau_g2.shifted), (tau_g1.second, tau_g2.sum)) {
        return Err(Phase1Error::Relation(
            "the powers of tau in the second group",
        ));
    }
    if !same_ratio((beta.first, one_g2), (one_g1, beta_g2)) {
        return Err(Phase1Error::Relation("beta in the two groups"));
    }
    let record = Phase1 {
        power: ptau.power(),
        alpha_g1: compressed(&alpha.first),
        beta_g1: compressed(&beta.first),
        beta_g2: compressed(&beta_g2),
        points: hasher.finalize().into(),
    };
    Ok((VerifiedPhase1 { ptau, record }, untouched))
}

struct Check<'a, R> {
    ptau: &'a Ptau,
    hasher: &'a mut Blake2b<U32>,
    rng: &'a mut R,
}

/// What is kept of a section.
struct Powers<C: Group> {
    first: Affine<C>,
    second: Affine<C>,
    /// `Σ rᵢ·Pᵢ` without the last point.
    sum: Affine<C>,
    /// `Σ rᵢ·Pᵢ₊₁`.
    shifted: Affine<C>,
}

impl<R: RngCore + CryptoRng> Check<'_, R> {
    /// Hashes, decodes and sums a section.
    fn powers<C: Group<ScalarField = Fr>>(
        &mut self,
        section: Section,
    ) -> Result<Powers<C>, Phase1Error> {
        let count = section.count(self.ptau.power());
        let (mut sum, mut shifted) = (Projective::<C>::zero(), Projective::<C>::zero());
        let mut ends: Vec<Affine<C>> = Vec::with_capacity(2);
        // r of the point before, which is 0 for the first.
        let mut carried = Fr::zero();
        let mut position = 0;
        while position < count {
            let len = usize::try_from(count - position).map_or(CHUNK, |rest| rest.min(CHUNK));
            let bytes = self.ptau.read_bytes(section, position, len)?;
            self.hasher.update(&bytes);
            let mut points = Vec::with_capacity(len);
            decode::<Montgomery, C>(&bytes, &mut points).map_err(refused(section, position))?;
            position += len as u64;
            ends.extend(points.iter().take(2 - ends.len()));
            let mut coefficients: Vec<Fr> = (0..len).map(|_| coefficient(self.rng)).collect();
            let next = coefficients[len - 1];
            if position == count {
                coefficients[len - 1] = Fr::zero();
            }
            sum += Projective::<C>::msm_unchecked(&points, &coefficients);
            coefficients.rotate_right(1);
            coefficients[0] = carried;
            carried = next;
            shifted += Projective::<C>::msm_unchecked(&points, &coefficients);
        }
        let nothing = Affine::identity();
        Ok(Powers {
            first: *ends.first().unwrap_or(&nothing),
            second: *ends.get(1).unwrap_or(&nothing),
            sum: sum.into_affine(),
            shifted: shifted.into_affine(),
        })
    }
}

/// A coefficient of 128 bits.
pub(crate) fn coefficient(rng: &mut impl RngCore) -> Fr {
    Fr::from((u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64()))
}

/// The compressed bytes of a point.
pub(crate) fn compressed<const N: usize>(point: &impl CanonicalSerialize) -> [u8; N] {
    let mut bytes = [0; N];
    let written = point.serialize_compressed(&mut bytes[..]);
    debug_assert!(written.is_ok(), "the length is that of the point's group");
    bytes
}
