//! The end of a program: everything of it is given back.

use crate::journal::Author;
use crate::*;
use frame::deps::frame_support::storage::child;
use frame::prelude::*;
use frame::traits::fungible::{Inspect, Mutate};
use frame::traits::tokens::Preservation;
use lattice_primitives::DepositChange;

impl<T: Config> Pallet<T> {
    /// Remove a program as its last effect says. Its deposits go to the caller, as whenever
    /// storage is freed; what its account then has, the existential deposit included, goes
    /// to the beneficiary.
    pub(crate) fn end_program(
        author: &Author<'_, T>,
        program: Program<T>,
        beneficiary: T::AccountId,
    ) -> Result<DepositChange<BalanceOf<T>>, DispatchError> {
        let account = author.account;
        Codes::<T>::try_mutate(program.code_hash, |slot| {
            let code = slot.as_mut().ok_or(Error::<T>::UnknownCode)?;
            code.references = code
                .references
                .checked_sub(1)
                .ok_or(DispatchError::Corruption)?;
            Ok::<(), DispatchError>(())
        })?;
        Programs::<T>::remove(account);
        // Nobody else could free the records of a program that is gone.
        let recorded = Records::<T>::take(account).deposit;
        let deposit = program
            .deposit
            .checked_add(&recorded)
            .ok_or(ArithmeticError::Overflow)?;
        let change = Self::adjust_deposit(account, author.caller, deposit, Zero::zero())?;
        let amount = T::Currency::balance(account);
        T::Currency::transfer(account, &beneficiary, amount, Preservation::Expendable)?;
        // Last, so that it is never taken back: removing goes through the entries that the
        // trie had when the block began, cleared ones included, and no program has this trie
        // again. The program paid for each.
        let _ = child::clear_storage(&Self::storage_of(account, program.storage), None, None);
        Self::deposit_event(Event::Terminated {
            program: account.clone(),
            code_hash: program.code_hash,
            beneficiary,
            amount,
            deposit,
        });
        Ok(change)
    }
}
