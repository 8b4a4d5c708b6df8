//! Whether points of the curve are in the subgroup of prime order r.
//!
//! In the first group all are. The second group's curve has h·r points, and one point's check
//! (a product by 6x², 127 doublings) takes longer than reading a thousand coordinates. Many points
//! are checked at once:
//!
//! 1. Sample for every point Pᵢ an integer cᵢ, uniform among 2ᵇ consecutive ones.
//! 2. Check that `Σ cᵢ·Pᵢ` is in the subgroup.
//! 3. Repeat ⌈128/b⌉ times, with coefficients of their own.
//!
//! # Soundness
//! As r does not divide h, every point of the curve is a sum of one in the subgroup and one of an
//! order that divides h, its *rest*, and a sum is in the subgroup exactly if the rests add up to
//! nothing. Let the rest Qⱼ of Pⱼ be something. It has an order ℓ > 1 that divides h. Whatever the
//! other coefficients are, those cⱼ with which the rests vanish are a single residue class modulo ℓ,
//! or none. No prime below 2¹³ divides h (the least that does is 10069), so ℓ > 2¹³, and of 2ᵇ ≤ 2¹³
//! consecutive integers at most one is in that class: a round passes with a probability of 2⁻ᵇ at
//! most. The rounds are independent, so all pass with 2⁻¹²⁸ at most.
//!
//! A single combination with coefficients of 128 bits would not do: a point with a rest of order
//! 10069 passes it once in 10069 times. And the sums must not take coefficients modulo r, as
//! arkworks' scalars are: that holds for points of order r only.
//!
//! The coefficients are drawn after the points are known, from the system's generator; who made the
//! points does not know them.
//!
//! # Cost
//! A round is one addition per point to one of 2ᵇ⁻¹ buckets (the sign is the point's), and two per
//! bucket. Larger b means fewer rounds and more buckets. A point takes about eleven additions with
//! shared inversions where its own check takes 127 doublings and 60 additions.

use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Zero;
use ark_std::rand::{RngCore, SeedableRng};
use rand::rngs::OsRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use super::Group;
use crate::scale::Batch;

/// A batch with a point outside passes with a probability of two to minus this.
pub const SOUNDNESS_BITS: u32 = 128;
/// Fewer points than this are checked one by one.
const FEW: usize = 64;
/// Most additions that share an inversion.
const MOST_ADDITIONS: usize = 512;

/// Position of the first point outside of the subgroup of prime order. All are on the curve.
///
/// `None` for a batch with a point outside has a probability of 2⁻¹²⁸ at most; a position is always
/// right.
pub fn first_outside<C: Group>(points: &[Affine<C>]) -> Option<usize> {
    if C::cofactor_is_one() || batch_is_inside(points) == Some(true) {
        return None;
    }
    points
        .par_iter()
        .position_first(|point| !point.is_in_correct_subgroup_assuming_on_curve())
}

/// What the batch's check says; `None` if there are too few points for one, or no randomness.
fn batch_is_inside<C: Group>(points: &[Affine<C>]) -> Option<bool> {
    let count = points.iter().filter(|point| !point.is_zero()).count();
    if count < FEW {
        return None;
    }
    let bits = coefficient_bits::<C>(count)?;
    let rng = ChaCha20Rng::from_rng(OsRng).ok()?;
    let inside = (0..rounds(bits)).into_par_iter().all(|round| {
        let mut rng = rng.clone();
        rng.set_stream(u64::from(round));
        let sum = combination(points, bits, &mut rng).into_affine();
        sum.is_in_correct_subgroup_assuming_on_curve()
    });
    Some(inside)
}

const fn rounds(bits: u32) -> u32 {
    SOUNDNESS_BITS.div_ceil(bits)
}

/// The number of bits with the fewest additions, among those for which the argument holds.
fn coefficient_bits<C: Group>(count: usize) -> Option<u32> {
    let additions = |bits: u32| (count + (2 << bits)).saturating_mul(rounds(bits) as usize);
    (4..=C::COFACTOR_FREE_BITS.min(16)).min_by_key(|bits| additions(*bits))
}

/// `Σ cᵢ·Pᵢ` for random cᵢ with `−2ᵇ⁻¹ ≤ cᵢ < 2ᵇ⁻¹`.
fn combination<C: Group>(points: &[Affine<C>], bits: u32, rng: &mut impl RngCore) -> Projective<C> {
    let mut buckets = Buckets::new(1 << (bits - 1));
    for point in points.iter().filter(|point| !point.is_zero()) {
        // Two's complement: the high bits of a random number, with their sign.
        let coefficient = (rng.next_u32() as i32) >> (u32::BITS - bits);
        let point = if coefficient < 0 { -*point } else { *point };
        buckets.add(coefficient.unsigned_abs() as usize, point);
    }
    buckets.weighted_sum()
}

/// Sums of points. Additions wait until there are enough to share an inversion.
struct Buckets<C: Group> {
    /// Of the points that stand for 1, 2, …
    sums: Vec<Affine<C>>,
    /// Additions to different buckets.
    ready: Vec<(usize, Affine<C>)>,
    /// Additions to a bucket that already has one ready.
    deferred: Vec<(usize, Affine<C>)>,
    /// The batch for which a bucket has an addition ready.
    taken: Vec<u32>,
    current: u32,
    at_once: usize,
    batch: Batch<C::BaseField>,
}

impl<C: Group> Buckets<C> {
    fn new(count: usize) -> Self {
        // At least three quarters of the points then find their bucket free.
        let at_once = (count / 4).clamp(1, MOST_ADDITIONS);
        Self {
            sums: vec![Affine::identity(); count],
            ready: Vec::with_capacity(at_once),
            deferred: Vec::with_capacity(at_once),
            taken: vec![0; count],
            current: 1,
            at_once,
            batch: Batch::default(),
        }
    }

    /// Adds a point to bucket 1, 2, …; to 0, nothing.
    fn add(&mut self, bucket: usize, point: Affine<C>) {
        let Some(bucket) = bucket.checked_sub(1) else {
            return;
        };
        self.place(bucket, point);
        if self.ready.len() >= self.at_once || self.deferred.len() >= self.at_once {
            self.flush();
        }
    }

    fn place(&mut self, bucket: usize, point: Affine<C>) {
        if self.taken[bucket] == self.current {
            self.deferred.push((bucket, point));
        } else {
            self.taken[bucket] = self.current;
            self.ready.push((bucket, point));
        }
    }

    /// Takes the additions that are ready; the deferred ones come into the next batch.
    fn flush(&mut self) {
        self.batch.add(&mut self.sums, &self.ready);
        self.ready.clear();
        self.current += 1;
        for (bucket, point) in std::mem::take(&mut self.deferred) {
            self.place(bucket, point);
        }
    }

    /// `Σ m·Bₘ`.
    fn weighted_sum(mut self) -> Projective<C> {
        while !self.ready.is_empty() {
            self.flush();
        }
        let (mut running, mut total) = (Projective::<C>::zero(), Projective::<C>::zero());
        for sum in self.sums.iter().rev() {
            running += sum;
            total += running;
        }
        total
    }
}
