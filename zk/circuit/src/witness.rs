//! The witness pass: values and row evaluations in the order in which the circuit was built.

use ark_bn254::Fr;
use ark_ff::{One, Zero};
use lattice_verifier::Statement;

use crate::r1cs::R1cs;

/// Collects what the gadgets produce. A gadget writes its witness variables in the order in which
/// it allocated them and the evaluations of its rows in the order in which it enforced them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    pub(crate) witness: Vec<Fr>,
    pub(crate) a: Vec<Fr>,
    pub(crate) b: Vec<Fr>,
    /// Looked up numbers, as entries of their tables.
    pub(crate) keys: Vec<u32>,
    /// A row and the false product that a test's forger writes for it.
    #[cfg(test)]
    pub(crate) forged: Option<(usize, Fr)>,
}

impl Writer {
    /// A writer with room for a circuit of this size.
    pub(crate) fn with_capacity(witnesses: usize, constraints: usize) -> Self {
        Self {
            witness: Vec::with_capacity(witnesses),
            a: Vec::with_capacity(constraints + R1cs::STATEMENT),
            b: Vec::with_capacity(constraints + R1cs::STATEMENT),
            keys: Vec::new(),
            #[cfg(test)]
            forged: None,
        }
    }

    /// The value of the next witness variable.
    pub(crate) fn witness(&mut self, value: Fr) {
        self.witness.push(value);
    }

    /// `⟨a, z⟩` and `⟨b, z⟩` of the next row.
    pub(crate) fn row(&mut self, a: Fr, b: Fr) {
        self.a.push(a);
        self.b.push(b);
    }

    /// A product that has a witness variable of its own; returns it.
    pub(crate) fn product(&mut self, a: Fr, b: Fr) -> Fr {
        let value = self.forgeable(a * b);
        self.witness(value);
        self.row(a, b);
        value
    }

    /// The value of the variable that the next row determines.
    pub(crate) fn forgeable(&self, value: Fr) -> Fr {
        #[cfg(test)]
        if let Some((row, forged)) = self.forged {
            if row == self.a.len() {
                return forged;
            }
        }
        value
    }

    /// A boolean variable with its row `bit · bit = bit`.
    pub(crate) fn bit(&mut self, value: Fr) {
        self.witness(value);
        self.row(value, value);
    }

    /// Everything that another writer collected, after what this one holds.
    pub(crate) fn append(&mut self, mut other: Writer) {
        self.witness.append(&mut other.witness);
        self.a.append(&mut other.a);
        self.b.append(&mut other.b);
        self.keys.append(&mut other.keys);
    }
}

/// A full assignment of a circuit, and its rows already evaluated.
///
/// The prover needs no matrices: `⟨a, z⟩` and `⟨b, z⟩` come from the witness pass, and
/// `⟨c, z⟩` is their product in every satisfied row.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The public inputs, as the chain derives them.
    pub statement: Statement,
    /// `(1, context, input commitment, output commitment)`, and the challenge if there is one.
    pub instance: Vec<Fr>,
    /// Witness variables in column order.
    pub witness: Vec<Fr>,
    /// `⟨a, z⟩` of every row.
    pub a: Vec<Fr>,
    /// `⟨b, z⟩` of every row.
    pub b: Vec<Fr>,
    /// The entry of each lookup, of a circuit that has some. Until [`Plan::respond`](crate::Plan::respond)
    /// has been called for it, challenge, inverses and the rows of lookups are missing.
    pub(crate) lookups: Option<Vec<u32>>,
}

/// What the [inverse columns](crate::Plan::inverse_columns) hold.
#[derive(Clone, Debug)]
pub struct Inverses {
    /// The table entry of each column, in their order, counted over all tables.
    pub entries: Vec<u32>,
    /// The number that stands in all columns of an entry.
    pub values: Vec<Fr>,
}

impl Assignment {
    /// `z = (instance, witness)`.
    pub fn full(&self) -> Vec<Fr> {
        self.instance.iter().chain(&self.witness).copied().collect()
    }
}

/// Zero or one.
pub(crate) fn boolean(value: bool) -> Fr {
    if value {
        Fr::one()
    } else {
        Fr::zero()
    }
}
