//! A dispute is opened, or closed by whoever opened it.

use crate::*;
use frame::prelude::*;
use lattice_host::trace::{check_output, Walk};
use lattice_primitives::{DisputeId, ModelIndex};
use pallet_inference::OrderedId;

impl<T: Config> Court<T::AccountId> for Pallet<T> {
    fn layout_weight() -> Weight {
        T::WeightInfo::layout()
    }

    fn layout(model: ModelIndex) -> Result<Layout, CourtError> {
        Self::layout_of(model)
    }

    fn is_last_value_weight(output_len: u32) -> Weight {
        T::WeightInfo::is_last_value(output_len)
    }

    fn is_last_value(
        model: ModelIndex,
        trace_root: H256,
        output: &[i32],
        link: &OutputLink,
    ) -> Result<bool, CourtError> {
        let layout = Self::layout_of(model)?;
        Ok(check_output(&layout, &trace_root.0, output, link))
    }

    fn open_weight() -> Weight {
        T::WeightInfo::layout().saturating_add(T::WeightInfo::open())
    }

    fn open(claim: Claim<T::AccountId>) -> Result<DisputeId, DispatchError> {
        Self::do_open(claim)
    }

    fn close_weight() -> Weight {
        T::WeightInfo::close()
    }

    fn close(id: DisputeId) {
        let Some(dispute) = Disputes::<T>::get(id) else {
            return;
        };
        Self::forget(id, &dispute);
        Self::deposit_event(Event::Closed {
            dispute: id,
            request: dispute.request,
        });
    }

    fn is_open(id: DisputeId) -> bool {
        Disputes::<T>::contains_key(id)
    }
}

impl<T: Config> Pallet<T> {
    fn do_open(claim: Claim<T::AccountId>) -> Result<DisputeId, DispatchError> {
        let Claim {
            request,
            model,
            input,
            trace_root,
            defenders,
            challenger,
        } = claim;
        ensure!(!defenders.is_empty(), Error::<T>::NoDefender);
        ensure!(
            !defenders.contains(&challenger),
            Error::<T>::ChallengerDefends
        );
        let input = BoundedVec::<i8, T::MaxInputLen>::try_from(input)
            .map_err(|_| Error::<T>::InputTooLong)?;
        let layout = Self::layout_of(model).map_err(Error::<T>::from)?;
        let id = NextDispute::<T>::get();
        let next = id.checked_add(1).ok_or(Error::<T>::TooManyDisputes)?;

        NextDispute::<T>::put(next);
        let due = Self::due_now();
        let dispute = Dispute::<T> {
            request,
            model,
            trace_root,
            challenger: challenger.clone(),
            defenders,
            turn: Turn::Reveal {
                walk: Walk::start(trace_root.0),
            },
            due,
            opened_at: frame_system::Pallet::<T>::block_number(),
        };
        for party in dispute.parties() {
            DisputesOf::<T>::insert(party, OrderedId::from(id), ());
        }
        Due::<T>::insert(due, OrderedId::from(id), ());
        Inputs::<T>::insert(id, input);
        Layouts::<T>::insert(id, layout);
        Disputes::<T>::insert(id, dispute);
        Self::deposit_event(Event::Opened {
            dispute: id,
            request,
            model,
            challenger,
            due,
        });
        Ok(id)
    }

    /// Take a dispute off everything.
    pub(crate) fn forget(id: DisputeId, dispute: &Dispute<T>) {
        for party in dispute.parties() {
            DisputesOf::<T>::remove(party, OrderedId::from(id));
        }
        Due::<T>::remove(dispute.due, OrderedId::from(id));
        Inputs::<T>::remove(id);
        Layouts::<T>::remove(id);
        Disputes::<T>::remove(id);
    }

    /// The last block of a turn that begins now.
    pub(crate) fn due_now() -> BlockNumberFor<T> {
        frame_system::Pallet::<T>::block_number().saturating_add(T::TurnBlocks::get())
    }

    /// An open dispute.
    pub(crate) fn open_dispute(id: DisputeId) -> Result<Dispute<T>, Error<T>> {
        Disputes::<T>::get(id).ok_or(Error::UnknownDispute)
    }
}
