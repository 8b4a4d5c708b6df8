//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use frame::prelude::*;
use lattice_escrow::Holds;
use lattice_primitives::PrivateStatus;
use pallet_compute_providers::{Loads, Market};
use pallet_inference::{Ledger, OrderedId};

impl<T: Config> Pallet<T> {
    /// Escrow on hold is the open requests' price, collateral is locked for them, the indexes by
    /// provider and deadline and the opened inputs agree with the requests, a request has a proof if and
    /// only if its output waits, and the ledger has given out its number and has no record of it.
    pub fn check_invariants() -> DispatchResult {
        let mut escrows = Holds::<T::AccountId, BalanceOf<T>>::default();
        let mut loads = Loads::<T::AccountId, BalanceOf<T>>::default();
        let (mut open, mut opened) = (0usize, 0usize);
        for (id, request) in Requests::<T>::iter() {
            let ordered = OrderedId::from(id);
            Self::check_stage(&request)?;
            ensure!(
                T::Ledger::may_be_open(id),
                "open request with a number that was not given out, or with a record"
            );
            ensure!(
                AssignedTo::<T>::contains_key(&request.provider, ordered),
                "open request that its provider does not list"
            );
            ensure!(
                Due::<T>::contains_key(request.due(), ordered),
                "open request that is never due"
            );
            ensure!(
                request.due() >= NextDue::<T>::get(),
                "open request behind the cursor"
            );
            ensure!(
                Inputs::<T>::contains_key(id) == request.opened,
                "an opened input that is not there, or one that is not opened"
            );
            open = open.saturating_add(1);
            opened = opened.saturating_add(request.opened.into());
            escrows.add(&request.requester, &request.escrow)?;
            loads.add(&request.provider, &request.collateral)?;
        }
        ensure!(
            AssignedTo::<T>::iter_keys().count() == open,
            "assignments and open requests differ in number"
        );
        ensure!(
            Due::<T>::iter_keys().count() == open,
            "deadlines and open requests differ in number"
        );
        ensure!(
            Inputs::<T>::iter_keys().count() == opened,
            "inputs and opened requests differ in number"
        );
        escrows.check::<T::Currency>(
            HoldReason::Escrow.into(),
            "escrow on hold differs from the requests'",
        )?;
        loads.check(T::Providers::load)
    }

    /// A request is billed what it holds, has a proof when its output waits, and that only where the
    /// output is private; what is opened was claimed before, and is not claimed again.
    fn check_stage(request: &Request<T>) -> DispatchResult {
        ensure!(
            request.price.total() == Some(request.escrow),
            "an escrow that is not the price"
        );
        ensure!(
            request.shown.is_none() == request.is_owed(),
            "a proof that nobody waits for, or an output without one"
        );
        ensure!(
            request.is_owed() || request.output_private,
            "a posted output that waits"
        );
        ensure!(
            !(request.opened && matches!(request.status, PrivateStatus::Claimed { .. })),
            "a claim about an input that is open"
        );
        Ok(())
    }
}
