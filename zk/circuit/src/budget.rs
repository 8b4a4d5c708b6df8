//! How much a circuit may take to write down.
//!
//! Weights are coefficients, so an element of a value is a combination with a term per variable
//! that it depends on, and operations that write no row still copy combinations. A small manifest
//! can ask for very many: a `Concat` of a value with itself doubles them.

use crate::error::CircuitError;

/// Most terms that the operations of a circuit may read and write together, 16 bytes each: 2 GiB.
///
/// Four dense layers of 1000 by 1000 have about 45 million.
pub const MAX_TERMS: u64 = 1 << 27;

/// Terms so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Budget(u64);

impl Budget {
    /// Takes the terms of an operation that is about to be written.
    ///
    /// # Errors
    /// [`CircuitError::TooManyTerms`] if they leave [`MAX_TERMS`].
    pub(crate) fn charge(&mut self, op: usize, terms: u64) -> Result<(), CircuitError> {
        self.0 = self.0.saturating_add(terms);
        if self.0 > MAX_TERMS {
            return Err(CircuitError::TooManyTerms {
                op,
                terms: self.0,
                limit: MAX_TERMS,
            });
        }
        Ok(())
    }
}
