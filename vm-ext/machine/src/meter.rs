//! The gas that is left.

use lattice_isa::{Gas, Trap};

/// Counts gas down from a limit; a charge that does not fit takes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    limit: Gas,
    left: Gas,
}

impl Meter {
    /// A meter with all of `limit` left.
    pub const fn new(limit: Gas) -> Self {
        Meter { limit, left: limit }
    }

    /// Gas charged so far; never more than the limit.
    pub const fn used(&self) -> Gas {
        self.limit.saturating_sub(self.left)
    }

    /// Gas left.
    pub const fn left(&self) -> Gas {
        self.left
    }

    /// Takes gas for an action that is about to begin.
    ///
    /// # Errors
    /// [`Trap::OutOfGas`] when less is left; the meter stays as it was.
    pub fn charge(&mut self, gas: Gas) -> Result<(), Trap> {
        self.left = self.left.checked_sub(gas).ok_or(Trap::OutOfGas {
            needed: gas,
            left: self.left,
        })?;
        Ok(())
    }
}
