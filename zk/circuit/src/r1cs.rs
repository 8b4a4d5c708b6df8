//! Rank-1 constraint systems: sparse rows `⟨a, z⟩·⟨b, z⟩ = ⟨c, z⟩`.
//!
//! `z = (1, context, input commitment, output commitment, witness…)`, with the challenge before the
//! witness in a circuit that commits to columns. Coefficients are interned:
//! a model has few distinct ones (small weights times powers of two, and Poseidon's matrices),
//! so an entry costs eight bytes instead of forty.

use ark_bn254::Fr;
use ark_ff::Zero;
use std::{collections::HashMap, ops::Range};

use crate::{combination::Combination, error::CircuitError, origin::Origin};

/// A sparse matrix over the scalar field, row by row, with coefficients as pool indices.
#[derive(Clone, Debug, Default)]
pub struct SparseMatrix {
    ends: Vec<u32>,
    entries: Vec<(u32, u32)>,
}

impl SparseMatrix {
    fn push(&mut self, row: &Combination, pool: &mut Pool) -> Result<(), CircuitError> {
        for &(column, coefficient) in row.terms() {
            let index = pool.index(coefficient)?;
            self.entries.push((column, index));
        }
        let end = u32::try_from(self.entries.len()).map_err(|_| CircuitError::TooLarge)?;
        self.ends.push(end);
        Ok(())
    }

    fn row(&self, row: usize) -> &[(u32, u32)] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.entries[start as usize..self.ends[row] as usize]
    }

    /// Number of nonzero entries.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }
}

/// Every distinct coefficient once.
#[derive(Clone, Debug, Default)]
struct Pool {
    values: Vec<Fr>,
    indices: HashMap<Fr, u32>,
}

impl Pool {
    fn index(&mut self, value: Fr) -> Result<u32, CircuitError> {
        if let Some(&index) = self.indices.get(&value) {
            return Ok(index);
        }
        let index = u32::try_from(self.values.len()).map_err(|_| CircuitError::TooLarge)?;
        self.values.push(value);
        self.indices.insert(value, index);
        Ok(index)
    }
}

/// Which of the three matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Left factor.
    A,
    /// Right factor.
    B,
    /// Product.
    C,
}

/// A rank-1 constraint system.
#[derive(Clone, Debug, Default)]
pub struct R1cs {
    witnesses: u32,
    /// Columns that are committed to before the challenge is known, if there is one.
    committed: Option<Range<u32>>,
    a: SparseMatrix,
    b: SparseMatrix,
    c: SparseMatrix,
    pool: Pool,
    origins: Vec<Origin>,
}

impl R1cs {
    /// Instance variables that every circuit has: the constant one and the three public inputs.
    pub const STATEMENT: usize = lattice_verifier::PUBLIC_INPUTS + 1;

    /// Number of instance variables: those of the statement, and the challenge if columns are
    /// committed to.
    pub fn instances(&self) -> usize {
        Self::STATEMENT + usize::from(self.committed.is_some())
    }

    /// Columns that a prover commits to before it knows the challenge, which is a hash of the
    /// commitment; none in a circuit without a challenge. All are witness columns.
    pub fn committed(&self) -> Option<Range<usize>> {
        let columns = self.committed.as_ref()?;
        Some(columns.start as usize..columns.end as usize)
    }

    /// Rows whose instance has a challenge; what is committed to before it is said later, by
    /// [`R1cs::commit_to`].
    pub(crate) fn with_challenge() -> Self {
        Self {
            committed: Some(0..0),
            ..Self::default()
        }
    }

    /// Says which witness columns are committed to.
    pub(crate) fn commit_to(&mut self, columns: Range<usize>) -> Result<(), CircuitError> {
        let index = |column| u32::try_from(column).map_err(|_| CircuitError::TooLarge);
        self.committed = Some(index(columns.start)?..index(columns.end)?);
        Ok(())
    }

    pub(crate) fn allocate(&mut self) -> Result<u32, CircuitError> {
        let column = u32::try_from(self.instances())
            .ok()
            .and_then(|instances| instances.checked_add(self.witnesses))
            .ok_or(CircuitError::TooLarge)?;
        self.witnesses += 1;
        Ok(column)
    }

    pub(crate) fn enforce(
        &mut self,
        a: &Combination,
        b: &Combination,
        c: &Combination,
        origin: Origin,
    ) -> Result<(), CircuitError> {
        self.a.push(a, &mut self.pool)?;
        self.b.push(b, &mut self.pool)?;
        self.c.push(c, &mut self.pool)?;
        self.origins.push(origin);
        Ok(())
    }

    /// Number of rows.
    pub fn constraints(&self) -> usize {
        self.origins.len()
    }

    /// Number of witness variables (columns after the instance).
    pub fn witnesses(&self) -> usize {
        self.witnesses as usize
    }

    /// Number of columns: instance and witness.
    pub fn columns(&self) -> usize {
        self.instances() + self.witnesses()
    }

    /// The gadget that a row belongs to.
    pub fn origin(&self, row: usize) -> &Origin {
        &self.origins[row]
    }

    /// One of the three matrices.
    pub fn matrix(&self, side: Side) -> &SparseMatrix {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
            Side::C => &self.c,
        }
    }

    /// The entries of a row as `(coefficient, column)`, columns ascending.
    pub fn row(&self, side: Side, row: usize) -> impl Iterator<Item = (Fr, usize)> + '_ {
        self.matrix(side)
            .row(row)
            .iter()
            .map(|&(column, index)| (self.pool.values[index as usize], column as usize))
    }

    /// `⟨row, z⟩` for a full assignment `z` of [`R1cs::columns`] elements.
    pub fn evaluate(&self, side: Side, row: usize, z: &[Fr]) -> Fr {
        self.row(side, row)
            .fold(Fr::zero(), |sum, (coefficient, column)| {
                sum + coefficient * z[column]
            })
    }

    /// Whether one row holds under a full assignment.
    pub fn holds(&self, row: usize, z: &[Fr]) -> bool {
        self.evaluate(Side::A, row, z) * self.evaluate(Side::B, row, z)
            == self.evaluate(Side::C, row, z)
    }

    /// The first row that a full assignment violates, if any.
    pub fn first_violation(&self, z: &[Fr]) -> Option<usize> {
        (0..self.constraints()).find(|&row| !self.holds(row, z))
    }

    /// Columns that occur in a matrix: what decides how many points of the proving key are not
    /// the identity.
    pub fn density(&self, side: Side) -> usize {
        let mut seen = vec![false; self.columns()];
        for &(column, _) in &self.matrix(side).entries {
            seen[column as usize] = true;
        }
        seen.into_iter().filter(|&occurs| occurs).count()
    }
}
