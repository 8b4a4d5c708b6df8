//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::BTreeSet;
use frame::prelude::*;
use lattice_escrow::Holds;
use lattice_primitives::MAX_REPLICAS;
use pallet_compute_providers::{Loads, Market};
use pallet_disputes::Court;
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// Escrows and bonds on hold are the open requests', collateral is locked for those that a
    /// provider has, each challenge has an open dispute, and the indexes by provider, result and
    /// deadline agree with the requests. What waits has neither provider nor result.
    pub fn check_invariants() -> DispatchResult {
        let mut escrows = Holds::<T::AccountId, BalanceOf<T>>::default();
        let mut bonds = Holds::<T::AccountId, BalanceOf<T>>::default();
        let mut loads = Loads::<T::AccountId, BalanceOf<T>>::default();
        let (mut assigned, mut posted, mut due) = (0usize, 0usize, 0usize);
        for (id, request) in Requests::<T>::iter() {
            let ordered = OrderedId::from(id);
            Self::check_attempts(&request)?;
            let has_provider = request.has_provider();
            ensure!(
                request.collateral >= request.bond,
                "a collateral under the bond"
            );
            ensure!(
                AssignedTo::<T>::contains_key(&request.provider, ordered) == has_provider,
                "open request that its provider does not list, or a former one does"
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
                bonds.add(&challenge.challenger, &request.bond)?;
            }
            escrows.add(&request.requester, &request.escrow)?;
            if has_provider {
                loads.add(&request.provider, &request.collateral)?;
                assigned = assigned.saturating_add(1);
            }
            posted = posted.saturating_add(usize::from(request.posted.is_some()));
        }
        ensure!(
            AssignedTo::<T>::iter_keys().count() == assigned,
            "assignments and requests with a provider differ in number"
        );
        ensure!(
            Results::<T>::iter_keys().count() == posted,
            "listed results and posted ones differ in number"
        );
        ensure!(
            Due::<T>::iter_keys().count() == due,
            "deadlines and undisputed requests differ in number"
        );
        escrows.check::<T::Currency>(
            HoldReason::Escrow.into(),
            "escrow on hold differs from the requests'",
        )?;
        bonds.check::<T::Currency>(
            HoldReason::Bond.into(),
            "bonds on hold differ from the challenges'",
        )?;
        loads.check(T::Providers::load)
    }

    /// A request's attempts are in order: who has failed it does not have it, its escrow covers the
    /// bill, and if it waits there is somebody who failed, somebody who may try, and no result.
    fn check_attempts(request: &Request<T>) -> DispatchResult {
        let has_provider = request.has_provider();
        let over = request.failed.len().saturating_add(has_provider.into());
        let attempts = request.attempts_left.saturating_add(over.saturated_into());
        ensure!(
            attempts <= MAX_REPLICAS,
            "a request with more attempts than a record names"
        );
        let total = request.price.total().ok_or("a bill overflows")?;
        ensure!(total <= request.escrow, "a bill above its escrow");
        ensure!(
            attempts > 1 || total == request.escrow,
            "one attempt, and an escrow that is not the price"
        );
        let mut failed = request.failed.iter().map(|(provider, _)| provider);
        if has_provider {
            ensure!(
                failed.all(|provider| *provider != request.provider),
                "a request at a provider that has failed it"
            );
        } else {
            ensure!(
                failed.last() == Some(&request.provider),
                "a request that waits, and not for its provider's failure"
            );
            ensure!(
                request.attempts_left > 0 && request.posted.is_none(),
                "a request that waits for nothing, or with a result"
            );
        }
        Ok(())
    }
}
