//! What a program asked for is applied as one.
//!
//! The host returns effects in the order in which the program had them, and this file
//! applies them inside the storage layer of the run: an effect that cannot be applied
//! takes the whole run back.

use crate::deposit::sum;
use crate::*;
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use frame::deps::frame_support::storage::child::{self, ChildInfo};
use frame::prelude::*;
use frame::traits::fungible::Mutate;
use frame::traits::tokens::Preservation;
use lattice_host::JournalEntry;
use lattice_primitives::{DepositChange, Effect, ProgramFault};

/// Whose effects are applied, and who pays for what they store.
pub(crate) struct Author<'a, T: Config> {
    pub caller: &'a T::AccountId,
    /// The program, or the caller for bytecode.
    pub account: &'a T::AccountId,
}

/// Why the layer of a run is taken back.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Refused before the program started, or the host failed.
    Refused(DispatchError),
    /// The run began; its gas is paid.
    Fault(ProgramFault),
}

impl From<DispatchError> for Stop {
    fn from(error: DispatchError) -> Self {
        Stop::Refused(error)
    }
}

impl<T: Config> From<Error<T>> for Stop {
    fn from(error: Error<T>) -> Self {
        Stop::Refused(error.into())
    }
}

impl From<ProgramFault> for Stop {
    fn from(fault: ProgramFault) -> Self {
        Stop::Fault(fault)
    }
}

/// A program's storage with its counts, while effects are applied.
struct Store<T: Config> {
    trie: ChildInfo,
    program: Program<T>,
    /// Whether an effect wrote to it.
    touched: bool,
}

impl<T: Config> Pallet<T> {
    /// Apply effects in order; returns how the caller's deposits changed.
    pub(crate) fn apply(
        author: &Author<'_, T>,
        effects: &[Effect],
    ) -> Result<DepositChange<BalanceOf<T>>, ProgramFault> {
        let mut store = Programs::<T>::get(author.account).map(|program| Store {
            trie: Self::storage_of(author.account, program.storage),
            program,
            touched: false,
        });
        let mut committed = Vec::new();
        let (ending, effects) = match effects.split_last() {
            Some((Effect::Terminated { beneficiary }, before)) => (Some(*beneficiary), before),
            _ => (None, effects),
        };
        let refused = |position: usize, error| ProgramFault::EffectRefused {
            effect: position.saturated_into(),
            error,
        };
        for (position, effect) in effects.iter().enumerate() {
            Self::apply_one(author, effect, store.as_mut(), &mut committed)
                .map_err(|error| refused(position, error))?;
        }
        if let Some(beneficiary) = ending {
            // What the call stored and committed goes with the program, without a deposit.
            return store
                .ok_or(Error::<T>::UnknownProgram.into())
                .and_then(|store| Self::end_program(author, store.program, beneficiary.into()))
                .map_err(|error| refused(effects.len(), error));
        }
        let stored = Self::settle_storage(author, store).map_err(ProgramFault::DepositRefused)?;
        let recorded = Self::record(author, committed).map_err(ProgramFault::DepositRefused)?;
        Ok(sum(stored, recorded))
    }

    fn apply_one(
        author: &Author<'_, T>,
        effect: &Effect,
        store: Option<&mut Store<T>>,
        committed: &mut Vec<Record<T>>,
    ) -> DispatchResult {
        match effect {
            Effect::Machine(JournalEntry::Committed { subject, digest }) => {
                committed.push(Record {
                    subject: H256(*subject),
                    digest: H256(*digest),
                    caller: author.caller.clone(),
                    at: frame_system::Pallet::<T>::block_number(),
                });
                Self::deposit_event(Event::Committed {
                    author: author.account.clone(),
                    subject: H256(*subject),
                    digest: H256(*digest),
                });
            }
            Effect::Machine(JournalEntry::ModelHashed { model, state }) => {
                Self::deposit_event(Event::StateHashed {
                    author: author.account.clone(),
                    model_hash: H256(*model),
                    state_hash: H256(*state),
                });
            }
            Effect::StorageSet { key, value } => {
                // Only programs have storage; bytecode has no instruction for it.
                let store = store.ok_or(Error::<T>::UnknownProgram)?;
                store.set(key, value.as_deref());
            }
            Effect::Transfer { to, amount } => {
                let to = T::AccountId::from(*to);
                let amount = (*amount)
                    .try_into()
                    .map_err(|_| ArithmeticError::Overflow)?;
                T::Currency::transfer(author.account, &to, amount, Preservation::Preserve)?;
            }
            Effect::Emitted { data } => Self::deposit_event(Event::Emitted {
                program: author.account.clone(),
                data: data.clone(),
            }),
            // The last one is no longer among them; before another one it means nothing.
            Effect::Terminated { .. } => return Err(Error::<T>::HostFailed.into()),
        }
        Ok(())
    }

    /// Write the counts of a program's storage back and bring its deposit to them.
    fn settle_storage(
        author: &Author<'_, T>,
        store: Option<Store<T>>,
    ) -> Result<DepositChange<BalanceOf<T>>, DispatchError> {
        let Some(mut program) = store
            .filter(|store| store.touched)
            .map(|store| store.program)
        else {
            return Ok(DepositChange::Charged(Zero::zero()));
        };
        let target = Self::deposit_for(program.items, program.bytes)?;
        let change = Self::adjust_deposit(author.account, author.caller, program.deposit, target)?;
        program.deposit = target;
        Programs::<T>::insert(author.account, program);
        Ok(change)
    }

    /// Keep committed results, the latest [`Config::MaxRecords`] of each author.
    fn record(
        author: &Author<'_, T>,
        committed: Vec<Record<T>>,
    ) -> Result<DepositChange<BalanceOf<T>>, DispatchError> {
        if committed.is_empty() {
            return Ok(DepositChange::Charged(Zero::zero()));
        }
        Records::<T>::try_mutate(author.account, |book| {
            for record in committed {
                if book.records.is_full() {
                    book.records.remove(0);
                }
                // There is room now, unless the runtime keeps none at all.
                let _ = book.records.try_push(record);
            }
            let length = book.records.len();
            let bytes = Record::<T>::max_encoded_len().saturating_mul(length);
            let target = Self::deposit_for(length.saturated_into(), bytes.saturated_into())?;
            let change = Self::adjust_deposit(author.account, author.caller, book.deposit, target)?;
            book.deposit = target;
            Ok(change)
        })
    }

    /// Remove an account's own records; a program's stay.
    pub(crate) fn do_clear_records(author: T::AccountId) -> DispatchResult {
        ensure!(
            !Programs::<T>::contains_key(&author),
            Error::<T>::RecordsOfProgram
        );
        ensure!(Records::<T>::contains_key(&author), Error::<T>::NoRecords);
        let deposit = Records::<T>::take(&author).deposit;
        Self::adjust_deposit(&author, &author, deposit, Zero::zero())?;
        Self::deposit_event(Event::RecordsCleared { author, deposit });
        Ok(())
    }
}

impl<T: Config> Store<T> {
    /// Set or clear an entry, and count it.
    fn set(&mut self, key: &[u8], value: Option<&[u8]>) {
        let place = lattice_host::storage_key(key);
        let before = child::len(&self.trie, &place).map(|length| entry_bytes(key, length));
        let after = value.map(|value| entry_bytes(key, value.len().saturated_into()));
        match value {
            Some(value) => child::put_raw(&self.trie, &place, value),
            None => child::kill(&self.trie, &place),
        }
        self.touched = true;
        let program = &mut self.program;
        program.items = program
            .items
            .saturating_sub(before.is_some().into())
            .saturating_add(after.is_some().into());
        program.bytes = program
            .bytes
            .saturating_sub(before.unwrap_or(0))
            .saturating_add(after.unwrap_or(0));
    }
}

/// What an entry counts in [`Program::bytes`].
pub(crate) fn entry_bytes(key: &[u8], value_len: u32) -> u64 {
    u64::from(value_len).saturating_add(key.len().saturated_into())
}
