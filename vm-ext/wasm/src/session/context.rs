//! Input, output, and what the chain says of the call.

use super::{size, Done, Session, Window, LIMITS};
use crate::engine::{Answer, ProgramEnvironment};
use crate::{Bounded, Import, ProgramTrap};

impl<E: ProgramEnvironment> Session<'_, '_, E> {
    pub(super) fn input_len(&mut self) -> Done {
        let length = i32::try_from(self.invocation.input.len());
        Ok(Answer::I32(length.unwrap_or(i32::MAX)))
    }

    pub(super) fn input_read(
        &mut self,
        [offset, length, out]: [u32; 3],
        memory: &mut Window<'_>,
    ) -> Done {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = usize::try_from(u64::from(offset).saturating_add(length.into()));
        let part = self
            .invocation
            .input
            .get(start..end.unwrap_or(usize::MAX))
            .ok_or(ProgramTrap::Operand {
                import: Import::InputRead,
            })?;
        self.charge_copy(length.into())?;
        memory.write(out, part)?;
        Ok(Answer::None)
    }

    pub(super) fn set_output(
        &mut self,
        [pointer, length]: [u32; 2],
        memory: &mut Window<'_>,
    ) -> Done {
        bounded(Bounded::Output, length, LIMITS.output_bytes)?;
        self.charge_leaving(length)?;
        self.output = memory.read(pointer, length.into())?.to_vec();
        Ok(Answer::None)
    }

    pub(super) fn revert(&mut self, [pointer, length]: [u32; 2], memory: &mut Window<'_>) -> Done {
        bounded(Bounded::Reason, length, LIMITS.revert_bytes)?;
        self.charge_leaving(length)?;
        let data = memory.read(pointer, length.into())?.to_vec();
        Err(ProgramTrap::Reverted { data })
    }

    /// Writes what the chain says of the call.
    pub(super) fn tell<const N: usize>(
        &mut self,
        [out]: [u32; 1],
        bytes: &[u8; N],
        memory: &mut Window<'_>,
    ) -> Done {
        self.charge_copy(size(N))?;
        memory.write(out, bytes)?;
        Ok(Answer::None)
    }
}

/// Refuses a length over its limit.
pub fn bounded(what: Bounded, given: u32, limit: u32) -> Result<(), ProgramTrap> {
    if given > limit {
        let given = given.into();
        return Err(ProgramTrap::TooLarge { what, given, limit });
    }
    Ok(())
}
