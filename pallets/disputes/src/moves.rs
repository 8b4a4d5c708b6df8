//! What the parties of a dispute do: reveal, choose, defend.

use crate::*;
use frame::prelude::*;
use lattice_host::trace::Step;
use lattice_primitives::{Cause, DisputeId, Verdict};
use pallet_inference::OrderedId;

/// Bytes by which the weight of an opening grows.
const KIB: usize = 1_024;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_reveal(who: &T::AccountId, id: DisputeId, node: Node) -> DispatchResult {
        let dispute = Self::open_dispute(id)?;
        ensure!(dispute.defenders.contains(who), Error::<T>::NotDefender);
        let Turn::Reveal { walk } = dispute.turn else {
            return Err(Error::<T>::OtherMoveDue.into());
        };
        Self::ensure_in_time(&dispute)?;
        let layout = Self::stored_layout(id)?;
        walk.check_reveal(&layout, &node)
            .map_err(Error::<T>::from)?;
        let due = Self::pass_turn(id, dispute, Turn::Choose { walk, node });
        Self::deposit_event(Event::Revealed {
            dispute: id,
            defender: who.clone(),
            due,
        });
        Ok(())
    }

    pub(crate) fn do_choose(who: &T::AccountId, id: DisputeId, child: u8) -> DispatchResult {
        let dispute = Self::open_dispute(id)?;
        ensure!(*who == dispute.challenger, Error::<T>::NotChallenger);
        let Turn::Choose { walk, node } = &dispute.turn else {
            return Err(Error::<T>::OtherMoveDue.into());
        };
        Self::ensure_in_time(&dispute)?;
        let layout = Self::stored_layout(id)?;
        let step = walk
            .descend(&layout, node, child)
            .map_err(Error::<T>::from)?;
        let turn = match step {
            Step::Down(walk) => Turn::Reveal { walk },
            Step::Element { position, value } => Turn::Defend { position, value },
        };
        let due = Self::pass_turn(id, dispute, turn);
        Self::deposit_event(Event::Chosen {
            dispute: id,
            child,
            due,
        });
        Ok(())
    }

    pub(crate) fn do_defend(
        who: &T::AccountId,
        id: DisputeId,
        opening: OpeningBytes,
    ) -> DispatchResult {
        let dispute = Self::open_dispute(id)?;
        ensure!(dispute.defenders.contains(who), Error::<T>::NotDefender);
        let Turn::Defend { position, value } = dispute.turn else {
            return Err(Error::<T>::OtherMoveDue.into());
        };
        Self::ensure_in_time(&dispute)?;
        let input = Inputs::<T>::get(id).ok_or(Error::<T>::CheckFailed)?;
        let found = Self::recompute(&dispute, input.into_inner(), position, opening)?;
        let verdict = match found == value {
            true => Verdict::Upheld(Cause::Checked),
            false => Verdict::Refuted(Cause::Checked),
        };
        Self::decide(id, dispute, verdict);
        Ok(())
    }

    /// Weight of a defence with an opening of so many bytes, whatever it decides.
    ///
    /// The benchmark has a short manifest and grows with the opening; the longest manifest is what
    /// a layout of it takes.
    pub(crate) fn defend_weight(bytes: usize) -> Weight {
        T::WeightInfo::defend(bytes.div_ceil(KIB).saturated_into())
            .saturating_add(T::WeightInfo::layout())
            .saturating_add(T::Verdicts::weight())
    }

    /// Go on with another turn; the last block in which it may be taken.
    fn pass_turn(id: DisputeId, mut dispute: Dispute<T>, turn: Turn) -> BlockNumberFor<T> {
        let due = Self::due_now();
        Due::<T>::remove(dispute.due, OrderedId::from(id));
        Due::<T>::insert(due, OrderedId::from(id), ());
        dispute.turn = turn;
        dispute.due = due;
        Disputes::<T>::insert(id, dispute);
        due
    }

    fn stored_layout(id: DisputeId) -> Result<Layout, Error<T>> {
        Layouts::<T>::get(id).ok_or(Error::CheckFailed)
    }

    fn ensure_in_time(dispute: &Dispute<T>) -> Result<(), Error<T>> {
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now <= dispute.due, Error::TurnPassed);
        Ok(())
    }
}
