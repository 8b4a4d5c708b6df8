//! Many sums of points at once.
//!
//! An addition of affine points takes one inversion, and inversions are cheap by the thousand
//! (Montgomery's trick: three multiplications each and one inversion for all), which makes six
//! multiplications per addition where the mixed addition to a projective point takes ten. It needs
//! additions that do not depend on each other. A list of points has them: its points are added
//! pairwise, which halves it, until one is left.

use rayon::prelude::*;

use crate::lanes::{Backend, Curve, Entry, Lanes, Pair};

/// Additions that share an inversion: enough to make it cheap, few enough to stay in the cache.
const BATCH: usize = 2048;

/// Most lanes of any arithmetic.
const MAX_WIDTH: usize = 8;

/// Points of one list, in a row of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct List {
    /// Its name.
    pub(crate) id: u32,
    /// Number of its points.
    pub(crate) len: u32,
}

/// The sum of each list that is not empty, in their order; a list may come in several parts, which
/// have a sum each. `None` if points of a list cancel out, which no honest key makes happen.
pub(crate) fn sums<C: Curve>(
    backend: Backend,
    points: &[C::Point],
    entries: &[Entry],
    lists: &[List],
) -> Option<(Vec<u32>, Vec<C::Point>)> {
    let parts: Vec<_> = split(entries, lists)
        .into_par_iter()
        .map(|(entries, mut lists)| {
            let sums = sums_of_part::<C>(backend, points, entries, &mut lists)?;
            Some((lists, sums))
        })
        .collect::<Option<_>>()?;
    let mut ids = Vec::new();
    let mut sums = Vec::new();
    for (lists, part) in parts {
        ids.extend(lists.iter().map(|list| list.id));
        sums.extend_from_slice(&part);
    }
    Some((ids, sums))
}

/// Parts of about equal size for the threads; lists may be cut.
fn split<'a>(entries: &'a [Entry], lists: &[List]) -> Vec<(&'a [Entry], Vec<List>)> {
    let parts = (entries.len() / (4 * BATCH)).clamp(1, 2 * rayon::current_num_threads());
    let mut result = Vec::with_capacity(parts);
    let mut lists = lists.iter().filter(|list| list.len > 0).copied();
    let mut rest = lists.next();
    for part in 0..parts {
        let range = entries.len() * part / parts..entries.len() * (part + 1) / parts;
        let mut room = range.len() as u32;
        let mut own = Vec::new();
        while let Some(list) = rest {
            let len = list.len.min(room);
            if len > 0 {
                own.push(List { id: list.id, len });
                room -= len;
            }
            rest = match list.len - len {
                0 => lists.next(),
                len => Some(List { id: list.id, len }),
            };
            if room == 0 {
                break;
            }
        }
        result.push((&entries[range], own));
    }
    result
}

fn sums_of_part<C: Curve>(
    backend: Backend,
    points: &[C::Point],
    entries: &[Entry],
    lists: &mut [List],
) -> Option<Vec<C::Point>> {
    let mut pairs = Vec::with_capacity(BATCH);
    let mut current = round::<C>(backend, points, |i| entries[i], lists, &mut pairs)?;
    while lists.iter().any(|list| list.len > 1) {
        let plain = |i| Entry::new(i as u32, false);
        current = round::<C>(backend, &current, plain, lists, &mut pairs)?;
    }
    Some(current)
}

/// Halves every list.
fn round<C: Curve>(
    backend: Backend,
    points: &[C::Point],
    entry: impl Fn(usize) -> Entry,
    lists: &mut [List],
    pairs: &mut Vec<Pair>,
) -> Option<Vec<C::Point>> {
    let len: u32 = lists.iter().map(|list| list.len.div_ceil(2)).sum();
    let mut out = vec![C::BLANK; len as usize];
    let (mut position, mut target) = (0, 0u32);
    for list in lists {
        for _ in 0..list.len / 2 {
            pairs.push(Pair {
                left: entry(position),
                right: entry(position + 1),
                target,
            });
            (position, target) = (position + 2, target + 1);
            if pairs.len() == BATCH && !flush::<C>(backend, points, pairs, &mut out) {
                return None;
            }
        }
        if list.len % 2 == 1 {
            out[target as usize] = single::<C>(backend, points, entry(position));
            (position, target) = (position + 1, target + 1);
        }
        list.len = list.len.div_ceil(2);
    }
    flush::<C>(backend, points, pairs, &mut out).then_some(out)
}

fn single<C: Curve>(backend: Backend, points: &[C::Point], entry: Entry) -> C::Point {
    let point = points[entry.index()];
    if entry.is_negative() {
        C::pack(backend, &-C::unpack(backend, &point))
    } else {
        point
    }
}

fn flush<C: Curve>(
    backend: Backend,
    points: &[C::Point],
    pairs: &mut Vec<Pair>,
    out: &mut [C::Point],
) -> bool {
    let done =
        C::add_pairs(backend, points, pairs, out) || one_by_one::<C>(backend, points, pairs, out);
    pairs.clear();
    done
}

/// For a batch with a pair of equal x coordinates, which has no slope between its points.
fn one_by_one<C: Curve>(
    backend: Backend,
    points: &[C::Point],
    pairs: &[Pair],
    out: &mut [C::Point],
) -> bool {
    pairs.iter().all(|pair| {
        let point = |entry| C::unpack(backend, &single::<C>(backend, points, entry));
        let sum = point(pair.left) + point(pair.right);
        out[pair.target as usize] = C::pack(backend, &sum.into_affine());
        !sum.is_zero()
    })
}

/// Pairs in groups of a vector's width; the last one is filled up with its last pair, which gives
/// the same result at the same place.
struct Blocks<'a> {
    pairs: &'a [Pair],
    tail: [Pair; MAX_WIDTH],
    width: usize,
    count: usize,
}

impl<'a> Blocks<'a> {
    fn new(pairs: &'a [Pair], last: Pair, width: usize) -> Self {
        let rest = &pairs[pairs.len() / width * width..];
        let mut tail = [last; MAX_WIDTH];
        tail[..rest.len()].copy_from_slice(rest);
        Self {
            pairs,
            tail,
            width,
            count: pairs.len().div_ceil(width),
        }
    }

    #[inline(always)]
    fn get(&self, index: usize) -> &[Pair] {
        let start = index * self.width;
        let whole = self.pairs.get(start..start + self.width);
        whole.unwrap_or(&self.tail[..self.width])
    }
}

/// `out[target] = left + right`, all with one inversion; false, with anything in `out`, if a pair
/// has equal x coordinates.
///
/// With `λ = (y₂ − y₁)/(x₂ − x₁)` a sum is `x₃ = λ² − x₁ − x₂`, `y₃ = λ·(x₁ − x₃) − y₁`.
#[inline(always)]
pub(crate) fn add_pairs<L: Lanes>(
    points: &[L::Point],
    pairs: &[Pair],
    out: &mut [L::Point],
) -> bool {
    let Some(&last) = pairs.last() else {
        return true;
    };
    let blocks = Blocks::new(pairs, last, L::WIDTH);
    let mut products = Vec::with_capacity(blocks.count);
    let mut product = L::one();
    for index in 0..blocks.count {
        let block = blocks.get(index);
        let (x1, _) = L::left(points, block);
        let (x2, _) = L::right(points, block);
        products.push(product);
        product = product.times(&x2.minus(&x1));
    }
    let Some(mut inverse) = product.inverses() else {
        return false;
    };
    for index in (0..blocks.count).rev() {
        let block = blocks.get(index);
        let (x1, y1) = L::left(points, block);
        let (x2, y2) = L::right(points, block);
        let own = inverse.times(&products[index]);
        inverse = inverse.times(&x2.minus(&x1));
        let slope = own.times(&y2.minus(&y1));
        let x3 = slope.squared().minus_reduced(&x1).minus_reduced(&x2);
        let y3 = slope.times(&x1.minus(&x3)).minus_reduced(&y1);
        L::store(x3, y3, out, block);
    }
    true
}

/// `out[target] = 2·left`, all with one inversion; false, with anything in `out`, if a point is its
/// own negative, which none of odd order is.
///
/// With `λ = 3x²/2y` the double is `x₃ = λ² − 2x`, `y₃ = λ·(x − x₃) − y`.
#[inline(always)]
pub(crate) fn double_pairs<L: Lanes>(
    points: &[L::Point],
    pairs: &[Pair],
    out: &mut [L::Point],
) -> bool {
    let Some(&last) = pairs.last() else {
        return true;
    };
    let blocks = Blocks::new(pairs, last, L::WIDTH);
    let mut products = Vec::with_capacity(blocks.count);
    let mut product = L::one();
    for index in 0..blocks.count {
        let (_, y) = L::left(points, blocks.get(index));
        products.push(product);
        product = product.times(&y.plus_reduced(&y));
    }
    let Some(mut inverse) = product.inverses() else {
        return false;
    };
    for index in (0..blocks.count).rev() {
        let block = blocks.get(index);
        let (x, y) = L::left(points, block);
        let own = inverse.times(&products[index]);
        inverse = inverse.times(&y.plus_reduced(&y));
        let square = x.squared();
        let slope = own.times(&square.plus_reduced(&square).plus_reduced(&square));
        let x3 = slope.squared().minus_reduced(&x).minus_reduced(&x);
        let y3 = slope.times(&x.minus(&x3)).minus_reduced(&y);
        L::store(x3, y3, out, block);
    }
    true
}

/// `2^times·P` of each point `P`; `None` if a double is the identity.
pub(crate) fn multiplied<C: Curve>(
    backend: Backend,
    points: &[C::Point],
    times: u32,
) -> Option<Vec<C::Point>> {
    let pairs: Vec<Pair> = (0..points.len() as u32)
        .map(|index| Pair {
            left: Entry::new(index, false),
            right: Entry::new(index, false),
            target: index,
        })
        .collect();
    let mut from = points.to_vec();
    let mut to = from.clone();
    for _ in 0..times {
        if !C::double_pairs(backend, &from, &pairs, &mut to) {
            return None;
        }
        core::mem::swap(&mut from, &mut to);
    }
    Some(from)
}
