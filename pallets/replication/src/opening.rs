//! A request is made: its money is on hold, and it waits to be drawn.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{ModelIndex, Preference, Quote, QuoteError, Selection, Verification};
use pallet_compute_providers::Market;
use pallet_disputes::Court;
use pallet_inference::{Order, Tier};
use pallet_model_registry::Servable;

impl<T: Config> Tier<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> for Pallet<T> {
    /// Several try at once, of which some may fail.
    const FAILS_OVER: bool = false;

    fn open_weight() -> Weight {
        T::WeightInfo::open(T::Providers::max_inspected()).saturating_add(T::Court::layout_weight())
    }

    fn open(order: Order<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>) -> DispatchResult {
        Self::do_open(order)
    }

    fn quote(
        model: ModelIndex,
        servable: &Servable<T::AccountId, BalanceOf<T>>,
        deadline: BlockNumberFor<T>,
        verification: Verification,
        selection: &Selection<T::AccountId>,
    ) -> Result<Quote<T::AccountId, BalanceOf<T>>, QuoteError> {
        Self::do_quote(model, servable, deadline, verification, selection)
    }
}

impl<T: Config> Pallet<T> {
    fn do_open(order: Order<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>) -> DispatchResult {
        let Order {
            request: id,
            requester,
            model,
            servable,
            input,
            input_commitment,
            content,
            max_price,
            deadline,
            verification,
            selection,
            attempts: _,
        } = order;
        let quorum = Self::quorum(verification).map_err(Error::<T>::from)?;
        Self::ensure_drawn(&selection).map_err(Error::<T>::from)?;
        Self::ensure_appealable(model, &servable, quorum).map_err(Error::<T>::from)?;
        let input = BoundedVec::<i8, T::MaxInputLen>::try_from(input)
            .map_err(|_| Error::<T>::InputTooLong)?;
        let output_len = servable.interface.output_len;
        ensure!(
            output_len <= T::MaxOutputLen::get(),
            Error::<T>::OutputTooLong
        );
        let royalty = servable.royalty;
        let field = Self::field(model, deadline, max_price, royalty, quorum.n, &selection);
        ensure!(
            field.eligible.len() >= usize::from(quorum.n),
            Error::<T>::TooFewProviders
        );
        T::Currency::hold(&HoldReason::Escrow.into(), &requester, max_price)?;

        let now = frame_system::Pallet::<T>::block_number();
        let request = Request {
            requester,
            owner: servable.owner,
            model,
            model_hash: servable.model_hash,
            vk_id: servable.key.map(|(vk_id, _)| vk_id),
            input_commitment,
            content,
            output_len,
            n: quorum.n,
            k: quorum.k,
            royalty,
            escrow: max_price,
            window: deadline,
            excluded: selection.excluded,
            requested_at: now,
            stage: Stage::Waiting { since: now },
            replicas: Default::default(),
        };
        Inputs::<T>::insert(id, input);
        Self::enter(id, request, Stage::Waiting { since: now });
        Ok(())
    }
}

impl<T: Config> Request<T> {
    /// What its requester said about who is to serve it.
    pub(crate) fn selection(&self) -> Selection<T::AccountId> {
        Selection {
            preference: Preference::Best,
            excluded: self.excluded.clone(),
        }
    }
}
