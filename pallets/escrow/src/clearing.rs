//! Payments out of many escrows, each account's together.
//!
//! A batch of results pays one provider, a few model owners and the treasury, out of as many escrows
//! as it has requests. Made one by one, that is three movements per request beside the release of the
//! rest. Here every payer's sum goes to the treasury, and from there every payee's sum to the payee: two
//! movements per payer, and one per payee.
//!
//! Nothing else becomes of a payment than of one by [`Escrow::pay`]: what a payee refuses stays with the
//! treasury. Where the treasury refuses a payer's sum, and while it has not the existential deposit of
//! its own, so that what passes through would bring it to life or leave dust, payments are made one by one.

use crate::{Escrow, Payment};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::prelude::*;
use frame::traits::fungible::{Mutate, MutateHold};
use frame::traits::tokens::Preservation;

/// What an escrow owes somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due<Key, AccountId, Balance> {
    /// What it is owed for.
    pub key: Key,
    /// Whose money it is.
    pub payer: AccountId,
    /// Whose it becomes; that of the payer is no longer on hold then.
    pub payee: AccountId,
    /// In planck; not zero.
    pub amount: Balance,
}

/// How many accounts payments were made by and to: what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// Accounts whose escrow paid, or went back to them in part.
    pub payers: u32,
    /// Accounts that were paid, the treasury apart. A payment that is made alone counts as a party of
    /// its own on either side.
    pub payees: u32,
}

/// Payments that are to be made together.
#[derive(Debug)]
#[must_use = "nothing is paid before they are made"]
pub struct Clearing<Key, AccountId, Balance>(Vec<Due<Key, AccountId, Balance>>);

impl<Key, AccountId, Balance> Default for Clearing<Key, AccountId, Balance> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<Key, AccountId: Ord + Clone, Balance: Saturating + Zero + Copy + PartialOrd>
    Clearing<Key, AccountId, Balance>
{
    /// Add a payment, unless it is of nothing.
    pub fn add(&mut self, key: Key, payer: &AccountId, payee: &AccountId, amount: Balance) {
        if !amount.is_zero() {
            self.0.push(Due {
                key,
                payer: payer.clone(),
                payee: payee.clone(),
                amount,
            });
        }
    }

    /// Make all payments, out of what is on hold for this reason. Each that does not reach its payee is
    /// told to `failed`, with what became of it. Returns how many accounts took part.
    pub fn make<Currency>(
        self,
        reason: impl Fn() -> Currency::Reason,
        treasury: &AccountId,
        mut failed: impl FnMut(&Due<Key, AccountId, Balance>, Payment),
    ) -> Parties
    where
        Currency: MutateHold<AccountId, Balance = Balance> + Mutate<AccountId, Balance = Balance>,
    {
        let escrow = |payer| Escrow::<_, Currency> {
            reason: reason(),
            payer,
            treasury: treasury.clone(),
        };
        let (own, owed): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|due| due.payee == due.payer);

        let alive = Currency::balance(treasury) >= Currency::minimum_balance();
        let mut collected = BTreeSet::new();
        for (payer, sum) in sums(&owed, |due| &due.payer) {
            // The treasury's own escrow is paid as it is.
            if alive && payer != treasury && escrow(payer).credit(treasury, sum).is_ok() {
                collected.insert(payer);
            }
        }
        let (collected, others): (Vec<_>, Vec<_>) =
            owed.iter().partition(|due| collected.contains(&due.payer));
        let alone = others.len();
        for due in others {
            match escrow(&due.payer).pay(&due.payee, due.amount) {
                Payment::Made => {}
                other => failed(due, other),
            }
        }

        let mut refused = BTreeSet::new();
        let paid_to = sums(collected.iter().copied(), |due| &due.payee);
        let payees = paid_to.keys().filter(|payee| **payee != treasury).count();
        for (payee, sum) in paid_to {
            let paid = payee == treasury
                || with_storage_layer(|| {
                    Currency::transfer(treasury, payee, sum, Preservation::Preserve)
                })
                .is_ok();
            if !paid {
                refused.insert(payee);
            }
        }
        for due in collected {
            if refused.contains(&due.payee) {
                failed(due, Payment::Diverted);
            }
        }

        for (payer, sum) in sums(&own, |due| &due.payer) {
            match escrow(payer).pay(payer, sum) {
                Payment::Made => {}
                other => own
                    .iter()
                    .filter(|due| due.payer == *payer)
                    .for_each(|due| failed(due, other)),
            }
        }

        let payers: BTreeSet<&AccountId> = own.iter().chain(&owed).map(|due| &due.payer).collect();
        Parties {
            payers: payers.len().saturating_add(alone).saturated_into(),
            payees: payees.saturating_add(alone).saturated_into(),
        }
    }
}

/// The sum of what is due, by account.
fn sums<'a, Key: 'a, AccountId: Ord + 'a, Balance: Saturating + Zero + Copy + 'a>(
    dues: impl IntoIterator<Item = &'a Due<Key, AccountId, Balance>>,
    account: impl Fn(&'a Due<Key, AccountId, Balance>) -> &'a AccountId,
) -> BTreeMap<&'a AccountId, Balance> {
    let mut sums = BTreeMap::new();
    for due in dues {
        let sum = sums.entry(account(due)).or_insert_with(Zero::zero);
        // What overflows is more than there is, and is refused.
        *sum = due.amount.saturating_add(*sum);
    }
    sums
}
