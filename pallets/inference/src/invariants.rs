//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use frame::prelude::*;
use lattice_escrow::Holds;
use pallet_compute_providers::{Loads, Market};

impl<T: Config> Pallet<T> {
    /// Escrow on hold is the open requests' price, collateral is locked for them, and the
    /// indexes by provider, deadline and account agree with requests and records.
    pub fn check_invariants() -> DispatchResult {
        let mut escrows = Holds::<T::AccountId, BalanceOf<T>>::default();
        let mut loads = Loads::<T::AccountId, BalanceOf<T>>::default();
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
            let bill = request.price.total().ok_or("a bill overflows")?;
            ensure!(bill <= request.escrow, "a bill above its escrow");
            escrows.add(&request.requester, &request.escrow)?;
            open = open.saturating_add(1);
            if has_provider {
                assigned = assigned.saturating_add(1);
                loads.add(&request.provider, &request.collateral)?;
            }
        }
        ensure!(
            AssignedTo::<T>::iter_keys().count() == assigned,
            "assignments and requests with a provider differ in number"
        );
        ensure!(
            Due::<T>::iter_keys().count() == open,
            "deadlines and open requests differ in number"
        );
        escrows.check::<T::Currency>(
            HoldReason::Escrow.into(),
            "escrow on hold differs from the requests'",
        )?;
        loads.check(T::Providers::load)?;
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
