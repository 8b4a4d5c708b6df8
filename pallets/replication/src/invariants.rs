//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use frame::prelude::*;
use lattice_escrow::Holds;
use lattice_primitives::{ReplicaAppeal, RequestId};
use pallet_compute_providers::{Loads, Market};
use pallet_disputes::Court;
use pallet_inference::OrderedId;

/// How many entries the lists must have.
#[derive(Default)]
struct Listed {
    open: usize,
    due: usize,
    replicas: usize,
    outputs: usize,
}

impl<T: Config> Pallet<T> {
    /// Escrow on hold is the open requests', their providers have the collateral locked, no price
    /// is above its escrow, and inputs, outputs and indexes agree with requests and replicas.
    pub fn check_invariants() -> DispatchResult {
        let mut escrows = Holds::<T::AccountId, BalanceOf<T>>::default();
        let mut loads = Loads::<T::AccountId, BalanceOf<T>>::default();
        let mut listed = Listed::default();
        for (id, request) in Requests::<T>::iter() {
            Self::check_due(id, &request, &mut listed)?;
            Self::check_stage(&request)?;
            ensure!(
                Inputs::<T>::contains_key(id),
                "open request without its input"
            );
            listed.open = listed.open.saturating_add(1);
            let mut sum = request.royalty;
            for replica in &request.replicas {
                let who = &replica.provider;
                ensure!(
                    ReplicasOf::<T>::contains_key(who, OrderedId::from(id)),
                    "open request that a replica does not list"
                );
                listed.replicas = listed.replicas.saturating_add(1);
                ensure!(
                    Outputs::<T>::contains_key(id, who) == replica.finding().is_some(),
                    "an output that was not shown, or is lost"
                );
                listed.outputs = listed
                    .outputs
                    .saturating_add(usize::from(replica.finding().is_some()));
                sum = sum
                    .checked_add(&replica.compute)
                    .and_then(|sum| sum.checked_add(&replica.fee))
                    .ok_or("a price overflows")?;
                if let Progress::Revealed {
                    appeal: ReplicaAppeal::Disputed(dispute),
                    ..
                } = replica.progress
                {
                    ensure!(
                        T::Court::is_open(dispute),
                        "a dispute that is over, and its replica was not told"
                    );
                }
                if replica.is_bound() {
                    loads.add(who, &replica.collateral)?;
                }
            }
            ensure!(
                request.replicas.is_empty() || sum <= request.escrow,
                "a price above its escrow"
            );
            escrows.add(&request.requester, &request.escrow)?;
        }
        ensure!(
            Due::<T>::iter_keys().count() == listed.due,
            "deadlines and requests that are due differ in number"
        );
        ensure!(
            ReplicasOf::<T>::iter_keys().count() == listed.replicas,
            "a list has a request that is not there"
        );
        ensure!(
            Inputs::<T>::iter_keys().count() == listed.open,
            "an input without its request"
        );
        ensure!(
            Outputs::<T>::iter_keys().count() == listed.outputs,
            "an output without its replica"
        );
        escrows.check::<T::Currency>(
            HoldReason::Escrow.into(),
            "escrow on hold differs from the requests'",
        )?;
        loads.check(T::Providers::load)
    }

    /// Every request comes due, but one that waits for the end of its disputes.
    fn check_due(id: RequestId, request: &Request<T>, listed: &mut Listed) -> DispatchResult {
        let due = request.stage.due();
        if !Due::<T>::contains_key(due, OrderedId::from(id)) {
            ensure!(
                matches!(request.stage, Stage::Appealing { .. }) && request.is_disputed(),
                "open request that is never due"
            );
            return Ok(());
        }
        ensure!(due >= NextDue::<T>::get(), "open request behind the cursor");
        listed.due = listed.due.saturating_add(1);
        Ok(())
    }

    /// Replicas have done what the stage of their request says.
    fn check_stage(request: &Request<T>) -> DispatchResult {
        let drawn = request.replicas.len();
        let committed = request.count(|so_far| matches!(so_far, Progress::Committed(_)));
        let revealed = request.count(|so_far| matches!(so_far, Progress::Revealed { .. }));
        let late = request.count(|so_far| *so_far == Progress::Late);
        let idle = request.count(|so_far| *so_far == Progress::Drawn);
        let all = usize::from(request.n);
        let as_it_should_be = match request.stage {
            Stage::Waiting { .. } => drawn == 0,
            Stage::Committing { .. } => drawn == all && idle != 0 && revealed == 0 && late == 0,
            Stage::Revealing { .. } => drawn == all && idle == 0 && committed != 0,
            Stage::Appealing { .. } => {
                let majority = request.majority();
                let mut findings = request.replicas.iter().filter_map(Replica::finding);
                drawn == all
                    && idle == 0
                    && committed == 0
                    && (majority.is_some() || request.vk_id.is_some())
                    && findings.any(|finding| Some(finding) != majority)
            }
        };
        ensure!(
            as_it_should_be,
            "replicas that are not as far as their stage"
        );
        Ok(())
    }
}
