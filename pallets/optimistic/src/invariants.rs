//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame::prelude::*;
use frame::traits::fungible::InspectHold;
use pallet_compute_providers::Market;
use pallet_disputes::Court;
use pallet_inference::OrderedId;

/// Amounts by account.
type Sums<T> = BTreeMap<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
    /// Escrows and bonds on hold are the open requests', collateral is locked for them, each
    /// challenge has an open dispute, and the indexes by provider, result and deadline agree with
    /// the requests.
    pub fn check_invariants() -> DispatchResult {
        let mut escrows = Sums::<T>::new();
        let mut bonds = Sums::<T>::new();
        let mut locked = Sums::<T>::new();
        let (mut open, mut posted, mut due) = (0usize, 0usize, 0usize);
        for (id, request) in Requests::<T>::iter() {
            let ordered = OrderedId::from(id);
            ensure!(
                request.price.total() == Some(request.escrow),
                "an escrow that is not the price"
            );
            ensure!(
                request.collateral >= request.bond,
                "a collateral under the bond"
            );
            ensure!(
                AssignedTo::<T>::contains_key(&request.provider, ordered),
                "open request that its provider does not list"
            );
            ensure!(
                Results::<T>::contains_key(ordered) == request.posted.is_some(),
                "a result that is not listed, or a list without one"
            );
            if let Some(block) = request.due() {
                ensure!(
                    Due::<T>::contains_key(block, ordered),
                    "open request that is never due"
                );
                ensure!(
                    block >= NextDue::<T>::get(),
                    "open request behind the cursor"
                );
                due = due.saturating_add(1);
            }
            let challengers: BTreeSet<_> = request
                .challenges()
                .iter()
                .map(|challenge| &challenge.challenger)
                .collect();
            ensure!(
                challengers.len() == request.challenges().len(),
                "an account that challenges twice"
            );
            ensure!(
                !challengers.contains(&request.provider),
                "a provider that challenges itself"
            );
            for challenge in request.challenges() {
                ensure!(
                    T::Court::is_open(challenge.dispute),
                    "a challenge without a dispute"
                );
                add::<T>(&mut bonds, &challenge.challenger, request.bond)?;
            }
            add::<T>(&mut escrows, &request.requester, request.escrow)?;
            add::<T>(&mut locked, &request.provider, request.collateral)?;
            open = open.saturating_add(1);
            posted = posted.saturating_add(usize::from(request.posted.is_some()));
        }
        ensure!(
            AssignedTo::<T>::iter_keys().count() == open,
            "assignments and open requests differ in number"
        );
        ensure!(
            Results::<T>::iter_keys().count() == posted,
            "listed results and posted ones differ in number"
        );
        ensure!(
            Due::<T>::iter_keys().count() == due,
            "deadlines and undisputed requests differ in number"
        );
        for (reason, sums) in [(HoldReason::Escrow, escrows), (HoldReason::Bond, bonds)] {
            for (who, sum) in sums {
                let held = T::Currency::balance_on_hold(&reason.into(), &who);
                ensure!(held == sum, "an amount on hold differs from the requests'");
            }
        }
        for (provider, sum) in locked {
            // Other pallets' requests lock collateral, too.
            ensure!(
                T::Providers::load(&provider).is_some_and(|(_, all)| all >= sum),
                "less is locked of a stake than its requests' collateral"
            );
        }
        Ok(())
    }
}

fn add<T: Config>(sums: &mut Sums<T>, who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
    let sum = sums.entry(who.clone()).or_insert_with(Zero::zero);
    *sum = sum.checked_add(&amount).ok_or("a sum overflows")?;
    Ok(())
}
