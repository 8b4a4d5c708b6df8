//! What the runtime API answers, and what the registry asks.

use crate::*;
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame::prelude::*;
use lattice_primitives::{
    api::MAX_PAGE, CeremonyId, CeremonyInfo, CeremonyOutcome, ContributionInfo, ModelIndex,
};

/// A ceremony as clients see it, in this runtime's types.
pub type CeremonyInfoOf<T> =
    CeremonyInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A contribution as clients see it, in this runtime's types.
pub type ContributionInfoOf<T> =
    ContributionInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// One ceremony.
    pub fn ceremony_info(ceremony: CeremonyId) -> Option<CeremonyInfoOf<T>> {
        let details = Ceremonies::<T>::get(ceremony)?;
        let start = Starts::<T>::get(ceremony)?;
        let state = Self::state_after(ceremony, details.contributions).ok()?;
        let (final_from, closable_from) =
            (Self::final_from(&details), Self::closable_from(&details));
        Some(CeremonyInfo {
            ceremony,
            model: details.model,
            opener: details.opener,
            bond: details.bond,
            phase1_id: H256(start.phase1.id()),
            state,
            transcript: details.transcript,
            contributions: details.contributions,
            contributors: details.contributors,
            required: T::MinContributors::get(),
            opened_at: details.opened_at,
            changed_at: details.changed_at,
            final_from,
            closable_from,
            outcome: details.outcome.map(|outcome| CeremonyOutcome {
                vk_id: outcome.vk_id,
                verifying_key: start.assemble_key(&state),
                proving_key_hash: outcome.proving_key_hash,
                finalized_at: outcome.finalized_at,
            }),
            start,
        })
    }

    /// The ceremony of a registration.
    pub fn ceremony_of(model: ModelIndex) -> Option<CeremonyInfoOf<T>> {
        CeremonyOf::<T>::get(model).and_then(Self::ceremony_info)
    }

    /// Contributions with index ≥ `start`, in order, at most `limit` and [`MAX_PAGE`].
    pub fn contributions(
        ceremony: CeremonyId,
        start: u32,
        limit: u32,
    ) -> Vec<ContributionInfoOf<T>> {
        let count = Ceremonies::<T>::get(ceremony).map_or(0, |details| details.contributions);
        let end = start.saturating_add(limit.min(MAX_PAGE)).min(count);
        (start..end)
            .filter_map(|index| {
                let contributed = Contributions::<T>::get(ceremony, index)?;
                Some(ContributionInfo {
                    index,
                    contributor: contributed.contributor,
                    contribution: contributed.contribution,
                    transcript: contributed.transcript,
                    bond: contributed.bond,
                    contributed_at: contributed.contributed_at,
                })
            })
            .collect()
    }
}

/// The registry asks when a key claims to come from a ceremony.
impl<T: Config> pallet_model_registry::Ceremonies<T::AccountId> for Pallet<T> {
    fn attests(
        owner: &T::AccountId,
        model: ModelIndex,
        vk_id: &H256,
        phase1_id: &H256,
        proving_key_hash: &H256,
    ) -> bool {
        CeremonyOf::<T>::get(model)
            .and_then(Ceremonies::<T>::get)
            .and_then(|details| details.outcome)
            .is_some_and(|outcome| {
                outcome.owner == *owner
                    && outcome.vk_id == *vk_id
                    && outcome.phase1_id == *phase1_id
                    && outcome.proving_key_hash == *proving_key_hash
            })
    }
}

/// Whether this is a development chain, as its genesis says, for the registry.
pub struct AllowDevSetup<T>(PhantomData<T>);

impl<T: Config> Get<bool> for AllowDevSetup<T> {
    fn get() -> bool {
        DevSetupAllowed::<T>::get()
    }
}
