//! The end of each phase: who was late, what has a quorum, and what that settles.

use crate::endings::Fate;
use crate::*;
use frame::prelude::*;
use lattice_primitives::{Ending, Failure, RequestId};
use pallet_compute_providers::{Fine, Market};
use pallet_inference::Ledger;

impl<T: Config> Pallet<T> {
    /// Do what is due for a request when its phase is over.
    ///
    /// A request whose window to appeal is over while a dispute is open stays as it is: the end of
    /// its last dispute takes it on.
    pub(crate) fn proceed(id: RequestId, request: Request<T>) {
        match request.stage {
            Stage::Waiting { .. } => Self::draw(id, request),
            Stage::Committing { .. } => Self::end_committing(id, request),
            Stage::Revealing { .. } => Self::end_revealing(id, request),
            Stage::Appealing { .. } if request.is_disputed() => {}
            Stage::Appealing { .. } => Self::end_appealing(id, request),
        }
    }

    /// Who has not committed by now is late. Where fewer than `k` have, no result can have enough.
    fn end_committing(id: RequestId, mut request: Request<T>) {
        let is_late = |progress: &Progress| *progress == Progress::Drawn;
        Self::fail_late(id, &mut request, is_late, T::Ledger::late_fine);
        let committed = request.count(|progress| matches!(progress, Progress::Committed(_)));
        if committed < usize::from(request.k) {
            return Self::end_without_quorum(id, request);
        }
        Self::begin_revealing(id, request);
    }

    /// Who has not shown what it committed to by now is late. It was there to commit, so that it may
    /// have seen that others found something else: silence costs no less than being outvoted.
    fn end_revealing(id: RequestId, mut request: Request<T>) {
        let is_late = |progress: &Progress| matches!(progress, Progress::Committed(_));
        Self::fail_late(id, &mut request, is_late, |collateral| {
            let late = T::Ledger::late_fine(collateral);
            let outvoted = T::OutvotedSlash::get().mul_floor(collateral);
            Fine::to_treasury(late.amount.max(outvoted))
        });
        Self::tally(id, request);
    }

    /// Every replica has shown its result or is late: settle if nobody differs from a quorum,
    /// and otherwise give those that differ time to appeal. Where there is no quorum, that is all
    /// that have shown a result, if there is a key under which one of them can prove its own: else a
    /// requester could read results for nothing, with a replica of its own that shows something else.
    pub(crate) fn tally(id: RequestId, request: Request<T>) {
        let majority = request.majority();
        let mut findings = request.replicas.iter().filter_map(Replica::finding);
        match majority {
            Some(majority) if findings.all(|finding| finding == majority) => {
                return Self::settle(id, request, majority);
            }
            None if request.vk_id.is_none() || findings.next().is_none() => {
                return Self::end_without_quorum(id, request);
            }
            _ => {}
        }
        let until = Self::after(T::AppealBlocks::get());
        Self::deposit_event(Event::AppealBegun {
            request: id,
            majority,
            until,
        });
        Self::enter(id, request, Stage::Appealing { until });
    }

    /// Nobody has shown that the majority is wrong.
    pub(crate) fn end_appealing(id: RequestId, request: Request<T>) {
        match request.majority() {
            Some(majority) => Self::settle(id, request, majority),
            // Nobody has proven its own.
            None => Self::end_without_quorum(id, request),
        }
    }

    /// Pay who found what the majority found, and fine who found something else.
    fn settle(id: RequestId, request: Request<T>, majority: Finding) {
        Self::conclude(id, request, Ending::Settled, |replica| {
            match replica.finding() {
                Some(finding) if finding == majority => Fate::Paid,
                _ => Self::outvoted(replica),
            }
        });
    }

    /// Not enough agree. That shows nothing about any single one of them.
    fn end_without_quorum(id: RequestId, request: Request<T>) {
        Self::conclude(id, request, Ending::NoQuorum, |_| Fate::Free);
    }

    /// Fine the replicas that are no further than this for being late.
    fn fail_late(
        id: RequestId,
        request: &mut Request<T>,
        is_late: impl Fn(&Progress) -> bool,
        fine: impl Fn(BalanceOf<T>) -> Fine<T::AccountId, BalanceOf<T>>,
    ) {
        let model = request.model;
        for replica in request.replicas.iter_mut() {
            if !is_late(&replica.progress) {
                continue;
            }
            replica.progress = Progress::Late;
            let fine = fine(replica.collateral);
            let slashed = T::Providers::fail(
                &replica.provider,
                model,
                replica.collateral,
                fine,
                Failure::Late,
                replica.fee,
            );
            Self::deposit_event(Event::Failed {
                request: id,
                provider: replica.provider.clone(),
                failure: Failure::Late,
                slashed,
            });
        }
    }
}
