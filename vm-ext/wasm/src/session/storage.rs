//! The program's storage: what the chain has, under what this call has written.

use super::context::bounded;
use super::{size, Done, Session, Window, LIMITS, SCHEDULE};
use crate::engine::{Answer, ProgramEnvironment};
use crate::{Bounded, Effect, ProgramTrap};
use std::collections::BTreeMap;

/// What a call has written under a key.
struct Written {
    value: Option<Vec<u8>>,
    /// Where the effects have it.
    place: usize,
}

/// What a call has written.
#[derive(Default)]
pub struct Overlay(BTreeMap<Vec<u8>, Written>);

impl Overlay {
    /// Keys that have a value by this call, whether they had one before or not.
    pub fn values(&self) -> u64 {
        size(
            self.0
                .values()
                .filter(|written| written.value.is_some())
                .count(),
        )
    }
}

impl<E: ProgramEnvironment> Session<'_, '_, E> {
    pub(super) fn storage_get(
        &mut self,
        [key, key_len, out, capacity]: [u32; 4],
        memory: &mut Window<'_>,
    ) -> Done {
        let key = self.storage_key(key, key_len, memory)?;
        let value = match self.overlay.0.get(&key) {
            Some(written) => written.value.clone(),
            None => self.machine.environment().storage(&key),
        };
        let Some(value) = value else {
            return Ok(Answer::I32(-1));
        };
        let length = size(value.len());
        self.charge(SCHEDULE.storage_get_byte.saturating_mul(length))?;
        let copied = length.min(capacity.into());
        let copied = usize::try_from(copied).unwrap_or(value.len());
        memory.write(out, value.get(..copied).unwrap_or(&value))?;
        Ok(Answer::I32(i32::try_from(value.len()).unwrap_or(i32::MAX)))
    }

    pub(super) fn storage_set(
        &mut self,
        [key, key_len, value, value_len]: [u32; 4],
        memory: &mut Window<'_>,
    ) -> Done {
        let key = self.storage_key(key, key_len, memory)?;
        bounded(Bounded::Value, value_len, LIMITS.value_bytes)?;
        self.charge(SCHEDULE.storage_set_byte.saturating_mul(value_len.into()))?;
        let value = memory.read(value, value_len.into())?.to_vec();
        self.write(key, Some(value))
    }

    pub(super) fn storage_clear(
        &mut self,
        [key, key_len]: [u32; 2],
        memory: &mut Window<'_>,
    ) -> Done {
        let key = self.storage_key(key, key_len, memory)?;
        self.write(key, None)
    }

    fn storage_key(
        &mut self,
        pointer: u32,
        length: u32,
        memory: &Window<'_>,
    ) -> Result<Vec<u8>, ProgramTrap> {
        bounded(Bounded::Key, length, LIMITS.key_bytes)?;
        self.charge(SCHEDULE.storage_set_byte.saturating_mul(length.into()))?;
        Ok(memory.read(pointer, length.into())?.to_vec())
    }

    /// Writes under a key. Only the last write of a call leaves an effect, in the
    /// place of the first one.
    fn write(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> Done {
        let effect = Effect::StorageSet {
            key: key.clone(),
            value: value.clone(),
        };
        let place = match self.overlay.0.get(&key) {
            Some(written) => {
                let place = written.place;
                self.effects.replace(place, effect)?;
                place
            }
            None => self.effects.keep(effect)?,
        };
        self.overlay.0.insert(key, Written { value, place });
        Ok(Answer::None)
    }
}
