//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::journal::entry_bytes;
use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame::deps::frame_support::storage::child;
use frame::deps::sp_io::default_child_storage;
use frame::prelude::*;
use frame::traits::fungible::{Inspect, InspectHold};

/// Bytes of the hash before a key in a program's storage.
const KEY_HASH_LEN: usize = 16;

type Deposits<T> = BTreeMap<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
    /// Deposits on hold are what codes, programs and records say; codes count the programs
    /// that run them; lengths and counts are those of the bytes that are stored.
    pub fn check_invariants() -> DispatchResult {
        Self::check_codes()?;
        Self::check_programs()
    }

    fn check_codes() -> DispatchResult {
        let mut references = BTreeMap::<H256, u32>::new();
        for program in Programs::<T>::iter_values() {
            let count = references.entry(program.code_hash).or_default();
            *count = count.saturating_add(1);
        }
        let mut deposits = Deposits::<T>::new();
        let mut codes: usize = 0;
        for (code_hash, code) in Codes::<T>::iter() {
            let stored = PreparedCodes::<T>::decode_len(code_hash);
            ensure!(
                stored == usize::try_from(code.prepared_len).ok(),
                "a code's length differs from its bytes'"
            );
            ensure!(
                code.references == references.remove(&code_hash).unwrap_or(0),
                "a code's references differ from its programs"
            );
            add::<T>(&mut deposits, code.owner, code.deposit)?;
            codes = codes.saturating_add(1);
        }
        ensure!(references.is_empty(), "a program without code");
        ensure!(
            PreparedCodes::<T>::iter_keys().count() == codes,
            "instrumented code without its details"
        );
        ensure_held::<T>(HoldReason::CodeDeposit, deposits)
    }

    fn check_programs() -> DispatchResult {
        let mut deposits = Deposits::<T>::new();
        let mut numbers = BTreeSet::new();
        for (account, program) in Programs::<T>::iter() {
            ensure!(
                program.storage < ProgramsMade::<T>::get() && numbers.insert(program.storage),
                "a program whose storage has no number of its own"
            );
            let (items, bytes) = Self::count_storage(&account, program.storage)?;
            ensure!(
                (program.items, program.bytes) == (items, bytes),
                "a program's counts differ from its storage"
            );
            ensure!(
                T::Currency::balance(&account) >= T::Currency::minimum_balance(),
                "a program under the existential deposit"
            );
            add::<T>(&mut deposits, account, program.deposit)?;
        }
        for (author, book) in Records::<T>::iter() {
            ensure!(!book.records.is_empty(), "a book without records");
            add::<T>(&mut deposits, author, book.deposit)?;
        }
        ensure_held::<T>(HoldReason::StorageDeposit, deposits)
    }

    /// Entries of a program's storage, and bytes of their keys and values.
    fn count_storage(account: &T::AccountId, number: u64) -> Result<(u32, u64), DispatchError> {
        let trie = Self::storage_of(account, number);
        let (mut items, mut bytes) = (0u32, 0u64);
        let mut place = alloc::vec::Vec::new();
        while let Some(next) = default_child_storage::next_key(trie.storage_key(), &place) {
            let key = next.get(KEY_HASH_LEN..).ok_or("a key without its hash")?;
            let length = child::len(&trie, &next).ok_or("a key without value")?;
            items = items.saturating_add(1);
            bytes = bytes.saturating_add(entry_bytes(key, length));
            place = next;
        }
        Ok((items, bytes))
    }
}

fn add<T: Config>(
    deposits: &mut Deposits<T>,
    account: T::AccountId,
    deposit: BalanceOf<T>,
) -> DispatchResult {
    let sum = deposits.entry(account).or_insert_with(Zero::zero);
    *sum = sum
        .checked_add(&deposit)
        .ok_or("sum of deposits overflows")?;
    Ok(())
}

fn ensure_held<T: Config>(reason: HoldReason, deposits: Deposits<T>) -> DispatchResult {
    let reason = reason.into();
    for (account, deposit) in deposits {
        ensure!(
            T::Currency::balance_on_hold(&reason, &account) == deposit,
            "deposits on hold differ from what is stored"
        );
    }
    Ok(())
}
