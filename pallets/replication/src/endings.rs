//! What every ending pays, fines and records.
//!
//! None of this can fail: a request that ends, ends. Payments fall back (see `payments`), fines burn
//! what nobody can take.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{Ending, Failure, Price, ReplicaAppeal, RequestId, Verification};
use pallet_compute_providers::{Fine, Market};
use pallet_disputes::Court;
use pallet_inference::{Ended, Ledger, OrderedId};

/// What becomes of a replica that was in time, when its request ends.
pub(crate) enum Fate<T: Config> {
    /// It was right, as far as the chain knows: it is paid, and its collateral is free.
    Paid,
    /// Nothing is known against it: its collateral is free.
    Free,
    /// It failed.
    Fined(Failure, Fine<T::AccountId, BalanceOf<T>>),
}

impl<T: Config> Pallet<T> {
    /// End a request: pay and fine its replicas, the owner of the model once if anybody was right,
    /// give the rest back to the requester, and leave the record.
    ///
    /// Disputes that are still open are closed.
    pub(crate) fn conclude(
        id: RequestId,
        request: Request<T>,
        ending: Ending,
        fate: impl Fn(&Replica<T>) -> Fate<T>,
    ) {
        let payer = &request.requester;
        let mut price = Price::<BalanceOf<T>> {
            compute: Zero::zero(),
            royalty: Zero::zero(),
            fee: Zero::zero(),
        };
        let (mut agreed, mut failed) = (Vec::new(), Vec::new());
        let mut output = None;
        Self::forget(id, &request);
        for replica in &request.replicas {
            let (provider, collateral) = (&replica.provider, replica.collateral);
            let shown = Outputs::<T>::take(id, provider);
            if let Progress::Revealed {
                appeal: ReplicaAppeal::Disputed(dispute),
                ..
            } = replica.progress
            {
                T::Court::close(dispute);
            }
            if !replica.is_bound() {
                failed.push((provider.clone(), Failure::Late));
                continue;
            }
            match fate(replica) {
                Fate::Paid => {
                    Self::pay(id, payer, provider, replica.compute);
                    price.compute = price.compute.saturating_add(replica.compute);
                    price.fee = price.fee.saturating_add(replica.fee);
                    T::Providers::settle(provider, request.model, collateral, payer, replica.fee);
                    agreed.push(provider.clone());
                    // Those that are right have shown the same.
                    output = output.or(shown);
                }
                Fate::Free => T::Providers::release(provider, request.model, collateral),
                Fate::Fined(failure, fine) => {
                    let slashed = T::Providers::fail(
                        provider,
                        request.model,
                        collateral,
                        fine,
                        failure,
                        replica.fee,
                    );
                    failed.push((provider.clone(), failure));
                    Self::deposit_event(Event::Failed {
                        request: id,
                        provider: provider.clone(),
                        failure,
                        slashed,
                    });
                }
            }
        }
        if !agreed.is_empty() {
            price.royalty = request.royalty;
            Self::pay(id, payer, &request.owner, price.royalty);
            Self::pay(id, payer, &T::Treasury::get(), price.fee);
        }
        let paid = price.compute.saturating_add(price.royalty);
        let paid = paid.saturating_add(price.fee);
        Self::pay(id, payer, payer, request.escrow.saturating_sub(paid));
        Self::deposit_event(Event::Concluded {
            request: id,
            ending,
            agreed: agreed.clone(),
            price,
        });
        // Where nobody was paid and nobody failed, the record names the first of them.
        let provider = agreed
            .first()
            .or(failed.last().map(|(provider, _)| provider))
            .or(request.replicas.first().map(|replica| &replica.provider))
            .unwrap_or(payer)
            .clone();
        T::Ledger::record(Ended {
            request: id,
            context: T::Ledger::context(id, &request.content, &provider, &request.model_hash),
            provider,
            requester: request.requester,
            model: request.model,
            model_hash: request.model_hash,
            input_commitment: request.input_commitment,
            output: output.map(BoundedVec::into_inner),
            price,
            verification: Verification::Replicated {
                n: request.n,
                k: request.k,
            },
            agreed,
            ending,
            failed,
            requested_at: request.requested_at,
        });
    }

    /// Put a request into a stage, and list it by when that is over.
    pub(crate) fn enter(id: RequestId, mut request: Request<T>, stage: Stage<BlockNumberFor<T>>) {
        Due::<T>::remove(request.stage.due(), OrderedId::from(id));
        request.stage = stage;
        Due::<T>::insert(stage.due(), OrderedId::from(id), ());
        Requests::<T>::insert(id, request);
    }

    /// Take a request off the open ones and their lists; the outputs stay.
    fn forget(id: RequestId, request: &Request<T>) {
        Due::<T>::remove(request.stage.due(), OrderedId::from(id));
        for replica in &request.replicas {
            ReplicasOf::<T>::remove(&replica.provider, OrderedId::from(id));
        }
        Inputs::<T>::remove(id);
        Requests::<T>::remove(id);
    }
}
