//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::BTreeMap;
use frame::prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::Price;
use pallet_compute_providers::Market;

impl<T: Config> Pallet<T> {
    /// Escrow on hold is the open requests' price, collateral is locked for them, and the
    /// indexes by provider, deadline and account agree with requests and records.
    pub fn check_invariants() -> DispatchResult {
        let mut escrows = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
        let mut loads = BTreeMap::<T::AccountId, (u32, BalanceOf<T>)>::new();
        let (mut open, mut assigned) = (0usize, 0usize);
        for (id, request) in Requests::<T>::iter() {
            let ordered = OrderedId::from(id);
            ensure!(
                id < NextRequest::<T>::get(),
                "request not below NextRequest"
            );
            ensure!(
                !Records::<T>::contains_key(id),
                "open request with a record"
            );
            let has_provider = request.has_provider();
            ensure!(
                AssignedTo::<T>::contains_key(&request.provider, ordered) == has_provider,
                "open request that its provider does not list, or a former one does"
            );
            ensure!(
                Due::<T>::contains_key(request.due(), ordered),
                "open request that is never due"
            );
            ensure!(
                request.due() >= NextDue::<T>::get(),
                "open request behind the cursor"
            );
            let Price {
                compute,
                royalty,
                fee,
            } = request.price;
            let bill = compute
                .checked_add(&royalty)
                .and_then(|sum| sum.checked_add(&fee))
                .ok_or("a bill overflows")?;
            ensure!(bill <= request.escrow, "a bill above its escrow");
            let escrow = escrows.entry(request.requester).or_insert_with(Zero::zero);
            *escrow = escrow
                .checked_add(&request.escrow)
                .ok_or("sum of escrows overflows")?;
            open = open.saturating_add(1);
            if !has_provider {
                continue;
            }
            assigned = assigned.saturating_add(1);
            let (running, locked) = loads
                .entry(request.provider)
                .or_insert_with(|| (0, Zero::zero()));
            *running = running.saturating_add(1);
            *locked = locked
                .checked_add(&request.collateral)
                .ok_or("sum of collateral overflows")?;
        }
        ensure!(
            AssignedTo::<T>::iter_keys().count() == assigned,
            "assignments and requests with a provider differ in number"
        );
        ensure!(
            Due::<T>::iter_keys().count() == open,
            "deadlines and open requests differ in number"
        );
        for (requester, escrow) in escrows {
            let held = T::Currency::balance_on_hold(&HoldReason::Escrow.into(), &requester);
            ensure!(held == escrow, "escrow on hold differs from the requests'");
        }
        for (provider, (running, locked)) in loads {
            // Requests of other tiers run and lock collateral, too.
            let load = T::Providers::load(&provider);
            ensure!(
                load.is_some_and(|(all, stake)| all >= running && stake >= locked),
                "a provider's load is less than its assignments"
            );
        }
        for (id, record) in Records::<T>::iter() {
            let ordered = OrderedId::from(id);
            ensure!(
                RecordsOf::<T>::contains_key(&record.requester, ordered)
                    && RecordsOf::<T>::contains_key(&record.provider, ordered),
                "a record that its accounts do not list"
            );
        }
        Ok(())
    }
}
