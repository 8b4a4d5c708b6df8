//! The program's memory, checked.

use crate::ProgramTrap;

/// The bytes of the memory; none if the program has no memory.
pub struct Window<'a>(pub &'a mut [u8]);

impl Window<'_> {
    /// `length` bytes from `pointer` on.
    ///
    /// # Errors
    /// [`ProgramTrap::OutOfBounds`].
    pub fn read(&self, pointer: u32, length: u64) -> Result<&[u8], ProgramTrap> {
        let (start, end) = range(pointer, length)?;
        self.0.get(start..end).ok_or(ProgramTrap::OutOfBounds)
    }

    /// `length` bytes from `pointer` on, to be written.
    ///
    /// # Errors
    /// [`ProgramTrap::OutOfBounds`].
    pub fn place(&mut self, pointer: u32, length: u64) -> Result<&mut [u8], ProgramTrap> {
        let (start, end) = range(pointer, length)?;
        self.0.get_mut(start..end).ok_or(ProgramTrap::OutOfBounds)
    }

    /// `N` bytes from `pointer` on.
    ///
    /// # Errors
    /// [`ProgramTrap::OutOfBounds`].
    pub fn array<const N: usize>(&self, pointer: u32) -> Result<[u8; N], ProgramTrap> {
        let length = super::size(N);
        <[u8; N]>::try_from(self.read(pointer, length)?).map_err(|_| ProgramTrap::OutOfBounds)
    }

    /// Writes bytes from `pointer` on.
    ///
    /// # Errors
    /// [`ProgramTrap::OutOfBounds`]; then nothing is written.
    pub fn write(&mut self, pointer: u32, bytes: &[u8]) -> Result<(), ProgramTrap> {
        self.place(pointer, super::size(bytes.len()))?
            .copy_from_slice(bytes);
        Ok(())
    }
}

fn range(pointer: u32, length: u64) -> Result<(usize, usize), ProgramTrap> {
    let end = u64::from(pointer).saturating_add(length);
    match (usize::try_from(pointer), usize::try_from(end)) {
        (Ok(start), Ok(end)) => Ok((start, end)),
        _ => Err(ProgramTrap::OutOfBounds),
    }
}
