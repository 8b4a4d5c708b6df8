//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame::prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_host::ceremony::next_transcript;
use lattice_primitives::CeremonyId;

/// What each account should have on hold, for one reason.
struct Holds<T: Config>(BTreeMap<T::AccountId, BalanceOf<T>>);

impl<T: Config> Holds<T> {
    fn add(&mut self, who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        let sum = self.0.entry(who.clone()).or_insert_with(Zero::zero);
        *sum = sum.checked_add(&amount).ok_or("sum of holds overflows")?;
        Ok(())
    }

    fn check(&self, reason: HoldReason) -> DispatchResult {
        for (who, sum) in &self.0 {
            let held = T::Currency::balance_on_hold(&reason.into(), who);
            ensure!(held == *sum, "funds on hold differ from the ceremonies'");
        }
        Ok(())
    }
}

impl<T: Config> Pallet<T> {
    /// Bonds and deposits on hold are what the ceremonies say, each transcript is that of
    /// its records, contributions have no gap, and the indexes agree with them.
    pub fn check_invariants() -> DispatchResult {
        let [mut opening, mut contributing, mut deposits] =
            [(); 3].map(|()| Holds::<T>(BTreeMap::new()));
        let mut records: usize = 0;
        for (ceremony, details) in Ceremonies::<T>::iter() {
            ensure!(
                ceremony < NextCeremony::<T>::get(),
                "number not below NextCeremony"
            );
            ensure!(
                CeremonyOf::<T>::get(details.model) == Some(ceremony),
                "ceremony is not under its registration"
            );
            opening.add(&details.opener, details.bond)?;
            for (_, contributed) in Contributions::<T>::iter_prefix(ceremony) {
                contributing.add(&contributed.contributor, contributed.bond)?;
                ensure!(
                    details.outcome.is_none() || contributed.bond.is_zero(),
                    "a bond after finalization"
                );
            }
            if let Some(outcome) = &details.outcome {
                ensure!(details.bond.is_zero(), "a bond after finalization");
                deposits.add(&outcome.owner, outcome.deposit)?;
            }
            Self::check_transcript(ceremony, &details)?;
            let count = usize::try_from(details.contributions).unwrap_or(usize::MAX);
            records = records.saturating_add(count);
        }
        opening.check(HoldReason::OpeningBond)?;
        contributing.check(HoldReason::ContributionBond)?;
        deposits.check(HoldReason::TranscriptDeposit)?;

        let numbers: BTreeSet<CeremonyId> = Ceremonies::<T>::iter_keys().collect();
        ensure!(
            Starts::<T>::iter_keys().collect::<BTreeSet<_>>() == numbers,
            "starts and ceremonies differ"
        );
        ensure!(
            CeremonyOf::<T>::iter_keys().count() == numbers.len(),
            "a registration with a ceremony that is not there"
        );
        ensure!(
            Contributions::<T>::iter_keys().count() == records
                && Contributors::<T>::iter_keys().count() == records,
            "records that no ceremony counts"
        );
        Ok(())
    }

    fn check_transcript(ceremony: CeremonyId, details: &Ceremony<T>) -> DispatchResult {
        let start = Starts::<T>::get(ceremony).ok_or("ceremony without start")?;
        let mut transcript = Self::opening_transcript(ceremony, &start);
        let mut contributors: u32 = 0;
        ensure!(
            details.contributions <= T::MaxContributions::get(),
            "more contributions than there may be"
        );
        for index in 0..details.contributions {
            let contributed = Contributions::<T>::get(ceremony, index).ok_or("a gap")?;
            let who = &contributed.contributor;
            ensure!(
                Contributors::<T>::get(ceremony, who) == Some(index),
                "contribution is not under its account"
            );
            contributors = contributors.saturating_add(u32::from(*who != details.opener));
            let binding = Self::binding(ceremony, index, &transcript, who);
            transcript = H256(next_transcript(&binding, &contributed.contribution));
            ensure!(
                contributed.transcript == transcript,
                "a transcript that is not of its records"
            );
        }
        ensure!(
            details.transcript == transcript && details.contributors == contributors,
            "a ceremony that does not stand where its records end"
        );
        Ok(())
    }
}
