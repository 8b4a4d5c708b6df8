//! Prime field elements in AVX-512 IFMA registers.
//!
//! An element is five limbs of 52 bits, the width of the instructions' multiplier, in Montgomery
//! form with `R = 2^260`; limb `i` of eight elements is one register. Multiplication is the
//! textbook word-by-word Montgomery product (Montgomery 1985; CIOS of Koç, Acar, Kaliski 1996) with
//! the carries left in the registers' upper 12 bits until the end.
//!
//! # Bounds
//! The moduli are below `2^254`, so `R` is at least 84 of them. *Normal* limbs are below `2^52`,
//! the top one maybe more or negative; factors must be normal and not negative. *Reduced* means
//! normal and in `0..2p`. A product of factors below `a·p` and `b·p` is below `(1 + a·b/84)·p`:
//! below `1.2p`, hence reduced, for two results of [`Fp8::minus`] (`4p`), or for `8p` and a factor
//! below `p`. Words in memory hold reduced elements, as `2p < 2^256`.
//!
//! # Safety
//! See [`super`]: no code here runs without a [`Detected`](super::Detected).

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, BigInteger, MontConfig, PrimeField};
use core::{arch::x86_64::*, marker::PhantomData};

/// Bits of a limb.
const LIMB: u32 = 52;
const MASK: u64 = (1 << LIMB) - 1;

/// The limbs of four words.
pub(super) const fn limbs(words: [u64; 4]) -> [u64; 5] {
    [
        words[0] & MASK,
        (words[0] >> 52 | words[1] << 12) & MASK,
        (words[1] >> 40 | words[2] << 24) & MASK,
        (words[2] >> 28 | words[3] << 36) & MASK,
        words[3] >> 16,
    ]
}

/// The multiples `0..8` of a number.
const fn multiples(limbs: [u64; 5]) -> [[u64; 8]; 5] {
    let mut result = [[0; 8]; 5];
    let mut factor = 0;
    while factor < 8 {
        let (mut limb, mut carry) = (0, 0);
        while limb < 5 {
            // Below 2^52·8.
            let value = limbs[limb] * factor as u64 + carry;
            result[limb][factor] = value & MASK;
            carry = value >> LIMB;
            limb += 1;
        }
        factor += 1;
    }
    result
}

/// The constants of a prime field below `2^254`.
pub(crate) trait Modulus: PrimeField<BigInt = BigInt<4>> {
    const LIMBS: [u64; 5] = limbs(Self::MODULUS.0);
    /// The multiples `0..8` of the modulus, limb by limb.
    const MULTIPLES: [[u64; 8]; 5] = multiples(Self::LIMBS);
    /// `−p^{-1}` modulo `2^52`.
    const NEGATIVE_INVERSE: u64;
    /// The words that stand for this element, `R = 2^256`.
    fn words(&self) -> [u64; 4];
    /// The element that canonical words stand for.
    fn from_words(words: [u64; 4]) -> Self;
}

macro_rules! modulus {
    ($field:ty, $config:ty) => {
        impl Modulus for $field {
            const NEGATIVE_INVERSE: u64 = <$config as MontConfig<4>>::INV & MASK;

            fn words(&self) -> [u64; 4] {
                self.0 .0
            }

            fn from_words(words: [u64; 4]) -> Self {
                Self::new_unchecked(BigInt(words))
            }
        }
    };
}

modulus!(Fq, ark_bn254::FqConfig);
modulus!(Fr, ark_bn254::FrConfig);

/// Four words, `R = 2^260`, canonical.
pub(super) fn to_words<F: Modulus>(element: &F) -> [u64; 4] {
    (*element * F::from(1u64 << 4)).words()
}

/// The element of four words below `4p`, times `2^4`.
pub(super) fn raw_element<F: Modulus>(words: &[u64]) -> F {
    let mut value = BigInt([words[0], words[1], words[2], words[3]]);
    while value >= F::MODULUS {
        value.sub_with_borrow(&F::MODULUS);
    }
    F::from_words(value.0)
}

/// Eight elements.
#[derive(Clone, Copy)]
pub(crate) struct Fp8<F>([__m512i; 5], PhantomData<F>);

#[inline(always)]
pub(super) fn splat(value: u64) -> __m512i {
    // SAFETY: see the module.
    unsafe { _mm512_set1_epi64(value as i64) }
}

impl<F: Modulus> Fp8<F> {
    #[inline(always)]
    pub(super) fn new(limbs: [__m512i; 5]) -> Self {
        Self(limbs, PhantomData)
    }

    /// The same element in every lane.
    #[inline(always)]
    pub(super) fn broadcast(element: &F) -> Self {
        Self::constant(&limbs(to_words(element)))
    }

    /// The same limbs in every lane.
    #[inline(always)]
    pub(super) fn constant(limbs: &[u64; 5]) -> Self {
        Self::new(five!(i => splat(limbs[i])))
    }

    /// Limbs of 52 bits from limbs with carries, which may be negative; the top limb keeps the
    /// sign.
    #[inline(always)]
    pub(super) fn carried(mut limbs: [__m512i; 5]) -> Self {
        // SAFETY: see the module.
        unsafe {
            for i in 0..4 {
                limbs[i + 1] = _mm512_add_epi64(limbs[i + 1], _mm512_srai_epi64::<LIMB>(limbs[i]));
                limbs[i] = _mm512_and_si512(limbs[i], splat(MASK));
            }
        }
        Self::new(limbs)
    }

    /// Limb by limb, without carries.
    #[inline(always)]
    fn added(self, other: Self) -> [__m512i; 5] {
        // SAFETY: see the module.
        unsafe { five!(i => _mm512_add_epi64(self.0[i], other.0[i])) }
    }

    #[inline(always)]
    pub(super) fn subtracted(self, other: Self) -> [__m512i; 5] {
        // SAFETY: see the module.
        unsafe { five!(i => _mm512_sub_epi64(self.0[i], other.0[i])) }
    }

    /// Adds `2p` in the lanes that are negative.
    #[inline(always)]
    pub(super) fn lifted(self) -> Self {
        // SAFETY: see the module.
        unsafe {
            let negative = _mm512_cmplt_epi64_mask(self.0[4], _mm512_setzero_si512());
            Self::carried(five!(i => {
                _mm512_mask_add_epi64(self.0[i], negative, self.0[i], splat(F::MULTIPLES[i][2]))
            }))
        }
    }

    /// The limbs.
    #[inline(always)]
    pub(super) fn limbs(self) -> [__m512i; 5] {
        self.0
    }

    /// The sum, not normal.
    #[inline(always)]
    pub(super) fn sum(&self, other: &Self) -> Self {
        Self::new(self.added(*other))
    }

    /// The difference and `2p`, for the subtraction of less than that; not normal.
    #[inline(always)]
    pub(super) fn difference(&self, other: &Self) -> Self {
        self.difference_and::<2>(other)
    }

    /// The difference and `4p`, for the subtraction of less than that; not normal.
    #[inline(always)]
    pub(super) fn wide_difference(&self, other: &Self) -> Self {
        self.difference_and::<4>(other)
    }

    #[inline(always)]
    fn difference_and<const N: usize>(&self, other: &Self) -> Self {
        let multiple = Self::new(five!(i => splat(F::MULTIPLES[i][N])));
        Self::new(Self::new(self.subtracted(*other)).added(multiple))
    }

    /// The same number with normal limbs.
    #[inline(always)]
    pub(super) fn normal(self) -> Self {
        Self::carried(self.0)
    }

    /// Reduces what is below `8p`, normal or not: the quotient by `p` is estimated as
    /// `⌊top·84/2^52⌋`, from the top limb alone, which is never too much and, as `2^260/p` is below
    /// 84.6, at most one too little below `8p`.
    #[inline(always)]
    pub(super) fn reduced(self) -> Self {
        // SAFETY: see the module.
        unsafe {
            let quotient = _mm512_madd52hi_epu64(_mm512_setzero_si512(), self.0[4], splat(84));
            Self::carried(five!(i => {
                let multiple = _mm512_permutexvar_epi64(quotient, register(&F::MULTIPLES[i]));
                _mm512_sub_epi64(self.0[i], multiple)
            }))
        }
    }

    /// The sum of reduced elements, reduced.
    #[inline(always)]
    pub(super) fn plus_reduced(&self, other: &Self) -> Self {
        self.sum(other).reduced()
    }

    /// The least representatives of reduced elements.
    #[inline(always)]
    pub(super) fn canonical(self) -> Self {
        // SAFETY: see the module.
        unsafe {
            let less = Self::carried(self.subtracted(Self::constant(&F::LIMBS)));
            let negative = _mm512_cmplt_epi64_mask(less.0[4], _mm512_setzero_si512());
            Self::new(five!(i => {
                _mm512_mask_blend_epi64(negative, less.0[i], self.0[i])
            }))
        }
    }

    /// The sum, below the sum of the bounds.
    #[inline(always)]
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self::carried(self.added(*other))
    }

    #[inline(always)]
    pub(super) fn minus(&self, other: &Self) -> Self {
        self.difference(other).normal()
    }

    #[inline(always)]
    pub(super) fn minus_reduced(&self, other: &Self) -> Self {
        Self::carried(self.subtracted(*other)).lifted()
    }

    /// The product, reduced, of factors within the module's bounds.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // Rows of a schoolbook product.
    pub(super) fn times(&self, other: &Self) -> Self {
        // SAFETY: see the module.
        unsafe {
            let zero = _mm512_setzero_si512();
            let p = Self::constant(&F::LIMBS).0;
            let mut low = [zero; 5];
            for i in 0..5 {
                let mut high = [zero; 5];
                for j in 0..5 {
                    low[j] = _mm512_madd52lo_epu64(low[j], self.0[j], other.0[i]);
                    high[j] = _mm512_madd52hi_epu64(zero, self.0[j], other.0[i]);
                }
                let quotient = _mm512_madd52lo_epu64(zero, low[0], splat(F::NEGATIVE_INVERSE));
                for j in 0..5 {
                    low[j] = _mm512_madd52lo_epu64(low[j], quotient, p[j]);
                    high[j] = _mm512_madd52hi_epu64(high[j], quotient, p[j]);
                }
                // The lowest limb is a multiple of 2^52 now: what is left of it is a carry.
                let carry = _mm512_srli_epi64::<LIMB>(low[0]);
                low = [
                    _mm512_add_epi64(_mm512_add_epi64(low[1], carry), high[0]),
                    _mm512_add_epi64(low[2], high[1]),
                    _mm512_add_epi64(low[3], high[2]),
                    _mm512_add_epi64(low[4], high[3]),
                    high[4],
                ];
            }
            Self::carried(low)
        }
    }

    /// Limbs of eight elements from their words.
    #[inline(always)]
    pub(super) fn from_columns(words: [__m512i; 4]) -> Self {
        // SAFETY: see the module.
        unsafe {
            let mask = splat(MASK);
            let [a, b, c, d] = words;
            Self::new([
                _mm512_and_si512(a, mask),
                _mm512_and_si512(
                    _mm512_or_si512(_mm512_srli_epi64::<52>(a), _mm512_slli_epi64::<12>(b)),
                    mask,
                ),
                _mm512_and_si512(
                    _mm512_or_si512(_mm512_srli_epi64::<40>(b), _mm512_slli_epi64::<24>(c)),
                    mask,
                ),
                _mm512_and_si512(
                    _mm512_or_si512(_mm512_srli_epi64::<28>(c), _mm512_slli_epi64::<36>(d)),
                    mask,
                ),
                _mm512_srli_epi64::<16>(d),
            ])
        }
    }

    /// The inverse of [`Self::from_columns`].
    #[inline(always)]
    pub(super) fn columns(self) -> [__m512i; 4] {
        // SAFETY: see the module.
        unsafe {
            let [a, b, c, d, e] = self.0;
            [
                _mm512_or_si512(a, _mm512_slli_epi64::<52>(b)),
                _mm512_or_si512(_mm512_srli_epi64::<12>(b), _mm512_slli_epi64::<40>(c)),
                _mm512_or_si512(_mm512_srli_epi64::<24>(c), _mm512_slli_epi64::<28>(d)),
                _mm512_or_si512(_mm512_srli_epi64::<36>(d), _mm512_slli_epi64::<16>(e)),
            ]
        }
    }

    /// The lanes, `2^4` times each.
    #[inline(always)]
    pub(super) fn raw_lanes(self) -> [F; 8] {
        let [a, b, c, d] = self.columns();
        let columns = [words(a), words(b), words(c), words(d)];
        eight!(lane => raw_element(&array!(0 1 2 3, i => columns[i][lane])))
    }

    /// From canonical words.
    #[inline(always)]
    pub(super) fn from_lanes(lanes: [[u64; 4]; 8]) -> Self {
        Self::from_columns(array!(0 1 2 3, i => register(&eight!(lane => lanes[lane][i]))))
    }
}

#[inline(always)]
pub(super) fn register(words: &[u64; 8]) -> __m512i {
    // SAFETY: see the module; the reference is valid for 64 bytes, and the load unaligned.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[inline(always)]
pub(super) fn words(register: __m512i) -> [u64; 8] {
    let mut words = [0; 8];
    // SAFETY: see the module; the reference is valid for 64 bytes, and the store unaligned.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), register) };
    words
}

/// Rows become columns, by pairs of words.
#[inline(always)]
fn transposed_pairs([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    // SAFETY: see the module.
    unsafe {
        let low = [
            _mm512_shuffle_i64x2::<0x88>(a, b),
            _mm512_shuffle_i64x2::<0x88>(c, d),
        ];
        let high = [
            _mm512_shuffle_i64x2::<0xdd>(a, b),
            _mm512_shuffle_i64x2::<0xdd>(c, d),
        ];
        [
            _mm512_shuffle_i64x2::<0x88>(low[0], low[1]),
            _mm512_shuffle_i64x2::<0x88>(high[0], high[1]),
            _mm512_shuffle_i64x2::<0xdd>(low[0], low[1]),
            _mm512_shuffle_i64x2::<0xdd>(high[0], high[1]),
        ]
    }
}

/// Rows become columns, word by word.
#[inline(always)]
pub(super) fn transposed(rows: [__m512i; 8]) -> [__m512i; 8] {
    // SAFETY: see the module.
    unsafe {
        let [a, b, c, d, e, f, g, h] = rows;
        // Words of even and odd columns, two rows to each pair of words.
        let even = [
            _mm512_unpacklo_epi64(a, b),
            _mm512_unpacklo_epi64(c, d),
            _mm512_unpacklo_epi64(e, f),
            _mm512_unpacklo_epi64(g, h),
        ];
        let odd = [
            _mm512_unpackhi_epi64(a, b),
            _mm512_unpackhi_epi64(c, d),
            _mm512_unpackhi_epi64(e, f),
            _mm512_unpackhi_epi64(g, h),
        ];
        let [c0, c2, c4, c6] = transposed_pairs(even);
        let [c1, c3, c5, c7] = transposed_pairs(odd);
        [c0, c1, c2, c3, c4, c5, c6, c7]
    }
}

/// Two elements of each of eight rows.
#[inline(always)]
pub(super) fn two<F: Modulus>(rows: [__m512i; 8]) -> (Fp8<F>, Fp8<F>) {
    let [a, b, c, d, e, f, g, h] = transposed(rows);
    (
        Fp8::from_columns([a, b, c, d]),
        Fp8::from_columns([e, f, g, h]),
    )
}

/// The inverse of [`two`].
#[inline(always)]
pub(super) fn rows<F: Modulus>(first: Fp8<F>, second: Fp8<F>) -> [__m512i; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (first.columns(), second.columns());
    transposed([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests;
