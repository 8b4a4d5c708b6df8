//! What the call leaves behind: transfers, events, and the list of all effects.

use super::context::bounded;
use super::{Done, Session, Window, LIMITS};
use crate::engine::{Answer, ProgramEnvironment};
use crate::{Bounded, Effect, ProgramTrap};
use codec::{Encode, MaxEncodedLen};
use lattice_isa::Event;

/// An effect, or the place of one that the machine keeps in its journal.
enum Kept {
    Journaled,
    Own(Effect),
}

/// The effects so far, in order.
#[derive(Default)]
pub struct Effects {
    kept: Vec<Kept>,
    bytes: usize,
}

impl Effects {
    /// Keeps an effect and says where.
    ///
    /// # Errors
    /// [`ProgramTrap::TooLarge`].
    pub fn keep(&mut self, effect: Effect) -> Result<usize, ProgramTrap> {
        let bytes = effect.encoded_size();
        self.push(Kept::Own(effect), bytes)
    }

    /// Keeps the place of an entry that the machine is about to make.
    ///
    /// # Errors
    /// [`ProgramTrap::TooLarge`].
    pub fn keep_journaled(&mut self) -> Result<(), ProgramTrap> {
        // The entry, and the byte that says which kind of effect it is.
        let bytes = Event::max_encoded_len().saturating_add(1);
        self.push(Kept::Journaled, bytes).map(|_| ())
    }

    /// Puts another effect in the place of one.
    ///
    /// # Errors
    /// [`ProgramTrap::TooLarge`].
    pub fn replace(&mut self, place: usize, effect: Effect) -> Result<(), ProgramTrap> {
        let Some(Kept::Own(kept)) = self.kept.get_mut(place) else {
            return self.keep(effect).map(|_| ());
        };
        let without = self.bytes.saturating_sub(kept.encoded_size());
        self.bytes = admitted(without.saturating_add(effect.encoded_size()))?;
        *kept = effect;
        Ok(())
    }

    /// All effects, with the machine's journal in its places.
    pub fn finish(self, journal: Vec<Event>) -> Vec<Effect> {
        let mut journal = journal.into_iter();
        self.kept
            .into_iter()
            .filter_map(|kept| match kept {
                Kept::Own(effect) => Some(effect),
                Kept::Journaled => journal.next().map(Effect::Machine),
            })
            .collect()
    }

    fn push(&mut self, kept: Kept, bytes: usize) -> Result<usize, ProgramTrap> {
        let place = self.kept.len();
        let count = u32::try_from(place.saturating_add(1)).unwrap_or(u32::MAX);
        bounded(Bounded::Effects, count, LIMITS.effects)?;
        self.bytes = admitted(self.bytes.saturating_add(bytes))?;
        self.kept.push(kept);
        Ok(place)
    }
}

fn admitted(bytes: usize) -> Result<usize, ProgramTrap> {
    let given = u32::try_from(bytes).unwrap_or(u32::MAX);
    bounded(Bounded::EffectBytes, given, LIMITS.effect_bytes)?;
    Ok(bytes)
}

impl<E: ProgramEnvironment> Session<'_, '_, E> {
    pub(super) fn transfer(&mut self, [to, amount]: [u32; 2], memory: &mut Window<'_>) -> Done {
        let to = memory.array(to)?;
        let amount = u128::from_le_bytes(memory.array(amount)?);
        let balance = self.balance;
        let rest = balance
            .checked_sub(amount)
            .ok_or(ProgramTrap::InsufficientBalance { amount, balance })?;
        self.effects.keep(Effect::Transfer { to, amount })?;
        if to != self.invocation.address {
            self.balance = rest;
        }
        Ok(Answer::None)
    }

    pub(super) fn event(&mut self, [pointer, length]: [u32; 2], memory: &mut Window<'_>) -> Done {
        bounded(Bounded::Event, length, LIMITS.event_bytes)?;
        self.charge_leaving(length)?;
        let data = memory.read(pointer, length.into())?.to_vec();
        self.effects.keep(Effect::Emitted { data })?;
        Ok(Answer::None)
    }
}
