//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::BTreeSet;
use frame::prelude::*;
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// Each dispute has somebody to answer, a turn that its tree has, a layout and an input, and is
    /// listed by its parties and by what is due; and nothing else is.
    pub fn check_invariants() -> DispatchResult {
        let (mut open, mut listed) = (0usize, 0usize);
        for (id, dispute) in Disputes::<T>::iter() {
            let ordered = OrderedId::from(id);
            ensure!(
                id < NextDispute::<T>::get(),
                "dispute not below NextDispute"
            );
            ensure!(!dispute.defenders.is_empty(), "dispute without a defender");
            let parties: BTreeSet<_> = dispute.parties().collect();
            ensure!(
                !dispute.defenders.contains(&dispute.challenger),
                "challenger that defends"
            );
            ensure!(
                parties
                    .iter()
                    .all(|party| DisputesOf::<T>::contains_key(*party, ordered)),
                "dispute that a party does not list"
            );
            ensure!(
                Due::<T>::contains_key(dispute.due, ordered),
                "dispute that is never due"
            );
            ensure!(
                dispute.due >= NextDue::<T>::get(),
                "dispute behind the cursor"
            );
            ensure!(Inputs::<T>::contains_key(id), "dispute without an input");
            let layout = Layouts::<T>::get(id).ok_or("dispute without a layout")?;
            let fits = match &dispute.turn {
                Turn::Reveal { walk } => walk.expected(&layout).is_ok(),
                Turn::Choose { walk, node } => walk.check_reveal(&layout, node).is_ok(),
                Turn::Defend { position, .. } => layout
                    .length(position.op)
                    .is_some_and(|length| position.element < length),
            };
            ensure!(fits, "turn that the tree does not have");
            open = open.saturating_add(1);
            listed = listed.saturating_add(parties.len());
        }
        ensure!(
            DisputesOf::<T>::iter_keys().count() == listed,
            "a list has a dispute that is not there"
        );
        for count in [
            Due::<T>::iter_keys().count(),
            Inputs::<T>::iter_keys().count(),
            Layouts::<T>::iter_keys().count(),
        ] {
            ensure!(count == open, "something is left of a dispute");
        }
        Ok(())
    }
}
