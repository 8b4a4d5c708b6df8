//! Linear combinations of columns: over the field (what a row holds) and over the integers (what
//! an element of the model is in terms of bits and small witness variables).

use ark_bn254::Fr;
use ark_ff::{One, Zero};

/// Column of the constant one.
pub const ONE: u32 = 0;

/// `Σ coefficient · z[column]` over the scalar field, columns ascending and distinct, no zero
/// coefficients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Combination(Vec<(u32, Fr)>);

impl Combination {
    /// The empty combination.
    pub fn zero() -> Self {
        Self(Vec::new())
    }

    /// `value · 1`.
    pub fn constant(value: Fr) -> Self {
        Self::term(ONE, value)
    }

    /// One column with coefficient one.
    pub fn column(column: u32) -> Self {
        Self(vec![(column, Fr::one())])
    }

    /// One column.
    pub fn term(column: u32, coefficient: Fr) -> Self {
        let mut combination = Self(vec![(column, coefficient)]);
        combination.normalize();
        combination
    }

    /// From terms in any order, repeated columns allowed.
    pub fn from_terms(terms: Vec<(u32, Fr)>) -> Self {
        let mut combination = Self(terms);
        combination.normalize();
        combination
    }

    /// `Σ factor · part`.
    pub fn sum<'a>(parts: impl IntoIterator<Item = (&'a Combination, Fr)>) -> Self {
        let mut terms = Vec::new();
        for (part, factor) in parts {
            terms.extend(
                part.0
                    .iter()
                    .map(|&(column, value)| (column, value * factor)),
            );
        }
        Self::from_terms(terms)
    }

    /// `self + factor · other`.
    pub fn plus(&self, other: &Self, factor: Fr) -> Self {
        Self::sum([(self, Fr::one()), (other, factor)])
    }

    /// The terms, columns ascending.
    pub fn terms(&self) -> &[(u32, Fr)] {
        &self.0
    }

    /// The value, if the combination is a constant.
    pub fn as_constant(&self) -> Option<Fr> {
        match self.0.as_slice() {
            [] => Some(Fr::zero()),
            [(ONE, value)] => Some(*value),
            _ => None,
        }
    }

    fn normalize(&mut self) {
        self.0.sort_unstable_by_key(|term| term.0);
        self.0.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        self.0.retain(|term| !term.1.is_zero());
    }
}

/// An element of the model: `constant + Σ coefficient · z[column]` over the integers, where every
/// column holds a small non-negative integer in an honest witness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Terms, columns ascending and distinct, no zero coefficients.
    terms: Vec<(u32, i64)>,
    constant: i64,
}

impl Element {
    /// A constant.
    pub fn constant(value: i64) -> Self {
        Self {
            terms: Vec::new(),
            constant: value,
        }
    }

    /// `constant + Σ terms`, terms in any order; `None` if a coefficient leaves `i64`.
    pub fn new(terms: Vec<(u32, i64)>, constant: i64) -> Option<Self> {
        let mut element = Self { terms, constant };
        element.normalize().then_some(element)
    }

    /// `constant + Σ factor · part`; `None` if a coefficient leaves `i64`.
    pub fn sum<'a>(
        parts: impl IntoIterator<Item = (&'a Element, i64)>,
        constant: i64,
    ) -> Option<Self> {
        let mut terms = Vec::new();
        let mut total = constant;
        for (part, factor) in parts {
            if factor == 0 {
                continue;
            }
            total = total.checked_add(part.constant.checked_mul(factor)?)?;
            for &(column, value) in &part.terms {
                terms.push((column, value.checked_mul(factor)?));
            }
        }
        Self::new(terms, total)
    }

    /// The same linear combination over the field, times `factor`.
    pub fn scaled(&self, factor: Fr) -> Combination {
        let mut terms = Vec::with_capacity(self.terms.len() + 1);
        terms.push((ONE, Fr::from(self.constant) * factor));
        terms.extend(
            self.terms
                .iter()
                .map(|&(column, value)| (column, Fr::from(value) * factor)),
        );
        Combination::from_terms(terms)
    }

    /// `self + constant`; `None` on overflow.
    pub fn offset(&self, constant: i64) -> Option<Self> {
        Some(Self {
            terms: self.terms.clone(),
            constant: self.constant.checked_add(constant)?,
        })
    }

    /// The terms without the constant.
    pub fn terms(&self) -> &[(u32, i64)] {
        &self.terms
    }

    /// The constant.
    pub fn constant_term(&self) -> i64 {
        self.constant
    }

    /// The value, if the element is a constant.
    pub fn as_constant(&self) -> Option<i64> {
        self.terms.is_empty().then_some(self.constant)
    }

    fn normalize(&mut self) -> bool {
        self.terms.sort_unstable_by_key(|term| term.0);
        let mut overflow = false;
        self.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                match kept.1.checked_add(next.1) {
                    Some(sum) => kept.1 = sum,
                    None => overflow = true,
                }
            }
            same
        });
        self.terms.retain(|term| term.1 != 0);
        !overflow
    }
}
