//! The end of the program itself.

use super::context::bounded;
use super::{Done, Session, Window, LIMITS, SCHEDULE};
use crate::engine::{Answer, ProgramEnvironment};
use crate::{Bounded, Effect, Entry, ProgramTrap, TerminationFault};

impl<E: ProgramEnvironment> Session<'_, '_, E> {
    pub(super) fn terminate(&mut self, [beneficiary]: [u32; 1], memory: &mut Window<'_>) -> Done {
        if self.invocation.entry == Entry::Instantiate {
            return Err(ProgramTrap::Termination(TerminationFault::Instantiating));
        }
        let beneficiary = memory.array(beneficiary)?;
        if beneficiary == self.invocation.address {
            return Err(ProgramTrap::Termination(TerminationFault::OwnBeneficiary));
        }
        let items = self.most_items();
        let given = u32::try_from(items).unwrap_or(u32::MAX);
        bounded(Bounded::RemovedItems, given, LIMITS.removed_items)?;
        self.charge(SCHEDULE.removed_item.saturating_mul(items))?;
        self.effects.keep(Effect::Terminated { beneficiary })?;
        Ok(Answer::End)
    }

    /// Entries that the program's storage has at most: those before the call, and a new one
    /// for each key that the call gave a value. Whether such a key had one already would take
    /// a cold read to know.
    fn most_items(&self) -> u64 {
        let before = u64::from(self.invocation.stored_items);
        before.saturating_add(self.overlay.values())
    }
}
