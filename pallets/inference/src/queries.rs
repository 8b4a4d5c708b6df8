//! What the runtime API reads, beside [`Pallet::quote`].

use crate::types::{AssignmentOf, DirectRecordOf, ExecutionRecordOf};
use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{api::MAX_PAGE, RequestId};

impl<T: Config> Pallet<T> {
    /// An open request.
    pub fn assignment(request: RequestId) -> Option<AssignmentOf<T>> {
        Requests::<T>::get(request).map(|open| open.into_assignment(request))
    }

    /// Open requests of a provider with number ≥ `start`, oldest first, at most `limit`
    /// and [`MAX_PAGE`].
    pub fn assignments(
        provider: &T::AccountId,
        start: RequestId,
        limit: u32,
    ) -> Vec<AssignmentOf<T>> {
        let ids = match start.checked_sub(1) {
            None => AssignedTo::<T>::iter_key_prefix(provider),
            Some(before) => AssignedTo::<T>::iter_key_prefix_from(
                provider,
                AssignedTo::<T>::hashed_key_for(provider, OrderedId::from(before)),
            ),
        };
        ids.take(page(limit))
            .filter_map(|id| Self::assignment(id.id()))
            .collect()
    }

    /// What an ended request left.
    pub fn execution_record(request: RequestId) -> Option<ExecutionRecordOf<T>> {
        Records::<T>::get(request).map(|record| record.into_execution_record(request))
    }

    /// What a request left that the chain answered itself.
    pub fn direct_record(request: RequestId) -> Option<DirectRecordOf<T>> {
        DirectRecords::<T>::get(request).map(|answer| answer.into_direct_record(request))
    }

    /// Records in which an account was requester or provider, with number ≥ `start`,
    /// ascending, at most `limit` and [`MAX_PAGE`].
    pub fn executions_by_account(
        account: &T::AccountId,
        start: RequestId,
        limit: u32,
    ) -> Vec<ExecutionRecordOf<T>> {
        let ids = match start.checked_sub(1) {
            None => RecordsOf::<T>::iter_key_prefix(account),
            Some(before) => RecordsOf::<T>::iter_key_prefix_from(
                account,
                RecordsOf::<T>::hashed_key_for(account, OrderedId::from(before)),
            ),
        };
        ids.take(page(limit))
            .filter_map(|id| Self::execution_record(id.id()))
            .collect()
    }
}

fn page(limit: u32) -> usize {
    limit.min(MAX_PAGE).saturated_into()
}
